"""The programme as an admin sees it: what it says, what is wrong with it, what it asks of the people, changing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from companion.domain.criteria_check import Concern, concerns
from companion.domain.criteria_typing import typed
from companion.domain.criteria_words import SETTINGS, Path, dotted, value_at
from companion.domain.programme import Programme
from companion.errors import InvalidInput, NotFound
from companion.paths import Home
from companion.programme_file import editing, reading
from companion.programme_file.explaining import check
from companion.programme_file.parsing import FileProblem, Parsed
from companion.programme_file.reading import Reading
from companion.services.companion import Companion

TAKEN_OUT = editing.TAKEN_OUT


@dataclass(frozen=True)
class ProgrammeFile:
    """The file as it was read, to be changed."""

    path: FilePath
    content: bytes | None
    """None while there is no file."""
    programme: Programme
    data: Mapping[str, Any] = field(default_factory=dict)
    """What the file says, without the defaults."""


def find(home: Home) -> FilePath | None:
    """The programme file of a home. Raises InvalidInput when there are two."""
    return reading.find(home)


def read(path: FilePath) -> Reading:
    """Read any programme file with all its problems. Raises InvalidInput when it cannot be read at all."""
    return reading.read(path)


def create(home: Home) -> FilePath:
    """Write the commented template. Raises InvalidInput when there is a programme file already."""
    path = reading.find(home) or home.programmes[0]
    editing.create(path)
    return path


def look_over(companion: Companion, programme: Programme) -> tuple[Concern, ...]:
    """What is worth a second look, with the people who are here."""
    if not (companion.settings.database_url or companion.home.database.exists()):
        return concerns(programme, ())
    with companion.store.get().read() as tx:
        people = tx.people.all()
    return concerns(programme, people)


def open_file(companion: Companion) -> ProgrammeFile:
    """The programme file of this home, or the defaults. Raises InvalidInput when it cannot be used."""
    path = reading.find(companion.home)
    if path is None:
        return ProgrammeFile(companion.home.programmes[0], None, Programme())
    found = reading.read(path)
    if found.programme is None:
        raise reading.unusable(found)
    return ProgrammeFile(path, found.content, found.programme, found.parsed.data)


def preview(file: ProgrammeFile, changes: Mapping[Path, Any]) -> tuple[Programme | None, list[FileProblem]]:
    """The programme with some changes that are not saved, or what is wrong with them."""
    return check(Parsed(editing.applied(file.data, changes)), Programme)


def change(companion: Companion, file: ProgrammeFile, changes: Mapping[Path, Any]) -> ProgrammeFile:
    """Save some changes, keeping the file's comments; they count from the next run on.

    A value of `TAKEN_OUT` goes back to the default, or takes an entry out of a list. Raises StaleEdit when the file was
    changed since it was opened, InvalidInput when a value cannot be used.
    """
    text = editing.changed_text(file.path, file.content, changes)
    return _save(companion, file, text.encode("utf-8"), [dotted(path) for path in changes])


def restore(companion: Companion, file: ProgrammeFile, earlier: ProgrammeFile) -> ProgrammeFile:
    """Put back the file as it was before a change. Raises as `change` does."""
    return _save(companion, file, earlier.content or b"", ["taken back"])


def _save(companion: Companion, file: ProgrammeFile, content: bytes, keys: list[str]) -> ProgrammeFile:
    editing.save(file.path, content, based_on=file.content)
    with companion.store.get().write() as tx:
        tx.audit.add(companion.clock.now(), "programme changed", file.path.name, keys=keys)
    return open_file(companion)


def set_value(companion: Companion, key: str, text: str) -> str:
    """Change one value by its key, as typed at a command line; returns the sentence that now holds.

    Raises NotFound for an unknown key, InvalidInput for a value that cannot be used.
    """
    setting = next((one for one in SETTINGS if one.key == key), None)
    if setting is None:
        last = key.rsplit(".", 1)[-1]
        close = next((one.key for one in SETTINGS if one.path[-1] == last), "")
        hint = (
            f"Did you mean {close}?" if close else "companion programme show names the keys; change lists in an editor."
        )
        raise NotFound(f"There is no key '{key[:60]}' that can be set.", hint)
    file = open_file(companion)
    try:
        changes = {setting.path: typed(setting, text)}
    except ValueError as error:
        raise InvalidInput(f"{key}: {error}") from None
    _, problems = preview(file, changes)
    if problems:
        raise InvalidInput(" ".join(f"{problem.key}: {problem.reason}" for problem in problems), problems[0].hint)
    saved = change(companion, file, changes)
    return setting.sentence(value_at(saved.programme, setting.path))
