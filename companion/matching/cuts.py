"""The lowest point of a convex function that is known by its cuts: what each answer would be worth at other prices."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from companion.matching.assignment import SCALE

_FIRST_REACH = 0.05 * SCALE
_LEAST_REACH = 0.005 * SCALE
_WIDER, _NARROWER = 4.0, 0.7
_SERIOUS = 0.1
_CLOSE = 1e-7


def highest_charge(people: int, limits: int) -> int:
    """No limit charges more than this for one pair, so that the flow solver can hold the sums."""
    return min(2**45, 2**61 // ((people + limits + 4) * (limits + 2)))


class Cut(NamedTuple):
    """One answer: at prices p the bound is at least worth + slack * p."""

    worth: int
    slack: npt.NDArray[np.float64]


class LowestPoint:
    """Where to look next for the prices with the lowest bound, by cutting planes in a box around the best so far.

    The first price is what covering one more person is worth. It stays as it is unless `covering` so many people has
    become a limit like the others; then it may fall.
    """

    def __init__(self, bonus: int, multipliers: tuple[int, ...], highest: int, covering: int | None = None) -> None:
        self.covering = covering or 0
        self._highest = float(max(highest, bonus))
        self.best = (bonus, *multipliers)
        self.value: int | None = None
        self.steps = 0
        self._cuts: list[Cut] = []
        self._tried: set[tuple[int, ...]] = set()
        self._reach = np.full(len(self.best), _FIRST_REACH)
        self._reach[0] = 0.0 if covering is None else bonus
        self._expected = 0.0

    def more_pairs(self) -> None:
        """There are more pairs: the bound at the best prices is no longer known, but the cuts still hold."""
        self.value, self.steps = None, 0
        self._tried.clear()
        self._reach = np.where(self._reach > 0, np.maximum(self._reach, _LEAST_REACH), 0.0)

    def add(self, at: tuple[int, ...], value: int, cut: Cut) -> None:
        """What the bound is at these prices."""
        self._cuts.append(cut)
        self._tried.add(at)
        self.steps += 1
        if self.value is None:
            self.best, self.value = at, value
            return
        hoped = self.value - self._expected
        if value <= self.value - _SERIOUS * hoped:
            step = np.abs(np.array(at, dtype=float) - np.array(self.best, dtype=float))
            self._reach[step >= 0.99 * self._reach] *= _WIDER
            self.best, self.value = at, value
        else:
            self._reach *= _NARROWER

    def next(self) -> tuple[int, ...] | None:
        """Prices to try; None when the lowest point is found, to a ten-millionth of the sum."""
        if self.value is None:
            return self.best
        from ortools.linear_solver import pywraplp

        solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        # In steps from the best prices, so that the numbers stay small where it matters.
        down = np.minimum(self._reach, np.array(self.best, dtype=float))
        up = np.maximum(np.minimum(self._reach, self._highest - np.array(self.best, dtype=float)), 0.0)
        steps = [solver.NumVar(-low / SCALE, high / SCALE, "") for low, high in zip(down, up, strict=True)]
        bound = solver.NumVar(-solver.infinity(), solver.infinity(), "")
        for cut in self._cuts:
            rule = solver.Constraint(self._height(cut) / SCALE, solver.infinity())
            rule.SetCoefficient(bound, 1)
            for step, slack in zip(steps, cut.slack.tolist(), strict=True):
                rule.SetCoefficient(step, -slack)
        solver.Minimize(bound)
        if solver.Solve() != solver.OPTIMAL:
            return None
        self._expected = self.value + solver.Objective().Value() * SCALE
        size = max((abs(cut.worth) for cut in self._cuts), default=0)
        if self.value - self._expected <= max(2.0, _CLOSE * size):
            return None
        moved = zip(self.best, steps, strict=True)
        at = tuple(max(price + round(step.solution_value() * SCALE), 0) for price, step in moved)
        return None if at in self._tried else at

    def _height(self, cut: Cut) -> float:
        """How far this cut lies above the bound at the best prices, at those prices; never above 0 but for rounding."""
        assert self.value is not None
        covering, *rest = self.best
        whole_part = cut.worth + covering * round(float(cut.slack[0])) - self.value
        return whole_part + float(np.dot(cut.slack[1:], np.array(rest, dtype=float)))
