"""Read answers from the CSV export of another survey tool: one person per row, one question per column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from companion.domain.answers import Question, SurveyResponse, Way, rating_trouble, split_key
from companion.domain.imports import RowProblem
from companion.domain.people import Person
from companion.domain.surveys import MAX_COMMENT_CHARS, Item, Questionnaire, Scale
from companion.domain.text import plain
from companion.errors import InvalidInput
from companion.importing.headers import field_of, squeeze
from companion.importing.table import Row, read_table
from companion.importing.text import decode
from companion.importing.values import HIDDEN, HIDDEN_HINT, cleaned, closest, holds_hidden, is_placeholder

MAX_FILE_BYTES = 20 * 1024 * 1024
WHO = ("id", "email", "name", "first_name", "last_name")
_EXPECTED = "The header must name an id, e-mail or name, and questions by their id or their text."
_NUMBERED = re.compile(r"^\s*(?:q(?:uestion)?\s*)?\d{1,3}\s*[.):–-]+\s*", re.IGNORECASE)
_PLACE = re.compile(r"^(.*?)[\s._#-]*(\d)$")
_LEADING_NUMBER = re.compile(r"^\s*([+\-−–]?\d{1,2})(?:[.,]0+)?(?:\s*[-–—:=.)(]\s*\S.*)?\s*$")
_OPTIONS = {
    "may_quote": frozenset({"quote", "mayquote", "quoteme", "quoteconsent", "consenttoquote", "citer", "citation"}),
    "contact_me": frozenset({"contact", "contactme", "pleasecontactme", "mecontacter", "contactezmoi"}),
}
_YES = frozenset({"yes", "y", "true", "1", "x", "oui", "o", "vrai", "ja", "checked", "ok"})


@dataclass(frozen=True)
class AnswersRead:
    """Everything a file holds that can be used, and everything that cannot."""

    responses: Mapping[str, SurveyResponse]
    """By person id."""
    lines: Mapping[str, int]
    """The line each person's row starts on."""
    problems: tuple[RowProblem, ...]
    columns_ignored: tuple[str, ...]


@dataclass(frozen=True)
class _Column:
    """What a column stands for: a way to tell the person, an option, or a question (of the n-th goal, from 1)."""

    name: str
    place: int
    who: str = ""
    option: str = ""
    item: Item | None = None
    goal: int = 1


@dataclass(frozen=True)
class _Reader:
    """The file being read, and what it is read for."""

    file: str
    columns: tuple[_Column, ...]
    scales: Mapping[str, Scale]
    asked: Mapping[str, Sequence[Question]]
    people: _Directory
    problems: list[RowProblem]

    def note(
        self, row: Row, reason: str, hint: str = "", column: str = "", value: str = "", left_out: bool = True
    ) -> None:
        """Say what cannot be used; `left_out` is for the whole row."""
        self.problems.append(
            RowProblem(
                file=self.file,
                line=row.line,
                column=column,
                value=value,
                reason=reason,
                hint=hint,
                severity="error" if left_out else "warning",
            )
        )


