"""The answers in the lines of figures: a share, a total, or any number with its interval and its scale."""

from __future__ import annotations

from companion.domain import intervals
from companion.domain.intervals import Interval
from companion.domain.report_numbers import how_many
from companion.domain.reports import FEW, Measure, Measured, Number, Sentence


def measured(
    value: float, interval: Interval | None, measure: Measure, ends: tuple[float, float], basis: Sentence
) -> Measured:
    """A number, its interval where one makes sense, and the ends of its scale, all in one measure."""

    def number(one: float) -> Number:
        return Number(value=one, measure=measure)

    return Measured(
        value=number(value),
        low=number(interval.low) if interval else None,
        high=number(interval.high) if interval else None,
        least=number(ends[0]),
        most=number(ends[1]),
        basis=basis,
    )


def total(value: float, measure: Measure, basis: Sentence) -> Measured:
    """A number without an interval: it is a sum or a count, not a sample."""
    return measured(value, None, measure, (0, value), basis)


def share(hits: int, n: int, basis: Sentence, *, alarm_below: float = 0.0) -> Measured:
    """A share of people or pairs with Wilson's interval."""
    return share_within(hits, n, intervals.wilson(hits, n), basis, alarm_below=alarm_below)


def share_within(
    hits: int, n: int, interval: Interval | None, basis: Sentence, *, alarm_below: float = 0.0
) -> Measured:
    """A share with the interval that it has; below `FEW` in counts, as percentages of few mean nothing."""
    alarm = hits < alarm_below * n
    if n < FEW:
        # The ends are rounded outwards: a narrower range would promise more than is known.
        outwards = Interval(int(interval.low * n), -int(-interval.high * n // 1)) if interval else None
        counted = measured(hits, outwards, Measure.COUNT, (0, n), basis)
        return counted.model_copy(update={"out_of": how_many(n), "alarm": alarm})
    found = measured(hits / n, interval, Measure.SHARE, (0, 1), basis)
    return found.model_copy(update={"part": how_many(hits), "out_of": how_many(n), "alarm": alarm})
