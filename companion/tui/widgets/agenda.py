"""The agenda as a list of time boxes: when, what, the question, and where every line comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from companion.domain import times
from companion.domain.agenda_findings import LintFinding
from companion.domain.agendas import Agenda, AgendaBrief, AgendaItem
from companion.domain.cards import Block
from companion.domain.documents import call_name, part_label
from companion.domain.provenance import Origin, Worded
from companion.domain.sessions import OWN_QUESTION_CHARS
from companion.domain.words import shortened
from companion.tui.text import shown
from companion.tui.widgets.lines import Lines, hanging

ORIGIN_SIGNS: Mapping[Origin, str] = {
    Origin.CARD: "□",
    Origin.MODEL: "◆",
    Origin.EDITED: "✎",
    Origin.EXECUTIVE: "○",
    Origin.RULES: "·",
}
LEGEND = "□ card  ◆ model  ✎ edited  ○ asked"
FINDING_SIGNS: Mapping[str, str] = {"error": "✗", "warning": "!"}
SPINNER = "◐◓◑◒"
SPIN_SECONDS = 0.12
GUTTER = 8
"""Columns for ``100–125`` and a blank."""
SHOWN_CHARS = OWN_QUESTION_CHARS
"""As much as any line may have; what is longer is wrong, and the linter says so."""


@dataclass(frozen=True)
class Box:
    """One row's contents."""

    item: AgendaItem
    start: int
    label: str
    badge: str
    finding: str
    """``error``, ``warning`` or empty."""


def boxes(agenda: Agenda, brief: AgendaBrief, findings: tuple[LintFinding, ...]) -> tuple[Box, ...]:
    """The rows of an agenda."""
    severities: dict[str | None, str] = {}
    for finding in findings:
        if severities.get(finding.item_id) != "error":
            severities[finding.item_id] = finding.severity
    executive = call_name(brief.mentee, "The executive")
    return tuple(
        Box(item, start, part_label(item.block, executive), badge(item, brief), severities.get(item.id, ""))
        for item, start in zip(agenda.items, agenda.starts(), strict=True)
    )


def badge(item: AgendaItem, brief: AgendaBrief) -> str:
    """Where the item comes from in a few characters: when it was asked, card with evidence grade, goal, promises."""
    card = next((c for c in (*brief.theme_cards, *brief.cards) if c.id == item.card_id), None)
    parts = [f"{card.id} {card.grade.value}" if card else item.card_id or "no card"]
    if item.block is Block.OWN_QUESTION:
        day = [f"asked {times.day_at(item.question.at, brief.mentor.time_zone)}"] if item.question.at else []
        parts = [*day, *(parts if item.card_id else ())]
    numbers = [n for n, goal in enumerate(brief.goals, 1) if goal.id == item.goal_id]
    parts += [f"goal {n}" for n in numbers]
    if count := len(item.commitment_ids):
        parts.append(f"{count} promise{'s' if count > 1 else ''}")
    return " · ".join(parts)


def clock(start: int, minutes: int) -> str:
    """``03–23``: minutes counted from the start of the session."""
    return f"{start:02}–{start + minutes:02}"


class AgendaRow(Lines):
    """One time box."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    AgendaRow { padding: 0 1; margin: 0 0 1 0; border-left: thick $background; }
    AgendaRow.-here { border-left: thick $primary; background: $surface; }
    AgendaRow:hover { background: $surface; }
    """

    box: reactive[Box | None] = reactive(None, layout=True)
    here: reactive[bool] = reactive(False, layout=True, toggle_class="-here")
    writing: reactive[int] = reactive(0, layout=True)
    """Grows while the model words this item, 0 when it does not."""

    class Pressed(Message):
        """The row was clicked; `times` is 2 for a double click."""

        def __init__(self, row: AgendaRow, times: int) -> None:
            self.row, self.times = row, times
            super().__init__()

    def on_click(self, event: events.Click) -> None:
        """Tell the list."""
        event.stop()
        self.post_message(self.Pressed(self, event.chain))

    def lines(self, width: int) -> list[Content]:
        """Time and part, the question, and why; a narrow screen keeps the reason for the row one is on."""
        if self.box is None:
            return [Content("")]
        item = self.box.item
        slim = self.screen.has_class("-narrow") and not self.here
        minutes = Content.styled(f"{item.minutes} min".rjust(GUTTER - 1) + " ", "dim")
        lines = [self._head(self.box, width)]
        lines += hanging(minutes + self._mark(item.question), shown(_cut(item.question)), width, _BLANK)
        if not slim:
            lines += hanging(_GUTTER + self._mark(item.why), shown(_cut(item.why), "dim"), width, _BLANK)
        return lines

    def _head(self, box: Box, width: int) -> Content:
        item = box.item
        when = Content.styled(clock(box.start, item.minutes).rjust(GUTTER - 1) + " ", "bold")
        sign = Content.from_markup(f"[$warning]{FINDING_SIGNS[box.finding]}[/] ") if box.finding else Content("")
        tail = "  locked" if item.locked else ""
        tail += f"  writing {'.' * (1 + self.writing % 3)}" if self.writing else ""
        room = width - GUTTER - sign.cell_length - len(box.label) - len(box.badge) - len(tail) - 5
        title = shortened(shown(item.title).plain, room) if room > 3 else ""
        return when + Content.from_markup(
            "$sign[b $primary]$label[/][dim]$title  $badge[/][$accent]$tail[/]",
            sign=sign,
            label=box.label,
            title=f" · {title}" if title else "",
            badge=box.badge,
            tail=tail,
        )

    def _mark(self, worded: Worded) -> Content:
        if self.writing:
            return Content.styled(SPINNER[self.writing % len(SPINNER)] + " ", "$accent")
        style = {Origin.CARD: "dim", Origin.RULES: "dim", Origin.MODEL: "$secondary"}.get(worded.origin, "$accent")
        return Content.styled(ORIGIN_SIGNS[worded.origin] + " ", style)


