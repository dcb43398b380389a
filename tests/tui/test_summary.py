"""The Summary screen: themes, quotes and groups; a plain sentence below the limit; stop, go on, and hostile text."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from summary_factories import FakeCoder
from survey_factories import a_programme, answer, mentors, opened

from companion.domain.summaries import Unworded
from companion.domain.summary_texts import UNWORDED
from companion.errors import Cancelled, KeptHere
from companion.lazy import Lazy
from companion.services import run_surveys, summarise
from companion.services.companion import Companion
from companion.tui.app import CompanionApp
from companion.tui.screens.line import LineScreen
from companion.tui.screens.summary import SummaryScreen
from companion.tui.screens.surveys import SurveysScreen
from companion.tui.widgets.list_table import ListTable
from companion.tui.widgets.progress import JobLine

ITEM = "left_unsaid"
HOSTILE = "[/]x [b]שלום 😀 canteen"
TEXTS = (
    *["The session was cancelled again."] * 3,
    "He was late for our session.",
    *["She listened to me."] * 3,
    "The canteen is loud.",
    "Close our canteen.",
    HOSTILE,
    "All fine.",
    "No goal.",
)


@pytest.fixture
def programme(tmp_path: Path, knowledge: Lazy) -> Companion:
    companion = a_programme(tmp_path / "home", 12)
    companion.settings = replace(companion.settings, me="")
    companion.knowledge = knowledge
    companion.coder = Lazy(FakeCoder)
    wave = opened(companion)
    for person, text in zip(mentors(1, 12), TEXTS, strict=True):
        answer(companion, wave, [person], comments={ITEM: text}, may_quote=True)
    run_surveys.close(companion, wave.id)
    return companion


async def at_summary(app, pilot, until) -> SummaryScreen:
    """Open it, and go to the second question, which enough people answered."""
    await until(pilot, lambda: isinstance(app.screen, SurveysScreen) and app.screen.query_one(ListTable).row_count)
    await pilot.press("s")
    await until(pilot, lambda: isinstance(app.screen, SummaryScreen) and app.screen._outcomes)
    return app.screen


async def at_themes(app, pilot, until) -> ListTable:
    screen = await at_summary(app, pilot, until)
    await pilot.press("n")
    await until(pilot, lambda: screen.summary is not None and screen.query_one(ListTable).row_count)
    return screen.query_one(ListTable)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_themes_quotes_and_where_the_rest_went(programme, until, seen, size):
    app = CompanionApp(programme, start_in="surveys")
    async with app.run_test(size=size) as pilot:
        table = await at_themes(app, pilot, until)
        assert table.keys[:2] == ("time", "listening")
        assert table.keys[-1] == "rest"
        text = seen(app.screen)
        assert "12 people wrote; the summary accounts for 9 of 12 comments" in text
        assert "4 people wrote about “Time and cancellations”, all of them critical." in text
        assert "− “The session was cancelled again.”" in text
        assert "RM-040" in text
        table.choose("rest")
        await until(pilot, lambda: "Where every other comment went" in seen(app.screen))
        assert HOSTILE in seen(app.screen)
        assert "1 person gave no reason" in seen(app.screen)


async def test_below_the_limit_there_is_a_sentence_and_nothing_else(programme, until, seen):
    app = CompanionApp(programme, start_in="surveys")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_summary(app, pilot, until)
        assert "fewer than 10 people answered." in seen(screen)
        assert not screen.query_one(".sides").display
        assert screen.query_one(ListTable).row_count == 0


async def test_an_open_survey_says_so(tmp_path, knowledge, until, seen):
    companion = a_programme(tmp_path / "home", 12)
    companion.knowledge = knowledge
    opened(companion)
    app = CompanionApp(companion, start_in="surveys")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_summary(app, pilot, until)
        assert "Nothing is shown: people can still change their answers." in seen(screen)


class SilentWriter:
    """A model elsewhere that nothing may be sent to."""

    name, remote, tier = "elsewhere/fake", True, 2

    def fill(self, *what, **options):
        raise KeptHere("It stays.")

    def close(self):
        pass


async def test_it_says_where_the_sentence_stands_that_no_comment_was_sent(programme, until, seen):
    programme.settings = replace(programme.settings, model="elsewhere/fake")
    programme.writer = Lazy(SilentWriter)
    app = CompanionApp(programme, start_in="surveys")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_themes(app, pilot, until)
        assert UNWORDED[Unworded.NOT_SENT] in seen(app.screen)


async def test_a_group_is_named_and_taken_back(programme, until, seen):
    app = CompanionApp(programme, start_in="surveys")
    async with app.run_test(size=(120, 40)) as pilot:
        table = await at_themes(app, pilot, until)
        await pilot.press("a")
        assert "Choose a group" in [note.message for note in app._notifications][-1]
        group = next(key for key in table.keys if key.startswith("own_"))
        table.choose(group)
        await until(pilot, lambda: "3 people use this word" in seen(app.screen))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, LineScreen))
        app.screen.query_one("Input").value = "[/]x"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SummaryScreen) and "“[/]x”" in seen(app.screen))
        assert [theme.name for theme in summarise.own_themes(programme)] == ["[/]x"]
        table.choose(group)
        await pilot.press("u")
        await until(pilot, lambda: app.screen.summary is not None and app.screen.summary.proposals)
        table.choose(group)
        await until(pilot, lambda: "3 people use this word" in seen(app.screen))
        await pilot.press("i")
        await until(pilot, lambda: app.screen.summary is not None and not app.screen.summary.proposals)
        assert not summarise.own_themes(programme)[0].accepted


class WaitingCoder(FakeCoder):
    """Waits for somebody to press Escape, the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.began = threading.Event()
        self.go_on = threading.Event()

    def code(self, units, leanings, **options):
        if not self.began.is_set():
            self.began.set()
            assert self.go_on.wait(20)
            raise Cancelled("Stopped.")
        return super().code(units, leanings)


async def test_it_can_be_stopped_and_goes_on(programme, until, seen):
    waiting = WaitingCoder()
    programme.coder = Lazy(lambda: waiting)
    app = CompanionApp(programme, start_in="surveys")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_summary(app, pilot, until)
        await pilot.press("n")
        await until(pilot, waiting.began.is_set)
        await pilot.press("escape")
        waiting.go_on.set()
        await until(pilot, lambda: screen.query_one(JobLine).job is None)
        assert "s goes on" in [note.message for note in app._notifications][-1]
        await pilot.press("s")
        await until(pilot, lambda: screen.summary is not None)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SurveysScreen))


async def test_the_keys_are_in_the_palette(programme, until):
    app = CompanionApp(programme, start_in="surveys")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_themes(app, pilot, until)
        tooltips = {one.tooltip for one in app.screen.active_bindings.values()}
        assert {"The next question that asks for words", "Do not propose this group again"} <= tooltips
