"""Pairings: goals, sessions and commitments of one pair, and the two-minute log."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import DataTable, Static

from companion.domain.documents import STAGE_LABELS
from companion.domain.people import Role
from companion.domain.sessions import CommitmentStatus, Session, SessionStatus
from companion.services import pairings, sessions
from companion.services.pairings import PairingView
from companion.tui.text import cell
from companion.tui.widgets.frame import AreaScreen

SESSION_SIGNS = {
    SessionStatus.PLANNED: "○",
    SessionStatus.PREPARED: "◐",
    SessionStatus.DELIVERED: "✉",
    SessionStatus.HELD: "●",
    SessionStatus.CANCELLED: "✗",
}
SIGNS = "  ".join(f"{sign} {status.value}" for status, sign in SESSION_SIGNS.items())
COMMITMENT_SIGNS = {CommitmentStatus.OPEN: "○", CommitmentStatus.DONE: "✔", CommitmentStatus.DROPPED: "–"}


class PairingsScreen(AreaScreen):
    """The pairs on the left, everything about one on the right."""

    AREA = "pairings"
    CSS_PATH = "pairings.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "prepare", "Prepare", id="pairings.prepare", tooltip="Prepare the next session"),
        Binding("l", "log", "Log", id="pairings.log", tooltip="Two minutes: what was promised, what is done"),
        Binding("h", "schedule", "Date", id="pairings.schedule", tooltip="Agree or move the date of the next session"),
        Binding("i", "question", "Question", id="pairings.question", tooltip="Keep the executive's own question"),
    ]

    views: reactive[tuple[PairingView, ...] | None] = reactive(None)
    chosen: reactive[str | None] = reactive(None)

    def body(self) -> Iterable[Widget]:
        """The list and the details."""
        with Horizontal(id="pairings-body"):
            yield DataTable(cursor_type="row", zebra_stripes=True, id="pairs")
            with VerticalScroll(id="pairing"):
                yield Static("", id="pairing-text")

    def on_mount(self) -> None:
        """Name the columns."""
        table = self.query_one("#pairs", DataTable)
        for label, width in (("Mentor", 16), ("Executive", 16), ("Held", 5)):
            table.add_column(label, width=width)
        table.focus()

    def reload(self) -> None:
        """Read the pairings."""
        self.views = tuple(pairings.view_all(self.companion_app.companion, active_only=False))

    def watch_views(self, views: tuple[PairingView, ...] | None) -> None:
        """Repaint, keeping the cursor where it was."""
        if views is None:
            return
        table = self.query_one("#pairs", DataTable)
        keep = self.chosen or self.companion_app.chosen_pairing
        table.clear()
        for view in views:
            held = f"{view.held}/{len(view.sessions)}"
            table.add_row(cell(view.mentor.name), cell(view.mentee.name), cell(held), key=view.pairing.id)
        if keep is not None and keep in table.rows:
            table.move_cursor(row=table.get_row_index(keep))
        self._show_chosen()

    @on(DataTable.RowHighlighted)
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        self.chosen = event.row_key.value if event.row_key else None
        self._show_chosen()

    @on(DataTable.RowSelected)
    def _entered(self) -> None:
        self.action_prepare()

    def _view(self) -> PairingView | None:
        return next((view for view in self.views or () if view.pairing.id == self.chosen), None)

    def _show_chosen(self) -> None:
        if not self.is_mounted or self.views is None:
            return
        view = self._view()
        self.query_one("#pairing-text", Static).update(pairing_text(view) if view else Content(EMPTY))

    def action_prepare(self) -> None:
        """Go and prepare the next session."""
        if view := self._view():
            self.companion_app.prepare(view.pairing.id)

    def action_log(self) -> None:
        """Log the next session."""
        from companion.tui.screens.log import LogScreen

        view = self._view()
        if view is None or view.next_session is None:
            return
        form = LogScreen(self.companion_app.companion, view, view.next_session)
        self.app.push_screen(form, lambda _: self._reloaded())

    def action_schedule(self) -> None:
        """Ask for the date of the next session."""
        view = self._view()
        if view is None or (session := view.next_session) is None:
            return
        companion, zone = self.companion_app.companion, view.mentor.time_zone

        def save(text: str) -> None:
            sessions.schedule(companion, session.id, sessions.parse_when(text, zone))

        before = session.starts_at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if session.starts_at else ""
        self._ask(f"When is session {session.number}? ({zone})", "2026-11-26 14:00", before, save)

    def action_question(self) -> None:
        """Ask for the executive's own question."""
        view = self._view()
        if view is None or (session := view.next_session) is None:
            return
        companion = self.companion_app.companion
        self._ask(
            f"What does {view.mentee.given_name} want to ask in session {session.number}?",
            "one line, in their words",
            session.executive_question,
            lambda text: sessions.ask(companion, session.id, text),
        )

    def _ask(self, question: str, example: str, value: str, save: Callable[[str], object]) -> None:
        from companion.tui.screens.line import LineScreen

        self.app.push_screen(LineScreen(question, example, value, save), lambda _: self._reloaded())

    def _reloaded(self) -> None:
        self.companion_app.attempt(self.reload)


EMPTY = "There are no pairings yet. Approve a proposal under 3 Matches."


def pairing_text(view: PairingView) -> Content:
    """Everything about one pair."""
    lines = [
        _person(view, Role.MENTOR),
        _person(view, Role.MENTEE),
        Content(""),
        Content.from_markup("[b]Goals[/b]"),
    ]
    for goal in view.goals:
        owner = view.mentee.given_name if goal.owner is Role.MENTEE else view.mentor.given_name
        lines.append(Content.from_markup("  [dim]$who:[/dim] $text", who=owner, text=goal.text))
    lines += [Content(""), Content.from_markup("[b]Sessions[/b]  [dim]$signs[/dim]", signs=SIGNS)]
    lines += [_session(view, session) for session in view.sessions]
    lines += [Content(""), Content.from_markup("[b]Commitments[/b]")]
    for commitment in view.commitments:
        who = view.mentor.given_name if commitment.owner is Role.MENTOR else view.mentee.given_name
        due = f" (by {commitment.due:%d %b %Y})" if commitment.due else ""
        lines.append(
            Content.from_markup(
                "  $sign [dim]$who:[/dim] $text$due",
                sign=COMMITMENT_SIGNS[commitment.status],
                who=who,
                text=commitment.text,
                due=due,
            )
        )
    if not view.commitments:
        lines.append(Content.from_markup("  [dim]none yet; the log (l) takes two minutes[/dim]"))
    return Content("\n").join(lines)


def _person(view: PairingView, role: Role) -> Content:
    person, name = (view.mentor, "mentor") if role is Role.MENTOR else (view.mentee, "executive")
    facts = ", ".join(fact for fact in (person.title, person.department, person.location) if fact)
    return Content.from_markup("[b]$name[/b] ($role)  [dim]$facts[/dim]", name=person.name, role=name, facts=facts)


def _session(view: PairingView, session: Session) -> Content:
    zone = ZoneInfo(view.mentor.time_zone)
    when = f"{session.starts_at.astimezone(zone):%a %d %b %Y %H:%M}" if session.starts_at else "no date yet"
    question = f"  asks: “{session.executive_question}”" if session.executive_question else ""
    return Content.from_markup(
        "  $sign $number  $stage  [dim]$when, $minutes min$question[/dim]",
        sign=SESSION_SIGNS[session.status],
        number=session.number,
        stage=STAGE_LABELS[session.stage],
        when=when,
        minutes=session.minutes,
        question=question,
    )
