"""How well each practice card answers a need, as the default encoder, fitted to judged needs, reads it.

Two needs that one card answers need not be alike as the published model sees them, and no wording foresees every way to
say a thing. So the encoder itself learns, from needs that were judged with the cards in hand.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from pathlib import Path

import numpy as np

from companion.domain.languages import guess_language
from companion.lora.adapter import Adapter
from companion.ports import Embedder, VectorCache
from companion.search.vectors import CachedVectors

READER = Path(__file__).with_name("card_reader.npz")
LANGUAGES = frozenset({"de", "en", "es", "fr", "it"})
"""ISO 639-1 codes of the languages of the judged needs."""


class CardReader:
    """Reads needs in the languages it was taught; safe to call from any thread. Loads nothing slow at first."""

    def __init__(self, adapter: Adapter, embedder: Embedder, cache: VectorCache, without: Collection[str] = ()) -> None:
        """`embedder` is the default model with the corrections of `adapter`; `without` are cards it was not taught,
        such as those that a programme wrote in place of ours."""
        self._adapter, self._vectors, self._without = adapter, CachedVectors(embedder, cache), frozenset(without)

    @cached_property
    def cards(self) -> tuple[str, ...]:
        """The ids of the cards it can speak of."""
        return tuple(card for card in self._adapter.classes if card not in self._without)

    def relevance(self, need: str) -> dict[str, float]:
        """Card id -> 1 made for the need, 2/3 useful, 1/3 arguable, 0 nothing to do with it, as far as can be expected.

        Nothing for a need that is surely in another language. Raises SearchError.
        """
        if guess_language(need) not in (None, *LANGUAGES):
            return {}
        said = 1 / (1 + np.exp(-self._adapter.outputs(self._vectors.of_query(need))))
        found = dict(zip(self._adapter.classes, said.tolist(), strict=True))
        return {card: found[card] for card in self.cards}
