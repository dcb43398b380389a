"""How well each practice card answers a need: by the wordings its authors foresaw, its questions, common words, and
what was learned from needs that somebody judged.

A need is a line of a few words, and so are a card's wordings ("asked as") and questions: compared with one another,
short texts are told apart far better than a short text and a paragraph are. One wording may be near by chance, so the
nearest three count too. The weights of closeness are set on the cases in ``tests/evals/agenda/dev``, that of what was
learned on the judged needs, each author's with what the other's teach.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from companion.domain.card_fit import CardFit, wordings
from companion.domain.cards import Card
from companion.domain.words import content_stems
from companion.search.bm25 import WordIndex
from companion.search.card_head import CardHead, digest_of, kept, learned, save
from companion.search.needs import JudgedNeeds

NEAREST = 3
"""How many of a card's wordings count together."""
WORDS_WEIGHT = 0.05
"""Of one unit of BM25."""
COVERED_WEIGHT = 0.3
"""Of a need whose topic words all stand in one wording."""
LEARNED_WEIGHT = 2.0
"""Of the score that was learned, which is about 1 for a card made for the need."""
BESIDE_WEIGHT = 0.3
"""Of the best of the texts beside the need, in the ranking only."""
_SLOT = re.compile(r"[\"“]?\{\w+\}[\"”]?")


class CardTexts:
    """The short texts of some cards by which a need finds them, their words, and what judged needs teach."""

    def __init__(self, cards: Sequence[Card], judged: JudgedNeeds) -> None:
        self.cards = tuple(cards)
        self.judged = judged
        stated = [wordings(card) for card in self.cards]
        asked = [_asked(card) for card in self.cards]
        self.texts = tuple(text for texts in (*stated, *asked) for text in texts)
        """In the order in which `learn` expects their vectors."""
        self.needs = tuple(one.need for one in judged.needs)
        """Only what is to be learned asks for the vectors of these."""
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
        self._head: CardHead | None = None

    @property
    def ready(self) -> bool:
        """Whether `learn` was called."""
        return self._head is not None

    def learn(self, model_id: str, vectors_of: Callable[[Sequence[str]], Any], keep: Path | None) -> None:
        """Take in the vectors of the texts, a row of length 1 each, and what the judged needs teach.

        What was learned is kept in the file `keep`, which saves half a second each time. Raises what `vectors_of` does.
        """
        vectors = vectors_of(self.texts)
        digest = digest_of(self.cards, self.judged, model_id)
        head = kept(keep, digest) if keep else None
        if head is None:
            stated = vectors[[row for rows in self._stated for row in rows]]
            head = learned(self.cards, self.judged, vectors_of(self.needs), stated, digest)
            if keep:
                # It can be made again at any time, so a full disk is no reason to find no card.
                with suppress(OSError):
                    save(head, keep)
        self._vectors, self._head = vectors, head

    def fits(self, need: str, beside: Sequence[str], queries: Any) -> list[CardFit]:
        """Every card, best first. `queries` has a vector of length 1 per need and text beside it, once `learn` was
        called; None when there is no embedding model, and then words alone decide."""
        if queries is None or self._head is None:
            return self._ranked(self._common(need), [None] * len(self.cards))
        own = self._near(queries[0]) + self._common(need) + LEARNED_WEIGHT * self._head.scores(need, queries[0])
        score = own.copy()
        if beside:
            others = zip(beside, queries[1:], strict=True)
            score += BESIDE_WEIGHT * np.max([self._near(query) + self._common(text) for text, query in others], axis=0)
        return self._ranked(score, own.tolist())

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

    def _ranked(self, scores: Any, closeness: Sequence[float | None]) -> list[CardFit]:
        fits = map(CardFit, self.cards, closeness, map(float, scores))
        return sorted(fits, key=lambda fit: (-round(fit.score, 6), fit.card.id))


def _asked(card: Card) -> tuple[str, ...]:
    """When to use the card and what it asks, each with its title and without the goal."""
    return tuple(f"{card.title}. {_SLOT.sub('it', text)}" for text in (card.when_to_use, *card.questions))
