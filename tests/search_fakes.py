"""Quick stand-ins for the embedding model and the vector cache, for every test that does not need the real ones."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from companion.errors import SearchError


class FakeVectorCache:
    """Vectors in a dictionary, with a count of what was saved."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], bytes] = {}

    def load(self, model_id: str, text_hashes: Sequence[str]) -> dict[str, bytes]:
        return {digest: self.rows[model_id, digest] for digest in text_hashes if (model_id, digest) in self.rows}

    def save(self, model_id: str, vectors: Mapping[str, bytes]) -> None:
        for digest, row in vectors.items():
            self.rows.setdefault((model_id, digest), row)


class FakeEmbedder:
    """Unit vectors from the words of a text: texts that share words are near each other."""

    def __init__(self, model_id: str = "fake@000000000001", dimension: int = 32) -> None:
        self.model_id = model_id
        self.dimension = dimension
        self.seen: list[str] = []
        self.broken = False

    def embed(self, texts: Sequence[str]) -> Any:
        if self.broken:
            raise SearchError("The embedding model is broken.", "Mend it.")
        self.seen.extend(texts)
        matrix = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split() or [""]:
                seed = int.from_bytes(hashlib.sha256(f"{self.model_id} {word}".encode()).digest()[:8], "big")
                matrix[row] += np.random.default_rng(seed).normal(size=self.dimension).astype(np.float32)
        return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
