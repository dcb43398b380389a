from __future__ import annotations

import pytest

from companion.domain.bans import idea_about_a_generation, judgement_of_a_person


@pytest.mark.parametrize(
    "text",
    [
        "How would you appraise your deputy?",
        "Her performance review is near.",
        "He is a poor performer.",
        "This could lead to your promotion.",
        "Would you promote her?",
        "How do you rate Amira's work?",
        "What rating would you give?",
        "He was a bad manager.",
        "Is the team lazy?",
        "That means a bonus.",
    ],
)
def test_judgements_are_found(text: str) -> None:
    assert judgement_of_a_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "Which tool performs best?",
        "How do you promote the new product?",
        "At what rate does the queue grow?",
        "Which pay-as-you-go plan do you use?",
        "Who reviews the report?",
        "What did you manage to try?",
    ],
)
def test_ordinary_words_are_no_judgement(text: str) -> None:
    assert judgement_of_a_person(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "As a Gen Z you know this.",
        "your generation",
        "Millennials are impatient.",
        "older people can't use it",
        "at your age",
        "You young people see it.",
        "kids these days",
        "OK boomer",
        "You are a digital native.",
        "Younger employees always leave.",
        "Gen-Z tend to skip it.",
        "what millennials want",
        "Younger staff need praise.",
    ],
)
def test_ideas_about_generations_are_found(text: str) -> None:
    assert idea_about_a_generation(text)


@pytest.mark.parametrize(
    "text",
    [
        "Which Gen Z customers did you meet?",
        "Why do young customers leave?",
        "Which generation of the product is it?",
        "What did your youngest colleague ask?",
        "Ask the junior engineers.",
    ],
)
def test_a_group_may_be_named(text: str) -> None:
    assert idea_about_a_generation(text) is None


def test_what_the_two_people_stated_themselves_may_be_said() -> None:
    stated = ("How promotion is decided here", "why millennials are leaving")
    assert judgement_of_a_person("What do you know about promotion?", stated) is None
    assert idea_about_a_generation("Why do you think millennials are leaving?", stated) is None
    assert judgement_of_a_person("Who is lazy?", stated)
