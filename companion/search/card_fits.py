"""How well each practice card answers a need: by the wordings its authors foresaw, its questions, and common words.

A need is a line of a few words, and so are a card's wordings ("asked as") and questions: compared with one another,
short texts are told apart far better than a short text and a paragraph are. One wording may be near by chance, so the
nearest three count too. The weights are set on the cases in ``tests/evals/agenda/dev``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from companion.domain.card_fit import CardFit, wordings
from companion.domain.cards import Card
from companion.domain.words import content_stems
from companion.search.bm25 import WordIndex

NEAREST = 3
"""How many of a card's wordings count together."""
WORDS_WEIGHT = 0.05
"""Of one unit of BM25."""
COVERED_WEIGHT = 0.3
"""Of a need whose topic words all stand in one wording."""
BESIDE_WEIGHT = 0.3
"""Of the best of the texts beside the need, in the ranking only."""
_SLOT = re.compile(r"[\"“]?\{\w+\}[\"”]?")


class CardTexts:
    """The short texts of some cards by which a need finds them, and their words."""

    def __init__(self, cards: Sequence[Card]) -> None:
        self.cards = tuple(cards)
        stated = [wordings(card) for card in self.cards]
        asked = [_asked(card) for card in self.cards]
        self.texts = tuple(text for texts in (*stated, *asked) for text in texts)
        """In the order in which `fits` expects their vectors."""
        places = iter(range(len(self.texts)))
        self._stated = [[next(places) for _ in texts] for texts in stated]
        self._asked = [[next(places) for _ in texts] for texts in asked]
        self._stems = [[set(content_stems(text)) for text in texts] for texts in stated]
        self._words = WordIndex(
            [
                " ".join((card.title, card.when_to_use, *own, *card.questions))
                for card, own in zip(self.cards, stated, strict=True)
            ]
        )

    def fits(self, need: str, beside: Sequence[str], vectors: Any, queries: Any) -> list[CardFit]:
        """Every card, best first. `vectors` has a row per text, `queries` one per need and text beside it, each of
        length 1; both are None when there is no embedding model, and then words alone decide."""
        if vectors is None or queries is None:
            by_words = self._common(need)
            return self._ranked(by_words, [None] * len(self.cards))
        own = self._near(queries[0] @ vectors.T) + self._common(need)
        score = own.copy()
        if beside:
            others = zip(beside, queries[1:], strict=True)
            score += BESIDE_WEIGHT * np.max([self._near(q @ vectors.T) + self._common(t) for t, q in others], axis=0)
        return self._ranked(score, own.tolist())

    def _near(self, cosines: Any) -> Any:
        """Per card: its nearest wording, its nearest three on average, its nearest question or title."""
        nearest = [np.sort(cosines[rows])[::-1] for rows in self._stated]
        asked = [cosines[rows].max() for rows in self._asked]
        return np.array(
            [float(n[0] + n[:NEAREST].mean() + a) for n, a in zip(nearest, asked, strict=True)], dtype=np.float64
        )

    def _common(self, need: str) -> Any:
        """Per card: BM25, and the share of the need's topic words that stand together in one wording."""
        wanted = set(content_stems(need))
        covered = [max(len(wanted & own) for own in texts) / max(len(wanted), 1) for texts in self._stems]
        return WORDS_WEIGHT * self._words.scores(need).astype(np.float64) + COVERED_WEIGHT * np.array(covered)

    def _ranked(self, scores: Any, closeness: Sequence[float | None]) -> list[CardFit]:
        fits = map(CardFit, self.cards, closeness, map(float, scores))
        return sorted(fits, key=lambda fit: (-round(fit.score, 6), fit.card.id))


def _asked(card: Card) -> tuple[str, ...]:
    """When to use the card and what it asks, each with its title and without the goal."""
    return tuple(f"{card.title}. {_SLOT.sub('it', text)}" for text in (card.when_to_use, *card.questions))
