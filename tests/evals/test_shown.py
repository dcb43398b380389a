"""Free text is read generously, so that a plain prompt is not beaten by its form alone."""

from __future__ import annotations

import pytest

from companion.evaluation.agenda_scorers import (
    facts_in_sources,
    items_ask,
    off_limits_left_alone,
    own_question_leads,
    promises_verbatim,
    time_exact,
)
from companion.evaluation.cases import AgendaCase, CasePerson, CasePromise
from companion.evaluation.plain_prompt import prompt
from companion.evaluation.shown import of_text

CASE = AgendaCase(
    case="plain",
    executive=CasePerson(name="Olga Stein", needs=("shorter meetings",), off_limits=("layoffs",)),
    mentor=CasePerson(name="Ben Ito", offers=("facilitating stand-ups",)),
    session=2,
    minutes=30,
    asks="Which meeting would you drop?",
    promised=(CasePromise(by="executive", text="cancel the Monday round"),),
)


@pytest.mark.parametrize(
    "text",
    [
        "1. Welcome (5 minutes)\n2. Which meeting would you drop? (20 minutes)\n3. Close (5 minutes)",
        "**Welcome** - 5 min\n- hello\n**Topic** - 20 min\nWhich meeting would you drop?\n**Close**: 5 min",
        "0-5 min: Welcome\n5-25 min: Which meeting would you drop?\n25-30 min: Close",
        "10:00 AM - 10:05 AM: Welcome\n10:05 AM - 10:25 AM: Which meeting would you drop?\n10:25 AM - 10:30 AM: Close",
        "0:00 - 5:00 Welcome\n5:00 - 25:00 Which meeting would you drop?\n25:00 - 30:00 Close",
        "A 30-minute session\nWelcome: 5 min\nWhich meeting would you drop?: 20 min\nClose: 5 min\nTotal: 30 minutes",
    ],
)
def test_minutes_are_read_in_many_forms(text: str) -> None:
    shown = of_text(CASE, text)
    assert [item.minutes for item in shown.items] == [5, 20, 5]
    assert time_exact(shown)
    assert own_question_leads(shown)
    assert items_ask(shown) == pytest.approx(1 / 3)


def test_a_text_without_minutes_has_no_exact_time() -> None:
    assert not time_exact(of_text(CASE, "Welcome, talk, close."))


def test_faults_of_a_text_are_found() -> None:
    shown = of_text(CASE, "Welcome (5 minutes)\nTalk about the layoffs that 4000 people saw with Gustav (25 minutes)")
    assert off_limits_left_alone(shown) is False
    assert facts_in_sources(shown) == 0.5
    assert promises_verbatim(shown) == 0.0
    assert own_question_leads(shown) is False


def test_headings_labels_and_numbering_are_no_names() -> None:
    text = "### Opening Remarks And Welcome (5 minutes)\n1. **Key Takeaways**: what you both keep\n- Agree a date."
    assert facts_in_sources(of_text(CASE, text)) == 1.0


def test_the_plain_prompt_is_told_all_that_the_product_knows() -> None:
    told = prompt(CASE)
    for text in ("30-minute", "Olga Stein", "shorter meetings", "facilitating stand-ups", "cancel the Monday round",
                 "Which meeting would you drop?", "layoffs"):  # fmt: skip
        assert text in told
