"""Fits the default embedding model to the themes: ``python -m companion.summarising.tune``, then ``.train``."""

from __future__ import annotations

from typing import Any

import torch

from companion import paths
from companion.domain.codebook import load_codebook
from companion.domain.comment_units import read
from companion.lora.adapter import Adapter, save
from companion.lora.fitting import Task, fitted
from companion.search.embedder import bundled_folder
from companion.summarising.examples import ENGLISH, TrainingData, load_training_data
from companion.summarising.tuned import SIDES, TUNED

EPOCHS = 4
RATE = 1.5e-3
POLARITY_WEIGHT = 0.5
NO_SIDE = -1
"""Examples of mixed polarity say nothing about it."""


def tuned(data: TrainingData) -> Adapter:
    """What is learned from the examples. The same examples give the same on one machine."""
    themes = torch.tensor([[float(name in one.themes) for name in data.classes] for one in data.examples])
    themes /= themes.sum(dim=1, keepdim=True)
    sides = torch.tensor([SIDES.index(one.polarity) if one.polarity in SIDES else NO_SIDE for one in data.examples])
    split = len(data.classes)

    def loss(said: Any, rows: Any) -> Any:
        wrong = torch.nn.functional.cross_entropy(said[:, :split], themes[rows])
        if (sides[rows] != NO_SIDE).any():
            sided = torch.nn.functional.cross_entropy(said[:, split:], sides[rows], ignore_index=NO_SIDE)
            wrong = wrong + POLARITY_WEIGHT * sided
        return wrong

    texts = [read(one.text) for one in data.examples]
    task = Task(data.classes, data.digest, texts, split + len(SIDES), loss, EPOCHS, RATE)
    return fitted(task, bundled_folder())


def main() -> None:
    """Tune with the examples and replace the file that ships."""
    folder = paths.knowledge_dir() / "summaries"
    data = load_training_data(folder, load_codebook(folder / "codebook.toml")).of({ENGLISH})
    save(tuned(data), TUNED)
    print(f"{TUNED.name}: {len(data.examples)} examples, {TUNED.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
