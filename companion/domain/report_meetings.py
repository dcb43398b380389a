"""The figures about meeting: from sessions, agendas and promises alone, of at least five pairings together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median

from companion.domain import intervals
from companion.domain.cancellations import runs, was_cancelled
from companion.domain.people import Role
from companion.domain.report_lines import measured, share, share_within, total
from companion.domain.report_numbers import how_many, limited, numbered
from companion.domain.reports import (
    Figure,
    Level,
    Line,
    Measure,
    NotEnough,
    Result,
    Section,
    Sentence,
)
from companion.domain.sessions import Commitment, CommitmentStatus, Session, SessionStatus

LEAST_PAIRS = 5
"""A figure about fewer pairings would speak of people, and reports never do."""
START_DAYS = 21
START_LIMIT, HELD_LIMIT = 0.8, 0.75


@dataclass(frozen=True)
class PairHistory:
    """What one pairing did, without names."""

    started_at: datetime
    sessions: tuple[Session, ...]
    """By number."""
    commitments: tuple[Commitment, ...] = ()
    prepared: frozenset[str] = frozenset()
    """Ids of the sessions whose agenda was there before they began."""
    running: bool = True
    """False once the pairing has ended: what was still planned then is not due any more."""


@dataclass(frozen=True)
class Period:
    """The days a report is about."""

    since: date | None
    until: datetime

    def has(self, moment: datetime | None) -> bool:
        """Whether a moment lies in it; one that is not known does, unless the period has a beginning."""
        if moment is None:
            return self.since is None
        return moment <= self.until and self.reaches(moment)

    def reaches(self, moment: datetime | None) -> bool:
        """Whether a moment is not before it; one that is not known is not, unless the period has a beginning."""
        if self.since is None:
            return True
        return moment is not None and moment.astimezone(UTC).date() >= self.since


def meeting_figures(pairs: Sequence[PairHistory], period: Period, cancellations_limit: int) -> tuple[Figure, ...]:
    """E1, E2, E3, E4 and E6; the limit is the arc's, for cancellations in a row."""
    cancelled = _cancelled(pairs, period, cancellations_limit)
    return _started(pairs, period), _held(pairs, period), cancelled, _gaps(pairs, period), _prepared(pairs, period)


def promise_figure(pairs: Sequence[PairHistory], period: Period) -> Figure:
    """P6: promises kept."""
    parts = []
    for pair in pairs:
        made = [one for one in pair.commitments if period.has(one.created_at)]
        parts.append((sum(one.status is CommitmentStatus.DONE for one in made), len(made)))
    return Figure(
        id="P6",
        section=Section.PROGRESS,
        level=Level.BEHAVIOUR,
        title="Promises kept",
        formula=Sentence(template="Promises made in sessions that were marked as done, out of all that were made."),
        lines=(Line(label="Done", result=_share_of_sums(parts, "{n} pairs that promised something", "promised")),),
    )


def _share_of_sums(parts: Iterable[tuple[int, int]], basis: str, what: str, *, alarm_below: float = 0.0) -> Result:
    """A share of sessions or promises, of which a pairing brings several: whole pairings are drawn for the interval."""
    there = [one for one in parts if one[1]]
    if len(there) < LEAST_PAIRS:
        return too_few_pairs(what)
    hits, n = sum(hit for hit, _ in there), sum(whole for _, whole in there)
    return share_within(hits, n, intervals.of_ratio(there), numbered(basis, len(there)), alarm_below=alarm_below)


def too_few_pairs(what: str) -> NotEnough:
    """Why a figure about few pairings is not given; `what` they have done, such as ``met``."""
    values = {"limit": how_many(LEAST_PAIRS), "what": what}
    template = "Fewer than {limit} pairs have {what} so far; a figure about so few would speak of people."
    return NotEnough(because=Sentence(template=template, values=values))


def _engagement(
    figure_id: str, title: str, formula: Sentence, *lines: Line, alarm: Sentence | None = None,
    note: Sentence | None = None,
) -> Figure:  # fmt: skip
    return Figure(
        id=figure_id,
        section=Section.ENGAGEMENT,
        level=Level.NONE,
        title=title,
        formula=formula,
        alarm=alarm,
        note=note,
        lines=lines,
    )


def _started(pairs: Sequence[PairHistory], period: Period) -> Figure:
    days = how_many(START_DAYS)
    in_time = counted = undated = 0
    for pair in pairs:
        if not period.has(pair.started_at):
            continue
        held = [one for one in pair.sessions if one.status is SessionStatus.HELD]
        first = held[0].starts_at if held else None
        if held and first is None:
            undated += 1
            continue
        latest = pair.started_at + timedelta(days=START_DAYS)
        if first is None and latest > period.until:
            continue
        counted += 1
        in_time += first is not None and first.date() <= latest.date()
    result = (
        share(in_time, counted, numbered("{n} pairs", counted), alarm_below=START_LIMIT)
        if counted >= LEAST_PAIRS
        else too_few_pairs("been paired for long enough")
    )
    note = numbered("Left out: {n} whose first session was logged without a date.", undated) if undated else None
    return _engagement(
        "E1",
        "Started in time",
        Sentence(
            template="Pairs that held their first session within {days} days, out of those paired at least that long.",
            values={"days": days},
        ),
        Line(label="Started", result=result),
        alarm=limited("Fewer than {limit} of the pairs started in time.", START_LIMIT, Measure.SHARE),
        note=note,
    )