_GUTTER = Content(" " * GUTTER)
_BLANK = Content(" " * (GUTTER + 2))


def _cut(worded: Worded) -> str:
    return shortened(" ".join(worded.text.split()), SHOWN_CHARS)


class AgendaList(VerticalScroll, can_focus=True):
    """The rows, with a cursor that stays on its item when the order changes."""

    DEFAULT_CSS = """
    AgendaList { padding: 0; scrollbar-size-vertical: 1; }
    AgendaList:focus AgendaRow.-here { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Next", show=False, id="agenda.next"),
        Binding("up", "move(-1)", "Previous", show=False, id="agenda.previous"),
        Binding("home", "move(-99)", "First", show=False, id="agenda.first"),
        Binding("end", "move(99)", "Last", show=False, id="agenda.last"),
        Binding("enter", "choose", "Edit", show=False, id="agenda.choose"),
    ]

    current: reactive[str | None] = reactive(None)
    """Id of the item under the cursor."""
    writing: reactive[str | None] = reactive(None)
    """Id of the item the model is wording."""

    class Highlighted(Message):
        """The cursor is on another item, or the item under it has changed."""

        def __init__(self, item_id: str | None) -> None:
            self.item_id = item_id
            super().__init__()

    class Chosen(Message):
        """Enter or a double click on an item."""

    def __init__(self, *children: Widget, id: str | None = None) -> None:
        super().__init__(*children, id=id)
        self._boxes: tuple[Box, ...] = ()

    def on_mount(self) -> None:
        """Turn the wheel beside the item that is being worded."""
        self.set_interval(SPIN_SECONDS, self._spin)

    def show(self, rows: tuple[Box, ...]) -> None:
        """Show an agenda; the cursor stays on its item, or on the same place when that item is gone."""
        place = self.place
        self._boxes = rows
        known = self._rows()
        for row in known[len(rows) :]:
            row.remove()
        known = known[: len(rows)]
        fresh = [AgendaRow() for _ in rows[len(known) :]]
        if fresh:
            self.mount(*fresh)
        ids = [box.item.id for box in rows]
        if self.current not in ids:
            self.current = ids[min(place, len(ids) - 1)] if ids else None
        for row, box in zip((*known, *fresh), rows, strict=True):
            row.box = box
        self._mark_rows()
        self.post_message(self.Highlighted(self.current))

    @property
    def place(self) -> int:
        """The cursor's row, counted from 0."""
        ids = [box.item.id for box in self._boxes]
        return ids.index(self.current) if self.current in ids else 0

    def watch_current(self) -> None:
        """Move the mark and bring the row into view."""
        self._mark_rows()
        self.post_message(self.Highlighted(self.current))

    def watch_writing(self) -> None:
        """Start or stop the wheel."""
        self._mark_rows()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        if self._boxes:
            place = max(0, min(len(self._boxes) - 1, self.place + by))
            self.current = self._boxes[place].item.id

    def action_choose(self) -> None:
        """Enter on an item."""
        self.post_message(self.Chosen())

    def on_agenda_row_pressed(self, event: AgendaRow.Pressed) -> None:
        """The mouse's way to move and to choose."""
        event.stop()
        if event.row.box is not None:
            self.current = event.row.box.item.id
            if event.times == 2:
                self.action_choose()

    def _rows(self) -> list[AgendaRow]:
        return [row for row in self.query_children(AgendaRow) if not row._pruning]

    def _mark_rows(self) -> None:
        for row in self._rows():
            item_id = row.box.item.id if row.box else None
            row.here = item_id == self.current
            row.writing = max(1, row.writing) if item_id is not None and item_id == self.writing else 0
            if row.here and self.is_mounted:
                self.call_after_refresh(self.scroll_to_widget, row, animate=False)

    def _spin(self) -> None:
        if self.writing is not None:
            for row in self._rows():
                if row.writing:
                    row.writing += 1
