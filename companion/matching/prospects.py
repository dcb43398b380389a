"""Every pair with its score and its verdict, a block of mentees at a time: what solver and explanations read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from companion.domain.criteria import Criteria, Format
from companion.domain.matching import ExclusionReason
from companion.matching.blocks import Rows
from companion.matching.calibration import STEPS, fit_at
from companion.matching.comparison import Steps
from companion.matching.eligibility import POSSIBLE, Candidates, Codes, code
from companion.matching.scoring import Scores
from companion.matching.sides import Whole

_ROWS_AT_ONCE = 64
_COLUMNS_AT_ONCE = 2_048
"""Blocks of this size stay in the processor's cache while all terms are added up."""
_WORTH_A_THREAD = 2_000_000


class Look(NamedTuple):
    """What is known of some mentees with every mentor, each of shape (rows, mentors)."""

    totals: npt.NDArray[np.float32]
    codes: Codes
    best_need: Steps


class Prospects:
    """A `BlockScorer` over a scored cohort."""

    bounds = (0.0, 1.0)

    def __init__(
        self,
        candidates: Candidates,
        scores: Scores,
        criteria: Criteria,
        pinned: frozenset[tuple[int, int]] = frozenset(),
    ) -> None:
        """A pinned pair (row, column) may lie below the floor, and of two who do not join."""
        self.candidates, self.scores = candidates, scores
        self.shape = candidates.ground.sides.shape
        self._both_ways = criteria.format is Format.RECIPROCAL
        self.floor = np.uint16(max(1, round(1 + fit_at(criteria.need_floor) * (STEPS - 1))))
        """In steps; an entry has to be stated on both sides, so it is at least 1."""
        self._pinned = pinned

    def score_block(self, rows: Rows) -> npt.NDArray[np.float32]:
        """Scores of these mentees with every mentor, -inf for what the lasting rules forbid, shape (rows, mentors).

        What has happened so far (pairs declined, places taken) is not in it: the solver is told that beside it, so
        that a decision in a review leaves the scores as they are.
        """
        look = self._look(rows, decided=False, needs=False)
        look.totals[look.codes != POSSIBLE] = -np.inf
        return look.totals

    def look(self, rows: Rows) -> Look:
        """Scores and verdicts with everything that was decided."""
        return self._look(rows, decided=True, needs=True)

    def verdict(self, row: int, column: int) -> int:
        """The code of one pair with everything that was decided."""
        return int(self.look(np.array([row])).codes[0, column])

    def _look(self, rows: Rows, *, decided: bool, needs: bool) -> Look:
        chosen = np.arange(self.shape[0])[rows]
        shape = chosen.size, self.shape[1]
        look = Look(
            np.empty(shape, dtype=np.float32),
            np.empty(shape, dtype=np.uint8),
            np.empty(shape if needs else (0, 0), dtype=np.uint16),
        )
        work = [
            (slice(start, start + _ROWS_AT_ONCE), chosen[start : start + _ROWS_AT_ONCE])
            for start in range(0, chosen.size, _ROWS_AT_ONCE)
        ]
        if chosen.size * self.shape[1] < _WORTH_A_THREAD:
            for place, some in work:
                self._fill(look, place, some)
        else:
            for place, some in work:
                self._fill(look, place, some, self._threads.map)
        self.candidates.named(look.codes, chosen, decided=decided)
        for row, column in self._pinned:
            for where in np.flatnonzero(chosen == row):
                if look.codes[where, column] <= code(ExclusionReason.NOT_JOINING):
                    look.codes[where, column] = POSSIBLE
        return look

    def _fill(self, look: Look, place: slice, rows: Whole, over: Callable[..., Iterator[None]] = map) -> None:
        block = self.scores.block(rows)

        def tile(start: int) -> None:
            columns = slice(start, min(start + _COLUMNS_AT_ONCE, self.shape[1]))
            size = columns.stop - start
            scored = block.against(columns, size)
            codes = self.candidates.traits(rows, columns, size)
            below = scored.best_need < self.floor
            if self._both_ways:
                below |= scored.best_gain < self.floor
            np.maximum(codes, below.view(np.uint8) * np.uint8(code(ExclusionReason.BELOW_FLOOR)), out=codes)
            look.totals[place, columns] = scored.total.T
            look.codes[place, columns] = codes.T
            if look.best_need.size:
                look.best_need[place, columns] = scored.best_need.T

        for _ in over(tile, range(0, self.shape[1], _COLUMNS_AT_ONCE)):
            pass

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1), thread_name_prefix="companion-scores")