class _Directory:
    """People by what a row may say about them; what two share names neither."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._by: dict[str, dict[str, set[str]]] = {"id": {}, "email": {}, "name": {}}
        self._written: dict[str, str] = {}
        for person in people:
            for kind, value in (("id", person.id), ("email", person.email), ("name", person.name)):
                if value:
                    self._by[kind].setdefault(_folded(value), set()).add(person.id)
                    self._written.setdefault(_folded(value), value)

    def find(self, kind: str, value: str) -> set[str]:
        """The ids that fit."""
        return self._by[kind].get(_folded(value), set())

    def hint(self, tried: Iterable[tuple[str, str]]) -> str:
        """Whom somebody may have meant by (kind, value) pairs that fit nobody."""
        for kind, value in tried:
            if near := closest(_folded(value), list(self._by[kind])):
                return f"Did you mean '{self._written[near]}'?"
        # Something else of theirs may stand in the column, such as the name under "id".
        for _, value in tried:
            for fitting in self._by.values():
                if (near := closest(_folded(value), list(fitting))) and len(fitting[near]) == 1:
                    return f"Did you mean '{self._written[near]}'? The id is '{next(iter(fitting[near]))}'."
        return "companion people lists everybody with their ids."


def read_answers(
    path: Path, form: Questionnaire, asked: Mapping[str, Sequence[Question]], people: Iterable[Person]
) -> AnswersRead:
    """Read a file. `asked` are the questions of everybody who is asked, by person id.

    Columns are recognised by a question's id, or by its text in any language, with or without a number before it; a
    question about one's goals by its id and the goal's number (``goal_behaviour 2``). Cells hold numbers, "4 - agree",
    or a label of the scale. A cell that cannot be used is left out and named; so is a row whose person is not known.
    Raises InvalidInput when the file as a whole cannot be read.
    """
    decoded = decode(bytes_of(path), path.name)
    names = _question_names(form)
    table = read_table(decoded.text, path.name, lambda cells: _known(cells, names), expected=_EXPECTED)
    columns = _columns(table.header.cells, names)
    reader = _Reader(path.name, columns, form.scales, asked, _Directory(people), [*decoded.problems, *table.problems])
    if not any(column.who for column in columns):
        raise InvalidInput(f"{path.name}: no column says who answered.", _EXPECTED)
    if not any(column.item for column in columns):
        raise InvalidInput(f"{path.name}: no column holds a question of '{form.instrument.id}'.", _EXPECTED)
    responses: dict[str, SurveyResponse] = {}
    lines: dict[str, int] = {}
    for row in table.rows:
        person_id = _person(reader, row)
        if person_id is None:
            continue
        if person_id in responses:
            reader.note(
                row,
                f"This person answered on line {lines[person_id]} already; that row was kept.",
                "Delete the row that should not count, and import again.",
            )
            continue
        response = _response(reader, row, person_id)
        if response.is_empty:
            reader.note(row, "The row answers no question.", left_out=False)
            continue
        responses[person_id], lines[person_id] = response, row.line
    taken = {column.place for column in columns}
    ignored = tuple(name for place, name in enumerate(table.header.cells) if name.strip() and place not in taken)
    return AnswersRead(responses, lines, tuple(reader.problems), ignored)


def bytes_of(path: Path) -> bytes:
    """The bytes of a CSV of at most 20 MB. Raises InvalidInput."""
    try:
        if path.is_dir():
            raise InvalidInput(f"{path.name} is a folder.", "Choose a CSV file.")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InvalidInput(f"{path.name} is larger than {MAX_FILE_BYTES // 1024**2} MB.", "Split the file.")
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", "Check the name and the permissions.") from None


def _question_names(form: Questionnaire) -> dict[str, Item]:
    """Every name under which a question may stand in a header, squeezed."""
    names = {}
    for item in form.items:
        for name in (item.id, *(() if item.per_goal else item.text.values())):
            names[squeeze(name)] = item
    return names


def _known(cells: Sequence[str], names: Mapping[str, Item]) -> int:
    """How many cells of a row are known: what makes it likely to be the header."""
    return len({(c.who, c.option, c.item.id if c.item else "", c.goal) for c in _columns(cells, names)})


def _columns(header: Sequence[str], names: Mapping[str, Item]) -> tuple[_Column, ...]:
    found: list[_Column] = []
    for place, name in enumerate(header):
        column = _column(name, place, names)
        same = column and (column.who, column.option, column.item, column.goal)
        if column and same not in [(one.who, one.option, one.item, one.goal) for one in found]:
            found.append(column)
    return tuple(found)


def _column(name: str, place: int, names: Mapping[str, Item]) -> _Column | None:
    bare = squeeze(_NUMBERED.sub("", name))
    for squeezed in (squeeze(name), bare):
        if item := names.get(squeezed):
            return _Column(name, place, item=item)
        for option, words in _OPTIONS.items():
            if squeezed in words:
                return _Column(name, place, option=option)
    if (numbered := _PLACE.match(name.strip())) and (item := names.get(squeeze(numbered.group(1)))) and item.per_goal:
        return _Column(name, place, item=item, goal=int(numbered.group(2)))
    who = field_of(name)
    return _Column(name, place, who=who[0]) if who and who[0] in WHO else None


def _person(reader: _Reader, row: Row) -> str | None:
    """Who answered; None, with the reason noted, when that cannot be told or they are not asked."""
    said = {column.who: cleaned(row.cells[column.place]) for column in reader.columns if column.who}
    if not said.get("name"):
        said["name"] = f"{said.get('first_name', '')} {said.get('last_name', '')}".strip()
    tried = [(kind, said[kind]) for kind in ("id", "email", "name") if said.get(kind)]
    for kind, value in tried:
        fitting = reader.people.find(kind, value)
        if len(fitting) == 1:
            person_id = next(iter(fitting))
            if person_id in reader.asked:
                return person_id
            reader.note(row, "This person is not asked in this survey.", "Are they in a pairing?", value=value)
            return None
        if len(fitting) > 1:
            reader.note(row, f"{len(fitting)} people are called this.", "Add a column with their ids.", value=value)
            return None
    if tried:
        reader.note(row, "Nobody like this is known.", reader.people.hint(tried), value=tried[0][1])
    else:
        reader.note(row, "The row does not say who answered.", "Write an id, an e-mail address or a name.")
    return None


def _response(reader: _Reader, row: Row, person_id: str) -> SurveyResponse:
    ratings: dict[str, int] = {}
    comments: dict[str, str] = {}
    options: dict[str, bool] = {}
    for column in reader.columns:
        cell = row.cells[column.place]
        text = cleaned(cell)
        if column.item is not None and holds_hidden(cell):
            reader.note(row, HIDDEN, HIDDEN_HINT, column.name, left_out=False)
        if not text or is_placeholder(text):
            continue
        if column.option:
            options[column.option] = squeeze(text) in _YES
        elif column.item is not None:
            _answer(reader, row, column, _question(reader.asked[person_id], column), text, ratings, comments)
    return SurveyResponse(ratings=ratings, comments=comments, sent=True, way=Way.IMPORT, **options)


def _question(asked: Sequence[Question], column: _Column) -> Question | None:
    same = [question for question in asked if column.item and split_key(question.key)[0] == column.item.id]
    return same[column.goal - 1] if 1 <= column.goal <= len(same) else None


def _answer(
    reader: _Reader,
    row: Row,
    column: _Column,
    question: Question | None,
    text: str,
    ratings: dict[str, int],
    comments: dict[str, str],
) -> None:
    """Put one cell where it belongs, or say why it cannot be used."""
    if question is None:
        reader.note(row, "This person is not asked this.", column=column.name, value=text, left_out=False)
        return
    if question.scale is None:
        comment = plain(text).strip()
        if len(comment) > MAX_COMMENT_CHARS:
            reason = f"A comment has at most {MAX_COMMENT_CHARS:,} characters; this one has {len(comment):,}."
            reader.note(row, reason, "Shorten it in the file.", column.name, text, left_out=False)
        elif comment:
            comments[question.key] = comment
        return
    value = _rating(question.scale, text)
    if value is None:
        hint = f"Write a number from {question.scale.low} to {question.scale.high}."
        reader.note(row, "This is no answer on the scale.", hint, column.name, text, left_out=False)
    elif trouble := rating_trouble(question.scale, value):
        reader.note(row, f"{trouble}.", "", column.name, text, left_out=False)
    else:
        ratings[question.key] = value


def _rating(scale: Scale, text: str) -> int | None:
    """The number a cell means: its own, or that of a label in any language."""
    if number := _LEADING_NUMBER.match(text):
        return int(number.group(1).replace("−", "-").replace("–", "-"))
    steps = range(scale.low, scale.high + 1)
    values = steps if len(scale.labels) == len(steps) else (scale.low, scale.high)
    for value, label in zip(values, scale.labels, strict=True):
        if squeeze(text) in {squeeze(words) for words in label.values()}:
            return value
    return None


def _folded(value: str) -> str:
    return " ".join(value.split()).casefold()
