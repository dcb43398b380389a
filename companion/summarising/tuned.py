"""What fitting the default embedding model to the themes has learned, and what it says of a statement."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from companion.domain.summaries import Polarity
from companion.errors import SearchError
from companion.ports import Embedder

TUNED = Path(__file__).with_name("tuned.npz")
SIDES = (Polarity.NEGATIVE, Polarity.POSITIVE, Polarity.NEUTRAL)
STEEPNESS = 6.0
"""Vectors have length 1; so long they are when they reach the output layer."""
_OUTER, _INNER = ".outer", ".inner"


@dataclass(frozen=True)
class Tuned:
    """Corrections of the published weights, and an output layer on the vectors of the corrected model."""

    data_digest: str
    """Of the examples it was learned from."""
    classes: tuple[str, ...]
    corrections: Mapping[str, tuple[Any, Any]]
    """Name of a matrix -> outer factor (rows, rank) and inner factor (rank, columns); their product is added to it."""
    weights: Any
    """Shape (dimension, classes + sides)."""
    bias: Any
    """Shape (classes + sides,)."""

    def says(self, vectors: Any) -> Any:
        """Between -1 and 1 for each class, then for polarity (negative to positive), and last for having none.

        The outputs of a head, in the same order and on the same scale; `vectors` come from the corrected model.
        """
        found = STEEPNESS * vectors @ self.weights + self.bias
        classes, sides = _shares(found[:, : len(self.classes)]), _shares(found[:, len(self.classes) :])
        negative, positive, neutral = sides.T
        return np.column_stack([2 * classes - 1, positive - negative, 2 * neutral - 1])


class TunedReader:
    """Reads English statements with the corrected model; safe to call from any thread."""

    def __init__(self, tuned: Tuned, embedder: Embedder) -> None:
        """`embedder` is the default model with the corrections of `tuned`."""
        self._tuned, self._embedder = tuned, embedder

    @property
    def classes(self) -> tuple[str, ...]:
        """What it tells apart; of use only for a codebook with the same themes."""
        return self._tuned.classes

    @cached_property
    def digest(self) -> str:
        """12 digits for everything that decides what it says."""
        decides = hashlib.sha256(self._embedder.model_id.encode())
        decides.update(self._tuned.weights.tobytes() + self._tuned.bias.tobytes())
        return decides.hexdigest()[:12]

    def scores(self, texts: Sequence[str]) -> Any:
        """Shape (texts, outputs of a head), between -1 and 1. Raises SearchError."""
        return self._tuned.says(self._embedder.embed(texts))


def save(tuned: Tuned, path: Path) -> None:
    """Write what was learned, in half precision."""
    arrays: dict[str, Any] = {"weights": tuned.weights.astype(np.float16), "bias": tuned.bias.astype(np.float16)}
    for name, (outer, inner) in tuned.corrections.items():
        arrays[name + _OUTER], arrays[name + _INNER] = outer.astype(np.float16), inner.astype(np.float16)
    about = {"data_digest": np.array(tuned.data_digest), "classes": np.array(tuned.classes)}
    np.savez(path, allow_pickle=False, **about, **arrays)


def load(path: Path) -> Tuned:
    """Read what was learned. Raises SearchError for a file that holds no such thing."""
    try:
        with np.load(path, allow_pickle=False) as file:
            names = [name.removesuffix(_INNER) for name in file.files if name.endswith(_INNER)]
            factors = {name: (_whole(file[name + _OUTER]), _whole(file[name + _INNER])) for name in names}
            return Tuned(
                str(file["data_digest"]),
                tuple(map(str, file["classes"])),
                factors,
                _whole(file["weights"]),
                _whole(file["bias"]),
            )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise SearchError(f"{path} cannot be read: {error}.", "Reinstall companion.") from error


def _whole(array: Any) -> Any:
    """Half precision is for keeping, not for computing."""
    return array.astype(np.float32)


def _shares(found: Any) -> Any:
    """Softmax of each row."""
    raised = np.exp(found - found.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
