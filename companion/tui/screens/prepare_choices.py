"""What the session is for: goals, length and themes, chosen in a few keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Static

from companion.domain.themes import Theme
from companion.domain.words import shortened
from companion.services.prepare_agenda import Choices
from companion.tui.text import shown
from companion.tui.widgets.choice import Choice, LengthPicker

MAX_CHOSEN = 3
SHOWN_CHARS = 300


class ChoicesPane(Vertical):
    """Goals, length and themes, with one button."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "make", "Make the agenda", id="choices.make", tooltip="Lay out the agenda, then word it"),
        Binding("escape", "back", "Back", id="choices.back", tooltip="Back to the agenda as it is"),
    ]

    class GoalsChanged(Message):
        """Other goals are ticked, so other themes fit."""

        def __init__(self, goal_ids: tuple[str, ...]) -> None:
            self.goal_ids = goal_ids
            super().__init__()

    class Made(Message):
        """The mentor has chosen."""

        def __init__(self, goal_ids: tuple[str, ...], minutes: int, theme_ids: tuple[str, ...]) -> None:
            self.goal_ids, self.minutes, self.theme_ids = goal_ids, minutes, theme_ids
            super().__init__()

    class Left(Message):
        """The mentor goes back without choosing."""

    def compose(self) -> ComposeResult:
        """Three short lists in one column; the button stays in sight."""
        with VerticalScroll(id="choices-scroll", can_focus=False):
            yield Static("Goals, one to three", classes="title")
            yield Vertical(id="goals", classes="choices")
            yield Static(Content.from_markup("Length  [not bold $foreground 70%]↑↓ or type[/]"), classes="title")
            yield LengthPicker()
            yield Static("Themes, up to three", classes="title")
            yield Vertical(id="themes", classes="choices")
        with Horizontal(id="choices-end"):
            yield Button("Make the agenda", variant="primary", id="make", compact=True)
            yield Static("", id="choices-note")

    async def show(
        self, choices: Choices, goal_ids: Iterable[str] = (), theme_ids: Iterable[str] | None = None, minutes: int = 0
    ) -> None:
        """Show what there is to choose from, with the suggestions (or an earlier choice) ticked."""
        ticked = set(goal_ids) or set(choices.suggested)
        goals = [
            Choice(goal.id, shown(shortened(" ".join(goal.text.split()), SHOWN_CHARS)), ticked=goal.id in ticked)
            for goal in choices.goals
        ]
        area = self.query_one("#goals", Vertical)
        await area.remove_children()
        await area.mount_all(goals)
        self.query_one(LengthPicker).set(minutes or choices.session.minutes)
        self._note("")
        chosen = choices.suggested_themes if theme_ids is None else theme_ids
        await self._show_themes(choices.themes, chosen)

    async def offer(self, choices: Choices) -> None:
        """Other themes, after other goals; what is ticked stays ticked when it is still offered."""
        await self._show_themes(choices.themes, self._ticked("#themes"))

    async def _show_themes(self, themes: Iterable[Theme], ticked: Iterable[str]) -> None:
        chosen = set(ticked)
        area = self.query_one("#themes", Vertical)
        focused = self.screen.focused
        keep = focused.key if isinstance(focused, Choice) and focused.parent is area else None
        one_goal = len(self._ticked("#goals")) == 1
        rows = [
            Choice(
                theme.card_id,
                Content.from_markup(
                    "$title [dim]$id, evidence $grade[/]",
                    title=shown(theme.title),
                    id=theme.card_id,
                    grade=theme.grade.value,
                ),
                shown(shortened(theme.when if one_goal and theme.when else theme.reason, SHOWN_CHARS), "dim"),
                ticked=theme.card_id in chosen,
            )
            for theme in themes
        ]
        async with self.batch():
            await area.remove_children()
            await area.mount_all(rows)
        for row in rows:
            if row.key == keep:
                row.focus()

    def focus_first(self) -> None:
        """Enter is enough: the suggestions are ticked and the button has the focus."""
        self.query_one("#make", Button).focus()

    @on(Choice.Toggled)
    def _toggled(self, event: Choice.Toggled) -> None:
        event.stop()
        area = event.choice.parent
        name = "#goals" if area is self.query_one("#goals") else "#themes"
        if len(self._ticked(name)) > MAX_CHOSEN:
            event.choice.ticked = False
            self._note(f"At most {MAX_CHOSEN} {name[1:]}; untick one first.")
            return
        self._note("")
        if name == "#goals":
            if goal_ids := self._ticked("#goals"):
                self.post_message(self.GoalsChanged(goal_ids))
            else:
                self._note("Choose at least one goal.")

    @on(Button.Pressed, "#make")
    @on(Input.Submitted)
    def action_make(self) -> None:
        """Make the agenda, or say what is missing."""
        goal_ids, minutes = self._ticked("#goals"), self.query_one(LengthPicker).minutes
        if not goal_ids:
            self._note("Choose at least one goal.")
        elif minutes is None:
            self._note("A session takes 15 to 180 minutes.")
            self.query_one(LengthPicker).query_one(Input).focus()
        else:
            self.post_message(self.Made(goal_ids, minutes, self._ticked("#themes")))

    def action_back(self) -> None:
        """Leave the agenda as it is."""
        self.post_message(self.Left())

    def _ticked(self, area: str) -> tuple[str, ...]:
        return tuple(choice.key for choice in self.query_one(area).query_children(Choice) if choice.ticked)

    def _note(self, text: str) -> None:
        self.query_one("#choices-note", Static).update(Content(text))
