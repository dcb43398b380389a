"""Questions, responses and reply codes: what fits, and what is said when something does not."""

from contextlib import suppress

import pytest
from factories import a_goal
from hypothesis import given
from hypothesis import strategies as st

from companion import paths
from companion.domain import reply_codes
from companion.domain.anonymity import Thresholds
from companion.domain.answers import Question, SurveyResponse, Way, checked, questions
from companion.domain.people import Role
from companion.domain.surveys import PULSE_SECONDS, Occasion, PhraseId, Questionnaire, SeenBy
from companion.domain.waves import Leaning, leaning_of
from companion.errors import InvalidInput
from companion.importing.instruments import load_questionnaires


@pytest.fixture(scope="module")
def forms() -> dict[str, Questionnaire]:
    return load_questionnaires(paths.knowledge_dir() / "surveys")


@pytest.fixture(scope="module")
def pulse(forms) -> tuple[Question, ...]:
    return questions(forms["pulse"], Role.MENTEE, [], "en")


def test_every_occasion_has_a_survey_for_both_roles_in_english_and_french(forms) -> None:
    assert {form.instrument.occasion for form in forms.values()} == set(Occasion)
    for form in forms.values():
        assert form.roles == tuple(Role)
        assert form.languages == ("en", "fr")
        parts = [*form.scales.values()]
        assert all({"en", "fr"} <= set(label) for scale in parts for label in scale.labels)
        assert all({"en", "fr"} <= set(text.text) for text in (*form.notices, *form.phrases.values()))


def test_a_pulse_is_three_taps_and_a_line(forms) -> None:
    asked = forms["pulse"].items
    assert [item.is_comment for item in asked] == [False, False, False, True]
    assert {item.seen_by for item in asked} == {SeenBy.PAIR}
    assert forms["pulse"].instrument.seconds <= PULSE_SECONDS


def test_the_end_repeats_every_rating_of_the_beginning(forms) -> None:
    end = {item.id: item for item in forms["end"].items}
    assert all(end[item.id] == item for item in forms["baseline"].items)


def test_what_follows_a_published_scale_says_that_it_is_adapted_and_not_validated(forms) -> None:
    sources = {source.id: source for form in forms.values() for source in form.sources.values()}
    assert sources
    assert all("adapted, not validated" in source.note for source in sources.values())
    items = {item.id: item for form in forms.values() for item in form.items}
    assert not any(item.verbatim for item in items.values())
    assert sum(item.reversed for item in items.values()) == 3


def test_under_every_question_stands_who_will_see_it(forms) -> None:
    limits = Thresholds(ratings=6, comments=12)
    for form in forms.values():
        for item in form.items:
            for language in form.languages:
                notice = form.notice(item, limits, language)
                assert ("12" if item.is_comment else "6") in notice
                assert "{" not in notice
    words = forms["pulse"].notice(forms["pulse"].items[0], limits, "en")
    assert "between two people nothing is anonymous" in words
    assert "cannot do" in forms["end"].phrase(PhraseId.LIMITS, "en")


def test_questions_about_goals_are_asked_for_ones_own(forms) -> None:
    goals = [
        a_goal("g1", text="use [/]x <b>AI</b>"),
        a_goal("g2", owner=Role.MENTOR, text="how budgets are made"),
        *(a_goal(f"g{n}", text=f"goal {n}") for n in range(3, 9)),
    ]
    asked = questions(forms["baseline"], Role.MENTEE, goals, "fr")
    about_goals = [question for question in asked if "@" in question.key]
    assert [q.key for q in about_goals[:3]] == ["goal_behaviour@g1", "goal_behaviour@g3", "goal_behaviour@g4"]
    assert "use [/]x <b>AI</b>" in about_goals[0].text
    assert about_goals[0].text.startswith("En pensant à")
    mine = questions(forms["baseline"], Role.MENTOR, goals, "en")
    assert [q.key for q in mine if "@" in q.key] == ["growth_goal@g2"]
    assert not {q.item.id for q in mine} & {"goal_behaviour", "habit_tried", "asking"}


