"""Find and read the arc: the programme's own, or the one that ships."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from companion import paths
from companion.domain.arc import Arc
from companion.paths import Home
from companion.programme_file import editing
from companion.programme_file.explaining import check
from companion.programme_file.parsing import FileProblem, Parsed, parse
from companion.programme_file.reading import content_of, refused


@dataclass(frozen=True)
class ArcReading:
    """What an arc file says, or everything that is wrong with it."""

    path: Path
    arc: Arc | None
    """None when there are problems."""
    problems: tuple[FileProblem, ...]
    parsed: Parsed


def shipped() -> Path:
    """The arc that counts where a programme has none of its own."""
    return paths.knowledge_dir() / "arc.toml"


def find(home: Home) -> Path:
    """The arc file that counts in a home."""
    return home.arc if home.arc.exists() else shipped()


def read(path: Path) -> ArcReading:
    """Read a file; problems are collected and not raised. Raises InvalidInput when it cannot be read at all."""
    parsed = parse(content_of(path, "arc"), yaml=False)
    arc, problems = check(parsed, Arc)
    return ArcReading(path, arc, tuple(problems), parsed)


def load(path: Path) -> Arc:
    """The arc of a file. Raises InvalidInput that names every problem with its file, line and key."""
    reading = read(path)
    if reading.arc is None:
        raise refused(reading.path, reading.problems, "arc")
    return reading.arc


def create(home: Home) -> Path:
    """Write a commented copy of the arc that ships. Raises InvalidInput when there is an arc already."""
    editing.create(home.arc, shipped().read_text(encoding="utf-8"))
    return home.arc
