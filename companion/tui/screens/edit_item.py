"""Edit the words of one agenda item; what is typed stays in the dialog until it is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Static, TextArea

from companion.domain.agenda_edits import Field, field_limit
from companion.domain.agendas import AgendaItem
from companion.domain.documents import ORIGIN_LABELS
from companion.domain.words import shortened
from companion.errors import CompanionError, StaleEdit
from companion.tui.text import editable, edited, shown
from companion.tui.widgets.agenda import ORIGIN_SIGNS

LABELS: dict[Field, str] = {"question": "Question, as you will ask it", "why": "Why, for the executive"}
HIDDEN = "signs like ␛ stand for what cannot be seen; saving a change leaves them out"
Save = Callable[[dict[Field, str]], object]
"""Takes the fields that were changed. Raises CompanionError."""


class OneText(TextArea):
    """A text that is one paragraph: it wraps on screen, and Enter saves instead of breaking the line."""

    class Submitted(Message):
        """Enter was pressed."""

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Submitted())
            return
        await super()._on_key(event)


class EditItemScreen(ModalScreen[bool]):
    """Returns whether something was saved."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "Never mind", id="edit.cancel"),
        Binding("ctrl+s", "save", "Save", id="edit.save", priority=True),
    ]
    DEFAULT_CSS = """
    EditItemScreen { align: center middle; }
    EditItemScreen > VerticalScroll { width: 76; max-width: 98%; height: auto; max-height: 95%; padding: 0 2; }
    EditItemScreen > VerticalScroll { background: $surface; border: round $primary; }
    EditItemScreen TextArea { height: 5; border: tall $panel; padding: 0 1; }
    EditItemScreen TextArea:focus { border: tall $primary; }
    EditItemScreen #edit-error { color: $error; height: auto; }
    EditItemScreen Horizontal { height: 1; }
    EditItemScreen Button { margin-right: 2; }
    """

    def __init__(self, item: AgendaItem, save: Save, typed: Mapping[Field, str] | None = None) -> None:
        """`typed` stands in the fields at first, as if somebody had typed it."""
        super().__init__()
        self.item, self.save, self.typed = item, save, typed or {}
        self.before: dict[Field, str] = {"question": editable(item.question.text), "why": editable(item.why.text)}

    def compose(self) -> ComposeResult:
        """Both fields with their length, room for what is wrong, and two ways out."""
        with VerticalScroll(can_focus=False):
            yield Static(shown(shortened(self.item.title, 100)), classes="title")
            for field in LABELS:
                yield Static("", id=f"{field}-label")
                yield OneText(
                    editable(self.typed[field]) if field in self.typed else self.before[field],
                    id=field,
                    soft_wrap=True,
                    show_line_numbers=False,
                )
            yield Static("", id="edit-error")
            with Horizontal():
                yield Button("Save (Enter)", variant="primary", id="edit-save", compact=True)
                yield Button("Never mind (Esc)", id="edit-cancel", compact=True)

    def on_mount(self) -> None:
        """Start in the question, at its end."""
        for field in LABELS:
            self._count(field)
        question = self.query_one("#question", OneText)
        question.focus()
        question.move_cursor(question.document.end)

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        for field in LABELS:
            if event.text_area.id == field:
                self._count(field)

    def _count(self, field: Field) -> None:
        raw = self.query_one(f"#{field}", OneText).text
        text = " ".join(edited(raw).split())
        worded = self.item.question if field == "question" else self.item.why
        limit = field_limit(self.item, field)
        colour = "$error" if len(text) > limit or not text else "$text-muted"
        changed = raw.split() != self.before[field].split()
        origin = "✎ changed" if changed else f"{ORIGIN_SIGNS[worded.origin]} {ORIGIN_LABELS[worded.origin]}"
        label = Content.from_markup(
            f"$name  [dim]$origin[/]  [{colour}]$n/$limit[/]",
            name=LABELS[field],
            origin=origin,
            n=len(text),
            limit=limit,
        )
        if edited(raw) != raw:
            label += Content.from_markup("  [$warning]! $why[/]", why=HIDDEN)
        self.query_one(f"#{field}-label", Static).update(label)

    @on(Button.Pressed, "#edit-save")
    @on(OneText.Submitted)
    def action_save(self) -> None:
        """Save what was changed, or say why it cannot be; nothing typed is lost."""
        texts: dict[Field, str] = {field: self.query_one(f"#{field}", OneText).text for field in LABELS}
        changes = {field: edited(text) for field, text in texts.items() if text != self.before[field]}
        if not changes:
            self.dismiss(False)
            return
        try:
            self.save(changes)
        except StaleEdit as error:
            self._complain(f"{error.message} Your words are still here: save again to put them into the newer agenda.")
        except CompanionError as error:
            self._complain(str(error))
        else:
            self.dismiss(True)

    @on(Button.Pressed, "#edit-cancel")
    def _cancelled(self) -> None:
        self.dismiss(False)

    def _complain(self, text: str) -> None:
        self.query_one("#edit-error", Static).update(Content(text))
