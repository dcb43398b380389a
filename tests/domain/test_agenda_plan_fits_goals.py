"""Every item that is said to be for a goal speaks to it: the sample's needs, with what the index finds for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import pytest
from agenda_factories import AGREE, SEARCH, SHELF, a_brief, plan
from factories import a_card, a_goal, a_pairing, a_session, an_executive

from companion.domain.agenda_edits import next_card
from companion.domain.agenda_linter import lint
from companion.domain.agenda_minutes import AGREEMENT_SHARE
from companion.domain.agendas import AgendaBrief
from companion.domain.arc import ArcPlace
from companion.domain.card_fit import CardFit, cards_about, is_method, names, speaks_to
from companion.domain.cards import Block, Card, Stage, Topic
from companion.domain.themes import offer_themes
from companion.paths import knowledge_dir, models_dir
from companion.search.cards import load_cards
from companion.search.knowledge import HybridKnowledgeIndex
from companion.search.onnx_embedder import OnnxEmbedder
from companion.services.prepare_agenda import Choices

CARDS = {card.id: card for card in load_cards(knowledge_dir())}
RUNNABLE = tuple(card for card in CARDS.values() if card.blocks)
TAUGHT = (Block.EXPLORE, Block.PRACTICE)

FOUND = (
    ("Phishing, passwords, passkeys: I suspect my own security habits are the weak point", "RM-050", False),
    ("Phishing, passwords, passkeys: I suspect my own security habits are the weak point", "RM-055", False),
    ("Run hybrid meetings where the people on the screen are not second class", "RM-030", False),
    ("Run hybrid meetings where the people on the screen are not second class", "RM-056", True),
    ("Understand why good analysts leave us after two years", "RM-055", False),
    ("Understand why good analysts leave us after two years", "RM-053", True),
    ("Read a data notebook or a dashboard well enough to ask a good question", "RM-057", False),
    ("Read a data notebook or a dashboard well enough to ask a good question", "RM-018", False),
    ("Use Python and machine learning on lab data", "RM-055", False),
    ("Give feedback that people early in their career can actually use", "RM-051", False),
    ("Write so that people who are not lawyers read to the end", "RM-053", False),
    ("Write so that people who are not lawyers read to the end", "RM-057", True),
    ("What product discovery with real users looks like when engineers do it themselves", "RM-050", False),
    ("What product discovery with real users looks like when engineers do it themselves", "RM-055", True),
    ("See with my own eyes what AI tools my colleagues already use, allowed or not", "RM-050", True),
    ("Work with an AI assistant every day for research and first drafts", "RM-050", True),
    ("understand why juniors ignore our internal channels", "RM-052", True),
    ("nobody tells me bad news", "RM-019", True),
    ("nobody tells me bad news", "RM-030", True),
    ("AI", "RM-050", True),
    ("Ice-class hull underwriting on Arctic shipping routes", "RM-055", False),
    ("Reinsurance treaties", "RM-053", False),
)
"""(goal, card about one subject, whether it is about the goal)"""
NEEDS = tuple(dict.fromkeys(goal for goal, *_ in FOUND))

pytestmark = pytest.mark.embedder


class _Kept(dict[str, bytes]):
    """A vector cache in memory."""

    def load(self, model_id: str, text_hashes: Sequence[str]) -> dict[str, bytes]:
        return {digest: self[digest] for digest in text_hashes if digest in self}

    def save(self, model_id: str, vectors: Mapping[str, bytes]) -> None:
        self.update(vectors)


@cache
def index() -> HybridKnowledgeIndex:
    return HybridKnowledgeIndex(CARDS.values(), OnnxEmbedder(models_dir() / "embeddings"), _Kept())


@cache
def fits(text: str) -> tuple[CardFit, ...]:
    return tuple(index().fits(text, where=lambda card: bool(card.blocks) and not card.opt_in))


def brief_for(text: str, stage: Stage = Stage.CURIOSITY, length: int = 45) -> AgendaBrief:
    """The cards as the index ranks them for the goal."""
    goal = a_goal("g1", text=text)
    number = 1 if stage is Stage.CONTRACT else 2
    return a_brief(
        length,
        stage=stage,
        session=a_session(number=number, stage=stage),
        goals=(goal,),
        cards=tuple(fit.card for fit in fits(text)),
        about=frozenset((goal.id, card_id) for card_id in cards_about(text, fits(text))),
    )


@pytest.mark.parametrize(("goal", "card_id", "expected"), FOUND)
def test_a_card_about_one_subject_is_told_from_one_that_was_merely_found(
    goal: str, card_id: str, expected: bool
) -> None:
    assert (card_id in cards_about(goal, fits(goal))) is expected


def test_without_a_model_common_words_decide() -> None:
    by_words = [CardFit(card, None, 0.0) for card in RUNNABLE]
    assert "RM-030" in cards_about("I want to hear bad news sooner", by_words)
    assert "RM-055" not in cards_about("why do good people leave the company", by_words)
    assert cards_about("", by_words) == frozenset()


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("text", NEEDS)
def test_every_item_for_a_goal_speaks_to_it(text: str, stage: Stage) -> None:
    for length in (15, 45, 90):
        brief = brief_for(text, stage, length)
        agenda, goal = plan(brief), brief.goals[0]
        assert lint(agenda, brief) == ()
        for item in agenda.items:
            card: Card = CARDS[item.card_id]
            if item.block not in TAUGHT:
                continue
            if card.topic is Topic.CONTRACT:
                assert item.goal_id is None
                assert stage is Stage.CONTRACT
                continue
            assert item.goal_id == goal.id
            assert speaks_to(brief, card, goal) or (is_method(card) and names(item.question.text, goal))


@pytest.mark.parametrize("text", NEEDS)
def test_a_subject_card_about_the_goal_is_offered_and_used(text: str) -> None:
    brief = brief_for(text)
    fitting = [card_id for need, card_id, expected in FOUND if expected and need == text]
    themes = {theme.card_id: theme for theme in offer_themes(brief, ())}
    assert set(fitting) <= set(themes)
    for theme in themes.values():
        about = ("g1", theme.card_id) in brief.about
        assert theme.reason.startswith("For “" if about else "Works with any goal: ")
    assert not fitting or set(fitting) & {item.card_id for item in plan(brief).items}


@pytest.mark.parametrize("length", [20, 30, 45, 60, 75, 90, 120, 180])
def test_ground_rules_leave_the_larger_part_to_the_goal(length: int) -> None:
    agenda = plan(brief_for(NEEDS[0], Stage.CONTRACT, length))
    taught = [item for item in agenda.items if item.block in TAUGHT]
    agreeing = sum(item.minutes for item in taught if item.goal_id is None)
    assert agreeing <= sum(item.minutes for item in taught) * AGREEMENT_SHARE
    assert bool(agreeing) == (length >= 30)


def test_an_agenda_that_only_claims_to_be_for_the_goal_is_found_out() -> None:
    brief = brief_for(NEEDS[0])
    agenda = plan(brief)
    ticked = [
        item.model_copy(
            update={
                "card_id": "RM-050",
                "question": item.question.model_copy(update={"text": CARDS["RM-050"].questions[0]}),
            }
        )
        if item.goal_id
        else item
        for item in agenda.items
    ]
    findings = lint(agenda.model_copy(update={"items": tuple(ticked)}), brief)
    assert "goal.uncovered" in {finding.rule for finding in findings}


def test_the_next_card_still_speaks_to_the_goal() -> None:
    brief = brief_for(NEEDS[0])
    agenda = plan(brief)
    explore = next(item.id for item in agenda.items if item.block is Block.EXPLORE)
    for _ in range(12):
        agenda = next_card(agenda, brief, explore)
        assert names(agenda.item(explore).question.text, brief.goals[0])


def test_a_ground_rule_the_mentor_chose_is_for_no_goal() -> None:
    brief = a_brief(45, theme_cards=(AGREE,), mentee=an_executive())
    items = [item for item in plan(brief).items if item.block in TAUGHT]
    assert {item.card_id: item.goal_id for item in items}["RM-010"] is None
    assert "goal-1" in {item.goal_id for item in items}


def test_a_card_that_only_may_fit_is_offered_but_not_to_start_from() -> None:
    """Of those, less than half are useful: the mentor chooses, and no agenda takes one unasked."""
    ask = a_card("RM-017", title="Ask first", questions=("What have you tried about {goal}?",))
    goal = a_goal()
    brief = a_brief(goals=(goal,), cards=(SEARCH, ask), about=frozenset(), near=frozenset({(goal.id, SEARCH.id)}))
    themes = offer_themes(brief, ())
    assert [(theme.card_id, theme.perhaps) for theme in themes] == [(SEARCH.id, True), (ask.id, False)]
    place = ArcPlace(stage=brief.stage, planned=brief.stage, name="Get curious", purpose="", reason="")
    offered = Choices(a_pairing(), brief.session, brief.goals, (goal.id,), themes, place)
    assert offered.suggested_themes == (ask.id,)
    assert replace(offered, themes=themes[:1]).suggested_themes == ()


def test_each_theme_goes_to_the_goal_it_was_found_for() -> None:
    other = a_card("RM-098", title="Second", questions=("What else?",))
    goals = (a_goal("g1", text="first subject"), a_goal("g2", text="second subject"))
    about = frozenset({("g1", "RM-098"), ("g2", "RM-052")})
    agenda = plan(a_brief(45, goals=goals, cards=SHELF, theme_cards=(SEARCH, other), about=about))
    bound = {item.card_id: item.goal_id for item in agenda.items if item.goal_id}
    assert (bound["RM-098"], bound["RM-052"]) == ("g1", "g2")
