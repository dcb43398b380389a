"""Settings: who sits here, the model and its warning, fetching one, and the colours."""

import threading

import pytest
from textual.widgets import Button, Input, Select

from companion import config
from companion.errors import Cancelled, DownloadError
from companion.lazy import Lazy
from companion.ports import ModelOnShelf
from companion.services import settings
from companion.tui.screens.settings import SettingsScreen
from companion.tui.widgets.progress import JobLine


class FakeShelf:
    """One model that is here and one that can be fetched, as far as the test lets it."""

    def __init__(self) -> None:
        self.here = {"fake"}
        self.go_on = threading.Event()
        self.error: Exception | None = None

    def models(self):
        return tuple(
            ModelOnShelf(name, f"The {name} one [/]", "Apache-2.0", 500_000_000, name in self.here, "")
            for name in ("fake", "far")
        )

    def pull(self, model_id, *, progress, cancelled):
        progress(1, 4, "fetching part 1")
        while not self.go_on.wait(0.001):
            if cancelled():
                raise Cancelled("Stopped.")
        if self.error is not None:
            raise self.error
        self.here.add(model_id)


@pytest.fixture
def shelf(companion) -> FakeShelf:
    fake = FakeShelf()
    companion.shelf = Lazy(lambda: fake)
    return fake


async def at_settings(app, pilot, until) -> SettingsScreen:
    await pilot.press("7")
    await until(
        pilot, lambda: isinstance(app.screen, SettingsScreen) and not app.screen.query_one("#state-line").display
    )
    return app.screen


def choose(screen, selector: str, value: str) -> None:
    screen.query_one(selector, Select).value = value


async def test_looking_at_the_settings_changes_none(app, companion, shelf, until, seen):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_settings(app, pilot, until)
        assert "The fake one [/] (0.5 GB)" in seen(screen)
        assert "nothing leaves this machine" in seen(screen)
        await pilot.press("1", "7", "f5")
        await pilot.pause()
        assert screen.query_one("#settings-model", Select).value == "embedded/fake"
    assert not companion.home.settings.exists()
    assert companion.settings.model == "embedded/fake"


async def test_another_model_is_used_at_once_and_the_status_says_so(app, companion, shelf, until, seen):
    shelf.here.add("far")
    companion.writer.get()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_settings(app, pilot, until)
        choose(screen, "#settings-model", "embedded/far")
        await until(pilot, lambda: "far not loaded" in seen(screen))
        assert companion.settings.model == "embedded/far"
        assert companion.writer.state == "idle"
        choose(screen, "#settings-model", "none")
        await until(pilot, lambda: "no model" in seen(screen).splitlines()[-2])
    assert config.load(companion.home.settings, {}).model == "none"


async def test_a_model_elsewhere_is_warned_about_before_and_after(app, companion, shelf, until, seen):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await at_settings(app, pilot, until)
        choose(screen, "#settings-model", "other")
        await until(pilot, lambda: "what Privacy allows (6, then a) leaves this machine" in seen(screen))
        assert companion.settings.model == "embedded/fake"
        assert isinstance(app.focused, Input)
        await pilot.press(*"nonsense", "enter")
        await until(pilot, lambda: [n.title for n in app._notifications] == ["'nonsense' names no provider."])
        assert companion.settings.model == "embedded/fake"
        screen.query_one("#settings-other", Input).value = "openai/gpt-x"
        screen.query_one("#settings-base", Input).value = "http://127.0.0.1:1/v1"
        screen.query_one("#settings-other", Input).focus()
        await pilot.press("enter")
        await until(pilot, lambda: "! MODEL ELSEWHERE" in seen(screen))
        assert (companion.settings.model, companion.settings.model_api_base) == (
            "openai/gpt-x",
            "http://127.0.0.1:1/v1",
        )


async def test_a_model_is_fetched_with_progress_and_can_be_used(app, companion, shelf, until, seen):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await at_settings(app, pilot, until)
        assert not screen.query_one("#settings-pull", Button).display
        choose(screen, "#settings-model", "embedded/far")
        await until(pilot, lambda: screen.query_one("#settings-pull", Button).display)
        await until(pilot, lambda: screen.query_one(JobLine).job is None)
        await pilot.press("f")
        await until(pilot, lambda: "fetching part 1" in seen(screen))
        shelf.go_on.set()
        await until(pilot, lambda: not screen.query_one("#settings-pull", Button).display)
        assert "The far one [/] (0.5 GB)\n" in seen(screen)


async def test_fetching_stops_on_esc_and_a_failure_is_said(app, shelf, until, seen):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await at_settings(app, pilot, until)
        choose(screen, "#settings-model", "embedded/far")
        await until(pilot, lambda: screen.query_one("#settings-pull", Button).display)
        await until(pilot, lambda: screen.query_one(JobLine).job is None)
        await pilot.press("f")
        await until(pilot, lambda: "fetching part 1" in seen(screen))
        await pilot.press("escape")
        await until(pilot, lambda: screen.query_one(JobLine).job is None)
        shelf.error = DownloadError("The file is not what it should be.", "Try another source.")
        shelf.go_on.set()
        await pilot.press("f")
        await until(pilot, lambda: "The file is not what it should be." in [n.title for n in app._notifications])


async def test_who_sits_here_and_the_colours_are_kept(app, companion, shelf, until):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_settings(app, pilot, until)
        choose(screen, "#settings-me", "m1")
        choose(screen, "#settings-practice", "local")
        choose(screen, "#settings-theme", "companion-light")
        await until(pilot, lambda: companion.settings.practice_model == "local")
        await until(pilot, lambda: app.theme == "companion-light" and companion.settings.theme == "companion-light")
        app.theme = "nord"
        await until(pilot, lambda: screen.query_one("#settings-theme", Select).value == "nord")
    kept = config.load(companion.home.settings, {})
    assert (kept.me, kept.theme, kept.practice_model) == ("m1", "nord", "local")


async def test_who_sits_here_can_be_taken_back(app, companion, shelf, until):
    settings.change(companion, me="m1")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_settings(app, pilot, until)
        assert screen.query_one("#settings-me", Select).value == "m1"
        screen.query_one("#settings-me", Select).clear()
        await until(pilot, lambda: companion.settings.me == "")


async def test_a_new_screenful_of_data_leaves_what_is_being_typed_alone(app, shelf, until):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_settings(app, pilot, until)
        choose(screen, "#settings-model", "other")
        await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press(*"ollama")
        screen.reload()
        await until(pilot, lambda: screen._loading is None)
        assert screen.query_one("#settings-other", Input).value == "ollama"
        assert screen.query_one("#settings-model", Select).value == "other"
