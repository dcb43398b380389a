"""Matches: a queue of proposals with evidence and doubt; nobody is told anything before approval."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Static

from companion.domain.matching import Band, MatchProposal, MatchRun, ProposalStatus
from companion.domain.people import FacetKind
from companion.errors import Cancelled
from companion.services import match_people, review_matches
from companion.services.review_matches import ReviewQueue
from companion.tui.session_dialogs import short_name
from companion.tui.slow import Slow, SlowDone, SlowFailed, SlowProgress
from companion.tui.text import cell, shown
from companion.tui.widgets.frame import AreaScreen
from companion.tui.widgets.list_table import Column, ListTable, Row
from companion.tui.widgets.progress import JobLine

SIGNS = {ProposalStatus.PENDING: "○", ProposalStatus.APPROVED: "✔", ProposalStatus.DECLINED: "✗"}
STATUS_WORDS = {
    ProposalStatus.PENDING: "waits for your decision",
    ProposalStatus.APPROVED: "approved",
    ProposalStatus.DECLINED: "declined",
}
BAND_SIGNS = {Band.STRONG: "●●●", Band.WORKABLE: "●●○", Band.WEAK: "●○○"}
SAYS = {
    FacetKind.NEED: "wants to learn",
    FacetKind.OFFER: "can offer",
    FacetKind.GAIN: "wants to gain",
    FacetKind.INTEREST: "is interested in",
    FacetKind.OFF_LIMITS: "leaves out",
}


class MatchesScreen(AreaScreen):
    """The admin's review queue."""

    AREA = "matches"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "approve", "Approve", id="matches.approve", tooltip="Make a pairing of this proposal"),
        Binding("d", "decline", "Decline", id="matches.decline", tooltip="Decline with a reason; not proposed again"),
        Binding("u", "undo", "Undo", id="matches.undo", tooltip="Take back the last decision"),
        Binding("n", "next_pending", "Next", id="matches.next", tooltip="Go to the next undecided proposal"),
        Binding("w", "without", "Without", id="matches.without", tooltip="Who has no proposal, and why"),
        Binding("m", "match", "Match", id="matches.match", tooltip="Compute proposals for everybody with capacity"),
        Binding("escape", "stop", "Stop", show=False, id="matches.stop"),
    ]
    AUTO_FOCUS = "#proposals"

    def __init__(self) -> None:
        super().__init__()
        self._queue: ReviewQueue | None = None

    def body(self) -> Iterable[Widget]:
        """The list, the evidence beside it, and the line for slow work."""
        columns = (Column("", 1), Column("Mentor", 14, 1), Column("Executive", 14, 1), Column("Fit", 3))
        yield Static("", id="matches-head", classes="head")
        yield Horizontal(
            ListTable(*columns, id="proposals").add_class("list"),
            VerticalScroll(Static("", id="evidence-text"), classes="details"),
            classes="sides",
        )
        yield JobLine()

    def load(self) -> ReviewQueue:
        """Read the newest run."""
        return review_matches.queue(self.companion)

    def show(self, loaded: ReviewQueue) -> None:
        """Repaint the list, keeping the cursor where it was."""
        self._queue = loaded
        rows = [_row(loaded, proposal) for proposal in loaded.run.proposals] if loaded.run else []
        self.query_one(ListTable).fill(rows)
        self.query_one("#matches-head", Static).update(head_line(loaded))
        self._show_chosen()

    @on(DataTable.RowHighlighted)
    def _show_chosen(self) -> None:
        if self._queue is None:
            return
        proposal = self._proposal()
        text = proposal_text(self._queue, proposal) if proposal else run_text(self._queue)
        self.query_one("#evidence-text", Static).update(text)

    def _proposal(self) -> MatchProposal | None:
        chosen, run = self.query_one(ListTable).chosen, self._queue.run if self._queue else None
        return next((p for p in run.proposals if p.id == chosen), None) if run else None

    def action_approve(self) -> None:
        """Approve and go on to the next undecided one."""
        if (proposal := self._proposal()) is None:
            return
        companion = self.companion
        if self.companion_app.attempt(lambda: review_matches.approve(companion, proposal.id)):
            self._decided(f"Approved: {self._pair(proposal)}. u takes it back.")
        else:
            self.reload()

    def action_decline(self) -> None:
        """Ask for the reason, then decline."""
        if (proposal := self._proposal()) is None:
            return
        from companion.tui.screens.reason import ReasonScreen

        def declined(reason: str | None) -> None:
            companion = self.companion
            if reason and self.companion_app.attempt(lambda: review_matches.decline(companion, proposal.id, reason)):
                self._decided(f"Declined: {self._pair(proposal)}. u takes it back.")

        self.app.push_screen(ReasonScreen(f"Why not {self._pair(proposal)}?", review_matches.DECLINE_REASONS), declined)

    def action_undo(self) -> None:
        """Take back the last decision, and go to it."""
        taken: list[MatchProposal] = []
        companion = self.companion
        if self.companion_app.attempt(lambda: taken.append(review_matches.undo(companion))):
            self.query_one(ListTable).choose(taken[0].id)
            self.notify(f"Undecided again: {self._pair(taken[0])}.", markup=False)
        self.reload()

    def action_next_pending(self) -> None:
        """Move to the next undecided proposal, from the top again after the last."""
        self._go_on(self.query_one(ListTable).chosen)

    def _go_on(self, after: str | None) -> None:
        if self._queue is None or self._queue.run is None:
            return
        ids = [proposal.id for proposal in self._queue.run.proposals]
        start = ids.index(after) + 1 if after in ids else 0
        pending = {proposal.id for proposal in self._queue.pending} - {after}
        if following := [id_ for id_ in ids[start:] + ids[:start] if id_ in pending]:
            self.query_one(ListTable).choose(following[0])

    def action_without(self) -> None:
        """Show who has no proposal, and what the run ruled out."""
        from companion.tui.screens.reading import ReadingScreen

        if self._queue is not None:
            self.app.push_screen(ReadingScreen("Without a proposal", run_text(self._queue)))

    def action_match(self) -> None:
        """Compute new proposals."""
        companion = self.companion

        def work(me: Slow[MatchRun]) -> MatchRun:
            return match_people.match(companion, progress=me.progress, cancelled=me.cancelled)

        self.query_one(JobLine).begin(Slow("match", self, work), "Reading the profiles …")

    def action_stop(self) -> None:
        """Stop the matching; nothing of it is kept."""
        self.query_one(JobLine).stop()

    def on_slow_progress(self, message: SlowProgress) -> None:
        """Show how far the matching is."""
        self.query_one(JobLine).show(message.done, message.total, message.what)

    async def on_slow_done(self, message: SlowDone) -> None:
        """Show the new proposals."""
        line = self.query_one(JobLine)
        if message.job is line.job:
            line.finish()
            self.reload()

    def on_slow_failed(self, message: SlowFailed) -> None:
        """Say that it stopped, or let the app say what went wrong."""
        line = self.query_one(JobLine)
        if message.job is not line.job:
            return
        line.finish()
        if isinstance(message.error, Cancelled):
            message.stop()
            self.notify("Matching stopped; the earlier proposals are as they were.", markup=False)

    def _decided(self, note: str) -> None:
        self.action_next_pending()
        self.reload()
        self.notify(note, markup=False)

    def _pair(self, proposal: MatchProposal) -> str:
        assert self._queue is not None
        return " and ".join(short_name(self._queue.name(id_)) for id_ in (proposal.mentor_id, proposal.mentee_id))


