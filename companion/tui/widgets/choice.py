"""Things to tick, each with room for a reason under its name; a length in minutes with presets."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Button, Input, Static

from companion.domain.agendas import MAX_SESSION_MINUTES, MIN_SESSION_MINUTES
from companion.tui.widgets.lines import Lines, hanging

PRESETS = (15, 30, 45, 60, 90)


class Choice(Lines, can_focus=True):
    """One thing to tick."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Choice { padding: 0 1; border-left: thick $background; }
    Choice:focus { background: $surface; border-left: thick $primary; }
    Choice:hover { background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", "Tick", id="choice.toggle", tooltip="Choose or leave out"),
        Binding("down", "app.focus_next", "Next", show=False, id="choice.next"),
        Binding("up", "app.focus_previous", "Previous", show=False, id="choice.previous"),
    ]

    ticked: reactive[bool] = reactive(False, toggle_class="-ticked")

    class Toggled(Message):
        """Somebody ticked or unticked it."""

        def __init__(self, choice: Choice) -> None:
            self.choice = choice
            super().__init__()

    def __init__(self, key: str, name: Content, reason: Content | None = None, *, ticked: bool = False) -> None:
        super().__init__()
        self.key, self.label, self.reason = key, name, reason
        self.set_reactive(Choice.ticked, ticked)

    def lines(self, width: int) -> list[Content]:
        """The tick and the name, then the reason under it."""
        sign = Content.styled("■ ", "$primary") if self.ticked else Content.styled("□ ", "dim")
        lines = hanging(sign, self.label, width)
        return lines + (hanging(Content("  "), self.reason, width) if self.reason else [])

    def action_tick(self) -> None:
        """Tick or untick."""
        self.ticked = not self.ticked
        self.post_message(self.Toggled(self))

    def on_click(self, event: events.Click) -> None:
        """The mouse's way."""
        event.stop()
        self.action_tick()


class MinutesInput(Input):
    """Minutes typed, or picked with the arrow keys from the presets."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "preset(1)", "Longer", id="minutes.longer", tooltip="The next longer preset", key_display="↑"),
        Binding("down", "preset(-1)", "Shorter", id="minutes.shorter", tooltip="The next shorter one", key_display="↓"),
    ]

    def action_preset(self, by: int) -> None:
        """The next preset in that direction."""
        now = int(self.value) if self.value.isdecimal() else 0
        further = [m for m in PRESETS[:: 1 if by > 0 else -1] if (m > now if by > 0 else m < now)]
        if further:
            self.value = str(further[0])


class LengthPicker(Horizontal):
    """How long the session is."""

    DEFAULT_CSS = """
    LengthPicker { height: 1; padding: 0 2; }
    LengthPicker Input { width: 9; }
    LengthPicker Static { width: auto; padding: 0 2 0 1; }
    LengthPicker Button { min-width: 6; width: auto; margin-right: 1; }
    """

    def __init__(self, minutes: int = 45) -> None:
        super().__init__()
        self._first = minutes

    def compose(self) -> ComposeResult:
        """The line for any length, and the presets for the mouse."""
        yield MinutesInput(str(self._first), type="integer", max_length=3, compact=True, select_on_focus=True)
        yield Static("min", classes="muted")
        for minutes in PRESETS:
            button = Button(str(minutes), compact=True, name=str(minutes), classes="preset")
            button.can_focus = False
            yield button

    @property
    def minutes(self) -> int | None:
        """The length, or None when what is typed is none."""
        text = self.query_one(MinutesInput).value
        return int(text) if text.isdecimal() and MIN_SESSION_MINUTES <= int(text) <= MAX_SESSION_MINUTES else None

    def set(self, minutes: int) -> None:
        """Show another length."""
        self.query_one(MinutesInput).value = str(minutes)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """A preset was clicked."""
        event.stop()
        self.set(int(event.button.name or 45))
