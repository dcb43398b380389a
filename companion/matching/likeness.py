"""How alike entries are: the cosines of their vectors, mended where a vector alone is misled.

- An entry may hold several statements ("Ran the move to chat. Trained thirty managers."). Its vector blurs them, so an
  offered entry counts as the mean of itself and of its best statement.
- An offer that repeats most of a need word for word says nothing about what somebody can do. It is related at most,
  unless several people say it: then it is a choice that a form offers.
- Who offers forty things meets any need with one of them. Their fits are lowered by more than such a search finds by
  luck (`handicaps`).

Measured in `tests/evals/likeness.py` and `tests/matching/test_stuffing.py`. Joining the cosines with likeness of words
or characters, removing the mean or the strongest directions, correcting for hubs and a trained head did not help.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from companion.domain.text import plain
from companion.matching.calibration import RELATED, Calibration, Vectors, fit_at

Floats = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]

MOST_STATEMENTS = 12
"""Statements of one entry that are looked at; an entry has at most 500 characters."""
COPIED_WORDS = 6
"""Repeating fewer words than these is no copy: short needs are worded alike by chance."""
_LEFT_OUT = 2
"""A copy may leave out so many of the first words; the last ones are often the subject."""
_MANY_TEXTS = 100_000
"""With more than these only whole copies are looked for, to save memory."""
A_FORMS_CHOICE = 3
"""Said by so many people, a text was not made up by one of them to match another."""
USUAL_STATEMENTS = 8
"""So many offers are free of any handicap, and more where most people state more."""
A_LIST = 4
"""So many catchwords behind one another are a list and no longer a sentence."""
WORDS_OF_A_CATCHWORD = 2.5
"""On average, at most."""
_HANDICAP = 5.0
"""Times luck: then forty catchwords overtake an honest sentence in one planted case of thirty instead of in eight."""

_END = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_])|\s*;\s+|\s*[;•|\n]\s*|。|！|？")
_WORD = re.compile(r"\w+")
_FEWEST_LETTERS = 4


def statements(text: str) -> tuple[str, ...]:
    """The separate statements of an entry, in order; the text alone where it is one."""
    parts = [part.strip(" .;•|-") for part in _END.split(text)]
    found = tuple(part for part in dict.fromkeys(parts) if sum(map(str.isalpha, part)) >= _FEWEST_LETTERS)
    return found[:MOST_STATEMENTS] if len(found) > 1 else (text,)


def listed(text: str) -> int:
    """How many things an entry names, where it is a list of catchwords; otherwise 1."""
    items = [len(item.split()) for item in re.split(r"[,/]", text) if item.strip()]
    return len(items) if len(items) >= A_LIST and sum(items) <= WORDS_OF_A_CATCHWORD * len(items) else 1


def handicaps(stated: Sequence[int] | Whole) -> Floats:
    """What is taken from the fits of each offering person, who makes so many statements; shape (people,).

    The best of ten times as many unrelated texts is found a decade more rarely by luck alone; catchwords are cheaper
    than luck, hence five decades. What counts is how many more than usual: than the median of those who state any,
    or than eight. Statements are counted (`Likeness.stated`) and not entries: a list in one entry is a list.
    """
    counts = np.asarray(stated, dtype=np.float64)
    usual = max(float(USUAL_STATEMENTS), float(np.median(counts[counts > 0])) if counts.any() else 0.0)
    decades = _HANDICAP * np.log10(np.maximum(counts, usual) / usual)
    handicap: Floats = (decades * fit_at(0.9)).astype(np.float32)
    return handicap


class Likeness:
    """Compares distinct texts, in blocks of any size.

    `texts` are all distinct texts and `table` their unit vectors, shape (texts, dimension), float32; `vectors` embeds
    the statements of those that hold several. `said` is how many people state each text. The result of every method is
    the same for the same texts, whatever the block.
    """

    def __init__(self, texts: Sequence[str], table: Floats, vectors: Vectors, said: Sequence[int] | Whole) -> None:
        self._table = table
        self._texts = texts
        self._said = np.asarray(said, dtype=np.int64)
        apart = {row: found for row, text in enumerate(texts) if len(found := statements(text)) > 1}
        distinct = sorted({statement for found in apart.values() for statement in found})
        place = {statement: number for number, statement in enumerate(distinct)}
        embedded = np.asarray(vectors(distinct), dtype=np.float32) if distinct else table[:0]
        # A mean of vectors gives the mean of cosines, so whole and statement cost one product together.
        self._parts = {
            row: (table[row] + embedded[[place[statement] for statement in found]]) / 2 for row, found in apart.items()
        }
        self._is_apart = np.zeros(len(texts), dtype=bool)
        self._is_apart[list(apart)] = True
        self.stated = np.array([max(len(apart.get(row, ())), listed(text)) for row, text in enumerate(texts)], np.int64)
        """How many statements or catchwords each text holds."""

    def cosines(self, asked: Whole, offered: Whole, scale: Calibration) -> Floats:
        """How alike these asked texts and these offered ones are (rows of the table), shape (asked, offered).

        On the scale of plain cosines; `scale` is the one the result goes through.
        """
        found: Floats = self._table[asked] @ self._table[offered].T
        columns = np.flatnonzero(self._is_apart[offered])
        if columns.size:
            parts = [self._parts[int(row)] for row in offered[columns]]
            starts = np.cumsum([0, *map(len, parts[:-1])])
            apart = self._table[asked] @ np.concatenate(parts).T
            found[:, columns] = np.maximum.reduceat(apart, starts, axis=1)
        self._lower_copies(found, asked, offered, scale.cosine_at(RELATED))
        return found

    def _lower_copies(self, found: Floats, asked: Whole, offered: Whole, most: float) -> None:
        repeated = [(place, self._copies[int(asked[place])]) for place in np.flatnonzero(self._copied[asked])]
        if not repeated:
            return
        # Looked up once for all of them: most long texts are repeated by themselves alone, and not offered here.
        columns = np.flatnonzero(np.isin(offered, np.concatenate([rows for _, rows in repeated])))
        for place, rows in repeated if columns.size else ():
            some = columns[np.isin(offered[columns], rows)]
            found[place, some] = np.minimum(found[place, some], most)

    @cached_property
    def _copies(self) -> dict[int, Whole]:
        """Asked text -> the texts that repeat it word for word, perhaps without its first words."""
        spelled = [_words(text) for text in self._texts]
        rows: dict[tuple[str, ...], list[int]] = defaultdict(list)
        lengths: dict[tuple[str, ...], set[int]] = defaultdict(set)
        left_out = _LEFT_OUT if len(spelled) <= _MANY_TEXTS else 0
        for row, words in enumerate(spelled):
            for run in _most_of(words, left_out):
                rows[run].append(row)
                lengths[run[:COPIED_WORDS]].add(len(run))
        copies: dict[int, list[int]] = defaultdict(list)
        for row, words in enumerate(spelled):
            if self._said[row] < A_FORMS_CHOICE:
                runs = {
                    words[start : start + length]
                    for start in range(len(words) - COPIED_WORDS + 1)
                    for length in lengths.get(words[start : start + COPIED_WORDS], ())
                }
                for other in {other for run in runs for other in rows.get(run, ())}:
                    copies[other].append(row)
        return {asked: np.array(repeating, dtype=np.int64) for asked, repeating in copies.items()}

    @cached_property
    def _copied(self) -> npt.NDArray[Any]:
        copied = np.zeros(len(self._texts), dtype=bool)
        copied[list(self._copies)] = True
        return copied


def _most_of(words: tuple[str, ...], left_out: int) -> list[tuple[str, ...]]:
    """The words, and the words without the first few; nothing shorter than a copy can be."""
    return [words[start:] for start in range(left_out + 1) if len(words) - start >= COPIED_WORDS]


def _words(text: str) -> tuple[str, ...]:
    """The words as they are compared; none of a text that has too few to matter, which is quick to see."""
    if len(_WORD.findall(text)) < COPIED_WORDS:
        return ()
    words = tuple(_WORD.findall(unicodedata.normalize("NFKC", plain(text)).casefold()))
    return words if len(words) >= COPIED_WORDS else ()
