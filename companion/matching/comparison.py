"""Whose wishes meet whose offers: entry against entry, for as many people as there are.

Each distinct text is compared once, whoever says it; where there are not too many, all comparisons of a kind are kept
as whole steps of fit (two bytes each), otherwise they are made again for each block of people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from companion.domain.people import Facet, FacetKind, Person
from companion.matching.calibration import STEPS, Calibration
from companion.matching.likeness import Likeness, handicaps

Whole = npt.NDArray[np.int64]
Steps = npt.NDArray[np.uint16]
Columns = slice | Whole

_KEPT_CELLS = 40_000_000
"""Comparisons of one kind that are kept; more are made again when they are needed."""
_PANEL = 256


class Answer(NamedTuple):
    """One asked entry with the offered entry that is nearest to it."""

    asked: Facet
    offered: Facet
    cosine: float
    fit: float


def stated(person: Person, kind: FacetKind) -> tuple[Facet, ...]:
    """The entries of one kind in their stated order, each text once: saying it again does not say it louder."""
    first: dict[str, Facet] = {}
    for facet in person.facets:
        if facet.kind is kind:
            first.setdefault(" ".join(facet.text.split()).casefold(), facet)
    return tuple(first.values())


class Entries:
    """All entries of one kind in a group of people: person after person, as places among the distinct texts."""

    def __init__(self, people: Sequence[Person], kind: FacetKind, rows: Mapping[str, int]) -> None:
        self.people, self.kind = people, kind
        said = [[rows[facet.text] for facet in stated(person, kind)] for person in people]
        self.sizes = np.array([len(entries) for entries in said], dtype=np.int64)
        self.starts = np.concatenate([[0], np.cumsum(self.sizes)]).astype(np.int64)
        flat = np.array([row for entries in said for row in entries], dtype=np.int64)
        self.distinct, places = np.unique(flat, return_inverse=True)
        """Rows of the table of vectors, rising."""
        self.ids = places.reshape(-1).astype(np.int64)
        harmonic = np.cumsum(1 / np.arange(1, int(self.sizes.max(initial=1)) + 1))
        self._first_weight = (1 / (STEPS * harmonic[np.maximum(self.sizes, 1) - 1])).astype(np.float32)
        self._layers: dict[tuple[int, int], list[tuple[Whole | None, Whole]]] = {}

    def of(self, place: int) -> tuple[Facet, ...]:
        """What one person states."""
        return stated(self.people[place], self.kind)

    def rows(self, place: int) -> Whole:
        """The rows of one person's entries in the table of vectors."""
        return self.distinct[self.ids[self.starts[place] : self.starts[place + 1]]]

    def weights(self, people: Columns, number: int) -> npt.NDArray[np.float32]:
        """The weight of these people's entry with this number (from 0), per step of fit: 1, 1/2, 1/3 ... normalised."""
        weights: npt.NDArray[np.float32] = self._first_weight[people] / np.float32(number + 1)
        return weights

    def layers(self, people: Columns) -> list[tuple[Whole | None, Whole]]:
        """First, second, third ... entries of these people: who has one (None: all of them), and which text it is."""
        if isinstance(people, slice) and (kept := self._layers.get((people.start, people.stop))) is not None:
            return kept
        sizes, starts = self.sizes[people], self.starts[:-1][people]
        layers: list[tuple[Whole | None, Whole]] = []
        for number in range(int(sizes.max(initial=0))):
            having = np.flatnonzero(sizes > number)
            everybody = having.size == sizes.size
            layers.append((None if everybody else having, self.ids[starts[having] + number]))
        if isinstance(people, slice):
            self._layers[people.start, people.stop] = layers
        return layers


class Comparison:
    """One kind of wish of one group against one kind of offer of the other, on the scale for the two."""

    def __init__(self, asked: Entries, offered: Entries, likeness: Likeness, scale: Calibration) -> None:
        self.asked, self.offered, self.scale = asked, offered, scale
        self._likeness = likeness
        self._set_handicaps()
        self._kept: Steps | None = None
        size = asked.distinct.size * offered.distinct.size
        if size <= _KEPT_CELLS:
            self._kept = np.empty((asked.distinct.size, offered.distinct.size), dtype=np.uint16)
            for start in range(0, asked.distinct.size, _PANEL):
                some = slice(start, start + _PANEL)
                self._kept[some] = self._compared(asked.distinct[some], offered.distinct)

    def turned(self) -> Comparison:
        """The same with the roles of the two sides changed."""
        other = copy(self)
        other.asked, other.offered = self.offered, self.asked
        other._set_handicaps()
        other._kept = None if self._kept is None else np.ascontiguousarray(self._kept.T)
        return other

    def fits(self, asked: Whole | None, offered: Whole | None) -> Steps:
        """Fits of these distinct asked texts with these offered ones (None: all of them), in steps."""
        if self._kept is not None:
            some = self._kept if asked is None else self._kept[asked]
            return some if offered is None else some[:, offered]
        return self._compared(
            self.asked.distinct if asked is None else self.asked.distinct[asked],
            self.offered.distinct if offered is None else self.offered.distinct[offered],
        )

    def nearest(self, asking: int, offering: int) -> tuple[Answer, ...]:
        """For each entry one person asks with, the other's entry that answers it best, in the asked order."""
        asked, offered = self.asked.of(asking), self.offered.of(offering)
        if not asked or not offered:
            return ()
        cosines = self._likeness.cosines(self.asked.rows(asking), self.offered.rows(offering), self.scale)
        best = cosines.argmax(axis=1)
        found = cosines[np.arange(len(asked)), best]
        fits = np.maximum(self.scale.fit(found) - self.handicap[offering] / STEPS, 0)
        return tuple(
            Answer(facet, offered[best[row]], float(found[row]), float(fits[row])) for row, facet in enumerate(asked)
        )

    def _compared(self, asked: Whole, offered: Whole) -> Steps:
        return self.scale.steps(self._likeness.cosines(asked, offered, self.scale))

    def _set_handicaps(self) -> None:
        """What is taken, in steps, from the fits of each offering person, who may offer very many things."""
        stated_by = self._likeness.stated[self.offered.distinct][self.offered.ids]
        counts = np.bincount(
            np.repeat(np.arange(self.offered.sizes.size), self.offered.sizes),
            weights=stated_by,
            minlength=self.offered.sizes.size,
        ).astype(np.int64)
        self.handicap: Steps = np.rint(np.minimum(handicaps(counts), 1) * (STEPS - 1)).astype(np.uint16)


