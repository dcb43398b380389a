"""How well each practice card answers a need: by the wordings its authors foresaw, its questions, common words, and
what a reader taught by judged needs says.

A need is a line of a few words, and so are a card's wordings ("asked as") and questions: compared with one another,
short texts are told apart far better than a short text and a paragraph are. One wording may be near by chance, so the
nearest three count too. The reader knows the cards that ship and some languages; of every other card, and in other
languages, relevance is estimated from that nearness. All weights are set on the cases in ``tests/evals/agenda/dev`` and
on judged needs by authors whom the reader had not met.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
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
RELEVANCE_WEIGHT = 5.0
"""Of relevance, which is 1 for a card made for the need."""
LIKELY_FROM, LIKELY_SLOPE = 1.7, 3.6
"""From what nearness on a card is likely to be relevant, and how fast; set on judged needs and the wordings alone."""
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
        """In the order in which `learn` expects their vectors."""
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
        self._vectors: Any = None

    @property
    def ready(self) -> bool:
        """Whether `learn` was called."""
        return self._vectors is not None

    def learn(self, vectors_of: Callable[[Sequence[str]], Any]) -> None:
        """Take in the vectors of the texts, a row of length 1 each. Raises what `vectors_of` does."""
        self._vectors = vectors_of(self.texts)

    def fits(
        self, need: str, beside: Sequence[str], queries: Any, read: Mapping[str, float] = MappingProxyType({})
    ) -> list[CardFit]:
        """Every card, best first. `queries` has a vector of length 1 per need and text beside it, once `learn` was
        called; None when there is no embedding model, and then words alone decide. `read` is what the reader says."""
        if queries is None or not self.ready:
            return self._ranked(self._common(need), [None] * len(self.cards))
        own = self._near(queries[0]) + self._common(need)
        likely = 1 / (1 + np.exp(-LIKELY_SLOPE * (own - LIKELY_FROM)))
        relevance = [read.get(card.id, guess) for card, guess in zip(self.cards, likely.tolist(), strict=True)]
        score = own + RELEVANCE_WEIGHT * np.array(relevance)
        if beside:
            others = zip(beside, queries[1:], strict=True)
            score += BESIDE_WEIGHT * np.max([self._near(query) + self._common(text) for text, query in others], axis=0)
        return self._ranked(score, relevance)

    def _near(self, query: Any) -> Any:
        """Per card: its nearest wording, its nearest three on average, its nearest question or title."""
        cosines = self._vectors @ query
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

    def _ranked(self, scores: Any, relevance: Sequence[float | None]) -> list[CardFit]:
        fits = map(CardFit, self.cards, relevance, map(float, scores))
        return sorted(fits, key=lambda fit: (-round(fit.score, 6), fit.card.id))


def _asked(card: Card) -> tuple[str, ...]:
    """When to use the card and what it asks, each with its title and without the goal."""
    return tuple(f"{card.title}. {_SLOT.sub('it', text)}" for text in (card.when_to_use, *card.questions))
