"""The terminal app: areas as modes, engines that load after the first paint, and one way to show an error."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import Input, TextArea

from companion.errors import CompanionError
from companion.tui.messages import StoreChanged
from companion.tui.notices import SECONDS, Notices, notices_text
from companion.tui.slow import SlowFailed
from companion.tui.theme import THEMES

if TYPE_CHECKING:
    from companion.services.companion import Companion

CHECK_SECONDS = 2.0
"""How often to look whether another window saved something."""
SAID_LAST = "What was said last"
READ_NOTICES = "Read again what was said last, errors too"


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


def _surveys() -> Screen[None]:
    from companion.tui.screens.surveys import SurveysScreen

    return SurveysScreen()


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
    ("8", "surveys", "Surveys", _surveys),
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
    COMMAND_PALETTE_DISPLAY = "^p"
    NOTIFICATION_TIMEOUT = SECONDS
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"switch_mode('{mode}')", label, id=f"area.{mode}", tooltip=f"Go to {label}", show=False)
            for key, mode, label, _ in AREAS
        ),
        # With priority, so that both work inside dialogs and text fields too.
        Binding("f1", "help", "Help", id="app.help", tooltip="Keys of this screen", priority=True),
        Binding("ctrl+q", "quit", "Quit", id="app.quit", tooltip="Leave; everything is saved already", priority=True),
        Binding("question_mark", "help", "Help", id="app.help2", show=False),
        # Only while the keys are shown: there are more of them than a small window holds.
        Binding("pagedown", "read_help(1)", "Read on", id="app.help_down", show=False, priority=True),
        Binding("pageup", "read_help(-1)", "Read back", id="app.help_up", show=False, priority=True),
        Binding("f12", "read_notices", "Messages", id="app.notices", tooltip=READ_NOTICES, show=False, priority=True),
        Binding("f5", "reload", "Reload", id="app.reload", tooltip="Read the data again", show=False),
    ]

    def __init__(self, companion: Companion, start_in: str = DEFAULT_MODE) -> None:
        super().__init__()
        self.companion = companion
        self._start_in = start_in
        self.chosen_pairing: str | None = None
        """The pairing the Prepare screen works on."""
        self.notices = Notices(companion.clock.now)
        self._notices_wait = False
        self._ended = threading.Event()
        for theme in THEMES:
            self.register_theme(theme)
        wanted = companion.settings.theme
        # Before the app runs: a theme that changes later means that all styles are computed twice.
        self.set_reactive(CompanionApp.theme, wanted if wanted in self.available_themes else THEMES[0].name)
        self._first_theme = self.theme

    def on_mount(self) -> None:
        """Load the engines once the first screen is painted."""
        self.theme_changed_signal.subscribe(self, self._theme_changed)
        self.call_after_refresh(self.load_engines)
        if self._start_in != self.DEFAULT_MODE:
            self.switch_mode(self._start_in)

    def on_unmount(self) -> None:
        """Nobody looks for changes any more."""
        self._ended.set()

    def load_engines(self) -> None:
        """Open the store and load the cards, each in a daemon thread; called once, after the first paint."""
        self.companion.store.start(then=self.action_reload)
        self.companion.knowledge.start()
        threading.Thread(target=self._watch, name="companion-watch", daemon=True).start()

    def _watch(self) -> None:
        """In a thread: tell the screens when anybody has saved something, in this window or another."""
        seen: int | None = None
        closed = False
        while not self._ended.wait(CHECK_SECONDS):
            store = self.companion.store.peek()
            if store is None:
                continue
            if not closed:
                closed = True
                self._tidy_up()
            try:
                revision = store.revision()
            except CompanionError:
                # The next action will say what is wrong; a check every two seconds should not.
                continue
            if revision != seen:
                seen = revision
                self.post_message(StoreChanged())

    def _tidy_up(self) -> None:
        """In a thread, once: close surveys whose last day has passed, and finish an erasure that was interrupted."""
        from companion.services import forget_person, run_surveys

        for work in (run_surveys.close_due, forget_person.resume):
            try:
                work(self.companion)
            except CompanionError:
                # The areas try again, and say what is wrong.
                continue

    def on_store_changed(self, message: StoreChanged) -> None:
        """Let the screen on top reload; the others do so when they are shown again, as does one under a dialog."""
        from companion.tui.widgets.frame import AreaScreen

        # While an area is shown for the first time there is a moment without any screen.
        top = self.screen_stack[-1] if self.screen_stack else None
        if isinstance(top, AreaScreen):
            self.attempt(top.reload)

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
        said = [text for text in (error.message, error.hint) if text]
        self.notify(said[-1], title=said[0] if len(said) > 1 else "", severity="error")

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Say something beside the screen, over the one before; never read as markup."""
        self.notices.add(message, title, severity)
        if not self._notices_wait:
            self._notices_wait = True
            self.call_later(self._show_notices)

    def _show_notices(self) -> None:
        self._notices_wait = False
        self.clear_notifications()
        for one in self.notices.on_screen():
            title, text = one.brief
            super().notify(text, title=title, severity=one.severity, markup=False)

    async def on_event(self, event: events.Event) -> None:
        """A key or a click takes the notices away, but not a letter that somebody types."""
        if isinstance(event, events.Key | events.MouseDown) and not event.is_forwarded and self.screen_stack:
            is_letter = isinstance(event, events.Key) and event.is_printable
            types = is_letter and isinstance(self.focused, Input | TextArea)
            if not types and self.notices.take_away():
                self.clear_notifications()
        await super().on_event(event)

    def action_read_notices(self) -> None:
        """Show what was said last; the same key closes it."""
        from companion.tui.screens.reading import ReadingScreen

        if isinstance(self.screen, ReadingScreen) and self.screen.heading == SAID_LAST:
            self.screen.dismiss(None)
        else:
            self.push_screen(ReadingScreen(SAID_LAST, notices_text(self.notices)))

    def prepare(self, pairing_id: str) -> None:
        """Go to the Prepare screen for a pairing."""
        self.chosen_pairing = pairing_id
        self.switch_mode("prepare")

    def action_open_programme(self) -> None:
        """Show the programme's criteria as a form."""
        from companion.tui.screens.programme import ProgrammeScreen

        self.attempt(lambda: self.push_screen(ProgrammeScreen(self.companion)))

    def action_practice(self) -> None:
        """Rehearse with an invented executive."""
        from companion.tui.session_dialogs import open_practice

        open_practice(self, self.chosen_pairing)

    def action_open_report(self) -> None:
        """Show what the programme is worth."""
        from companion.tui.screens.report import ReportScreen

        self.push_screen(ReportScreen(self.companion))

    def action_open_cards(self, card_id: str = "") -> None:
        """Browse the practice cards, from one of them on."""
        from companion.tui.screens.cards import CardsScreen

        self.push_screen(CardsScreen(self.companion, card_id))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What no key does; the keys are in the palette already."""
        yield SystemCommand("Programme", "What a good match is: rules, weights, quotas", self.action_open_programme)
        yield SystemCommand("Practice", "Rehearse with an executive before meeting one", self.action_practice)
        if not any(one.binding.action == "app.open_report" for one in screen.active_bindings.values()):
            yield SystemCommand("Value report", "What the programme has shown so far", self.action_open_report)
        yield SystemCommand("Cards", "Search and read the practice cards", self.action_open_cards)
        yield from (one for one in super().get_system_commands(screen) if one.title in ("Theme", "Screenshot"))

    def action_help(self) -> None:
        """Show or hide the keys of this screen."""
        if self.screen.query("HelpPanel"):
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys are read on only where they are shown."""
        return action != "read_help" or bool(self.screen_stack and self.screen.query("HelpPanel"))

    def action_read_help(self, by: int) -> None:
        """Scroll the keys of this screen by a page, down or up."""
        panel = self.screen.query_one("HelpPanel KeyPanel")
        panel.scroll_page_down() if by > 0 else panel.scroll_page_up()

    def action_reload(self) -> None:
        """Read the data again, also after it could not be read."""
        self.post_message(StoreChanged())

    def _theme_changed(self, theme: Theme) -> None:
        """Keep the theme, wherever it was chosen: in Settings or in the command palette."""
        from companion.services import settings

        chosen = theme.name
        if chosen not in (self.companion.settings.theme, self._first_theme):
            self.attempt(lambda: settings.change(self.companion, theme=chosen))
        self._first_theme = ""
