"""Stand-ins for the embedding model when people are matched."""

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np


class FakeVectors:
    """Unit vectors: the same topic word is the same direction, everything without one is noise near nothing else.

    A topic is a word such as ``topic1``; ``near-topic1`` and ``half-topic1`` have cosines of 0.7 and 0.4 with it.
    """

    dimension = 96

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, texts: Sequence[str]) -> Any:
        self.seen.extend(texts)
        return np.array([self._vector(text) for text in texts], dtype=np.float32)

    def _vector(self, text: str) -> Any:
        noise = np.random.default_rng(zlib.crc32(text.encode("utf-8", "surrogatepass"))).normal(size=self.dimension)
        noise[:32] = 0
        noise /= np.linalg.norm(noise)
        vector = np.zeros(self.dimension)
        for word in text.casefold().split():
            if "topic" in word:
                vector[int(word.rsplit("topic", 1)[1]) % 32] += 1
                vector += noise * (1 if word.startswith("near-") else 2 if word.startswith("half-") else 0)
        return vector / np.linalg.norm(vector) if vector.any() else noise
