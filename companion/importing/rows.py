"""One row being read: its cells by field, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from companion.domain.imports import ProblemSeverity, RowProblem
from companion.importing import values
from companion.importing.consent import PREFIX
from companion.importing.headers import Columns
from companion.importing.table import Row
from companion.importing.values import BadValue


@dataclass
class RowReader:
    """One row being read: its cells by field, and the problems found so far."""

    row: Row
    columns: Columns
    file: str
    problems: list[RowProblem] = field(default_factory=list)
    refused: bool = False
    """Whether the row declares something that was not read for want of consent."""

    def cell(self, name: str) -> str:
        """The first cell of a field, cleaned; empty when it is absent or only says that there is nothing."""
        for place in self.columns.places.get(name, ()):
            text = values.cleaned(self.row.cells[place])
            if text and (name in ("id", "name", "first_name", "last_name") or not values.is_placeholder(text)):
                return text
        return ""

    def joined(self, name: str) -> str:
        """All cells of a field that may be spread over columns, as one list cell."""
        return "\n".join(values.cleaned(self.row.cells[place]) for place in self.columns.places.get(name, ()))

    def report(self, name: str, value: str, reason: str, hint: str = "", severity: ProblemSeverity = "warning") -> None:
        """Note a problem under the column's own name."""
        self.problems.append(
            RowProblem(
                file=self.file,
                line=self.row.line,
                column=self.columns.name_of(name),
                value=value,
                reason=reason,
                hint=hint,
                severity=severity,
            )
        )

    def report_hidden(self) -> None:
        """Note every field out of which `values.cleaned` takes something; what is private is not repeated."""
        for name, places in self.columns.places.items():
            cells = [self.row.cells[place] for place in places]
            if damaged := next((cell for cell in cells if values.holds_hidden(cell)), ""):
                private = name == "not_with" or name.startswith(PREFIX)
                self.report(name, "" if private else values.cleaned(damaged), values.HIDDEN, values.HIDDEN_HINT)

    def value(self, name: str, read: Callable[[str], Any], severity: ProblemSeverity = "warning") -> Any:
        """The cell as `read` understands it; None when it is empty or was reported."""
        text = self.cell(name)
        if not text:
            return None
        try:
            return read(text)
        except BadValue as error:
            self.report(name, text, error.reason, error.hint, severity)
            return None

    @property
    def failed(self) -> bool:
        """Whether the row must be left out."""
        return any(problem.severity == "error" for problem in self.problems)
