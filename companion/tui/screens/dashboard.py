"""The admin's dashboard: every pairing in one line, and what helps the ones that need a look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Input, Static

from companion.domain.cards import Card
from companion.domain.dashboard import MARKS, DashboardRow
from companion.services import dashboard
from companion.tui.text import cell, shown
from companion.tui.widgets.frame import AreaScreen
from companion.tui.widgets.list_table import Column, ListTable, Row

SORTS: Mapping[str, Callable[[DashboardRow], Any]] = {
    "what is urgent": lambda row: 0,
    "days since contact": lambda row: -row.facts.days_since_contact,
    "cancellations": lambda row: -row.facts.cancelled,
    "sessions held": lambda row: row.facts.held,
    "mentor": lambda row: row.mentor.casefold(),
}
"""By what the rows are sorted; among equals they stay in the order of their urgency."""


class DashboardScreen(AreaScreen):
    """Enter makes a pairing the chosen one of the app and goes back."""

    AREA = "pairings"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "sort", "Sort", id="dashboard.sort", tooltip="By urgency, days, cancellations, sessions or name"),
        Binding("slash", "find", "Find", id="dashboard.find", tooltip="Only rows with these words, such as look"),
        Binding("c", "card", "Card", id="dashboard.card", tooltip="Read the practice card about it"),
        Binding("escape", "back", "Back", id="dashboard.back", tooltip="Back to the pairings"),
    ]
    DEFAULT_CSS = """
    DashboardScreen #dashboard-find { display: none; }
    DashboardScreen #dashboard-find.-on { display: block; }
    DashboardScreen #dashboard-head { padding: 0 1; }
    DashboardScreen #dashboard-side { width: 62%; }
    DashboardScreen.-narrow #dashboard-side { width: 1fr; height: 11; }
    """
    AUTO_FOCUS = "#dashboard"

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[DashboardRow] = []
        self._sort = next(iter(SORTS))

    def body(self) -> Iterable[Widget]:
        """The head, a line to search in, the rows, and what helps the one under the cursor."""
        yield Static("", id="dashboard-head", classes="head")
        yield Horizontal(
            Vertical(
                Input(placeholder="a name, a rule, or: look, on track, paused", id="dashboard-find", compact=True),
                ListTable(
                    Column("", 10),
                    Column("Mentor", 12, 1),
                    Column("Executive", 12, 1),
                    Column("Held", 5),
                    Column("Cancelled", 9),
                    Column("Days", 5),
                    id="dashboard",
                ),
                id="dashboard-side",
            ),
            VerticalScroll(Static("", id="dashboard-text"), classes="details"),
            classes="sides",
        )

    def load(self) -> list[DashboardRow]:
        """Count."""
        return dashboard.rows(self.companion)

    def show(self, loaded: list[DashboardRow]) -> None:
        """Repaint, keeping the cursor where it was."""
        self._rows = loaded
        self._show_rows()

    def _show_rows(self) -> None:
        found = dashboard.fitting(self._rows, self.query_one("#dashboard-find", Input).value)
        found.sort(key=SORTS[self._sort])
        self.query_one(ListTable).fill([_row(row) for row in found])
        self.query_one("#dashboard-head", Static).update(head_line(self._rows, len(found), self._sort))
        self._show_chosen()

    @on(DataTable.RowHighlighted)
    def _show_chosen(self) -> None:
        row = self._chosen()
        self.query_one("#dashboard-text", Static).update(row_text(row, self._card(row)) if row else Content(EMPTY))

    def _chosen(self) -> DashboardRow | None:
        chosen = self.query_one(ListTable).chosen
        return next((row for row in self._rows if row.pairing_id == chosen), None)

    def _card(self, row: DashboardRow) -> Card | None:
        cards = self.companion.cards.peek() or ()
        return next((card for card in cards if card.id == row.card), None)

    def action_sort(self) -> None:
        """Sort by the next thing."""
        names = list(SORTS)
        self._sort = names[(names.index(self._sort) + 1) % len(names)]
        self._show_rows()

    def action_find(self) -> None:
        """Show the line to type into."""
        find = self.query_one("#dashboard-find", Input)
        find.add_class("-on")
        find.focus()

    @on(Input.Changed)
    def _narrow(self) -> None:
        self._show_rows()

    @on(Input.Submitted)
    def _found(self) -> None:
        self.query_one(ListTable).focus()

    @on(DataTable.RowSelected)
    def _go(self) -> None:
        self.companion_app.chosen_pairing = self.query_one(ListTable).chosen
        self.dismiss()

    def action_card(self) -> None:
        """Read the card."""
        from companion.tui.screens.reading import ReadingScreen

        row = self._chosen()
        if row and (card := self._card(row)):
            self.app.push_screen(ReadingScreen(card.title, card_text(card)))

    def action_back(self) -> None:
        """Show everybody again, else leave."""
        find = self.query_one("#dashboard-find", Input)
        if find.has_class("-on"):
            find.value = ""
            find.remove_class("-on")
            self.query_one(ListTable).focus()
        else:
            self.dismiss()


PAIRING_KEYS: Mapping[str, tuple[str, str]] = {
    "schedule": ("h", "agree the date"),
    "log": ("l", "say how it went"),
    "pause": ("w", "let it rest"),
    "reply": ("a", "take the executive's answer"),
}
"""The command of a rule -> the key under Pairings that does the same, and what that is."""
WATCHES_NOBODY = "Counted from dates and cancellations alone, never from what somebody wrote or answered."
EMPTY = "No pairing is running, or none fits what you look for."


def head_line(rows: list[DashboardRow], found: int, sort: str) -> Content:
    """How many need a look, and how the rows are sorted."""
    look = sum(row.mark == "look" for row in rows)
    text = f"{len(rows)} running, {look} need{'s' if look == 1 else ''} a look"
    narrowed = "" if found == len(rows) else f" · {found} shown"
    return Content.from_markup(
        "[b $primary]$text[/]$narrowed  [dim]by $sort · counts only[/dim]",
        text=text,
        narrowed=narrowed,
        sort=sort,
    )


def _row(row: DashboardRow) -> Row:
    facts = row.facts
    silent = facts.of_those_left(facts.days_since_contact)
    texts = (row.mentor, row.executive, f"{facts.held}/{facts.planned}", str(facts.cancelled), silent)
    return Row(row.pairing_id, (cell(MARKS[row.mark]), *map(cell, texts)))


def row_text(row: DashboardRow, card: Card | None) -> Content:
    """One pairing: what happened, what helps, and the figures."""
    facts = row.facts
    lines = [
        Content.from_markup("[b]$mentor[/b] and [b]$who[/b]", mentor=shown(row.mentor), who=shown(row.executive)),
        Content.styled(MARKS[row.mark], "bold $warning" if row.mark == "look" else "bold"),
        Content(""),
    ]
    if row.rule:
        lines += [Content(row.says), Content.assemble("→ ", row.do)]
        if known := PAIRING_KEYS.get(row.action.split(" ")[0]):
            lines.append(Content.from_markup("[dim]Enter, then $key:[/dim] $what", key=known[0], what=known[1]))
        if card is not None:
            lines.append(Content.from_markup("[dim]Card (c):[/dim] $title", title=shown(card.title)))
        lines += [Content.from_markup("[dim]Command:[/dim] companion $action", action=row.action), Content("")]
    lines += [
        Content.from_markup("[dim]$what[/dim] $value", what=f"{what:<28}", value=str(value))
        for what, value in (
            ("sessions held / planned", f"{facts.held} / {facts.planned}"),
            ("cancelled", facts.cancelled),
            ("in a row by the executive", facts.executive_cancels_in_a_row),
            ("days since contact", facts.of_those_left(facts.days_since_contact)),
            ("days without a date", facts.of_those_left(facts.days_without_date)),
        )
    ]
    lines += [Content(""), Content.styled(WATCHES_NOBODY, "dim")]
    return Content("\n").join(lines)


def card_text(card: Card) -> Content:
    """A practice card to read."""
    lines = [shown(card.when_to_use, "italic"), Content("")]
    for heading, text in card.sections:
        lines += [shown(heading, "bold $primary"), shown(text), Content("")]
    return Content("\n").join(lines)
