"""Choose one of a list in a dialog: with the arrows, by typing a few letters, with a digit, or with the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from companion.domain.words import shortened
from companion.tui.text import shown
from companion.tui.widgets.searched_list import Entry, SearchedList

QUESTION_CHARS = 400
LABEL_CHARS = 300
FEW = 9
"""So many are numbered; more can be searched."""


@dataclass(frozen=True)
class Pick:
    """One thing to choose."""

    key: str
    label: str
    note: str = ""

    def line(self, number: int) -> Content:
        """As it stands in the list; `number` is 0 for none."""
        before = Content.styled(f"{number} ", "dim") if number else Content("")
        note = Content.from_markup("  [dim]$note[/dim]", note=shown(self.note)) if self.note else Content("")
        return before + shown(shortened(self.label, LABEL_CHARS)) + note


class PickScreen(ModalScreen[str | None]):
    """Returns the key of what was chosen, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Never mind", id="pick.cancel"),
    ]
    DEFAULT_CSS = """
    PickScreen { align: center middle; }
    PickScreen > Vertical { width: 84; padding: 1 2; }
    PickScreen OptionList { height: auto; max-height: 12; padding: 0; margin: 1 0; background: $surface; }
    PickScreen Input { margin-top: 1; }
    """

    def __init__(
        self, question: str, picks: Sequence[Pick], hint: str = "Enter chooses, Esc leaves.", chosen: str = ""
    ) -> None:
        super().__init__()
        self.question, self.picks, self.hint = question, tuple(picks), hint
        self._chosen = chosen
        """The key of the one that holds now: the cursor begins on it."""

    def compose(self) -> ComposeResult:
        """The question, a line to search in when there are many, and the list."""
        with Vertical(classes="dialog"):
            yield Static(shown(shortened(self.question, QUESTION_CHARS)), classes="title")
            yield SearchedList(
                Input(placeholder="type a few letters", compact=True) if len(self.picks) > FEW else None,
                [self._entry(place, pick) for place, pick in enumerate(self.picks)],
                next((str(place) for place, pick in enumerate(self.picks) if pick.key == self._chosen), ""),
            )
            yield Static(self.hint, classes="muted")

    def _entry(self, place: int, pick: Pick) -> Entry:
        number = place + 1 if len(self.picks) <= FEW else 0
        return Entry(str(place), pick.line(number), f"{pick.label} {pick.note}")

    @on(SearchedList.Chosen)
    def _picked(self, event: SearchedList.Chosen) -> None:
        self.dismiss(self.picks[int(event.key)].key)

    def on_key(self, event: events.Key) -> None:
        """A digit chooses at once where the options are numbered."""
        if event.character and event.character.isdecimal() and not isinstance(self.focused, Input):
            number = int(event.character)
            if 0 < number <= len(self.picks) <= FEW:
                event.stop()
                self.dismiss(self.picks[number - 1].key)
