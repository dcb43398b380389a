"""The list of pairs before the solver as it grows, with what is known of all the pairs that are not on it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from companion.errors import Cancelled, InvalidInput
from companion.matching.assignment import SCALE, Places, Whole, after_pins, coverage_bonus
from companion.matching.blocks import (
    BlockScorer,
    Rows,
    StrongestOfColumns,
    anywhere,
    scattered,
    slices,
    strongest,
)
from companion.matching.prices import Prices, dual_value, edges_of
from companion.matching.solution import Cell, Decisions, Outside, Shortlist, Solution, Trace
from companion.ports import Cancelled as CancelAsked
from companion.ports import Progress

SHORTLIST = 50
"""Pairs per person on the first list, on the side with fewer people."""
_FEWEST = 4
"""Pairs per person on the other side, at least."""
CELLS_AT_ONCE = 4_000_000
_CELLS_IN_CACHE = 250_000
_LARGEST_BONUS = 2**50
"""Prices stay below twice the bonus, and floating-point numbers are exact up to 2**53."""

Tilt = Callable[[Whole], npt.NDArray[np.int64]]
"""For some rows, what is taken off the worth of each of their pairs, in millionths, shape (rows, mentors)."""


class Listing:
    """Strong pairs of everybody, and for each row how much a pair off the list can be worth at most."""

    def __init__(
        self,
        scorer: BlockScorer,
        asked: Places,
        decisions: Decisions,
        before: Trace | None,
        shortlist: int,
        progress: Progress,
        cancelled: CancelAsked,
    ) -> None:
        """`before` comes from the same scores, or from scores of which none was lower."""
        self._scorer, self._most = scorer, shortlist
        self._progress, self._cancelled = progress, cancelled
        self._mentors = scorer.shape[1]
        self.bounds = int(np.floor(scorer.bounds[0] * SCALE)), int(np.ceil(scorer.bounds[1] * SCALE))
        self.decisions = decisions
        self.places = after_pins(asked, decisions.pinned)
        self._open_rows = np.flatnonzero(self.places.mentee_room > 0)
        self._closed = self.places.closed
        self.bonus = coverage_bonus(self.places, *self.bounds)
        if self.bonus > _LARGEST_BONUS:
            raise InvalidInput("There are too many people to match at once.", "Match one part of the organisation.")
        self._fixed = np.array(sorted(decisions.pinned | decisions.rejected), dtype=np.int64).reshape(-1, 2)
        self.looks = self.rows_read = 0
        self.pins_worth = int(self.cells(decisions.pinned).worth.sum())
        self.pins_covered = len({row for row, _ in decisions.pinned if asked.first[row]})
        unread = np.inf if self._mentors else -np.inf
        self.outside = Outside(np.full(scorer.shape[0], unread), np.zeros(self._mentors))
        if before is None:
            self.list = self._first_list()
        else:
            self.outside, self.list = before.outside, before.shortlist

    def open_pairs(self) -> Shortlist:
        """What is on the list, without what is decided and without those who have no place."""
        return self.list.without(self.decisions, self.places)

    def add(self, found: Shortlist) -> None:
        """Put these pairs on the list."""
        self.list = self._merged(self.list, found)

    def _first_list(self) -> Shortlist:
        """The strongest pairs of each person on either side, and a few from anywhere."""
        mentees, mentors = max(self._open_rows.size, 1), max(int((~self._closed).sum()), 1)
        of_row, of_column = (
            max(min(_FEWEST, self._most), min(self._most, -(-self._most * others // people)))
            for people, others in ((mentees, mentors), (mentors, mentees))
        )
        columns = StrongestOfColumns(self._mentors, of_column)
        parts = []
        for rows, scores in self.blocks(self._open_rows, "comparing everybody with everybody"):
            row, column = strongest(scores, of_row, np.full(rows.size, -np.inf))
            parts.append((rows[row], column, scores[row, column]))
            row, column = anywhere(scores, 2 * min(_FEWEST, self._most), int(rows[0]))
            parts.append((rows[row], column, scores[row, column]))
            columns.add(scores, rows)
        parts.append(columns.cells())
        row, column, value = (np.concatenate(part) for part in zip(*parts, strict=True))
        return self._merged(no_pairs(), Shortlist(row, column, whole(value).astype(np.int64)))

    def look_outside(self, prices: Prices, tilt: Tilt | None = None, *, afresh: bool = False) -> Shortlist:
        """The pairs off the list that are worth more than their prices, a few for each row that has any.

        With `tilt`, each pair is worth so much less; a tilt that is not that of the last look needs `afresh`.
        """
        self.looks += 1
        price = np.where(self._closed, np.inf, prices.mentor.astype(float))
        fall = np.inf if afresh else _largest_fall(self.outside.price, price)
        highest = self.outside.highest + fall if np.isfinite(fall) else np.full(self._scorer.shape[0], np.inf)
        suspects = self._open_rows[highest[self._open_rows] > prices.mentee[self._open_rows]]
        self.rows_read += suspects.size
        off_limits = self._off_limits()
        parts = [no_pairs()]
        for block, scores in self.blocks(suspects, "looking for better pairs"):
            for piece in slices(block.size, _CELLS_IN_CACHE, self._mentors):
                rows, worth = block[piece], whole(scores[piece])
                taken_off = np.zeros((1, 1), dtype=np.int64) if tilt is None else tilt(rows)
                if tilt is not None:
                    worth -= taken_off
                self.hide_listed(rows, worth, off_limits)
                worth -= price
                highest[rows] = worth.max(axis=1)
                better = np.flatnonzero(highest[rows] > prices.mentee[rows])
                floor, left = prices.mentee[rows[better]], worth[better]
                some = -(-self._most // 8)
                strong, others = strongest(left, some, floor), scattered(left, some, floor, self.looks)
                row, column = (np.concatenate(pair) for pair in zip(strong, others, strict=True))
                found = (left[row, column] + price[column]).astype(np.int64)
                if tilt is not None:
                    found += np.broadcast_to(taken_off, scores[piece].shape)[better[row], column]
                parts.append(Shortlist(rows[better[row]], column, found))
        closed_rows = self.places.mentee_room <= 0
        self.outside = Outside(np.where(closed_rows, np.inf, highest), price)
        return Shortlist(*(np.concatenate(part) for part in zip(*parts, strict=True)))

    def bound(self, allowed: Shortlist, prices: Prices, bonus: int) -> int:
        """No assignment of all pairs there are is worth more, by these prices and the look outside with them."""
        highest = self.outside.highest[self._open_rows]
        raised = prices.mentee.copy()
        raised[self._open_rows] = np.maximum(raised[self._open_rows], np.maximum(highest, -(2.0**60)).astype(np.int64))
        return dual_value(*allowed, Prices(raised, prices.mentor, prices.group), self.places, bonus)

    def hide_listed(
        self, rows: Whole, values: npt.NDArray[Any], off_limits: tuple[Whole, Whole, Whole] | None = None
    ) -> None:
        """Set the cells of these rows that are on the list or decided to -inf, in place."""
        rows_off, columns_off, starts = off_limits or self._off_limits()
        edges = edges_of(rows, starts)
        values[np.searchsorted(rows, rows_off[edges]), columns_off[edges]] = -np.inf

    def _off_limits(self) -> tuple[Whole, Whole, Whole]:
        """Rows, columns and row starts of the pairs that are on the list already or decided."""
        rows, columns = self.list.rows, self.list.columns
        if self._fixed.size:
            rows, columns = np.concatenate([rows, self._fixed[:, 0]]), np.concatenate([columns, self._fixed[:, 1]])
            order = np.argsort(rows, kind="stable")
            rows, columns = rows[order], columns[order]
        return rows, columns, np.searchsorted(rows, np.arange(self._scorer.shape[0] + 1))

    def _merged(self, one: Shortlist, other: Shortlist) -> Shortlist:
        rows, columns, worth = (np.concatenate(pair) for pair in zip(one, other, strict=True))
        if other.worth.size and not self.bounds[0] <= other.worth.min() <= other.worth.max() <= self.bounds[1]:
            raise ValueError(f"a score lies outside the stated bounds {self._scorer.bounds}")
        _, first = np.unique(rows * self._mentors + columns, return_index=True)
        return Shortlist(rows[first], columns[first], worth[first])

    def cells(self, cells: Collection[Cell]) -> Shortlist:
        """These pairs with their scores, without the forbidden ones."""
        found = [(row, column, self._scorer.score_block(slice(row, row + 1))[0, column]) for row, column in cells]
        allowed = [(row, column, round(float(score) * SCALE)) for row, column, score in found if np.isfinite(score)]
        return Shortlist(*np.array(allowed, dtype=np.int64).reshape(-1, 3).T)

    def blocks(self, rows: Whole, what: str) -> Iterator[tuple[Whole, npt.NDArray[np.float32]]]:
        """The scores of these rows, with -inf for mentors without a place."""
        for piece in slices(rows.size, CELLS_AT_ONCE, self._mentors) if self._mentors else ():
            self.say(piece.start, rows.size, what)
            block = rows[piece]
            together: Rows = block
            if block[-1] - block[0] + 1 == block.size:
                together = slice(int(block[0]), int(block[-1]) + 1)
            scores = self._scorer.score_block(together)
            if self._closed.any():
                scores = np.where(self._closed, np.float32(-np.inf), scores)
            if np.isnan(scores.max()):
                raise ValueError("a score is not a number")
            yield block, scores

    def answer(
        self,
        chosen: Shortlist,
        most_covered: int,
        bound: int,
        *,
        method: str,
        rounds: int,
        again: Callable[..., Solution],
    ) -> Solution:
        """The solution that makes these pairs and the pins; coverage and bound are those of the chosen pairs alone."""
        first = self.places.first
        covered = int((first[np.unique(chosen.rows)] > 0).sum())
        pairs = zip(chosen.rows.tolist(), chosen.columns.tolist(), strict=True)
        return Solution(
            pairs=tuple(sorted([*pairs, *self.decisions.pinned])),
            covered=covered + self.pins_covered,
            score=(int(chosen.worth.sum()) + self.pins_worth) / SCALE,
            most_covered=most_covered + self.pins_covered,
            bound=(bound + self.pins_worth) / SCALE,
            method=method,
            rounds=rounds,
            rows_read=self.rows_read,
            scorer=self._scorer,
            decisions=self.decisions,
            again=again,
        )

    def everything(self) -> Shortlist:
        """Every pair that is neither forbidden nor decided nor without a place; for programmes that are not large."""
        parts = [no_pairs()]
        for rows, scores in self.blocks(self._open_rows, "comparing everybody with everybody"):
            row, column = np.nonzero(np.isfinite(scores))
            parts.append(Shortlist(rows[row], column, whole(scores[row, column]).astype(np.int64)))
        found = Shortlist(*(np.concatenate(part) for part in zip(*parts, strict=True)))
        return self._merged(no_pairs(), found).without(self.decisions, self.places)

    def add_everything(self, most: int) -> None:
        """Put every pair there is on the list, if they are no more than so many."""
        if self._scorer.shape[0] * self._mentors <= CELLS_AT_ONCE:
            pairs = self.everything()
            if pairs.rows.size <= most:
                self.add(pairs)

    def say(self, done: int, total: int, what: str) -> None:
        """Tell how far it is, and stop when asked to. Raises Cancelled."""
        self._progress(done, total, what)
        if self._cancelled():
            raise stopped()


def stopped() -> Cancelled:
    """What is raised when a person stops the matching."""
    return Cancelled("Matching was stopped.", "Nothing was saved; start it again whenever you like.")


def no_pairs() -> Shortlist:
    """An empty list."""
    return Shortlist(*(np.empty(0, dtype=np.int64) for _ in range(3)))


def whole(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Scores in whole millionths, exactly, and -inf where they are."""
    worth = np.multiply(scores, SCALE, dtype=np.float64)
    rounded: npt.NDArray[np.float64] = np.rint(worth, out=worth)
    return rounded


def _largest_fall(before: npt.NDArray[np.float64], now: npt.NDArray[np.float64]) -> float:
    """By how much the price of any mentor with a place fell at most; never below 0."""
    fallen = before[np.isfinite(now)] - now[np.isfinite(now)]
    return max(0.0, float(fallen.max(initial=0.0)))
