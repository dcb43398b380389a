from __future__ import annotations

from datetime import date

import pytest
from agenda_factories import AGREE, CLOSE, HANDS_ON, SEARCH, SHELF, SILENCE, a_brief, a_commitment, blocks, plan
from arc_factories import ARC
from factories import a_card, a_goal, an_executive
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.agenda_linter import lint
from companion.domain.agenda_summary import summarise
from companion.domain.agendas import TAUGHT_BY, AgendaItem
from companion.domain.cards import Block, Card, Stage
from companion.domain.people import Role
from companion.domain.provenance import Origin
from companion.domain.sessions import Commitment
from companion.domain.themes import TAUGHT, offer_themes, shape_of

EVERY_LENGTH = range(15, 181)


TWO_SIDES = (a_goal("g1", text="AI tools for my daily work"), a_goal("g2", text="Hear bad news early", priority=1))


@pytest.mark.parametrize("length", EVERY_LENGTH)
@pytest.mark.parametrize("promises", [(), (a_commitment(),)], ids=["no promise", "one promise"])
def test_every_length_gives_a_plan_without_findings(length: int, promises: tuple[Commitment, ...]) -> None:
    brief = a_brief(length, open_commitments=promises)
    agenda = plan(brief)
    assert lint(agenda, brief) == ()
    assert sum(item.minutes for item in agenda.items) == length
    assert len(agenda.items) <= shape_of(length).items
    assert blocks(agenda).count(Block.PRACTICE) <= 1
    assert blocks(agenda).count(Block.REVERSE_ASK) <= 1


def carried(**changes: object) -> AgendaItem:
    return next(item for item in plan(a_brief(**changes)).items if item.block is Block.CARRY_OVER)  # type: ignore[arg-type]


def test_a_promise_that_came_up_before_is_not_asked_about_as_if_it_were_new() -> None:
    old = a_commitment("old", owner=Role.MENTEE, text="sit in on a stand-up", due=date(2026, 12, 1))
    assert "It is still open" not in carried(open_commitments=(old,)).question.text
    item = carried(open_commitments=(old,), times_asked={"old": 2})
    assert item.question.text == (
        "On 2 March we noted: “sit in on a stand-up”. It is still open: shall it stay, move to another date, or go?"
    )
    assert item.mentor_does[0] == ("Laurent: “sit in on a stand-up” (by 1 Dec 2026; open since 2 March, asked twice)")
    own = a_commitment("old", owner=Role.MENTOR, text="send examples")
    mine = carried(open_commitments=(own,), times_asked={"old": 1})
    assert mine.question.text.startswith("On 2 March I promised: “")
    assert mine.mentor_does[0].endswith(" (open since 2 March, asked once)")


def test_a_promise_that_has_not_come_up_yet_leads_before_one_that_has() -> None:
    old = a_commitment("old", owner=Role.MENTEE, text="sit in on a stand-up")
    new = a_commitment("new", owner=Role.MENTEE, text="read three exit interviews")
    item = carried(open_commitments=(old, new), times_asked={"old": 3})
    assert "read three exit interviews" in item.question.text
    assert "asked 3 times" in item.mentor_does[0]
    agenda_brief = a_brief(open_commitments=(old, new), times_asked={"old": 3})
    assert lint(plan(agenda_brief), agenda_brief) == ()


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("length", [15, 20, 30, 45, 60, 90, 120, 180])
def test_every_stage_gives_a_plan_without_findings(stage: Stage, length: int) -> None:
    brief = a_brief(length, stage=stage, goals=TWO_SIDES, open_commitments=(a_commitment(),))
    assert lint(plan(brief), brief) == ()


