"""A worded line must still make sense: purpose, time, person, and no question beside the card's."""

from __future__ import annotations

import pytest
from agenda_factories import a_brief
from factories import a_card, a_goal

from companion.domain.agenda_items import make_item
from companion.domain.cards import Block, Card
from companion.domain.item_wording import Gate, Wording
from companion.domain.sense_gates import (
    mentor_is_not_the_executive,
    no_repeated_noun,
    no_second_question,
    purpose_fits,
    time_kept,
)

UNSAID = a_card("RM-021", questions=('Back to "{goal}": what have you not said out loud yet?',))
VISIT = a_card("RM-037", questions=('Thinking of "{goal}": whose working hour could you quietly sit in on?',))
STEP = a_card("RM-065", questions=("What is one small thing you will try, and on which day?",))
NOTHING = a_card(
    "RM-047",
    questions=('You wrote: "{goal}". A year from now it has come to nothing. What happened?',),
)
LEAVING, SHOWING, WRITING = "why colleagues leave early", "see how shoppers choose", "write so that people answer"


def refused(gate: Gate, card: Card, goal: str, text: str) -> str | None:
    brief = a_brief(goals=(a_goal("g", text=goal),), cards=(card,))
    target = brief.goals[0]
    item = make_item(brief, item_id="i", block=Block.EXPLORE, card=card, minutes=10, goal=target, about=target)
    return gate(Wording(text, item, brief, card))


@pytest.mark.parametrize(
    ("card", "goal", "text"),
    [
        (UNSAID, WRITING, "What have you not said out loud yet to make your writing better?"),
        (VISIT, "explain a risk to the board", "Who could you quietly sit in on to explain a risk to the board?"),
        (STEP, LEAVING, "What is one small thing you will try to help colleagues leave early, and on which day?"),
        (STEP, SHOWING, "What is one small thing you will try to make shoppers choose, and on which day?"),
    ],
)
def test_a_goal_is_no_purpose_where_nothing_is_done_for_it(card: Card, goal: str, text: str) -> None:
    assert refused(purpose_fits, card, goal, text)


@pytest.mark.parametrize(
    ("card", "goal", "text"),
    [
        (STEP, WRITING, "What is one small thing you will try to write so that people answer, and on which day?"),
        (STEP, SHOWING, "What is one small thing you will try to understand how shoppers choose, and on which day?"),
        (VISIT, SHOWING, "Whose working hour could you quietly sit in on to see how shoppers choose?"),
        (UNSAID, LEAVING, "What have you not said out loud yet about why colleagues leave early?"),
        (UNSAID, "talk to the board", 'Back to "talk to the board": what have you not said out loud yet?'),
    ],
)
def test_a_purpose_that_is_one_may_stay(card: Card, goal: str, text: str) -> None:
    assert refused(purpose_fits, card, goal, text) is None


def test_what_lies_ahead_is_not_moved_into_the_past() -> None:
    assert refused(time_kept, NOTHING, WRITING, "What happened to your writing a year ago?")
    assert refused(time_kept, NOTHING, WRITING, "A year from now nobody answers. What happened?") is None


def test_the_mentor_does_not_speak_as_the_executive() -> None:
    goal = "nobody reads what I send"
    assert refused(mentor_is_not_the_executive, STEP, goal, "What would you try about what I send?")
    assert refused(mentor_is_not_the_executive, STEP, goal, "What would you try about what you send?") is None
    assert refused(mentor_is_not_the_executive, STEP, goal, "You wrote “nobody reads what I send”. Why?") is None


def test_only_the_card_asks_a_second_question() -> None:
    added = "What have you not said out loud yet, and what happened?"
    assert refused(no_second_question, UNSAID, WRITING, added)
    kept = "What is one small thing you will try when you write, and on which day?"
    assert refused(no_second_question, STEP, WRITING, kept) is None


def test_nothing_is_explained_by_itself() -> None:
    assert refused(no_repeated_noun, NOTHING, WRITING, "What does the problem show you about the problem?")
    assert refused(no_repeated_noun, NOTHING, WRITING, NOTHING.questions[0]) is None
