"""What the default embedding model, fitted to the themes, says of a statement."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from companion.domain.summaries import Polarity
from companion.lora.adapter import Adapter
from companion.ports import Embedder

TUNED = Path(__file__).with_name("tuned.npz")
SIDES = (Polarity.NEGATIVE, Polarity.POSITIVE, Polarity.NEUTRAL)


class TunedReader:
    """Reads English statements with the corrected model; safe to call from any thread."""

    def __init__(self, tuned: Adapter, embedder: Embedder) -> None:
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
        return _says(self._tuned, self._embedder.embed(texts))


def _says(tuned: Adapter, vectors: Any) -> Any:
    """Between -1 and 1 for each class, then for polarity (negative to positive), and last for having none.

    The outputs of a head, in the same order and on the same scale; `vectors` come from the corrected model.
    """
    found, split = tuned.outputs(vectors), len(tuned.classes)
    classes, sides = _shares(found[:, :split]), _shares(found[:, split:])
    negative, positive, neutral = sides.T
    return np.column_stack([2 * classes - 1, positive - negative, 2 * neutral - 1])


def _shares(found: Any) -> Any:
    """Softmax of each row."""
    raised = np.exp(found - found.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
