"""One question of a survey: its number, its scale or a field for words, and who will see the answer."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static, TextArea

from companion.domain.answers import Question
from companion.domain.surveys import MAX_COMMENT_CHARS, Scale
from companion.tui.text import shown
from companion.tui.widgets.lines import Lines, hanging

STEP = 5
"""Cells per step of a scale, so that every one is easy to hit with the mouse."""
INDENT = 3


class Rated(Message):
    """A number was chosen, or taken back (None)."""

    def __init__(self, key: str, value: int | None) -> None:
        self.key, self.value = key, value
        super().__init__()


class Written(Message):
    """The words changed."""

    def __init__(self, key: str, text: str) -> None:
        self.key, self.text = key, text
        super().__init__()


class RatingQuestion(Lines, can_focus=True):
    """A question answered with a number: digits, arrow keys or the mouse."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    RatingQuestion { padding: 0 1; margin-bottom: 1; border-left: thick $background; }
    RatingQuestion:focus { background: $surface; border-left: thick $primary; }
    RatingQuestion:hover { background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Lower", show=False, id="rating.lower"),
        Binding("right", "step(1)", "Higher", show=False, id="rating.higher"),
        Binding("backspace,delete", "clear", "Take back", id="rating.clear", tooltip="Leave this question open"),
        Binding("down,j,enter", "app.focus_next", "Next", show=False, id="rating.next"),
        Binding("up,k", "app.focus_previous", "Previous", show=False, id="rating.previous"),
    ]

    value: reactive[int | None] = reactive(None, layout=True)

    def __init__(self, number: int, question: Question, scale: Scale, notice: str, language: str) -> None:
        super().__init__()
        self.number, self.question, self.scale = number, question, scale
        self.notice, self.language = notice, language

    def lines(self, width: int) -> list[Content]:
        """The question, the steps with the words for the chosen one, the words for the ends, and who will see it."""
        lines = self._head(width)
        blank = Content(" " * INDENT)
        if self.scale.ordered:
            lines.append(blank + Content("").join([self._step(value) for value in self._values]) + self._chosen())
            ends = " · ".join(
                f"{self.scale.written(value)} {self.scale.label(value, self.language)}"
                for value in (self.scale.low, self.scale.high)
            )
            lines += hanging(blank, shown(ends, "dim"), width)
        else:
            lines += [
                blank + self._step(value) + shown(self.scale.label(value, self.language)) for value in self._values
            ]
        return lines + hanging(blank, shown(self.notice, "dim italic"), width)

    @property
    def _values(self) -> range:
        return range(self.scale.low, self.scale.high + 1)

    def _head(self, width: int) -> list[Content]:
        sign = "✔" if self.value is not None else f"{self.number}"
        return hanging(Content.styled(f"{sign:<{INDENT}}", "$primary"), shown(self.question.text, "bold"), width)

    def _step(self, value: int) -> Content:
        text = self.scale.written(value).center(STEP)
        return Content.styled(text, "reverse bold $primary") if value == self.value else Content(text)

    def _chosen(self) -> Content:
        words = "" if self.value is None else self.scale.label(self.value, self.language)
        return Content("  ") + shown(words, "$primary")

    def on_key(self, event: events.Key) -> None:
        """Digits choose; on a scale with 10, 1 and then 0 do; - and + turn the sign where there is one."""
        if event.key in ("minus", "plus") and self.scale.low < 0:
            size = abs(self.value or 0) or 1
            self.choose(-size if event.key == "minus" else size)
        elif event.character and event.character in "0123456789":
            digit = int(event.character)
            ten = digit == 0 and self.value == 1 and self.scale.high == 10
            self.choose(10 if ten else digit)
        else:
            return
        event.stop()

    def on_click(self, event: events.Click) -> None:
        """The mouse's way: on a step, or on an option's line."""
        event.stop()
        place = event.get_content_offset(self)
        if place is None:
            return
        line = place.y - len(self._head(self.content_size.width))
        if not self.scale.ordered:
            self.choose(self.scale.low + line)
        elif line == 0 and place.x >= INDENT:
            self.choose(self.scale.low + (place.x - INDENT) // STEP)

    def choose(self, value: int) -> None:
        """Answer with a number; one that is not on the scale does nothing."""
        if value in self._values and value != self.value:
            self.value = value
            self.post_message(Rated(self.question.key, value))

    def action_step(self, by: int) -> None:
        """The neighbour on the scale; from nothing to its middle."""
        middle = (self.scale.low + self.scale.high) // 2
        self.choose(middle if self.value is None else self.value + by)

    def action_clear(self) -> None:
        """Leave the question open again."""
        if self.value is not None:
            self.value = None
            self.post_message(Rated(self.question.key, None))


class CommentQuestion(Vertical):
    """A question answered with words."""

    DEFAULT_CSS = """
    CommentQuestion { height: auto; padding: 0 1; margin-bottom: 1; border-left: thick $background; }
    CommentQuestion:focus-within { background: $surface; border-left: thick $primary; }
    CommentQuestion TextArea { height: 4; border: none; padding: 0 1; margin: 0 0 0 3; background: $panel; }
    CommentQuestion .notice { padding-left: 3; text-style: dim italic; }
    """

    def __init__(self, number: int, question: Question, notice: str, text: str) -> None:
        super().__init__()
        self.number, self.question, self.notice, self.text = number, question, notice, text

    def compose(self) -> ComposeResult:
        """The question, the field, how long it is, and who will see it."""
        yield Static("", classes="head")
        yield TextArea(self.text, soft_wrap=True, show_line_numbers=False)
        yield Static(shown(self.notice), classes="notice")

    def on_mount(self) -> None:
        """Show the length."""
        self._head(self.text)

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        text = event.text_area.text
        self._head(text)
        if text != self.text:
            self.text = text
            self.post_message(Written(self.question.key, text))

    def _head(self, text: str) -> None:
        sign = "✔" if text.strip() else f"{self.number}"
        length = len(text.strip())
        colour = "$error" if length > MAX_COMMENT_CHARS else "$text-muted"
        self.query_one(".head", Static).update(
            Content.from_markup(
                f"[$primary]$sign[/][b]$question[/]  [{colour}]$length[/]",
                sign=f"{sign:<{INDENT}}",
                question=shown(self.question.text),
                length=f"{length:,}/{MAX_COMMENT_CHARS:,}" if length else "",
            )
        )
