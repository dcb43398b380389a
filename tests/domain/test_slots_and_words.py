from __future__ import annotations

import pytest
from agenda_factories import a_brief
from factories import a_goal, a_mentor
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.people import Role
from companion.domain.slots import SlotValues, filled, goal_phrase, slot_values, usable
from companion.domain.words import mentions, shared, shortened, stem

AMIRA = SlotValues(mentor="Amira", executive="Laurent")


@pytest.mark.parametrize(
    ("goal", "before", "phrase"),
    [
        ("Understand how customers choose a bank", "about ", "how customers choose a bank"),
        ("Understand how customers choose a bank", "you want to ", "understand how customers choose a bank"),
        ("Understand how customers choose a bank", "shows what ", "understanding how customers choose a bank"),
        ("AI tools for my daily work", "about ", "AI tools for your daily work"),
        ("I want to use TikTok better", "about ", "using TikTok better"),
        ("How do I keep my young hires?", "about ", "“How do I keep my young hires?”"),
        ("My team's mood on Mondays.", "about ", "your team's mood on Mondays"),
        ("to be less afraid of AI", "about ", "being less afraid of AI"),
        ("use of AI in reports", "about ", "use of AI in reports"),
        ("Change management", "about ", "change management"),
        ("Change how I run meetings", "about ", "changing how you run meetings"),
        ("get honest feedback", "about ", "getting honest feedback"),
        ("I don't know how my team uses chat", "about ", "“I don't know how my team uses chat”"),
        ("Retain my young hires", 'You wrote: "', "Retain my young hires"),
        ("TikTok", "about ", "TikTok"),
    ],
)
def test_a_goal_is_bent_to_stand_inside_a_sentence(goal: str, before: str, phrase: str) -> None:
    assert goal_phrase(a_goal(text=goal), before) == phrase


def test_the_mentors_own_goal_keeps_its_my() -> None:
    assert goal_phrase(a_goal(text="my first steps in finance", owner=Role.MENTOR)) == "my first steps in finance"


TEMPLATES = ("Thinking of {goal}, what of “{offer}”?", "{goal}{gain}?", "{mentor}: {goal}, {executive}?")


@given(st.text(min_size=1, max_size=400), st.text(min_size=1, max_size=300), st.sampled_from(TEMPLATES))
def test_a_filled_template_never_outgrows_its_field_nor_shows_a_brace(goal: str, other: str, template: str) -> None:
    mentor = a_mentor(offer=[f"o {other}"], gain=[f"g {other}"], name="{Amira}")
    own = a_goal(text=f"g {goal}")
    text = filled(template, slot_values(a_brief(mentor=mentor, goals=(own,)), own))
    assert len(text) <= 160
    assert not set("{}") & set(text)
    assert text.endswith(("?", "…"))


def test_the_longest_value_gives_way_and_the_templates_words_stay() -> None:
    values = SlotValues("Amira", "Laurent", a_goal(text="why " + "meetings about nothing " * 20))
    text = filled("Thinking of {goal}: what would {mentor} and you change first?", values)
    assert len(text) <= 160
    assert text.startswith("Thinking of why meetings about")
    assert text.endswith("…: what would Amira and you change first?")


def test_braces_in_a_goal_are_no_slots() -> None:
    text = filled("About {goal}?", SlotValues("Amira", "Laurent", a_goal(text="{mentor} and {0}")))
    assert text == "About (mentor) and (0)?"


def test_a_template_without_its_value_is_not_usable() -> None:
    assert not usable("{offer}?", AMIRA)
    assert usable("{mentor}, {executive}?", AMIRA)


def test_the_offer_is_the_one_that_fits_the_goal() -> None:
    goal = a_goal(text="find out how the intranet search works")
    mentor = a_mentor(offer=["short video editing", "searching the intranet quickly"])
    assert slot_values(a_brief(mentor=mentor), goal).offer == "searching the intranet quickly"


def test_an_offer_that_fits_nothing_counts_only_when_it_is_the_single_one() -> None:
    goal = a_goal(text="hear bad news early")
    assert slot_values(a_brief(mentor=a_mentor(offer=["video", "chess"])), goal).offer == ""
    assert slot_values(a_brief(mentor=a_mentor(offer=["video"])), goal).offer == "video"


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("How would you restructure the team?", "restructuring"),
        ("the layoffs in our Lyon office", "layoffs in Lyon"),
        ("after the lay-offs", "layoffs"),
        ("your salaries", "pay, salary and bonuses"),
        ("a bonus for all", "pay, salary and bonuses"),
        ("political talk", "politics"),
        ("MY RELIGION", "religion"),
        ("Laurent's divorce", "my divorce"),
    ],
)
def test_a_topic_is_found_in_its_inflections(text: str, phrase: str) -> None:
    assert mentions(text, phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("How do you start?", "art"),
        ("part of the artwork", "art"),
        ("the payload of a message", "pay"),
        ("Lyon opens a new office", "layoffs in Lyon"),
        ("Which meeting would you end?", "the end of the world"),
        ("anything at all", "and, or"),
        ("", "salary"),
    ],
)
def test_a_topic_is_not_seen_inside_other_words(text: str, phrase: str) -> None:
    assert not mentions(text, phrase)


def test_cutting_stops_at_a_word_and_never_exceeds_the_limit() -> None:
    assert shortened("one two three", 9) == "one two…"
    assert shortened("one two", 7) == "one two"
    assert shortened("abcdefghij", 5) == "abcd…"
    assert shortened("abc", 0) == ""


@given(st.text(max_size=80), st.integers(0, 60))
def test_a_cut_text_fits(text: str, limit: int) -> None:
    assert len(shortened(text, limit)) <= limit


def test_shared_words_ignore_little_words_and_endings() -> None:
    assert shared("how the teams are meeting", "a meeting of two teams") == 2
    assert shared("what is it about", "what it is about") == 0


@pytest.mark.parametrize("family", ["notice notices noticed noticing", "service services servicing", "office offices"])
def test_the_forms_of_a_word_have_one_stem(family: str) -> None:
    assert len({stem(word) for word in family.split()}) == 1
    assert stem("noticed") != "not"
