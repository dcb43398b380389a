"""Ask for one line and save it; what cannot be used is said below the line, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from companion.domain.text import plain
from companion.domain.words import shortened
from companion.errors import CompanionError
from companion.tui.text import shown

QUESTION_CHARS = 200


class LineScreen(ModalScreen[bool]):
    """Returns whether something was saved."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(False)", "Never mind", id="line.cancel")]
    DEFAULT_CSS = """
    LineScreen { align: center middle; }
    LineScreen > Vertical { width: 72; padding: 1 2; }
    LineScreen Input { margin: 1 0; }
    """

    def __init__(
        self, question: str, example: str, value: str, save: Callable[[str], object], *, keeps: bool = False
    ) -> None:
        """With `keeps`, typing adds to the `value` that is there; else it takes its place."""
        super().__init__()
        self.question, self.example, self.value, self.save, self.keeps = question, example, value, save, keeps

    def compose(self) -> ComposeResult:
        """The question, the line, and room for what is wrong with it."""
        with Vertical(classes="dialog"):
            yield Static(shown(shortened(self.question, QUESTION_CHARS)), classes="title")
            line = plain(self.value, one_line=True)
            # What is selected goes at the first key: right for a date, a loss for somebody's words.
            yield Input(line, placeholder=self.example, max_length=500, select_on_focus=not self.keeps)
            yield Static("", id="line-error", classes="error")
            yield Static(
                Content.from_markup("[dim]Enter saves, Esc leaves. Such as:[/dim] $example", example=self.example)
            )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Save, or say why not."""
        try:
            self.save(event.value)
        except CompanionError as error:
            self.query_one("#line-error", Static).update(shown(str(error)))
        else:
            self.dismiss(True)
