"""The dialog of the Surveys area: which survey to open, and until when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from companion.domain.surveys import FALLBACK_LANGUAGE, Questionnaire, in_language
from companion.errors import CompanionError, InvalidInput
from companion.tui.text import shown


class OpenSurveyScreen(ModalScreen[bool]):
    """Returns whether a survey was opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "Never mind", id="open-survey.cancel", tooltip="Open nothing"),
        Binding("ctrl+s", "open", "Open", id="open-survey.open", tooltip="Open the chosen survey"),
    ]
    DEFAULT_CSS = """
    OpenSurveyScreen { align: center middle; }
    OpenSurveyScreen > Vertical { width: 72; padding: 1 2; }
    OpenSurveyScreen OptionList { height: auto; max-height: 8; margin: 1 0; padding: 0; background: $surface; }
    OpenSurveyScreen Input { width: 16; }
    OpenSurveyScreen .day { height: 1; }
    OpenSurveyScreen .day Static { width: auto; padding-right: 1; }
    OpenSurveyScreen .muted { margin-top: 1; }
    """

    def __init__(self, offered: Mapping[str, Questionnaire], until: date, save: Callable[[str, date], object]) -> None:
        super().__init__()
        self.offered, self.until, self.save = offered, until, save

    def compose(self) -> ComposeResult:
        """The surveys, the last day, room for what is wrong, and two ways out."""
        with Vertical(classes="dialog"):
            yield Static("Which survey do you want to open?", classes="title")
            yield OptionList(*(Option(_offer(form), id=name) for name, form in self.offered.items()))
            with Horizontal(classes="day"):
                yield Static("Last day to answer:")
                yield Input(self.until.isoformat(), compact=True, max_length=10)
            yield Static("", id="open-error", classes="error")
            yield Static(
                "The first survey fixes for good how many must answer before anything is shown.", classes="muted"
            )
            with Horizontal(classes="buttons"):
                yield Button("Open (Ctrl+S)", variant="primary", id="open-go", compact=True)
                yield Button("Never mind (Esc)", id="open-cancel", compact=True)

    def on_mount(self) -> None:
        """Start in the list."""
        options = self.query_one(OptionList)
        options.focus()
        options.highlighted = 0

    @on(OptionList.OptionSelected)
    @on(Input.Submitted)
    @on(Button.Pressed, "#open-go")
    def action_open(self) -> None:
        """Open the chosen survey, or say why that cannot be."""
        chosen = self.query_one(OptionList).highlighted
        if chosen is None:
            return
        text = self.query_one(Input).value.strip()
        try:
            self.save(list(self.offered)[chosen], _day(text))
        except CompanionError as error:
            self.query_one("#open-error", Static).update(shown(str(error)))
        else:
            self.dismiss(True)

    @on(Button.Pressed, "#open-cancel")
    def _cancelled(self) -> None:
        self.dismiss(False)


def _offer(form: Questionnaire) -> Content:
    seconds = form.instrument.seconds
    return Content.from_markup(
        "$title  [dim]$length[/]",
        title=shown(in_language(form.instrument.title, FALLBACK_LANGUAGE)),
        length=f"{seconds // 60} min" if seconds >= 60 else f"{seconds} s",
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"'{text}' is not a day.", "Write it as 2026-12-20.") from None
