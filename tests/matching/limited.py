"""Small programmes in which every kind of rule may occur, and what HiGHS makes of them from the words of the rules."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from companion.matching.assignment import SCALE, Places
from companion.matching.blocks import MatrixScorer
from companion.matching.limits import Cap, Limits, Quota
from companion.matching.solution import Cell, Decisions


class Limited:
    """One programme with its limits."""

    def __init__(self, seed: int, largest: int = 7, kinds: str = "cqg", fair: bool | None = None) -> None:
        """Kinds: c for caps, q for quotas, g for circles; each occurs in most programmes but not in all."""
        draw = np.random.default_rng(seed)
        self.draw = draw
        shape = tuple(int(side) for side in draw.integers(1, largest + 1, size=2))
        self.shape = shape
        fine, coarse = draw.uniform(0, 1, shape), draw.integers(0, 5, shape) / 4
        self.scores = (fine if draw.random() < 0.6 else coarse).astype(np.float32)
        self.possible = draw.random(shape) < draw.choice([0.3, 0.7, 1.0])
        rooms = [draw.integers(0, 4, side) if draw.random() < 0.5 else np.ones(side, np.int64) for side in shape]
        circles = "g" in kinds and draw.random() < 0.6
        if circles:
            rooms[1] = draw.integers(0, 7, shape[1])
        self.places = Places(rooms[0], rooms[1], draw.random(shape[0]) < draw.choice([0.0, 0.3]))
        self.scorer = MatrixScorer(self.scores, self.possible, (0.0, 1.0))
        least = int(draw.integers(1, 4))
        self.size = (least, least + int(draw.integers(0, 3))) if circles else None
        self.caps = [self._cap() for _ in range(draw.integers(0, 4))] if "c" in kinds else []
        self.rules = [self._rule() for _ in range(draw.integers(0, 3))] if "q" in kinds else []
        self.fair = bool(draw.random() < 0.3) if fair is None else fair
        self.limits = Limits(
            caps=tuple(Cap(group, most, "the team", side) for side, group, most in self.caps),
            quotas=tuple(
                Quota("such pairs", self._counter(marked), share=share, number=number, at_least=at_least)
                for marked, share, number, at_least in self.rules
            ),
            fair=self.fair,
            group_size=self.size,
        )

    def _cap(self) -> tuple[str, np.ndarray, np.ndarray]:
        side = "mentor" if self.draw.random() < 0.7 else "mentee"
        groups = int(self.draw.integers(1, 4))
        group = self.draw.integers(-1, groups, self.shape[side == "mentor"])
        return side, group, self.draw.integers(0, 4, groups)

    def _rule(self) -> tuple[np.ndarray, float | None, int | None, bool]:
        marked = self.draw.random(self.shape) < 0.5
        at_least = bool(self.draw.random() < 0.3)
        if self.draw.random() < 0.5:
            return marked, float(self.draw.choice([0.0, 0.15, 0.3, 0.5, 0.9])), None, at_least
        return marked, None, int(self.draw.integers(0, 3)), at_least

    @staticmethod
    def _counter(marked: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        return lambda rows: marked[rows]

    def worth(self, cells: list[Cell]) -> int:
        return sum(round(float(self.scores[cell]) * SCALE) for cell in cells)

    def newly(self, cells: list[Cell]) -> int:
        return len({row for row, _ in cells if not self.places.mentee_served[row]})

    def some_decisions(self) -> Decisions:
        """Random pins and rejections; the pins may contradict each other and the limits."""
        cells = [(int(row), int(column)) for row, column in np.argwhere(self.possible)]
        self.draw.shuffle(cells)
        pins = int(self.draw.integers(0, 3))
        return Decisions(
            frozenset((int(r), int(c)) for r, c in cells[:pins]), frozenset((int(r), int(c)) for r, c in cells[3:6])
        )

    def broken(self, cells: list[Cell], decisions: Decisions) -> list[str]:
        """The rules that these pairs break, read from their words."""
        rows = np.bincount([row for row, _ in cells], minlength=self.shape[0])
        columns = np.bincount([column for _, column in cells], minlength=self.shape[1])
        broken = []
        if len(set(cells)) < len(cells) or not all(self.possible[cell] for cell in cells):
            broken.append("pairs")
        if (rows > self.places.mentee_room).any() or (columns > self.places.mentor_room).any():
            broken.append("room")
        if not decisions.pinned <= set(cells) or decisions.rejected & set(cells):
            broken.append("decisions")
        for side, group, most in self.caps:
            for number, limit in enumerate(most):
                if sum(group[column if side == "mentor" else row] == number for row, column in cells) > limit:
                    broken.append(f"cap of {side}s {number}")
        for marked, share, number, at_least in self.rules:
            count = sum(bool(marked[cell]) for cell in cells)
            limit = number if share is None else share * len(cells)
            if count < limit - 1e-9 if at_least else count > limit + 1e-9:
                broken.append("quota")
        if self.size and any(many and not self.size[0] <= many <= self.size[1] for many in columns):
            broken.append("circles")
        return broken

    def by_highs(self, decisions: Decisions, threshold: float | None = None) -> tuple[int, int] | None:
        """Coverage first, then the sum of scores, as two integer programmes; None where no assignment is allowed."""
        mentees, mentors = self.shape
        pairs = mentees * mentors
        allowed = self.possible.copy()
        for cell in decisions.rejected:
            allowed[cell] = False
        if threshold is not None:
            allowed &= self.scores >= np.float32(threshold) - 1e-6
        lower = np.zeros(self.shape)
        for cell in decisions.pinned:
            if not self.possible[cell] or cell in decisions.rejected:
                return None
            lower[cell] = allowed[cell] = True
        # One variable for each pair, one for each mentee who is newly served, one for each mentor who takes somebody.
        width = pairs + mentees + mentors
        rules: list[tuple[np.ndarray, float, float]] = []

        def rule(cells: np.ndarray, low: float, high: float, extra: dict[int, float] | None = None) -> None:
            row = np.zeros(width)
            row[:pairs] = cells.ravel()
            for place, value in (extra or {}).items():
                row[place] = value
            rules.append((row, low, high))

        for person in range(mentees):
            own = np.zeros(self.shape)
            own[person] = 1
            rule(own, 0, self.places.mentee_room[person])
            rule(own, 0, np.inf, {pairs + person: -1})
        for person in range(mentors):
            own = np.zeros(self.shape)
            own[:, person] = 1
            rule(own, 0, self.places.mentor_room[person])
            if self.size:
                rule(own, 0, np.inf, {pairs + mentees + person: -self.size[0]})
                rule(own, -np.inf, 0, {pairs + mentees + person: -self.size[1]})
        for side, group, most in self.caps:
            for number, limit in enumerate(most):
                inside = np.zeros(self.shape)
                members = group == number
                inside[(slice(None), members) if side == "mentor" else members] = 1
                rule(inside, 0, limit)
        for marked, share, number, at_least in self.rules:
            cells = marked - (share or 0.0)
            limit = 0 if number is None else number
            rule(cells, *((limit - 1e-9, np.inf) if at_least else (-np.inf, limit + 1e-9)))
        matrix, low, high = (np.array(part) for part in zip(*rules, strict=True))
        bounds = Bounds(
            np.concatenate([lower.ravel(), np.zeros(mentees + mentors)]),
            np.concatenate([allowed.ravel(), ~self.places.mentee_served, np.ones(mentors)]).astype(float),
        )
        covered = np.zeros(width)
        covered[pairs : pairs + mentees] = 1
        sums = np.zeros(width)
        sums[:pairs] = [self.worth([(int(row), int(column))]) / SCALE for row, column in np.ndindex(*self.shape)]
        limits = [LinearConstraint(matrix, low, high)]
        options = {"mip_rel_gap": 0}
        first = milp(-covered, constraints=limits, bounds=bounds, integrality=np.ones(width), options=options)
        if first.status == 2:
            return None
        assert first.success, first.message
        most = round(-first.fun)
        limits.append(LinearConstraint(covered[None, :], most, np.inf))
        second = milp(-sums, constraints=limits, bounds=bounds, integrality=np.ones(width), options=options)
        assert second.success, second.message
        chosen = second.x[:pairs].reshape(self.shape) > 0.5
        return most, self.worth([(int(row), int(column)) for row, column in np.argwhere(chosen)])
