"""The answer to a matching and what is proven about it: coverage, sum, bound, prices, and the regret of any pair."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from companion.matching.assignment import SCALE, Places, Whole
from companion.matching.blocks import BlockScorer
from companion.matching.prices import Prices
from companion.matching.regret import Chains

Cell = tuple[int, int]


@dataclass(frozen=True)
class Decisions:
    """What an admin has fixed: pairs of (mentee row, mentor column)."""

    pinned: frozenset[Cell] = frozenset()
    rejected: frozenset[Cell] = frozenset()


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
        keep = (places.mentee_room[self.rows] > 0) & (places.mentor_room[self.columns] > 0)
        fixed = [row * mentors + column for row, column in decisions.pinned | decisions.rejected]
        if fixed:
            keep &= ~np.isin(self.rows * mentors + self.columns, np.array(fixed, dtype=np.int64))
        return Shortlist(self.rows[keep], self.columns[keep], self.worth[keep])


class Outside(NamedTuple):
    """What is known of the pairs that are not on the list."""

    highest: npt.NDArray[np.float64]
    """No pair of this row that is off the list is worth more than this after paying `price`."""
    price: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Optimum:
    """The best assignment found, and what is proven about it."""

    pairs: tuple[Cell, ...]
    """(mentee row, mentor column), sorted, pins included."""
    covered: int
    """How many people get their first mentor."""
    score: float
    """The sum of scores."""
    pinned_score: float
    """The part of it that the pins bring."""
    most_covered: int
    """No assignment that keeps the pins covers more."""
    bound: float
    """No assignment that keeps the pins and covers as many has a higher sum of scores."""
    prices: Prices
    rounds: int
    rows_read: int
    """How many rows were scored to prove it."""
    decisions: Decisions
    scorer: BlockScorer = field(repr=False)
    places: Places = field(repr=False)
    """After the pins."""
    bonus: int = field(repr=False)
    shortlist: Shortlist = field(repr=False)
    outside: Outside = field(repr=False)

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

    def regret(self, row: int, column: int) -> Regret | None:
        """The answer to "why not this pair?", without solving anything again; None for a pair that a rule forbids.

        A pair that is in the assignment loses nothing.
        """
        if (row, column) in self._chosen:
            return Regret(0, 0.0, exact=True)
        score = float(self.scorer.score_block(slice(row, row + 1))[0, column])
        has_place = self.places.mentee_room[row] > 0 and self.places.mentor_room[column] > 0
        if not np.isfinite(score) or (row, column) in self.decisions.rejected or not has_place:
            return None
        lacking = int(self.prices.mentee[row] + self.prices.mentor[column]) - round(score * SCALE)
        loss = self._chains.loss(row, column, lacking)
        unproven = round((self.bound - self.score) * SCALE) + (self.most_covered - self.covered) * self.bonus
        lost = max(loss.least - unproven, 0)
        # The sum of scores cannot lose more than all of it that is not pinned; whatever else is lost is people.
        free = round((self.score - self.pinned_score) * SCALE)
        all_of_it = free - self.places.most_pairs * min(round(self.scorer.bounds[0] * SCALE), 0)
        left_out = max(0, -((all_of_it - lost) // self.bonus))
        return Regret(left_out, (lost - left_out * self.bonus) / SCALE, exact=loss.exact and self.proven)

    @cached_property
    def _chosen(self) -> frozenset[Cell]:
        return frozenset(self.pairs)

    @cached_property
    def _chains(self) -> Chains:
        allowed = self.shortlist.without(self.decisions, self.places)
        mentors = self.places.mentor_room.size
        pairs = np.array(sorted(self._chosen), dtype=np.int64).reshape(-1, 2)
        used = np.isin(allowed.rows * mentors + allowed.columns, pairs[:, 0] * mentors + pairs[:, 1])
        apart = self.prices.mentee - self.outside.highest
        return Chains(*allowed, used, self.prices, self.places, self.bonus, apart)
