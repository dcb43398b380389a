"""Say it: the tip follows the note, a key copies, nothing is kept unless asked, and hostile text is only text."""

import stat

from textual.widgets import Static, TextArea

from companion.tui.screens.confirm import ConfirmScreen
from companion.tui.screens.log import LogScreen
from companion.tui.screens.pairings import PairingsScreen
from companion.tui.screens.reading import ReadingScreen
from companion.tui.screens.say_it import SayItScreen, TipText, Wording

NOTE = "In Tuesday's meeting Laurent kept checking his phone. I lost my thread."
SAID = "In Tuesday's meeting, you kept checking your phone."


def shown(screen) -> str:
    """Everything on the screen, the rows of the tip included."""
    statics = [str(widget.render()) for widget in screen.query(Static) if widget.display]
    rows = [f"{before}{text}" for tip in screen.query(TipText) if tip.display for before, text in tip.rows]
    return "\n".join([*statics, *rows])


async def open_say_it(app, pilot, until) -> SayItScreen:
    await pilot.press("4")
    await until(pilot, lambda: isinstance(app.screen, PairingsScreen) and app.screen.query_one("#pairs").row_count)
    await pilot.press("y")
    await until(pilot, lambda: isinstance(app.screen, SayItScreen))
    return app.screen


def write(screen: SayItScreen, note: str) -> None:
    screen.query_one(TextArea).text = note


async def test_the_tip_follows_what_is_typed(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_say_it(app, pilot, until)
        assert "Say it to Laurent" in shown(screen)
        assert "No language model reads your note." in shown(screen)
        await pilot.press(*"He laughed at 1 slide")
        await until(pilot, lambda: "You laughed at 1 slide." in shown(screen))
        assert "○ When" in shown(screen)
        assert "When was it?" in shown(screen)
        write(screen, NOTE)
        await until(pilot, lambda: SAID in shown(screen))
        assert "✔ When              In Tuesday's meeting" in shown(screen)
        assert "○ What you ask for" in shown(screen)
        assert screen.query_one(TextArea).border_subtitle == "still missing: what you ask for"
        write(screen, " ")
        await until(pilot, lambda: "Write down one moment" in shown(screen))
        assert not any(box.display for box in screen.query(Wording))


async def test_a_wording_is_copied_with_a_key_or_a_click(app, until):
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        screen = await open_say_it(app, pilot, until)
        write(screen, NOTE)
        await until(pilot, lambda: SAID in shown(screen))
        await pilot.press("f2")
        assert app.clipboard.startswith("May I tell you one thing I noticed? In Tuesday's meeting, you kept")
        await pilot.click("#wording-2")
        assert app.clipboard == f"{SAID} I lost my thread."


async def test_who_else_is_named_is_said_before_there_is_anything_to_copy(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_say_it(app, pilot, until)
        first = screen.query_one("#say-first")
        write(screen, "In the review Laurent laughed. Fatima stopped talking.")
        await until(pilot, lambda: "Other people are named in it (Fatima" in shown(screen))
        assert shown(screen).count("Other people are named") == 1
        await until(pilot, lambda: 0 < first.region.height <= 3)
        assert first.region.bottom <= screen.query_one("#wording-0").region.y
        assert screen.query_one("#wording-0").region.bottom <= 24
        write(screen, NOTE)
        await until(pilot, lambda: SAID in shown(screen))
        assert not first.display


async def test_of_several_things_one_is_worded_at_a_time(app, until):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_say_it(app, pilot, until)
        assert screen.check_action("other", ()) is False
        write(screen, "On Monday he read his slides aloud. On Tuesday he left early.")
        await until(pilot, lambda: "thing 1 of 2" in shown(screen))
        assert "On Monday, you read your slides aloud." in shown(screen)
        await pilot.press("f8")
        await until(pilot, lambda: "thing 2 of 2" in shown(screen))
        assert "On Tuesday, you left early." in shown(screen)


async def test_a_habit_is_asked_about_and_the_next_thing_is_a_key_away(app, until):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_say_it(app, pilot, until)
        write(screen, "He never listens. On Tuesday he left early.")
        await until(pilot, lambda: "No camera could record “never”" in shown(screen))
        assert "○ What you saw      He never listens" in shown(screen)
        assert "what you saw" in screen.query_one(TextArea).border_subtitle
        assert "No wording yet. About thing 1 of 2" in shown(screen)
        assert not any(box.display for box in screen.query(Wording))
        await pilot.press("f8")
        await until(pilot, lambda: "On Tuesday, you left early." in shown(screen))


async def test_a_note_that_needs_people_leads_to_people(app, until, seen):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_say_it(app, pilot, until)
        write(screen, f"{NOTE} He keeps touching my shoulder.")
        await until(pilot, lambda: "This is not a matter of finding better words" in shown(screen))
        assert "“touching my shoulder”" in shown(screen)
        assert not any(box.display for box in screen.query(Wording))
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))
        assert "You may end the session at any moment" in seen(app.screen)


async def test_nothing_is_kept_unless_asked(app, until, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await open_say_it(app, pilot, until)
        write(screen, NOTE)
        await until(pilot, lambda: SAID in shown(screen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        assert screen.note == NOTE
        await pilot.press("ctrl+s", "ctrl+s")
        kept = sorted(tmp_path.glob("companion-tip-*.md"))
        assert [path.name for path in kept] == ["companion-tip-2026-03-02-2.md", "companion-tip-2026-03-02.md"]
        assert f"> {NOTE}" in kept[1].read_text(encoding="utf-8")
        assert stat.S_IMODE(kept[1].stat().st_mode) == 0o600
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PairingsScreen))


async def test_an_empty_note_is_left_without_a_question(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        await open_say_it(app, pilot, until)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PairingsScreen))


async def test_it_is_one_key_from_the_log_which_stays_as_it_is(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        await until(pilot, lambda: isinstance(app.screen, PairingsScreen) and app.screen.query_one("#pairs").row_count)
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        await pilot.press(*"send it", "f8")
        await until(pilot, lambda: isinstance(app.screen, SayItScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        assert app.screen.query_one("#log-mentor-0").value == "send it"


async def test_hostile_text_is_only_text(app, until):
    hostile = 'On Monday Laurent said "[/]x [b]<script>alert(1)</script> \u202eabc 😀". I lost [red]my[/] thread.'
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_say_it(app, pilot, until)
        write(screen, hostile)
        await until(pilot, lambda: "you said" in shown(screen))
        assert "[/]x [b]<script>alert(1)</script> abc 😀" in shown(screen)
        assert "\u202e" not in shown(screen)
        write(screen, "😀 " * 25_000)
        await until(pilot, lambda: "There are no words to work with yet" in shown(screen))
        assert screen.query_one("#say-text", TipText).display


async def test_where_each_wording_comes_from_is_a_key_away(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_say_it(app, pilot, until)
        assert screen.check_action("origins", ()) is False
        write(screen, NOTE)
        await until(pilot, lambda: SAID in shown(screen))
        await pilot.press("f7")
        assert isinstance(app.screen, ReadingScreen)
        text = str(app.screen.query_one(Static).render())
        assert "No language model was asked." in text
        assert "You wrote, what you saw: “Laurent kept checking his phone”" in text
        assert "RM-018" in text
        assert "evidence" in text
        await pilot.press("f7")
        assert app.screen is screen
