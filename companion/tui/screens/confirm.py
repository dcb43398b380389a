"""Show what something would do, and do it only when the person says so."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static


class ConfirmScreen(ModalScreen[bool]):
    """Returns whether to go on. What is `final` cannot be undone, so that Enter alone does not do it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "dismiss(False)", "Never mind", id="confirm.no"),
        Binding("y", "dismiss(True)", "Do it", id="confirm.yes"),
        Binding("enter", "enter", show=False, id="confirm.enter"),
    ]
    DEFAULT_CSS = """
    ConfirmScreen { align: center middle; }
    ConfirmScreen > Vertical { width: 84; padding: 1 2; }
    ConfirmScreen VerticalScroll { height: auto; max-height: 14; margin-top: 1; }
    """

    def __init__(self, question: str, text: Content, yes: str, *, final: bool = False) -> None:
        super().__init__()
        self.question, self.text, self.yes, self.final = question, text, yes, final

    def compose(self) -> ComposeResult:
        """The question, what would happen, and the two answers."""
        with Vertical(classes="dialog"):
            yield Static(self.question, classes="title", markup=False)
            with VerticalScroll(can_focus=False):
                yield Static(self.text)
            with Horizontal(classes="buttons"):
                key = "y" if self.final else "Enter"
                yield Button(f"{self.yes} ({key})", variant="primary", id="confirm-yes", compact=True)
                yield Button("Never mind (Esc)", id="confirm-no", compact=True)

    def on_mount(self) -> None:
        """The harmless answer has the focus where the other is for good."""
        if self.final:
            self.query_one("#confirm-no").focus()

    def action_enter(self) -> None:
        """Enter goes on, where that can be undone."""
        self.dismiss(not self.final)

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "confirm-yes")