@given(
    st.integers(15, 180),
    st.lists(st.sampled_from(SHELF), unique_by=lambda card: card.id),
    st.lists(st.sampled_from(SHELF[:4]), unique_by=lambda card: card.id, max_size=3),
    st.integers(1, 4),
    st.integers(0, 3),
    st.sampled_from(list(Stage)),
)
def test_any_shelf_gives_a_valid_plan(
    length: int, shelf: list[Card], themes: list[Card], goals: int, promises: int, stage: Stage
) -> None:
    brief = a_brief(
        length,
        stage=stage,
        cards=tuple(shelf),
        theme_cards=tuple(themes),
        goals=tuple(a_goal(f"g{n}", text=f"topic number {n}", priority=1 + n % 3) for n in range(goals)),
        open_commitments=tuple(a_commitment(f"c{n}") for n in range(promises)),
    )
    agenda = plan(brief)
    assert [finding for finding in lint(agenda, brief) if finding.severity == "error"] == []
    assert agenda == plan(brief)
    for item in agenda.items:
        assert item.question.origin is Origin.CARD
        assert len(item.question.text) <= 160
        assert len(item.why.text) <= 160
        assert "{" not in item.question.text + item.why.text


def test_fifteen_minutes_are_the_rescue_form() -> None:
    agenda = plan(a_brief(15))
    assert [(item.block, item.minutes) for item in agenda.items] == [
        (Block.CHECK_IN, 2),
        (Block.EXPLORE, 11),
        (Block.COMMIT, 2),
    ]


def test_without_any_card_there_is_still_an_agenda_and_it_says_so() -> None:
    brief = a_brief(cards=())
    agenda = plan(brief)
    assert blocks(agenda) == [Block.CHECK_IN, Block.EXPLORE, Block.COMMIT]
    assert {item.card_id for item in agenda.items} == {""}
    assert "Few practice cards" in agenda.note
    assert lint(agenda, brief) == ()


def test_open_promises_come_first_word_for_word() -> None:
    promises = (
        a_commitment("c2", owner=Role.MENTOR, text="send three examples", due=date(2026, 3, 4)),
        a_commitment("c1", text="sit in on a stand-up; take notes"),
    )
    agenda = plan(a_brief(open_commitments=promises))
    assert blocks(agenda)[:2] == [Block.CHECK_IN, Block.CARRY_OVER]
    item = agenda.items[1]
    assert item.question.text == 'We wrote down: "sit in on a stand-up; take notes". What happened?'
    assert item.commitment_ids == ("c2", "c1")
    assert item.mentor_does[:2] == (
        "Amira: “send three examples” (by 4 Mar 2026)",
        "Laurent: “sit in on a stand-up; take notes”",
    )
    assert {"commitment:c1", "commitment:c2"} <= set(item.citations)


def test_a_promise_of_the_mentor_alone_is_not_asked_of_the_executive() -> None:
    promise = a_commitment(owner=Role.MENTOR, text="send three examples")
    question = plan(a_brief(15, open_commitments=(promise,))).items[0].question.text
    assert question == "Last time I promised: “send three examples”. What would you like to know about it?"


def test_goals_are_covered_most_important_first_and_the_rest_is_named() -> None:
    goals = tuple(a_goal(f"g{n}", text=f"topic number {n}", priority=3 if n == 0 else 1) for n in range(5))
    agenda = plan(a_brief(60, goals=goals))
    assert agenda.goal_ids == ("g1", "g2", "g3")
    assert "“topic number 4”" in agenda.note
    assert "“topic number 0”" in agenda.note
    assert "topic number 1" in agenda.success_condition.text


def test_a_goal_of_the_mentor_is_covered_by_the_give_back_part() -> None:
    goals = (a_goal("g1"), a_goal("g2", owner=Role.MENTOR, text="learn how budgets are made"))
    agenda = plan(a_brief(goals=goals))
    item = next(item for item in agenda.items if item.goal_id == "g2")
    assert item.block is Block.REVERSE_ASK
    assert item.question.text == "What would you pass on about how budgets are made?"


def test_longer_sessions_keep_order_and_goals() -> None:
    short, long = plan(a_brief(30, goals=TWO_SIDES)), plan(a_brief(60, goals=TWO_SIDES))
    assert short.goal_ids == long.goal_ids == ("g2", "g1")
    kept = [item.block for item in short.items]
    remaining = iter(item.block for item in long.items)
    assert all(block in remaining for block in kept)


