from __future__ import annotations

from datetime import timedelta

import pytest
from agenda_factories import SHELF, a_brief, plan
from arc_factories import ARC, a_history, an_agenda, cancelled, held, to_come
from factories import a_card, a_commitment, a_goal
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.agenda_linter import lint
from companion.domain.arc import Arc, ArcPlace, Criterion, Fact
from companion.domain.arc_course import History, facts, outlook, place, suggested_goal
from companion.domain.arc_course import plan as plan_of
from companion.domain.cards import Block, Stage
from companion.domain.sessions import CommitmentStatus, Session, SessionStatus

C, U, P, B, D, E = Stage


def placed(history: History, arc: Arc = ARC) -> ArcPlace:
    found = place(arc, history)
    assert found is not None
    return found


def stages(history: History, arc: Arc = ARC) -> list[Stage]:
    return list(outlook(arc, history).values())


def left(first: int, count: int) -> list[Session]:
    return [to_come(number) for number in range(first, first + count)]


@pytest.mark.parametrize(
    ("sessions", "expected"),
    [
        (1, [E]),
        (2, [C, E]),
        (3, [C, P, E]),
        (4, [C, P, D, E]),
        (5, [C, U, P, D, E]),
        (6, [C, U, P, B, D, E]),
        (7, [C, U, P, P, B, D, E]),
        (9, [C, U, U, P, P, B, B, D, E]),
        (12, [C, U, U, U, P, P, P, B, B, D, D, E]),
    ],
)
def test_stages_are_shared_or_repeated_to_fit_the_sessions(sessions: int, expected: list[Stage]) -> None:
    ahead = plan_of(ARC, sessions)
    assert [one.stage for one in ahead] == expected
    shared = {stage for one in ahead for stage in one.also}
    assert shared | set(expected) == set(Stage)
    assert not shared & set(expected)


def test_the_arc_goes_on_when_the_aim_was_met() -> None:
    at = placed(a_history(held(1, C), *left(2, 5)))
    assert (at.stage, at.name) == (U, "Get curious")
    assert at.reason == "Session 1 (“Agree how we work”) met its aim: ground rules were on the agenda."
    assert at.opening is None
    assert not at.agree


def test_a_missed_aim_stays_once_and_then_moves_on_and_says_so() -> None:
    first = held(1, C)
    short = an_agenda(first, length=15)
    history = a_history(first, *left(2, 5), agendas={first.id: short})
    at = placed(history)
    assert at.stage is C
    assert "did not reach its aim: no ground rules were on the agenda. So you stay with it once more." in at.reason
    assert stages(history) == [C, U, P, D, E]

    second = held(2, C)
    agendas = {first.id: short, second.id: an_agenda(second, length=15)}
    at = placed(a_history(first, second, *left(3, 4), agendas=agendas))
    assert at.stage is U
    assert "did not reach its aim either" in at.reason
    assert "one repeat is enough" in at.reason
    assert at.agree


def test_what_the_record_cannot_tell_holds_nobody_back() -> None:
    history = a_history(held(1, C), *left(2, 5), agendas={}, commitments=())
    assert facts(history, history.held)[Fact.RULES_AGREED] is None
    assert placed(history).stage is U
    assert "the record does not say whether it reached its aim" in placed(history).reason


def test_what_must_come_before_a_stage_is_looked_at_over_everything() -> None:
    sessions = (held(1, C), held(2, U), held(3, P))
    agendas = {one.id: an_agenda(one) for one in sessions} | {"session-1": an_agenda(sessions[0], length=15)}
    history = a_history(*sessions, *left(4, 3), agendas=agendas)
    at = placed(history)
    assert at.stage is P
    assert at.reason.startswith(
        "Before the next stage, one thing is missing: no ground rules were on the agenda. "
        "So you stay with “Try it out” once more."
    )
    assert at.agree


def test_two_cancelled_in_a_row_begin_with_agreeing_afresh() -> None:
    one = placed(a_history(held(1, C), cancelled(2), *left(3, 4)))
    assert one.opening is None
    assert one.reason.startswith("Session 2 was cancelled. Session 1")
    two = placed(a_history(held(1, C), cancelled(2), cancelled(3), *left(4, 3)))
    assert two.stage is U
    assert two.opening == ARC.recontract.part()
    assert two.reason.startswith("Sessions 2 and 3 were cancelled, so you first agree afresh how you meet.")
    apart = placed(a_history(cancelled(1), held(2, C), cancelled(3), *left(4, 3)))
    assert apart.opening is None


def test_a_long_time_without_contact_begins_again() -> None:
    history = a_history(held(1, C), *left(2, 5), weeks=ARC.restart.after_weeks)
    assert placed(history).opening == ARC.restart.part()
    assert placed(history).reason.endswith("You last met 8 weeks ago, so you first find out what still matters.")
    assert placed(a_history(held(1, C), *left(2, 5), weeks=ARC.restart.after_weeks - 1)).opening is None
    assert placed(a_history(*left(1, 6), weeks=40)).opening is None


