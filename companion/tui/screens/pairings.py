"""Pairings: goals, sessions and commitments of one pair, and the two-minute log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Static

from companion.domain import times
from companion.domain.arc import Arc
from companion.domain.matching import MatchRun
from companion.domain.pairings import PairingStatus
from companion.domain.people import Person, Role
from companion.domain.sessions import Commitment, CommitmentStatus, Session, SessionStatus
from companion.errors import CompanionError, InvalidInput
from companion.services import after_sessions, pairings
from companion.services.arc import arc_to_show
from companion.services.pairings import PairingView
from companion.tui import session_dialogs
from companion.tui.screens.line import LineScreen
from companion.tui.slow import Slow
from companion.tui.text import cell, shown
from companion.tui.widgets.frame import AreaScreen
from companion.tui.widgets.list_table import Column, ListTable, Row
from companion.tui.widgets.progress import JobLine

SESSION_SIGNS = {
    SessionStatus.PLANNED: "○",
    SessionStatus.PREPARED: "◐",
    SessionStatus.DELIVERED: "◕",
    SessionStatus.HELD: "●",
    SessionStatus.CANCELLED: "✗",
}
COMMITMENT_SIGNS = {CommitmentStatus.OPEN: "○", CommitmentStatus.DONE: "✔", CommitmentStatus.DROPPED: "–"}


class PairingsScreen(AreaScreen):
    """The pairs on the left, everything about one on the right."""

    AREA = "pairings"
    STOPPED = "Stopped; the pairing has ended, m under 3 Matches proposes others for the two."
    FIRST = (
        *("pairings.prepare", "pairings.schedule", "pairings.log", "pairings.undo", "pairings.promises"),
        *("pairings.say", "pairings.question"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "prepare", "Prepare", id="pairings.prepare", tooltip="Prepare the next session"),
        Binding("h", "schedule", "Date", id="pairings.schedule", tooltip="Agree or move the date of the next session"),
        Binding("l", "log", "Log", id="pairings.log", tooltip="Two minutes: what was promised, what is done"),
        Binding("u", "undo", "Undo", id="pairings.undo", tooltip="Take back the last log of this pairing"),
        Binding("L", "correct", "Correct", show=False, id="pairings.correct", tooltip="Correct the last log"),
        Binding("m", "promises", "Promises", id="pairings.promises", tooltip="Keep, move or drop a promise"),
        Binding("y", "say_it", "Say it", id="pairings.say", tooltip="Find words for something you saw; private"),
        Binding("i", "question", "Question", id="pairings.question", tooltip="Keep the executive's own question"),
        Binding(
            "r",
            "rematch",
            "Rematch",
            show=False,
            id="pairings.rematch",
            tooltip="End it without fault, match both anew",
        ),
        Binding("b", "dashboard", "Board", id="pairings.dashboard", tooltip="Which pairings need a look, what helps"),
        Binding("a", "answer", "Answer", show=False, id="pairings.answer", tooltip="Take the executive's answer"),
        Binding("w", "pause", "Pause", show=False, id="pairings.pause", tooltip="Let it rest, or go on with it"),
        Binding("e", "end", "End", show=False, id="pairings.end", tooltip="End this pairing, without anybody's fault"),
        Binding("escape", "stop", "Stop", show=False, id="pairings.stop"),
    ]
    AUTO_FOCUS = "#pairs"

    def __init__(self) -> None:
        super().__init__()
        self._views: dict[str, PairingView] = {}
        self._arc: Arc | None = None
        self._after_last: dict[str, str] = {}

    def body(self) -> Iterable[Widget]:
        """The list and the details."""
        yield Static("", id="pairs-head", classes="head")
        yield Horizontal(
            ListTable(
                Column("Mentor", 14, 1),
                Column("Executive", 14, 1),
                Column("Held", 4),
                Column("Next", 11, 0),
                id="pairs",
            ).add_class("list"),
            VerticalScroll(Static("", id="pairing-text"), classes="details"),
            classes="sides",
        )
        yield JobLine()

    def load(self) -> tuple[Arc, dict[str, PairingView], dict[str, str]]:
        """Read the arc, which names the stages, the pairings, and what comes after the last session of each."""
        views = pairings.view_all(self.companion, active_only=False)
        after_last = after_sessions.what_next(self.companion, views)
        return arc_to_show(self.companion), {view.pairing.id: view for view in views}, after_last

    def show(self, loaded: tuple[Arc, dict[str, PairingView], dict[str, str]]) -> None:
        """Repaint, keeping the cursor where it was; at first it is on the pairing chosen elsewhere."""
        first = not self._views
        self._arc, self._views, self._after_last = loaded
        self.query_one(ListTable).fill(
            [_row(view) for view in self._views.values()], self.companion_app.chosen_pairing if first else None
        )
        many = len(self._views)
        count = f"{many} pairing{'' if many == 1 else 's'}" if many else "No pairings yet"
        self.query_one("#pairs-head", Static).update(Content.styled(count, "bold $primary"))
        self._show_chosen()

    @on(DataTable.RowHighlighted)
    def _show_chosen(self) -> None:
        view = self._view()
        text = Content("" if self._views else EMPTY)
        if view and self._arc:
            text = pairing_text(view, self._arc, self._after_last.get(view.pairing.id, ""))
        self.query_one("#pairing-text", Static).update(text)

    def _view(self) -> PairingView | None:
        return self._views.get(self.query_one(ListTable).chosen or "")

    @on(DataTable.RowSelected)
    def action_prepare(self) -> None:
        """Go and prepare the next session."""
        if view := self._view():
            self.companion_app.prepare(view.pairing.id)

    def action_log(self) -> None:
        """Log the next session."""
        if view := self._view():
            session_dialogs.open_log(self.companion_app, view)

    def action_undo(self) -> None:
        """Say what taking back the last log means, and do it when the mentor says so."""
        if (view := self._view()) is not None:
            app = self.companion_app
            app.attempt(lambda: session_dialogs.ask_undo_log(app, view, self.reload))

    def action_correct(self) -> None:
        """Open the last log again."""
        if (view := self._view()) is not None:
            app = self.companion_app
            app.attempt(lambda: session_dialogs.open_correction(app, view))

    def action_promises(self) -> None:
        """Choose a promise, and say that it is kept, when it is due, or that it goes."""
        if (view := self._view()) is None:
            return
        if view.commitments:
            session_dialogs.ask_promise(self.companion_app, view, self.reload)
        else:
            self.notify("Nothing was promised yet; the log (l) takes two minutes.", markup=False)

    def action_schedule(self) -> None:
        """Ask for the date of the next session."""
        if view := self._view():
            session_dialogs.ask_date(self.companion_app, view)

    def action_question(self) -> None:
        """Ask for the executive's own question."""
        if view := self._view():
            session_dialogs.ask_question(self.companion_app, view)

    def action_dashboard(self) -> None:
        """Go to the dashboard; what is chosen there is chosen here afterwards."""
        from companion.tui.screens.dashboard import DashboardScreen

        def back(_: None) -> None:
            table, chosen = self.query_one(ListTable), self.companion_app.chosen_pairing
            if chosen in table.keys:
                table.move_cursor(row=table.keys.index(chosen))

        self.app.push_screen(DashboardScreen(), back)

    def action_answer(self) -> None:
        """Take the executive's answer to the brief."""
        if view := self._view():
            session_dialogs.ask_answer(self.companion_app, view)

    def action_pause(self) -> None:
        """Pause with a reason, or go on."""
        view, app = self._view(), self.companion_app
        if view is None or not view.pairing.is_running:
            return
        if view.pairing.status is PairingStatus.PAUSED:
            if app.attempt(lambda: pairings.resume(self.companion, view.pairing.id)):
                self.reload()
            return
        session_dialogs.ask_pause(app, view)

    def action_end(self) -> None:
        """Ask, then end the pairing."""
        if (view := self._view()) is not None and view.pairing.is_running:
            session_dialogs.ask_end(self.companion_app, view, self.reload)

    def action_rematch(self) -> None:
        """Ask why, then end the pairing without anybody's fault and match the two anew."""
        from companion.services.rematch import rematch

        view, companion = self._view(), self.companion
        said: list[str] = []
        if view is None or not view.pairing.is_running:
            return
        pairing_id = view.pairing.id

        def keep(reason: str) -> None:
            if not reason.strip():
                raise InvalidInput("A rematch needs a reason.", "One sentence is enough.")
            said.append(reason)

        def answered(go_on: bool | None) -> None:
            def work(me: Slow[MatchRun]) -> MatchRun:
                return rematch(companion, pairing_id, said[-1], progress=me.progress, cancelled=me.cancelled)

            if go_on:
                self.work("rematch", "Matching the two anew …", work)

        question = f"End {session_dialogs.pair_names(view)} without anybody's fault and match both anew. Why?"
        self.app.push_screen(LineScreen(question, "Their calendars never met.", "", keep), answered)

    def worked(self, name: str, value: Any) -> None:
        """The two are free again, and proposals wait."""
        self.reload()
        self.notify("Ended, without anybody's fault. Proposals for the two wait under 3 Matches.", markup=False)

    def failed(self, name: str, error: CompanionError) -> None:
        """The pairing may have ended before that."""
        self.reload()

    def action_say_it(self) -> None:
        """Find words for something the mentor saw."""
        if view := self._view():
            session_dialogs.open_say_it(self.companion_app, view)


