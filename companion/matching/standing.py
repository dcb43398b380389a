"""Where everybody stands once the pairs are chosen: counts per rule, ranks on both sides, first choices, runners-up.

All of it comes from one pass over blocks of mentees, whatever the size of the cohort.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from companion.domain.matching import ExclusionReason
from companion.matching.blocks import slices
from companion.matching.eligibility import POSSIBLE, REASONS, code
from companion.matching.prospects import Look, Prospects
from companion.matching.sides import Whole

FAVOURITES = 3
"""So many first choices are known of each person."""
NOBODY = -1

_CELLS_AT_ONCE = 4_000_000

Floats = npt.NDArray[np.float32]


class Standing:
    """What one pass over all pairs finds; places are rows of mentees and columns of mentors.

    Equal scores share the better rank, and among equals the first by id is the favourite.
    """

    def __init__(
        self, prospects: Prospects, pairs: Sequence[tuple[int, int]], step: Callable[[int, int], None]
    ) -> None:
        """`step(done, total)` comes before each block."""
        mentees, mentors = prospects.shape
        self.pairs = tuple(pairs)
        numbers = len(REASONS) + 1
        self.mentee_reasons = np.zeros((mentees, numbers), dtype=np.int64)
        """How many mentors each code takes from a mentee, shape (mentees, codes); `POSSIBLE` is 0."""
        self.mentor_reasons = np.zeros((mentors, numbers), dtype=np.int64)
        self.mentee_favourites = np.full((mentees, FAVOURITES), NOBODY, dtype=np.int64)
        """The mentors each mentee would like best, among those possible."""
        self.mentor_favourites = np.full((mentors, FAVOURITES), NOBODY, dtype=np.int64)
        self.mentee_best = np.zeros((mentees, FAVOURITES), dtype=np.float32)
        """The scores with them."""
        self.mentor_best = np.full((mentors, FAVOURITES), -np.inf, dtype=np.float32)
        self.runner_up = np.full(mentees, NOBODY, dtype=np.int64)
        """The best possible mentor who is not proposed to this mentee."""
        self.nearest_below = np.full(mentees, NOBODY, dtype=np.int64)
        """For a mentee without a proposal: whose offer comes nearest among those below the floor."""
        self.could_help = np.zeros(mentors, dtype=bool)
        """Whether somebody who has no mentor at all could be paired with this one."""
        self.mentor_rank = np.zeros(len(self.pairs), dtype=np.int64)
        """Per pair: the mentor's place in the mentee's list."""
        self.mentee_rank = np.ones(len(self.pairs), dtype=np.int64)
        self.totals = prospects.scores.totals(self.pairs)
        self._served = prospects.candidates.mentee_taken > 0
        self._of_row = _grouped([row for row, _ in self.pairs])
        for some in slices(mentees, _CELLS_AT_ONCE, mentors) if mentors else ():
            step(some.start, mentees)
            self._add(prospects.look(some), some)

    def counts(self) -> tuple[tuple[ExclusionReason, int], ...]:
        """How many pairs fell to each rule, without those that nothing fell to."""
        totals = self.mentee_reasons.sum(axis=0)
        return tuple((reason, int(totals[code(reason)])) for reason in REASONS if totals[code(reason)])

    def choices_of_mentee(self, row: int) -> int:
        """How many mentors are possible."""
        return int(self.mentee_reasons[row, POSSIBLE])

    def choices_of_mentor(self, column: int) -> int:
        """How many mentees are possible."""
        return int(self.mentor_reasons[column, POSSIBLE])

    def _add(self, look: Look, some: slice) -> None:
        totals, codes = look.totals, look.codes
        for number in np.flatnonzero(np.bincount(codes.ravel(), minlength=1)):
            fell = codes == number
            self.mentee_reasons[some, number] = np.count_nonzero(fell, axis=1)
            self.mentor_reasons[:, number] += _down(fell)
        alone = [row - some.start for row in range(some.start, some.stop) if not self._has_somebody(row)]
        self.could_help |= (codes[alone] == POSSIBLE).any(axis=0)
        totals[codes != POSSIBLE] = -np.inf
        self._rank(totals, some)
        self._like(totals, some)
        for place, row in enumerate(range(some.start, some.stop)):
            taken = [self.pairs[number][1] for number in self._of_row.get(row, ())]
            if taken:
                # Whoever is proposed steps aside for a moment; the block is read again by nobody after this.
                totals[place, taken] = -np.inf
                best = int(totals[place].argmax())
                self.runner_up[row] = best if np.isfinite(totals[place, best]) else NOBODY
            elif self.mentee_reasons[row, code(ExclusionReason.BELOW_FLOOR)]:
                below = codes[place] == code(ExclusionReason.BELOW_FLOOR)
                self.nearest_below[row] = int(np.where(below, look.best_need[place].astype(np.int64), -1).argmax())

    def _has_somebody(self, row: int) -> bool:
        return bool(self._served[row]) or row in self._of_row

    def _rank(self, totals: Floats, some: slice) -> None:
        for row in range(some.start, some.stop):
            for number in self._of_row.get(row, ()):
                better = totals[row - some.start] > self.totals[number]
                self.mentor_rank[number] = 1 + np.count_nonzero(better)
        for numbers in self._layers:
            columns = np.array([self.pairs[number][1] for number in numbers], dtype=np.int64)
            everywhere = np.full(totals.shape[1], np.inf, dtype=np.float32)
            everywhere[columns] = self.totals[numbers]
            self.mentee_rank[numbers] += _down(totals > everywhere)[columns]

    @cached_property
    def _layers(self) -> list[Whole]:
        """The pairs in groups in which no mentor comes twice."""
        by_column = _grouped([column for _, column in self.pairs]).values()
        most = max((len(numbers) for numbers in by_column), default=0)
        return [
            np.array([numbers[place] for numbers in by_column if len(numbers) > place], dtype=np.int64)
            for place in range(most)
        ]

    def _like(self, totals: Floats, some: slice) -> None:
        """The favourites of these mentees, and what they change in the mentors'."""
        rows = np.arange(totals.shape[0])
        held = []
        for place in range(min(FAVOURITES, totals.shape[1])):
            best = totals.argmax(axis=1)
            score = totals[rows, best].copy()
            liked = np.isfinite(score)
            self.mentee_favourites[some, place] = np.where(liked, best, NOBODY)
            self.mentee_best[some, place] = np.where(liked, score, 0)
            held.append((best, score))
            totals[rows, best] = -np.inf
        for best, score in reversed(held):
            totals[rows, best] = score
        self._like_back(totals, some.start)

    def _like_back(self, totals: Floats, start: int) -> None:
        columns = np.flatnonzero(totals.max(axis=0) > self.mentor_best[:, -1])
        left = totals[:, columns]
        scores, rows = [self.mentor_best[columns]], [self.mentor_favourites[columns]]
        everybody = np.arange(columns.size)
        for _ in range(min(FAVOURITES, totals.shape[0])):
            best = left.argmax(axis=0)
            score = left[best, everybody]
            scores.append(score[:, None].copy())
            rows.append(np.where(np.isfinite(score), start + best, NOBODY)[:, None])
            left[best, everybody] = -np.inf
        together, whose = np.concatenate(scores, axis=1), np.concatenate(rows, axis=1)
        order = np.argsort(-together, axis=1, kind="stable")[:, :FAVOURITES]
        self.mentor_best[columns] = np.take_along_axis(together, order, axis=1)
        self.mentor_favourites[columns] = np.take_along_axis(whose, order, axis=1)


def _down(flags: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    """How many are true in each column; in bytes, which is fast, 255 rows at a time."""
    counts = np.zeros(flags.shape[1], dtype=np.int64)
    for start in range(0, flags.shape[0], 255):
        counts += np.add.reduce(flags[start : start + 255].view(np.uint8), axis=0, dtype=np.uint8)
    return counts


def _grouped(keys: Sequence[int]) -> dict[int, list[int]]:
    """Key -> the places where it stands."""
    places: dict[int, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return places