def test_few_sessions_left_share_their_stages() -> None:
    at = placed(a_history(held(1, C), cancelled(2), held(3, U), *left(4, 3)))
    assert (at.stage, at.also) == (P, (B,))
    assert at.reason.endswith("There are fewer sessions left than stages, so “Look at blind spots” shares this one.")


def test_a_stage_that_shared_a_session_is_not_put_off_again() -> None:
    sessions = [held(1, C), held(2, U), held(3, P)]
    agendas = {one.id: an_agenda(one) for one in sessions}
    shared = placed(a_history(*sessions[:2], *left(3, 3)))
    assert shared.also == (B,)
    agendas["session-3"] = agendas["session-3"].model_copy(update={"place": shared})
    at = placed(a_history(*sessions, *left(4, 2), agendas=agendas))
    assert (at.stage, at.also) == (D, ())


def test_the_last_planned_session_closes_whatever_is_open() -> None:
    at = placed(a_history(held(1, C), *[cancelled(n) for n in range(2, 6)], to_come(6)))
    assert at.stage is E
    assert set(at.also) == {U, P, B, D}
    assert "last planned session, so it closes" in at.reason


def test_a_chosen_stage_counts_and_the_arc_goes_on_from_where_it_was() -> None:
    choosing = a_history(held(1, C), to_come(2, chosen_stage=D), *left(3, 4))
    at = placed(choosing)
    assert (at.stage, at.planned, at.is_chosen) == (D, U, True)
    assert at.reason == "You chose this stage; the plan has “Get curious” here."
    assert stages(choosing) == [D, U, P, B, E]
    after = a_history(held(1, C), held(2, D, chosen_stage=D), *left(3, 4))
    assert stages(after) == [U, P, B, E]


def test_a_stage_the_arc_has_lost_counts_as_the_one_before_it() -> None:
    without = ARC.model_copy(update={"stages": tuple(one for one in ARC.stages if one.id is not P)})
    assert placed(a_history(held(1, C), held(2, U), held(3, P), *left(4, 3)), without).stage is B


def test_no_session_left_has_no_place() -> None:
    assert place(ARC, a_history(held(1, C))) is None
    assert outlook(ARC, a_history(held(1, C))) == {}


def test_so_far_names_what_was_worked_on_promised_and_left() -> None:
    first = held(1, C)
    promises = (
        a_commitment("a", status=CommitmentStatus.DONE),
        a_commitment("b", status=CommitmentStatus.DROPPED),
        a_commitment("c"),
    )
    at = placed(a_history(first, held(2, U), *left(3, 4), agendas={first.id: an_agenda(first)}, commitments=promises))
    assert at.so_far[0].startswith(
        "Session 1, Agree how we work: “understand why juniors ignore our internal channels”;"
    )
    assert at.so_far[1:] == (
        "Session 2, Get curious: held without an agenda here",
        "Promises: 1 kept, 1 dropped, 1 open",
        "Not worked on before this session: “hear bad news early”",
    )
    assert at.untouched == ("goal-2",)


def test_goals_that_no_session_had_come_first() -> None:
    goals = (a_goal("g1"), a_goal("g2", text="b"), a_goal("g3", text="c"))
    first, second = held(1, C), held(2, U)
    agendas = {first.id: an_agenda(first, goal_ids=("g1",)), second.id: an_agenda(second, goal_ids=("g3",))}
    history = a_history(first, second, *left(3, 4), goals=goals, agendas=agendas)
    assert suggested_goal(history, goals).id == "g2"
    assert suggested_goal(history, goals[::2]).id == "g1"
    unknown = a_history(first, *left(2, 5), goals=goals, agendas={})
    assert suggested_goal(unknown, goals).id == "g2"


@pytest.mark.parametrize(
    ("criterion", "value", "met"),
    [
        (Criterion(fact=Fact.TRIED_OUT), 1, True),
        (Criterion(fact=Fact.TRIED_OUT), 0, False),
        (Criterion(fact=Fact.TRIED_OUT, at_least=2), 1, False),
        (Criterion(fact=Fact.WEEKS_SINCE_CONTACT, at_most=6), 7, False),
        (Criterion(fact=Fact.WEEKS_SINCE_CONTACT, at_most=6), 6, True),
        (Criterion(fact=Fact.TRIED_OUT), None, True),
    ],
)
def test_a_criterion_is_a_number(criterion: Criterion, value: int | None, met: bool) -> None:
    assert criterion.is_met(value) is met


# Any history.

RULE = a_card("RM-040", blocks=(), minutes=None, questions=(), why=None, sections=(("The rule", "Tell them."),))
Outcome = st.sampled_from(["held", "short", "unknown", "cancelled"])


