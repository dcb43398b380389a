"""The problems of an import as a table somebody can save and work through."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from companion.domain.imports import RowProblem

_HEADER = ("File", "Line", "Column", "Value", "Problem", "What to do", "Severity")
# What spreadsheets take for the start of a formula, including the full-width forms.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def problems_csv(problems: Iterable[RowProblem]) -> str:
    """The problems as comma-separated text with a header line; write it as ``utf-8-sig`` for spreadsheets.

    A cell that a spreadsheet would take for a formula gets a leading ``'``, so that it is shown and not run.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_HEADER)
    for problem in problems:
        line = str(problem.line) if problem.line else ""
        cells = (problem.file, line, problem.column, problem.value, problem.reason, problem.hint, problem.severity)
        writer.writerow(_defused(cell) for cell in cells)
    return text.getvalue()


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA_STARTS) else cell
