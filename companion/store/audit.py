"""The audit trail, and the log of what was handed to language models."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, insert, select, update

from companion.domain.access import AuditEntry, EgressSummary, ModelCall
from companion.store.schema import audit, model_calls


class Audit:
    """The `audit` table; entries are only ever added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, at: datetime, verb: str, subject: str, **detail: Any) -> None:
        """Record one fact."""
        self._connection.execute(insert(audit).values(at=at, verb=verb, subject=subject, detail=detail))

    def latest(self, limit: int = 50, *, subject: str | None = None) -> list[AuditEntry]:
        """The newest entries first, of everything or of one subject."""
        chosen = select(audit).order_by(audit.c.number.desc()).limit(limit)
        if subject is not None:
            chosen = chosen.where(audit.c.subject == subject)
        return [AuditEntry.model_validate(dict(row)) for row in self._connection.execute(chosen).mappings()]


class ModelCalls:
    """The `model_calls` table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, call: ModelCall) -> None:
        """Record a call before it goes out."""
        self._connection.execute(insert(model_calls).values(call.model_dump()))

    def finish(self, call: ModelCall) -> None:
        """Fill in how a recorded call ended."""
        ending = {"reply", "outcome", "prompt_tokens", "cached_tokens", "completion_tokens", "seconds"}
        self._connection.execute(
            update(model_calls).where(model_calls.c.id == call.id).values(call.model_dump(include=ending))
        )

    def latest(self, limit: int = 100) -> list[ModelCall]:
        """The newest calls first."""
        rows = self._connection.execute(
            select(model_calls).order_by(model_calls.c.at.desc(), model_calls.c.id).limit(limit)
        )
        return [ModelCall.model_validate(dict(row)) for row in rows.mappings()]

    def get(self, call_id: str) -> ModelCall | None:
        """One call, or None."""
        row = self._connection.execute(select(model_calls).where(model_calls.c.id == call_id)).mappings().first()
        return None if row is None else ModelCall.model_validate(dict(row))

    def summary(self) -> EgressSummary:
        """How many calls there were, and how many bytes stayed here or left."""
        size = func.length(model_calls.c.payload)
        row = self._connection.execute(
            select(
                func.count(),
                func.coalesce(func.sum(case((model_calls.c.remote, 0), else_=size)), 0),
                func.coalesce(func.sum(case((model_calls.c.remote, size), else_=0)), 0),
            ).select_from(model_calls)
        ).one()
        return EgressSummary(calls=row[0], bytes_local=row[1], bytes_remote=row[2])
