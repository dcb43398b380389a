"""Answer one survey: every answer is kept at once, and can be changed until the survey closes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Button, Static

from companion.domain import times
from companion.domain.answers import SurveyResponse
from companion.domain.surveys import PhraseId
from companion.domain.text import plain
from companion.domain.words import shortened
from companion.errors import CompanionError
from companion.services import answer_survey
from companion.services.answer_survey import Form
from companion.services.companion import Companion
from companion.tui.session_dialogs import short_name
from companion.tui.text import shown
from companion.tui.widgets.choice import Choice
from companion.tui.widgets.keys import Keys
from companion.tui.widgets.survey_question import CommentQuestion, Rated, RatingQuestion, Written

TYPING_SECONDS = 0.4
"""Words are kept when somebody pauses for so long, or goes elsewhere."""
NAME_CHARS = 60


class AnswerScreen(Screen[bool]):
    """Returns whether the answers were sent."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Later", id="answer.leave", tooltip="Leave; what you answered is kept"),
        Binding("ctrl+s", "send", "Send", id="answer.send", tooltip="Send your answers", priority=True),
        Binding("ctrl+n", "app.focus_next", "Next", id="answer.next", tooltip="The next question"),
    ]
    DEFAULT_CSS = """
    AnswerScreen #answer-head { padding: 0 1; height: auto; background: $panel; }
    AnswerScreen #answer-state { padding: 0 2; height: auto; max-height: 3; }
    AnswerScreen VerticalScroll { padding: 1 1 0 0; }
    AnswerScreen #limits { padding: 1 2; color: $text-muted; }
    AnswerScreen .buttons { height: 1; padding: 0 2; }
    AnswerScreen Button { margin-right: 2; }
    """

    def __init__(self, companion: Companion, form: Form) -> None:
        super().__init__()
        self.companion, self.form = companion, form
        self.response = form.response
        self._typing: Timer | None = None

    def compose(self) -> ComposeResult:
        """What it is about, the questions, what the author allows, and two ways out."""
        form, wave = self.form, self.form.wave
        about = Content.from_markup(
            "[b $primary]$title[/]  [dim]with[/] $partner  [dim]until $day[/]\n$intro",
            title=shown(wave.title_in(form.language)),
            partner=shown(shortened(plain(form.partner.name, one_line=True), NAME_CHARS)),
            day=times.long_day(wave.closes_on),
            intro=shown(wave.form.instrument.intro.get(form.language, ""), "dim"),
        )
        yield Static(about, id="answer-head")
        with VerticalScroll(can_focus=False):
            yield from self._questions()
            yield from self._choices()
            yield Static(shown(wave.form.phrase(PhraseId.LIMITS, form.language)), id="limits")
            with Horizontal(classes="buttons"):
                yield Button("Send (Ctrl+S)", variant="primary", id="answer-send", compact=True)
                yield Button("Later (Esc)", id="answer-later", compact=True)
        yield Static("", id="answer-state", classes="muted")
        yield Keys()

    def _questions(self) -> Iterable[Widget]:
        for number, question in enumerate(self.form.questions, 1):
            notice = self.form.notice(question)
            if question.scale is None:
                yield CommentQuestion(number, question, notice, self.response.comments.get(question.key, ""))
            else:
                rating = RatingQuestion(number, question, question.scale, notice, self.form.language)
                rating.set_reactive(RatingQuestion.value, self.response.ratings.get(question.key))
                yield rating

    def _choices(self) -> Iterable[Widget]:
        form, language = self.form.wave.form, self.form.language
        if any(question.scale is None for question in self.form.questions):
            yield Choice("may_quote", shown(form.phrase(PhraseId.QUOTE, language)), ticked=self.response.may_quote)
        if form.instrument.may_share:
            words = form.phrase(PhraseId.SHARE, language).replace("{partner}", short_name(self.form.partner.given_name))
            yield Choice("share", shown(words), ticked=self.response.share)
        yield Choice("contact_me", shown(form.phrase(PhraseId.CONTACT, language)), ticked=self.response.contact_me)

    def on_mount(self) -> None:
        """Start with the first question that is still open."""
        self._say_state()
        for widget in self.query(RatingQuestion):
            if widget.value is None:
                widget.focus()
                return
        self.query(RatingQuestion).first().focus() if self.query(RatingQuestion) else self.focus_next()

    @on(Rated)
    def _rated(self, message: Rated) -> None:
        ratings = {key: value for key, value in self.response.ratings.items() if key != message.key}
        if message.value is not None:
            ratings[message.key] = message.value
        self._keep(self.response.model_copy(update={"ratings": ratings}))

    @on(Choice.Toggled)
    def _ticked(self, message: Choice.Toggled) -> None:
        self._keep(self.response.model_copy(update={message.choice.key: message.choice.ticked}))

    @on(Written)
    def _written(self) -> None:
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(TYPING_SECONDS, self._keep_words)

    def on_descendant_blur(self) -> None:
        """Somebody goes to another question: keep what was being typed."""
        self._keep_words()

    def _keep_words(self) -> bool:
        comments = {w.question.key: w.text for w in self.query(CommentQuestion) if w.text.strip()}
        return comments == dict(self.response.comments) or self._keep(
            self.response.model_copy(update={"comments": comments})
        )

    def _keep(self, response: SurveyResponse) -> bool:
        """Save; what cannot be saved is said, and stays on the screen."""
        if response.is_empty and response.sent:
            # Everything was taken back: that is a draft again, which is never counted.
            response = response.model_copy(update={"sent": False})
        try:
            answer_survey.save(self.companion, self.form.wave.id, self.form.person.id, response)
        except CompanionError as error:
            self._say(shown(str(error)), failed=True)
            return False
        self.response = response
        self._say_state()
        return True

    def _say_state(self) -> None:
        answered, asked = len(self.response.ratings) + len(self.response.comments), len(self.form.questions)
        if self.response.sent:
            text = f"Sent: {answered} of {asked} answered. What you change is kept at once."
        elif answered:
            text = f"Kept as a draft: {answered} of {asked} answered. Ctrl+S sends it."
        else:
            text = "Digits or ← → answer, ↑ ↓ move, ⌫ takes back. Each answer is kept at once."
        self._say(Content(text))

    def _say(self, text: Content, *, failed: bool = False) -> None:
        line = self.query_one("#answer-state", Static)
        line.update(text)
        line.set_class(failed, "warn")

    @on(Button.Pressed, "#answer-send")
    def action_send(self) -> None:
        """Send what is answered."""
        if not self._keep_words():
            return
        if self.response.is_empty:
            self._say(Content("Nothing is answered yet. Answer at least one question, or press Esc."), failed=True)
        elif self._keep(self.response.model_copy(update={"sent": True})):
            self.dismiss(True)

    @on(Button.Pressed, "#answer-later")
    def action_leave(self) -> None:
        """Leave; what was answered is kept as a draft."""
        if self._keep_words():
            self.dismiss(False)
