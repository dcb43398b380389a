"""The best assignment of all, with a proof, for cohorts whose pairs do not fit into memory.

A short list of strong pairs goes to the solver. The prices that come with its answer (see `prices`) say for every
other pair whether it could improve on it: only if it scores more than the two prices. All of them are looked at, block
by block; those that could improve join the list, and it is solved again until there are none. Then the answer is best
among *all* allowed pairs, and before that the same prices bound how much better any answer could be.

Changing a few pins and rejections starts from the list before. A row is only read again when it could matter: of each
row the highest score less price outside the list is remembered, and no pair of it can have risen by more than the
largest fall of any mentor's price.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from companion.errors import Cancelled, InvalidInput
from companion.matching.assignment import SCALE, Flags, Places, Whole, assign, best_flow, coverage_bonus
from companion.matching.blocks import (
    BlockScorer,
    MatrixScorer,
    Rows,
    StrongestOfColumns,
    anywhere,
    scattered,
    slices,
    strongest,
)
from companion.matching.certificate import NOTHING_DECIDED, Cell, Decisions, Optimum, Outside, Shortlist
from companion.matching.prices import Prices, dual_value, edges_of, lowest_prices
from companion.ports import Cancelled as CancelAsked
from companion.ports import Progress, never_cancelled, no_progress

SHORTLIST = 50
"""Pairs per person on the first list, on the side with fewer people."""
_FEWEST = 4
"""Pairs per person on the other side, at least."""
_ALL_AT_ONCE = 500_000
_NEAREST = 12
"""With prices from last time, so many pairs of a row are solved first."""
_CELLS_AT_ONCE = 4_000_000
_CELLS_IN_CACHE = 250_000
_LARGEST_BONUS = 2**50
"""Prices stay below twice the bonus, and floating-point numbers are exact up to 2**53."""


def optimum(
    scorer: BlockScorer,
    places: Places,
    decisions: Decisions = NOTHING_DECIDED,
    *,
    before: Optimum | None = None,
    good_enough: float = 0.0,
    shortlist: int = SHORTLIST,
    progress: Progress = no_progress,
    cancelled: CancelAsked = never_cancelled,
) -> Optimum:
    """First as many people with a first mentor as can be, then the highest sum of scores, over all allowed pairs.

    `before` is an earlier answer for the same scores (places and decisions may differ), which makes this one quick.
    With `good_enough` above 0 it stops at that gap, once nobody more can be covered. `shortlist` is how many pairs of
    each person are on the first list; it decides how long the search takes, never what it finds. Raises InvalidInput
    when pins contradict each other, a rule or the room there is, and Cancelled.
    """
    search = _Search(scorer, places, decisions, before, shortlist, progress, cancelled)
    while True:
        answer = search.round()
        if answer.proven or (answer.most_covered == answer.covered and answer.gap <= good_enough):
            return answer


def contradictions(scorer: BlockScorer, places: Places, decisions: Decisions) -> list[tuple[Cell, str]]:
    """The pins that cannot be kept, each with the reason in words that follow the pair."""
    found = []
    room = [places.mentee_room.astype(np.int64), places.mentor_room.astype(np.int64)]
    for cell in sorted(decisions.pinned):
        if any(not 0 <= place < size for place, size in zip(cell, scorer.shape, strict=True)):
            found.append((cell, "is not in the programme"))
            continue
        for side, place in enumerate(cell):
            room[side] = room[side] - (np.arange(room[side].size) == place)
        if cell in decisions.rejected:
            found.append((cell, "is both pinned and rejected"))
        elif not np.isfinite(scorer.score_block(slice(cell[0], cell[0] + 1))[0, cell[1]]):
            found.append((cell, "is forbidden by a hard rule"))
        elif room[0][cell[0]] < 0:
            found.append((cell, "needs one more place than the mentee has"))
        elif room[1][cell[1]] < 0:
            found.append((cell, "needs one more place than the mentor has"))
    return found


def best_pairs(
    scores: npt.NDArray[Any],
    possible: Flags,
    mentee_room: Whole,
    mentor_room: Whole,
    mentee_served: Flags,
    *,
    progress: Progress = no_progress,
    cancelled: CancelAsked = never_cancelled,
) -> list[Cell]:
    """The same as `assign`, for any number of pairs: a large programme goes through short lists. Raises Cancelled."""
    if np.count_nonzero(possible) <= _ALL_AT_ONCE:
        return assign(scores, possible, mentee_room, mentor_room, mentee_served)
    places = Places(mentee_room, mentor_room, mentee_served)
    return list(optimum(MatrixScorer(scores, possible), places, progress=progress, cancelled=cancelled).pairs)


class _Search:
    """The list as it grows, with what is known of the pairs that are not on it."""

    def __init__(
        self,
        scorer: BlockScorer,
        places: Places,
        decisions: Decisions,
        before: Optimum | None,
        shortlist: int,
        progress: Progress,
        cancelled: CancelAsked,
    ) -> None:
        _refuse(contradictions(scorer, places, decisions))
        self._scorer, self._decisions, self._most = scorer, decisions, shortlist
        self._progress, self._cancelled = progress, cancelled
        self._mentors = scorer.shape[1]
        self._bounds = int(np.floor(scorer.bounds[0] * SCALE)), int(np.ceil(scorer.bounds[1] * SCALE))
        self._asked = places
        self._places = _after(places, decisions.pinned)
        self._open_rows = np.flatnonzero(self._places.mentee_room > 0)
        self._closed = self._places.mentor_room <= 0
        self._bonus = coverage_bonus(self._places, *self._bounds)
        if self._bonus > _LARGEST_BONUS:
            raise InvalidInput("There are too many people to match at once.", "Match one part of the organisation.")
        self._fixed = np.array(sorted(decisions.pinned | decisions.rejected), dtype=np.int64).reshape(-1, 2)
        self._rounds = self._rows_read = 0
        self._prices = None if before is None else before.prices
        if before is None:
            unread = np.inf if self._mentors else -np.inf
            self._outside = Outside(np.full(scorer.shape[0], unread), np.zeros(self._mentors))
            self._list = self._first_list()
        else:
            freed = (before.decisions.pinned | before.decisions.rejected) - decisions.pinned - decisions.rejected
            self._outside = before.outside
            self._list = self._merged(before.shortlist, self._cells(freed))
        self._pins_worth = int(self._cells(decisions.pinned).worth.sum())

    def round(self) -> Optimum:
        """Solve the list, look at all other pairs, and put those that could improve it on the list."""
        self._rounds += 1
        rows, columns, worth = self._list.without(self._decisions, self._places)
        self._say(0, 0, "choosing the best pairs for everybody together")
        used, prices = self._solve(rows, columns, worth)
        found = self._look_outside(prices)
        self._list = self._merged(self._list, found)
        highest = self._outside.highest[self._open_rows]
        raised = prices.mentee.copy()
        raised[self._open_rows] = np.maximum(raised[self._open_rows], np.maximum(highest, -(2.0**60)).astype(np.int64))
        value = dual_value(rows, columns, worth, Prices(raised, prices.mentor), self._places, self._bonus)
        return self._answer(Shortlist(rows[used], columns[used], worth[used]), prices, value)

    def _solve(self, rows: Whole, columns: Whole, worth: Whole) -> tuple[Flags, Prices]:
        """The best of these pairs; those that were far from being used last time come in only when they must."""
        active = np.ones(rows.size, dtype=bool)
        if self._prices is not None:
            short = self._prices.mentee[rows] + self._prices.mentor[columns] - worth
            order = np.lexsort((short, rows))
            place = np.empty(rows.size, dtype=np.int64)
            place[order] = np.arange(rows.size) - np.searchsorted(rows, rows)
            active = (place < _NEAREST) | (short <= 0)
        while True:
            tried = rows[active], columns[active], worth[active]
            chosen = best_flow(*tried, self._places, self._bonus)
            self._prices = lowest_prices(*tried, chosen, self._places, self._bonus)
            missing = ~active & (worth > self._prices.mentee[rows] + self._prices.mentor[columns])
            if not missing.any():
                used = np.zeros(rows.size, dtype=bool)
                used[active] = chosen
                return used, self._prices
            active |= missing

    def _answer(self, chosen: Shortlist, prices: Prices, value: int) -> Optimum:
        by_flow = int((np.bincount(chosen.rows, minlength=self._scorer.shape[0])[self._places.first > 0] > 0).sum())
        least = self._places.most_pairs * min(self._bounds[0], 0)
        pinned = {row for row, _ in self._decisions.pinned if self._asked.first[row]}
        pairs = zip(chosen.rows.tolist(), chosen.columns.tolist(), strict=True)
        return Optimum(
            pairs=tuple(sorted([*pairs, *self._decisions.pinned])),
            covered=by_flow + len(pinned),
            score=(int(chosen.worth.sum()) + self._pins_worth) / SCALE,
            pinned_score=self._pins_worth / SCALE,
            most_covered=(value - least) // self._bonus + len(pinned),
            bound=(value - self._bonus * by_flow + self._pins_worth) / SCALE,
            prices=prices,
            rounds=self._rounds,
            rows_read=self._rows_read,
            decisions=self._decisions,
            scorer=self._scorer,
            places=self._places,
            bonus=self._bonus,
            shortlist=self._list,
            outside=self._outside,
        )

    def _first_list(self) -> Shortlist:
        """The strongest pairs of each person on either side, and a few from anywhere."""
        mentees, mentors = max(self._open_rows.size, 1), max(int((~self._closed).sum()), 1)
        of_row, of_column = (
            max(min(_FEWEST, self._most), min(self._most, -(-self._most * others // people)))
            for people, others in ((mentees, mentors), (mentors, mentees))
        )
        columns = StrongestOfColumns(self._mentors, of_column)
        parts = []
        for rows, scores in self._blocks(self._open_rows, "comparing everybody with everybody"):
            row, column = strongest(scores, of_row, np.full(rows.size, -np.inf))
            parts.append((rows[row], column, scores[row, column]))
            row, column = anywhere(scores, 2 * min(_FEWEST, self._most), int(rows[0]))
            parts.append((rows[row], column, scores[row, column]))
            columns.add(scores, rows)
        parts.append(columns.cells())
        row, column, value = (np.concatenate(part) for part in zip(*parts, strict=True))
        empty = Shortlist(*(np.empty(0, dtype=np.int64) for _ in range(3)))
        return self._merged(empty, Shortlist(row, column, _whole(value).astype(np.int64)))

    def _look_outside(self, prices: Prices) -> Shortlist:
        """The pairs off the list that are worth more than their prices, a few for each row that has any."""
        price = np.where(self._closed, np.inf, prices.mentor.astype(float))
        fall = _largest_fall(self._outside.price, price)
        highest = self._outside.highest + fall if np.isfinite(fall) else np.full(self._scorer.shape[0], np.inf)
        suspects = self._open_rows[highest[self._open_rows] > prices.mentee[self._open_rows]]
        self._rows_read += suspects.size
        rows_off, columns_off, starts = self._off_limits()
        parts = [Shortlist(*(np.empty(0, dtype=np.int64) for _ in range(3)))]
        for block, scores in self._blocks(suspects, "looking for better pairs"):
            for piece in slices(block.size, _CELLS_IN_CACHE, self._mentors):
                rows, worth = block[piece], _whole(scores[piece])
                edges = edges_of(rows, starts)
                worth[np.searchsorted(rows, rows_off[edges]), columns_off[edges]] = -np.inf
                worth -= price
                highest[rows] = worth.max(axis=1)
                better = np.flatnonzero(highest[rows] > prices.mentee[rows])
                floor, left = prices.mentee[rows[better]], worth[better]
                some = -(-self._most // 8)
                strong, others = strongest(left, some, floor), scattered(left, some, floor, self._rounds)
                row, column = (np.concatenate(pair) for pair in zip(strong, others, strict=True))
                found = (left[row, column] + price[column]).astype(np.int64)
                parts.append(Shortlist(rows[better[row]], column, found))
        closed_rows = self._places.mentee_room <= 0
        self._outside = Outside(np.where(closed_rows, np.inf, highest), price)
        return Shortlist(*(np.concatenate(part) for part in zip(*parts, strict=True)))

    def _off_limits(self) -> tuple[Whole, Whole, Whole]:
        """Rows, columns and row starts of the pairs that are on the list already or decided."""
        rows, columns = self._list.rows, self._list.columns
        if self._fixed.size:
            rows, columns = np.concatenate([rows, self._fixed[:, 0]]), np.concatenate([columns, self._fixed[:, 1]])
            order = np.argsort(rows, kind="stable")
            rows, columns = rows[order], columns[order]
        return rows, columns, np.searchsorted(rows, np.arange(self._scorer.shape[0] + 1))

    def _merged(self, one: Shortlist, other: Shortlist) -> Shortlist:
        rows, columns, worth = (np.concatenate(pair) for pair in zip(one, other, strict=True))
        if other.worth.size and not self._bounds[0] <= other.worth.min() <= other.worth.max() <= self._bounds[1]:
            raise ValueError(f"a score lies outside the stated bounds {self._scorer.bounds}")
        _, first = np.unique(self._keys(rows, columns), return_index=True)
        return Shortlist(rows[first], columns[first], worth[first])

    def _keys(self, rows: Whole, columns: Whole) -> Whole:
        return rows * self._mentors + columns

    def _cells(self, cells: Collection[Cell]) -> Shortlist:
        """These pairs with their scores, without the forbidden ones."""
        found = [(row, column, self._scorer.score_block(slice(row, row + 1))[0, column]) for row, column in cells]
        allowed = [(row, column, round(float(score) * SCALE)) for row, column, score in found if np.isfinite(score)]
        return Shortlist(*np.array(allowed, dtype=np.int64).reshape(-1, 3).T)

    def _blocks(self, rows: Whole, what: str) -> Iterator[tuple[Whole, npt.NDArray[np.float32]]]:
        """The scores of these rows, with -inf for mentors without a place."""
        for piece in slices(rows.size, _CELLS_AT_ONCE, self._mentors) if self._mentors else ():
            self._say(piece.start, rows.size, what)
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

    def _say(self, done: int, total: int, what: str) -> None:
        self._progress(done, total, what)
        if self._cancelled():
            raise Cancelled("Matching was stopped.", "Nothing was saved; start it again whenever you like.")


def _whole(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Scores in whole millionths, exactly, and -inf where they are."""
    worth = np.multiply(scores, SCALE, dtype=np.float64)
    rounded: npt.NDArray[np.float64] = np.rint(worth, out=worth)
    return rounded


