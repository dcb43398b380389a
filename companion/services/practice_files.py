"""Reads the rehearsal partners: those that ship, then the programme's own, which add to them or replace one."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from companion import paths
from companion.domain.practice_archetype import Archetype
from companion.errors import InvalidInput
from companion.programme_file.parsing import parse

MAX_BYTES = 200_000
SCENARIOS = "scenarios.toml"

Form = TypeVar("Form", bound=BaseModel)


class FreeScenario(BaseModel):
    """Something to rehearse without any pairing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=5, max_length=80)
    topic: str = Field(min_length=3, max_length=70)


class ScenarioFile(BaseModel):
    """All of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenarios: tuple[FreeScenario, ...] = Field(min_length=1)


def load_archetypes(home: paths.Home | None = None) -> tuple[Archetype, ...]:
    """All archetypes, those that ship first, alone without a home. Raises InvalidInput naming file, line and field."""
    found: dict[str, Archetype] = {}
    for folder in _folders(home):
        seen: dict[str, Path] = {}
        for file in sorted(folder.glob("*.toml")):
            if file.name == SCENARIOS:
                continue
            one = _read(file, Archetype)
            if one.id in seen:
                raise InvalidInput(f"{file}: the id '{one.id}' is also in {seen[one.id].name}.", "Rename one of them.")
            seen[one.id] = file
            found[one.id] = one
    return tuple(found.values())


def load_scenarios(home: paths.Home) -> tuple[FreeScenario, ...]:
    """What can be rehearsed without a pairing; the programme's own come first. Raises InvalidInput."""
    files = [folder / SCENARIOS for folder in reversed(_folders(home)) if (folder / SCENARIOS).is_file()]
    return tuple(one for file in files for one in _read(file, ScenarioFile).scenarios)


def _folders(home: paths.Home | None) -> list[Path]:
    return [paths.knowledge_dir() / "practice", *([home.practice] if home and home.practice.is_dir() else [])]


def _read(file: Path, form: type[Form]) -> Form:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{file}: cannot be read: {error.strerror}.") from None
    if len(content) > MAX_BYTES:
        raise InvalidInput(f"{file}: it is larger than {MAX_BYTES // 1000} kB.", "An archetype is a few pages of text.")
    parsed = parse(content, yaml=False)
    if parsed.problems:
        raise InvalidInput(parsed.problems[0].sentence(str(file)))
    try:
        return form.model_validate(parsed.data)
    except ValidationError as error:
        first = error.errors()[0]
        place = tuple(part for part in first["loc"] if part != "[key]")
        line = parsed.line_of(place)
        where = ", ".join([str(file), *([f"line {line}"] if line else []), *([_dotted(place)] if place else [])])
        raise InvalidInput(f"{where}: {first['msg'].removeprefix('Value error, ')}.") from None


def _dotted(place: tuple[int | str, ...]) -> str:
    return "field " + ".".join(str(part) for part in place)
