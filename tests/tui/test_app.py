"""The app around the screens: first paint, loading, quitting, errors, other windows, keys and themes."""

import inspect
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from factories import a_commitment
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import HelpPanel, Input, OptionList, Static
from textual.widgets._footer import FooterKey

from companion import config
from companion.bootstrap import assemble
from companion.config import Settings
from companion.errors import InvalidInput, StoreError
from companion.lazy import Lazy
from companion.services import sessions
from companion.services.companion import Companion
from companion.tui import app as app_module
from companion.tui import notices
from companion.tui.app import AREAS, CompanionApp
from companion.tui.screens.line import LineScreen
from companion.tui.screens.pick import Pick, PickScreen
from companion.tui.screens.today import SessionCard
from companion.tui.widgets.frame import ELSEWHERE, HERE, SHARED, AreaTab, egress_text, engines_text

SCREENS = Path(app_module.__file__).parent / "screens"


@pytest.fixture
def quick_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for another window's changes all the time."""
    monkeypatch.setattr(app_module, "CHECK_SECONDS", 0.01)


def blocked(gate: threading.Event, then: object = None) -> Lazy[object]:
    def wait() -> object:
        gate.wait()
        return then

    return Lazy(wait)


async def test_the_first_paint_waits_for_no_engine_and_the_data_appears_when_it_is_there(companion, until, seen):
    gate, store = threading.Event(), companion.store.get()
    companion.store, companion.knowledge = blocked(gate, store), blocked(threading.Event())
    app = CompanionApp(companion)
    async with app.run_test() as pilot:
        await until(pilot, lambda: "data and cards loading" in seen(app.screen))
        assert "Loading …" in seen(app.screen)
        for key, mode, _, _ in AREAS:
            await pilot.press(key)
            await until(pilot, lambda mode=mode: app.current_mode == mode)
        await pilot.press("1")
        gate.set()
        await until(pilot, lambda: app.screen.query(SessionCard))
        assert "Loading …" not in seen(app.screen)
        assert "data ready · cards loading" in seen(app.screen)


LEAVE = """
import sys, threading
from companion import bootstrap
from companion.lazy import Lazy
from companion.tui.app import CompanionApp
companion = bootstrap.assemble()
never = threading.Event()
started = []
def block():
    started.append(1)
    never.wait()
for engine in ("store", "profiles", "knowledge", "matcher", "shelf", "writer"):
    setattr(companion, engine, Lazy(block))
load = CompanionApp.load_engines
def load_and_leave(app):
    load(app)
    companion.writer.start()
    companion.shelf.start()
    leave(app)
def leave(app):
    if len(started) == 4:
        app.exit()
    else:
        app.call_later(leave, app)
CompanionApp.load_engines = load_and_leave
CompanionApp(companion).run(headless=True)
companion.close()
print("left", len(started), never.is_set())
"""


