"""A list that typing narrows: letters go to the line above it, the arrows move in it, Enter chooses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from companion.domain.typed_words import finds

SHOWN = 200
"""Entries on screen; more are found by typing."""


@dataclass(frozen=True)
class Entry:
    """One line of the list; `words` are what typing finds."""

    key: str
    line: Content
    words: str


class NameLine(Input):
    """A line for names: digits are no part of them and keep what they mean elsewhere, such as going to an area."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether the line takes the key."""
        return not _is_digit(character) and super().check_consume_key(key, character)

    def on_key(self, event: events.Key) -> None:
        """Leave a digit to others."""
        if _is_digit(event.character):
            event.prevent_default()


class SearchedList(Vertical):
    """Entries with a line above them, or without one where they are few."""

    class Chosen(Message):
        """One was chosen."""

        def __init__(self, searched: SearchedList, key: str) -> None:
            self.searched, self.key = searched, key
            super().__init__()

        @property
        def control(self) -> SearchedList:
            """The list it was chosen from."""
            return self.searched

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", "Show all", id="searched.clear", tooltip="Show all again"),
        Binding("down", "move(1)", show=False, id="searched.down"),
        Binding("up", "move(-1)", show=False, id="searched.up"),
        Binding("pagedown", "move(10)", show=False, id="searched.page_down"),
        Binding("pageup", "move(-10)", show=False, id="searched.page_up"),
    ]
    DEFAULT_CSS = """
    SearchedList { height: auto; }
    SearchedList OptionList, SearchedList OptionList:focus { background: $background; border: none; padding: 0; }
    SearchedList.-line OptionList > .option-list--option-highlighted {
        color: $block-cursor-foreground; background: $block-cursor-background; text-style: $block-cursor-text-style;
    }
    SearchedList .nothing { display: none; color: $text-muted; margin: 1 0; }
    SearchedList.-empty .nothing { display: block; }
    SearchedList.-empty OptionList { display: none; }
    """

    def __init__(self, line: Input | None, entries: Sequence[Entry] = (), chosen: str = "", id: str = "") -> None:
        super().__init__(id=id or None, classes="-line" if line else "")
        self._line, self._entries, self._at = line, tuple(entries), chosen

    def compose(self) -> ComposeResult:
        """The line, and the list under it."""
        if self._line is not None:
            yield self._line
        yield OptionList()
        yield Static("Nothing fits; Esc shows all again.", classes="nothing")

    def on_mount(self) -> None:
        """Begin on what holds now."""
        self._fill(self._at)

    def offer(self, entries: Sequence[Entry]) -> None:
        """Show other entries; the cursor stays on the one it is on, as far as it is still there."""
        if tuple(entries) != self._entries:
            self._entries = tuple(entries)
            self._fill(self.highlighted or "")

    @property
    def highlighted(self) -> str | None:
        """The key of the entry under the cursor."""
        option = self.query_one(OptionList).highlighted_option
        return option.id if option is not None else None

    def focus_first(self) -> None:
        """To where the next letter or arrow belongs."""
        (self._line or self.query_one(OptionList)).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc shows all again only where something is typed; else it is for what is around."""
        return action != "clear" or bool(self._line and self._line.value)

    def action_clear(self) -> None:
        """Show all again."""
        if self._line is not None:
            self._line.value = ""

    def action_move(self, by: int) -> None:
        """Move in the list while the line keeps the focus."""
        options = self.query_one(OptionList)
        if options.option_count:
            options.highlighted = min(max((options.highlighted or 0) + by, 0), options.option_count - 1)

    def _fill(self, chosen: str) -> None:
        typed = self._line.value if self._line is not None else ""
        fitting = [entry for entry in self._entries if finds(typed, entry.words)]
        options = self.query_one(OptionList)
        options.set_options(Option(entry.line, id=entry.key) for entry in fitting[:SHOWN])
        places = [place for place, entry in enumerate(fitting[:SHOWN]) if entry.key == chosen]
        options.highlighted = next(iter(places), 0) if fitting else None
        self.set_class(not fitting and bool(typed), "-empty")

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._fill("")
        self.refresh_bindings()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(OptionList).action_select()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Chosen(self, event.option_id or ""))


def _is_digit(character: str | None) -> bool:
    return character is not None and character.isdecimal()