def _largest_fall(before: npt.NDArray[np.float64], now: npt.NDArray[np.float64]) -> float:
    """By how much the price of any mentor with a place fell at most; never below 0."""
    fallen = before[np.isfinite(now)] - now[np.isfinite(now)]
    return max(0.0, float(fallen.max(initial=0.0)))


def _after(places: Places, pinned: Collection[Cell]) -> Places:
    """The places that are left when the pinned pairs are made."""
    rows = np.array([row for row, _ in pinned], dtype=np.int64)
    columns = np.array([column for _, column in pinned], dtype=np.int64)
    taken = np.bincount(rows, minlength=places.mentee_room.size)
    return Places(
        places.mentee_room - taken,
        places.mentor_room - np.bincount(columns, minlength=places.mentor_room.size),
        places.mentee_served | (taken > 0),
    )


def _refuse(found: list[tuple[Cell, str]]) -> None:
    if found:
        said = "; ".join(f"the pair of row {row + 1} and column {column + 1} {why}" for (row, column), why in found[:5])
        more = f"; and {len(found) - 5} more" if len(found) > 5 else ""
        raise InvalidInput(
            f"{len(found)} pinned {'pair' if len(found) == 1 else 'pairs'} cannot be kept: {said}{more}.",
            "Unpin them, or change the rule or the capacity that stands against them.",
        )
