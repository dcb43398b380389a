"""One optimum for the whole cohort, as a minimum-cost flow with capacities on both sides."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from ortools.graph.python import min_cost_flow

from companion.errors import CompanionError

SCALE = 1_000_000
"""Scores are whole numbers to the solver: two pairs whose scores differ by less than a millionth are equal."""


def assign(
    scores: npt.NDArray[Any],
    possible: npt.NDArray[np.bool_],
    mentee_room: npt.NDArray[np.int64],
    mentor_room: npt.NDArray[np.int64],
    mentee_served: npt.NDArray[np.bool_],
) -> list[tuple[int, int]]:
    """The best set of pairs, as (mentee row, mentor column), sorted.

    `scores` lie from 0 to 1, shape (mentees, mentors); only `possible` pairs are used, each at most once, and nobody
    gets more pairs than there is room. First as many mentees as can be get their first mentor (those who are `served`
    by a running pairing come second), then the sum of scores is as high as it can be. The same input always gives
    the same answer, also among equals: pairs are handed to the solver in their order, which is that of the ids.

    The network: source -> mentee (one free unit for the first mentor, further units at the price of leaving somebody
    out) -> mentor -> sink, and a bypass from source to sink for whatever stays unused.
    """
    rows, columns = np.nonzero(possible & (mentee_room > 0)[:, None] & (mentor_room > 0)[None, :])
    if not rows.size:
        return []
    mentees, mentors = scores.shape
    room = np.minimum(mentee_room, np.bincount(rows, minlength=mentees))
    units = int(room.sum())
    left_out = units * SCALE + 1  # more than all scores together, so coverage always comes first
    source, sink = mentees + mentors, mentees + mentors + 1
    first = np.where(mentee_served, 0, np.minimum(room, 1))
    cost = SCALE - np.rint(scores[rows, columns].astype(float) * SCALE).astype(np.int64)
    everybody = np.arange(mentees)
    arcs = [
        (np.full(mentees, source), everybody, first, np.zeros(mentees)),
        (np.full(mentees, source), everybody, room - first, np.full(mentees, left_out)),
        (rows, mentees + columns, np.ones(rows.size), cost),
        (mentees + np.arange(mentors), np.full(mentors, sink), mentor_room, np.zeros(mentors)),
        (np.array([source]), np.array([sink]), np.array([units]), np.array([left_out + SCALE])),
    ]
    tails, heads, capacities, costs = (np.concatenate(column) for column in zip(*arcs, strict=True))
    solver = min_cost_flow.SimpleMinCostFlow()
    numbers = solver.add_arcs_with_capacity_and_unit_cost(
        tails.astype(np.int32), heads.astype(np.int32), capacities.astype(np.int64), costs.astype(np.int64)
    )
    solver.set_node_supply(source, units)
    solver.set_node_supply(sink, -units)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise CompanionError(
            f"No assignment was found for {mentees} mentees and {mentors} mentors ({status.name.lower()}).",
            "This should not happen with any cohort; please report it with the size of yours.",
        )
    used = solver.flows(numbers[2 * mentees : 2 * mentees + rows.size]) > 0
    return [(int(row), int(column)) for row, column in zip(rows[used], columns[used], strict=True)]
