"""Read surveys from TOML files: those that ship with companion, and a programme's own, which replace them by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from companion.domain.surveys import Instrument, Item, Notice, Phrase, PhraseId, Questionnaire, Scale, Source
from companion.errors import InvalidInput
from companion.grammar import read_toml

_HINT = "Compare it with the files that ship with companion; their README says what each field holds."
_KINDS: Mapping[str, tuple[str, type[BaseModel]]] = {
    "scales": ("scale", Scale),
    "sources": ("source", Source),
    "notices": ("notice", Notice),
    "phrases": ("phrase", Phrase),
    "items": ("item", Item),
    "instruments": ("instrument", Instrument),
}


@dataclass
class _Found:
    """Everything read so far, by kind and id, each with the file it stands in."""

    entries: dict[str, dict[str, tuple[Path, Any]]] = field(default_factory=lambda: {kind: {} for kind in _KINDS})

    def all(self, kind: str) -> dict[str, Any]:
        """The entries of a kind by id."""
        return {key: entry for key, (_, entry) in self.entries[kind].items()}


def load_questionnaires(*directories: Path) -> dict[str, Questionnaire]:
    """All surveys by id; a later directory replaces entries of an earlier one. A directory may be absent.

    Raises InvalidInput naming file, entry and field.
    """
    found = _Found()
    for directory in directories:
        fresh = _Found()
        for path in sorted(directory.glob("*.toml")):
            _read(path, fresh)
        for kind, entries in fresh.entries.items():
            found.entries[kind] |= entries
    for path, item in found.entries["items"].values():
        _refer(path, "item", item.id, "scale", [item.scale] if item.scale else [], found.all("scales"))
        _refer(
            path,
            "item",
            item.id,
            "adapted_from",
            [item.adapted_from] if item.adapted_from else [],
            found.all("sources"),
        )
        if item.reversed and not found.all("scales")[item.scale].ordered:
            raise _wrong(path, "item", item.id, "reversed", "a choice cannot be turned round")
    return {key: _questionnaire(path, one, found) for key, (path, one) in found.entries["instruments"].items()}


def _read(path: Path, found: _Found) -> None:
    for kind, entries in read_toml(path, _HINT).items():
        if kind not in _KINDS or not isinstance(entries, list):
            raise InvalidInput(f"{path}: '{kind}' is not one of {', '.join(f'[[{k}]]' for k in _KINDS)}.", _HINT)
        for place, fields in enumerate(entries, 1):
            _add(path, kind, place, fields, found)


def _add(path: Path, kind: str, place: int, fields: Any, found: _Found) -> None:
    word, model = _KINDS[kind]
    name = str(fields.get("id", place)) if isinstance(fields, dict) else str(place)
    try:
        entry = model.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "[key]")
        raise _wrong(path, word, name, where, first["msg"].removeprefix("Value error, ")) from None
    key = f"{entry.seen_by}/{entry.comment}" if isinstance(entry, Notice) else name
    if key in found.entries[kind]:
        raise _wrong(path, word, name, "id", f"it stands in {found.entries[kind][key][0].name} already")
    found.entries[kind][key] = (path, entry)


def _questionnaire(path: Path, one: Instrument, found: _Found) -> Questionnaire:
    items, scales, sources = found.all("items"), found.all("scales"), found.all("sources")
    _refer(path, "instrument", one.id, "items", one.items, items)
    chosen = tuple(items[item_id] for item_id in one.items)
    if one.leaning is not None and (one.leaning not in one.items or items[one.leaning].is_comment):
        raise _wrong(path, "instrument", one.id, "leaning", f"'{one.leaning}' is not a rating asked in it")
    notices, phrases = tuple(found.all("notices").values()), found.all("phrases")
    if missing := sorted(set(PhraseId) - set(phrases)):
        raise _wrong(path, "instrument", one.id, "", f"there is no phrase '{missing[0]}'")
    for item in chosen:
        if not any((n.seen_by, n.comment) == (item.seen_by, item.is_comment) for n in notices):
            raise _wrong(path, "instrument", one.id, "items", f"no notice says who will see '{item.id}'")
    return Questionnaire(
        instrument=one,
        items=chosen,
        scales={item.scale: scales[item.scale] for item in chosen if item.scale},
        sources={item.adapted_from: sources[item.adapted_from] for item in chosen if item.adapted_from},
        notices=notices,
        phrases={PhraseId(phrase_id): phrase for phrase_id, phrase in phrases.items()},
    )


def _refer(path: Path, word: str, name: str, field: str, wanted: Iterable[str], known: Mapping[str, Any]) -> None:
    for one in wanted:
        if one not in known:
            raise _wrong(path, word, name, field, f"there is no '{one}'")


def _wrong(path: Path, word: str, name: str, field: str, reason: str) -> InvalidInput:
    at = f", '{field}'" if field else ""
    return InvalidInput(f"{path}: {word} '{name}'{at}: {reason}.", _HINT)