def test_quitting_waits_for_no_engine_that_is_still_loading():
    done = subprocess.run([sys.executable, "-c", LEAVE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()[-3:]) == (0, ["left", "4", "False"]), done.stderr


PAINT = """
import sys
from companion.cli import main
from companion import bootstrap
from companion.tui.app import CompanionApp
def painted(app):
    print(*sys.modules, file=sys.__stdout__)
    app.exit()
CompanionApp.load_engines = painted
CompanionApp(bootstrap.assemble()).run(headless=True)
"""
HEAVY = {
    *("litellm", "openai", "chromadb", "torch", "transformers", "sentence_transformers", "numpy", "scipy", "jinja2"),
    *(
        "pydantic",
        "sqlalchemy",
        "alembic",
        "ortools",
        "icalendar",
        "xllamacpp",
        "companion.domain.agendas",
        "companion.store",
    ),
}


def test_nothing_heavy_is_imported_before_the_first_paint():
    done = subprocess.run([sys.executable, "-c", PAINT], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "companion.tui.screens.today" in loaded
    assert loaded.isdisjoint(HEAVY)


async def test_a_damaged_database_is_explained_and_the_app_stays_usable(tmp_path, until, seen):
    home = tmp_path / "home"
    home.mkdir()
    (home / "companion.db").write_bytes(b"this is no database, only text that is long enough" * 100)
    app = CompanionApp(assemble(home, settings=Settings(model="none")))
    async with app.run_test() as pilot:
        await until(pilot, lambda: "F5 tries again" in seen(app.screen))
        # The cards keep their vectors in the same database, so they may have failed as well by now.
        await until(pilot, lambda: re.search(r"data( and cards)? not available", seen(app.screen)))
        await pilot.press("2")
        await until(pilot, lambda: app.current_mode == "people" and "F5 tries again" in seen(app.screen))
        await pilot.press("i")
        await until(pilot, lambda: app.screen.query("#import-path"))
        await pilot.press("escape")
        (home / "companion.db").unlink()
        await pilot.press("f5")
        await until(pilot, lambda: "Nobody is here yet" in seen(app.screen))
        assert "F5 tries again" not in seen(app.screen)


async def test_a_database_that_breaks_later_is_said_on_the_screen_and_f5_brings_it_back(app, until, seen, monkeypatch):
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        store = app.companion.store.get()

        def broken() -> None:
            raise StoreError("The disk [/] is gone.", "Plug it in [@click=app.quit]again[/].")

        monkeypatch.setattr(store, "read", broken)
        await pilot.press("f5")
        await until(pilot, lambda: "The disk [/] is gone. Plug it in [@click=app.quit]again[/]." in seen(app.screen))
        monkeypatch.undo()
        await pilot.press("f5")
        await until(pilot, lambda: "is gone" not in seen(app.screen))


async def test_an_error_without_a_home_in_the_tree_is_shown_as_a_bug_and_ends_nothing(app, until, monkeypatch, seen):
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))

        def broken() -> None:
            raise RuntimeError("oops [/]")

        monkeypatch.setattr(app.companion.store.get(), "read", broken)
        await pilot.press("f5")
        await until(pilot, lambda: "a bug in companion: RuntimeError: oops [/]" in seen(app.screen))


async def test_what_another_window_saves_appears_and_the_cursor_stays(companion, app, until, seen, quick_look):
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        await pilot.press("4")
        await until(pilot, lambda: "Laurent" in seen(app.screen))
        other = assemble(companion.home.root, settings=Settings(model="none"), clock=companion.clock)
        sessions.ask(other, "session-1", "why do they leave?")
        await until(pilot, lambda: "why do they leave?" in seen(app.screen))
        await pilot.press("1")
        await until(pilot, lambda: app.screen.focused is not None)
        with other.store.get().write() as tx:
            tx.sessions.add_commitments([a_commitment(text="send three examples")])
        await until(pilot, lambda: "send three examples" in seen(app.screen))
        assert isinstance(app.screen.focused, SessionCard)


async def test_another_window_does_not_touch_what_is_being_typed(companion, app, until, seen, quick_look):
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        await pilot.press("i", *"how")
        assert isinstance(app.screen, LineScreen)
        revision = companion.store.get().revision()
        other = assemble(companion.home.root, settings=Settings(model="none"), clock=companion.clock)
        sessions.log(other, "session-1")
        await until(pilot, lambda: companion.store.get().revision() > revision)
        await pilot.press(*" so")
        assert app.screen.query_one(Input).value == "how so"
        await pilot.press("enter")
        await until(pilot, lambda: "Session 1 was already held" in seen(app.screen))
        assert app.screen.query_one(Input).value == "how so"
        await pilot.press("escape")
        await until(pilot, lambda: "Session 2 of 6" in seen(app.screen))


async def test_digits_go_into_text_fields_and_elsewhere_to_the_areas(app, until):
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        await pilot.press("i", "2", "7", "question_mark")
        assert app.screen.query_one(Input).value == "27?"
        assert app.current_mode == "today"
        await pilot.press("escape", "7")
        assert app.current_mode == "settings"


