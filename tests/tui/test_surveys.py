"""The Surveys area and the form: keys and mouse, everything kept at once, hostile text shown as it is."""

from dataclasses import replace
from pathlib import Path

import pytest
from survey_factories import a_programme, answer, executives, mentors, opened
from textual.widgets import Input, TextArea

from companion.domain.answers import SurveyResponse
from companion.errors import StoreError
from companion.lazy import Lazy
from companion.services import answer_survey, run_surveys
from companion.services.companion import Companion
from companion.tui.app import CompanionApp
from companion.tui.screens.answer_survey import AnswerScreen
from companion.tui.screens.confirm import ConfirmScreen
from companion.tui.screens.line import LineScreen
from companion.tui.screens.reading import ReadingScreen
from companion.tui.screens.survey_dialogs import OpenSurveyScreen
from companion.tui.screens.surveys import SurveysScreen
from companion.tui.widgets.choice import Choice
from companion.tui.widgets.list_table import ListTable
from companion.tui.widgets.survey_question import CommentQuestion, RatingQuestion

HOSTILE = "[/]x <script>alert(1)</script> [b]שלום 😀"


@pytest.fixture
def programme(tmp_path: Path, knowledge: Lazy) -> Companion:
    """Twelve pairs; Mentor Nr01 sits at this terminal."""
    companion = a_programme(tmp_path / "home", 12)
    companion.settings = replace(companion.settings, me="m01")
    companion.knowledge = knowledge
    return companion


@pytest.fixture
def surveys(programme: Companion) -> CompanionApp:
    return CompanionApp(programme, start_in="surveys")


def kept(companion: Companion, wave_id: str, person_id: str = "m01") -> SurveyResponse:
    return answer_survey.form(companion, wave_id, person_id).response


async def at_list(app, pilot, until, rows: int = 1) -> ListTable:
    await until(
        pilot, lambda: isinstance(app.screen, SurveysScreen) and app.screen.query_one(ListTable).row_count == rows
    )
    return app.screen.query_one(ListTable)


async def at_form(app, pilot, until, rows: int = 1) -> None:
    await at_list(app, pilot, until, rows)
    await pilot.press("a")
    await until(pilot, lambda: isinstance(app.screen, AnswerScreen) and app.screen.query(RatingQuestion))


async def test_without_surveys_the_screen_says_what_to_do(surveys, until, seen):
    async with surveys.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "No survey was opened yet" in seen(surveys.screen))
        await pilot.press("a", "r", "d", "x")
        assert isinstance(surveys.screen, SurveysScreen)
        assert {"o", "v"} <= set(surveys.screen.active_bindings)
        assert not {"a", "r", "d", "x", "s"} & set(surveys.screen.active_bindings)


async def test_a_survey_is_opened_with_three_keys(surveys, programme, until, seen):
    async with surveys.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "No survey was opened yet" in seen(surveys.screen))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(surveys.screen, OpenSurveyScreen))
        surveys.screen.query_one(Input).value = "soon"
        await pilot.press("down", "enter")
        await until(pilot, lambda: "'soon' is not a day" in seen(surveys.screen))
        surveys.screen.query_one(Input).value = "2027-03-20"
        await pilot.press("enter")
        await at_list(surveys, pilot, until)
        await until(pilot, lambda: "After session 1" in seen(surveys.screen))
        assert "4 questions wait for you" in seen(surveys.screen)
    assert run_surveys.view(programme, "pulse-s1").wave.closes_on.day == 20


async def test_digits_arrows_and_mouse_answer_and_everything_is_kept_at_once(surveys, programme, until, seen):
    wave = opened(programme, "pulse")
    async with surveys.run_test(size=(80, 24)) as pilot:
        await at_form(surveys, pilot, until)
        await pilot.press("9", "4")
        await until(pilot, lambda: kept(programme, wave.id).ratings == {"pulse_useful": 4})
        assert "Kept as a draft: 1 of 4" in seen(surveys.screen)
        await pilot.press("down", "1", "minus")
        assert kept(programme, wave.id).ratings["pulse_teaching"] == -1
        await pilot.press("left", "left", "left")
        assert kept(programme, wave.id).ratings["pulse_teaching"] == -2
        await pilot.press("backspace")
        assert "pulse_teaching" not in kept(programme, wave.id).ratings
        await pilot.press("up", "right")
        assert kept(programme, wave.id).ratings == {"pulse_useful": 5}
        third = list(surveys.screen.query(RatingQuestion))[2]
        third.scroll_visible(animate=False)
        await pilot.pause()
        await pilot.click(third, offset=(2 + 3 + 5 * 1 + 2, 1))
        await until(pilot, lambda: kept(programme, wave.id).ratings.get("pulse_open") == 2)
        await pilot.click(third, offset=(2, 1))
        assert kept(programme, wave.id).ratings["pulse_open"] == 2
    assert not kept(programme, wave.id).sent


