"""Matches: the admin's review queue; a pair and its runner-up side by side, decided with one key or two."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Static

from companion.domain.matching import MatchProposal, MatchRun, WhyNot
from companion.domain.review_filter import ReviewFilter, Standing
from companion.errors import AskFirst
from companion.services import compare_runs, match_people, review_matches, review_rules, swap_matches
from companion.services.review_matches import ReviewQueue
from companion.services.swap_matches import Swap
from companion.services.undo_decision import Undone, undo
from companion.tui import match_dialogs, match_texts
from companion.tui.match_rows import CIRCLE, SHOWN_PROPOSALS, rows
from companion.tui.match_texts import pair_names
from companion.tui.screens.confirm import ConfirmScreen
from companion.tui.session_dialogs import short_name
from companion.tui.slow import Slow, SlowFailed
from companion.tui.widgets.deciding import Deciding, Decision
from companion.tui.widgets.frame import AreaScreen
from companion.tui.widgets.list_table import Column, ListTable
from companion.tui.widgets.progress import JobLine
from companion.tui.widgets.review_filter import FilterBar

if TYPE_CHECKING:
    from companion.tui.screens.decline import Declined


class MatchesScreen(AreaScreen):
    """The admin's review queue."""

    AREA = "matches"
    STOPPED = "Stopped; the proposals are as they were."
    CSS_PATH = "matches.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (110, "-both")]  # noqa: RUF012 - Textual declares it so
    FIRST = (
        *("matches.approve", "matches.decline", "matches.swap", "matches.undo", "matches.why"),
        *("matches.resolve", "matches.filter"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "approve", "Approve", id="matches.approve", tooltip="Make a pairing of this proposal"),
        Binding("d", "decline", "Decline", id="matches.decline", tooltip="Decline; the reason becomes a rule"),
        Binding("s", "swap", "Swap", id="matches.swap", tooltip="Runner-up, or exchange mentors; shows the cost first"),
        Binding("u", "undo", "Undo", id="matches.undo", tooltip="Take back the last decision"),
        Binding("y", "why", "Why?", id="matches.why", tooltip="Why not somebody else for this executive?"),
        Binding("r", "resolve", "Re-solve", id="matches.resolve", tooltip="Compute anew around what is decided"),
        Binding("slash", "filter", "Find", id="matches.filter", tooltip="By name, fit, doubt, or what is to decide"),
        Binding("p", "pin", "Pin", id="matches.pin", tooltip="Keep this pair in every following run, or let it go"),
        Binding("f", "forbid", "Forbid", id="matches.forbid", tooltip="Never pair these two"),
        *(
            Binding(key, action, label, show=False, id=f"matches.{action}", tooltip=tooltip)
            for key, action, label, tooltip in (
                ("w", "without", "Without", "Who has no proposal, and why; warnings and criteria"),
                ("n", "next_pending", "Next", "Go to the next undecided proposal"),
                ("c", "compare", "Compare", "What changed since the earlier matching"),
                ("t", "treatment", "Treatment", "How people are treated: names removed, groups, who is wanted most"),
                ("l", "rules", "Rules", "The rules made in reviews; lift one"),
                ("x", "export", "Export", "Write all of it for a committee: CSV and HTML"),
                ("m", "match", "Match", "Compute proposals for everybody with capacity"),
            )
        ),
        Binding("tab", "pane", "Panes", show=False, id="matches.pane", tooltip="List, pair, runner-up"),
        Binding("escape", "stop", "Stop", show=False, id="matches.stop"),
    ]
    AUTO_FOCUS = "#proposals"

    def __init__(self) -> None:
        super().__init__()
        self._queue: ReviewQueue | None = None

    def body(self) -> Iterable[Widget]:
        """The list, the pair and its runner-up beside it, what was decided last, and the line for slow work."""
        columns = (Column("", 2), Column("Mentor", 12, 1), Column("Executive", 12, 1), Column("Fit", 3))
        yield Static("", id="matches-head", classes="head")
        yield Static("", id="matches-about", classes="muted")
        yield FilterBar()
        yield Horizontal(
            ListTable(*columns, id="proposals").add_class("list"),
            VerticalScroll(Static("", id="evidence-text"), id="pair", classes="details"),
            VerticalScroll(Static("", id="second-text"), id="second", classes="details"),
            classes="sides",
        )
        yield Deciding(self.reload)
        yield JobLine()

    def load(self) -> ReviewQueue:
        """Read the newest run."""
        return review_matches.queue(self.companion)

    def show(self, loaded: ReviewQueue) -> None:
        """Repaint the list, keeping the cursor where it was."""
        self._queue = loaded
        self._show_list()

    @on(FilterBar.Changed)
    def _show_list(self) -> None:
        queue = self._queue
        if queue is None:
            return
        under_way = self.query_one(Deciding).under_way
        self.query_one(ListTable).fill(rows(queue, self.query_one(FilterBar).chosen, under_way))
        self.query_one("#matches-head", Static).update(match_texts.head_line(queue))
        about = match_texts.about_line(queue)
        self.query_one("#matches-about", Static).update(about)
        self.query_one("#matches-about", Static).display = bool(about.plain)
        self._show_chosen()

    @on(DataTable.RowHighlighted)
    def _show_chosen(self) -> None:
        queue, proposal = self._queue, self._proposal()
        if queue is None:
            return
        chosen = self.query_one(ListTable).chosen or ""
        second = Content("")
        if proposal is not None:
            text = match_texts.pair_text(queue, proposal, alone=not self.has_class("-both"))
            second = match_texts.runner_up_text(queue, proposal)
        elif members := queue.circles.get(chosen.removeprefix(CIRCLE)):
            text = match_texts.circle_text(queue, members)
        else:
            text = match_texts.run_text(queue)
        self.query_one("#evidence-text", Static).update(text)
        self.query_one("#second-text", Static).update(second)

    def _proposal(self) -> MatchProposal | None:
        chosen = self.query_one(ListTable).chosen
        if self._queue is None or self._queue.run is None:
            return None
        return next((p for p in (*self._queue.run.proposals, *self._queue.earlier) if p.id == chosen), None)

    def action_pane(self) -> None:
        """The list, the pair, the runner-up; where there is little room, the panes take turns."""
        if self.query_one(FilterBar).has_focus_within:
            self.focus_next()
            return
        panes = [self.query_one(f"#{name}") for name in ("proposals", "pair", "second")]
        here = next((place for place, pane in enumerate(panes) if pane.has_focus_within), -1)
        following = (here + 1) % len(panes)
        self.set_class(following == 2, "-second")
        panes[following].focus()

    def action_approve(self) -> None:
        """Approve and go on to the next undecided one; on a circle's row, the whole circle."""
        companion, queue, proposal = self.companion, self._queue, self._proposal()
        chosen = self.query_one(ListTable).chosen or ""
        if queue is None:
            return
        if proposal is not None:
            names = pair_names(queue, proposal)
            self._decide(
                lambda: review_matches.approve(companion, proposal.id),
                f"Approved: {names}. u takes it back.",
                proposal.id,
            )
        elif members := queue.circles.get(chosen.removeprefix(CIRCLE)):
            mentor_id = members[0].mentor_id
            self._decide(
                lambda: review_matches.approve_circle(companion, mentor_id),
                f"Approved: the circle of {short_name(queue.name(mentor_id))}. u takes it back.",
                *(member.id for member in members if member.is_pending),
            )

    def action_decline(self) -> None:
        """Ask for the reason, then decline."""
        queue, proposal = self._queue, self._proposal()
        if queue is None or proposal is None:
            return
        names, companion = pair_names(queue, proposal), self.companion

        def declined(why: Declined | None) -> None:
            if why is not None:
                self._decide(
                    lambda: review_matches.decline(companion, proposal.id, why.code, why.sentence, about=why.about),
                    f"Declined: {names}. The next run keeps the reason; u takes it back.",
                    proposal.id,
                )

        self.app.push_screen(match_dialogs.decline(queue, proposal), declined)

    def action_pin(self) -> None:
        """Pin the pair, or let go of a pin."""
        queue, proposal, companion = self._queue, self._proposal(), self.companion
        if queue is None or proposal is None:
            return
        names = pair_names(queue, proposal)
        pins = [rule for rule in queue.rules if (rule.mentor_id, rule.mentee_id) == proposal.pair]
        if proposal.pair in queue.pins:
            self._decide(lambda: review_rules.lift(companion, pins[0].id), f"No longer pinned: {names}.")
        else:
            self._decide(
                lambda: review_rules.pin(companion, *proposal.pair), f"Pinned: {names}; every run keeps them together."
            )

    def action_forbid(self) -> None:
        """Ask why, then rule the pair out for good."""
        queue, proposal, companion = self._queue, self._proposal(), self.companion
        if queue is None or proposal is None:
            return
        from companion.tui.screens.line import LineScreen

        names, said = pair_names(queue, proposal), [""]

        def answered(go_on: bool | None) -> None:
            if go_on:
                self._decide(
                    lambda: review_rules.forbid(companion, *proposal.pair, said[-1]),
                    f"Ruled out: {names}. u takes it back.",
                    proposal.id,
                )

        question = f"Never pair {names}. Why? (may stay empty)"
        self.app.push_screen(LineScreen(question, "They are married.", "", said.append), answered)

    def action_undo(self, anyway: bool = False) -> None:
        """Take back the last decision, and go to it; when something else was done since, ask first."""
        self.query_one(Deciding).put(Decision(partial(undo, self.companion, anyway=anyway), self._undone))

    def on_slow_failed(self, message: SlowFailed) -> None:
        """An older decision is taken back only when the person says so."""
        if isinstance(message.error, AskFirst):
            message.stop()
            ask = match_dialogs.older(message.error)
            self.app.push_screen(ask, lambda go_on: self.action_undo(True) if go_on else None)

    def _undone(self, undone: Undone) -> str:
        if undone.proposal_ids and undone.in_newest_run:
            self.query_one(ListTable).choose(undone.proposal_ids[0])
        return match_texts.undone_text(undone)

    def _decide(self, work: Any, said: str, *proposal_ids: str) -> None:
        """Have a decision saved, mark it as on its way, and go on to the next proposal."""
        deciding = self.query_one(Deciding)
        if deciding.under_way & set(proposal_ids):
            return
        deciding.put(Decision(work, lambda _: said, proposal_ids))
        self._show_list()
        if proposal_ids:
            self.action_next_pending()

    def action_next_pending(self) -> None:
        """Move to the next undecided proposal, from the top again after the last."""
        queue, table = self._queue, self.query_one(ListTable)
        if queue is None or queue.run is None:
            return
        pending = {proposal.id for proposal in queue.pending} - self.query_one(Deciding).under_way
        keys, chosen = table.keys, table.chosen
        start = keys.index(chosen) + 1 if chosen in keys else 0
        following = [key for key in (*keys[start:], *keys[:start]) if key in pending and key != chosen]
        if following:
            table.choose(following[0])
        elif pending - {chosen} and len(queue.run.proposals) > SHOWN_PROPOSALS:
            # All that are on screen are decided; show some of the others.
            self.query_one(FilterBar).choose(ReviewFilter(standing=Standing.OPEN))

    def action_filter(self) -> None:
        """Show the line that narrows the list."""
        self.query_one(FilterBar).open()

    def on_resize(self, event: events.Resize) -> None:
        """Where the runner-up stands beside the pair, the pair need not name it."""
        self.call_after_refresh(self._show_chosen)

    def on_input_submitted(self) -> None:
        """From the search into what was found."""
        self.query_one(ListTable).focus()

    def action_stop(self) -> None:
        """Stop slow work, else show everything again, else back to the list."""
        if not self.query_one(JobLine).stop():
            self.query_one(FilterBar).close()
            self.remove_class("-second")
            self.query_one(ListTable).focus()

    def action_without(self) -> None:
        """Show who has no proposal, and what the run ruled out."""
        if self._queue is not None:
            self._read("Without a proposal", match_texts.run_text(self._queue))

    def action_treatment(self) -> None:
        """Show how the run treats people."""
        if self._queue is not None:
            self._read("How people are treated", match_texts.treatment_text(self._queue))

    def action_match(self) -> None:
        """Compute new proposals."""
        self._match("match")

    def action_resolve(self) -> None:
        """Compute anew around what is decided, then say what changed."""
        self._match("resolve" if self._queue and self._queue.run else "match")

    def _match(self, name: str) -> None:
        companion = self.companion

        def work(me: Slow[MatchRun]) -> MatchRun:
            return match_people.match(companion, progress=me.progress, cancelled=me.cancelled)

        self.work(name, "Reading the profiles …", work)

    def action_compare(self) -> None:
        """Show what the newest run does differently from the one before."""
        companion = self.companion
        self.work("compare", "Comparing …", lambda _: compare_runs.compare(companion), can_stop=False)

    def action_export(self) -> None:
        """Write the review for a committee."""
        from companion.services import export_matches

        companion = self.companion
        self.work("export", "Writing …", lambda _: export_matches.export_both(companion), can_stop=False)

    def action_rules(self) -> None:
        """List the rules in force; the one chosen is lifted."""
        queue, companion = self._queue, self.companion
        if queue is None or not queue.rules:
            self.notify("There are no rules yet: declining, pinning and forbidding make them.", markup=False)
            return

        def chosen(rule_id: str | None) -> None:
            if rule_id:
                self._decide(lambda: review_rules.lift(companion, rule_id), "Lifted; r computes anew, u takes it back.")

        self.app.push_screen(match_dialogs.rules(queue), chosen)

    def action_why(self) -> None:
        """Ask why somebody else is not proposed to this executive."""
        queue, proposal, companion = self._queue, self._proposal(), self.companion
        if queue is None or proposal is None:
            return

        def chosen(mentor_id: str | None) -> None:
            def work(me: Slow[WhyNot]) -> WhyNot:
                return match_people.why_not(
                    companion, mentor_id or "", proposal.mentee_id, progress=me.progress, cancelled=me.cancelled
                )

            if mentor_id:
                self.work("why", "Working it out …", work)

        self.app.push_screen(match_dialogs.who_instead(queue, proposal), chosen)

    def action_swap(self) -> None:
        """Choose what to swap; the cost is worked out and shown before anything is done."""
        queue, proposal, companion = self._queue, self._proposal(), self.companion
        if queue is None or proposal is None or not proposal.is_pending:
            return

        def chosen(other_id: str | None) -> None:
            def work(me: Slow[Swap]) -> Swap:
                return swap_matches.consider(
                    companion, proposal.id, other_id or "", progress=me.progress, cancelled=me.cancelled
                )

            if other_id is not None:
                self.work("swap", "Working out what it costs …", work)

        self.app.push_screen(match_dialogs.swaps(queue, proposal), chosen)

    def worked(self, name: str, value: Any) -> None:
        """Show the new proposals, or what was asked for."""
        queue = self._queue
        if name in ("match", "resolve"):
            self.reload()
        if name == "resolve":
            self.action_compare()
        elif name == "compare" and queue is not None:
            self._read("What changed", match_texts.comparison_text(queue, value))
        elif name == "why" and queue is not None:
            self._read("Why not?", match_texts.why_not_text(queue, value))
        elif name == "export":
            self.query_one(Deciding).say(f"Written: {', '.join(str(path) for path in value)}")
        elif name == "swap":
            self._confirm(value)

    def _confirm(self, swap: Swap) -> None:
        companion, queue = self.companion, self._queue
        if queue is None:
            return

        def answered(go_on: bool | None) -> None:
            if go_on:
                self._decide(lambda: swap_matches.confirm(companion, swap), "Swapped and pinned. u takes it back.")

        text = match_texts.comparison_text(queue, swap.changes)
        self.app.push_screen(ConfirmScreen("What this swap does", text, "Swap"), answered)

    def _read(self, title: str, text: Any) -> None:
        from companion.tui.screens.reading import ReadingScreen

        self.app.push_screen(ReadingScreen(title, text))