async def test_the_mouse_reaches_the_areas_and_what_is_next(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        card = app.screen.query_one(SessionCard)
        await pilot.click(card, offset=(8, 2))
        await until(pilot, lambda: isinstance(app.screen, LineScreen))
        await pilot.press("escape")
        await pilot.click(next(tab for tab in app.screen.query(AreaTab) if tab.mode == "people"))
        await until(pilot, lambda: app.current_mode == "people")


async def test_help_opens_and_closes_also_in_a_dialog_and_quitting_works_there(app, until):
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        for _ in range(2):
            await pilot.press("f1")
            await until(pilot, lambda: app.screen.query(HelpPanel))
            await pilot.press("question_mark")
            await until(pilot, lambda: not app.screen.query(HelpPanel))
        await pilot.press("h")
        await pilot.press("f1")
        await until(pilot, lambda: app.screen.query(HelpPanel) and isinstance(app.screen, LineScreen))
        await pilot.press("f1", "ctrl+q")
        await until(pilot, lambda: not app.is_running)


async def test_all_keys_can_be_read_in_a_small_window_without_a_mouse(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        await pilot.press("f1")
        await until(pilot, lambda: app.screen.query("KeyPanel") and app.screen.query_one("KeyPanel").max_scroll_y > 0)
        panel = app.screen.query_one("KeyPanel")
        await pilot.press("pagedown", "pagedown", "pagedown")
        await until(pilot, lambda: panel.scroll_y == panel.max_scroll_y)
        await pilot.press("pageup", "pageup", "pageup")
        await until(pilot, lambda: panel.scroll_y == 0)


async def test_the_palette_reaches_the_keys_of_the_screen_and_every_area(app, until):
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        await pilot.press("ctrl+p", *"privacy")
        await until(pilot, lambda: any("Privacy" in str(o.prompt) for o in app.screen.query_one(OptionList).options))
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "privacy")
        await pilot.press("1", "ctrl+p", *"agree or move")
        await until(pilot, lambda: any("Date" in str(o.prompt) for o in app.screen.query_one(OptionList).options))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LineScreen))


def bindings() -> Iterator[tuple[str, Binding]]:
    """Every binding of ours, with the class that has it."""
    modules = [f"companion.tui.screens.{path.stem}" for path in SCREENS.glob("*.py") if path.stem != "__init__"]
    for name in (*modules, "companion.tui.app"):
        for _, found in inspect.getmembers(import_module(name), inspect.isclass):
            if found.__module__ == name:
                for binding in found.__dict__.get("BINDINGS", ()):
                    yield f"{name}.{found.__name__}", binding


def test_every_key_has_an_id_and_every_key_of_an_area_is_explained():
    found = list(bindings())
    assert len(found) > 40
    assert all(isinstance(binding, Binding) and binding.id for _, binding in found)
    ids = [binding.id for _, binding in found]
    assert len(ids) == len(set(ids))
    dialogs = (
        "ImportFileScreen",
        "ImportPreviewScreen",
        "DeclineScreen",
        "PickScreen",
        "ConfirmScreen",
        "LineScreen",
        "LogScreen",
    )
    for owner, binding in found:
        if binding.show and not owner.endswith((*dialogs, "ReadingScreen", "DeliveredScreen", "EditItemScreen")):
            assert binding.tooltip, f"{owner}: {binding.key}"


async def test_the_theme_is_kept_wherever_it_was_chosen_and_an_unknown_one_does_no_harm(companion):
    companion.settings = replace(companion.settings, theme="gone")
    app = CompanionApp(companion)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.theme == "companion-dark"
        assert not companion.home.settings.exists()
        app.theme = "companion-light"
        await pilot.pause()
        assert config.load(companion.home.settings, {}).theme == "companion-light"
        app.theme = "companion-dark"
        await pilot.pause()
        assert config.load(companion.home.settings, {}).theme == "companion-dark"


