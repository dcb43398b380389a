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


def refused(text: str, field: str, goal: str, card: Card = STEP) -> bool:
    brief = brief_of(goal, card)
    return not check_wording(text, field, item_of(brief, card), brief, card, EXEMPLARS).ok  # type: ignore[arg-type]


def wording(text: str, field: str, goal: str, card: Card = STEP) -> Wording:
    brief = brief_of(goal, card)
    return Wording(text, field, item_of(brief, card), brief, card)  # type: ignore[arg-type]


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
WHY = (
    "Blind or disabled colleagues bring their best thinking when they have seen what happened to the last piece of it."
)


def test_what_the_model_really_wrote_is_refused() -> None:
    assert refused(QUESTION, "question", BLIND)
    assert "into a group" in (not_put_in_a_group(wording(QUESTION, "question", BLIND)) or "")
    assert refused(WHY, "why", BLIND)
    assert "Blind".lower() in (no_general_claim(wording(WHY, "why", BLIND)) or "")
    easier = "Stopping something is easier than starting something, and people notice it sooner."
    assert refused(easier, "why", "how meetings get shorter", STOP)
    assert "easier than" in (no_general_claim(wording(easier, "why", "how meetings get shorter", STOP)) or "")


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
    assert not_put_in_a_group(wording(text, "question", LEADING))
    assert refused(text, "question", LEADING)


@pytest.mark.parametrize(
    "text",
    [
        "New colleagues bring their best thinking when they have seen what happened.",
        "Women need to see what happened to the last piece of thinking.",
        "Junior people want to see what happened to the last piece.",
        "Managers don't see what happened to the last piece of thinking.",
        "When they have seen the last piece, junior colleagues are glad to bring you more.",
        "A new colleague brings you the best thinking.",
        "You see that juniors fear leaders and their last decision.",
        "Colleagues in new teams tend to bring you their thinking.",
        "Small steps always bring you the best thinking.",
        "Most people bring you their best thinking.",
        "Everyone brings you their best thinking.",
        "A small step is better than the best thinking.",
        "The last piece tells you more about what happened than the best thinking.",
        "A small step is as good as the best thinking.",
    ],
)
def test_a_reason_says_nothing_general(text: str) -> None:
    assert no_general_claim(wording(text, "why", LEADING))
    assert refused(text, "why", LEADING)


@pytest.mark.parametrize(
    ("text", "field", "card"),
    [
        ("What is one small thing you will try so that new colleagues learn more, and on which day?", "question", STEP),
        ("What is one small thing you will try as a first step for new colleagues?", "question", STEP),
        ("People bring you their best thinking when they have seen what happened to it.", "why", STEP),
        ("You hear what new colleagues learn when they have seen the last piece of it.", "why", STEP),
        ("Stopping one thing takes no budget, and people notice it sooner than anything you start.", "why", STOP),
        ("Stopping something takes no budget, rather than all that new colleagues learn.", "why", STOP),
    ],
)
def test_what_the_card_says_may_be_said(text: str, field: str, card: Card) -> None:
    brief = brief_of(LEADING, card)
    found = check_wording(text, field, item_of(brief, card), brief, card, EXEMPLARS)  # type: ignore[arg-type]
    assert found.ok, found.reason


def test_nothing_sensitive_is_brought_up_by_a_model() -> None:
    found = [
        gate(wording("What is one small thing you will try for Muslim staff?", "question", LEADING)) for gate in GATES
    ]
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
