"""Matches: a queue of proposals with evidence and doubt; nobody is told anything before approval."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import DataTable, Static

from companion.domain.matching import Band, MatchProposal, MatchRun, ProposalStatus
from companion.errors import Cancelled
from companion.services import match_people, review_matches
from companion.services.review_matches import ReviewQueue
from companion.tui.slow import Slow, SlowDone, SlowFailed, SlowProgress
from companion.tui.text import cell
from companion.tui.widgets.frame import AreaScreen
from companion.tui.widgets.progress import JobLine

SIGNS = {ProposalStatus.PENDING: "○", ProposalStatus.APPROVED: "✔", ProposalStatus.DECLINED: "✗"}
BAND_SIGNS = {Band.STRONG: "●●●", Band.WORKABLE: "●●○", Band.WEAK: "●○○"}


class MatchesScreen(AreaScreen):
    """The admin's review queue."""

    AREA = "matches"
    CSS_PATH = "matches.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "approve", "Approve", id="matches.approve", tooltip="Make a pairing of this proposal"),
        Binding("d", "decline", "Decline", id="matches.decline", tooltip="Decline with a reason; not proposed again"),
        Binding("u", "undo", "Undo", id="matches.undo", tooltip="Take back the last decision"),
        Binding("m", "match", "Match", id="matches.match", tooltip="Compute proposals for everybody with capacity"),
        Binding("n", "next_pending", "Next open", id="matches.next", tooltip="Go to the next undecided proposal"),
        Binding("escape", "stop", "Stop", show=False, id="matches.stop"),
    ]

    queue: reactive[ReviewQueue | None] = reactive(None)
    chosen: reactive[str | None] = reactive(None)
    """Id of the proposal under the cursor."""

    def body(self) -> Iterable[Widget]:
        """The list, the evidence beside it, and the line for slow work."""
        yield Static("", id="matches-head", classes="title")
        with Horizontal(id="matches-body"):
            yield DataTable(cursor_type="row", zebra_stripes=True, id="proposals")
            with VerticalScroll(id="evidence"):
                yield Static("", id="evidence-text")
        yield JobLine()

    def on_mount(self) -> None:
        """Name the columns."""
        table = self.query_one("#proposals", DataTable)
        for label, width in (("", 1), ("Mentor", 18), ("Executive", 18), ("Fit", 4)):
            table.add_column(label, width=width)
        table.focus()

    def reload(self) -> None:
        """Read the newest run."""
        self.queue = review_matches.queue(self.companion_app.companion)

    def watch_queue(self, queue: ReviewQueue | None) -> None:
        """Repaint the list, keeping the cursor where it was."""
        if queue is None:
            return
        table = self.query_one("#proposals", DataTable)
        keep = self.chosen
        table.clear()
        for proposal in queue.run.proposals if queue.run else ():
            table.add_row(
                cell(SIGNS[proposal.status]),
                cell(queue.name(proposal.mentor_id)),
                cell(queue.name(proposal.mentee_id)),
                cell(BAND_SIGNS[proposal.band]),
                key=proposal.id,
            )
        if keep is not None and keep in table.rows:
            table.move_cursor(row=table.get_row_index(keep))
        self.query_one("#matches-head", Static).update(Content(head_line(queue)))
        self._show_chosen()

    @on(DataTable.RowHighlighted)
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        self.chosen = event.row_key.value if event.row_key else None

    def watch_chosen(self) -> None:
        """Show the evidence of the proposal under the cursor."""
        self._show_chosen()

    def _show_chosen(self) -> None:
        if not self.is_mounted or self.queue is None:
            return
        proposal = self._proposal()
        text = proposal_text(self.queue, proposal) if proposal else run_text(self.queue)
        self.query_one("#evidence-text", Static).update(text)

    def _proposal(self) -> MatchProposal | None:
        run = self.queue.run if self.queue else None
        return next((p for p in run.proposals if p.id == self.chosen), None) if run else None

    def action_approve(self) -> None:
        """Approve and go on to the next undecided one."""
        if (proposal := self._proposal()) is None:
            return
        companion = self.companion_app.companion
        if self.companion_app.attempt(lambda: review_matches.approve(companion, proposal.id)):
            self._decided(f"Approved: {self._pair(proposal)}. u takes it back.")

    def action_decline(self) -> None:
        """Ask for the reason, then decline."""
        proposal = self._proposal()
        if proposal is None:
            return

        from companion.tui.screens.reason import ReasonScreen

        def declined(reason: str | None) -> None:
            companion = self.companion_app.companion
            if reason and self.companion_app.attempt(lambda: review_matches.decline(companion, proposal.id, reason)):
                self._decided(f"Declined: {self._pair(proposal)}. u takes it back.")

        self.app.push_screen(ReasonScreen(f"Why not {self._pair(proposal)}?", review_matches.DECLINE_REASONS), declined)

    def action_undo(self) -> None:
        """Take back the last decision."""
        companion = self.companion_app.companion
        if self.companion_app.attempt(lambda: review_matches.undo(companion)):
            self.reload()
            self.notify("The last decision is taken back.", markup=False)

    def action_next_pending(self) -> None:
        """Move to the next undecided proposal, from the top again after the last."""
        table = self.query_one("#proposals", DataTable)
        pending = {p.id for p in self.queue.pending} if self.queue else set()
        rows = [n for n, key in enumerate(table.rows) if key.value in pending]
        if rows:
            table.move_cursor(row=next((n for n in rows if n > table.cursor_row), rows[0]))

    def action_match(self) -> None:
        """Compute new proposals."""
        line = self.query_one(JobLine)
        if line.job is not None:
            return
        companion = self.companion_app.companion
        job: Slow[MatchRun] = Slow(
            "match",
            self,
            lambda me: match_people.match(companion, progress=me.progress, cancelled=me.cancelled),
        )
        line.follow(job, "Reading the profiles …")
        job.start()

    def action_stop(self) -> None:
        """Stop the matching; nothing of it is kept."""
        self.query_one(JobLine).stop()

    def on_slow_progress(self, message: SlowProgress) -> None:
        """Show how far the matching is."""
        self.query_one(JobLine).show(message.done, message.total, message.what)

    def on_slow_done(self, message: SlowDone) -> None:
        """Show the new proposals."""
        self.query_one(JobLine).finish()
        self.chosen = None
        self.reload()

    def on_slow_failed(self, message: SlowFailed) -> None:
        """Say that it stopped, or let the app say what went wrong."""
        self.query_one(JobLine).finish()
        if isinstance(message.error, Cancelled):
            message.stop()
            self.notify("Matching stopped; the earlier proposals are as they were.", markup=False)

    def _decided(self, note: str) -> None:
        self.reload()
        self.action_next_pending()
        self.notify(note, markup=False)

    def _pair(self, proposal: MatchProposal) -> str:
        assert self.queue is not None
        return f"{self.queue.name(proposal.mentor_id)} and {self.queue.name(proposal.mentee_id)}"


