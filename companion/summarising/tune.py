"""Fits the default embedding model to the themes: ``python -m companion.summarising.tune``, then ``.train``.

Every matrix of the encoder gets a small correction of low rank (LoRA: Hu et al., 2021), learned from the examples; the
published weights stay as they are. It takes some minutes of one processor core. The corrections are all that is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.nn.utils import parametrize
from transformers import AutoModel, AutoTokenizer

from companion import paths
from companion.domain.codebook import load_codebook
from companion.domain.comment_units import read
from companion.search.embedder import bundled_folder
from companion.summarising.examples import ENGLISH, TrainingData, load_training_data
from companion.summarising.tuned import SIDES, STEEPNESS, TUNED, Tuned, save

RANK = 16
EPOCHS = 4
BATCH = 32
MAX_TOKENS = 64
RATE, OUTPUT_RATE = 1.5e-3, 1e-2
WARM_UP = 0.06
"""In this part of all steps the rates rise; in the rest they fall to nothing."""
POLARITY_WEIGHT = 0.5
NO_SIDE = -1
"""Examples of mixed polarity say nothing about it."""


class LowRank(torch.nn.Module):  # type: ignore[misc]  # torch is not followed
    """A matrix and its correction."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self.inner = torch.nn.Parameter(torch.randn(RANK, columns) / columns**0.5)
        self.outer = torch.nn.Parameter(torch.zeros(rows, RANK))

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """The corrected matrix."""
        return weight + self.outer @ self.inner


class Reader(torch.nn.Module):  # type: ignore[misc]  # as above
    """The published encoder with corrections, mean pooling and an output layer."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(bundled_folder(), local_files_only=True).requires_grad_(False)
        self.corrections: dict[str, LowRank] = {}
        for name, module in self.encoder.encoder.named_modules(prefix="encoder"):
            if isinstance(module, torch.nn.Linear):
                self.corrections[name] = LowRank(*module.weight.shape)
                parametrize.register_parametrization(module, "weight", self.corrections[name])
        self.drop = torch.nn.Dropout(0.1)
        self.output = torch.nn.Linear(self.encoder.config.hidden_size, outputs)
        torch.nn.init.zeros_(self.output.weight)
        torch.nn.init.zeros_(self.output.bias)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Shape (texts, outputs)."""
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state * mask[..., None]
        return self.output(self.drop(STEEPNESS * torch.nn.functional.normalize(states.sum(dim=1), dim=1)))


def tuned(data: TrainingData) -> Tuned:
    """What is learned from the examples. The same examples give the same on one machine."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    draw = np.random.default_rng(0)
    reader = Reader(len(data.classes) + len(SIDES))
    tokenizer = AutoTokenizer.from_pretrained(bundled_folder(), local_files_only=True)
    ids = [tokenizer(read(one.text), truncation=True, max_length=MAX_TOKENS)["input_ids"] for one in data.examples]
    themes = torch.tensor([[float(name in one.themes) for name in data.classes] for one in data.examples])
    themes /= themes.sum(dim=1, keepdim=True)
    sides = torch.tensor([SIDES.index(one.polarity) if one.polarity in SIDES else NO_SIDE for one in data.examples])

    learned = [parameter for one in reader.corrections.values() for parameter in one.parameters()]
    groups = [{"params": learned, "lr": RATE}, {"params": reader.output.parameters(), "lr": OUTPUT_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    batches = [batch for _ in range(EPOCHS) for batch in _batches([len(one) for one in ids], draw)]
    steps = len(batches)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (WARM_UP * steps), (steps - step) / ((1 - WARM_UP) * steps))
    )
    reader.train()
    for step, rows in enumerate(batches):
        with torch.autocast("cpu", torch.bfloat16):
            said = reader(*_padded([ids[row] for row in rows]))
        said, split = said.float(), len(data.classes)
        loss = torch.nn.functional.cross_entropy(said[:, :split], themes[rows])
        if (sides[rows] != NO_SIDE).any():
            sided = torch.nn.functional.cross_entropy(said[:, split:], sides[rows], ignore_index=NO_SIDE)
            loss = loss + POLARITY_WEIGHT * sided
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        schedule.step()
        if step % 50 == 0:
            print(f"step {step} of {steps}, loss {loss.item():.2f}", flush=True)
    corrections = {name: (one.outer, one.inner) for name, one in reader.corrections.items()}
    return Tuned(
        data.digest,
        data.classes,
        {name: (outer.detach().numpy(), inner.detach().numpy()) for name, (outer, inner) in corrections.items()},
        reader.output.weight.detach().numpy().T,
        reader.output.bias.detach().numpy(),
    )


def _batches(lengths: Sequence[int], draw: np.random.Generator) -> list[Any]:
    """Rows of one epoch in batches of texts that are about equally long."""
    order = draw.permutation(len(lengths))
    chunks = [order[start : start + 16 * BATCH] for start in range(0, len(order), 16 * BATCH)]
    by_length = [sorted(chunk.tolist(), key=lambda row: lengths[row]) for chunk in chunks]
    batches = [chunk[start : start + BATCH] for chunk in by_length for start in range(0, len(chunk), BATCH)]
    return [batches[place] for place in draw.permutation(len(batches))]


def _padded(ids: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and what of them is text; padding is 0 for this model."""
    longest = max(map(len, ids))
    padded = torch.tensor([[*one, *[0] * (longest - len(one))] for one in ids])
    mask = torch.tensor([[1] * len(one) + [0] * (longest - len(one)) for one in ids])
    return padded, mask


def main() -> None:
    """Tune with the examples and replace the file that ships."""
    folder = paths.knowledge_dir() / "summaries"
    data = load_training_data(folder, load_codebook(folder / "codebook.toml")).of({ENGLISH})
    save(tuned(data), TUNED)
    print(f"{TUNED.name}: {len(data.examples)} examples, {TUNED.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
