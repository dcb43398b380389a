"""Find and read the programme file; no file means the defaults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from companion.domain.programme import Programme
from companion.errors import InvalidInput
from companion.paths import Home
from companion.programme_file.explaining import check
from companion.programme_file.parsing import FileProblem, Parsed, parse

MAX_BYTES = 1_000_000
SHOWN_PROBLEMS = 8
YAML_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True)
class Reading:
    """What a programme file says, or everything that is wrong with it."""

    path: Path
    content: bytes
    programme: Programme | None
    """None when there are problems."""
    problems: tuple[FileProblem, ...]
    parsed: Parsed


def find(home: Home) -> Path | None:
    """The programme file of a home, or None. Raises InvalidInput when there is more than one."""
    there = [path for path in home.programmes if path.exists()]
    if len(there) > 1:
        names = " and ".join(path.name for path in there)
        raise InvalidInput(f"There are {names} in {home.root}.", "Keep one of them, so that it is clear which counts.")
    return there[0] if there else None


def read(path: Path) -> Reading:
    """Read a file; problems are collected and not raised. Raises InvalidInput when it cannot be read at all."""
    content = content_of(path, "programme")
    parsed = parse(content, yaml=path.suffix in YAML_ENDINGS)
    programme, problems = check(parsed, Programme)
    return Reading(path, content, programme, tuple(problems), parsed)


def content_of(path: Path, what: str) -> bytes:
    """The bytes of a programme or arc file. Raises InvalidInput when it cannot be one."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if path.is_file() and size <= MAX_BYTES else b""
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from None
    if not path.is_file():
        raise InvalidInput(f"{path} is not a file.")
    if size > MAX_BYTES:
        raise InvalidInput(
            f"{path} is {size / 1_000_000:.1f} MB large, and a file of this kind is at most 1 MB.",
            f"Is it the right file? companion {what} init writes a template.",
        )
    return content


def load(home: Home) -> Programme:
    """The programme of a home. Raises InvalidInput that names every problem with its file, line and key."""
    path = find(home)
    if path is None:
        return Programme()
    reading = read(path)
    if reading.programme is None:
        raise unusable(reading)
    return reading.programme


def load_parts(home: Home, *names: str) -> Programme:
    """The programme with some of its keys or sections alone, whatever is wrong with the others.

    Raises InvalidInput when something is wrong with one of them, or with what may be meant for one of them.
    """
    path = find(home)
    if path is None:
        return Programme()
    reading = read(path)
    others = Programme.model_fields.keys() - set(names)
    if wrong := [problem for problem in reading.problems if problem.key.split(".")[0] not in others]:
        raise refused(path, wrong, "programme")
    return Programme.model_validate({name: reading.parsed.data[name] for name in names if name in reading.parsed.data})


def unusable(reading: Reading) -> InvalidInput:
    """All problems of a programme file as one error."""
    return refused(reading.path, reading.problems, "programme")


def refused(path: Path, problems: Sequence[FileProblem], what: str) -> InvalidInput:
    """The problems of a file as one error."""
    said = [problem.sentence(str(path)) for problem in problems[:SHOWN_PROBLEMS]]
    if more := len(problems) - len(said):
        said.append(f"... and {more} more")
    return InvalidInput("\n".join(said), f"companion {what} validate lists all that is to be mended.")
