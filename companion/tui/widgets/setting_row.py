"""One line of a form: a label and the widget that changes its value, whatever kind of value it is."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Select, Static

from companion.domain.criteria_words import Setting
from companion.tui.text import shown
from companion.tui.widgets.ticks import Tick

MAX_CHARS = 2000


class SettingRow(Horizontal):
    """A setting and its value as text; a flag is ``yes`` or ``no``."""

    DEFAULT_CSS = """
    SettingRow { height: 1; padding: 0 1; }
    SettingRow .label { width: 20; color: $text-muted; }
    SettingRow Input, SettingRow Select { width: 1fr; }
    SettingRow Checkbox { width: 1fr; }
    SettingRow .sign { width: 2; color: $error; }
    SettingRow.-changed .label { color: $accent; text-style: bold; }
    SettingRow:focus-within .label { color: $primary; text-style: bold; }
    """

    class Edited(Message):
        """Somebody typed, ticked or chose something."""

        def __init__(self, row: SettingRow, text: str) -> None:
            self.row, self.text = row, text
            super().__init__()

    def __init__(self, setting: Setting, text: str, default: str) -> None:
        super().__init__()
        self.setting, self._text, self._default = setting, text, default
        self._wrong = False

    def compose(self) -> ComposeResult:
        """The label, room for a sign, and the editor."""
        yield Static(Content(self.setting.label), classes="label")
        yield Static("", classes="sign")
        yield self._editor()

    def _editor(self) -> Widget:
        if self.setting.kind == "flag":
            return Tick(Content(self._text), self._text == "yes", compact=True)
        if self.setting.choices:
            options = [(Content(name), name) for name in self.setting.choices]
            return Select[str](options, value=self._text, allow_blank=False, compact=True)
        return Input(self._text, placeholder=self._default, max_length=MAX_CHARS, compact=True)

    @property
    def editor(self) -> Widget:
        """The widget that has the focus when this line is edited."""
        return self.query_one("Input, Checkbox, Select")

    def show(self, text: str) -> None:
        """Show another value without acting on it."""
        editor = self.editor
        with self.prevent(Input.Changed, Checkbox.Changed, Select.Changed):
            if isinstance(editor, Checkbox):
                editor.value, editor.label = text == "yes", Content(text)
            elif isinstance(editor, Select) or (isinstance(editor, Input) and editor.value != text):
                editor.value = text

    def mark(self, *, changed: bool, wrong: bool) -> None:
        """Show whether it differs from the file, and whether something is wrong with it."""
        self.set_class(changed, "-changed")
        if wrong != self._wrong:
            self._wrong = wrong
            self.query_one(".sign", Static).update(Content("! " if wrong else ""))

    def on_click(self) -> None:
        """A click beside the editor means the editor too."""
        if not self.has_focus_within:
            self.editor.focus()

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    def _edited(self, event: Input.Changed | Select.Changed | Checkbox.Changed) -> None:
        event.stop()
        value = event.value
        text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        if isinstance(event, Checkbox.Changed):
            # Ticks differ by their colour alone; the word does not.
            event.checkbox.label = Content(text)
        self.post_message(self.Edited(self, text))


def sentence(text: str, sign: str = "", style: str = "") -> Content:
    """A line of an explanation, with a sign before it where something is to be noted."""
    before = Content.styled(f"{sign} ", style) if sign else Content("")
    return before + shown(text)
