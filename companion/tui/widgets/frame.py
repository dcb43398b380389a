"""What every screen has around it: the areas on top, the engines' state and the keys at the bottom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Static

if TYPE_CHECKING:
    from companion.tui.app import CompanionApp

STATE_SECONDS = 0.5
STATE_WORDS = {"idle": "not loaded", "loading": "loading …", "ready": "ready", "failed": "not available"}


class AreaTab(Static):
    """One area's name; a click goes there."""

    def __init__(self, key: str, mode: str, label: str, here: bool) -> None:
        super().__init__(
            Content.from_markup(" [dim]$key[/dim] $label ", key=key, label=label), classes="-here" if here else ""
        )
        self.mode = mode
        self.tooltip = f"{label} (key {key})"

    async def on_click(self) -> None:
        """Go to the area."""
        self.app.switch_mode(self.mode)


class AreaBar(Horizontal):
    """The areas of the app; the one on screen is marked."""

    DEFAULT_CSS = """
    AreaTab { width: auto; }
    AreaTab.-here { background: $primary; color: $background; text-style: bold; }
    AreaTab:hover { background: $boost; }
    """

    def __init__(self, here: str) -> None:
        super().__init__()
        self.here = here

    def compose(self) -> ComposeResult:
        """One tab per area."""
        from companion.tui.app import AREAS

        for key, mode, label, _ in AREAS:
            yield AreaTab(key, mode, label, mode == self.here)


class StatusBar(Static):
    """The state of each engine, and whether anything leaves this machine."""

    def on_mount(self) -> None:
        """Look at the engines now and then; cheap, they only hold a word each."""
        self.show_state()
        self.set_interval(STATE_SECONDS, self.show_state)

    def show_state(self) -> None:
        """Repaint."""
        app: CompanionApp = self.app  # type: ignore[assignment]  # this widget is only used in the CompanionApp
        companion = app.companion
        states = (("data", companion.store.state), ("cards", companion.knowledge.state))
        parts = [f"{name} {STATE_WORDS[state]}" for name, state in states]
        model = companion.settings.model
        parts.append("no model" if model == "none" else f"{model.split('/')[-1]} {STATE_WORDS[companion.writer.state]}")
        parts.append("stays on this machine" if model.startswith(("embedded/", "none")) else "REMOTE MODEL")
        self.update(Content("  ·  ".join(parts)))


class AreaScreen(Screen[None]):
    """A screen of one area. Subclasses set `AREA`, compose their `body`, and `reload` what they show."""

    AREA: ClassVar[str] = ""

    def compose(self) -> ComposeResult:
        """The frame with the screen's own body in it."""
        yield AreaBar(self.AREA)
        yield from self.body()
        yield StatusBar()
        yield Footer()

    def body(self) -> Iterable[Widget]:
        """The screen's own widgets."""
        return ()

    def reload(self) -> None:
        """Load what the screen shows; called when the store is ready, has changed, or the screen comes back."""

    @property
    def companion_app(self) -> CompanionApp:
        """The app, by its own type."""
        from companion.tui.app import CompanionApp

        assert isinstance(self.app, CompanionApp)
        return self.app

    def on_screen_resume(self) -> None:
        """Show what changed while another screen was on top."""
        if self.companion_app.companion.store.peek() is not None:
            self.companion_app.attempt(self.reload)
