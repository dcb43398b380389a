"""The linter's rules about manners, sources and promises: what they let through, and what they catch in other words."""

import pytest

from companion import paths
from companion.domain.agenda_linter import lint
from companion.domain.agendas import Agenda
from companion.domain.bans import feelings_read_into_a_person, flattery, one_for_a_group, request_for_names
from companion.domain.cards import Block
from companion.domain.off_limits import touched_in_other_words
from companion.domain.provenance import Origin, Worded
from companion.search.cards import load_cards
from tests.agenda_factories import a_brief, plan

BRIEF = a_brief()
GOOD = plan(BRIEF)

GOOD_QUESTIONS = [
    "Who in your team could try this first?",
    "Who in your team knows most about the old system?",
    "Who would you ask before you decide?",
    "What did the people who tried it say?",
    "What do you look at first when you open the dashboard?",
    "What would make you feel that the hour was worth it?",
    "How did it feel to try it yourself?",
    "What have you seen, and what did it lead to?",
    "Could you show me where you would look?",
    "Would you like to try it now, or shall I go first?",
    "What surprised you in the numbers of the last quarter?",
    "Can you remember the last time a customer wrote to you?",
    "Do you know somebody who has tried it?",
    "What is right, and what is missing?",
    "Which of the three examples is nearest to your own week?",
    "What would a good first step look like for you?",
    "What do the people who join now expect in their first week?",
    "When a colleague tells you something unpleasant, what do you do first?",
    "What did you hear, and from how many places?",
    "How much of your day goes into looking for things?",
]
"""Edited by a mentor, and nothing to complain about."""


def edited(question: str) -> Agenda:
    item = next(item for item in GOOD.items if item.block is Block.EXPLORE)
    return GOOD.with_item(item.model_copy(update={"question": Worded(text=question, origin=Origin.EDITED)}))


@pytest.mark.parametrize("question", GOOD_QUESTIONS)
def test_good_questions_are_let_through(question: str) -> None:
    assert [finding.rule for finding in lint(edited(question), BRIEF)] == []


@pytest.mark.parametrize(
    ("question", "rule"),
    [
        ("Which of your colleagues is the most difficult?", "person.named"),
        ("Who told you that the tool is bad?", "person.named"),
        ("You seem a bit nervous about the tool; why?", "person.emotion"),
        ("What would the best leader in the company do, other than you, our greatest leader?", "person.praised"),
        ("What do women want from our channels?", "person.group"),
        ("As a foreigner, what do you see that we do not?", "person.group"),
        ("I'll explain the search to you first, and then we go on?", "question.lecture"),
        ("The search is faster than asking, isn't it?", "question.lecture"),
        ("What does API stand for?", "question.quiz"),
        ("Do you even know what a prompt is?", "question.quiz"),
        ("Did you know that research shows people read less?", "claim.evidence"),
        ("What would you do if 80 % of all mails were never read?", "claim.evidence"),
        ("Would you review my development plan with me?", "give_back.place"),
        ("What do colleagues over fifty think of it?", "generation.stereotype"),
    ],
)
def test_what_a_coach_would_stop_is_caught(question: str, rule: str) -> None:
    assert rule in [finding.rule for finding in lint(edited(question), BRIEF)]


def test_no_card_breaks_a_rule_of_manners() -> None:
    finds = (request_for_names, feelings_read_into_a_person, flattery, one_for_a_group)
    cards = load_cards(paths.knowledge_dir())
    broken = [
        (card.id, words)
        for card in cards
        for text in (card.title, card.why or "", *card.questions)
        for find in finds
        if (words := find(text)) is not None
    ]
    assert cards
    assert broken == []


@pytest.mark.parametrize(
    ("text", "topic", "word"),
    [
        ("How has it been since you and your wife separated?", "my divorce", "separated"),
        ("How many were let go in spring?", "layoffs in Lyon", "let go"),
        ("Do you go to church?", "religion", "church"),
        ("What would a pay rise change?", "salaries", "pay"),
    ],
)
def test_an_off_limits_topic_is_heard_in_other_words(text: str, topic: str, word: str) -> None:
    assert touched_in_other_words(text, (topic,)) == (topic, word)


@pytest.mark.parametrize(
    "text", ["How do you separate work and mail?", "Which meetings pay off?", "What did you let slip?"]
)
def test_ordinary_words_touch_nothing(text: str) -> None:
    assert touched_in_other_words(text, ("my divorce", "layoffs")) is None


def test_errors_come_before_warnings() -> None:
    agenda = edited("Who told you that, and how do you rate her work?")
    severities = [finding.severity for finding in lint(agenda, BRIEF)]
    assert severities == sorted(severities)
    assert set(severities) == {"error", "warning"}