EMPTY = "There are no pairings yet. Approve a proposal under 3 Matches."


def _row(view: PairingView) -> Row:
    session = view.next_session
    starts_at = (
        session.starts_at.astimezone(times.zone(view.mentor.time_zone)) if session and session.starts_at else None
    )
    upcoming = "done" if session is None else times.short_day(starts_at.date()) if starts_at else "no date"
    held = f"{view.counted.held}/{view.counted.planned}"
    return Row(view.pairing.id, (cell(view.mentor.name), cell(view.mentee.name), cell(held), cell(upcoming)))


def pairing_text(view: PairingView, arc: Arc, after_last: str = "") -> Content:
    """Everything about one pair; `after_last` is what comes when no session is ahead."""
    lines = [_person(view.mentor, "mentor"), _person(view.mentee, "executive"), _stands(view), Content("")]
    if after_last:
        lines += [Content.from_markup("[b $accent]→ $what[/]", what=after_last), Content("")]
    for person, owner in ((view.mentee, Role.MENTEE), (view.mentor, Role.MENTOR)):
        if goals := [goal for goal in view.goals if goal.owner is owner]:
            lines.append(Content.from_markup("[$primary]What $who wants[/]", who=shown(person.given_name)))
            lines += [Content.assemble("· ", shown(goal.text)) for goal in goals]
    lines += [Content(""), Content.from_markup("[$primary]Sessions[/]")]
    for session in view.sessions:
        lines += _session(view, session, arc)
    lines += [Content(""), Content.from_markup("[$primary]Promises[/]")]
    lines += [_commitment(view, one) for one in view.commitments]
    if not view.commitments:
        lines.append(Content.from_markup("[dim]none yet; the log (l) takes two minutes[/dim]"))
    else:
        lines.append(Content.from_markup("[dim]m keeps, moves or drops one[/dim]"))
    if any(not session.is_open for session in view.sessions) and view.pairing.is_running:
        lines.append(Content.from_markup("[dim]The last log: u takes it back, L corrects it.[/dim]"))
    return Content("\n").join(lines)


