"""Cut text into rows and cells: the delimiter, the header line, quoting, and the line every row starts on."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from companion.domain.imports import RowProblem
from companion.errors import Cancelled, InvalidInput
from companion.ports import Cancelled as CancelledCheck
from companion.ports import never_cancelled

DELIMITERS = (",", ";", "\t", "|")
HEADER_SEARCH_ROWS = 15
"""Reports put a title and a date above the header; it is looked for in this many rows."""

_PEOPLE_HEADER = (
    "The header must name at least an id or e-mail, a name and a role, "
    "for example: Employee ID, Name, Email, Programme Role."
)
_SEP_LINE = re.compile(r"^\"?sep=(.)\"?\s*$", re.IGNORECASE)

Score = Callable[[Sequence[str]], int]
"""How many cells of a row are known column names."""


@dataclass(frozen=True)
class Row:
    """One row and the physical line it starts on, counted from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A header, the rows below it that are whole, and what is to be said about the others."""

    header: Row
    rows: tuple[Row, ...]
    problems: tuple[RowProblem, ...] = ()


@dataclass
class _Lines:
    """Physical lines that can be read again from an earlier place."""

    lines: list[str]
    position: int = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.position >= len(self.lines):
            raise StopIteration
        self.position += 1
        return self.lines[self.position - 1]


@dataclass
class _Reading:
    rows: list[Row] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


def read_table(
    text: str, file: str, score: Score, cancelled: CancelledCheck = never_cancelled, *, expected: str = _PEOPLE_HEADER
) -> Table:
    """Find the delimiter and the header, and cut the rest into rows as wide as the header.

    `expected` tells a person what the header must hold.

    A row that cannot be cut becomes an error, and reading goes on with the next line. Blank rows are passed over.
    Raises InvalidInput when no row in sight looks like a header, and Cancelled.
    """
    # Not str.splitlines: that also cuts at form feeds and U+2028, which no editor counts as a line.
    lines = list(io.StringIO(text, newline=""))
    declared = _SEP_LINE.match(lines[0])
    first = 1 if declared else 0
    candidates = (declared.group(1),) if declared else DELIMITERS
    delimiter, header = _layout(lines, first, candidates, score)
    if header is None:
        raise InvalidInput(
            f"{file}: no line looks like a header with known column names.",
            expected,
        )
    header = Row(header.line, _trimmed(header.cells))
    reading = _read(lines, header.line - 1, delimiter, file, cancelled)
    rows = [row for row in reading.rows if row.line > header.line]
    problems = list(reading.problems)
    if any(line.strip() for line in lines[first : header.line - 1]):
        problems.insert(0, _above_header(file, header.line))
    whole, ragged = _as_wide_as(header, rows, file)
    return Table(header, whole, tuple(problems + ragged))


def _layout(lines: list[str], first: int, candidates: Sequence[str], score: Score) -> tuple[str, Row | None]:
    """The delimiter under which a row near the top holds the most known names, and that row."""
    best: tuple[int, int, str, Row | None] = (0, 0, candidates[0], None)
    for delimiter in candidates:
        for found in islice(_records(lines, first, delimiter), HEADER_SEARCH_ROWS):
            if isinstance(found, Row):
                rank = (score(found.cells), len(found.cells))
                if rank[0] and (
                    rank[0] > best[0] or (rank[0] == best[0] and rank[1] > best[1] and best[2] != delimiter)
                ):
                    best = (*rank, delimiter, found)
    return best[2], best[3]


def _trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    """A header without the empty cells at its end, which a delimiter at the end of the line leaves behind."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _read(lines: list[str], start: int, delimiter: str, file: str, cancelled: CancelledCheck) -> _Reading:
    reading = _Reading()
    for count, found in enumerate(_records(lines, start, delimiter)):
        if count % 500 == 0 and cancelled():
            raise Cancelled("The import was stopped while reading.", "Nothing was saved.")
        if isinstance(found, Row):
            reading.rows.append(found)
        else:
            reading.problems.append(_broken(found, lines[found.line - 1], file))
    return reading


@dataclass(frozen=True)
class _Broken:
    line: int
    why: str


def _records(lines: list[str], start: int, delimiter: str) -> Iterator[Row | _Broken]:
    source = _Lines(lines, start)
    while source.position < len(lines):
        begin = source.position
        # Strict, because otherwise a forgotten quote silently swallows every row up to the next one.
        reader = csv.reader(source, delimiter=delimiter, strict=True, skipinitialspace=True)
        try:
            cells = next(reader)
        except csv.Error as error:
            yield _Broken(begin + 1, str(error))
            source.position = begin + 1
            continue
        if any(cell.strip() for cell in cells):
            yield Row(begin + 1, tuple(cells))


def _broken(found: _Broken, line: str, file: str) -> RowProblem:
    if "end of data" in found.why or "field larger" in found.why:
        reason = "A quotation mark is opened in this row and never closed."
    elif "expected after" in found.why:
        reason = "A quotation mark is in the wrong place in this row."
    else:
        reason = f"The row cannot be read ({found.why})."
    hint = 'A cell that holds quotation marks is written "like ""this"" one".'
    return RowProblem(file=file, line=found.line, value=line, reason=reason, hint=hint)


def _above_header(file: str, line: int) -> RowProblem:
    return RowProblem(
        file=file,
        line=1,
        reason=f"The header was found on line {line}; what stands above it was passed over.",
        severity="warning",
    )


def _as_wide_as(header: Row, rows: list[Row], file: str) -> tuple[tuple[Row, ...], list[RowProblem]]:
    """Spreadsheets drop empty cells at the end of a row, so short rows are filled up; long ones are refused."""
    width = len(header.cells)
    whole: list[Row] = []
    problems: list[RowProblem] = []
    for row in rows:
        surplus = [cell for cell in row.cells[width:] if cell.strip()]
        if surplus:
            reason = f"The row has {len(row.cells)} cells, the header only {width}."
            hint = "A cell that holds the delimiter or a line break must stand in quotation marks."
            problems.append(RowProblem(file=file, line=row.line, value=surplus[0], reason=reason, hint=hint))
            continue
        if len(row.cells) < width:
            reason = f"The row has {len(row.cells)} cells, the header {width}; the missing ones were taken as empty."
            hint = "Check that the values of this row stand under the right headers."
            problems.append(RowProblem(file=file, line=row.line, reason=reason, hint=hint, severity="warning"))
        whole.append(Row(row.line, (*row.cells, *("",) * (width - len(row.cells)))[:width]))
    return tuple(whole), problems