async def test_ten_is_one_and_then_zero_and_options_stand_on_their_lines(surveys, programme, until):
    wave = opened(programme, "midpoint")
    baseline = opened(programme, "baseline")
    async with surveys.run_test(size=(100, 60)) as pilot:
        table = await at_list(surveys, pilot, until, 2)
        table.choose(baseline.id)
        await pilot.pause()
        await pilot.press("a")
        await until(pilot, lambda: isinstance(surveys.screen, AnswerScreen) and surveys.screen.query(RatingQuestion))
        await pilot.press("1", "0")
        assert 10 in kept(programme, baseline.id).ratings.values()
        await pilot.press("0")
        assert 0 in kept(programme, baseline.id).ratings.values()
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(surveys.screen, SurveysScreen))
        table.choose(wave.id)
        await pilot.pause()
        await pilot.press("a")
        await until(pilot, lambda: isinstance(surveys.screen, AnswerScreen) and surveys.screen.query(RatingQuestion))
        choice = next(w for w in surveys.screen.query(RatingQuestion) if w.question.key == "going_on")
        choice.scroll_visible(animate=False)
        await pilot.pause()
        await pilot.click(choice, offset=(12, 3))
        await until(pilot, lambda: kept(programme, wave.id).ratings.get("going_on") == 3)


async def test_who_will_see_it_stands_under_every_question(surveys, programme, until, seen):
    opened(programme, "pulse")
    async with surveys.run_test(size=(80, 24)) as pilot:
        await at_form(surveys, pilot, until)
        ratings = list(surveys.screen.query(RatingQuestion))
        for widget in ratings:
            words = " ".join(line.plain.strip() for line in widget.lines(60))
            assert "Private, unless you share it with your partner: between two people nothing is anonymous" in words
            assert "at least 5 people" in words
        assert "at least 10 people wrote something" in seen(surveys.screen)
        assert "What such limits cannot do" in seen(surveys.screen)
        assert "Show my answers, with what I wrote, to Executive" in " ".join(
            choice.label.plain for choice in surveys.screen.query(Choice)
        )


async def test_words_and_wishes_are_kept_and_sent_and_can_be_changed(surveys, programme, until, seen):
    wave = opened(programme, "pulse")
    async with surveys.run_test(size=(80, 24), notifications=True) as pilot:
        await at_form(surveys, pilot, until)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Nothing is answered yet" in seen(surveys.screen))
        area = surveys.screen.query_one(TextArea)
        area.focus()
        area.text = HOSTILE
        await until(pilot, lambda: kept(programme, wave.id).comments == {"pulse_words": HOSTILE})
        share = next(choice for choice in surveys.screen.query(Choice) if choice.key == "share")
        share.focus()
        await pilot.press("space")
        assert kept(programme, wave.id).share
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(surveys.screen, SurveysScreen))
        await until(pilot, lambda: "✔ You sent 1 of 4 answers" in seen(surveys.screen))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(surveys.screen, AnswerScreen) and surveys.screen.query(RatingQuestion))
        assert surveys.screen.query_one(TextArea).text == HOSTILE
        await pilot.press("3")
        assert "Sent: 2 of 4" in seen(surveys.screen)
    assert kept(programme, wave.id).sent


async def test_a_draft_is_there_again_and_the_first_open_question_has_the_focus(surveys, programme, until):
    wave = opened(programme, "pulse")
    answer_survey.save(
        programme, wave.id, "m01", SurveyResponse(ratings={"pulse_useful": 2}, comments={"pulse_words": HOSTILE})
    )
    async with surveys.run_test(size=(80, 24)) as pilot:
        await at_form(surveys, pilot, until)
        first, second, _ = surveys.screen.query(RatingQuestion)
        assert first.value == 2
        assert surveys.focused is second
        assert surveys.screen.query_one(CommentQuestion).text == HOSTILE


async def test_what_cannot_be_saved_is_said_and_stays(surveys, programme, until, seen, monkeypatch):
    wave = opened(programme, "pulse")
    async with surveys.run_test(size=(80, 24)) as pilot:
        await at_form(surveys, pilot, until)
        area = surveys.screen.query_one(TextArea)
        area.text = "x" * 10_000
        await until(pilot, lambda: "this one has 10,000" in seen(surveys.screen))
        await pilot.press("escape")
        assert isinstance(surveys.screen, AnswerScreen)
        area.text = "x"
        await until(pilot, lambda: kept(programme, wave.id).comments == {"pulse_words": "x"})

        def full(*_: object) -> None:
            raise StoreError("The disk is full.", "Make room.")

        monkeypatch.setattr(answer_survey, "save", full)
        surveys.screen.query(RatingQuestion).first().focus()
        await pilot.press("4")
        await until(pilot, lambda: "The disk is full. Make room." in seen(surveys.screen))
        assert surveys.screen.query(RatingQuestion).first().value == 4


