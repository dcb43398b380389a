"""The worst served first: how high the lowest score of a proposed pair can be without leaving anybody out for it.

The threshold is the highest at which the pairs above it still cover as many people. Whether they do is a maximum flow
on the list; where they do not, its minimum cut names the mentees who are short of mentors and the mentors they can
reach, and only a pair off the list that leads out of the cut could help. When there is none, that is the proof.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from ortools.graph.python import max_flow

from companion.matching.assignment import Flags, Places
from companion.matching.blocks import BlockScorer, Rows, strongest
from companion.matching.listing import Listing, no_pairs, whole
from companion.matching.solution import Cell, Shortlist

_FEW = 12


class Above:
    """A `BlockScorer` that forbids what scores below a threshold, except some cells."""

    def __init__(self, scorer: BlockScorer, least: int, exempt: frozenset[Cell]) -> None:
        """`least` is in whole millionths."""
        self._scorer, self._least = scorer, least
        self._exempt = np.array(sorted(exempt), dtype=np.int64).reshape(-1, 2)
        self.shape, self.bounds = scorer.shape, scorer.bounds

    def score_block(self, rows: Rows) -> npt.NDArray[np.float32]:
        """The scores from the threshold up."""
        scores = self._scorer.score_block(rows)
        kept = whole(scores) >= self._least
        if self._exempt.size:
            asked = np.arange(self.shape[0])[rows]
            places = {int(row): place for place, row in enumerate(asked)}
            for row, column in self._exempt.tolist():
                if row in places:
                    kept[places[row], column] = True
        return np.where(kept, scores, np.float32(-np.inf))


class Coverage(NamedTuple):
    """How many people some pairs can cover, and where it is tight."""

    covered: int
    short: Flags
    """Mentees in the minimum cut: there are not enough mentors for them."""
    reached: Flags
    """The mentors they can have, all of whose places they take."""


def coverage(pairs: Shortlist, places: Places) -> Coverage:
    """The most people that these pairs give a first mentor."""
    first = places.first
    room, parent = places.nodes
    mentees, nodes = first.size, np.arange(room.size)
    source, sink = mentees + room.size, mentees + room.size + 1
    arcs = [
        (np.full(mentees, source), np.arange(mentees), first),
        (pairs.rows, mentees + pairs.columns, np.ones(pairs.rows.size)),
        (mentees + nodes, np.where(parent >= 0, mentees + parent, sink), np.maximum(room, 0)),
    ]
    tails, heads, capacities = (np.concatenate(part).astype(np.int64) for part in zip(*arcs, strict=True))
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(tails.astype(np.int32), heads.astype(np.int32), capacities)
    solver.solve(source, sink)
    near = np.zeros(sink + 1, dtype=bool)
    near[solver.get_source_side_min_cut()] = True
    return Coverage(
        int(solver.optimal_flow()), near[:mentees] & (first > 0), near[mentees : mentees + places.mentor_room.size]
    )


def highest_threshold(listing: Listing, goal: int) -> int | None:
    """The highest score, in whole millionths, such that the pairs from it up cover `goal` people; the pins come extra.

    None when nobody is to be covered, so that no threshold matters. The list must hold pairs enough to cover them.
    Raises Cancelled.
    """
    if goal <= 0:
        return None
    places = listing.places
    while True:
        pairs = listing.open_pairs()
        pairs = pairs.only(places.first[pairs.rows] > 0)
        levels = np.unique(pairs.worth)
        low, high = 0, levels.size
        while high - low > 1:
            listing.say(0, 0, "finding how well everybody can be served")
            middle = (low + high) // 2
            enough = coverage(pairs.only(pairs.worth >= levels[middle]), places).covered >= goal
            low, high = (middle, high) if enough else (low, middle)
        least = int(levels[low])
        tight = coverage(pairs.only(pairs.worth > least), places)
        found = _leading_out(listing, tight, least)
        if not found.rows.size:
            return least
        listing.add(found)


def _leading_out(listing: Listing, tight: Coverage, least: int) -> Shortlist:
    """Pairs off the list, above the threshold, of the mentees who are short with mentors they do not reach yet."""
    parts = [no_pairs()]
    short = np.flatnonzero(tight.short)
    for rows, scores in listing.blocks(short, "looking for better pairs"):
        worth = whole(scores)
        worth[:, tight.reached] = -np.inf
        listing.hide_listed(rows, worth)
        row, column = strongest(worth, _FEW, np.full(rows.size, float(least)))
        parts.append(Shortlist(rows[row], column, worth[row, column].astype(np.int64)))
    return Shortlist(*(np.concatenate(part) for part in zip(*parts, strict=True)))
