"""Circles: a mentor takes no new mentee, or as many as make a circle; for programmes too large for branch and bound.

Which mentors open a circle is read off prices of the mentees: at given prices each mentor's best circle is a matter of
sorting, and what all of them come to, with the prices, bounds every assignment into circles (Lagrangian duality). The
flow then fills the circles that are worth opening; those that stay too small are closed, the smallest first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from companion.matching.assignment import SCALE, Filling, Flags, Places, Whole, best_flow
from companion.matching.blocks import BlockScorer, slices
from companion.matching.cuts import highest_charge
from companion.matching.limits import Circles, Loose
from companion.matching.listing import Listing, whole
from companion.matching.solution import Solution

_STEPS = 120
_PATIENCE = 6
_SETTLE_EVERY = 15
_CELLS_IN_CACHE = 250_000
_WORK = 6_000_000
"""So many pairs times flows at most for trying to open and close circles."""
_FEWEST_TRIES = 6
_REWARD = 4 * SCALE
_RAISES = 20
_FORBIDDEN = -(2.0**60)


def circle_places(places: Places, circles: Circles) -> Places:
    """Places of circles, before the pins: as many as the largest takes, none where the smallest does not fit."""
    room = np.minimum(places.mentor_room, circles.most)
    return replace(places, mentor_room=np.where(room < circles.least, np.minimum(room, circles.pinned), room))


def left_by_size(scorer: BlockScorer, listing: Listing, solution: Solution, circles: Circles) -> tuple[int, ...]:
    """The mentees left out who suit a mentor with free places but without a circle."""
    places = listing.places
    load = np.bincount([column for _, column in solution.pairs], minlength=places.mentor_room.size)
    silent = (load == 0) & ~places.closed
    served = {row for row, _ in solution.pairs}
    rows = [int(row) for row in np.flatnonzero(places.first > 0) if row not in served]
    rejected = solution.decisions.rejected
    found = []
    for row in rows:
        suits = np.flatnonzero(np.isfinite(scorer.score_block(slice(row, row + 1))[0]) & silent)
        if any((row, int(column)) not in rejected for column in suits):
            found.append(row)
    return tuple(found)


class Filled(NamedTuple):
    """Circles that keep the sizes, without the pins."""

    covered: int
    worth: int
    used: Flags
    opened: Flags


class CircleSearch:
    """Prices of mentees, circles that are worth opening at them, and flows that fill those."""

    best: Filled | None = None
    """None while no assignment was found that keeps the sizes and all other limits."""

    def __init__(self, listing: Listing, loose: Loose, circles: Circles, multipliers: tuple[int, ...]) -> None:
        """`loose` is what is left of other limits after the pins, and `multipliers` what they charge."""
        self._listing, self._loose = listing, loose
        self._places, self._pinned = listing.places, circles.pinned
        self._need = np.maximum(circles.least - circles.pinned, 0)
        self.pairs = listing.open_pairs()
        self._marks = loose.marks(self.pairs.rows, self.pairs.columns)
        self._charge(multipliers)
        self._most_seen = 0
        self._bonus = float(3 * (listing.bounds[1] - min(listing.bounds[0], 0) + SCALE))

    def solve(self, price: Whole) -> None:
        """Fill circles from several sets of prices, then open and close some; keep the best that keeps all limits.

        `price` is that of each mentee without the sizes. Raises Cancelled.
        """
        at = np.maximum(price.astype(float), -self._bonus)
        self.price, lowest, share, stale = at, np.inf, 1.0, 0
        for number in range(_STEPS):
            self._listing.say(number, _STEPS, "forming circles")
            value, taken, opened = self._relaxed(at)
            stale = 0 if value < lowest else stale + 1
            if value < lowest:
                lowest, self.price = value, at
            if stale > _PATIENCE:
                share, stale = share / 2, 0
            if number % _SETTLE_EVERY == 0:
                self._settle(opened)
            first = self._places.first
            wanted = first * (at > -self._bonus) + (self._places.mentee_room - first) * (at > 0)
            slope = np.where(self._places.mentee_room > 0, taken - wanted, 0)
            size = float((slope**2).sum())
            if not size:
                break
            reached = self._value(self.best) if self.best else 0.0
            at = np.maximum(at + slope * share * max(value - reached, SCALE / 100) / size, -self._bonus)
        self._settle(np.ones(self._need.size, dtype=bool))
        self._keep_the_limits()
        self._improve()

    def _keep_the_limits(self) -> None:
        """Charge more for the other limits until they are kept by circles that cover as many as any so far."""
        charged = self._multipliers
        highest = highest_charge(self._places.first.size + self._places.nodes[0].size, len(self._loose))
        for _ in range(_RAISES):
            if self.best is not None and self.best.covered >= self._most_seen:
                break
            self._charge(tuple(min(2 * price + SCALE // 100, highest) for price in self._multipliers))
            self._settle(np.ones(self._need.size, dtype=bool))
        self._charge(charged)

    def bound(self, covering: int) -> int:
        """No assignment into circles of all pairs there are that covers so many is worth more. Raises Cancelled."""
        mentors = self._places.mentor_room.size
        most = int(self._places.mentor_room.max(initial=0))
        top = np.full((most, mentors), -np.inf)
        everybody = np.flatnonzero(self._places.mentee_room > 0)
        decided = np.array(sorted(self._listing.decisions.pinned | self._listing.decisions.rejected), dtype=np.int64)
        for block, scores in self._listing.blocks(everybody, "bounding what circles can reach"):
            for piece in slices(block.size, _CELLS_IN_CACHE, mentors):
                rows, profit = block[piece], whole(scores[piece])
                for row, column in decided.reshape(-1, 2).tolist():
                    profit[rows == row, column] = -np.inf
                if len(self._loose):
                    profit -= self._loose.block(rows, self._multipliers, mentors)
                profit -= self.price[rows][:, None]
                both = np.concatenate([top, profit])
                top = -np.partition(-both, most - 1, axis=0)[:most] if 0 < most < both.shape[0] else both[:most]
        top = -np.sort(-top, axis=0)
        place = np.arange(most)[:, None]
        must, may = place < self._need, place < self._places.mentor_room
        profit = np.where(must, top, np.where(may, np.maximum(top, 0), 0)).sum(axis=0)
        profit[self._need > self._places.mentor_room] = -np.inf
        profit = np.where(self._pinned > 0, profit, np.maximum(profit, 0))
        value = float(profit.sum()) + self._prices_worth(self.price) - self._bonus * covering
        if not np.isfinite(value):
            return -(2**60)
        return int(np.floor(value + 0.5)) + self._loose.worth_at_most(self._multipliers)

    def _charge(self, multipliers: tuple[int, ...]) -> None:
        self._multipliers = multipliers
        self._worth = self.pairs.worth - self._loose.tilt(self._marks, multipliers)

    def _value(self, filled: Filled) -> float:
        return float(self._worth[filled.used].sum()) + self._bonus * filled.covered

    def _prices_worth(self, price: npt.NDArray[np.float64]) -> float:
        first = self._places.first
        more = self._places.mentee_room - first
        return float((first * np.maximum(price + self._bonus, 0) + more * np.maximum(price, 0)).sum())

    def _relaxed(self, price: npt.NDArray[np.float64]) -> tuple[float, Whole, Flags]:
        """What the best circles of the list come to at these prices, how often each mentee is in one, which open."""
        rows, columns, _ = self.pairs
        mentors = self._need.size
        profit = self._worth - price[rows]
        order = np.lexsort((-profit, columns))
        column, profit = columns[order], profit[order]
        starts = np.searchsorted(column, np.arange(mentors + 1))
        place = np.arange(column.size) - starts[column]
        take = (place < self._need[column]) | ((place < self._places.mentor_room[column]) & (profit > 0))
        total = np.bincount(column[take], weights=profit[take], minlength=mentors)
        total[(np.diff(starts) < self._need) | (self._places.mentor_room < self._need)] = _FORBIDDEN
        opened = (total > 0) | (self._pinned > 0)
        take &= opened[column]
        taken = np.bincount(rows[order[take]], minlength=price.size)
        value = float(np.where(opened, total, 0).sum()) + self._prices_worth(price)
        return value, taken, opened

    def _settle(self, opened: Flags) -> Filled | None:
        """Fill these circles, closing those that stay too small, the smallest first, until all are large enough."""
        opened = (opened & (self._places.mentor_room >= self._need)) | (self._pinned > 0)
        rows, columns, _ = self.pairs
        while True:
            self._listing.say(0, 0, "forming circles")
            open_pairs = np.flatnonzero(opened[columns])
            places = replace(self._places, mentor_room=np.where(opened, self._places.mentor_room, 0))
            tried = rows[open_pairs], columns[open_pairs], self._worth[open_pairs]
            bonus = self._listing.bonus + places.most_pairs * _REWARD
            chosen = open_pairs[best_flow(*tried, places, bonus, Filling(np.where(opened, self._need, 0), _REWARD))]
            load = np.bincount(columns[chosen], minlength=self._need.size)
            small = np.flatnonzero(opened & (load < self._need) & ((load > 0) | (self._pinned > 0)))
            if not small.size:
                used = np.zeros(rows.size, dtype=bool)
                used[chosen] = True
                return self._consider(used, opened & (load > 0))
            free = small[self._pinned[small] == 0]
            if not free.size:
                # Only pinned circles are too small: the smallest of the others gives its people up to them.
                others = np.flatnonzero(opened & (load > 0) & (self._pinned == 0))
                if not others.size:
                    return None
                free = others[np.argmin(load[others])][None]
            worth = np.bincount(columns[chosen], weights=self._worth[chosen], minlength=self._need.size)
            order = free[np.lexsort((worth[free], load[free]))]
            opened[order[: max(1, order.size // 4)]] = False
            opened[(load == 0) & (self._pinned == 0)] = False

    def _consider(self, used: Flags, opened: Flags) -> Filled | None:
        covered = int((self._places.first[np.unique(self.pairs.rows[used])] > 0).sum())
        self._most_seen = max(self._most_seen, covered)
        if not self._loose.kept(self._marks.only(used)):
            return None
        filled = Filled(covered, int(self.pairs.worth[used].sum()), used, opened)
        if self.best is None or filled[:2] > self.best[:2]:
            self.best = filled
        return filled

    def _improve(self) -> None:
        """Open one more circle, or close one, and fill again, while that makes it better and the work is worth it."""
        tries = max(_FEWEST_TRIES, _WORK // max(self.pairs.rows.size, 1))
        while self.best is not None and tries > 0:
            before = self.best[:2]
            _, _, worth_it = self._relaxed(self.price)
            appeal = np.bincount(self.pairs.columns, weights=np.maximum(self._worth, 0), minlength=self._need.size)
            order = np.lexsort((-appeal, ~(worth_it ^ self.best.opened)))
            for mentor in order.tolist():
                if self._pinned[mentor] or self._places.mentor_room[mentor] < max(self._need[mentor], 1):
                    continue
                opened = self.best.opened.copy()
                opened[mentor] = not opened[mentor]
                self._settle(opened)
                tries -= 1
                if tries <= 0:
                    break
            if self.best[:2] == before:
                break
