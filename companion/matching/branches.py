"""The exact answer under any mixture of limits, by branch and bound, for lists of pairs that are not long.

SCIP comes with OR-tools. On assignments with a quota it is about twenty times as fast as HiGHS, and it can be stopped.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np

from companion.errors import CompanionError
from companion.matching.assignment import Flags, Places, Whole
from companion.matching.limits import Circles, Loose, Marks
from companion.matching.listing import stopped
from companion.matching.solution import Shortlist
from companion.ports import Cancelled as CancelAsked

_SECONDS_BETWEEN_LOOKS = 0.05
_WORK = 2_000_000
"""So many pairs times branches at most."""
_FEWEST_BRANCHES = 50


@dataclass(frozen=True)
class Branched:
    """What branch and bound found on a list of pairs; `used` is all False where nothing at all was found."""

    used: Flags
    covered: int
    most_covered: int
    bound: int
    """No choice from the list that covers as many is worth more."""
    found: bool = True
    possible: bool = True
    """False when it is proven that no choice keeps all rules."""


class BranchAndBound:
    """All rules about some pairs as an integer programme: first how many are covered, then the sum of their worth."""

    def __init__(
        self,
        pairs: Shortlist,
        marks: Marks,
        places: Places,
        loose: Loose,
        circles: Circles | None,
        cancelled: CancelAsked,
    ) -> None:
        # Imported here: only programmes with such limits need it.
        from ortools.linear_solver import pywraplp

        self._pairs, self._cancelled = pairs, cancelled
        self._solver: Any = pywraplp.Solver.CreateSolver("SCIP")
        self._endless = self._solver.infinity()
        self._take: list[Any] = [self._solver.BoolVar("") for _ in range(pairs.rows.size)]
        self._impossible = False
        self._room(places)
        self._limits(loose, marks)
        if circles is not None:
            self._circles(circles)
        self._first = self._coverage(places)

    def best(self, hint: Flags | None = None, *, at_least: int = 0, at_most: int | None = None) -> Branched:
        """The best choice, or the best that was found within a fixed amount of work.

        It covers `at_least` so many, and `at_most` is known to be the most; `hint` is a choice to start from. Raises
        Cancelled.
        """
        used, most = hint, at_most
        if most is None or at_least < most:
            chosen, reached = self._search(self._first, used, at_least)
            if chosen is None:
                return self._nothing()
            used, most = chosen, reached if most is None else min(reached, most)
            at_least = self._covered_by(chosen)
        worth = list(zip(self._take, self._pairs.worth.tolist(), strict=True))
        chosen, bound = self._search(worth, used, at_least)
        if chosen is None:
            return self._nothing()
        covered = self._covered_by(chosen)
        return Branched(chosen, covered, max(covered, most), bound)

    def _nothing(self) -> Branched:
        nothing = np.zeros(len(self._take), dtype=bool)
        return Branched(nothing, 0, 0, 0, found=False, possible=not self._impossible)

    def _room(self, places: Places) -> None:
        rows, columns, _ = self._pairs
        for row, numbers in _by(rows).items():
            if numbers.size > places.mentee_room[row]:
                self._at_most(int(places.mentee_room[row]), dict.fromkeys(numbers.tolist(), 1))
        room, parent = places.nodes
        within: dict[int, list[Whole]] = {}
        for column, numbers in _by(columns).items():
            node = column
            while node >= 0:
                within.setdefault(node, []).append(numbers)
                node = int(parent[node])
        for node, parts in within.items():
            numbers = np.concatenate(parts)
            if numbers.size > room[node]:
                self._at_most(int(room[node]), dict.fromkeys(numbers.tolist(), 1))

    def _limits(self, loose: Loose, marks: Marks) -> None:
        for limit in range(len(loose)):
            hit, miss, most = loose.hit[limit], loose.miss[limit], loose.most[limit]
            if limit < marks.counts.shape[0]:
                parts = hit.denominator
                count = [int(hit * parts), int(miss * parts)]
                terms = {n: count[0] if counts else count[1] for n, counts in enumerate(marks.counts[limit].tolist())}
                self._at_most(int(most * parts // 1), {number: part for number, part in terms.items() if part})
            else:
                inside = np.flatnonzero((marks.groups == limit).any(axis=0))
                self._at_most(int(most), dict.fromkeys(inside.tolist(), 1))

    def _circles(self, circles: Circles) -> None:
        by_column = _by(self._pairs.columns)
        for column in sorted(set(by_column) | set(np.flatnonzero(circles.pinned).tolist())):
            numbers = by_column.get(column, np.empty(0, np.int64)).tolist()
            pinned = int(circles.pinned[column])
            opened = self._solver.IntVar(1 if pinned else 0, 1, "")
            few = self._solver.Constraint(-pinned, self._endless)
            few.SetCoefficient(opened, -circles.least)
            many = self._solver.Constraint(-self._endless, -pinned)
            many.SetCoefficient(opened, -circles.most)
            for number in numbers:
                few.SetCoefficient(self._take[number], 1)
                many.SetCoefficient(self._take[number], 1)
                # Said for each pair, the relaxation cannot open a fraction of a circle for one person's sake.
                only_if = self._solver.Constraint(-self._endless, 0)
                only_if.SetCoefficient(self._take[number], 1)
                only_if.SetCoefficient(opened, -1)

    def _coverage(self, places: Places) -> list[tuple[Any, float]]:
        """The variables whose sum is how many people get their first mentor."""
        counted: list[tuple[Any, float]] = []
        self._counted_rows = np.zeros(places.mentee_room.size, dtype=bool)
        self._counted_rows[places.first > 0] = True
        for row, numbers in _by(self._pairs.rows).items():
            if not self._counted_rows[row]:
                continue
            if places.mentee_room[row] == 1:
                counted += [(self._take[number], 1.0) for number in numbers.tolist()]
                continue
            served = self._solver.NumVar(0, 1, "")
            any_of = self._solver.Constraint(-self._endless, 0)
            any_of.SetCoefficient(served, 1)
            for number in numbers.tolist():
                any_of.SetCoefficient(self._take[number], -1)
            counted.append((served, 1.0))
        return counted

    def _covered_by(self, used: Flags) -> int:
        return int(self._counted_rows[np.unique(self._pairs.rows[used])].sum())

    def _at_most(self, most: int, terms: dict[int, int]) -> None:
        rule = self._solver.Constraint(-self._endless, most)
        for number, times in terms.items():
            rule.SetCoefficient(self._take[number], times)

    def _search(self, aim: list[tuple[Any, float]], hint: Flags | None, covering: int) -> tuple[Flags | None, int]:
        """The choice with the highest sum of `aim` that covers so many, and a bound on it; None when there is none."""
        objective = self._solver.Objective()
        objective.Clear()
        objective.SetMaximization()
        for variable, value in aim:
            objective.SetCoefficient(variable, value)
        if covering:
            rule = self._solver.Constraint(covering, self._endless)
            for variable, _ in self._first:
                rule.SetCoefficient(variable, 1)
        if hint is not None:
            self._solver.SetHint(self._take, hint.astype(float).tolist())
        branches = max(_FEWEST_BRANCHES, _WORK // max(len(self._take), 1))
        # Every sum is a whole number, so what is proven to half a one is proven.
        self._solver.SetSolverSpecificParametersAsString(
            f"limits/gap = 0\nlimits/absgap = 0.5\nlimits/nodes = {branches}\nrandomization/randomseedshift = 1"
        )
        status = self._run()
        if status not in (self._solver.OPTIMAL, self._solver.FEASIBLE):
            self._impossible = status == self._solver.INFEASIBLE
            return None, 0
        used = np.array([variable.solution_value() for variable in self._take]).reshape(-1) > 0.5
        value = round(objective.Value())
        bound = value if status == self._solver.OPTIMAL else int(np.floor(objective.BestBound() + 0.01))
        return used, max(bound, value)

    def _run(self) -> int:
        """Solve in a thread of its own, so that it can be stopped from here."""
        results: list[int] = []
        work = threading.Thread(target=lambda: results.append(self._solver.Solve()), daemon=True)
        work.start()
        asked = False
        while work.is_alive():
            work.join(_SECONDS_BETWEEN_LOOKS)
            if asked or self._cancelled():
                asked = True
                self._solver.InterruptSolve()
        if asked:
            raise stopped()
        if not results:
            raise CompanionError("The solver ended without an answer.", "Match again; please report it if it stays so.")
        return results[0]


def _by(places: Whole) -> dict[int, Whole]:
    """The numbers of the pairs of each person."""
    if not places.size:
        return {}
    order = np.argsort(places, kind="stable")
    people, starts = np.unique(places[order], return_index=True)
    return dict(zip(people.tolist(), np.split(order, starts[1:]), strict=True))
