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

from companion.errors import CompanionError


class LineScreen(ModalScreen[bool]):
    """Returns whether something was saved."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(False)", "Never mind", id="line.cancel")]
    DEFAULT_CSS = """
    LineScreen { align: center middle; }
    LineScreen > Vertical { width: 70; max-width: 95%; height: auto; padding: 1 2; }
    LineScreen > Vertical { background: $surface; border: round $primary; }
    LineScreen #line-error { color: $error; height: auto; }
    """

    def __init__(self, question: str, example: str, value: str, save: Callable[[str], object]) -> None:
        super().__init__()
        self.question, self.example, self.value, self.save = question, example, value, save

    def compose(self) -> ComposeResult:
        """The question, the line, and room for what is wrong with it."""
        with Vertical():
            yield Static(Content(self.question), classes="title")
            yield Input(self.value, placeholder=self.example, max_length=500)
            yield Static("", id="line-error")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Save, or say why not."""
        try:
            self.save(event.value)
        except CompanionError as error:
            self.query_one("#line-error", Static).update(Content(str(error)))
        else:
            self.dismiss(True)