async def test_taking_everything_back_makes_it_a_draft_again(surveys, programme, until):
    wave = opened(programme, "pulse")
    answer(programme, wave, ["m01"], ratings={"pulse_useful": 2})
    async with surveys.run_test(size=(80, 24)) as pilot:
        await at_form(surveys, pilot, until)
        surveys.screen.query(RatingQuestion).first().focus()
        await pilot.press("backspace")
        assert kept(programme, wave.id).is_empty
        assert not kept(programme, wave.id).sent


async def test_the_list_counts_only_what_the_rule_allows(surveys, programme, until, seen):
    wave = opened(programme, "pulse")
    answer(programme, wave, mentors(2, 8), ratings={"pulse_useful": 4})
    answer(
        programme, wave, executives(1, 1), ratings={"pulse_useful": 5}, comments={"pulse_words": HOSTILE}, share=True
    )
    async with surveys.run_test(size=(120, 40)) as pilot:
        await at_list(surveys, pilot, until)
        await until(pilot, lambda: "Mentors  7 of 12" in seen(surveys.screen))
        text = seen(surveys.screen)
        assert "Executives  ▒ Fewer than 5 people answered." in text
        assert "Together  ▒ The total is hidden" in text
        assert "Executive shows you" in text
        assert HOSTILE in text
        assert "Asks to be contacted" not in text
        await pilot.press("r")
        await until(pilot, lambda: isinstance(surveys.screen, ReadingScreen))
        text = seen(surveys.screen)
        assert "Mentor Nr08" not in text
        assert "Mentor Nr09" in text
        assert "Everybody: too few have answered" in text


async def test_a_reply_code_is_typed_in(surveys, programme, until, seen):
    wave = opened(programme, "pulse")
    async with surveys.run_test(size=(80, 24)) as pilot:
        await at_list(surveys, pilot, until)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(surveys.screen, LineScreen))
        line = surveys.screen.query_one(Input)
        for typed, said in (
            ("pulse 4 1 5", "Who, then a colon"),
            ("executive nr03: pulse 4", "3 questions"),
        ):
            line.value = typed
            await pilot.press("enter")
            await until(pilot, lambda said=said: said in seen(surveys.screen))
        line.value = "executive nr03: pulse 4 -1 5: it was: loud"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(surveys.screen, SurveysScreen))
    assert kept(programme, wave.id, "e03").comments == {"pulse_words": "it was: loud"}


async def test_the_last_day_moves_and_closing_asks_first(surveys, programme, until, seen):
    wave = opened(programme, "pulse")
    answer(programme, wave, mentors(1, 6), ratings={"pulse_useful": 4})
    async with surveys.run_test(size=(80, 24), notifications=True) as pilot:
        await at_list(surveys, pilot, until)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(surveys.screen, LineScreen))
        surveys.screen.query_one(Input).value = "2027-03-30"
        await pilot.press("enter")
        await until(pilot, lambda: "30 March 2027" in seen(surveys.screen))
        await pilot.press("x")
        await until(pilot, lambda: isinstance(surveys.screen, ConfirmScreen))
        assert surveys.screen.query_one("#confirm-no").has_focus
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(surveys.screen, SurveysScreen))
        assert run_surveys.view(programme, wave.id).wave.closed_at is None
        await pilot.press("x")
        await until(pilot, lambda: isinstance(surveys.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: "closed on" in seen(surveys.screen))
        await until(pilot, lambda: not {"a", "r", "d", "x"} & set(surveys.screen.active_bindings))
        assert "s" in surveys.screen.active_bindings
        for key in "adx":
            await pilot.press(key)
            assert isinstance(surveys.screen, SurveysScreen)
    assert run_surveys.view(programme, wave.id).wave.scrubbed


async def test_whoever_runs_the_programme_sees_who_wants_to_talk(programme, until, seen):
    wave = opened(programme, "pulse")
    answer(programme, wave, ["e02"], ratings={"pulse_useful": 1}, contact_me=True)
    programme.settings = replace(programme.settings, me="")
    app = CompanionApp(programme, start_in="surveys")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "Asks to be contacted\n· Executive Nr02" in seen(app.screen))


async def test_without_a_name_the_form_says_how_to_get_one(programme, until):
    opened(programme, "pulse")
    programme.settings = replace(programme.settings, me="")
    app = CompanionApp(programme, start_in="surveys")
    async with app.run_test(notifications=True) as pilot:
        await at_list(app, pilot, until)
        await pilot.press("enter")
        assert any("7 Settings" in notice.message for notice in app._notifications)


async def test_a_survey_whose_day_has_passed_closes_when_the_app_is_open(programme, until, monkeypatch):
    monkeypatch.setattr("companion.tui.app.CHECK_SECONDS", 0.05)
    wave = opened(programme, "pulse")
    answer(programme, wave, ["m01"], ratings={"pulse_useful": 4})
    programme.clock.forward(days=15)
    app = CompanionApp(programme)

    def is_closed() -> bool:
        with programme.store.get().read() as tx:
            kept = tx.surveys.get(wave.id)
        return kept is not None and kept.closed_at is not None

    assert not is_closed()
    async with app.run_test() as pilot:
        await until(pilot, is_closed)