def test_the_order_of_equal_goals_decides_nothing_but_their_order() -> None:
    forward, backward = plan(a_brief(goals=TWO_SIDES)), plan(a_brief(goals=TWO_SIDES[::-1]))
    assert forward == backward


def test_a_card_about_something_else_changes_nothing() -> None:
    other = a_card("RM-099", title="Gardening", blocks=(), when_to_use="When somebody asks about roses.")
    assert plan(a_brief(cards=(*SHELF, other))) == plan(a_brief())


def test_cards_used_lately_are_left_out_while_there_are_others() -> None:
    agenda = plan(a_brief(recent_card_ids=frozenset({"RM-052"})))
    assert "RM-052" not in {item.card_id for item in agenda.items}
    only = plan(a_brief(cards=(SEARCH, CLOSE), recent_card_ids=frozenset({"RM-052"})))
    assert "RM-052" in {item.card_id for item in only.items}


@pytest.mark.parametrize(
    ("about", "of", "now", "expected"),
    [
        ((), Stage.CURIOSITY, Stage.CLOSE, "RM-052"),
        (("RM-099",), Stage.CURIOSITY, Stage.CLOSE, "RM-099"),
        (("RM-099",), Stage.CLOSE, Stage.CURIOSITY, "RM-052"),
    ],
)
def test_a_method_of_an_earlier_stage_comes_when_the_goal_is_about_it(
    about: tuple[str, ...], of: Stage, now: Stage, expected: str
) -> None:
    elsewhere = a_card("RM-099", title="Of another stage", stages=(of,))
    methods = tuple(
        card.model_copy(update={"questions": elsewhere.questions, "stages": tuple(Stage)})
        if card in (SEARCH, SILENCE)
        else card
        for card in SHELF
    )
    found = frozenset((a_goal().id, card_id) for card_id in about)
    agenda = plan(a_brief(stage=now, cards=(elsewhere, *methods), about=found))
    assert agenda.items[1].card_id == expected


def test_a_first_session_agrees_on_the_rules_without_using_up_the_goal() -> None:
    second = AGREE.model_copy(update={"id": "RM-011", "title": "What we leave alone"})
    agenda = plan(a_brief(stage=Stage.CONTRACT, cards=(second, *SHELF)))
    agreed = next(item for item in agenda.items if item.card_id == "RM-010")
    assert agreed.goal_id is None
    assert summarise(agenda).covered_goals == ("goal-1",)


def test_off_limits_cards_and_cards_for_the_mentors_choice_are_never_picked() -> None:
    shelf = (a_card("RM-054", opt_in=True), *SHELF)
    brief = a_brief(cards=shelf, mentee=an_executive(off_limits=["finding things out"]), goals=TWO_SIDES)
    used = {item.card_id for item in plan(brief).items}
    assert not used & {"RM-052", "RM-054"}
    assert "RM-054" not in {theme.card_id for theme in offer_themes(brief, shelf)}


def test_chosen_themes_are_used_and_those_without_room_are_named() -> None:
    themes = (HANDS_ON, SILENCE)
    agenda = plan(a_brief(45, theme_cards=themes))
    assert agenda.theme_ids == ("RM-050", "RM-021")
    by_card = {item.card_id: item.block for item in agenda.items}
    assert by_card["RM-050"] is Block.PRACTICE
    assert by_card["RM-021"] is Block.EXPLORE
    short = plan(a_brief(15, theme_cards=themes))
    assert short.theme_ids == ("RM-050",)
    assert "Reasons for silence" in short.note


def test_a_theme_that_can_only_be_tried_out_is_used_once() -> None:
    """The part before it opens the subject with another card."""
    agenda = plan(a_brief(45, theme_cards=(HANDS_ON,)))
    taught = [(item.block, item.card_id) for item in agenda.items if item.block in TAUGHT]
    assert taught == [(Block.EXPLORE, "RM-052"), (Block.PRACTICE, "RM-050")]


def test_a_theme_only_the_mentor_may_choose_is_used_when_chosen() -> None:
    chosen = a_card("RM-054", opt_in=True)
    assert plan(a_brief(theme_cards=(chosen,))).theme_ids == ("RM-054",)


