"""Vectors by text: one way to normalise and hash a text, and a cache in front of the embedding model."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from companion.errors import Cancelled
from companion.ports import Cancelled as IsCancelled
from companion.ports import Embedder, Progress, VectorCache, never_cancelled, no_progress

BATCH = 64
"""Texts embedded between two looks at `cancelled`, and kept together: well under a second of work for short texts."""
_LOOKUP = 500
"""Hashes asked of the cache at once, so that a large programme is never in memory as a whole."""


def normalise(text: str) -> str:
    """The text as it is embedded: Unicode NFC, runs of white space as one blank, no lone surrogates."""
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(unicodedata.normalize("NFC", clean).split())


def text_hash(text: str) -> str:
    """SHA-256 of the normalised text, hexadecimal: texts with the same hash share one vector."""
    return hashlib.sha256(normalise(text).encode("utf-8")).hexdigest()


class CachedVectors:
    """An embedding model behind a cache; the model is not even loaded while the cache can answer."""

    def __init__(self, embedder: Embedder, cache: VectorCache) -> None:
        self._embedder = embedder
        self._cache = cache

    @property
    def model_id(self) -> str:
        """The embedding model's id; every cached vector belongs to exactly one."""
        return self._embedder.model_id

    def ensure(
        self,
        texts: Iterable[str],
        *,
        progress: Progress = no_progress,
        cancelled: IsCancelled = never_cancelled,
    ) -> tuple[int, int]:
        """Have a cached vector for every text; returns how many had to be embedded and how many were there.

        Equal texts count once. What was embedded before a cancel stays cached. Raises SearchError, Cancelled.
        """
        by_hash = {text_hash(text): normalise(text) for text in texts}
        missing: dict[str, str] = {}
        for some in _chunks(list(by_hash), _LOOKUP):
            cached = self._load(some)
            missing.update({digest: by_hash[digest] for digest in some if digest not in cached})
        done, total = 0, len(missing)
        for batch in self._embed(missing):
            done += len(batch)
            progress(done, total, "texts embedded")
            if done < total and cancelled():
                raise Cancelled(f"Stopped after {done} of {total} texts.", "They are kept; run it again to go on.")
        return total, len(by_hash) - total

    def of(self, texts: Sequence[str]) -> Any:
        """Vectors of the texts, embedding what is missing; shape (len(texts), dimension), float32, length 1 each."""
        digests = [text_hash(text) for text in texts]
        by_hash = dict(zip(digests, map(normalise, texts), strict=True))
        found = self.cached(texts)
        missing = {digest: text for digest, text in by_hash.items() if digest not in found}
        for batch in self._embed(missing):
            found.update(batch)
        matrix = np.empty((len(digests), self._embedder.dimension), dtype=np.float32)
        for row, digest in enumerate(digests):
            matrix[row] = found[digest]
        return matrix

    def cached(self, texts: Iterable[str]) -> dict[str, Any]:
        """Text hash -> vector, for the texts that have one; nothing is embedded."""
        found: dict[str, Any] = {}
        for some in _chunks(list({text_hash(text): None for text in texts}), _LOOKUP):
            found.update(self._load(some))
        return found

    def keep_only(self, texts: Iterable[str]) -> int:
        """Delete the cached vectors of all other texts, whatever model made them; returns how many texts' went."""
        return self._cache.keep_only({text_hash(text) for text in texts})

    def of_query(self, text: str) -> Any:
        """The vector of something somebody is looking for, shape (dimension,); not kept, as queries are private."""
        cached = self._load([text_hash(text)])
        return next(iter(cached.values())) if cached else self._embedder.embed([normalise(text)])[0]

    def _load(self, digests: Sequence[str]) -> dict[str, Any]:
        """The usable cached vectors; one of the wrong size counts as missing."""
        size = 4 * self._embedder.dimension
        rows = self._cache.load(self._embedder.model_id, digests)
        return {digest: np.frombuffer(row, dtype="<f4") for digest, row in rows.items() if len(row) == size}

    def _embed(self, missing: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Embed and keep, batch by batch; texts of like length together, because a batch is padded to its longest."""
        for digests in _chunks(sorted(missing, key=lambda digest: (len(missing[digest]), digest)), BATCH):
            matrix = self._embedder.embed([missing[digest] for digest in digests])
            batch = dict(zip(digests, matrix, strict=True))
            self._cache.save(
                self._embedder.model_id, {digest: row.astype("<f4").tobytes() for digest, row in batch.items()}
            )
            yield batch


def _chunks(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
