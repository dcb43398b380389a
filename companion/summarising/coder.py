"""Codes statements with the head that fits the embedding model: the one that ships, or one made on the spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from companion.domain.codebook import NOT_UNDERSTOOD, load_codebook
from companion.domain.comment_units import has_words, read
from companion.domain.speaks_to_machine import speaks_to_machine
from companion.domain.summaries import Polarity, Unit, UnitCode
from companion.domain.waves import Leaning
from companion.errors import Cancelled
from companion.ports import Cancelled as IsCancelled
from companion.ports import Embedder, Progress, never_cancelled, no_progress
from companion.summarising.examples import ENGLISH, TrainingData, load_training_data
from companion.summarising.head import Head, chosen, digest_of, scores
from companion.summarising.kept_head import KeptHead, languages_of
from companion.summarising.steering import ORDER_FROM, steering_data
from companion.summarising.steering import SHIPPED as SHIPPED_STEERING
from companion.summarising.tuned import TunedReader

SHIPPED = Path(__file__).with_name("head.npz")
BATCH = 64
"""Statements read between two looks at `cancelled`."""
SHARE = 0.3
"""So much counts what the tuned reader says of an English statement; the rest is the head's."""
AROUND = 0.4
"""So much counts what the other statements of a comment are about: a short one often goes on about the same."""
USUAL = -0.8
"""The score of a class that a comment is not about."""
RATED = {Leaning.LOW: -1.0, Leaning.MIDDLE: -0.5, Leaning.HIGH: 0.5}
"""What a rating adds to the score of polarity, by how many of those who rated so said something positive."""
SAYS = 0.2
"""Where words and rating together are less clear than that, nothing is said about polarity."""
STANDS = 0.4
"""Words so clear, against the rating, are never silenced by it: the statement is mixed."""


class HeadCoder:
    """The `CommentCoder` of companion; safe to call from any thread. Loads nothing slow before the first `code`."""

    def __init__(self, embedder: Embedder, folder: Path, cache: Path, reader: TunedReader | None = None) -> None:
        """`folder` holds codebook, examples and cues; `cache` is where heads for other models are kept.

        `reader` helps with English statements as long as the codebook has the themes it was tuned to.
        """
        self._embedder, self._folder, self._cache, self._reader = embedder, folder, cache, reader

    @cached_property
    def name(self) -> str:
        """``head-3f2a...+6b07...@all-MiniLM-L6-v2@53aa...``. Raises SearchError, InvalidInput."""
        model_id = self._embedder.model_id
        helped = f"+{self._helper.digest}" if self._helper else ""
        return f"head-{digest_of(model_id, self._orders_data.digest)}{helped}@{model_id}"

    def supports(self, language: str) -> bool:
        """English; and with a multilingual embedding model the languages that those know."""
        return language in languages_of(self._embedder.model_id)

    def code(
        self,
        units: Sequence[Unit],
        leanings: Mapping[str, Leaning],
        *,
        progress: Progress = no_progress,
        cancelled: IsCancelled = never_cancelled,
    ) -> list[UnitCode]:
        """One code per statement, in the same order. Raises SearchError, Cancelled."""
        head, orders = self._head.load(progress, cancelled), self._orders.load(progress, cancelled)
        said: list[Any] = []
        steering: list[bool] = []
        for start in range(0, len(units), BATCH):
            if cancelled():
                raise Cancelled(f"Stopped after {start} of {len(units)} statements.")
            some = units[start : start + BATCH]
            read_ones, ordering = self._batch(head, orders, some)
            said += read_ones
            steering += ordering
            progress(start + len(some), len(units), "statements read")
        beside = _beside(units, said)
        return [
            _coded(head, unit, own, others, leanings.get(unit.comment_id, Leaning.UNKNOWN), steers)
            for unit, own, others, steers in zip(units, said, beside, steering, strict=True)
        ]

    def _batch(self, head: Head, orders: Head, units: Sequence[Unit]) -> tuple[list[Any], list[bool]]:
        """The scores of each statement, None for one that cannot be understood; and whether it is an order."""
        texts = [read(unit.text) for unit in units]
        rows = [n for n, unit in enumerate(units) if self.supports(unit.language) and has_words(texts[n])]
        said: list[Any] = [None] * len(units)
        steering = [speaks_to_machine(unit.text) for unit in units]
        if rows:
            wanted = [texts[n] for n in rows]
            vectors = self._embedder.embed(wanted)
            for n, one in zip(rows, scores(head, self._data, wanted, vectors), strict=True):
                said[n] = one
            # The orders that were learned are English ones.
            for n, one in zip(rows, scores(orders, self._orders_data, wanted, vectors), strict=True):
                steering[n] |= units[n].language == ENGLISH and float(one[0]) >= ORDER_FROM
        english = [n for n in rows if units[n].language == ENGLISH]
        if english and self._helper:
            for n, one in zip(english, self._helper.scores([texts[n] for n in english]), strict=True):
                said[n] = (1 - SHARE) * said[n] + SHARE * one
        return said, steering

    @cached_property
    def _data(self) -> TrainingData:
        return load_training_data(self._folder, load_codebook(self._folder / "codebook.toml"))

    @cached_property
    def _orders_data(self) -> TrainingData:
        return steering_data(self._folder, self._data)

    @cached_property
    def _head(self) -> KeptHead:
        return KeptHead(self._data, self._embedder, SHIPPED, self._cache)

    @cached_property
    def _orders(self) -> KeptHead:
        return KeptHead(self._orders_data, self._embedder, SHIPPED_STEERING, self._cache)

    @property
    def _helper(self) -> TunedReader | None:
        """The tuned reader, unless the codebook has other themes."""
        return self._reader if self._reader and self._reader.classes == self._data.classes else None


