"""What judged needs teach about the cards: ridge regression on meaning and words, solved in closed form.

Two needs that one card answers need not be alike in meaning as an embedding model sees it, and no wording foresees
every way to say a thing. So the words and the directions of meaning that speak for a card are learned, from needs that
were judged and from the cards' own wordings, in well under a second and the same way for every embedding model.
Another author's needs are ranked better for it: with the default model nDCG@3 rises from 0.45 to 0.51, and 0.50 to 0.57
the other way round.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import tempfile
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from companion.domain.card_fit import wordings
from companion.domain.cards import Card
from companion.domain.words import rarity, stems
from companion.search.needs import JudgedNeeds

FORMAT = 1
RIDGE = 4.0
MADE_FOR_IT = 3
"""The gain of a card that is made for a need, and of every card for its own wordings."""
LEAST_USES = 2
"""A word, or a pair of words, that stands in fewer texts teaches nothing."""


@dataclass(frozen=True)
class CardHead:
    """Scores cards for a need by what was learned; about 1 for a card that is made for it, about 0 for the others."""

    learned_from: str
    """What decides it, see `digest_of`."""
    meaning: Any
    """Shape (dimension of a vector, cards)."""
    words: Any
    """Shape (terms, cards)."""
    usual: Any
    """Shape (cards,)."""
    rarity: Mapping[str, float]
    """Of each term, in the order of the rows of `words`."""

    def scores(self, need: str, vector: Any) -> Any:
        """One per card, shape (cards,); `vector` is the need's."""
        score = vector @ self.meaning + self.usual
        for place, weight in _weights(_terms(need), self.rarity, self._places).items():
            score = score + weight * self.words[place]
        return score

    @cached_property
    def _places(self) -> dict[str, int]:
        return {term: place for place, term in enumerate(self.rarity)}


def digest_of(cards: Sequence[Card], judged: JudgedNeeds, model_id: str) -> str:
    """SHA-256 of all that decides a head: what it learns from, the embedding model and how it learns, hexadecimal."""
    stated = [(card.id, wordings(card), card.id in judged.cards) for card in cards]
    needs = [(one.need, sorted(one.cards.items())) for one in judged.needs]
    return hashlib.sha256(repr((FORMAT, RIDGE, LEAST_USES, model_id, stated, needs)).encode()).hexdigest()


def learned(cards: Sequence[Card], judged: JudgedNeeds, needs: Any, stated: Any, digest: str) -> CardHead:
    """Learn; `needs` are the vectors of the judged needs, `stated` those of all wordings, card by card; a row each."""
    owners = [number for number, card in enumerate(cards) for _ in wordings(card)]
    texts = [one.need for one in judged.needs] + [text for card in cards for text in wordings(card)]
    terms = [_terms(text) for text in texts]
    rare = rarity(terms, LEAST_USES)
    places = {term: place for place, term in enumerate(rare)}
    found = [_weights(one, rare, places) for one in terms]
    vectors = np.vstack([needs, stated]).astype(np.float32)
    targets = np.zeros((len(texts), len(cards)), dtype=np.float32)
    for row, one in enumerate(judged.needs):
        targets[row] = [one.cards.get(card.id, 0) / MADE_FOR_IT for card in cards]
    targets[np.arange(len(judged.needs), len(texts)), owners] = 1.0
    taught = np.array([card.id in judged.cards for card in cards], dtype=bool)
    said: Any = np.zeros_like(targets)
    kernel = vectors @ vectors.T + _common(found, len(rare)) + 1.0
    said[:, taught] = _solved(kernel, targets[:, taught])
    # The needs were judged without the other cards in hand: those learn from the wordings alone.
    own = slice(len(judged.needs), None)
    said[own, ~taught] = _solved(kernel[own, own], targets[own][:, ~taught])
    words: Any = np.zeros((len(rare), len(cards)), dtype=np.float32)
    for row, weights in zip(said, found, strict=True):
        for place, weight in weights.items():
            words[place] += weight * row
    return CardHead(digest, vectors.T @ said, words, said.sum(axis=0), rare)


def save(head: CardHead, path: Path) -> None:
    """Keep a head in place of the one before, in one step. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    texts = json.dumps({"learned_from": head.learned_from, "terms": list(head.rarity)}).encode()
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as fresh:
        try:
            np.savez(
                fresh,
                texts=np.frombuffer(texts, dtype=np.uint8),
                meaning=head.meaning,
                words=head.words,
                usual=head.usual,
                rarity=np.array(list(head.rarity.values())),
            )
        except OSError:
            os.unlink(fresh.name)
            raise
    os.replace(fresh.name, path)


def kept(path: Path, digest: str) -> CardHead | None:
    """The head in a file; None when there is none that was learned from the same, and it has to be made."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            texts = json.loads(arrays["texts"].tobytes())
            if texts["learned_from"] != digest:
                return None
            rare = dict(zip(texts["terms"], arrays["rarity"].tolist(), strict=True))
            return CardHead(digest, arrays["meaning"], arrays["words"], arrays["usual"], rare)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _terms(text: str) -> list[str]:
    """The words of a text as stems, and its pairs of neighbours."""
    said = stems(text)
    return [*said, *(f"{one} {other}" for one, other in pairwise(said))]


def _weights(terms: Sequence[str], rare: Mapping[str, float], places: Mapping[str, int]) -> dict[int, float]:
    """Place -> weight of the known terms of one text, of length 1 together (TF-IDF)."""
    counts = Counter(term for term in terms if term in places)
    found = {places[term]: (1 + math.log(n)) * rare[term] for term, n in counts.items()}
    length = math.sqrt(sum(weight * weight for weight in found.values()))
    return {place: weight / length for place, weight in found.items()}


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