def _row(queue: ReviewQueue, proposal: MatchProposal) -> Row:
    return Row(
        proposal.id,
        (
            cell(SIGNS[proposal.status]),
            cell(queue.name(proposal.mentor_id)),
            cell(queue.name(proposal.mentee_id)),
            cell(BAND_SIGNS[proposal.band]),
        ),
    )


def head_line(queue: ReviewQueue) -> Content:
    """One line above the list."""
    if queue.run is None:
        return Content.styled("No proposals yet", "bold $primary")
    text = Content.from_markup(
        "[b $primary]$open to decide, $decided decided[/]", open=len(queue.pending), decided=_decided_count(queue)
    )
    if queue.run.unmatched:
        text += Content.from_markup(" · $count without a proposal (w)", count=len(queue.run.unmatched))
    return text + Content.from_markup(" · [dim]nobody is told[/dim]")


def _decided_count(queue: ReviewQueue) -> int:
    return len(queue.run.proposals) - len(queue.pending) if queue.run else 0


def proposal_text(queue: ReviewQueue, proposal: MatchProposal) -> Content:
    """Everything that speaks for and against one pair, the doubt before the evidence."""
    mentor, mentee = shown(queue.name(proposal.mentor_id)), shown(queue.name(proposal.mentee_id))
    lines = [
        Content.from_markup("[b]$mentor[/b] (mentor)", mentor=mentor) + _about(queue, proposal.mentor_id),
        Content.from_markup("[b]$mentee[/b] (executive)", mentee=mentee) + _about(queue, proposal.mentee_id),
        Content.from_markup(
            "[b]$signs $band[/b] fit · $status",
            signs=BAND_SIGNS[proposal.band],
            band=proposal.band.value,
            status=f"{SIGNS[proposal.status]} {STATUS_WORDS[proposal.status]}",
        ),
        Content.from_markup("[$warning b]Doubt[/] $doubt", doubt=shown(proposal.doubt)),
    ]
    if proposal.decline_reason:
        lines.append(Content.from_markup("[b]Declined[/b] $reason", reason=shown(proposal.decline_reason)))
    for one in proposal.evidence:
        lines += [
            Content(""),
            Content.from_markup(
                "$who “$text”", who=_said(queue, one.asked_by, one.asked_entry), text=shown(one.asked_text)
            ),
            Content.from_markup(
                "↔ $who “$text” [dim]($word)[/dim]",
                who=_said(queue, one.offered_by, one.offered_entry),
                text=shown(one.offered_text),
                word=shown(one.word),
            ),
        ]
    return Content("\n").join([*lines, Content(""), *_standing(queue, proposal)])


