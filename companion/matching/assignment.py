"""One optimum for the whole cohort, as a minimum-cost flow with capacities on both sides."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from ortools.graph.python import min_cost_flow

from companion.errors import CompanionError

SCALE = 1_000_000
"""Scores are whole numbers to the solver: two pairs whose scores differ by less than a millionth are equal."""

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class SharedPlaces:
    """Groups of mentors that take so many pairings together at most; groups may lie within groups, never across."""

    parent: Whole
    """The group of each mentor, then the group around each group; -1 for none. Shape (mentors + groups,)."""
    room: Whole
    """Places of each group."""

    def load(self, by_mentor: Whole) -> Whole:
        """What each mentor has, then what each group has together."""
        mentors = by_mentor.size
        load = np.concatenate([by_mentor, np.zeros(self.room.size, dtype=np.int64)])
        node = self.parent[:mentors].copy()
        while (node >= 0).any():
            np.add.at(load, mentors + node[node >= 0], by_mentor[node >= 0])
            node[node >= 0] = self.parent[mentors + node[node >= 0]]
        return load


@dataclass(frozen=True)
class Places:
    """How many pairings each side can take, and who comes first."""

    mentee_room: Whole
    mentor_room: Whole
    mentee_served: Flags
    """Who is in a running pairing already; the others come first."""
    shared: SharedPlaces | None = None
    """Places that mentors share, where groups of them have a limit; None where every mentor has their own only."""

    @property
    def nodes(self) -> tuple[Whole, Whole]:
        """Room and parent of each mentor, then of each group of mentors; a parent of -1 is nobody."""
        if self.shared is None:
            return self.mentor_room, np.full(self.mentor_room.size, -1, dtype=np.int64)
        mentors = self.mentor_room.size
        parent = np.where(self.shared.parent >= 0, self.shared.parent + mentors, -1)
        return np.concatenate([self.mentor_room, self.shared.room]), parent

    @property
    def closed(self) -> Flags:
        """Mentors who cannot take anybody: no place of their own, or none left in a group of theirs."""
        room, parent = self.nodes
        node = np.arange(self.mentor_room.size)
        closed = np.zeros(node.size, dtype=bool)
        while (node >= 0).any():
            inside = np.flatnonzero(node >= 0)
            closed[inside] |= room[node[inside]] <= 0
            node[inside] = parent[node[inside]]
        return closed

    @property
    def first(self) -> Whole:
        """1 for each mentee whose next mentor would be the first, else 0."""
        return np.where(self.mentee_served, 0, np.minimum(self.mentee_room, 1)).astype(np.int64)

    @property
    def most_pairs(self) -> int:
        """No assignment has more pairs than this."""
        return int(min(self.mentee_room.sum(), self.mentor_room.sum()))


def after_pins(places: Places, pinned: Collection[tuple[int, int]]) -> Places:
    """The places that are left when the pinned pairs are made."""
    rows = np.array([row for row, _ in pinned], dtype=np.int64)
    columns = np.array([column for _, column in pinned], dtype=np.int64)
    taken = np.bincount(rows, minlength=places.mentee_room.size)
    given = np.bincount(columns, minlength=places.mentor_room.size)
    shared = places.shared
    if shared is not None:
        shared = SharedPlaces(shared.parent, shared.room - shared.load(given)[given.size :])
    return Places(places.mentee_room - taken, places.mentor_room - given, places.mentee_served | (taken > 0), shared)


def coverage_bonus(places: Places, lowest: int, highest: int) -> int:
    """What a first mentor is worth beyond the score, so that nobody is left out for the sake of better scores.

    With N pairs at most and every score from `lowest` to `highest` (in whole numbers), the sum of scores of any
    assignment lies from N * min(lowest, 0) to N * max(highest, 0). Two assignments therefore differ in that sum by
    less than the bonus = (N + 1) * (max(highest, 0) - min(lowest, 0)), so one that serves more people for the first
    time is worth more in bonus * people + sum, whatever its sum: maximising that one number is lexicographic.
    """
    return max((places.most_pairs + 1) * (max(highest, 0) - min(lowest, 0)), 1)


class Filling(NamedTuple):
    """Places that are worth more than others."""

    places: Whole
    """How many of each mentor's."""
    reward: int


def best_flow(
    rows: Whole, columns: Whole, worth: Whole, places: Places, bonus: int, filling: Filling | None = None
) -> Flags:
    """Which of these pairs to use, so that bonus * (people served for the first time) + worth is as high as can be.

    `rows` and `columns` name each pair once; `worth` is its score in whole numbers and may be negative. Every pair
    is used at most once and nobody gets more pairs than there is room. The same input always gives the same answer.

    The network: source -> mentee (one free unit for the first mentor, further units at the price of the bonus) ->
    mentor -> the groups the mentor is in -> sink, and a bypass from source to sink for whatever stays unused. With
    `filling` some places of mentors bring a reward as well. Raises CompanionError when the numbers are too large for
    the solver.
    """
    used = np.zeros(rows.size, dtype=bool)
    if not rows.size:
        return used
    mentees, mentors = places.mentee_room.size, places.mentor_room.size
    room = np.minimum(places.mentee_room, np.bincount(rows, minlength=mentees))
    first = np.minimum(places.first, room)
    units = int(room.sum())
    node_room, parent = places.nodes
    nodes = np.arange(node_room.size)
    source, sink = mentees + node_room.size, mentees + node_room.size + 1
    highest = max(int(worth.max()), 0)
    everybody = np.arange(mentees)
    reward = 0 if filling is None else filling.reward
    onward = np.where(parent >= 0, mentees + parent, sink)
    rewarded = np.zeros(node_room.size, dtype=np.int64)
    if filling is not None:
        rewarded[:mentors] = np.minimum(filling.places, node_room[:mentors])
    arcs = [
        (np.full(mentees, source), everybody, first, np.zeros(mentees)),
        (np.full(mentees, source), everybody, room - first, np.full(mentees, bonus)),
        (rows, mentees + columns, np.ones(rows.size), highest - worth),
        (mentees + nodes, onward, np.maximum(node_room - rewarded, 0), np.where(nodes < mentors, reward, 0)),
        (np.array([source]), np.array([sink]), np.array([units]), np.array([bonus + highest + reward])),
    ]
    if filling is not None:
        arcs.append((mentees + nodes, onward, rewarded, np.zeros(nodes.size)))
    types = (np.int32, np.int32, np.int64, np.int64)
    columns_of_arcs = zip(zip(*arcs, strict=True), types, strict=True)
    tails, heads, capacities, costs = (
        np.concatenate(parts, dtype=kind, casting="unsafe") for parts, kind in columns_of_arcs
    )
    # Scores that are whole points have a common step; the fewer steps, the sooner the solver is done.
    costs //= max(int(np.gcd.reduce(costs)), 1)
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
