"""Reads the practice cards: Markdown files with TOML front matter, checked until every field can be trusted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from companion.domain.cards import MENTOR_DOES, Card, mentor_steps, slug
from companion.errors import InvalidInput
from companion.grammar import NotWellFormed, refused, toml

FENCE = "+++"
HEADING = "## "

_FIRST_LINE = 2
"""The line on which the front matter's first field stands, below the fence."""
_FILE_NAME = re.compile(r"^(RM-\d{3})-[a-z0-9]+(-[a-z0-9]+)*\.md$")
_CARD_ID = re.compile(r"^RM-\d+$", re.IGNORECASE)
_NO_TEMPLATE = "Compare it with a card beside it, or with the README in the same directory."


def load_cards(*directories: Path) -> tuple[Card, ...]:
    """All practice cards of the given directories, ordered by id; a later directory overrides an earlier one by id.

    Every ``*.md`` file except README.md and hidden files is a card. Raises InvalidInput for the first card that cannot
    be used; the message names the file, the line where it is known, and the field.
    """
    found: dict[str, tuple[Path, Card]] = {}
    for directory in directories:
        found |= _load_directory(directory)
    if not found:
        raise InvalidInput(
            f"No practice cards in {', '.join(map(str, directories)) or 'no directory at all'}.",
            "Point to a directory that holds files such as RM-017-ask-before-you-tell.md.",
        )
    check_references(found.values(), frozenset(found))
    return tuple(card for _, (_, card) in sorted(found.items()))


def read_card(path: Path) -> Card:
    """One card from one file. Raises InvalidInput naming file, line where known, and field."""
    text = read_text(path)
    source = _split(path, text)
    fields = _front_matter(path, source)
    try:
        card = Card(**fields, sections=_sections(path, source))
    except ValidationError as error:
        raise _invalid_field(path, source, error) from error
    _check_file_name(path, source, card.id)
    _check_steps(path, source, card)
    return card


@dataclass(frozen=True)
class _Source:
    """A card's file cut in two; lines are counted from 1 as an editor shows them."""

    front: str
    body: tuple[str, ...]
    body_starts: int
    """Line number of the first line of the body."""

    def line_of(self, location: tuple[int | str, ...]) -> int | None:
        """Where a field stands in the front matter, or None when it is not written there.

        `location` is pydantic's: the field's name, then positions in lists and names in tables.
        """
        lines = self.front.split("\n")
        names = [re.escape(part) for part in location if isinstance(part, str)]
        position = next((part for part in location if isinstance(part, int)), 0)
        if not names:
            return None
        tables = [n for n, line in enumerate(lines) if re.match(rf"\s*\[\[\s*{names[0]}\s*\]\]", line)]
        if not tables:
            key = re.compile(rf"\s*(\[\s*)?{names[0]}\s*[=\].]")
            return next((n + _FIRST_LINE for n, line in enumerate(lines) if key.match(line)), None)
        start = tables[min(position, len(tables) - 1)]
        for n, line in enumerate(lines[start + 1 :], start + 1):
            if line.lstrip().startswith("["):
                break
            if re.match(rf"\s*{names[-1]}\s*=", line):
                return n + _FIRST_LINE
        return start + _FIRST_LINE


def card_files(directory: Path) -> list[Path]:
    """The files of a directory that are cards, by name. Raises InvalidInput when there is no such directory."""
    if not directory.is_dir():
        raise InvalidInput(
            f"There is no directory of practice cards at {directory}.", "Check the path, or leave it out."
        )
    files = sorted(directory.glob("*.md"))
    return [path for path in files if not path.name.startswith(".") and path.name.lower() != "readme.md"]


def ids_in(directory: Path) -> frozenset[str]:
    """Ids of the cards of a directory, read from the names of their files. Raises InvalidInput when it is missing."""
    return frozenset(match[1] for path in card_files(directory) if (match := _FILE_NAME.match(path.name)))


def _load_directory(directory: Path) -> dict[str, tuple[Path, Card]]:
    found: dict[str, tuple[Path, Card]] = {}
    for path in card_files(directory):
        card = read_card(path)
        if card.id in found:
            raise fault(
                path,
                f"{card.id} is already taken by {found[card.id][0].name} in the same directory",
                "Give one of the two cards another id, in the file name and in the front matter.",
                field="id",
                line=_split(path, read_text(path)).line_of(("id",)),
            )
        found[card.id] = (path, card)
    return found