@pytest.mark.parametrize(
    ("response", "why"),
    [
        (SurveyResponse(ratings={"pulse_useful": 6}), "6 is not between 1 and 5"),
        (SurveyResponse(ratings={"pulse_teaching": 3}), r"\+3 is not between −2 and \+2"),
        (SurveyResponse(ratings={"nothing": 1}), "not asked"),
        (SurveyResponse(ratings={"pulse_words": 1}), "asks for words"),
        (SurveyResponse(comments={"pulse_useful": "yes"}), "asks for a number"),
        (SurveyResponse(comments={"pulse_words": "x" * 2001}), "2,001"),
    ],
)
def test_a_response_that_does_not_fit_is_refused(pulse, response, why) -> None:
    with pytest.raises(InvalidInput, match=why):
        checked(response, pulse)


def test_comments_lose_what_acts_on_a_terminal_and_nothing_else(pulse) -> None:
    hostile = "[/]x <script> \x1b[31mred\x1b[0m \u202eשלום 😀\r\nsecond line "
    response = checked(SurveyResponse(comments={"pulse_words": hostile}), pulse)
    assert response.comments["pulse_words"] == "[/]x <script> red שלום 😀\nsecond line"
    assert checked(SurveyResponse(comments={"pulse_words": "  \n "}), pulse).comments == {}


@pytest.mark.parametrize(
    ("text", "ratings"),
    [
        ("pulse 4 +1 5", {"pulse_useful": 4, "pulse_teaching": 1, "pulse_open": 5}),
        ("PULSE 4, −2, 5", {"pulse_useful": 4, "pulse_teaching": -2, "pulse_open": 5}),
        ("  pulse  -  –  3 ", {"pulse_open": 3}),
        (
            "> On Monday you wrote: how was it?\npulse 1 0 1\n> pulse 5 5 5",
            {"pulse_useful": 1, "pulse_teaching": 0, "pulse_open": 1},
        ),
    ],
)
def test_reply_codes_are_read_as_people_type_them(pulse, text, ratings) -> None:
    response = reply_codes.to_response(reply_codes.read(text), pulse)
    assert dict(response.ratings) == ratings
    assert (response.sent, response.way, response.contact_me, response.may_quote) == (True, Way.CODE, False, False)


def test_words_and_wishes_of_a_reply_code(pulse) -> None:
    response = reply_codes.to_response(reply_codes.read("pulse 4 1 5 contact quote: too loud: the room"), pulse)
    assert response.comments == {"pulse_words": "too loud: the room"}
    assert (response.contact_me, response.may_quote, response.share) == (True, True, False)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no reply code"),
        ("pulse 4 five 5", "'five' in the reply code is not a number"),
        ("pulse 4 1", "3 questions .* holds 2"),
        ("pulse 4 1 5 5", "holds 4"),
        ("pulse 4 7 5", r"Number 2 of the reply code: \+7 is not between"),
        ("pulse - - -", "answers nothing"),
        ("pulse " + "9" * 50, "not a number"),
    ],
)
def test_a_wrong_reply_code_says_what_is_wrong(pulse, text, why) -> None:
    with pytest.raises(InvalidInput, match=why):
        reply_codes.to_response(reply_codes.read(text), pulse)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(InvalidInput):
        reply_codes.read(text)


@given(st.tuples(st.integers(1, 5), st.integers(-2, 2), st.integers(1, 5)))
def test_what_a_scale_allows_comes_back(values: tuple[int, int, int]) -> None:
    asked = questions(load_questionnaires(paths.knowledge_dir() / "surveys")["pulse"], Role.MENTOR, [], "en")
    response = reply_codes.to_response(reply_codes.read("pulse {} {:+d} {}".format(*values)), asked)
    assert tuple(response.ratings.values()) == values


def test_a_rating_leans_to_its_side_of_the_scale(forms) -> None:
    end = forms["end"]
    nps, reversed_item = end.item("recommend"), end.item("safety_clumsy")
    assert [leaning_of(v, nps, end) for v in (0, 6, 7, 8, 9)] == ["low", "low", "middle", "middle", "high"]
    assert [leaning_of(v, reversed_item, end) for v in (1, 3, 5)] == ["high", "middle", "low"]
    assert leaning_of(None, nps, end) is Leaning.UNKNOWN
    assert leaning_of(3, forms["midpoint"].item("going_on"), forms["midpoint"]) is Leaning.UNKNOWN
