"""The agenda's keys: one edit each, every one a revision, so that each can be undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from companion.domain import agenda_edits, agenda_mends
from companion.domain.agenda_edits import Field
from companion.domain.agendas import RESCUE_MINUTES, Agenda, AgendaItem, RemovedText
from companion.domain.cards import MAX_QUESTION_CHARS
from companion.domain.documents import BLOCK_LABELS
from companion.domain.origins import agenda_origins, item_origins, outcome_origin
from companion.errors import InvalidInput
from companion.services import deliver_agenda, prepare_agenda
from companion.services.companion import Companion
from companion.services.prepare_agenda import Draft
from companion.tui.origin_texts import origins_text
from companion.tui.screens.prepare_draft import DraftPane
from companion.tui.widgets.agenda import AgendaList

WAITING = frozenset(
    {"edit", "minutes", "move", "lock", "reword", "next_card", "remove", "shorten", "rebalance", "add", "mend"}
    | {"undo", "redo", "outcome", "word", "again", "deliver"}
)
"""Actions that wait until the model has finished."""


class AgendaPane(DraftPane):
    """The draft with everything a mentor can do to it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", "Stop", id="agenda.stop", tooltip="Stop; what has arrived stays"),
        Binding("e", "edit", "Edit", id="agenda.edit", tooltip="Edit the words of this item"),
        Binding("f", "mend", "Mend", id="agenda.mend", tooltip="Put right what the first rule complains about here"),
        Binding("m", "minutes", "Minutes", id="agenda.minutes", tooltip="Its minutes; the others make up for it"),
        Binding("shift+up", "move(-1)", "Move", id="agenda.up", tooltip="Move this item up", key_display="⇧↑↓"),
        Binding("g", "reword", "Reword", id="agenda.reword", tooltip="Let the model word this item again"),
        Binding("y", "origin", "Source", id="agenda.origin", tooltip="Where each line of this item comes from"),
        Binding("u", "undo", "Undo", id="agenda.undo", tooltip="Take back the last change"),
        Binding("x", "brief", "Brief", id="agenda.brief", tooltip="The executive's brief, as it will be read"),
        Binding("D", "deliver", "Deliver", id="agenda.deliver", tooltip="Write the documents and the mail"),
        Binding("l", "lock", "Lock", id="agenda.lock", tooltip="Lock this item against rewording, or unlock it"),
        Binding("b", "next_card", "Card", id="agenda.card", show=False, tooltip="Take the next card that fits here"),
        Binding(
            "minus,delete",
            "remove",
            "Remove",
            id="agenda.remove",
            show=False,
            tooltip="Take this item out",
            key_display="-",
        ),
        Binding("a", "add", "Add", id="agenda.add", show=False, tooltip="Add an item from a practice card"),
        Binding("s", "shorten", "15 min", id="agenda.shorten", tooltip="Keep what matters most in 15 minutes"),
        Binding(
            "w",
            "word",
            "Word",
            id="agenda.word",
            show=False,
            tooltip="Let the model word all but locked and edited items",
        ),
        Binding("v", "removed", "Removed", id="agenda.removed", tooltip="What the model wrote and was left out"),
        Binding("c", "again", "Choose again", id="agenda.again", tooltip="Other goals, length or themes"),
        Binding("shift+down", "move(1)", "Down", id="agenda.down", tooltip="Move this item down", show=False),
        Binding("ctrl+r,U", "redo", "Redo", id="agenda.redo", tooltip="Do it again", show=False),
        Binding("o", "outcome", "Outcome", id="agenda.outcome", tooltip="Edit the line about the end", show=False),
        Binding("equals_sign", "rebalance", "Add up", id="agenda.even", tooltip="Make the minutes add up", show=False),
    ]  # fmt: skip

    class AgainWanted(Message):
        """The mentor wants to choose goals, length and themes again."""

    def on_agenda_list_chosen(self) -> None:
        """Enter and the double click edit."""
        self.action_edit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Edits wait for the model; Esc shows only while there is something to stop."""
        busy = self.is_mounted and self.busy
        if action == "stop":
            return busy
        if action == "mend" and not busy:
            return self.is_mounted and self.draft is not None and any(map(agenda_mends.can_mend, self.draft.findings))
        return None if busy and action in WAITING else True

    def action_word(self) -> None:
        """Word what may be worded, again."""
        self.word()

    def action_reword(self) -> None:
        """Let the model word the item again."""
        self.reword()

    def action_deliver(self) -> None:
        """Write the documents."""
        self.deliver()

    def action_stop(self) -> None:
        """Stop; what has arrived stays."""
        self.stop()

    def action_edit(self) -> None:
        """Edit question and reason."""
        if (item := self.item) is not None and not self.busy:
            self._edit(item)

    def _edit_removed(self, removed: RemovedText) -> None:
        items = self.draft.agenda.items if self.draft else ()
        item = next((one for one in items if one.id == removed.item_id), None)
        field = next((field for field in agenda_edits.FIELDS if field == removed.field), None)
        if item is not None and field is not None and not self.busy:
            self._edit(item, {field: removed.text})

    def _edit(self, item: AgendaItem, typed: Mapping[Field, str] | None = None) -> None:
        from companion.tui.screens.edit_item import EditItemScreen

        def save(changes: dict[Field, str]) -> None:
            def change(agenda: Agenda) -> Agenda:
                for field, text in changes.items():
                    agenda = agenda_edits.edit_field(agenda, item.id, field, text)
                return agenda

            self._revise(change)

        self.app.push_screen(EditItemScreen(item, save, typed))

    def action_minutes(self) -> None:
        """Ask for the minutes of an item."""
        if (item := self.item) is None:
            return

        def save(text: str) -> None:
            minutes = _whole(text)
            self._revise(lambda agenda: agenda_edits.set_minutes(agenda, item.id, minutes, balance=True))

        self._ask(f"Minutes for “{item.title}”; the others make up for it", "20", str(item.minutes), save)

    def action_outcome(self) -> None:
        """Ask for the line about the end."""
        if self.draft is not None:
            self._ask(
                "What can be said at the end?",
                "At the end, ...",
                self.draft.agenda.success_condition.text,
                lambda text: self._revise(lambda agenda: agenda_edits.edit_success_condition(agenda, text)),
            )

    def action_move(self, by: int) -> None:
        """Move the item up or down."""
        rows = self.query_one(AgendaList)
        if self.draft is not None and 0 <= rows.place + by < len(self.draft.agenda.items):
            self._change(lambda agenda, item: agenda_edits.move(agenda, item.id, by))

    def action_lock(self) -> None:
        """Lock or unlock the item."""
        self._change(lambda agenda, item: agenda_edits.lock(agenda, item.id, not item.locked))

    def action_next_card(self) -> None:
        """Put another card in the item's place."""
        if (draft := self.draft) is not None:
            self._change(lambda agenda, item: agenda_edits.next_card(agenda, draft.brief, item.id))

    def action_remove(self) -> None:
        """Take the item out; its minutes go to the others."""
        self._change(lambda agenda, item: agenda_edits.remove(agenda, item.id))

    def action_add(self) -> None:
        """Choose a card and add it as an item where its part belongs."""
        from companion.tui.screens.pick import Pick, PickScreen

        if (draft := self.draft) is None or self.busy:
            return
        offered = prepare_agenda.cards_to_add(self.companion, draft)

        def add(card_id: str | None) -> None:
            if card_id is not None:
                card = offered[card_id]
                self._try(lambda: self._revise(lambda agenda: agenda_edits.add(agenda, draft.brief, card)))

        picks = [
            Pick(card.id, card.title, f"{card.id}, {BLOCK_LABELS[card.blocks[0]].lower()}, evidence {card.grade.value}")
            for card in offered.values()
        ]
        self.app.push_screen(PickScreen("Add which practice card?", picks), add)

    def action_mend(self) -> None:
        """Put right the first finding about this item that code can, else the first of all."""
        if (draft := self.draft) is None:
            return
        here = self.item.id if self.item else None
        known = [finding for finding in draft.findings if agenda_mends.can_mend(finding)]
        finding = next((one for one in known if one.item_id == here), known[0] if known else None)
        if finding is not None:
            self._try(lambda: self._revise(lambda agenda: agenda_mends.mend(agenda, draft.brief, finding)))

    def action_shorten(self) -> None:
        """The rescue form."""
        if (draft := self.draft) is not None:
            if draft.agenda.minutes <= RESCUE_MINUTES:
                self.notify(f"It has {draft.agenda.minutes} minutes already.", markup=False)
            else:
                self._try(lambda: self._revise(lambda agenda: agenda_edits.shorten(agenda, draft.brief)))

    def action_rebalance(self) -> None:
        """Make the minutes add up."""
        self._try(lambda: self._revise(agenda_edits.rebalance))

    def action_undo(self) -> None:
        """Take back the last change."""
        self._step(prepare_agenda.undo, "Taken back")

    def action_redo(self) -> None:
        """Do it again."""
        self._step(prepare_agenda.redo, "Done again")

    def _step(self, step: Callable[[Companion, Draft], Draft], what: str) -> None:
        if (draft := self.draft) is None or self.busy:
            return

        def go() -> None:
            self.draft = step(self.companion, draft)

        self._try(go)

    def action_brief(self) -> None:
        """Read the brief as the executive will."""
        from companion.tui.screens.reading import ReadingScreen, brief_text, brief_title

        if (draft := self.draft) is not None:

            def read() -> None:
                documents = deliver_agenda.documents(self.companion, draft)
                origins = origins_text(agenda_origins(draft.agenda, draft.brief))
                self.app.push_screen(ReadingScreen(brief_title(documents), brief_text(documents), origins))

            self._try(read)

    def action_removed(self) -> None:
        """Read what was left out, and use a line anyway."""
        from companion.tui.screens.removed import RemovedScreen

        def use(removed: RemovedText) -> bool:
            if len(removed.text) > MAX_QUESTION_CHARS:
                # Too long for any line: it is there to be shortened.
                self.call_after_refresh(self._edit_removed, removed)
                return True
            used = self._try(lambda: self._revise(lambda agenda: agenda_edits.use_removed(agenda, removed)))
            if used:
                self.notify("Put in as your own words; u takes it back.", markup=False)
            return used

        if self.draft is not None:
            self.app.push_screen(RemovedScreen(self.draft.agenda, use))

    def action_origin(self) -> None:
        """Read where each line of this item comes from."""
        from companion.tui.screens.reading import WHERE_FROM, ReadingScreen

        if self.draft is not None and (item := self.item) is not None:
            brief, agenda = self.draft.brief, self.draft.agenda
            parts = [(item.title, item_origins(item, brief)), ("This session", (outcome_origin(agenda, brief),))]
            self.app.push_screen(ReadingScreen(WHERE_FROM, origins_text(parts)))

    def action_again(self) -> None:
        """Choose goals, length and themes again."""
        self.post_message(self.AgainWanted())

    def _ask(self, question: str, example: str, value: str, save: Callable[[str], object]) -> None:
        from companion.tui.screens.line import LineScreen

        if not self.busy:
            self.app.push_screen(LineScreen(question, example, value, save))


def _whole(text: str) -> int:
    """Minutes as typed. Raises InvalidInput."""
    if not text.strip().isdecimal() or len(text.strip()) > 4:
        raise InvalidInput("That is no number of minutes.", "Write 20.")
    return int(text)