def read_text(path: Path) -> str:
    """The text of a card's file with plain line ends. Raises InvalidInput (unreadable, not UTF-8, empty)."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise fault(path, f"the file cannot be read: {error.strerror}", "Check that it is a readable file.") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise fault(path, "the text is not UTF-8", "Save the file again as UTF-8.", line=line) from error
    if not text.strip():
        raise fault(path, "the file is empty", f"Write the card, or delete the file. {_NO_TEMPLATE}")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _split(path: Path, text: str) -> _Source:
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        raise fault(
            path,
            f"the front matter must open with a line {FENCE}",
            f"Put {FENCE} alone on the first line. {_NO_TEMPLATE}",
            line=1,
        )
    closing = next((n for n, line in enumerate(lines[1:], start=1) if line.rstrip() == FENCE), None)
    if closing is None:
        raise fault(
            path,
            f"the front matter that opens on line 1 is never closed with a line {FENCE}",
            f"Put {FENCE} alone on a line between the fields and the text.",
            line=1,
        )
    return _Source("\n".join(lines[1:closing]), tuple(lines[closing + 1 :]), closing + 2)


def _front_matter(path: Path, source: _Source) -> dict[str, Any]:
    try:
        fields = toml(source.front, first_line=_FIRST_LINE)
    except NotWellFormed as slip:
        hint = "Texts stand in double quotes, lists in square brackets, one field per line."
        raise refused(path, slip, hint) from slip
    if "sections" in fields:
        raise fault(
            path,
            "sections are not written in the front matter",
            f"Write them below the second {FENCE}, each under a heading '{HEADING}...'.",
            field="sections",
            line=source.line_of(("sections",)),
        )
    return fields


def _sections(path: Path, source: _Source) -> tuple[tuple[str, str], ...]:
    sections: list[tuple[str, list[str]]] = []
    taken: dict[str, int] = {}
    for number, line in enumerate(source.body, start=source.body_starts):
        if not line.startswith(HEADING):
            if sections:
                sections[-1][1].append(line)
            elif line.strip():
                hint = f"Start the text with a heading such as '{HEADING}Why it works'."
                raise fault(path, "there is text before the first heading", hint, field="sections", line=number)
            continue
        heading = line.removeprefix(HEADING).strip()
        anchor = slug(heading)
        if not anchor or anchor in taken:
            reason = f"the heading repeats line {taken[anchor]}" if anchor else "the heading is empty"
            hint = "Every section needs a heading of its own."
            raise fault(path, reason, hint, field="sections", line=number)
        taken[anchor] = number
        sections.append((heading, []))
    for heading, lines in sections:
        if not any(map(str.strip, lines)):
            hint = "Write a sentence or two under the heading, or delete it."
            raise fault(path, f"the section '{heading}' is empty", hint, field="sections", line=taken[slug(heading)])
    return tuple((heading, "\n".join(lines).strip()) for heading, lines in sections)


def _invalid_field(path: Path, source: _Source, error: ValidationError) -> InvalidInput:
    problems = error.errors(include_url=False)
    first = problems[0]
    location = first["loc"]
    field = ".".join(str(part + 1) if isinstance(part, int) else part for part in location)
    reason = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        reason, hint = "there is no such field", f"Known fields: {', '.join(_known_fields(location))}."
    elif first["type"] == "missing":
        reason, hint = "the field is missing", f"Add it to the front matter. {_NO_TEMPLATE}"
    else:
        hint = f"Correct the value. {_NO_TEMPLATE}"
    if len(problems) > 1:
        others = len(problems) - 1
        reason += f" (and {others} more problem{'s' if others > 1 else ''} in this card)"
    return fault(path, reason, hint, field=field, line=source.line_of(location))


def _known_fields(location: tuple[int | str, ...]) -> list[str]:
    parent = location[0] if len(location) > 1 else None
    if parent == "sources":
        return ["title", "year", "where", "n"]
    if parent == "minutes":
        return ["min", "usual", "max"]
    return [name for name in Card.model_fields if name != "sections"]


def _check_file_name(path: Path, source: _Source, card_id: str) -> None:
    name = _FILE_NAME.match(path.name)
    if name is None:
        reason = "the file's name is not an id and a title, joined by hyphens"
        hint = f"Rename it, for example to {card_id}-ask-before-you-tell.md."
        raise fault(path, reason, hint, field="id", line=source.line_of(("id",)))
    if name[1] != card_id:
        raise fault(
            path,
            f"the id {card_id} does not match the file's name, which begins with {name[1]}",
            "Make the two the same.",
            field="id",
            line=source.line_of(("id",)),
        )


def _check_steps(path: Path, source: _Source, card: Card) -> None:
    if card.blocks and not mentor_steps(card):
        heading = f"{HEADING}{MENTOR_DOES}"
        line = next((n for n, text in enumerate(source.body, source.body_starts) if text.rstrip() == heading), None)
        hint = "Write one step per line, each beginning with '- '."
        raise fault(path, f"the section '{MENTOR_DOES}' holds no list", hint, field="sections", line=line)


def check_references(cards: Iterable[tuple[Path, Card]], known: frozenset[str]) -> None:
    """Raise InvalidInput for the first card that names one which is not among `known`, or itself."""
    for path, card in cards:
        for reference in card.contradicted_by:
            if _CARD_ID.match(reference) and (reference not in known or reference == card.id):
                reason = "a card cannot contradict itself" if reference == card.id else f"there is no card {reference}"
                hint = "Name an existing card, or write a sentence that names the source."
                line = _split(path, read_text(path)).line_of(("contradicted_by",))
                raise fault(path, reason, hint, field="contradicted_by", line=line)


def fault(path: Path, reason: str, hint: str, *, field: str = "", line: int | None = None) -> InvalidInput:
    """What is wrong with a card's file, in the form in which all such faults are told."""
    place = f"{path}, line {line}" if line else str(path)
    return InvalidInput(f"{place}{f', field {field}' if field else ''}: {reason}.", hint)
