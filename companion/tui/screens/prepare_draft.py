"""One draft on screen: the rules it keeps, its items, and the model at work on them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from companion.domain.agendas import Agenda, AgendaItem
from companion.errors import AskFirst, Cancelled, CompanionError, InvalidInput, StaleEdit
from companion.services import deliver_agenda, prepare_agenda
from companion.services.companion import Companion
from companion.services.deliver_agenda import Delivered
from companion.services.prepare_agenda import Draft, Finished, ItemStarted, ItemWorded
from companion.tui.screens.confirm import ConfirmScreen
from companion.tui.slow import Slow, SlowDone, SlowEvent, SlowFailed
from companion.tui.text import shown
from companion.tui.widgets.agenda import LEGEND, ORIGIN_SIGNS, AgendaList, boxes
from companion.tui.widgets.item_details import ItemDetails
from companion.tui.widgets.linter import LinterStrip
from companion.tui.widgets.progress import JobLine

WAIT_SECONDS = 0.1
"""How often the waiting for the model looks whether somebody pressed Esc."""


class DraftPane(Vertical):
    """The rules on top, the items, the details of one, and slow work; `AgendaPane` adds the edits."""

    draft: reactive[Draft | None] = reactive(None)
    trouble: reactive[str] = reactive("")
    """Why there is no model, when there is none."""

    class Changed(Message):
        """Another revision is on screen."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.warmed = threading.Event()
        """Set when there is no more model to wait for; wording waits for it and can be stopped while it does."""
        self._worded = self._to_word = 0

    def compose(self) -> ComposeResult:
        """Rules, list and details, and a line for slow work."""
        yield LinterStrip()
        yield Static("", id="agenda-note")
        with Horizontal(id="agenda-body"):
            with AgendaList(id="agenda-list"):
                yield Static("", id="agenda-outcome")
            with VerticalScroll(id="agenda-details"):
                yield ItemDetails()
        yield JobLine()

    def on_mount(self) -> None:
        """The legend stands in the frame, where it takes no room."""
        self.query_one("#agenda-body").border_title = LEGEND

    @property
    def companion(self) -> Companion:
        """The companion behind the app."""
        return self.app.companion  # type: ignore[attr-defined,no-any-return]  # only used in the CompanionApp

    @property
    def busy(self) -> bool:
        """Whether slow work runs."""
        return self.query_one(JobLine).job is not None

    @property
    def item(self) -> AgendaItem | None:
        """The item under the cursor."""
        current = self.query_one(AgendaList).current
        return next((i for i in self.draft.agenda.items if i.id == current), None) if self.draft else None

    def focus_first(self) -> None:
        """Start in the list."""
        self.query_one(AgendaList).focus()

    def watch_draft(self, draft: Draft | None) -> None:
        """Repaint everything."""
        if draft is None:
            return
        agenda, brief, findings = draft.agenda, draft.brief, draft.findings
        self.query_one(LinterStrip).show(agenda, brief, findings)
        outcome = agenda.success_condition
        self.query_one("#agenda-outcome", Static).update(
            Content.from_markup(
                "[dim]$sign $text[/]", sign=ORIGIN_SIGNS[outcome.origin], text=shown(" ".join(outcome.text.split()))
            )
        )
        self.query_one(AgendaList).show(boxes(agenda, brief, findings))
        self._show_note()
        self._show_details()
        self.post_message(self.Changed())

    def watch_trouble(self) -> None:
        """Say quietly why there is no model."""
        self._show_note()

    def on_agenda_list_highlighted(self) -> None:
        """Show the details of the item under the cursor."""
        self._show_details(top=True)

    def _show_note(self) -> None:
        draft = self.draft
        if draft is None or not self.is_mounted:
            return
        note = draft.agenda.note or ("" if draft.agenda.written_by_model else self.trouble)
        area = self.query_one("#agenda-note", Static)
        area.update(Content.from_markup("[$warning]![/] $note", note=" ".join(note.split())))
        area.display = bool(note)

    def _show_details(self, top: bool = False) -> None:
        if self.draft is None or (item := self.item) is None:
            return
        details = self.query_one(ItemDetails)
        details.show(self.draft.agenda, self.draft.brief, self.draft.findings, item)
        if top:
            self.query_one("#agenda-details").scroll_home(animate=False)

    # Slow work: wording, rewording one item, delivering.

    def word(self) -> None:
        """Let the model word the draft, item by item."""
        draft = self.draft
        if draft is None or self.busy:
            return
        self._worded, self._to_word = 0, len(prepare_agenda.to_word(draft))
        if not self._to_word:
            self.notify("Every line is locked, edited or someone's own words.", markup=False)
            return
        companion, warmed = self.companion, self.warmed

        def work(me: Slow[None]) -> None:
            while not warmed.wait(WAIT_SECONDS):
                if me.cancelled():
                    return
            for event in prepare_agenda.word(companion, draft, cancelled=me.cancelled):
                me.tell(event)

        waiting = "" if warmed.is_set() else "The model is loading; these are the cards' own words."
        self._start(Slow("word", self, work), waiting or self._progress())

    def reword(self) -> None:
        """Word one item again, from another of its card's questions."""
        if self.draft is None or (item := self.item) is None or self.busy:
            return
        companion, draft = self.companion, self.draft
        self._start(
            Slow(
                "reword", self, lambda me: prepare_agenda.regenerate(companion, draft, item.id, cancelled=me.cancelled)
            ),
            "Wording this item …",
        )
        self.query_one(AgendaList).writing = item.id

    def deliver(self, *, anyway: bool = False) -> None:
        """Write the documents; where something speaks against it, the mentor is asked."""
        if self.draft is None or self.busy:
            return
        companion, pairing_id = self.companion, self.draft.brief.session.pairing_id

        def work(_: Slow[Delivered]) -> Delivered:
            # The mentor has the agenda on screen: delivering it from here is saying that it was read.
            return deliver_agenda.deliver(companion, pairing_id, checked=True, anyway=anyway)

        self._start(Slow("deliver", self, work), "Writing …")

    def _ask_first(self, doubt: AskFirst) -> None:
        def answered(go_on: bool | None) -> None:
            if go_on:
                self.deliver(anyway=True)

        question = "Write the documents all the same?"
        self.app.push_screen(ConfirmScreen(question, shown(doubt.message), "Write them"), answered)

    def stop(self) -> None:
        """Stop; what has arrived stays."""
        self.query_one(JobLine).stop()

    def leave(self) -> None:
        """Another session comes: what the model has worded of this one is saved in the background."""
        self.stop()
        self._ended()
        self.draft = None

    def _start(self, job: Slow[Any], what: str) -> None:
        self.query_one(JobLine).follow(job, what)
        job.start()
        self.refresh_bindings()

    def _progress(self) -> str:
        return f"Wording: {self._worded} of {self._to_word} lines"

    def on_slow_event(self, message: SlowEvent) -> None:
        """Show each item as the model begins and ends it."""
        line, rows = self.query_one(JobLine), self.query_one(AgendaList)
        if message.job is not line.job:
            return
        match message.event:
            case ItemStarted(item_id):
                rows.writing = item_id
                if not message.job.cancelled():
                    line.show(self._worded, self._to_word, self._progress())
            case ItemWorded(draft, _):
                self._worded += 1
                self.draft = draft
                if not message.job.cancelled():
                    line.show(self._worded, self._to_word, self._progress())
            case Finished(draft):
                self.draft = draft

    def on_slow_done(self, message: SlowDone) -> None:
        """Slow work ended well."""
        if message.job is not self.query_one(JobLine).job:
            return
        self._ended()
        match message.job.name:
            case "reword":
                self._reworded(message.value)
            case "deliver":
                from companion.tui.screens.delivered import DeliveredScreen

                self.reload()
                self.app.push_screen(DeliveredScreen(message.value))

    def on_slow_failed(self, message: SlowFailed) -> None:
        """Slow work ended with an error; the app says which."""
        if message.job is not self.query_one(JobLine).job:
            return
        self._ended()
        if isinstance(message.error, Cancelled):
            message.stop()
            self.notify("Stopped; the line is as it was.", markup=False)
        elif isinstance(message.error, AskFirst):
            message.stop()
            self._ask_first(message.error)
        else:
            self.reload()

    def _ended(self) -> None:
        self.query_one(JobLine).finish()
        self.query_one(AgendaList).writing = None
        self.refresh_bindings()

    def _reworded(self, draft: Draft) -> None:
        item = self.item
        before = len(self.draft.agenda.removed) if self.draft else 0
        self.draft = draft
        refused = draft.agenda.removed[before:]
        if item is not None and refused:
            self.notify(
                f"Left out: {refused[0].reason} v shows the words.", title="Not all of it was used", markup=False
            )

    def reload(self) -> None:
        """Show the agenda as it is stored now."""
        if self.draft is not None:
            try:
                stored = prepare_agenda.open_draft(self.companion, self.draft.agenda.session_id)
            except CompanionError as error:
                self.app.show_error(error)  # type: ignore[attr-defined]  # only used in the CompanionApp
            else:
                self.draft = stored or self.draft

    def _revise(self, change: Callable[[Agenda], Agenda], changed: str = "") -> None:
        """Save one change. Raises CompanionError; after StaleEdit the newer agenda is on screen."""
        if self.draft is None:
            return
        if self.busy:
            raise InvalidInput("The model is still writing.", "Esc stops it; what has arrived stays.")
        try:
            self.draft = prepare_agenda.revise(self.companion, self.draft, change, changed)
        except StaleEdit:
            self.reload()
            raise

    def _try(self, action: Callable[[], object]) -> bool:
        """Whether it worked; what went wrong is shown."""
        try:
            action()
            return True
        except StaleEdit as error:
            text = "The newer agenda is shown now; repeat your change if it still fits."
            self.notify(text, title=error.message, severity="warning", markup=False)
        except CompanionError as error:
            self.app.show_error(error)  # type: ignore[attr-defined]  # only used in the CompanionApp
        return False

    def _change(self, change: Callable[[Agenda, AgendaItem], Agenda]) -> None:
        if (item := self.item) is not None:
            self._try(lambda: self._revise(lambda agenda: change(agenda, item)))


def warm_writer(companion: Companion) -> None:
    """Load the model that words agendas, in a thread. Raises CompanionError with the reason when there is none."""
    writer, reason = companion.writer_or_reason()
    if writer is None:
        raise CompanionError(reason)
    writer.warm(prepare_agenda.PROMPT)
