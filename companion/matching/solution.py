"""The answer to a matching and what is proven about it: coverage, sum, bound, and the regret of any pair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from companion.errors import InvalidInput
from companion.matching.assignment import SCALE, Places, Whole
from companion.matching.blocks import BlockScorer
from companion.matching.prices import Prices
from companion.matching.regret import Chains, Loss

Cell = tuple[int, int]


@dataclass(frozen=True)
class Decisions:
    """What an admin has fixed: pairs of (mentee row, mentor column)."""

    pinned: frozenset[Cell] = frozenset()
    rejected: frozenset[Cell] = frozenset()

    def with_pin(self, cell: Cell) -> Decisions:
        """The same with one more pin."""
        return Decisions(self.pinned | {cell}, self.rejected)


NOTHING_DECIDED = Decisions()


class Regret(NamedTuple):
    """What the whole programme loses by forcing a pair."""

    left_out: int
    """So many fewer people get their first mentor."""
    score: float
    """What the sum of scores loses if nobody is left out; where somebody is, what it loses besides (a gain if < 0)."""
    exact: bool
    """Whether that is the loss itself; otherwise it is proven to lose this much and may lose more."""


class Shortlist(NamedTuple):
    """The pairs before the solver, sorted by row and column."""

    rows: Whole
    columns: Whole
    worth: Whole

    def without(self, decisions: Decisions, places: Places) -> Shortlist:
        """The list without what is decided and without those who have no place."""
        mentors = places.mentor_room.size
        keep = (places.mentee_room[self.rows] > 0) & ~places.closed[self.columns]
        fixed = [row * mentors + column for row, column in decisions.pinned | decisions.rejected]
        if fixed:
            keep &= ~np.isin(self.rows * mentors + self.columns, np.array(fixed, dtype=np.int64))
        return self.only(keep)

    def only(self, keep: npt.NDArray[np.bool_] | Whole) -> Shortlist:
        """Some of the pairs."""
        return Shortlist(self.rows[keep], self.columns[keep], self.worth[keep])


class Outside(NamedTuple):
    """What is known of the pairs that are not on the list."""

    highest: npt.NDArray[np.float64]
    """No pair of this row that is off the list is worth more than this after paying `price`."""
    price: npt.NDArray[np.float64]


def _nothing(row: int, column: int) -> int:
    return 0


@dataclass(frozen=True)
class Trace:
    """How an answer was found: what the next one starts from, and the prices that prove this one."""

    prices: Prices
    places: Places
    """After the pins."""
    bonus: int
    """What one person more who is covered counts for in these prices."""
    unproven: int
    """By how much, in these prices, an assignment might be better than this one, in millionths."""
    pinned_score: float
    """The part of the sum of scores that the pins bring."""
    shortlist: Shortlist
    outside: Outside
    multipliers: tuple[int, ...] = ()
    """What one pair too many of each limit that is no flow is charged, in millionths."""
    charge: Callable[[int, int], int] = _nothing
    """What a pair is charged for all of those limits together."""


@dataclass(frozen=True)
class Solution:
    """The best assignment found, and what is proven about it."""

    pairs: tuple[Cell, ...]
    """(mentee row, mentor column), sorted, pins included."""
    covered: int
    """How many people get their first mentor."""
    score: float
    """The sum of scores."""
    most_covered: int
    """No assignment that keeps the pins and the limits covers more."""
    bound: float
    """No assignment that keeps the pins and the limits and covers as many has a higher sum of scores."""
    method: str
    """How it was found, in a plain word or two."""
    rounds: int
    rows_read: int
    """How many rows were scored to prove it."""
    scorer: BlockScorer = field(repr=False)
    decisions: Decisions = field(repr=False)
    again: Callable[..., Solution] = field(repr=False, compare=False)
    """Called with other decisions and `before`: the answer to the same question after them."""
    trace: Trace | None = field(default=None, repr=False, compare=False)
    """None when every pair was before the solver, so that there is nothing to start from."""
    threshold: float | None = None
    """With the worst served first: no pair but a pinned one scores less. None without, or when nobody is served."""
    threshold_bound: float | None = None
    """No threshold above this one covers as many."""
    without_threshold: Solution | None = field(default=None, repr=False, compare=False)
    """What it was before the worst served came first; another search starts from there."""
    too_few: tuple[int, ...] = ()
    """With circles: the mentees left out who suit a mentor with places, but too few do to make a circle."""

    @property
    def proven(self) -> bool:
        """Whether nothing can be better."""
        return self.most_covered == self.covered and self.bound == self.score

    @property
    def gap(self) -> float:
        """How far from the best possible sum of scores at most, as a share of it; 0 when proven.

        It compares among assignments that cover as many people; `most_covered` says whether more could be covered.
        """
        return 0.0 if self.bound == self.score else (self.bound - self.score) / max(abs(self.bound), 1 / SCALE)

    def regret(self, row: int, column: int, *, quick: bool = False) -> Regret | None:
        """The answer to "why not this pair?"; None for a pair that a rule, a decision or a limit forbids.

        A pair that is in the assignment loses nothing. Without limits nothing is solved again; with limits, the
        programme is solved with the pair pinned (with `threshold`, nobody else may be served worse than that).
        `quick` solves nothing where there are prices, and says only what is lost at least.
        """
        if (row, column) in self._chosen:
            return Regret(0, 0.0, exact=True)
        score = float(self.scorer.score_block(slice(row, row + 1))[0, column])
        if not np.isfinite(score) or (row, column) in self.decisions.rejected:
            return None
        trace, chains = self.trace, self._chains
        priced = trace is not None and self.method in (BY_PRICES, QUOTA_BY_PRICES)
        if trace is not None and (chains is not None or (quick and priced)):
            if trace.places.mentee_room[row] <= 0 or trace.places.closed[column]:
                return None
            lacking = int(trace.prices.mentee[row] + trace.prices.mentor[column]) - round(score * SCALE)
            loss = Loss(lacking + trace.charge(row, column), exact=False)
            return self._priced(loss if chains is None else chains.loss(row, column, lacking), trace)
        try:
            forced = self.again(self.decisions.with_pin((row, column)), before=self)
        except InvalidInput:
            return None
        exact = self.proven and forced.proven
        left_out = max(0, self.covered - forced.most_covered)
        lost = self.score - (forced.score if exact else forced.bound)
        return Regret(left_out, lost if exact or left_out else max(0.0, lost), exact)

    def _priced(self, loss: Loss, trace: Trace) -> Regret:
        """A loss in the prices of the trace as people and score."""
        lost = max(loss.least - trace.unproven, 0)
        # The sum of scores cannot lose more than all of it that is not pinned; whatever else is lost is people.
        free = round((self.score - trace.pinned_score) * SCALE)
        all_of_it = free - trace.places.most_pairs * min(round(self.scorer.bounds[0] * SCALE), 0)
        left_out = max(0, -((all_of_it - lost) // trace.bonus)) if trace.bonus else 0
        return Regret(left_out, (lost - left_out * trace.bonus) / SCALE, exact=loss.exact and self.proven)

    @cached_property
    def _chosen(self) -> frozenset[Cell]:
        return frozenset(self.pairs)

    @cached_property
    def _chains(self) -> Chains | None:
        """Where there are no limits, every loss is the shortest chain of changes; elsewhere there are none."""
        trace = self.trace
        if trace is None or trace.places.shared is not None or self.method != BY_PRICES:
            return None
        allowed = trace.shortlist.without(self.decisions, trace.places)
        mentors = trace.places.mentor_room.size
        pairs = np.array(sorted(self._chosen), dtype=np.int64).reshape(-1, 2)
        used = np.isin(allowed.rows * mentors + allowed.columns, pairs[:, 0] * mentors + pairs[:, 1])
        apart = trace.prices.mentee - trace.outside.highest
        return Chains(*allowed, used, trace.prices, trace.places, trace.bonus, apart)


BY_PRICES = "prices"
BY_BRANCHES = "branch and bound"
QUOTA_BY_PRICES = "quota by prices"
CIRCLES_BY_PRICES = "circles by prices"
