"""Fits the default encoder to one task. For the scripts that make what ships: it needs torch and some minutes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.utils import parametrize
from transformers import AutoModel, AutoTokenizer

from companion.lora.adapter import STEEPNESS, Adapter

RANK = 16
BATCH = 32
MAX_TOKENS = 64
RATE, OUTPUT_RATE = 1e-3, 1e-2
WARM_UP = 0.06
"""In this part of all steps the rates rise; in the rest they fall to nothing."""


@dataclass(frozen=True)
class Task:
    """What there is to learn."""

    classes: tuple[str, ...]
    digest: str
    """Of the examples."""
    texts: Sequence[str]
    outputs: int
    loss: Callable[[Any, Any], Any]
    """What is said of some texts, shape (texts, outputs), and their rows -> how wrong that is."""
    epochs: int
    rate: float = RATE


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

    def __init__(self, encoder: Path, outputs: int) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(encoder, local_files_only=True).requires_grad_(False)
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


def fitted(task: Task, encoder: Path) -> Adapter:
    """What is learned from the texts; `encoder` is the folder of the model. The same give the same on one machine."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    draw = np.random.default_rng(0)
    reader = Reader(encoder, task.outputs)
    tokenizer = AutoTokenizer.from_pretrained(encoder, local_files_only=True)
    ids = [tokenizer(text, truncation=True, max_length=MAX_TOKENS)["input_ids"] for text in task.texts]

    learned = [parameter for one in reader.corrections.values() for parameter in one.parameters()]
    groups = [{"params": learned, "lr": task.rate}, {"params": reader.output.parameters(), "lr": OUTPUT_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    batches = [batch for _ in range(task.epochs) for batch in _batches([len(one) for one in ids], draw)]
    steps = len(batches)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (WARM_UP * steps), (steps - step) / ((1 - WARM_UP) * steps))
    )
    reader.train()
    for step, rows in enumerate(batches):
        with torch.autocast("cpu", torch.bfloat16):
            said = reader(*_padded([ids[row] for row in rows]))
        loss = task.loss(said.float(), rows)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        schedule.step()
        if step % 50 == 0:
            print(f"step {step} of {steps}, loss {loss.item():.2f}", flush=True)
    return Adapter(
        task.digest,
        task.classes,
        {name: (one.outer.detach().numpy(), one.inner.detach().numpy()) for name, one in reader.corrections.items()},
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
