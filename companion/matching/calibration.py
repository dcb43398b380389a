"""From the cosine of two texts to words: how rarely two unrelated texts are as alike, for the model in use.

A raw cosine says little: unrelated texts lie around 0.05 in one embedding model and around 0.75 in another. So the
scale is measured with texts that have nothing to do with one another (`reference`), and then moved by what the
cohort's own entries have in common (a company's jargon, the phrases of a form). Measured with all-MiniLM-L6-v2:
median 0.053, distance to the 16th percentile 0.069; one unrelated pair in 20 reaches a cosine of 0.22, one in 100
reaches 0.29, one in 1,000 reaches 0.39. Thirty needs and offers that mean the same in other words: median 0.46.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from companion.matching.reference import UNRELATED_STATEMENTS

Floats = npt.NDArray[np.floating[Any]]
Vectors = Callable[[Sequence[str]], Any]
"""Texts in, unit vectors of shape (number of texts, dimension) out."""

CLOSE = 0.999
"""Evidence is called close when at most one unrelated pair in 1,000 is as alike."""
RELATED = 0.99
"""... and related at one in 100. Anything below is loose."""

STEPS = 65_535
"""A fit of 1 in whole steps; see `Calibration.steps`."""

_HALF = 32_767
_DECADES = 6.0
"""Beyond an alikeness found once in a million unrelated pairs, rarity can no longer be told from so few."""
_BY_RARITY = 0.5
"""The fit of that. The upper half of the scale belongs to texts that nearly say the same, by their cosine alone."""
_TAIL = 0.98
"""Beyond this quantile the few measured pairs are smoothed by an exponential tail."""
_PRIOR_PAIRS = 200
"""A cohort with this many pairs of entries counts as much as the reference when the scale is moved."""
_MAX_SAMPLE = 20_000


@dataclass(frozen=True)
class Calibration:
    """The scale of one embedding model for one kind of comparison."""

    median: float
    """Cosine of a typical unrelated pair."""
    spread: float
    """Median minus 16th percentile: one standard deviation, taken on the side where no related pair can lie."""
    knots: Floats
    """Standardised cosines, rising ..."""
    fits: Floats
    """... and the fit at each, from 0 to 1."""

    def fit(self, cosines: Any) -> Floats:
        """How well texts fit, from 0 to 1.

        Up to a half: -log10 of the share of unrelated pairs at least as alike, over twelve. One in 100 is 0.17, one in
        1,000 is 0.25. Above: how much of the way from there to an equal text is gone. Without the upper half, one need
        that is met exactly and two that are half met are worth the same, and the right mentor is found less often
        (nDCG@10 0.61 instead of 0.86 on the occupations' skills in `tests/evals`).
        """
        fits: Floats = np.interp((np.asarray(cosines) - self.median) / self.spread, self.knots, self.fits)
        return fits

    def steps(self, cosines: Any) -> npt.NDArray[np.uint16]:
        """The fits as whole steps from 1 to `STEPS`, for many cosines at once: 0 is left for "nothing stated".

        Read off a table of 65,536 cosines, which is several times as fast as interpolating and exact to 0.0001.
        """
        places = np.multiply(cosines, _HALF, dtype=np.float32)
        places += np.float32(_HALF + 0.5)
        np.clip(places, 0, 2 * _HALF, out=places)
        taken: npt.NDArray[np.uint16] = self._table[places.astype(np.uint16)]
        return taken

    @cached_property
    def _table(self) -> npt.NDArray[np.uint16]:
        fits = self.fit(np.linspace(-1.0, 1.0, 2 * _HALF + 1))
        table: npt.NDArray[np.uint16] = np.rint(1 + fits * (STEPS - 1)).astype(np.uint16)
        return table

    def percentile(self, cosine: float) -> float:
        """Share of unrelated pairs that are less alike, from 0 to 1."""
        rarity = min(float(self.fit(cosine)) / _BY_RARITY, 1.0)
        less_alike: float = 1.0 - 10.0 ** (-_DECADES * rarity)
        return less_alike

    def cosine_at(self, percentile: float) -> float:
        """The cosine that this share of unrelated pairs stays below; the inverse of `percentile`."""
        return self.median + self.spread * float(np.interp(fit_at(percentile), self.fits, self.knots))

    def word(self, cosine: float) -> str:
        """``close``, ``related`` or ``loose``."""
        fit = float(self.fit(cosine))
        return "close" if fit >= fit_at(CLOSE) else "related" if fit >= fit_at(RELATED) else "loose"

    def moved(self, cosines: Floats) -> Calibration:
        """This scale for a cohort whose entries have `cosines` among themselves.

        Only the middle moves, the more the larger the cohort, and by one spread at most: in a cohort where everybody
        speaks of the same subject, being alike must not become unremarkable.
        """
        if not cosines.size:
            return self
        weight = cosines.size / (cosines.size + _PRIOR_PAIRS)
        shift = weight * (float(np.median(cosines)) - self.median)
        shift = min(max(shift, -self.spread), self.spread)
        return Calibration(self.median + shift, self.spread, self.knots, self.fits)


NOTHING_TO_COMPARE = Calibration(0.0, 1.0, np.array([0.0, 1.0]), np.array([0.0, 1.0]))
"""Stands in where nobody has stated anything, so that no model is loaded for nothing."""


def fit_at(percentile: float) -> float:
    """The fit that belongs to a percentile, both from 0 to 1."""
    return float(_BY_RARITY * -np.log10(max(1.0 - percentile, 10.0**-_DECADES)) / _DECADES)


def calibrate(vectors: Vectors) -> Calibration:
    """Measure the scale of the model behind `vectors` with 3,160 pairs of unrelated statements."""
    return from_unrelated(pair_cosines(np.asarray(vectors(UNRELATED_STATEMENTS), dtype=np.float32)))


def pair_cosines(unit: Floats) -> Floats:
    """The cosines of all pairs of rows."""
    cosines: Floats = (unit @ unit.T)[np.triu_indices(len(unit), 1)]
    return cosines


def from_unrelated(cosines: Floats) -> Calibration:
    """The scale that follows from the cosines of unrelated pairs (some hundreds at least)."""
    median = float(np.median(cosines))
    spread = max(median - float(np.quantile(cosines, 0.16)), 1e-6)
    standardised = (cosines - median) / spread
    shares = np.linspace(0.0, _TAIL, 50)
    knots = np.maximum.accumulate(np.quantile(standardised, shares))
    beyond = standardised[standardised > knots[-1]] - knots[-1]
    scale = max(float(beyond.mean()) if beyond.size else 0.0, 1e-3)
    rarest = knots[-1] + scale * np.log((1 - _TAIL) * 10.0**_DECADES)
    # One spread below a cosine of 1, so that equal texts reach the top however the scale is moved.
    equal = max((1.0 - median) / spread - 1.0, rarest + 1e-3)
    fits = _BY_RARITY * -np.log10(1.0 - shares) / _DECADES
    return Calibration(median, spread, np.append(knots, [rarest, equal]), np.append(fits, [_BY_RARITY, 1.0]))


def cross_cosines(asked: Floats, offered: Floats) -> Floats:
    """Cosines between two groups of distinct texts: all pairs, or a fixed random sample of 20,000 of them."""
    if len(asked) * len(offered) <= _MAX_SAMPLE:
        cosines: Floats = (asked @ offered.T).ravel()
        return cosines
    draw = np.random.default_rng(2_026)
    left = draw.integers(len(asked), size=_MAX_SAMPLE)
    right = draw.integers(len(offered), size=_MAX_SAMPLE)
    sampled: Floats = np.einsum("ij,ij->i", asked[left], offered[right])
    return sampled
