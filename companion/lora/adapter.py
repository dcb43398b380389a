"""What fitting the default encoder to one task has learned: an adapter, kept in a small file beside the code.

Every matrix of the encoder gets a correction of low rank (LoRA: Hu et al., 2021) and the published weights stay as they
are, so one model on disk serves every task.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from companion.errors import SearchError

STEEPNESS = 6.0
"""Vectors have length 1; so long they are when they reach the output layer."""
_OUTER, _INNER = ".outer", ".inner"


@dataclass(frozen=True)
class Adapter:
    """Corrections of the published weights, and an output layer on the vectors of the corrected model."""

    data_digest: str
    """Of the examples it was learned from."""
    classes: tuple[str, ...]
    """What the first outputs stand for; a task may have others after them."""
    corrections: Mapping[str, tuple[Any, Any]]
    """Name of a matrix -> outer factor (rows, rank) and inner factor (rank, columns); their product is added to it."""
    weights: Any
    """Shape (dimension, outputs)."""
    bias: Any
    """Shape (outputs,)."""

    def outputs(self, vectors: Any) -> Any:
        """Shape (texts, outputs), unbounded; `vectors` of length 1 come from the corrected model."""
        return STEEPNESS * vectors @ self.weights + self.bias


def save(adapter: Adapter, path: Path) -> None:
    """Write what was learned, in half precision."""
    arrays: dict[str, Any] = {"weights": adapter.weights.astype(np.float16), "bias": adapter.bias.astype(np.float16)}
    for name, (outer, inner) in adapter.corrections.items():
        arrays[name + _OUTER], arrays[name + _INNER] = outer.astype(np.float16), inner.astype(np.float16)
    about = {"data_digest": np.array(adapter.data_digest), "classes": np.array(adapter.classes)}
    np.savez(path, allow_pickle=False, **about, **arrays)


def load(path: Path) -> Adapter:
    """Read what was learned. Raises SearchError for a file that holds no such thing."""
    try:
        with np.load(path, allow_pickle=False) as file:
            names = [name.removesuffix(_INNER) for name in file.files if name.endswith(_INNER)]
            factors = {name: (_whole(file[name + _OUTER]), _whole(file[name + _INNER])) for name in names}
            return Adapter(
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
