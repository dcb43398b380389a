"""How an agenda changes, or does not, when its case is changed in a way whose effect is known."""

import pytest
from factories import a_card

from companion import paths
from companion.domain.agenda_plan import plan_agenda
from companion.domain.agendas import MAX_SESSION_MINUTES, MIN_SESSION_MINUTES, Agenda, AgendaBrief, total_minutes
from companion.domain.themes import shape_of
from companion.evaluation.cases import SPLITS, AgendaCase, agenda_cases
from companion.evaluation.pairs import NOW, brief_of
from companion.search.cards import load_cards

SHELF = load_cards(paths.knowledge_dir())
CASES = [case for split in SPLITS for case in agenda_cases(split)]
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.case)
SEVERAL = [case for case in CASES if len(case.goals) > 1]
# Its questions take no goal in, so it is not one of the cards that work with any goal.
IRRELEVANT = a_card(
    "RM-199",
    title="Feeding a sourdough",
    when_to_use="When the executive bakes bread at home.",
    questions=("What rises best in your kitchen?",),
)


def planned(brief: AgendaBrief) -> Agenda:
    return plan_agenda(brief, at=NOW)


def covered(agenda: Agenda) -> set[str]:
    return {item.goal_id for item in agenda.items if item.goal_id}


def lasting(case: AgendaCase, minutes: int) -> Agenda:
    return planned(brief_of(case.model_copy(update={"minutes": minutes}), SHELF))


@pytest.mark.parametrize(("first", "case"), enumerate(CASES), ids=[case.case for case in CASES])
def test_minutes_are_exact_for_every_length(first: int, case: AgendaCase) -> None:
    # Each case tries every ninth length; all cases together try every length several times.
    for minutes in range(MIN_SESSION_MINUTES + first % 9, MAX_SESSION_MINUTES + 1, 9):
        agenda = lasting(case, minutes)
        assert total_minutes(agenda.items) == minutes
        assert min(item.minutes for item in agenda.items) >= 1


@every_case
def test_twice_the_time_covers_no_fewer_goals_and_keeps_the_order(case: AgendaCase) -> None:
    short, long = lasting(case, 30), lasting(case, 60)
    assert covered(short) <= covered(long)
    blocks = iter([item.block for item in long.items])
    # Every part of the short form comes in the long one, in the same order.
    assert all(item.block in blocks for item in short.items)


@pytest.mark.parametrize("case", SEVERAL, ids=lambda case: case.case)
def test_the_order_in_which_goals_are_given_changes_no_coverage(case: AgendaCase) -> None:
    turned = case.model_copy(update={"goals": case.goals[::-1]})
    one, other = planned(brief_of(case, SHELF)), planned(brief_of(turned, SHELF))
    if len(case.goals) <= shape_of(case.minutes).goals:
        assert covered(one) == covered(other)
    assert [item.block for item in one.items] == [item.block for item in other.items]
    assert total_minutes(one.items) == total_minutes(other.items)


@every_case
def test_a_card_about_something_else_changes_nothing(case: AgendaCase) -> None:
    assert planned(brief_of(case, (*SHELF, IRRELEVANT))) == planned(brief_of(case, SHELF))


@every_case
def test_other_names_change_only_the_names(case: AgendaCase) -> None:
    renamed = case.model_copy(
        update={
            "executive": case.executive.model_copy(update={"name": "Xaver Quill"}),
            "mentor": case.mentor.model_copy(update={"name": "Yolanda Zimt"}),
        }
    )
    one, other = planned(brief_of(case, SHELF)), planned(brief_of(renamed, SHELF))
    given = {"Xaver": case.executive.name.split()[0], "Yolanda": case.mentor.name.split()[0]}

    def named(text: str) -> str:
        for new, old in given.items():
            text = text.replace(new, old)
        return text

    assert [(item.block, item.minutes, item.card_id, item.goal_id) for item in one.items] == [
        (item.block, item.minutes, item.card_id, item.goal_id) for item in other.items
    ]
    for before, after in zip(one.items, other.items, strict=True):
        assert before.question.text == named(after.question.text)
        assert before.mentor_does == tuple(map(named, after.mentor_does))
