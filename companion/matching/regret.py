"""What forcing one pair would cost everybody: the cheapest chain of changes that makes room for it.

Forcing a pair starts a chain: the mentor gives somebody up, who takes another mentor, who gives somebody up, until a
free place, or somebody who stays without, closes it. With prices that prove an assignment best, no link of a chain
costs less than nothing, so the cheapest chain is a shortest path, and what the pair lacks to its two prices plus that
path is exactly what the sum loses.
"""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from companion.matching.assignment import Flags, Places, Whole
from companion.matching.prices import Prices

_FAR = np.iinfo(np.int64).max // 4


class Loss(NamedTuple):
    """In millionths, the coverage bonus included."""

    least: int
    exact: bool
    """Whether it is the loss itself; otherwise the loss may be larger."""


class Chains:
    """All links from one change to the next, between mentees, mentors, and the pool of what is unused."""

    def __init__(
        self,
        rows: Whole,
        columns: Whole,
        worth: Whole,
        used: Flags,
        prices: Prices,
        places: Places,
        bonus: int,
        apart: npt.NDArray[np.float64],
    ) -> None:
        """The pairs are sorted by row; one that is not listed lacks at least its row's `apart` to its prices."""
        self._mentees, self._mentors = places.mentee_room.size, places.mentor_room.size
        self._pool = self._mentees + self._mentors
        self._columns, self._used, self._prices, self._apart = columns, used, prices, apart
        self._short = prices.mentee[rows] + prices.mentor[columns] - worth
        self._starts = np.searchsorted(rows, np.arange(self._mentees + 1))
        by_column = np.flatnonzero(used)[np.argsort(columns[used], kind="stable")]
        self._holders, self._holder_short = rows[by_column], -self._short[by_column]
        self._held = np.searchsorted(columns[by_column], np.arange(self._mentors + 1))
        given, held = np.bincount(rows[used], minlength=self._mentees), np.diff(self._held)
        self._spare = held < places.mentor_room
        first = places.first
        price = prices.mentee
        self._giving_up = np.where(given > first, price, np.where(given > 0, price + bonus, _FAR))
        taking = np.where(given < first, -price - bonus, np.where(given < places.mentee_room, -price, _FAR))
        self._from_pool = np.concatenate([taking, np.where(held > 0, prices.mentor, _FAR)])

    def loss(self, row: int, column: int, lacking: int) -> Loss:
        """The cheapest chain that lets this mentee have this mentor, and what the pair itself lacks to its prices."""
        distance = np.full(self._pool + 1, _FAR, dtype=np.int64)
        start = self._mentees + column
        distance[start] = 0
        waiting = [(0, start)]
        outside = float(_FAR)
        while waiting:
            so_far, node = heapq.heappop(waiting)
            if so_far > distance[node]:
                continue
            if node == row or so_far >= outside:
                break
            if node < self._mentees:
                outside = min(outside, so_far + max(float(self._apart[node]), 0.0))
            nodes, costs = self._links(node)
            reached = so_far + costs
            sooner = reached < np.minimum(distance[nodes], min(int(outside), int(distance[row])))
            distance[nodes[sooner]] = reached[sooner]
            for cost, other in zip(reached[sooner].tolist(), nodes[sooner].tolist(), strict=True):
                heapq.heappush(waiting, (cost, other))
        chain = min(int(distance[row]), int(outside))
        return Loss(lacking + chain, exact=int(distance[row]) <= outside)

    def _links(self, node: int) -> tuple[Whole, Whole]:
        """Where a change can go on from here, and what that costs."""
        if node == self._pool:
            return np.arange(self._pool), self._from_pool
        if node < self._mentees:
            edges = slice(self._starts[node], self._starts[node + 1])
            free = ~self._used[edges]
            nodes = np.append(self._mentees + self._columns[edges][free], self._pool)
            return nodes, np.append(self._short[edges][free], self._giving_up[node])
        column = node - self._mentees
        edges = slice(self._held[column], self._held[column + 1])
        if self._spare[column]:
            return np.append(self._holders[edges], self._pool), np.append(self._holder_short[edges], 0)
        return self._holders[edges], self._holder_short[edges]
