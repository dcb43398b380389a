"""The terminal app: areas as modes, engines that load after the first paint, and one way to show an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from companion.errors import CompanionError
from companion.services.companion import Companion
from companion.tui.messages import StoreChanged
from companion.tui.slow import SlowFailed
from companion.tui.theme import THEMES

CHECK_SECONDS = 2.0
"""How often to look whether another window saved something."""


def _today() -> Screen[None]:
    from companion.tui.screens.today import TodayScreen

    return TodayScreen()


def _people() -> Screen[None]:
    from companion.tui.screens.people import PeopleScreen

    return PeopleScreen()


def _matches() -> Screen[None]:
    from companion.tui.screens.matches import MatchesScreen

    return MatchesScreen()


def _pairings() -> Screen[None]:
    from companion.tui.screens.pairings import PairingsScreen

    return PairingsScreen()


def _prepare() -> Screen[None]:
    from companion.tui.screens.prepare import PrepareScreen

    return PrepareScreen()


def _privacy() -> Screen[None]:
    from companion.tui.screens.privacy import PrivacyScreen

    return PrivacyScreen()


def _settings() -> Screen[None]:
    from companion.tui.screens.settings import SettingsScreen

    return SettingsScreen()


AREAS: tuple[tuple[str, str, str, Callable[[], Screen[None]]], ...] = (
    ("1", "today", "Today", _today),
    ("2", "people", "People", _people),
    ("3", "matches", "Matches", _matches),
    ("4", "pairings", "Pairings", _pairings),
    ("5", "prepare", "Prepare", _prepare),
    ("6", "privacy", "Privacy", _privacy),
    ("7", "settings", "Settings", _settings),
)
"""Key, mode, label and the function that imports and makes the screen."""


class CompanionApp(App[None]):
    """The terminal app over one `Companion`."""

    TITLE = "companion"
    CSS_PATH = "app.tcss"
    MODES: ClassVar[dict[str, Callable[[], Screen[None]]]] = {  # type: ignore[assignment]  # Textual's type wants str too
        mode: make for _, mode, _, make in AREAS
    }
    DEFAULT_MODE = "today"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual declares it as an instance variable
        (0, "-narrow"),
        (100, "-wide"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"switch_mode('{mode}')", label, id=f"area.{mode}", tooltip=f"Go to {label}", show=False)
            for key, mode, label, _ in AREAS
        ),
        Binding("f1,question_mark", "help", "Help", id="app.help", tooltip="Keys of this screen"),
        Binding("ctrl+q", "quit", "Quit", id="app.quit", tooltip="Leave; everything is saved already"),
    ]

    def __init__(self, companion: Companion) -> None:
        super().__init__()
        self.companion = companion
        self.chosen_pairing: str | None = None
        """The pairing the Prepare screen works on."""
        self._revision = -1
        for theme in THEMES:
            self.register_theme(theme)

    def on_mount(self) -> None:
        """Set the theme, and load the engines once the first screen is painted."""
        wanted = self.companion.settings.theme
        self.theme = wanted if wanted in self.available_themes else THEMES[0].name
        self.call_after_refresh(self._load_engines)
        self.set_interval(CHECK_SECONDS, self._look_for_changes)

    def _load_engines(self) -> None:
        self.companion.store.start(then=self._store_ready)
        self.companion.knowledge.start()

    def _store_ready(self) -> None:
        # Called in the loading thread.
        if self.companion.store.error is None:
            self.post_message(StoreChanged())
        elif isinstance(self.companion.store.error, CompanionError):
            self.call_from_thread(self.show_error, self.companion.store.error)

    def _look_for_changes(self) -> None:
        store = self.companion.store.peek()
        if store is None:
            return
        try:
            revision = store.revision()
        except CompanionError:
            # The next action will say what is wrong; a check every two seconds should not.
            return
        if revision != self._revision:
            self._revision = revision
            self.post_message(StoreChanged())

    def on_store_changed(self, message: StoreChanged) -> None:
        """Let the screen on top reload; the others do so when they are shown again."""
        reload = getattr(self.screen, "reload", None)
        if reload is not None:
            self.attempt(reload)

    def on_slow_failed(self, message: SlowFailed) -> None:
        """Show what went wrong in slow work, unless its screen has done so."""
        self.show_error(message.error)

    def attempt(self, action: Callable[[], object]) -> bool:
        """Run a quick flow; an error is shown. Returns whether it worked."""
        try:
            action()
        except CompanionError as error:
            self.show_error(error)
            return False
        return True

    def show_error(self, error: CompanionError) -> None:
        """Say what happened and what to do next."""
        self.notify(
            error.hint or error.message, title=error.message if error.hint else "", severity="error", markup=False
        )

    def prepare(self, pairing_id: str) -> None:
        """Go to the Prepare screen for a pairing."""
        self.chosen_pairing = pairing_id
        self.switch_mode("prepare")

    def action_help(self) -> None:
        """Show or hide the keys of this screen."""
        if self.screen.query("HelpPanel"):
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Everything in the palette: the areas first, then what Textual offers."""
        for key, mode, label, _ in AREAS:
            yield SystemCommand(f"Go to {label}", f"Key {key}", lambda mode=mode: self.switch_mode(mode))
        yield from super().get_system_commands(screen)
