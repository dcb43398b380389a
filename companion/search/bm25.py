"""Ranking by words: BM25 over small sets of English texts, with stop words and a light stemmer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import bm25s
import numpy as np

_DOUBLED = re.compile(r"([bdfglmnprt])\1$")


class WordIndex:
    """BM25 scores of a query against texts that do not change."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._words = tuple(frozenset(words(text)) for text in texts)
        self._model: Any = None
        if any(self._words):
            self._model = bm25s.BM25()
            self._model.index([words(text) for text in texts], show_progress=False)

    def scores(self, query: str) -> Any:
        """One score per text, shape (number of texts,), float32; 0 for a text that shares no word with the query."""
        known = [word for word in words(query) if any(word in some for some in self._words)]
        if self._model is None or not known:
            return np.zeros(len(self._words), dtype=np.float32)
        return self._model.get_scores(known)

    def overlap(self, one: int, other: int) -> float:
        """Share of the words of two texts that they have in common, 0 to 1 (Jaccard)."""
        a, b = self._words[one], self._words[other]
        return len(a & b) / len(a | b) if a | b else 0.0


def words(text: str) -> list[str]:
    """The words of a text as they are compared: lower case, without stop words, stemmed."""
    tokens = bm25s.tokenize(text, stopwords="en", return_ids=False, show_progress=False)[0]
    return [stem(token) for token in tokens if token]


def stem(word: str) -> str:
    """The word without its most common English endings, so that "ignored" meets "ignoring" and "ignores"."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return _DOUBLED.sub(r"\1", word.removesuffix(ending)).removesuffix("e")
    return word.removesuffix("e") if len(word) > 4 else word
