"""What a summary has to beat: plain similarity to the codebook, and TF-IDF with the nearest theme."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from companion.domain.codebook import NOT_UNDERSTOOD, OTHER, Codebook, Theme
from companion.domain.summaries import Polarity, Unit, UnitCode
from companion.domain.waves import Leaning
from companion.evaluation.scores import summary
from companion.evaluation.summary_cases import SurveyCase
from companion.evaluation.summary_coding import themes_f1
from companion.evaluation.summary_runs import coded

Vectors = Callable[[Sequence[str]], Any]
"""Texts in, unit vectors out, shape (texts, dimension)."""

_FROM_RATING = {Leaning.LOW: Polarity.NEGATIVE, Leaning.HIGH: Polarity.POSITIVE}
_TIES = 0.05
"""A second theme so close behind the best one is taken as well."""
THRESHOLDS = (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4)


class _Nearest:
    """The theme that is most like the unit; polarity is the author's rating, as nothing else is looked at."""

    name = ""

    def __init__(self, codebook: Codebook, threshold: float = 0.0) -> None:
        self._ids = [theme.id for theme in codebook.themes]
        self.threshold = threshold
        """Below it a unit is about nothing the codebook knows."""

    def supports(self, language: str) -> bool:
        """Only the codebook's own language."""
        return language == "en"

    def likeness(self, texts: Sequence[str]) -> Any:
        """How much each text is like each theme, shape (texts, themes)."""
        raise NotImplementedError

    def code(self, units: Sequence[Unit], leanings: Mapping[str, Leaning]) -> Sequence[UnitCode]:
        """One code per unit, in the same order."""
        if not units:
            return []
        rows = self.likeness([unit.text for unit in units])
        return [
            UnitCode(
                unit_id=unit.id,
                themes=self._themes(unit, row),
                polarity=_FROM_RATING.get(leanings[unit.comment_id], Polarity.NEUTRAL),
            )
            for unit, row in zip(units, rows, strict=True)
        ]

    def _themes(self, unit: Unit, row: Any) -> tuple[str, ...]:
        if not self.supports(unit.language) or not re.search(r"\w", unit.text):
            return (NOT_UNDERSTOOD,)
        best = float(row.max())
        if best <= self.threshold:
            return (OTHER,)
        near = [theme for theme, value in zip(self._ids, row, strict=True) if best - value <= _TIES and value > 0]
        return tuple(near) if len(near) <= 2 else (self._ids[int(row.argmax())],)


class Similarity(_Nearest):
    """The embedding model's cosine with the nearest sentence of each theme; nothing is trained."""

    name = "similarity"

    def __init__(self, codebook: Codebook, vectors: Vectors, threshold: float = 0.0) -> None:
        super().__init__(codebook, threshold)
        self._vectors = vectors
        self._sentences = [(theme.about, *theme.includes) for theme in codebook.themes]

    def likeness(self, texts: Sequence[str]) -> Any:
        """The cosine with the sentence of the theme that is most like it."""
        import numpy as np

        cosines = self._vectors(texts) @ self._vectors([one for some in self._sentences for one in some]).T
        ends = np.cumsum([len(some) for some in self._sentences])[:-1]
        return np.stack([part.max(axis=1) for part in np.split(cosines, ends, axis=1)], axis=1)


class TfIdf(_Nearest):
    """TF-IDF over the words of the codebook, and the nearest theme."""

    name = "TF-IDF"

    def __init__(self, codebook: Codebook, threshold: float = 0.0) -> None:
        # scikit-learn comes with sentence-transformers.
        from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

        super().__init__(codebook, threshold)
        self._model = TfidfVectorizer(sublinear_tf=True, stop_words="english")
        self._centroids = self._model.fit_transform([_whole(theme) for theme in codebook.themes])

    def likeness(self, texts: Sequence[str]) -> Any:
        """The cosine of the texts' weighted words with all words of each theme."""
        return (self._model.transform(texts) @ self._centroids.T).toarray()


def remembering(embed: Vectors) -> Vectors:
    """An embedding model that embeds each text once."""
    import numpy as np

    known: dict[str, Any] = {}

    def vectors(texts: Sequence[str]) -> Any:
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        if fresh:
            known.update(zip(fresh, embed(fresh), strict=True))
        return np.array([known[text] for text in texts], dtype=np.float32)

    return vectors


def at_its_best(way: _Nearest, cases: Sequence[SurveyCase]) -> None:
    """Give it the threshold that scores best on these cases, so that it is beaten fairly or not at all."""

    def score(threshold: float) -> float:
        way.threshold = threshold
        return summary([float(themes_f1(coded(way, case))["theme_micro_f1"] or 0) for case in cases]).mean

    way.threshold = max(THRESHOLDS, key=score)


def _whole(theme: Theme) -> str:
    return " ".join((theme.name, theme.about, *theme.includes))
