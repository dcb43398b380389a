"""Change a programme file and keep its comments; the old file or the new one is there at every moment."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Any

from filelock import FileLock, Timeout
from tomlkit.exceptions import TOMLKitError

from companion.domain.criteria_words import Path, dotted
from companion.errors import CompanionError, InvalidInput, StaleEdit
from companion.programme_file.reading import YAML_ENDINGS, read, unusable
from companion.programme_file.template import template

WAIT_SECONDS = 10.0
TAKEN_OUT: Any = None
"""In place of a value: take the key, or the entry of a list, out of the file."""


def create(path: FilePath, text: str | None = None) -> None:
    """Write the template, or another text. Raises InvalidInput when there is a file already: it stays as it is."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("x", encoding="utf-8") as file:
            file.write(template() if text is None else text)
    except FileExistsError:
        raise InvalidInput(f"{path} is there already; it was left as it is.") from None
    except OSError as error:
        raise _unwritable(path, error) from None


def save(path: FilePath, content: bytes, *, based_on: bytes | None) -> None:
    """Put new content in the file's place, if the file still holds `based_on` (None: if there is still no file).

    Raises StaleEdit when somebody else saved meanwhile, InvalidInput when it is no programme, CompanionError when
    the disk refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=WAIT_SECONDS):
            now = path.read_bytes() if path.exists() else None
            if now != based_on:
                raise StaleEdit(f"{path.name} was changed meanwhile; nothing was saved.", "Load it again and repeat.")
            _replace(path, content)
    except Timeout:
        raise StaleEdit(f"{path.name} is being saved elsewhere.", "Try again.") from None
    except OSError as error:
        raise _unwritable(path, error) from None


def changed_text(path: FilePath, content: bytes | None, changes: Mapping[Path, Any]) -> str:
    """The text of a file (None: of a new one) after some changes, with its comments and its line ends.

    A value of `TAKEN_OUT` takes out what is there; a place just behind the end of a list adds to it. Places in a list
    are those before any change. Raises InvalidInput when the file is YAML, or cannot be changed safely.
    """
    if path.suffix in YAML_ENDINGS:
        raise InvalidInput(
            f"{path.name} is YAML, which cannot be changed here without losing its comments.",
            "Change it in an editor, then run companion programme validate.",
        )
    original = (template() if content is None else content.decode("utf-8-sig")).replace("\r\n", "\n")
    wanted = applied(tomllib.loads(original), changes)
    text = original
    try:
        for place, value in _in_order(changes):
            text = _with(text, place, value)
        meant = _tidy(tomllib.loads(text)) == _tidy(wanted)
    except (TOMLKitError, tomllib.TOMLDecodeError):
        meant = False
    if not meant:
        # Sections in several pieces, for example: the text is only used when it means what it must mean.
        raise InvalidInput(
            f"{path.name} is laid out in a way that cannot be changed here.",
            f"Change {', '.join(dotted(p) for p in changes)} in an editor.",
        )
    return text.replace("\n", "\r\n") if content is not None and b"\r\n" in content else text


def applied(data: Mapping[str, Any], changes: Mapping[Path, Any]) -> dict[str, Any]:
    """Plain data after the changes: what the changed text must mean."""
    wanted = deepcopy(dict(data))
    for place, value in _in_order(changes):
        _put(wanted, place, deepcopy(value))
    return wanted


def _in_order(changes: Mapping[Path, Any]) -> list[tuple[Path, Any]]:
    """Entries added to lists first, in order; then the rest from the end, so that taking one out moves no other."""
    numbered = {place: [f"{part:09}" if isinstance(part, int) else part for part in place] for place in changes}
    ordered = sorted(changes.items(), key=lambda change: numbered[change[0]])
    added = [(place, value) for place, value in ordered if isinstance(place[-1], int) and isinstance(value, dict)]
    return added + [change for change in reversed(ordered) if change not in added]


def _put(holder: Any, place: Path, value: Any) -> None:
    """Set, add or take out one value in nested dicts and lists, of plain data or of a TOML document."""
    whole = holder
    for part, following in pairwise(place):
        if isinstance(part, str) and part not in holder:
            if value is TAKEN_OUT:
                return
            holder[part] = [] if isinstance(following, int) else {}
        holder = holder[part]
    last = place[-1]
    if value is TAKEN_OUT:
        if isinstance(last, int) and len(holder) == 1:
            # A list that would be empty goes with its last entry.
            _put(whole, place[:-1], TAKEN_OUT)
        elif isinstance(last, int) or last in holder:
            del holder[last]
    elif isinstance(last, int) and last >= len(holder):
        holder.append(value)
    else:
        holder[last] = value


def _tidy(data: Any) -> Any:
    """Without empty sections and lists: whether they are written makes no difference."""
    if not isinstance(data, dict):
        return data
    inner = {key: _tidy(value) for key, value in data.items()}
    return {key: value for key, value in inner.items() if value not in ({}, [])}


def _with(text: str, place: Path, value: Any) -> str:
    import tomlkit

    if value is not TAKEN_OUT and (uncommented := _uncommented(text, place, value)):
        return uncommented
    document = tomlkit.parse(text)
    if isinstance(place[-1], int) and isinstance(value, dict):
        _put_table(document, place, value)
    else:
        _put(document, place, value)
    return tomlkit.dumps(document)


def _put_table(document: Any, place: Path, value: dict[str, Any]) -> None:
    """Add a table to a list of tables, in sections of its own and not between brackets on one line."""
    import tomlkit

    holder = document
    for part in place[:-2]:
        if part not in holder:
            holder[part] = tomlkit.table(is_super_table=True)
        holder = holder[part]
    table = tomlkit.table()
    table.update(value)
    if not holder.get(place[-2]):
        holder[place[-2]] = tomlkit.aot()
    holder[place[-2]].append(table)


def _uncommented(text: str, place: Path, value: Any) -> str:
    """The text with a key of the template brought to life where it is explained; empty when it is not there."""
    import tomlkit

    *section, key = place
    header = f"[{'.'.join(map(str, section))}]"
    start = text.find(f"\n{header}\n") + 1 if section else 0
    if section and not start:
        return ""
    end = text.find("\n[", start + 1)
    end = len(text) if end < 0 else end
    pattern = re.compile(rf"^# {re.escape(str(key))} = .*$", re.MULTILINE)
    found = pattern.search(text, start, end)
    if found is None or key in _section(tomllib.loads(text), section):
        return ""
    line = f"{key} = {tomlkit.item(value).as_string()}"
    return text[: found.start()] + line + text[found.end() :]


def _section(data: dict[str, Any], section: list[Any]) -> Any:
    for part in section:
        data = data.get(part, {})
    return data


def _replace(path: FilePath, content: bytes) -> None:
    """Check the new content beside the file, then put it in its place in one step."""
    # One name, because only one window saves at a time: what a crash leaves behind is written over by the next save.
    fresh = path.with_name(f".new-{path.name}")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        reading = read(fresh)
        if reading.programme is None:
            raise unusable(replace(reading, path=path))
        if path.exists():
            fresh.chmod(path.stat().st_mode & 0o777)
        os.replace(fresh, path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _unwritable(path: FilePath, error: OSError) -> CompanionError:
    return CompanionError(f"{path} cannot be written: {error.strerror}.", "Is the folder yours, and not full?")