async def test_an_error_is_a_notice_that_shows_what_was_typed_and_not_what_it_would_mean(app, until):
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        app.show_error(InvalidInput("[/]x \x1b[31m" + "y" * 9000, "[@click=app.quit]z[/]"))
        await until(pilot, lambda: app.screen.query("Toast"))
        notice = next(iter(app._notifications))
        assert notice.title == "[/]x…"
        assert notice.message == f"[@click=app.quit]z[/]\n{notices.READ_ALL}"


class FakeRemoteWriter:
    remote = True


@pytest.mark.parametrize(
    ("model", "loaded", "text"),
    [
        ("embedded/small", False, HERE),
        ("none", False, HERE),
        ("openai/gpt", False, ELSEWHERE),
        ("embedded/small", True, ELSEWHERE),
    ],
)
def test_a_model_that_may_be_elsewhere_is_never_called_local(companion: Companion, model, loaded, text):
    companion.settings = replace(companion.settings, model=model)
    companion.writer = Lazy(FakeRemoteWriter)
    if loaded:
        companion.writer.get()
    assert egress_text(companion) == text
    companion.settings = replace(companion.settings, database_url="postgresql://db.example.org/companion")
    assert egress_text(companion) == (ELSEWHERE if text == ELSEWHERE else SHARED)


def test_the_state_of_each_engine_in_words(companion: Companion):
    companion.settings = replace(companion.settings, model="embedded/qwen2.5-coder-1.5b-instruct")
    assert engines_text(companion) == "data ready · cards not loaded · qwen2.5-coder-1.5b not loaded"
    companion.knowledge.get()
    assert engines_text(companion) == "data and cards ready · qwen2.5-coder-1.5b not loaded"


async def test_every_area_fits_eighty_by_twenty_four(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        for key, mode, _, _ in AREAS:
            await pilot.press(key)
            await until(pilot, lambda mode=mode: app.current_mode == mode)
            screen: Screen[None] = app.screen
            assert screen.query_one("StatusBar").region.bottom == 23
            assert screen.query_one("Footer").region.bottom == 24
            assert str(screen.query_one("#egress", Static).render()) == HERE
            assert screen.query_one("#egress").region.right <= 80
            await until(pilot, lambda screen=screen: "Help" in _seen_keys(screen))
            # None is cut: what has no room is not there.
            assert [*_seen_keys(screen), "palette"] == [key.description for key in screen.query(FooterKey)]
            keys = list(screen.active_bindings.values())
            assert [bool(key.tooltip) for key in keys] == sorted((bool(key.tooltip) for key in keys), reverse=True)


def _seen_keys(screen: Screen[None]) -> list[str]:
    """What can be read at the bottom, whole: the palette's key lies over what does not fit."""
    keys = list(screen.query(FooterKey))
    (palette,) = (key for key in keys if key.has_class("-command-palette"))
    return [key.description for key in keys if key is not palette and 0 < key.region.right <= palette.region.x]


async def test_no_key_of_an_area_does_something_else_where_the_cursor_lands(app, until):
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        for key, mode, _, _ in AREAS:
            await pilot.press(key)
            await until(pilot, lambda mode=mode: app.current_mode == mode)
            await pilot.pause()
            named = {one.key: one.id for _, one in app.screen._bindings if one.show}
            done = {key: active.binding.id for key, active in app.screen.active_bindings.items()}
            reached = named.keys() & done.keys()
            assert {key: done[key] for key in reached} == {key: named[key] for key in reached}


async def test_a_long_list_leaves_room_for_the_line_under_it(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        app.push_screen(PickScreen("Whom? " * 16, [Pick(str(number), f"number {number}") for number in range(40)]))
        await until(pilot, lambda: app.screen.query("PickScreen .muted"))
        frame, under = app.screen.query_one(".dialog").region, app.screen.query_one(".muted").region
        assert under.height == 1
        assert under.bottom < frame.bottom <= 24