def _beside(units: Sequence[Unit], said: Sequence[Any]) -> list[Any]:
    """For each statement the mean score of each class in the rest of its comment; None where there is no rest."""
    totals: dict[str, tuple[Any, int]] = {}
    for unit, one in zip(units, said, strict=True):
        if one is not None:
            total, count = totals.get(unit.comment_id, (0.0, 0))
            totals[unit.comment_id] = total + one[:-2], count + 1
    found = []
    for unit, one in zip(units, said, strict=True):
        total, count = totals.get(unit.comment_id, (0.0, 0))
        alone = one is None or count == 1
        found.append(None if alone else (total - one[:-2]) / (count - 1))
    return found


def _coded(head: Head, unit: Unit, said: Any, beside: Any, leaning: Leaning, steers: bool) -> UnitCode:
    """What a statement is about, from its own scores and those of the rest of its comment."""
    if said is None:
        themes, margin, polarity = [NOT_UNDERSTOOD], 0.0, Polarity.NEUTRAL
    else:
        found = said[:-2]
        if beside is not None:
            found = found + AROUND * (beside - USUAL)
        themes = chosen(head.classes, found)
        margin = round(float(found[head.classes.index(themes[0])]), 4)
        polarity = polarity_of(float(said[-2]), float(said[-1]) >= 0, leaning)
    return UnitCode(unit_id=unit.id, themes=tuple(themes), polarity=polarity, margin=margin, suspicious=steers)


def polarity_of(score: float, neutral: bool, leaning: Leaning) -> Polarity:
    """The text and the person's rating, weighed together; `score` is negative to positive, and how clearly it says so.

    Somebody who is content on the whole can have a complaint, so a statement that clearly says the other thing keeps
    its own polarity; one that says it, but less clearly, is mixed. A suggestion without a complaint is neutral whatever
    the rating.
    """
    if neutral:
        return Polarity.NEUTRAL
    rated = RATED.get(leaning, 0.0)
    both = score + rated
    if abs(both) >= SAYS:
        return Polarity.POSITIVE if both > 0 else Polarity.NEGATIVE
    against = leaning in (Leaning.LOW, Leaning.HIGH) and score * rated < 0
    return Polarity.MIXED if against and abs(score) >= STANDS else Polarity.NEUTRAL
