"""One optimum for the whole cohort, as a minimum-cost flow with capacities on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from ortools.graph.python import min_cost_flow

from companion.errors import CompanionError

SCALE = 1_000_000
"""Scores are whole numbers to the solver: two pairs whose scores differ by less than a millionth are equal."""

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Places:
    """How many pairings each side can take, and who comes first."""

    mentee_room: Whole
    mentor_room: Whole
    mentee_served: Flags
    """Who is in a running pairing already; the others come first."""

    @property
    def first(self) -> Whole:
        """1 for each mentee whose next mentor would be the first, else 0."""
        return np.where(self.mentee_served, 0, np.minimum(self.mentee_room, 1)).astype(np.int64)

    @property
    def most_pairs(self) -> int:
        """No assignment has more pairs than this."""
        return int(min(self.mentee_room.sum(), self.mentor_room.sum()))


def coverage_bonus(places: Places, lowest: int, highest: int) -> int:
    """What a first mentor is worth beyond the score, so that nobody is left out for the sake of better scores.

    With N pairs at most and every score from `lowest` to `highest` (in whole numbers), the sum of scores of any
    assignment lies from N * min(lowest, 0) to N * max(highest, 0). Two assignments therefore differ in that sum by
    less than bonus = N * (max(highest, 0) - min(lowest, 0)) + 1, so one that serves more people for the first time
    is worth more in bonus * people + sum, whatever its sum: maximising that one number is lexicographic.
    """
    return places.most_pairs * (max(highest, 0) - min(lowest, 0)) + 1


def best_flow(rows: Whole, columns: Whole, worth: Whole, places: Places, bonus: int) -> Flags:
    """Which of these pairs to use, so that bonus * (people served for the first time) + worth is as high as can be.

    `rows` and `columns` name each pair once; `worth` is its score in whole numbers and may be negative. Every pair
    is used at most once and nobody gets more pairs than there is room. The same input always gives the same answer.

    The network: source -> mentee (one free unit for the first mentor, further units at the price of the bonus) ->
    mentor -> sink, and a bypass from source to sink for whatever stays unused. Raises CompanionError when the
    numbers are too large for the solver.
    """
    used = np.zeros(rows.size, dtype=bool)
    if not rows.size:
        return used
    mentees, mentors = places.mentee_room.size, places.mentor_room.size
    room = np.minimum(places.mentee_room, np.bincount(rows, minlength=mentees))
    first = np.minimum(places.first, room)
    units = int(room.sum())
    source, sink = mentees + mentors, mentees + mentors + 1
    highest = max(int(worth.max()), 0)
    everybody = np.arange(mentees)
    arcs = [
        (np.full(mentees, source), everybody, first, np.zeros(mentees)),
        (np.full(mentees, source), everybody, room - first, np.full(mentees, bonus)),
        (rows, mentees + columns, np.ones(rows.size), highest - worth),
        (mentees + np.arange(mentors), np.full(mentors, sink), places.mentor_room, np.zeros(mentors)),
        (np.array([source]), np.array([sink]), np.array([units]), np.array([bonus + highest])),
    ]
    types = (np.int32, np.int32, np.int64, np.int64)
    columns_of_arcs = zip(zip(*arcs, strict=True), types, strict=True)
    tails, heads, capacities, costs = (
        np.concatenate(parts, dtype=kind, casting="unsafe") for parts, kind in columns_of_arcs
    )
    solver = min_cost_flow.SimpleMinCostFlow()
    numbers = solver.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
    solver.set_node_supply(source, units)
    solver.set_node_supply(sink, -units)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise CompanionError(
            f"No assignment was found for {mentees} mentees and {mentors} mentors ({status.name.lower()}).",
            "This should not happen with any cohort; please report it with the size of yours.",
        )
    used[:] = solver.flows(numbers[2 * mentees : 2 * mentees + rows.size]) > 0
    return used


def assign(
    scores: npt.NDArray[Any],
    possible: Flags,
    mentee_room: Whole,
    mentor_room: Whole,
    mentee_served: Flags,
) -> list[tuple[int, int]]:
    """The best set of pairs, as (mentee row, mentor column), sorted, with every possible pair before the solver.

    `scores` lie from 0 to 1, shape (mentees, mentors); only `possible` pairs are used, each at most once, and nobody
    gets more pairs than there is room. First as many mentees as can be get their first mentor (those who are `served`
    by a running pairing come second), then the sum of scores is as high as it can be. The same input always gives
    the same answer, also among equals: pairs are handed to the solver in their order, which is that of the ids.
    """
    rows, columns = np.nonzero(possible & (mentee_room > 0)[:, None] & (mentor_room > 0)[None, :])
    places = Places(mentee_room, mentor_room, mentee_served)
    worth = np.rint(scores[rows, columns].astype(float) * SCALE).astype(np.int64)
    used = best_flow(rows, columns, worth, places, coverage_bonus(places, 0, SCALE))
    return [(int(row), int(column)) for row, column in zip(rows[used], columns[used], strict=True)]
