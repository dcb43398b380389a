"""The rules of reverse mentoring as frozen models and pure functions: pydantic and the standard library only."""
