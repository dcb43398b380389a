"""Practice: choose, talk, see the points; nothing is kept unless asked, and hostile text is only text."""

import stat

import pytest
from textual.widgets import Input, OptionList, Static

from companion.bootstrap import assemble
from companion.config import Settings
from companion.domain.practice_moves import MentorMove, hear
from companion.tui.app import CompanionApp
from companion.tui.screens.confirm import ConfirmScreen
from companion.tui.screens.pick import PickScreen
from companion.tui.screens.practice import PracticeScreen, Rows
from companion.tui.screens.prepare import PrepareScreen
from companion.tui.screens.reading import ReadingScreen
from companion.tui.screens.say_it import SayItScreen

SECRET = "the Zanzibar affair"


def rows_of(screen, name: str) -> str:
    return "\n".join(f"{before}{text}" for before, text in screen.query_one(name, Rows).rows)


async def opened(app, pilot, until) -> PracticeScreen:
    await until(pilot, lambda: app.screen_stack)
    app.action_practice()
    await until(pilot, lambda: isinstance(app.screen, PracticeScreen) and app.screen._archetypes)
    return app.screen


async def started(app, pilot, until, whom: str = "silent") -> PracticeScreen:
    screen = await opened(app, pilot, until)
    people = screen.query_one("#archetypes", OptionList)
    people.highlighted = [one.id for one in screen._archetypes].index(whom)
    await pilot.press("enter")
    await until(pilot, lambda: screen.query_one("#scenarios").has_focus)
    await pilot.press("enter")
    await until(pilot, lambda: screen.query_one("#turn").has_focus)
    return screen


async def say(screen, pilot, until, turn: str) -> None:
    before = len(screen._talk.said)
    screen.query_one("#turn", Input).value = turn
    await pilot.press("enter")
    await until(pilot, lambda: len(screen._talk.said) > before)


async def test_everything_to_choose_from_is_seen_in_a_small_window(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(app, pilot, until)
        await until(
            pilot, lambda: screen.query_one("#own").region.bottom <= screen.query_one("#practice-private").region.y
        )
        assert screen.query_one("#archetypes").region.y > 0
        assert "Enter begins" in str(screen.query_one("#about-what", Static).render())


async def test_a_whole_rehearsal_ends_in_points_with_their_lines(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await started(app, pilot, until)
        assert "Only you see this" in str(screen.query_one("#practice-private", Static).render())
        assert "need not find words for it alone" in str(screen.query_one("#practice-support", Static).render())
        assert screen.query_one("#practice-support").size.height == 2
        await say(screen, pilot, until, "How do you decide which meetings you need?")
        await say(screen, pilot, until, "")
        assert "(You say nothing.)" in rows_of(screen, "#talk-rows")
        await pilot.press("f2")
        assert "Card RM-" not in rows_of(screen, "#talk-rows")
        assert "Hint" in str(screen.query_one("#talk-hint", Static).render())
        await say(screen, pilot, until, "Last Tuesday you answered first. After that nobody asked anything.")
        await pilot.press("f8")
        await until(pilot, lambda: screen.stage == "review")
        points = rows_of(screen, "#review-rows")
        assert "4 of 5 points" in points
        assert "Line 1: “How do you decide which meetings you need?”" in points
        assert "One thing to try" in points
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))
        await pilot.press("escape")
        await pilot.press("a")
        await until(pilot, lambda: screen.stage == "talk")
        assert len(screen._talk.said) == 1


async def test_an_empty_enter_at_the_start_is_no_turn_and_silence_on_purpose_is_one(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await started(app, pilot, until)
        assert "... is a silence" in screen.query_one("#turn", Input).placeholder
        screen.query_one("#turn", Input).value = "   "
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "Nothing was said yet" in str(screen.query_one("#talk-hint", Static).render()))
        assert screen._talk.mentor_turns == ()
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, PracticeScreen))
        screen = await started(app, pilot, until)
        await say(screen, pilot, until, "...")
        assert len(screen._talk.mentor_turns) == 1
        assert "(You say nothing.)" in rows_of(screen, "#talk-rows")
        assert hear("...").moves == {MentorMove.SILENCE}
        assert "an empty line is a silence" in screen.query_one("#turn", Input).placeholder
        assert not screen.query_one("#talk-hint").has_class("-shown")
        await say(screen, pilot, until, "")
        assert len(screen._talk.mentor_turns) == 2


