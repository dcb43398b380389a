"""Say it: a raw note on the left, and on the right what it could sound like, as it is typed. Nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static, TextArea

from companion.domain.feedback_tips import ASKS_FIRST
from companion.services import tips
from companion.services.tips import About, RouteView, TipView
from companion.tui.card_texts import card_text
from companion.tui.commands import KeyCommands
from companion.tui.origin_texts import origins_text
from companion.tui.session_dialogs import open_practice, short_name
from companion.tui.slow import Slow, SlowDone, SlowFailed
from companion.tui.text import shown
from companion.tui.tip_texts import (
    INTRODUCTION,
    Row,
    first_rows,
    missing,
    route_rows,
    tip_origins,
    tip_rows,
    wording_text,
)
from companion.tui.widgets.keys import Keys
from companion.tui.widgets.lines import Lines, hanging

if TYPE_CHECKING:
    from companion.services.companion import Companion

TYPING_SECONDS = 0.25
"""How long the typing rests before the tip follows."""
WORDINGS = 3
PRIVATE = "nobody but you sees this; nothing is kept"


class Wording(Static):
    """One way to say it; a click copies it."""

    def __init__(self, number: int) -> None:
        super().__init__("", id=f"wording-{number}")
        self.number = number
        self.display = False
        self.tooltip = "Click to copy"

    async def on_click(self) -> None:
        """Copy it."""
        await self.run_action(f"screen.copy({self.number})")


class TipText(Lines):
    """Signs and names on the left, what they are about beside them."""

    rows: reactive[Sequence[Row]] = reactive(INTRODUCTION, layout=True)

    def lines(self, width: int) -> Sequence[Content]:
        """Every row, its text hanging under its own beginning."""
        return [line for before, text in self.rows for line in hanging(before, text, width)]


class SayItScreen(Screen[None]):
    """The note, and what it could sound like."""

    CSS_PATH = "say_it.tcss"
    COMMANDS = Screen.COMMANDS | {KeyCommands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "copy(0)", "Copy", id="say.copy1", tooltip="Copy the first wording"),
        # The wordings themselves name these two; at the bottom of a small window they would push Help out of sight.
        Binding("f3", "copy(1)", "Copy 2nd", id="say.copy2", tooltip="Copy the second wording", show=False),
        Binding("f4", "copy(2)", "Copy 3rd", id="say.copy3", tooltip="Copy the third wording", show=False),
        Binding("f8", "other", "Next", id="say.other", tooltip="Word the next thing you saw"),
        # With priority: a text area takes this key too.
        Binding("f7", "origins", "Source", id="say.origins", tooltip="Where each wording comes from", priority=True),
        Binding("f9", "card", "Card", id="say.card", tooltip="Read the practice card behind this tip"),
        # With priority, because the note takes keys too.
        Binding("f6", "rehearse", "Try", id="say.rehearse", tooltip="Rehearse with the first wording", priority=True),
        Binding("ctrl+s", "keep", "Keep", id="say.keep", tooltip="Write note and tip to a file", priority=True),
        Binding("escape", "leave", "Back", id="say.leave", tooltip="Leave; nothing is kept", priority=True),
    ]
    AUTO_FOCUS = "#say-note"

    def __init__(self, companion: Companion, whom: About | None = None) -> None:
        super().__init__()
        self.companion, self.whom = companion, whom or About()
        self._view: TipView | RouteView | None = None
        self._job: Slow[TipView | RouteView] | None = None
        self._timer: Timer | None = None
        self._kept = ""
        """The note as it was when it was written to a file."""

    def compose(self) -> ComposeResult:
        """The note on the left, the wordings and the rest of the tip on the right."""
        to = f" to {short_name(self.whom.who)}" if self.whom.who else ""
        with Horizontal(id="say-head"):
            yield Static(shown(f"Say it{to}"), id="say-title")
            yield Static(PRIVATE, id="say-private")
        with Horizontal(classes="sides"):
            note = TextArea(id="say-note", soft_wrap=True, show_line_numbers=False)
            note.border_title = "Your note"
            yield note
            with VerticalScroll(id="say-tip"):
                yield TipText(id="say-first")
                yield from (Wording(number) for number in range(WORDINGS))
                yield TipText(id="say-text")
        yield Keys()

    @property
    def note(self) -> str:
        """What was typed."""
        return self.query_one("#say-note", TextArea).text

    @on(TextArea.Changed)
    def _typed(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(TYPING_SECONDS, self._advise)

    def _advise(self, observation: int = 0) -> None:
        """Make the tip in a thread; only the newest one is shown."""
        note, companion, whom = self.note, self.companion, self.whom
        if not note.strip():
            self._job = None
            self._show(None)
            return
        self._job = Slow("tip", self, lambda _: tips.tip(companion, note, whom, observation=observation)).start()

    def on_slow_done(self, message: SlowDone) -> None:
        """Show the tip, unless the note has changed meanwhile."""
        if message.job is self._job:
            self._job = None
            self._show(message.value)

    def on_slow_failed(self, message: SlowFailed) -> None:
        """The note stays as it is; the app says what went wrong, unless nobody waits for it any more."""
        if message.job is not self._job:
            message.stop()

    def _show(self, view: TipView | RouteView | None) -> None:
        self._view = view
        wordings = view.tip.phrasings if isinstance(view, TipView) else ()
        for box in self.query(Wording):
            box.display = box.number < len(wordings)
            if box.display:
                box.update(wording_text(wordings[box.number], box.number))
        first = self.query_one("#say-first", TipText)
        first.rows = first_rows(view) if isinstance(view, TipView) else ()
        first.display = bool(first.rows)
        self.query_one("#say-text", TipText).rows = _rows(view)
        self.query_one("#say-note", TextArea).border_subtitle = missing(view) if isinstance(view, TipView) else ""
        self.query_one("#say-tip", VerticalScroll).scroll_home(animate=False)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only the keys that do something now."""
        tip = self._view.tip if isinstance(self._view, TipView) else None
        match action:
            case "copy":
                return tip is not None and isinstance(parameters[0], int) and parameters[0] < len(tip.phrasings)
            case "origins":
                return tip is not None and bool(tip.phrasings)
            case "other":
                return tip is not None and len(tip.reading.observations) > 1
            case "rehearse":
                return tip is not None and bool(tip.phrasings)
            case "card" | "keep":
                return self._view is not None
        return True

    def action_copy(self, number: int) -> None:
        """Copy a wording."""
        if isinstance(self._view, TipView):
            one = self._view.tip.phrasings[number]
            self.app.copy_to_clipboard(one.text)
            self.notify(f"The {one.tone} wording is copied.", markup=False)

    def action_other(self) -> None:
        """Word the next thing that was seen."""
        if isinstance(self._view, TipView):
            self._advise(self._view.tip.chosen + 1)

    def action_origins(self) -> None:
        """Read where each wording comes from."""
        from companion.tui.screens.reading import WHERE_FROM, ReadingScreen

        if isinstance(self._view, TipView):
            text = origins_text([("Ways to say it", tip_origins(self._view))])
            self.app.push_screen(ReadingScreen(WHERE_FROM, text))

    def action_card(self) -> None:
        """Read the card."""
        from companion.tui.screens.reading import ReadingScreen

        if self._view is not None:
            self.app.push_screen(
                ReadingScreen(f"{self._view.card.id} {self._view.card.title}", card_text(self._view.card))
            )

    def action_rehearse(self) -> None:
        """Try the first wording in a rehearsal; the note stays here."""
        if isinstance(self._view, TipView):
            about = self._view.tip.phrasings[0].text.removeprefix(ASKS_FIRST).strip()
            open_practice(self.app, None, about)  # type: ignore[arg-type]  # only used in the CompanionApp

    def action_keep(self) -> None:
        """Write note and tip to a new file in the working folder."""
        if self._view is None or not self.note.strip():
            return
        # Made again: the last words may have been typed just now.
        chosen = self._view.tip.chosen if isinstance(self._view, TipView) else 0
        view = tips.tip(self.companion, self.note, self.whom, observation=chosen)
        for path in _names(self.companion.clock.now().strftime("%Y-%m-%d")):
            try:
                tips.keep(view, self.note, path)
            except FileExistsError:
                continue
            except OSError as error:
                self.notify(f"{path} cannot be written: {error.strerror}.", severity="error", markup=False)
                return
            self._kept = self.note
            self.notify(f"Written, readable by you alone: {path}", markup=False)
            return

    def action_leave(self) -> None:
        """Go back; ask first when there is a note that would be gone."""
        from companion.tui.screens.confirm import ConfirmScreen

        if not self.note.strip() or self.note == self._kept:
            self.dismiss(None)
            return
        text = Content("Your note is kept nowhere. Ctrl+S in the note writes it to a file of yours.")
        self.app.push_screen(ConfirmScreen("Leave, and let the note go?", text, "Leave", final=True), self._left)

    def _left(self, leaves: bool | None) -> None:
        if leaves:
            self.dismiss(None)


def _rows(view: TipView | RouteView | None) -> Sequence[Row]:
    if view is None:
        return INTRODUCTION
    return route_rows(view) if isinstance(view, RouteView) else tip_rows(view)


def _names(day: str) -> Iterator[Path]:
    """``companion-tip-2026-03-02.md``, then with -2, -3 ... at its end."""
    yield Path.cwd() / f"companion-tip-{day}.md"
    yield from (Path.cwd() / f"companion-tip-{day}-{number}.md" for number in range(2, 1000))
