"""Read who stayed and who moved from a personnel department's CSV, as counts; no name and no row is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from companion.domain.imports import RowProblem
from companion.domain.people import Person
from companion.domain.report_value import Group, Outcomes
from companion.errors import InvalidInput
from companion.importing.csv_answers import bytes_of
from companion.importing.headers import field_of, squeeze
from companion.importing.table import Row, read_table
from companion.importing.text import decode
from companion.importing.values import BadValue, cleaned, yes_or_no

EXPECTED = "The header must name an id or an e-mail, stayed (or left), and perhaps moved: yes or no in each row."
_COLUMNS = {
    "stayed": frozenset({"stayed", "stay", "stillhere", "retained", "stillemployed"}),
    "left": frozenset({"left", "leaver", "hasleft", "exited"}),
    "moved": frozenset({"moved", "internalmove", "movedinside", "changedrole", "promoted"}),
}


def read_outcomes(path: Path, people: Collection[Person], mentors: Collection[str]) -> Outcomes:
    """Count the rows of mentors (their ids), and of everybody who takes no part; other participants are left out.

    Rows that cannot be read are named with line and field, and left out.
    Raises InvalidInput when the file as a whole cannot be read.
    """
    decoded = decode(bytes_of(path), path.name)
    table = read_table(decoded.text, path.name, lambda cells: len(_columns(cells)), expected=EXPECTED)
    columns = _columns(table.header.cells)
    if not columns.keys() & {"id", "email"} or not columns.keys() & {"stayed", "left"}:
        raise InvalidInput(f"{path.name}: a column is missing.", EXPECTED)
    known = {_folded(key): person.id for person in people for key in (person.id, person.email) if key}
    problems: list[RowProblem] = [one for one in (*decoded.problems, *table.problems) if one.severity == "error"]
    counts: Counter[tuple[str, str]] = Counter()
    seen: dict[str, int] = {}
    for row in table.rows:
        who = _who(row, columns)
        try:
            if not who:
                raise BadValue("The row names nobody.")
            if who in seen:
                raise BadValue(f"This person stands on line {seen[who]} already; that row was counted.")
            stayed, moved = _outcome(row, columns, table.header.cells)
        except _BadCell as bad:
            problems.append(_problem(path.name, row, bad.reason, bad.column, bad.value))
            continue
        except BadValue as bad:
            problems.append(_problem(path.name, row, bad.reason))
            continue
        seen[who] = row.line
        person_id = known.get(who)
        if person_id is not None and person_id not in mentors:
            continue
        group = "others" if person_id is None else "mentors"
        counts.update([(group, "people")] + [(group, "stayed")] * stayed + [(group, "moved")] * (stayed and moved))
    return Outcomes(
        mentors=_group(counts, "mentors"),
        others=_group(counts, "others"),
        told=tuple(f"{one.where}: {one.reason}" for one in problems),
    )


class _BadCell(Exception):
    """A cell that is neither yes nor no."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


def _columns(header: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, name in enumerate(header):
        kind = next((kind for kind, words in _COLUMNS.items() if squeeze(name) in words), None)
        field = field_of(name)
        if kind is None and field and field[0] in ("id", "email"):
            kind = field[0]
        if kind is not None:
            found.setdefault(kind, place)
    return found


def _who(row: Row, columns: dict[str, int]) -> str:
    texts = (_folded(cleaned(row.cells[columns[kind]])) for kind in ("id", "email") if kind in columns)
    return next((text for text in texts if text), "")


def _outcome(row: Row, columns: dict[str, int], header: Sequence[str]) -> tuple[bool, bool]:
    def cell(kind: str) -> bool:
        text = cleaned(row.cells[columns[kind]])
        try:
            return yes_or_no(text)
        except BadValue:
            raise _BadCell(header[columns[kind]], text, "This is neither yes nor no.") from None

    stayed = cell("stayed") if "stayed" in columns else not cell("left")
    moved = "moved" in columns and bool(cleaned(row.cells[columns["moved"]])) and cell("moved")
    return stayed, moved


def _problem(file: str, row: Row, reason: str, column: str = "", value: str = "") -> RowProblem:
    return RowProblem(file=file, line=row.line, column=column, value=value, reason=reason)


def _group(counts: Counter[tuple[str, str]], name: str) -> Group:
    return Group(counts[name, "people"], counts[name, "stayed"], counts[name, "moved"])


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
