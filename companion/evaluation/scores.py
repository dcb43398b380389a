"""Scores of many runs, brought together: a mean with a bootstrap interval for every scorer."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeVar

Value = bool | float | None
Run = TypeVar("Run")
Scorer = Callable[[Run], Value | Mapping[str, Value]]
"""Looks at one run. None says "does not apply"; a mapping holds several scores under their own names."""

RESAMPLES = 1000


@dataclass(frozen=True)
class Summary:
    """One metric over many cases."""

    mean: float
    low: float
    """Lower end of the 95 % bootstrap interval of the mean."""
    high: float
    cases: int
    """On how many cases it applied."""

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.mean:.2f}  n={self.cases}"
        return f"{self.mean:.2f} [{self.low:.2f}, {self.high:.2f}]  n={self.cases}"


def scored(run: Run, scorers: Iterable[Scorer[Run]]) -> dict[str, Value]:
    """What every scorer says about one run, under the scorer's name."""
    scores: dict[str, Value] = {}
    for scorer in scorers:
        result = scorer(run)
        scores |= result if isinstance(result, Mapping) else {scorer.__name__: result}
    return scores


def summarised(rows: Iterable[Mapping[str, Value]]) -> dict[str, Summary]:
    """One summary per metric over the rows of all cases; a metric that never applied is left out."""
    values: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows:
        for name, value in row.items():
            if value is not None:
                values[name].append(float(value))
    return {name: summary(found) for name, found in values.items()}


def summary(values: Sequence[float]) -> Summary:
    """Mean and percentile bootstrap interval (Efron, 1979); the same values always give the same interval."""
    draw = random.Random(0)
    means = sorted(fmean(draw.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return Summary(fmean(values), means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1], len(values))


def table(columns: Mapping[str, Mapping[str, Summary]]) -> Iterator[tuple[str, ...]]:
    """Rows of text for a report: the metric, then one cell per column; "-" where it does not apply."""
    names = dict.fromkeys(name for column in columns.values() for name in column)
    for name in names:
        yield (name.replace("_", " "), *(str(column.get(name, "-")) for column in columns.values()))


def share(hits: Iterable[object]) -> float | None:
    """How many of these are true, from 0 to 1; None where there are none."""
    found = [bool(one) for one in hits]
    return fmean(found) if found else None


def f1(right: int, wrong: int, missed: int) -> float | None:
    """Harmonic mean of precision and recall; None where there was nothing to find and nothing was found."""
    everything = 2 * right + wrong + missed
    return 2 * right / everything if everything else None
