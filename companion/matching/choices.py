"""Whom everybody would like best, gathered while the scores go by in blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FIRST = 3
"""Somebody is seen when among so many first places of somebody else's list."""

_Found = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float32]]
"""(whose list, who is in it, score)"""


@dataclass(frozen=True)
class Choices:
    """Person id -> ids of the other side, at most three, best score first, equals in the order of the cohort.

    Only of pairs that no rule forbids and that reach the floor; who has no such pair is left out.
    """

    of_mentees: Mapping[str, Sequence[str]]
    of_mentors: Mapping[str, Sequence[str]]


class FirstChoices:
    """Gathers `Choices` from blocks of mentees, in any order; holds no more than three entries per person."""

    def __init__(self, mentee_ids: Sequence[str], mentor_ids: Sequence[str]) -> None:
        self._mentee_ids, self._mentor_ids = mentee_ids, mentor_ids
        empty: _Found = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))
        self._of_mentees = [empty]
        self._of_mentors = empty
        self._third = np.full(len(mentor_ids), -np.inf, dtype=np.float32)
        """A score that does not reach this is in no mentor's list."""

    def add(self, scores: npt.NDArray[np.float32], first_row: int) -> None:
        """The scores of a block, shape (mentees of the block, all mentors), -inf where a pair cannot be."""
        if not scores.size:
            return
        allowed = np.isfinite(scores)
        columns = scores.shape[1]
        third = np.partition(scores, columns - FIRST, axis=1)[:, columns - FIRST] if columns > FIRST else -np.inf
        rows, found = np.nonzero(allowed & (scores >= np.reshape(third, (-1, 1))))
        self._of_mentees.append(_first((rows + first_row, found, scores[rows, found])))
        rows, found = np.nonzero(allowed & (scores >= self._third))
        new = (found, rows + first_row, scores[rows, found])
        self._of_mentors = _first(
            (
                np.concatenate([self._of_mentors[0], new[0]]),
                np.concatenate([self._of_mentors[1], new[1]]),
                np.concatenate([self._of_mentors[2], new[2]]),
            )
        )
        whose, _, score = self._of_mentors
        full = np.flatnonzero(np.bincount(whose, minlength=columns) == FIRST)
        last = np.searchsorted(whose, full, side="right") - 1
        self._third[full] = score[last]

    def choices(self) -> Choices:
        """What was gathered so far."""
        of_mentees: dict[str, list[str]] = {}
        for rows, columns, _ in self._of_mentees:
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
                of_mentees.setdefault(self._mentee_ids[row], []).append(self._mentor_ids[column])
        of_mentors: dict[str, list[str]] = {}
        for column, row in zip(self._of_mentors[0].tolist(), self._of_mentors[1].tolist(), strict=True):
            of_mentors.setdefault(self._mentor_ids[column], []).append(self._mentee_ids[row])
        return Choices(of_mentees, of_mentors)


def _first(found: _Found) -> _Found:
    """The first three of each list, in order."""
    whose, who, score = found
    order = np.lexsort((who, -score, whose))
    whose, who, score = whose[order], who[order], score[order]
    place = np.arange(len(whose)) - np.searchsorted(whose, whose)
    return whose[place < FIRST], who[place < FIRST], score[place < FIRST]
