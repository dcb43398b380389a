"""The programme's criteria as a form: explained, checked while typing, saved, undone, in one window and in two."""

import tomllib
from pathlib import Path

import pytest
from textual.widgets import Button, Checkbox, Input, Select, Static

from companion.tui.screens.programme import ProgrammeScreen
from companion.tui.widgets.setting_row import SettingRow

GAP, WAIVER = "matching.rules.min_level_gap", "matching.rules.reporting_line_waiver"


@pytest.fixture
def file(companion) -> Path:
    return companion.home.programmes[0]


async def at_form(app, pilot, until) -> ProgrammeScreen:
    app.action_open_programme()
    await until(pilot, lambda: isinstance(app.screen, ProgrammeScreen) and app.screen._people)
    return app.screen


def row(screen: ProgrammeScreen, key: str) -> SettingRow:
    return next(row for row in screen.query(SettingRow) if row.setting.key == key)


def help_of(screen: ProgrammeScreen) -> str:
    return str(screen.query_one("#programme-help", Static).render())


def head_of(screen: ProgrammeScreen) -> str:
    return str(screen.query_one("#programme-head", Static).render())


async def type_into(screen, pilot, until, key: str, text: str) -> None:
    editor = row(screen, key).editor
    assert isinstance(editor, Input)
    editor.focus()
    await until(pilot, lambda: editor.has_focus)
    # All but the last letter at once: each key takes the app a moment.
    editor.value = text[:-1]
    editor.action_end()
    await pilot.press(text[-1])
    await pilot.pause()


async def test_settings_and_the_palette_lead_to_it(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("7")
        await until(pilot, lambda: "settings" in type(app.screen).__name__.lower())
        await until(pilot, lambda: app.screen.query("#settings-me"))
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, ProgrammeScreen))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ProgrammeScreen))
        assert "Programme" in [command.title for command in app.get_system_commands(app.screen)]


async def test_a_field_is_explained_checked_while_typing_and_saved_with_the_comments(app, companion, file, until):
    file.write_text("# ours\n[matching.rules]\nmin_level_gap = 1 # one\n")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_form(app, pilot, until)
        await type_into(screen, pilot, until, GAP, "99")
        assert "from 0 to 20, not 99" in help_of(screen)
        assert "to be mended" in head_of(screen)
        await pilot.press("ctrl+s")
        assert "99" not in file.read_text()
        await pilot.press("backspace", "backspace", "0")
        await until(pilot, lambda: "No gap" in help_of(screen))
        assert "Level gap: 1 → 0" in help_of(screen)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "everything is saved" in head_of(screen))
        assert file.read_text() == "# ours\n[matching.rules]\nmin_level_gap = 0 # one\n"
        await pilot.press("ctrl+z")
        await until(pilot, lambda: row(screen, GAP).editor.value == "1")
        assert file.read_text() == "# ours\n[matching.rules]\nmin_level_gap = 1 # one\n"


async def test_what_the_people_do_not_state_is_said_beside_the_field(app, until):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await at_form(app, pilot, until)
        await type_into(screen, pilot, until, GAP, "2")
        assert "Nobody states a level: no effect." in help_of(screen)


async def test_flags_and_choices_work_by_keyboard_and_mouse(app, file, until):
    async with app.run_test(size=(120, 50)) as pilot:
        screen = await at_form(app, pilot, until)
        flag = row(screen, "matching.fair").editor
        assert isinstance(flag, Checkbox)
        await pilot.click(flag)
        await until(pilot, lambda: str(flag.label) == "yes")
        await pilot.press("space")
        await until(pilot, lambda: str(flag.label) == "no")
        await pilot.press("space")
        choice = row(screen, "matching.format").editor
        assert isinstance(choice, Select)
        choice.focus()
        await pilot.press("enter", "down", "enter")
        await until(pilot, lambda: choice.value == "circles")
        assert "group of executives" in help_of(screen)
        await pilot.press("ctrl+s")
        await until(pilot, file.exists)
        assert (
            tomllib.loads(file.read_text())["matching"] | {"fair": True, "format": "circles"}
            == tomllib.loads(file.read_text())["matching"]
        )


async def test_undo_shows_the_text_from_before(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_form(app, pilot, until)
        await type_into(screen, pilot, until, GAP, "7")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: row(screen, GAP).editor.value == "")
        assert "everything is saved" in head_of(screen)


async def test_leaving_with_changes_asks_once(app, file, until):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_form(app, pilot, until)
        await type_into(screen, pilot, until, GAP, "7")
        await pilot.press("escape")
        assert app.screen is screen
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is not screen)
        assert not file.exists()


async def test_what_another_window_saved_is_followed_and_nothing_typed_is_lost(app, file, until):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_form(app, pilot, until)
        await type_into(screen, pilot, until, GAP, "7")
        file.write_text("sessions = 4\n")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: row(screen, "sessions").editor.value == "4")
        assert row(screen, GAP).editor.value == "7"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "everything is saved" in head_of(screen))
        assert tomllib.loads(file.read_text()) == {"sessions": 4, "matching": {"rules": {"min_level_gap": 7}}}


async def test_a_declared_attribute_is_added_and_taken_out(app, file, until):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await at_form(app, pilot, until)
        await pilot.press("f6")
        key = "matching.sensitive[1]."
        await until(pilot, lambda: any(one.setting.key == f"{key}attribute" for one in screen.query(SettingRow)))
        await until(pilot, lambda: "filled in" in help_of(screen))
        for name, text in (("attribute", "gender"), ("purpose", "Half of us are never asked."), ("weight", "0.1")):
            await type_into(screen, pilot, until, key + name, text)
        await pilot.press("ctrl+s")
        await until(pilot, file.exists)
        assert tomllib.loads(file.read_text())["matching"]["sensitive"][0]["attribute"] == "gender"
        button = screen.query_one(".take-out", Button)
        button.focus()
        await pilot.press("enter")
        await until(pilot, lambda: not screen.query(".take-out"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "sensitive" not in tomllib.loads(file.read_text()).get("matching", {}))


async def test_hostile_and_huge_texts_are_shown_as_they_are(app, companion, file, until):
    hostile = "[/]x <script> \u202e 🚀 [@click=app.quit]x"
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_form(app, pilot, until)
        row(screen, "name").editor.value = hostile
        await until(pilot, lambda: "[/]x <script>" in help_of(screen))
        row(screen, WAIVER).editor.value = "w" * 10_000
        row(screen, "matching.rules.blocked_pairs").editor.value = "; ".join(f"m{n} + e{n}" for n in range(100))
        await until(pilot, lambda: "3 changes" in head_of(screen))
        await pilot.press("ctrl+s")
        await until(pilot, file.exists)
        assert companion.programme.name == hostile
        assert len(companion.programme.matching.rules.blocked_pairs) == 100


async def test_a_broken_file_is_said_and_leaves_the_app_usable(app, file, until):
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.companion.store.state == "ready")
        file.write_text("sessions = 'x'\n")
        app.action_open_programme()
        await until(pilot, lambda: app._notifications)
        assert not isinstance(app.screen, ProgrammeScreen)
        assert any("line 1, sessions" in note.message + note.title for note in app._notifications)