def lived(arc: Arc, total: int, outcomes: list[str]) -> tuple[History, list[ArcPlace]]:
    """A pairing that lives through some outcomes, each session held in the stage the arc had for it."""
    sessions, agendas, places = [to_come(number) for number in range(1, total + 1)], {}, []
    for number, outcome in enumerate(outcomes[:total]):
        history = a_history(*sessions, agendas=agendas)
        at = placed(history, arc)
        places.append(at)
        if outcome == "cancelled":
            sessions[number] = cancelled(number + 1)
            continue
        sessions[number] = held(number + 1, at.stage)
        if outcome != "unknown":
            length = 15 if outcome == "short" else 60
            agendas[sessions[number].id] = an_agenda(sessions[number], length=length, place=at)
    return a_history(*sessions, agendas=agendas), places


@given(st.integers(1, 12), st.lists(Outcome, max_size=12))
def test_any_history_gives_one_stage_with_a_reason_and_never_goes_back(total: int, outcomes: list[str]) -> None:
    history, places = lived(ARC, total, outcomes)
    at = place(ARC, history)
    if at is None:
        assert not history.left
        return
    order = list(Stage)
    assert at == place(ARC, history)
    assert at.reason.endswith(".")
    assert "{" not in at.reason
    past = [order.index(one.stage) for one in history.held]
    ahead = [order.index(stage) for stage in stages(history)]
    assert past + ahead == sorted(past + ahead)
    assert ahead[0] == order.index(at.stage)
    assert ahead[-1] == order.index(E)
    assert (at.opening == ARC.recontract.part()) is (history.fell_through >= 2)
    # A stage is stayed in once at most for a missed aim: never more often than planned and once again.
    held_in = [one.stage for one in history.held]
    for stage in set(held_in) - {E}:
        assert held_in.count(stage) <= max(1, sum(one.stage is stage for one in plan_of(ARC, total))) + 1
    assert [one.number for one in history.left] == list(range(len(places) + 1, total + 1))


@given(st.integers(2, 12), st.lists(Outcome, max_size=11), st.integers(1, 4))
def test_one_more_cancelled_session_never_loses_a_promise(total: int, outcomes: list[str], promises: int) -> None:
    history, _ = lived(ARC, total, outcomes[: total - 2])
    open_ones = tuple(a_commitment(f"open-{n}", text=f"promise number {n}") for n in range(promises))
    fallen = cancelled(history.left[0].number)
    sessions = tuple(fallen if one.id == fallen.id else one for one in history.sessions)
    for before in (history, a_history(*sessions, agendas=history.agendas)):
        at = placed(before)
        for length in (15, 30, 45, 90):
            brief = a_brief(
                length,
                stage=at.stage,
                place=at,
                arc_stage=ARC.stage(at.stage),
                cards=(*SHELF, RULE),
                open_commitments=open_ones,
            )
            agenda = plan(brief)
            assert lint(agenda, brief) == ()
            carried = [item for item in agenda.items if item.block is Block.CARRY_OVER]
            assert [item.commitment_ids for item in carried] == [tuple(one.id for one in open_ones)]
            assert agenda.place == at


@given(st.permutations([U, P, B, D]), st.integers(1, 4), st.integers(1, 12), st.lists(Outcome, max_size=12))
def test_any_arc_keeps_its_own_order(between: list[Stage], count: int, total: int, outcomes: list[str]) -> None:
    order = (C, *between[:count], E)
    arc = Arc.model_validate(
        ARC.model_dump()
        | {
            "stages": [ARC.stage(stage).model_dump() for stage in order],
            "longer": [order[1]],
            "shorter": [{"stage": stage, "into": E} for stage in order[:-1]],
        }
    )
    history, _ = lived(arc, total, outcomes)
    lived_through = [order.index(one.stage) for one in history.held]
    assert lived_through == sorted(lived_through)
    if history.left:
        assert stages(history, arc)[-1] is E


def test_weeks_count_from_when_a_session_was_held_or_agreed() -> None:
    first = held(1, C)
    history = a_history(first, *left(2, 5), weeks=3)
    assert history.weeks_since_contact == 3
    agreed = first.model_copy(update={"held_at": None, "starts_at": first.held_at})
    assert a_history(agreed, *left(2, 5), now=history.now).weeks_since_contact == 3
    unknown = first.model_copy(update={"held_at": None})
    assert a_history(unknown, *left(2, 5), now=history.started_at + timedelta(weeks=9)).weeks_since_contact == 9
    assert Session.model_validate(first.model_dump()).status is SessionStatus.HELD


def test_a_place_is_the_same_when_it_comes_back_from_the_store() -> None:
    at = placed(a_history(held(1, C), cancelled(2), cancelled(3), *left(4, 3)))
    assert at.opening is not None
    assert ArcPlace.model_validate(at.model_dump(mode="json")) == at
