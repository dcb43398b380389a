"""Prices: what a place with each person is worth to the whole programme, and the proof they give.

The assignment is a linear programme whose matrix is that of a network, so its best solution is whole and its dual has
the same value. With a price u for each mentee, v >= 0 for each mentor, and a bonus for each first mentor, the dual is

    sum of mentor_room * v  +  sum of first * max(0, bonus + u) + (mentee_room - first) * max(0, u)
                            +  sum over the allowed pairs of max(0, score - u - v),

and for *any* such prices no assignment is worth more than that. Where mentors share the places of a group, the price of
a mentor's place is their own part and the parts of the groups they are in; each part is paid once for each place.
Everything is in whole millionths, so a proof has no rounding in it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from companion.errors import CompanionError
from companion.matching.assignment import Flags, Places, Whole

_NO_LIMIT = np.iinfo(np.int64).max // 4


class Prices(NamedTuple):
    """In millionths of a score; a price may hold the coverage bonus as well."""

    mentee: Whole
    """The least a mentor must bring to be worth taking for this mentee, after paying for the mentor's place."""
    mentor: Whole
    """What one more place with this mentor would bring; above 0 only where there are fewer places than asked for."""
    group: Whole = np.empty(0, dtype=np.int64)
    """The part of it that the group, with the groups around it, accounts for; nobody in it costs less."""


def lowest_prices(rows: Whole, columns: Whole, worth: Whole, used: Flags, places: Places, bonus: int) -> Prices:
    """The lowest prices of mentors that prove `used` best among these pairs, which are sorted by row.

    A pair that is not used must not be worth more than its two prices, one that is used not less; a mentor with a
    place left costs nothing. Prices start at 0 and rise until all of that holds; each step of a person's price
    follows one more step of an alternating path, so it ends after as many rounds as there are people, usually
    after a few dozen. Raises CompanionError when no prices exist, which means that `used` was not best.
    """
    mentees, mentors = places.mentee_room.size, places.mentor_room.size
    starts = np.searchsorted(rows, np.arange(mentees + 1))
    mentor_price = np.zeros(mentors, dtype=np.int64)
    given = np.bincount(rows[used], minlength=mentees)
    first, room = places.first, places.mentee_room
    limit = np.where(given < room, np.where(room > first, 0, _NO_LIMIT), _NO_LIMIT).astype(np.int64)
    limit[(given == 0) & (first > 0)] = -bonus
    mentee_price = limit.copy()
    taken_rows, taken_columns, taken_worth = rows[used], columns[used], worth[used]
    np.minimum.at(mentee_price, taken_rows, taken_worth)
    ladder = _Ladder(places, taken_columns)
    changed = np.flatnonzero(room > 0)
    for _ in range(mentees + mentors + 2):
        edges = edges_of(changed, starts)
        edges = edges[~used[edges]]
        asked = worth[edges] - mentee_price[rows[edges]]
        higher = asked > mentor_price[columns[edges]]
        if not higher.any():
            mentee_price[room == 0] = 0
            return Prices(mentee_price, mentor_price, ladder.prices[mentors:])
        before = mentor_price[taken_columns]
        mentor_price = ladder.raised(columns[edges][higher], asked[higher])
        after = mentor_price[taken_columns]
        touched = np.flatnonzero(after > before)
        left = taken_worth[touched] - after[touched]
        lower = left < mentee_price[taken_rows[touched]]
        np.minimum.at(mentee_price, taken_rows[touched][lower], left[lower])
        changed = np.unique(taken_rows[touched][lower])
    raise CompanionError(
        f"The assignment of {mentees} mentees could not be proven best.",
        "This should not happen with any cohort; please report it with the size of yours.",
    )


class _Ladder:
    """The prices of mentors and of the groups they are in: a price rises where the places have run out."""

    def __init__(self, places: Places, taken_columns: Whole) -> None:
        room, self._parent = places.nodes
        mentors = places.mentor_room.size
        self.prices = np.zeros(room.size, dtype=np.int64)
        load = np.bincount(taken_columns, minlength=mentors)
        full = (load if places.shared is None else places.shared.load(load)) >= room
        self._rises = np.arange(mentors)
        for _ in range(room.size - mentors):
            above = self._parent[self._rises]
            up = ~full[self._rises] & (above >= 0)
            if not up.any():
                break
            self._rises[up] = above[up]
        self._outermost_first = self._by_depth()

    def _by_depth(self) -> list[Whole]:
        depth = np.zeros(self._parent.size, dtype=np.int64)
        node = self._parent.copy()
        while (node >= 0).any():
            depth[node >= 0] += 1
            node[node >= 0] = self._parent[node[node >= 0]]
        return [np.flatnonzero(depth == level) for level in range(1, int(depth.max(initial=0)) + 1)]

    def raised(self, columns: Whole, asked: Whole) -> Whole:
        """The prices of all mentors after these have been asked for at such prices."""
        np.maximum.at(self.prices, self._rises[columns], asked)
        for nodes in self._outermost_first:
            self.prices[nodes] = np.maximum(self.prices[nodes], self.prices[self._parent[nodes]])
        return self.prices[: self._rises.size].copy()


def dual_value(rows: Whole, columns: Whole, worth: Whole, prices: Prices, places: Places, bonus: int) -> int:
    """The bound these prices prove, when every allowed pair that is not listed is worth at most its two prices."""
    first = places.first
    more = places.mentee_room - first
    excess = np.maximum(worth - prices.mentee[rows] - prices.mentor[columns], 0)
    room, parent = places.nodes
    price = np.concatenate([prices.mentor, prices.group])
    own = price - np.where(parent >= 0, price[parent], 0)
    parts = (
        room * own,
        first * np.maximum(prices.mentee + bonus, 0),
        more * np.maximum(prices.mentee, 0),
        excess,
    )
    return sum(int(part.sum()) for part in parts)


def edges_of(people: Whole, starts: Whole) -> Whole:
    """The places of all pairs of these rows, one range after the other."""
    sizes = starts[people + 1] - starts[people]
    before = np.repeat(np.cumsum(sizes) - sizes, sizes)
    edges: Whole = np.arange(int(sizes.sum()), dtype=np.int64) - before + np.repeat(starts[people], sizes)
    return edges