def _due(pair: PairHistory, period: Period) -> list[Session]:
    """The sessions that are decided by now: held, cancelled (also before their day), or past their date."""
    return [
        one
        for one in pair.sessions
        if (was_cancelled(one) and period.reaches(one.starts_at))
        or (period.has(one.starts_at) and (one.status is SessionStatus.HELD or (pair.running and bool(one.starts_at))))
    ]


def _count(pairs: Sequence[PairHistory], period: Period, is_hit: Callable[[Session], bool]) -> list[tuple[int, int]]:
    due = [_due(pair, period) for pair in pairs]
    return [(sum(map(is_hit, sessions)), len(sessions)) for sessions in due]


def _held(pairs: Sequence[PairHistory], period: Period) -> Figure:
    parts = _count(pairs, period, lambda one: one.status is SessionStatus.HELD)
    return _engagement(
        "E2",
        "Sessions held",
        Sentence(template="Sessions held, out of all that were due: held, cancelled, or past their date."),
        Line(label="Held", result=_share_of_sums(parts, "{n} pairs", "had a session due", alarm_below=HELD_LIMIT)),
        alarm=limited("Fewer than {limit} of the sessions took place.", HELD_LIMIT, Measure.SHARE),
        note=Sentence(template="A session for which no date was ever agreed is not due, and is not counted."),
    )


def _cancelled(pairs: Sequence[PairHistory], period: Period, limit: int) -> Figure:
    def share_of(is_hit: Callable[[Session], bool]) -> Result:
        return _share_of_sums(_count(pairs, period, is_hit), "{n} pairs", "had a session due")

    due = [sessions for pair in pairs if (sessions := _due(pair, period))]
    cancelled = [one for sessions in due for one in sessions if was_cancelled(one)]
    unknown = sum(one.cancelled_by is None for one in cancelled)
    by_executive = share_of(lambda one: was_cancelled(one, Role.MENTEE))
    in_a_row: Result = too_few_pairs("had a session due")
    note = None
    if len(due) >= LEAST_PAIRS:
        longest = max(max(runs(sessions, Role.MENTEE)) for sessions in due)
        row = total(longest, Measure.COUNT, numbered("{n} pairs", len(due)))
        in_a_row = row.model_copy(update={"alarm": longest >= limit})
        if cancelled and unknown == len(cancelled):
            by_executive = in_a_row = NotEnough(because=Sentence(template="Nobody said who cancelled any session."))
        elif unknown:
            said = "Of {all} cancelled sessions, nobody said who cancelled {unknown}; they count for no executive."
            note = Sentence(template=said, values={"all": how_many(len(cancelled)), "unknown": how_many(unknown)})
    return _engagement(
        "E3",
        "Cancellations",
        Sentence(
            template="Sessions that the executive cancelled, and that anybody cancelled, out of all that were due; and "
            "the most that one executive cancelled in a row, also where they met again since."
        ),
        Line(label="Cancelled by the executive", result=by_executive),
        Line(label="Cancelled by anybody", result=share_of(was_cancelled)),
        Line(label="Most in a row by one executive, at any time", result=in_a_row),
        alarm=limited("An executive cancelled {limit} or more sessions in a row.", limit, Measure.COUNT),
        note=note,
    )


def _gaps(pairs: Sequence[PairHistory], period: Period) -> Figure:
    by_pair = []
    for pair in pairs:
        days = sorted(
            one.starts_at.date()
            for one in pair.sessions
            if one.status is SessionStatus.HELD and one.starts_at is not None and period.has(one.starts_at)
        )
        if gaps := tuple((later - earlier).days for earlier, later in pairwise(days)):
            by_pair.append(gaps)
    result: Result = too_few_pairs("met more than once")
    if len(by_pair) >= LEAST_PAIRS:

        def middle(drawn: Sequence[tuple[int, ...]]) -> float:
            return float(median(gap for gaps in drawn for gap in gaps))

        found = intervals.bootstrap(sorted(by_pair), middle)
        most = max(60.0, found.high if found else 0.0)
        basis = numbered("{n} pairs that met more than once", len(by_pair))
        result = measured(middle(by_pair), found, Measure.AMOUNT, (0, most), basis)
    return _engagement(
        "E4",
        "Days between sessions",
        Sentence(template="The middle value of the days from one held session of a pair to its next."),
        Line(label="Days", result=result),
    )


def _prepared(pairs: Sequence[PairHistory], period: Period) -> Figure:
    parts = []
    for pair in pairs:
        held = [
            one
            for one in pair.sessions
            if one.status is SessionStatus.HELD and one.starts_at is not None and period.has(one.starts_at)
        ]
        parts.append((sum(one.id in pair.prepared for one in held), len(held)))
    return _engagement(
        "E6",
        "Prepared before the session",
        Sentence(template="Held sessions whose agenda was there before they began, out of all held sessions."),
        Line(label="Prepared", result=_share_of_sums(parts, "{n} pairs", "met")),
    )