def _standing(queue: ReviewQueue, proposal: MatchProposal) -> list[Content]:
    """How the pair stands among the others."""
    lines = []
    if proposal.difference:
        lines.append(Content.from_markup("[dim]Difference:[/dim] $text", text=shown(", ".join(proposal.difference))))
    lines.append(
        Content.from_markup(
            "[dim]Rank:[/dim] $mentor is $a of $b for $mentee; $mentee is $c of $d for $mentor",
            mentor=_given(queue, proposal.mentor_id),
            mentee=_given(queue, proposal.mentee_id),
            a=proposal.mentor_rank,
            b=proposal.mentor_choices,
            c=proposal.mentee_rank,
            d=proposal.mentee_choices,
        )
    )
    if second := proposal.runner_up:
        lines.append(
            Content.from_markup(
                "[dim]Runner-up:[/dim] $name ($band). $note",
                name=shown(queue.name(second.mentor_id)),
                band=second.band.value,
                note=shown(second.note),
            )
        )
    return lines


def run_text(queue: ReviewQueue) -> Content:
    """What there is to say about the run as a whole: warnings, people without a proposal, pairs ruled out."""
    if queue.run is None:
        return Content(EMPTY)
    lines = [Content.from_markup("[$warning b]![/] $text", text=shown(warning)) for warning in queue.run.warnings]
    for unmatched in queue.run.unmatched:
        name, why = shown(queue.name(unmatched.person_id)), shown(" ".join(unmatched.reasons))
        lines += [Content.from_markup("[b]$name[/b] $why", name=name, why=why), Content("")]
    counts = ", ".join(f"{count} {reason.value}" for reason, count in queue.run.excluded if count)
    lines.append(Content.from_markup("[dim]Pairs ruled out:[/dim] $counts", counts=counts or "none"))
    return Content("\n").join(lines)


EMPTY = (
    "Press m to match everybody with free capacity.\n\n"
    "Matching compares what executives want to learn with what mentors offer, leaves out reporting lines and pairs "
    "without a common language, and finds one optimum for everybody. You decide about each pair."
)


def _said(queue: ReviewQueue, person_id: str, entry: str) -> Content:
    kind = entry.split(".")[0]
    says = SAYS[FacetKind(kind)] if kind in set(FacetKind) else entry
    return Content.from_markup("[dim]$who $says[/dim]", who=_given(queue, person_id), says=shown(says))


def _given(queue: ReviewQueue, person_id: str) -> str:
    return short_name((queue.name(person_id).split() or [person_id])[0])


def _about(queue: ReviewQueue, person_id: str) -> Content:
    person = queue.people.get(person_id)
    facts = [fact for fact in (person.title, person.department, person.location) if fact] if person else []
    return Content.from_markup("  [dim]$facts[/dim]", facts=shown(", ".join(facts)))