def head_line(queue: ReviewQueue) -> str:
    """One line above the list."""
    if queue.run is None:
        return "No proposals yet. Press m to match everybody with free capacity."
    decided = len(queue.run.proposals) - len(queue.pending)
    return (
        f"{decided} of {len(queue.run.proposals)} decided · {len(queue.run.unmatched)} people without a proposal"
        " · nobody has been told"
    )


def proposal_text(queue: ReviewQueue, proposal: MatchProposal) -> Content:
    """Everything that speaks for and against one pair."""
    mentor, mentee = queue.name(proposal.mentor_id), queue.name(proposal.mentee_id)
    lines = [
        Content.from_markup("[b]$mentor[/b] (mentor)", mentor=mentor) + _about(queue, proposal.mentor_id),
        Content.from_markup("[b]$mentee[/b] (executive)", mentee=mentee) + _about(queue, proposal.mentee_id),
        Content(
            f"{BAND_SIGNS[proposal.band]} {proposal.band.value}   {SIGNS[proposal.status]} {proposal.status.value}"
        ),
        Content(""),
    ]
    for one in proposal.evidence:
        lines.append(
            Content.from_markup(
                "[dim]$who[/dim] “$text”", who=_said(queue, one.asked_by, one.asked_entry), text=one.asked_text
            )
        )
        lines.append(
            Content.from_markup(
                "  ↔ [dim]$who[/dim] “$text” [dim]($word)[/dim]",
                who=_said(queue, one.offered_by, one.offered_entry),
                text=one.offered_text,
                word=one.word,
            )
        )
    lines += [Content(""), Content.from_markup("[$warning]Doubt[/]  $doubt", doubt=proposal.doubt)]
    if proposal.difference:
        lines.append(Content.from_markup("[dim]Difference[/dim]  $text", text=", ".join(proposal.difference)))
    lines.append(
        Content.from_markup(
            "[dim]Rank[/dim]  $mentor is $a of $b for $mentee; $mentee is $c of $d for $mentor",
            mentor=mentor.split()[0],
            mentee=mentee.split()[0],
            a=proposal.mentor_rank,
            b=proposal.mentor_choices,
            c=proposal.mentee_rank,
            d=proposal.mentee_choices,
        )
    )
    if second := proposal.runner_up:
        lines.append(
            Content.from_markup(
                "[dim]Runner-up[/dim]  $name ($band). $note",
                name=queue.name(second.mentor_id),
                band=second.band.value,
                note=second.note,
            )
        )
    if proposal.decline_reason:
        lines.append(Content.from_markup("[dim]Declined[/dim]  $reason", reason=proposal.decline_reason))
    return Content("\n").join([*lines, Content(""), *_people_without(queue)])


def run_text(queue: ReviewQueue) -> Content:
    """What there is to say about a run without a chosen proposal."""
    if queue.run is None:
        return Content("Matching compares what executives want to learn with what mentors offer, leaves out reporting\n"
                       "lines and pairs without a common language, and finds one optimum for everybody.")  # fmt: skip
    return Content("\n").join(_people_without(queue))


def _people_without(queue: ReviewQueue) -> list[Content]:
    if queue.run is None:
        return []
    lines = [Content.from_markup("[$warning]![/] $text", text=warning) for warning in queue.run.warnings]
    for unmatched in queue.run.unmatched:
        name, why = queue.name(unmatched.person_id), " ".join(unmatched.reasons)
        lines.append(Content.from_markup("[dim]No proposal for[/dim] $name: $why", name=name, why=why))
    if queue.run.excluded:
        counts = ", ".join(f"{count} {reason.value}" for reason, count in queue.run.excluded if count)
        lines.append(Content.from_markup("[dim]Pairs ruled out:[/dim] $counts", counts=counts or "none"))
    return lines


def _said(queue: ReviewQueue, person_id: str, entry: str) -> str:
    return f"{queue.name(person_id).split()[0]}, {entry}:"


def _about(queue: ReviewQueue, person_id: str) -> Content:
    person = queue.people.get(person_id)
    facts = [fact for fact in (person.title, person.department, person.location) if fact] if person else []
    return Content.from_markup("  [dim]$facts[/dim]", facts=", ".join(facts))