def _person(person: Person, role: str) -> Content:
    facts = ", ".join(fact for fact in (person.title, person.department, person.location) if fact)
    return Content.from_markup(
        "[b]$name[/b] ($role)  [dim]$facts[/dim]", name=shown(person.name), role=role, facts=shown(facts)
    )


def _stands(view: PairingView) -> Content:
    """Where the pairing stands, and the keys that change it."""
    status = view.pairing.status.value.replace("_", " ")
    if view.pairing.status is PairingStatus.PAUSED:
        reason = shown(view.pairing.pause_reason)
        return Content.from_markup("[b]‖ paused[/b]: $reason  [dim](w goes on, e ends)[/dim]", reason=reason)
    keys = "  (w pause, e end, r rematch, a take their answer)" if view.pairing.is_running else ""
    return Content.from_markup("[dim]$status$keys[/dim]", status=status, keys=keys)


def _session(view: PairingView, session: Session, arc: Arc) -> list[Content]:
    when = "no date yet"
    if session.starts_at:
        mine = session.starts_at.astimezone(times.zone(view.mentor.time_zone))
        when = f"{times.short_day(mine.date())} {mine.year} {times.clock(mine)}"
    lines = [
        Content.from_markup(
            "$sign $number  $stage  [dim]$when, $minutes min, $status[/dim]",
            sign=SESSION_SIGNS[session.status],
            number=session.number,
            stage=shown(arc.name(session.stage)),
            when=when,
            minutes=session.minutes,
            status=session.status.value,
        )
    ]
    if session.executive_question:
        who = shown(view.mentee.given_name)
        lines.append(
            Content.from_markup("     [dim]$who asks:[/dim] “$text”", who=who, text=shown(session.executive_question))
        )
    return lines


def _commitment(view: PairingView, commitment: Commitment) -> Content:
    who = view.mentor.given_name if commitment.owner is Role.MENTOR else view.mentee.given_name
    due = f", by {times.short_day(commitment.due)} {commitment.due.year}" if commitment.due else ""
    return Content.from_markup(
        "$sign [dim]$who:[/dim] $text [dim]($status$due)[/dim]",
        sign=COMMITMENT_SIGNS[commitment.status],
        who=shown(who),
        text=shown(commitment.text),
        status=commitment.status.value,
        due=due,
    )