class Answered(NamedTuple):
    """How well each offering person answers each asking one."""

    mean: npt.NDArray[np.float32]
    """The fits of the best answers, weighted 1, 1/2, 1/3 ... in the stated order, from 0 to 1."""
    best: Steps
    """The fit of the entry that is answered best; 0 where one of the two states nothing."""


class RowsAsk:
    """A block of asking people against offering people, shape (offering, asking)."""

    def __init__(self, comparison: Comparison, rows: Whole) -> None:
        self._offered, self._size, self._handicap = comparison.offered, rows.size, comparison.handicap
        self._layers: list[tuple[Steps, npt.NDArray[np.float32]]] = []
        for number, (having, ids) in enumerate(comparison.asked.layers(rows)):
            some = np.arange(rows.size) if having is None else having
            texts, places = np.unique(ids, return_inverse=True)
            panel = np.zeros((comparison.offered.distinct.size, rows.size), dtype=np.uint16)
            panel[:, some] = comparison.fits(texts, None).T[:, places.reshape(-1)]
            weights = np.zeros(rows.size, dtype=np.float32)
            weights[some] = comparison.asked.weights(rows[some], number)
            self._layers.append((panel, weights))

    def each(self, columns: Columns, size: int) -> list[Steps]:
        """For the first, second ... asked entry how well these offering people answer it."""
        layers = self._offered.layers(columns)
        return [self._answer(panel, layers, columns, size) for panel, _ in self._layers]

    def against(self, columns: Columns, size: int) -> Answered:
        """These offering people, `size` of them."""
        mean = np.zeros((size, self._size), dtype=np.float32)
        best = np.zeros((size, self._size), dtype=np.uint16)
        layers = self._offered.layers(columns)
        for panel, weights in self._layers if layers else ():
            answer = self._answer(panel, layers, columns, size)
            np.maximum(best, answer, out=best)
            mean += answer * weights
        return Answered(mean, best)

    def _answer(self, panel: Steps, layers: list[tuple[Whole | None, Whole]], columns: Columns, size: int) -> Steps:
        answer = _highest(panel, layers, size)
        held_back = np.flatnonzero(self._handicap[columns])
        if held_back.size:
            answer[held_back] = _lowered(answer[held_back], self._handicap[columns][held_back][:, None])
        return answer


class ColumnsAsk:
    """Asking people against a block of offering people, shape (asking, offering)."""

    def __init__(self, comparison: Comparison, rows: Whole) -> None:
        self._asked, self._size = comparison.asked, rows.size
        self._panel = np.zeros((comparison.asked.distinct.size, rows.size), dtype=np.uint16)
        for having, ids in comparison.offered.layers(rows) if comparison.asked.distinct.size else ():
            fits = comparison.fits(None, ids)
            if having is None:
                np.maximum(self._panel, fits, out=self._panel)
            else:
                self._panel[:, having] = np.maximum(self._panel[:, having], fits)
        self._panel = _lowered(self._panel, comparison.handicap[rows])

    def against(self, columns: Columns, size: int) -> Answered:
        """These asking people, `size` of them."""
        mean = np.zeros((size, self._size), dtype=np.float32)
        best = np.zeros((size, self._size), dtype=np.uint16)
        for number, (having, ids) in enumerate(self._asked.layers(columns)):
            answer = self._panel[ids]
            weights = self._asked.weights(columns, number)[:, None]
            if having is None:
                np.maximum(best, answer, out=best)
                mean += answer * weights
            else:
                best[having] = np.maximum(best[having], answer)
                mean[having] += answer * weights[having]
        return Answered(mean, best)


def _lowered(fits: Steps, handicap: Steps) -> Steps:
    """The fits less what is taken from each; what is stated stays above "nothing stated"."""
    lowered: Steps = np.where(fits > 0, np.maximum(fits, handicap + np.uint16(1)) - handicap, 0).astype(np.uint16)
    return lowered


def _highest(panel: Steps, layers: list[tuple[Whole | None, Whole]], size: int) -> Steps:
    """For each person of these layers the highest row of the panel among their entries."""
    highest = np.zeros((size, panel.shape[1]), dtype=np.uint16)
    for having, ids in layers:
        if having is None:
            np.maximum(highest, panel[ids], out=highest)
        else:
            highest[having] = np.maximum(highest[having], panel[ids])
    return highest


def embedded_once(texts: Sequence[str], read: Any, step: Any, at_once: int = 256) -> npt.NDArray[np.float32]:
    """The vectors of these texts, read in batches; `step(done, total)` comes before each."""
    parts = []
    for start in range(0, len(texts), at_once):
        step(start, len(texts))
        parts.append(np.asarray(read(texts[start : start + at_once]), dtype=np.float32))
    return np.concatenate(parts) if parts else np.zeros((0, 1), dtype=np.float32)
