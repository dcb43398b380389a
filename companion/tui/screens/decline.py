"""Why not these two? A reason by its number, a sentence where one wants to, and nothing more than is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from companion.domain.review_rules import DECLINE_SENTENCES, DeclineCode
from companion.domain.words import shortened
from companion.tui.screens.pick import Pick
from companion.tui.text import shown

QUESTION_CHARS = 200
CODES = tuple(DECLINE_SENTENCES)


@dataclass(frozen=True)
class Declined:
    """What the person chose."""

    code: DeclineCode
    sentence: str = ""
    about: str = ""
    """A person id or an entry id; see `companion.services.review_matches.decline`."""


class DeclineScreen(ModalScreen[Declined | None]):
    """Returns the decision, or None when the person changed their mind."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Never mind", id="decline.cancel")]
    DEFAULT_CSS = """
    DeclineScreen { align: center middle; }
    DeclineScreen > Vertical { width: 76; padding: 1 2; }
    DeclineScreen OptionList { height: auto; max-height: 12; padding: 0; margin: 1 0; background: $surface; }
    DeclineScreen Input { margin-bottom: 1; }
    """

    def __init__(self, question: str, both: Sequence[Pick], needs: Sequence[Pick]) -> None:
        """`both` are the two people, `needs` the executive's needs."""
        super().__init__()
        self.question, self.both, self.needs = question, tuple(both), tuple(needs)
        self._code: DeclineCode | None = None
        """Chosen, when it is still open which of the two or which need it is about."""

    def compose(self) -> ComposeResult:
        """The question, the reasons, and a line for a sentence."""
        with Vertical(classes="dialog"):
            yield Static(shown(shortened(self.question, QUESTION_CHARS)), id="decline-question", classes="title")
            yield OptionList(*(Option(pick.line(n)) for n, pick in enumerate(self._picks(), 1)))
            yield Input(max_length=200, compact=True)
            yield Static("A number or Enter chooses. Tab adds a sentence. Esc leaves.", classes="muted")

    def on_mount(self) -> None:
        """The reasons first."""
        self.query_one(OptionList).focus()

    def _picks(self) -> tuple[Pick, ...]:
        match self._code:
            case DeclineCode.CHANGING_JOBS:
                return self.both
            case DeclineCode.TOPIC_NOT_NOW:
                return self.needs
            case _:
                return tuple(Pick(code.value, sentence) for code, sentence in DECLINE_SENTENCES.items())

    @on(OptionList.OptionHighlighted)
    def _say_what_the_sentence_is_for(self, event: OptionList.OptionHighlighted) -> None:
        # Until the reason is known the line belongs to whichever is marked; after that only details are asked.
        if self._code is None and event.option_index < len(CODES):
            reason = DECLINE_SENTENCES[CODES[event.option_index]]
            self.query_one(Input).placeholder = f"a sentence to “{reason}”"

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose(event.option_index)

    @on(Input.Submitted)
    def _written(self) -> None:
        self._choose(self.query_one(OptionList).highlighted or 0)

    def on_key(self, event: events.Key) -> None:
        """A digit chooses at once."""
        if event.character and event.character.isdecimal() and not isinstance(self.focused, Input):
            number = int(event.character)
            if 0 < number <= len(self._picks()):
                event.stop()
                self._choose(number - 1)

    def _choose(self, index: int) -> None:
        sentence = self.query_one(Input).value.strip()
        if self._code is not None:
            self.dismiss(Declined(self._code, sentence, self._picks()[index].key))
            return
        code = CODES[index]
        if code is DeclineCode.OTHER and not sentence:
            self.query_one(OptionList).highlighted = index
            self.query_one(Input).focus()
        elif code is DeclineCode.CHANGING_JOBS or (code is DeclineCode.TOPIC_NOT_NOW and len(self.needs) > 1):
            self._ask(code)
        else:
            about = self.needs[0].key if code is DeclineCode.TOPIC_NOT_NOW and self.needs else ""
            self.dismiss(Declined(code, sentence, about))

    def _ask(self, code: DeclineCode) -> None:
        """Which of the two, or which need."""
        self._code = code
        question = "Which of the two?" if code is DeclineCode.CHANGING_JOBS else "Which need is not a priority now?"
        self.query_one("#decline-question", Static).update(question)
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(pick.line(n)) for n, pick in enumerate(self._picks(), 1))
        options.highlighted = 0
        options.focus()
