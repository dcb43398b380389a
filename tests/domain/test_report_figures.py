"""The figures of a report against counts made by hand, and when they are not given."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from factories import NOON, a_commitment, a_session

from companion.domain import report_answers, report_meetings, report_value
from companion.domain.anonymity import Released, too_few
from companion.domain.cancellations import runs
from companion.domain.dashboard import SessionFacts, facts_of
from companion.domain.people import Role
from companion.domain.report_answers import Look, Looks, Pulse, Response
from companion.domain.report_meetings import PairHistory, Period
from companion.domain.report_value import Effort, Group, Outcomes
from companion.domain.reports import Figure, Measured, NotEnough, Sentence
from companion.domain.sessions import CommitmentStatus, Session, SessionStatus

HELD, CANCELLED, PLANNED = SessionStatus.HELD, SessionStatus.CANCELLED, SessionStatus.PLANNED
NOW = NOON + timedelta(days=120)
ALWAYS = Period(None, NOW)
MISSING = Sentence(template="Nothing was asked.")


def met(*days_and_status: tuple[int | None, SessionStatus]) -> tuple[Session, ...]:
    return tuple(
        a_session(f"s{n}", number=n, status=status, starts_at=None if day is None else NOON + timedelta(days=day))
        for n, (day, status) in enumerate(days_and_status, 1)
    )


def pair(*days_and_status: tuple[int | None, SessionStatus], **changes: Any) -> PairHistory:
    values: dict[str, Any] = {"started_at": NOON, "sessions": met(*days_and_status)}
    return PairHistory(**(values | changes))


def meetings(pairs: Sequence[PairHistory], period: Period = ALWAYS, limit: int = 2) -> tuple[Figure, ...]:
    return report_meetings.meeting_figures(pairs, period, limit)


def figure(found: tuple[Figure, ...], figure_id: str) -> Figure:
    return next(one for one in found if one.id == figure_id)


def given(one: Figure, line: int = 0) -> Measured:
    result = one.lines[line].result
    assert isinstance(result, Measured)
    return result


def missing(one: Figure, line: int = 0) -> str:
    result = one.lines[line].result
    assert isinstance(result, NotEnough)
    return result.because.text


SIX = [
    pair((10, HELD), (40, HELD), (75, CANCELLED), (100, CANCELLED)),
    pair((21, HELD), (50, HELD), (80, HELD)),
    pair((22, HELD), (60, HELD)),
    pair((15, CANCELLED), (45, HELD), (75, HELD)),
    pair((5, HELD), (110, PLANNED), (130, PLANNED)),
    pair((None, PLANNED)),
]


def test_meeting_is_counted_over_all_pairs() -> None:
    found = meetings(SIX)
    started = given(figure(found, "E1"))
    # Days 10, 21 and 5 are in time; 22 and 45 are not, and the last pair has not met after 120 days.
    assert (started.written, started.alarm) == ("3 of 6", True)
    # 10 of 14: a planned session in the past was due, one in the future was not.
    assert given(figure(found, "E2")).written == "10 of 14"
    cancelled = figure(found, "E3")
    assert given(cancelled, 1).written == "3 of 14"
    assert missing(cancelled) == missing(cancelled, 2) == "Nobody said who cancelled any session."
    assert not cancelled.raised


@pytest.mark.parametrize(
    ("who", "rate", "most", "note"),
    [
        ((Role.MENTEE, Role.MENTEE, Role.MENTOR), "2 of 7", "2", ""),
        ((Role.MENTEE, Role.MENTOR, Role.MENTEE), "2 of 7", "1", ""),
        ((Role.MENTOR, Role.MENTOR, Role.MENTOR), "0 of 7", "0", ""),
        ((Role.MENTEE, None, Role.MENTEE), "2 of 7", "1", "Of 3 cancelled sessions, nobody said who cancelled 1"),
    ],
)
def test_cancellations_count_for_the_executive_as_on_the_dashboard(
    who: tuple[Role | None, ...], rate: str, most: str, note: str
) -> None:
    """Also with a date past that nobody logged: it is due, and breaks no row."""
    sessions = met((5, CANCELLED), (9, PLANNED), (20, CANCELLED), (30, CANCELLED))
    named = iter(who)
    first = tuple(
        one.model_copy(update={"cancelled_by": next(named)}) if one.status is CANCELLED else one for one in sessions
    )
    pairs = [PairHistory(NOON, first[:3]), *[pair((10, HELD)) for _ in range(3)], PairHistory(NOON, first[3:])]
    found = figure(meetings(pairs), "E3")
    assert (given(found).written, given(found, 2).written, found.raised) == (rate, most, int(most) >= 2)
    assert (found.note.text[: len(note)] if found.note else "") == note
    facts = [SessionFacts(one.status, one.starts_at, cancelled_by=one.cancelled_by) for one in first[:3]]
    assert str(facts_of(facts, NOON, NOW).executive_cancels_in_a_row) == str(runs(first[:3], Role.MENTEE)[-1])


def test_from_how_many_in_a_row_on_cancellations_alarm_is_the_arcs_to_say() -> None:
    cancelled = tuple(
        one.model_copy(update={"cancelled_by": Role.MENTEE}) for one in met((5, CANCELLED), (9, CANCELLED))
    )
    pairs = [PairHistory(NOON, cancelled), *[pair((10, HELD)) for _ in range(4)]]
    said = {limit: figure(meetings(pairs, ALWAYS, limit), "E3") for limit in (2, 3)}
    assert {limit: one.raised for limit, one in said.items()} == {2: True, 3: False}
    assert said[3].alarm is not None
    assert said[3].alarm.text == "An executive cancelled 3 or more sessions in a row."


def test_what_was_planned_when_a_pair_ended_is_not_due() -> None:
    ended = pair((10, HELD), (60, PLANNED), running=False)
    found = meetings([*[pair((10, HELD)) for _ in range(5)], ended])
    assert given(figure(found, "E2")).written == "6 of 6"


def test_gaps_are_between_held_sessions_of_a_pair() -> None:
    pairs = [pair((10, HELD), (20 + gap, CANCELLED), (10 + gap, HELD)) for gap in (20, 25, 30, 35, 60)]
    assert given(figure(meetings(pairs), "E4")).written == "30"


def test_fewer_than_five_pairs_give_no_figure_about_meeting() -> None:
    found = meetings(SIX[:4])
    assert all("Fewer than 5 pairs" in missing(one) for one in found)
    assert "Fewer than 5 pairs" in missing(report_meetings.promise_figure(SIX[:4], ALWAYS))
    assert "Fewer than 5 pairs" in missing(report_value.cost_figure(SIX[:4], ALWAYS, Effort(), 3, None))


def test_nothing_at_all_gives_no_figure() -> None:
    found = meetings([])
    assert all(missing(one) for one in found)


def test_a_pair_that_began_last_week_is_not_late_yet() -> None:
    pairs = [pair((1, HELD)) for _ in range(5)] + [pair(started_at=NOW - timedelta(days=7))]
    assert given(figure(meetings(pairs), "E1")).written == "5 of 5"


def test_a_first_session_without_a_date_is_left_out_and_said() -> None:
    pairs = [pair((1, HELD)) for _ in range(5)] + [pair((None, HELD))]
    started = figure(meetings(pairs), "E1")
    assert given(started).written == "5 of 5"
    assert started.note is not None
    assert started.note.text.startswith("Left out: 1 ")


def test_a_period_leaves_out_what_was_before_it() -> None:
    since = Period((NOON + timedelta(days=30)).date(), NOW)
    pairs = [pair((10, CANCELLED), (40, HELD)) for _ in range(5)]
    assert given(figure(meetings(pairs, since), "E2")).written == "5 of 5"


def test_agendas_count_when_they_were_there_before() -> None:
    pairs = [pair((10, HELD), prepared=frozenset({"s1"} if n < 3 else ())) for n in range(5)]
    assert given(figure(meetings(pairs), "E6")).written == "3 of 5"


def test_promises_kept_are_those_done_of_all_that_were_made() -> None:
    done = a_commitment("c1", status=CommitmentStatus.DONE)
    pairs = [pair(commitments=(done, a_commitment("c2"))) for _ in range(4)] + [pair(commitments=(done,))]
    assert given(report_meetings.promise_figure(pairs, ALWAYS)).written == "5 of 9"


def looks(**changes: Any) -> Looks:
    names = ("safety", "speaking_up", "asking", "skills", "growth", "goal_confidence", "goal_behaviour", "habits")
    values: dict[str, Any] = dict.fromkeys((*names, "recommend", "decisions"), MISSING)
    return Looks(**(values | {"again": dict.fromkeys(Role, MISSING)} | changes))


def scores(*values: float) -> Look:
    return Released(tuple(sorted(values)), len(values))


def pulse(title: str, mentors: Look, executives: Look) -> Pulse:
    return Pulse(title, {Role.MENTOR: mentors, Role.MENTEE: executives}, scores(4, 4, 4, 4, 5), scores(3, 3, 4, 4, 4))


def test_a_change_is_the_mean_of_the_changes() -> None:
    found = report_answers.progress_figures(looks(speaking_up=scores(0, 1, 1, 2, 3, 3)))
    confidence = given(figure(found, "P3"))
    assert (confidence.written, confidence.basis.text) == (
        "+1.7",
        "6 people, beginning and end: 5 up, 1 the same, 0 down",
    )
    assert missing(figure(found, "P3"), 1) == "Nothing was asked."


def test_what_is_withheld_says_why_and_holds_no_number_of_people() -> None:
    found = report_answers.progress_figures(looks(safety=too_few(5)))
    assert missing(figure(found, "P2")) == "Fewer than 5 people answered."


@pytest.mark.parametrize(
    ("mentors", "executives", "raised"),
    [
        ((0, 0, 0, 0, 1), (0, 0, 0, 1, 1), False),
        ((-1, -1, -1, 0, 0), (0, 0, 0, 1, 1), True),
        ((-0, 0, 0, 0, 0), (2, 2, 2, 2, 2), True),
    ],
)
def test_teaching_that_turns_round_is_an_alarm(mentors: Any, executives: Any, raised: bool) -> None:
    pulses = (
        pulse("After session 1", scores(0, 0, 0, 1, 1), MISSING),
        pulse("x", scores(*mentors), scores(*executives)),
    )
    balance = report_answers.progress_figures(looks(pulses=pulses))[0]
    assert balance.raised is raised
    assert [(one.when, one.value.written) for one in given(balance).points] == [("After session 1", "+0.4")]


def test_willing_again_counts_who_agrees() -> None:
    again = {Role.MENTOR: too_few(5), Role.MENTEE: scores(1, 3, 4, 5, 5, 5)}
    found = report_answers.business_figures(looks(again=again, decisions=scores(0, 0, 2, 3, 5)))
    assert given(figure(found, "B3")).written == "4 of 6"
    assert given(figure(found, "B1")).basis.text == "5 executives, who named 10 decisions together"


def test_answers_below_six_in_ten_are_an_alarm() -> None:
    asked = {Role.MENTOR: 12, Role.MENTEE: 12}
    newest = Response("At the end", {Role.MENTOR: Released(7, 7), Role.MENTEE: too_few(5)}, asked)
    earlier = Response("Before you start", {Role.MENTOR: Released(11, 11), Role.MENTEE: Released(9, 9)}, asked)
    found = report_answers.response_figure(looks(responses=(earlier, newest)))
    assert (given(found).written, given(found).alarm) == ("7 of 12", True)
    assert [one.value.written for one in given(found).points] == ["11"]
    assert missing(found, 1) == "Fewer than 5 people answered."


def test_hours_come_from_held_sessions_and_stated_assumptions() -> None:
    pairs = [pair((10, HELD), (40, CANCELLED)) for _ in range(6)]
    cost = report_value.cost_figure(pairs, ALWAYS, Effort(60, 15, 2), 8, 100.0)
    # Six sessions of 45 minutes for two, 75 minutes besides each, two hours for each pair: 9 + 7.5 + 12.
    assert given(cost).written == "29"
    assert given(cost, 1).written == "356"
    assert "60 minutes of a mentor's and 15 of an executive's" in cost.formula.text
    unknown = report_value.cost_figure(pairs, ALWAYS, Effort(), None, 100.0)
    assert missing(unknown, 1) == "It takes hours and decisions, and one of them is not known."


def test_a_comparison_needs_twenty_on_both_sides() -> None:
    few = report_value.outcomes_figure(Outcomes(Group(19, 19, 0), Group(400, 300, 10)))
    assert missing(few) == "The file holds fewer than 20 people for the mentors; chance would decide the answer."
    both = report_value.outcomes_figure(Outcomes(Group(1), Group(2)))
    assert "for the mentors and the comparison group" in missing(both)
    assert "No file" in missing(report_value.outcomes_figure(None))


def test_a_comparison_is_a_difference_with_its_chance_and_never_a_cause() -> None:
    found = report_value.outcomes_figure(Outcomes(Group(25, 24, 3), Group(100, 80, 9)))
    stayed = given(found)
    assert stayed.written == "+16"
    assert "24 of 25 mentors, 80 of 100 others; by chance: 0.072" in stayed.basis.text
    assert found.note is not None
    assert "does not say why" in found.note.text


def test_moments_outside_a_period() -> None:
    period = Period(datetime(2026, 5, 1, tzinfo=UTC).date(), NOW)
    assert not period.has(None)
    assert ALWAYS.has(None)
    assert not ALWAYS.has(NOW + timedelta(seconds=1))
