"""The practice cards that ship with companion, through planning and linting."""

from __future__ import annotations

import random

import pytest
from agenda_factories import a_brief, a_commitment, blocks, plan
from factories import a_goal

from companion.domain.agenda_edits import shorten
from companion.domain.agenda_linter import lint
from companion.domain.cards import Block, Card, Stage
from companion.domain.slots import slot_values, usable
from companion.domain.themes import offer_themes
from companion.paths import knowledge_dir
from companion.search.cards import load_cards

CARDS = load_cards(knowledge_dir())
RUNNABLE = tuple(card for card in CARDS if card.blocks)
GOALS = (
    "understand why juniors ignore our internal channels",
    "How do customers under 30 choose a bank?",
    "AI tools for my daily work",
    "I never hear bad news in time. What can I do?",
    "Keep young engineers longer than two years and " + "understand what they expect from us " * 8,
)


@pytest.mark.parametrize("length", [30, 45, 60, 90, 120])
def test_nothing_is_shown_before_the_mentor_has_asked(length: int) -> None:
    """ "Get curious" finds out what the executive has seen and tried, before anything is shown or handed over."""
    shown, goal = {"RM-027", "RM-028"}, a_goal(text="use data dashboards myself")
    found = frozenset((goal.id, card_id) for card_id in shown)
    brief = a_brief(length, stage=Stage.CURIOSITY, goals=(goal,), cards=RUNNABLE, about=found)
    assert shown.isdisjoint(item.card_id for item in plan(brief).items)
    assert shown.isdisjoint(theme.card_id for theme in offer_themes(brief, ()))


def test_the_five_minutes_back_ask_something_new_when_their_card_comes_again() -> None:
    (card,) = (card for card in RUNNABLE if card.id == "RM-038")
    others = tuple(one for one in RUNNABLE if Block.REVERSE_ASK not in one.blocks)
    asked = []
    for times in range(len(card.questions) + 1):
        items = plan(a_brief(45, cards=(*others, card), given_back=(card.id,) * times)).items
        asked.append(next(item.question.text for item in items if item.card_id == card.id))
    assert asked == [*card.questions, card.questions[0]]


def shuffled(seed: int) -> tuple[Card, ...]:
    cards = list(RUNNABLE)
    random.Random(seed).shuffle(cards)
    return tuple(cards)


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("length", [15, 25, 30, 45, 60, 90, 120, 180])
def test_the_shelf_gives_clean_agendas_for_any_goal(stage: Stage, length: int) -> None:
    for seed, text in enumerate(GOALS):
        brief = a_brief(
            length,
            stage=stage,
            cards=shuffled(seed),
            goals=(a_goal("g1", text=text), a_goal("g2", text=GOALS[seed - 1][:100])),
            open_commitments=(a_commitment(text="sit in on a stand-up " * (seed * 3)),) if seed else (),
        )
        agenda = plan(brief)
        assert lint(agenda, brief) == ()
        assert all(item.card_id for item in agenda.items)
        rescue = shorten(agenda, brief)
        assert lint(rescue, brief.model_copy(update={"minutes": 15})) == ()


@pytest.mark.parametrize("card", RUNNABLE, ids=lambda card: card.id)
def test_every_card_can_be_asked_without_an_open_promise_unless_it_is_about_one(card: Card) -> None:
    values = slot_values(a_brief(), a_goal(), a_commitment() if Block.CARRY_OVER in card.blocks else None)
    assert any(usable(question, values) for question in card.questions)


@pytest.mark.parametrize("stage", list(Stage))
def test_any_theme_the_mentor_chooses_gives_a_clean_agenda(stage: Stage) -> None:
    for length in (30, 45, 90):
        brief = a_brief(length, stage=stage, cards=RUNNABLE)
        for theme in offer_themes(brief, ()):
            chosen = tuple(card for card in RUNNABLE if card.id == theme.card_id)
            brief_with = brief.model_copy(update={"theme_cards": chosen})
            assert lint(plan(brief_with), brief_with) == ()


@pytest.mark.parametrize("stage", list(Stage))
def test_there_are_three_themes_and_every_part_in_every_stage(stage: Stage) -> None:
    brief = a_brief(60, stage=stage, cards=RUNNABLE, open_commitments=(a_commitment(),))
    assert len(offer_themes(brief, ())) >= 3
    assert {Block.CARRY_OVER, Block.EXPLORE, Block.REVERSE_ASK, Block.COMMIT} <= set(blocks(plan(brief)))
