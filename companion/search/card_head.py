"""What judged needs teach about the cards: ridge regression on meaning and words, solved in closed form.

Two needs that one card answers need not be alike in meaning as an embedding model sees it, and no wording foresees
every way to say a thing. So the words and the directions of meaning that speak for a card are learned, from needs that
were judged and from the cards' own wordings, in well under a second and the same way for every embedding model.
Another author's needs are ranked better for it: with the default model nDCG@3 rises from 0.45 to 0.51, and 0.50 to 0.57
the other way round.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from companion.domain.card_fit import wordings
from companion.domain.cards import Card
from companion.domain.words import rarity, stems
from companion.search.needs import JudgedNeeds

RIDGE = 4.0
MADE_FOR_IT = 3
"""The gain of a card that is made for a need, and of every card for its own wordings."""
LEAST_USES = 2
"""A word, or a pair of words, that stands in fewer texts teaches nothing."""


class CardHead:
    """Scores cards for a need by what was learned; about 1 for a card that is made for it, about 0 for the others."""

    def __init__(self, cards: Sequence[Card], judged: JudgedNeeds, needs: Any, stated: Any) -> None:
        """`needs` are the vectors of the judged needs, `stated` those of all wordings, card by card; a row each."""
        owners = [number for number, card in enumerate(cards) for _ in wordings(card)]
        terms = [_terms(text) for text in (*(one.need for one in judged.needs), *_all_wordings(cards))]
        self._rarity = rarity(terms, LEAST_USES)
        self._places = {term: place for place, term in enumerate(self._rarity)}
        words = [self._weights(one) for one in terms]
        vectors = np.vstack([needs, stated]).astype(np.float32)
        targets = np.zeros((len(terms), len(cards)), dtype=np.float32)
        for row, one in enumerate(judged.needs):
            targets[row] = [one.cards.get(card.id, 0) / MADE_FOR_IT for card in cards]
        targets[np.arange(len(judged.needs), len(terms)), owners] = 1.0
        taught = np.array([card.id in judged.cards for card in cards], dtype=bool)
        said: Any = np.zeros_like(targets)
        kernel = vectors @ vectors.T + _common(words, len(self._places)) + 1.0
        said[:, taught] = _solved(kernel, targets[:, taught])
        # The needs were judged without the other cards in hand: those learn from the wordings alone.
        own = slice(len(judged.needs), None)
        said[own, ~taught] = _solved(kernel[own, own], targets[own][:, ~taught])
        self._meaning: Any = vectors.T @ said
        self._words: Any = np.zeros((len(self._places), len(cards)), dtype=np.float32)
        for row, weights in zip(said, words, strict=True):
            for place, weight in weights.items():
                self._words[place] += weight * row
        self._usual: Any = said.sum(axis=0)

    def scores(self, need: str, vector: Any) -> Any:
        """One per card, shape (cards,); `vector` is the need's."""
        score: Any = vector @ self._meaning + self._usual
        for place, weight in self._weights(_terms(need)).items():
            score = score + weight * self._words[place]
        return score

    def _weights(self, terms: Sequence[str]) -> dict[int, float]:
        """Place -> weight of the known terms of one text, of length 1 together."""
        counts = Counter(term for term in terms if term in self._places)
        found = {self._places[term]: (1 + math.log(n)) * self._rarity[term] for term, n in counts.items()}
        length = math.sqrt(sum(weight * weight for weight in found.values()))
        return {place: weight / length for place, weight in found.items()}


def _terms(text: str) -> list[str]:
    """The words of a text as stems, and its pairs of neighbours."""
    said = stems(text)
    return [*said, *(f"{one} {other}" for one, other in pairwise(said))]


def _all_wordings(cards: Sequence[Card]) -> list[str]:
    return [text for card in cards for text in wordings(card)]


def _common(words: Sequence[Mapping[int, float]], size: int) -> Any:
    """How many words each two texts have in common, rare ones counting for more; shape (texts, texts).

    Few texts share a term, so going term by term is far quicker than a product of matrices that are mostly zero.
    """
    rows: list[list[int]] = [[] for _ in range(size)]
    weights: list[list[float]] = [[] for _ in range(size)]
    for row, found in enumerate(words):
        for place, weight in found.items():
            rows[place].append(row)
            weights[place].append(weight)
    common = np.zeros((len(words), len(words)), dtype=np.float32)
    for where, heavy in zip(rows, weights, strict=True):
        common[np.ix_(where, where)] += np.outer(heavy, heavy).astype(np.float32)
    return common


def _solved(kernel: Any, targets: Any) -> Any:
    """How much each example says about each card."""
    if not targets.size:
        return np.zeros_like(targets)
    return np.linalg.solve(kernel + RIDGE * np.eye(len(kernel), dtype=np.float32), targets)