async def test_leaving_asks_first_and_leaves_nothing_on_disk(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await started(app, pilot, until, "rushed")
        await say(screen, pilot, until, f"What do you make of {SECRET}?")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("n")
        await until(pilot, lambda: app.screen is screen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: not isinstance(app.screen, PracticeScreen))
    root = app.companion.home.root
    assert [path for path in root.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()] == []


async def test_a_talk_is_kept_only_when_asked_and_can_be_deleted(app, until):
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await started(app, pilot, until)
        await say(screen, pilot, until, f"What do you make of {SECRET}?")
        await pilot.press("f8")
        await until(pilot, lambda: screen.stage == "review")
        await pilot.press("k")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: list(app.companion.home.rehearsals.glob("*/*.md")))
        (path,) = app.companion.home.rehearsals.glob("*/*.md")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert SECRET in path.read_text(encoding="utf-8")
        await pilot.press("n")
        await until(pilot, lambda: screen.stage == "choose")
        for what in ("read", "delete"):
            await pilot.press("f7")
            await until(pilot, lambda: isinstance(app.screen, PickScreen))
            await pilot.press("1")
            await until(pilot, lambda: isinstance(app.screen, PickScreen) and app.screen.picks[0].key == "read")
            await pilot.press("1" if what == "read" else "2")
            if what == "read":
                await until(pilot, lambda: isinstance(app.screen, ReadingScreen))
                await pilot.press("escape")
            await until(pilot, lambda: app.screen is screen)
        assert not path.exists()


async def test_a_disclosure_leads_to_people_and_not_to_points(app, until):
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await started(app, pilot, until)
        screen.query_one("#turn", Input).value = "You touched my knee in the car."
        await pilot.press("enter")
        await until(pilot, lambda: screen.stage == "review")
        text = rows_of(screen, "#review-rows")
        assert "This is not a matter of finding better words" in text
        assert "The rehearsal stopped because you wrote “touched my knee”" in text
        assert "of 5 points" not in text
        assert screen.check_action("keep", ()) is False


@pytest.mark.parametrize("turn", ["[/]x [bold]🙂", "x" * 50_000, "أهلا \u202eabc"])
async def test_hostile_turns_are_only_text(app, until, turn):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await started(app, pilot, until)
        await say(screen, pilot, until, turn)
        assert turn[:10].replace("\u202e", "") in rows_of(screen, "#talk-rows")
        await pilot.press("f8")
        await until(pilot, lambda: screen.stage == "review")
        assert "0 of 5 points" in rows_of(screen, "#review-rows")


async def test_it_is_reached_from_prepare_and_from_say_it(app, until, seen):
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.companion.store.peek() is not None)
        app.prepare("pairing-1")
        await until(pilot, lambda: isinstance(app.screen, PrepareScreen) and app.screen.query("JobLine"))
        await until(pilot, lambda: app.screen.stage == "choices")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, PracticeScreen) and app.screen._archetypes)
        assert "their goal" in seen(app.screen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PrepareScreen))
        app.push_screen(SayItScreen(app.companion))
        await until(pilot, lambda: isinstance(app.screen, SayItScreen))
        app.screen.query_one("#say-note").text = "On Monday he read his slides aloud."
        await until(pilot, lambda: app.screen.check_action("rehearse", ()))
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, PracticeScreen) and app.screen._archetypes)
        assert "On Monday, you read your slides aloud." in seen(app.screen)


async def test_esc_takes_the_written_line_when_a_model_is_slow(tmp_path, knowledge, writer, until, monkeypatch):
    # Some talks answer this turn without words, and then no model is asked.
    monkeypatch.setattr("companion.services.practice.random.randrange", lambda _: 0)
    writer.tier = 2
    writer.go_on.clear()
    settings = Settings(model="ollama_chat/some", practice_model="local")
    app = CompanionApp(assemble(tmp_path / "home", settings=settings, writer=writer, rehearser=writer))
    app.companion.knowledge = knowledge
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await started(app, pilot, until, "rushed")
        assert "embedded/fake on this machine reads it" in str(screen.query_one("#practice-private", Static).render())
        screen.query_one("#turn", Input).value = "How do you see it?"
        await pilot.press("enter")
        await until(pilot, lambda: writer.asked)
        assert rows_of(screen, "#talk-rows").endswith("…")
        await pilot.press("escape")
        await until(pilot, lambda: len(screen._talk.said) == 3)
        assert app.screen is screen
