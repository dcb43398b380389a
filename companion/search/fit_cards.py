"""Fits the default embedding model to the judged needs: ``python -m companion.search.fit_cards``.

It takes some minutes of one processor core, and is run again whenever the needs or the wordings of a card change.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from companion import paths
from companion.domain.card_fit import wordings
from companion.domain.cards import Card, Topic
from companion.lora.adapter import save
from companion.lora.fitting import Task, fitted
from companion.search.card_reader import READER
from companion.search.cards import load_cards
from companion.search.embedder import bundled_folder
from companion.search.needs import JudgedNeed, load_needs

EPOCHS = 5
MADE_FOR_IT = 3
"""The grade of a card that is made for a need, and of every card for its own wordings."""


def taught(cards: Sequence[Card]) -> list[Card]:
    """The cards that can be laid before a pair; ground rules are about no need."""
    return [card for card in cards if card.blocks and card.topic is not Topic.CONTRACT]


def task(cards: Sequence[Card], needs: Sequence[JudgedNeed]) -> Task:
    """Each need with the grades of its cards, and each card's own wordings as needs that it is made for."""
    ids = [card.id for card in cards]
    rows = [(one.need, [one.cards.get(card_id, 0) / MADE_FOR_IT for card_id in ids]) for one in needs]
    rows += [(text, [float(card is other) for other in cards]) for card in cards for text in wordings(card)]
    targets = torch.tensor([grades for _, grades in rows])

    def loss(said: Any, chosen: Any) -> Any:
        wrong = torch.nn.functional.binary_cross_entropy_with_logits(said, targets[chosen], reduction="sum")
        return wrong / len(chosen)

    return Task(tuple(ids), digest_of(cards, needs), [text for text, _ in rows], len(ids), loss, EPOCHS)


def digest_of(cards: Sequence[Card], needs: Sequence[JudgedNeed]) -> str:
    """SHA-256 of all that is learned from, hexadecimal."""
    stated = [(card.id, wordings(card)) for card in cards]
    judged = [(one.need, sorted(one.cards.items())) for one in needs]
    return hashlib.sha256(repr((EPOCHS, stated, judged)).encode()).hexdigest()


def main() -> None:
    """Fit and replace the file that ships, or write another."""
    asked = argparse.ArgumentParser(description="Fits the default embedding model to the judged needs.")
    asked.add_argument("--without", default="", help="authors to leave out, such as abc, to ask theirs afterwards")
    asked.add_argument("--to", type=Path, default=READER)
    given = asked.parse_args()
    folder = paths.knowledge_dir()
    needs = [one for one in load_needs(folder) if one.author not in set(given.without)]
    save(fitted(task(taught(load_cards(folder)), needs), bundled_folder()), given.to)
    print(f"{given.to.name}: {len(needs)} needs, {given.to.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
