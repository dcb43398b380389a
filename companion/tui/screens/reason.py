"""Ask for one sentence: offered reasons to pick from, or one's own words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from companion.domain.words import shortened
from companion.tui.text import shown

QUESTION_CHARS = 200


class ReasonScreen(ModalScreen[str | None]):
    """Returns the reason, or None when the person changed their mind."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Never mind", id="reason.cancel")]
    DEFAULT_CSS = """
    ReasonScreen { align: center middle; }
    ReasonScreen > Vertical { width: 72; padding: 1 2; }
    ReasonScreen OptionList { height: auto; max-height: 10; border: none; padding: 0; margin: 1 0; }
    ReasonScreen Input { margin-bottom: 1; }
    ReasonScreen OptionList { background: $surface; }
    """

    def __init__(self, question: str, offered: Sequence[str]) -> None:
        super().__init__()
        self.question, self.offered = question, tuple(offered)

    def compose(self) -> ComposeResult:
        """The question, the offered reasons, and a line for one's own."""
        with Vertical(classes="dialog"):
            yield Static(shown(shortened(self.question, QUESTION_CHARS)), classes="title")
            yield OptionList(*(Option(Content(reason)) for reason in self.offered))
            yield Input(placeholder="or in your own words, then Enter", max_length=200, compact=True)
            yield Static("Enter chooses, Tab goes to your own words, Esc leaves.", classes="muted")

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self.offered[event.option_index])

    @on(Input.Submitted)
    def _written(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.dismiss(event.value.strip())
