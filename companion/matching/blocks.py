"""Scores by the block: how a matrix that never exists as a whole is read, and the strongest pairs picked out of it."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from companion.matching.assignment import Flags, Whole

Rows = slice | npt.NDArray[np.int64]

_SAMPLE = 2_048
"""So many cells of a row tell how high its strongest ones lie."""


class BlockScorer(Protocol):
    """The scores of all pairs, a block of mentees at a time."""

    @property
    def shape(self) -> tuple[int, int]:
        """(mentees, mentors)."""

    @property
    def bounds(self) -> tuple[float, float]:
        """No allowed pair scores below the first or above the second."""

    def score_block(self, rows: Rows) -> npt.NDArray[np.float32]:
        """Scores of these mentees with every mentor, shape (rows, mentors), -inf for a forbidden pair, never NaN.

        The same row must give the same scores whichever rows it is asked with.
        """


class MatrixScorer:
    """A `BlockScorer` over a matrix that fits into memory."""

    def __init__(self, scores: npt.NDArray[Any], possible: Flags, bounds: tuple[float, float] | None = None) -> None:
        """Without `bounds` the scores are looked through for them."""
        self._scores, self._possible = scores, possible
        lowest, highest = (pick(scores, where=possible, initial=0) for pick in (np.min, np.max))
        self.bounds = bounds or (float(lowest), float(highest))
        self.shape = (scores.shape[0], scores.shape[1])

    def score_block(self, rows: Rows) -> npt.NDArray[np.float32]:
        """The stored scores."""
        return np.where(self._possible[rows], self._scores[rows], np.float32(-np.inf)).astype(np.float32, copy=False)


def slices(rows: int, cells: int, columns: int) -> list[slice]:
    """Cut so many rows into pieces of about so many cells."""
    size = max(1, cells // max(columns, 1))
    return [slice(start, min(start + size, rows)) for start in range(0, rows, size)]


def strongest(values: npt.NDArray[Any], most: int, above: npt.NDArray[Any]) -> tuple[Whole, Whole]:
    """About the `most` strongest cells of each row that lie above its threshold, as (row, column).

    A row with any such cell gets at least its highest. Equal cells are taken in a shuffled (but fixed) order: if all
    rows took the same ones, their favourites would run out.
    """
    rows, columns = values.shape
    wanted = values > above[:, None]
    if columns > 2 * most:
        step = -(-columns // _SAMPLE)
        sample = values[:, ::step]
        size = sample.shape[1]
        rank = most if step == 1 else min(size, 2 * most * size // columns + 3)
        wanted &= values >= np.partition(sample, size - rank, axis=1)[:, size - rank][:, None]
    flat = np.flatnonzero(wanted)
    row, column = np.divmod(flat, max(columns, 1))
    order = _by_strength(row, values[row, column], _shuffle(row, column))
    row, column = row[order], column[order]
    place = np.arange(row.size) - np.searchsorted(row, np.arange(rows))[row]
    return row[place < most], column[place < most]


def scattered(values: npt.NDArray[Any], each: int, above: npt.NDArray[Any], salt: int) -> tuple[Whole, Whole]:
    """Up to `each` cells of each row that lie above its threshold, wherever they are, as (row, column).

    Where everybody likes the same people in the same order, the strongest cells of all rows are the same few columns;
    these are what keeps the others from being overlooked. `salt` chooses which; the same one always chooses the same.
    """
    rows, columns = values.shape
    row, column = np.divmod(np.flatnonzero(values > above[:, None]), max(columns, 1))
    starts = np.searchsorted(row, np.arange(rows + 1))
    having = np.flatnonzero(np.diff(starts))
    picked = np.repeat(having, each)
    turn = np.tile(np.arange(each), having.size) + salt * each
    place = starts[picked] + _shuffle(picked + salt, column[starts[picked]] + turn) % np.diff(starts)[picked]
    return picked, column[place]


def anywhere(values: npt.NDArray[Any], each: int, salt: int) -> tuple[Whole, Whole]:
    """Up to `each` allowed cells of each row from anywhere, without looking at the others, as (row, column)."""
    rows, columns = values.shape
    row = np.repeat(np.arange(rows), each)
    turn = np.tile(np.arange(each), rows)
    column = (_shuffle(row + salt, turn) * 65_521 + _shuffle(turn, row + salt)) % max(columns, 1)
    allowed = np.isfinite(values[row, column])
    return row[allowed], column[allowed]


def _by_strength(group: Whole, value: npt.NDArray[Any], shuffled: Whole) -> Whole:
    """The order of these cells by group, then from the strongest, told apart to one part in 16 million."""
    if not value.size:
        return np.empty(0, dtype=np.int64)
    highest = value.max()
    steps = (2**24 - 1) / max(float(highest - value.min()), 1e-30)
    below = np.floor((highest - value.astype(np.float64)) * steps).astype(np.int64)
    order: Whole = np.argsort((group << 40) + (below << 16) + shuffled, kind="stable")
    return order


def _shuffle(row: Whole, column: Whole) -> Whole:
    """A number that looks random for each cell, the same in every run."""
    mixed: Whole = (row * 2_654_435_761 + column * 40_503_001) % 1_000_003 * 7_919 % 1_000_003 % 65_521
    return mixed


class StrongestOfColumns:
    """The strongest cells of each column, kept while blocks of rows go by.

    Without them a mentor who is nobody's favourite is in no row's list, and somebody stays without a mentor.
    """

    def __init__(self, columns: int, most: int) -> None:
        self._most = most
        self._columns = columns
        self._level = np.full(columns, -np.inf, dtype=np.float32)
        self._found = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))
        self._settled = 0
        self._begun = False

    def add(self, values: npt.NDArray[np.float32], rows: Whole) -> None:
        """Look through the next block, which holds these rows."""
        if not self._begun and rows.size > self._most:
            few = np.ascontiguousarray(values[:: max(1, rows.size // (8 * self._most))].T)
            level = np.partition(few, few.shape[1] - self._most, axis=1)[:, few.shape[1] - self._most]
            self._level, self._begun = np.nextafter(level, np.float32(-np.inf)), True
        row, column = np.divmod(np.flatnonzero(values > self._level), max(self._columns, 1))
        old = self._found
        self._found = (
            np.concatenate([old[0], rows[row]]),
            np.concatenate([old[1], column]),
            np.concatenate([old[2], values[row, column]]),
        )
        if self._found[0].size > 2 * max(self._settled, self._columns * self._most):
            self._settle()

    def cells(self) -> tuple[Whole, Whole, npt.NDArray[np.float32]]:
        """(row, column, value) of what was kept."""
        self._settle()
        return self._found

    def _settle(self) -> None:
        row, column, value = self._found
        order = _by_strength(column, value, _shuffle(row, column))
        row, column, value = row[order], column[order], value[order]
        starts = np.searchsorted(column, np.arange(self._columns + 1))
        keep = np.arange(row.size) - starts[column] < self._most
        self._found = (row[keep], column[keep], value[keep])
        self._settled = int(keep.sum())
        full = np.flatnonzero(np.diff(starts) >= self._most)
        self._level[full] = np.maximum(self._level[full], value[starts[full] + self._most - 1])
