from __future__ import annotations

import pytest
from agenda_factories import a_brief, plan
from factories import a_card, a_goal, a_mentor

from companion.domain.agendas import AgendaBrief, AgendaItem
from companion.domain.bans import touches_sensitive
from companion.domain.cards import Block, Card
from companion.domain.gates import EXEMPLARS, GATES, check_wording, gains_from_wording, sensitive_in
from companion.domain.item_wording import Wording
from companion.domain.role_gates import no_general_claim, not_put_in_a_group

BLIND = "What it is like to work here as a blind or disabled colleague, day to day, not the policy version"
STEP = a_card(
    "RM-065",
    title="One small step",
    blocks=(Block.COMMIT,),
    questions=("What is one small thing you will try, and on which day?",),
    why="People bring you their best thinking when they have seen what happened to the last piece of it.",
)
STOP = a_card(
    "RM-067",
    title="One thing to stop",
    blocks=(Block.COMMIT,),
    questions=('Thinking of "{goal}": what is one thing you will stop doing?',),
    why="Stopping something takes no budget, and people notice it sooner than anything you start.",
)


def brief_of(goal: str, card: Card = STEP, *offers: str) -> AgendaBrief:
    mentor = a_mentor(offer=list(offers) or ["short video editing"])
    return a_brief(goals=(a_goal(text=goal),), cards=(card,), mentor=mentor)


def item_of(brief: AgendaBrief, card: Card = STEP) -> AgendaItem:
    return next(item for item in plan(brief).items if item.card_id == card.id)


def refused(text: str, goal: str, card: Card = STEP) -> bool:
    brief = brief_of(goal, card)
    return not check_wording(text, item_of(brief, card), brief, card, EXEMPLARS).ok


def wording(text: str, goal: str, card: Card = STEP) -> Wording:
    brief = brief_of(goal, card)
    return Wording(text, item_of(brief, card), brief, card)


def test_an_item_about_a_sensitive_goal_stays_in_the_cards_words() -> None:
    brief = brief_of(BLIND)
    assert gains_from_wording(item_of(brief), brief, STEP) is False
    assert sensitive_in(item_of(brief), brief, STEP) == "blind"
    plain = brief_of("how our team shares its ideas")
    assert gains_from_wording(item_of(plain), plain, STEP) is True


def test_a_sensitive_card_or_offer_counts_too() -> None:
    card = STEP.model_copy(update={"why": "You hear what a pregnant colleague goes through."})
    brief = brief_of("how our team shares its ideas", card)
    assert not gains_from_wording(item_of(brief, card), brief, card)
    offering = brief_of("how our team shares its ideas", STEP, "how a team works with an autistic colleague", "editing")
    assert not gains_from_wording(item_of(offering), offering, STEP)
    elsewhere = brief_of("how our team shares its ideas", STEP, "apps for autistic readers", "video editing")
    assert gains_from_wording(item_of(elsewhere), elsewhere, STEP)


QUESTION = (
    "What is one small thing you will try to make your work here as a blind or disabled colleague more accessible, "
    "and on which day?"
)


def test_what_the_model_really_wrote_is_refused() -> None:
    assert refused(QUESTION, BLIND)
    assert "into a group" in (not_put_in_a_group(wording(QUESTION, BLIND)) or "")
    easier = 'Thinking of "how meetings get shorter": what is easier than one thing you will stop doing?'
    assert refused(easier, "how meetings get shorter", STOP)
    assert "easier than" in (no_general_claim(wording(easier, "how meetings get shorter", STOP)) or "")


LEADING = "how new colleagues learn what our leaders decide"


@pytest.mark.parametrize(
    "text",
    [
        "What is one small thing you will try as a new colleague, and on which day?",
        "As a colleague who is new, what is one small thing you will try?",
        "What is one small thing you will try for new colleagues like you?",
        "What is one small thing people like you will try, and on which day?",
        "You are a new colleague: what is one small thing you will try?",
        "What is one small thing you and other new colleagues will try?",
        "What is one small thing your fellow colleagues and you will try?",
        "What is one small thing you leaders will try for new colleagues?",
        "What will you try, as new colleagues, and on which day?",
        "Being a leader, what is one small thing you will try?",
    ],
)
def test_the_executive_is_put_into_no_group(text: str) -> None:
    assert not_put_in_a_group(wording(text, LEADING))
    assert refused(text, LEADING)


@pytest.mark.parametrize(
    "text",
    [
        "What is one small thing you will try so that new colleagues learn more, and on which day?",
        "What is one small thing you will try as a first step for new colleagues?",
    ],
)
def test_what_the_card_asks_may_be_asked(text: str) -> None:
    brief = brief_of(LEADING)
    found = check_wording(text, item_of(brief), brief, STEP, EXEMPLARS)
    assert found.ok, found.reason


def test_nothing_sensitive_is_brought_up_by_a_model() -> None:
    found = [gate(wording("What is one small thing you will try for Muslim staff?", LEADING)) for gate in GATES]
    assert "It brings up something personal (“muslim”)." in found


@pytest.mark.parametrize(
    "text",
    [
        "a blind colleague", "DISABLED staff", "neurodiverse minds", "neuro\u00addivergent", "our healthcare customers",
        "mental health", "burn-out", "burn‑out in my team", "alcohol at work", "Black colleagues", "racism",
        "ethnicity", "skin colour", "religious holidays", "Muslims here", "women in my team", "gender pay",
        "sexual orientation", "LGBTQ+ staff", "trans people",
        "Gen Z", "generations", "younger staff", "customers under 30", "pregnancy",
        "working parents", "colleagues who care: carers", "migrants", "visa rules", "foreigners", "office politics",
        "the works council", "trade unions", "race condition", "Frauen im Vertrieb", "les personnes handicapées",
        "salud mental", "Behinderung", "Gewerkschaft", "les jeunes", "mujeres", "santé", "jüdisch", "grossesse",
    ],
)  # fmt: skip
def test_sensitive_attributes_are_found(text: str) -> None:
    assert touches_sensitive(text)
    assert touches_sensitive(f"{text} again", known=text) is None


@pytest.mark.parametrize(
    "text",
    [
        "manage our message", "my blind spots about data", "delegating blindly", "how teams share ideas",
        "generate a draft with generative AI", "transform the supply chain", "a package for suppliers", "a trace of it",
        "familiar tools", "reunion", "menu design", "how budgets are made", "what kind of tools", "a mere detail",
        "why juniors ignore our internal channels", "democratise data", "explain the metric", "braces",
    ],
)  # fmt: skip
def test_other_subjects_are_left_alone(text: str) -> None:
    assert touches_sensitive(text) is None
