"""A table of rows to choose from: it uses the width there is, and keeps its place when the rows change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.coordinate import Coordinate
from textual.widgets import DataTable

SCROLLBAR = 1


@dataclass(frozen=True)
class Column:
    """A heading, the least width in cells, and the share of what is left over (0: none)."""

    label: str
    width: int
    share: int = 0


@dataclass(frozen=True)
class Row:
    """What a row stands for, and its cells."""

    key: str
    cells: tuple[Text, ...]


class ListTable(DataTable[Text]):
    """Rows are given with `fill`; the key of the one under the cursor is `chosen`."""

    def __init__(self, *columns: Column, id: str) -> None:
        super().__init__(cursor_type="row", id=id)
        self._wanted = columns
        self._given: tuple[Row, ...] = ()
        self._widths: tuple[int, ...] = ()

    @property
    def chosen(self) -> str | None:
        """The key of the row under the cursor; None when there are no rows."""
        return self._given[self.cursor_row].key if 0 <= self.cursor_row < len(self._given) else None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all rows, from the top."""
        return tuple(row.key for row in self._given)

    def fill(self, rows: Sequence[Row], chosen: str | None = None) -> None:
        """Show other rows. The cursor goes to `chosen`, else stays on its key, else on its line."""
        rows = tuple(rows)
        before, keep, line, scroll = self._given, chosen or self.chosen, self.cursor_row, self.scroll_offset.y
        self._given = rows
        if not self._widths or (rows == before and chosen is None):
            return
        keys = [row.key for row in rows]
        if keys == [row.key for row in before]:
            self._update_cells(before)
        else:
            self._repaint()
            line = min(line, max(0, len(rows) - 1))
        if rows:
            self.move_cursor(row=keys.index(keep) if keep in keys else line, animate=False, scroll=False)
            self.call_after_refresh(self._settle, scroll)

    def choose(self, key: str) -> None:
        """Move the cursor to a row, if it is there."""
        for line, row in enumerate(self._given):
            if row.key == key:
                self.move_cursor(row=line, animate=False)

    def on_resize(self, event: events.Resize) -> None:
        """Share the new width among the columns."""
        widths = self._shared(event.size.width)
        if widths == self._widths:
            return
        self._widths, line = widths, self._line_of(self.chosen)
        self._repaint(columns=True)
        if self._given:
            self.move_cursor(row=line, animate=False)

    def _line_of(self, key: str | None) -> int:
        return next((line for line, row in enumerate(self._given) if row.key == key), 0)

    def _repaint(self, columns: bool = False) -> None:
        self.clear(columns=columns)
        if columns:
            for column, width in zip(self._wanted, self._widths, strict=True):
                self.add_column(column.label, width=width)
        for row in self._given:
            self.add_row(*row.cells, key=row.key)

    def _update_cells(self, before: Sequence[Row]) -> None:
        for line, (old, new) in enumerate(zip(before, self._given, strict=True)):
            for column, (was, now) in enumerate(zip(old.cells, new.cells, strict=True)):
                if was != now:
                    self.update_cell_at(Coordinate(line, column), now)

    def _settle(self, scroll: int) -> None:
        """Stay scrolled where the person had scrolled to, unless the cursor would be out of sight."""
        self.scroll_to(y=scroll, animate=False, immediate=True)
        self.move_cursor(row=self.cursor_row, animate=False)

    def _shared(self, width: int) -> tuple[int, ...]:
        padding = 2 * self.cell_padding * len(self._wanted)
        over = max(0, width - SCROLLBAR - padding - sum(column.width for column in self._wanted))
        shares = sum(column.share for column in self._wanted) or 1
        return tuple(column.width + over * column.share // shares for column in self._wanted)