@pytest.mark.parametrize("length", [25, 30, 45, 60, 90, 180])
def test_the_mentor_teaches_most_of_the_time(length: int) -> None:
    agenda = plan(a_brief(length))
    given = sum(item.minutes for item in agenda.items if TAUGHT_BY[item.block] is Role.MENTEE)
    assert 0 < given <= 5
    assert summarise(agenda).teaching_share >= 0.6


def test_every_item_names_its_sources() -> None:
    agenda = plan(a_brief())
    explore = next(item for item in agenda.items if item.block is Block.EXPLORE)
    assert explore.citations == ("RM-052#what-the-mentor-does", "goal:goal-1")
    assert explore.mentor_does == ("Ask, then wait.",)


@pytest.mark.parametrize(
    ("goal", "stage", "sentence"),
    [
        ("AI tools", Stage.PRACTICE, "At the end, Laurent can say one new thing about “AI tools” and one next step."),
        ("Stop guessing.", Stage.DECISION, "At the end, Laurent can name one decision about “Stop guessing”."),
        ("I feel lost.", Stage.CLOSE, "At the end, Laurent can say what has changed about “I feel lost”."),
        ("AI", Stage.CONTRACT, "At the end, Laurent and Amira have agreed how to work together on “AI”."),
    ],
)
def test_the_success_condition_reads_well_for_any_goal(goal: str, stage: Stage, sentence: str) -> None:
    assert plan(a_brief(stage=stage, goals=(a_goal(text=goal),))).success_condition.text == sentence


def test_a_very_long_goal_and_name_still_fit() -> None:
    brief = a_brief(goals=(a_goal(text="understand " + "very " * 80),), mentee=an_executive(name="L" * 150))
    agenda = plan(brief)
    assert lint(agenda, brief) == ()
    assert agenda.success_condition.text.endswith("…” and one next step.")


def test_three_to_five_themes_are_offered_with_a_reason() -> None:
    themes = offer_themes(a_brief(), (SILENCE, SEARCH))
    assert [theme.card_id for theme in themes] == ["RM-021", "RM-052", "RM-050"]
    assert themes[0].title == "Reasons for silence"
    assert themes[0].reason.startswith("For “understand why juniors ignore our internal channels”: ")
    many = tuple(a_card(f"RM-{n}") for n in range(100, 120))
    assert len(offer_themes(a_brief(), many)) == 5


def test_themes_used_lately_come_back_only_to_reach_three() -> None:
    themes = offer_themes(a_brief(recent_card_ids=frozenset({"RM-052"})), ())
    assert [theme.card_id for theme in themes] == ["RM-021", "RM-050", "RM-052"]


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("length", [15, 20, 30, 45, 60, 90, 120, 180])
def test_what_the_arc_says_about_minutes_holds_where_there_is_room(stage: Stage, length: int) -> None:
    said = ARC.stage(stage)
    brief = a_brief(length, stage=stage, arc_stage=said, open_commitments=(a_commitment(),))
    agenda = plan(brief)
    assert lint(agenda, brief) == ()
    for item in agenda.items if length >= 45 else ():
        time = said.blocks.of(item.block)
        stretched = item.block in (Block.EXPLORE, Block.PRACTICE) and length > 90
        assert time is None or stretched or time.min <= item.minutes <= time.max, item.block


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_retrieval_found_first_is_placed_first(order: tuple[int, int]) -> None:
    two = [a_card(f"RM-0{n}", title=f"Card {n}") for n in (71, 72)]
    first, second = (two[n] for n in order)
    placed = [item.card_id for item in plan(a_brief(20, cards=(first, second, CLOSE))).items]
    assert first.id in placed
    assert second.id not in placed


def test_a_ritual_that_the_stage_names_comes_before_others() -> None:
    other = CLOSE.model_copy(update={"id": "RM-066"})
    named = ARC.stage(Stage.CURIOSITY).model_copy(update={"cards": ("RM-066",)})
    for said, expected in ((None, CLOSE.id), (named, "RM-066")):
        brief = a_brief(20, cards=(SEARCH, CLOSE, other), arc_stage=said)
        assert plan(brief).items[-1].card_id == expected
