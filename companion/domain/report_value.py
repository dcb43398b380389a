"""What the programme cost in hours, and what became of mentors compared with others: B2 and B4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from companion.domain import intervals
from companion.domain.report_lines import measured, total
from companion.domain.report_meetings import LEAST_PAIRS, PairHistory, Period, too_few_pairs
from companion.domain.report_numbers import how_many
from companion.domain.reports import (
    Figure,
    Level,
    Line,
    Measure,
    Measured,
    NotEnough,
    Number,
    Result,
    Section,
    Sentence,
)
from companion.domain.sessions import SessionStatus
from companion.domain.significance import exact_p_value

LEAST_PEOPLE = 20
"""Least number of people in each group whose outcomes are compared."""


@dataclass(frozen=True)
class Effort:
    """What a session takes besides its own minutes: stated assumptions, printed with the figure."""

    mentor_minutes: float = 60
    executive_minutes: float = 10
    admin_hours_per_pair: float = 2


@dataclass(frozen=True)
class Group:
    """How many of a group stayed, and how many moved within the organisation."""

    people: int = 0
    stayed: int = 0
    moved: int = 0
    """Of those who stayed."""


@dataclass(frozen=True)
class Outcomes:
    """What a personnel department's file says, as counts alone."""

    mentors: Group
    others: Group
    told: tuple[str, ...] = ()
    """What was wrong with rows that could not be used, a sentence each; never part of a report."""


def outcomes_figure(outcomes: Outcomes | None) -> Figure:
    """B2: who stayed and who moved, mentors against a comparison group. It never says why."""
    lines: list[Line]
    if outcomes is None:
        because = Sentence(template="No file of a personnel department was given (companion report --outcomes FILE).")
        lines = [Line(label="Stayed", result=NotEnough(because=because))]
    elif refused := _too_few(outcomes):
        lines = [Line(label="Stayed", result=refused)]
    else:
        mine, other = outcomes.mentors, outcomes.others
        lines = [
            Line(
                label="Stayed, in percentage points",
                result=_compared(mine.stayed, mine.people, other.stayed, other.people),
            ),
            Line(
                label="Moved inside, in percentage points",
                result=_compared(mine.moved, mine.people, other.moved, other.people),
            ),
        ]
    return Figure(
        id="B2",
        section=Section.BUSINESS,
        level=Level.RESULTS,
        title="Staying and moving",
        formula=Sentence(
            template="The share of mentors who stayed (or moved inside), minus the same share of the comparison group."
        ),
        note=Sentence(
            template="Volunteers may differ from others from the start. A difference does not say why it is there."
        ),
        lines=tuple(lines),
    )


def _too_few(outcomes: Outcomes) -> NotEnough | None:
    names: Mapping[str, Group] = {"mentors": outcomes.mentors, "comparison group": outcomes.others}
    short = [name for name, group in names.items() if group.people < LEAST_PEOPLE]
    if not short:
        return None
    values = {"groups": " and the ".join(short), "limit": how_many(LEAST_PEOPLE)}
    template = "The file holds fewer than {limit} people for the {groups}; chance would decide the answer."
    return NotEnough(because=Sentence(template=template, values=values))


def _compared(hits: int, n: int, other_hits: int, other_n: int) -> Measured:
    found = intervals.difference_of_shares(hits, n, other_hits, other_n)
    in_points = intervals.Interval(100 * found.low, 100 * found.high)
    far = max(20.0, abs(in_points.low), abs(in_points.high))
    basis = Sentence(
        template="{hits} of {n} mentors, {other_hits} of {other_n} others; by chance: {chance}",
        values={
            "hits": how_many(hits),
            "n": how_many(n),
            "other_hits": how_many(other_hits),
            "other_n": how_many(other_n),
            "chance": Number(value=exact_p_value(hits, n, other_hits, other_n), measure=Measure.CHANCE),
        },
    )
    return measured(100 * (hits / n - other_hits / other_n), in_points, Measure.BALANCE, (-far, far), basis)


def cost_figure(
    pairs: Sequence[PairHistory], period: Period, effort: Effort, decisions: int | None, rate: float | None
) -> Figure:
    """B4: hours spent, from stated assumptions; and the cost of a decision when a rate per hour is given."""
    minutes = [
        one.minutes
        for pair in pairs
        for one in pair.sessions
        if one.status is SessionStatus.HELD and period.has(one.starts_at)
    ]
    met = sum(any(one.status is SessionStatus.HELD for one in pair.sessions) for pair in pairs)
    hours: Result = too_few_pairs("met")
    spent = 0.0
    if met >= LEAST_PAIRS:
        besides = len(minutes) * (effort.mentor_minutes + effort.executive_minutes)
        spent = (2 * sum(minutes) + besides) / 60 + effort.admin_hours_per_pair * len(pairs)
        hours = total(
            spent,
            Measure.HOURS,
            Sentence(
                template="for {sessions} held sessions of {pairs} pairs",
                values={"sessions": how_many(len(minutes)), "pairs": how_many(len(pairs))},
            ),
        )
    lines = [Line(label="Hours", result=hours)]
    if rate is not None:
        lines.append(Line(label="Cost of a decision", result=_per_decision(spent, decisions, rate)))
    return Figure(
        id="B4",
        section=Section.BUSINESS,
        level=Level.NONE,
        title="Hours spent",
        formula=Sentence(
            template="The minutes of held sessions for both people, {mentor} minutes of a mentor's and {executive} of "
            "an executive's own time for each, and {admin} hours of administration for each pair.",
            values={
                "mentor": Number(value=effort.mentor_minutes, measure=Measure.AMOUNT),
                "executive": Number(value=effort.executive_minutes, measure=Measure.AMOUNT),
                "admin": Number(value=effort.admin_hours_per_pair, measure=Measure.AMOUNT),
            },
        ),
        note=Sentence(template="The time besides the sessions is an assumption of the programme; it was not measured."),
        lines=tuple(lines),
    )


def _per_decision(hours: float, decisions: int | None, rate: float) -> Result:
    if not hours or not decisions:
        because = Sentence(template="It takes hours and decisions, and one of them is not known.")
        return NotEnough(because=because)
    basis = Sentence(
        template="at {rate} an hour, for {decisions} decisions as executives count them; others were not asked",
        values={"rate": Number(value=rate, measure=Measure.MONEY), "decisions": how_many(decisions)},
    )
    return total(hours * rate / decisions, Measure.MONEY, basis)
