"""Who may learn what from a survey: thresholds, suppression inside one table, and the check against all releases.

What is withheld is a `Withheld`, which holds no value: there is nothing a caller could read by mistake.

What a threshold cannot do (people who answer under several names, what somebody knows already) is said to people on the
form itself, in its phrase ``limits``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")

MAX_COMBINATIONS = 2_000
"""Beyond that many combinations of small groups a release is refused instead of checked."""
_PRIME = 2**61 - 1
"""Ranks are computed modulo this prime; minors of 0-1 matrices of up to 30 rows are far smaller, so none vanishes."""
MAX_RELEASES = 30
"""Releases about one topic; more are refused (see `_PRIME`)."""


class Thresholds(BaseModel):
    """How many people must have answered before anything is shown. They can only be raised, never after launch."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ratings: int = Field(default=5, ge=5, le=1000)
    """Least number of people behind a rating."""
    comments: int = Field(default=10, ge=10, le=1000)
    """Least number of people behind a summary of comments."""
    theme: int = Field(default=3, ge=3, le=1000)
    """Least number of different people behind one theme."""

    @property
    def digest(self) -> str:
        """SHA-256 of the three numbers, hexadecimal; what was printed at launch can be compared with it."""
        text = f"ratings={self.ratings};comments={self.comments};theme={self.theme}"
        return hashlib.sha256(text.encode()).hexdigest()


class Because(StrEnum):
    """Why something is withheld."""

    STILL_OPEN = "still open"
    TOO_FEW = "too few"
    COMPLEMENT = "complement"
    """Large enough by itself, but it would give away a smaller group."""
    REMAINDER = "remainder"
    """The total, minus what is shown, would give away a hidden group."""
    DIFFERENCE = "difference"
    """Together with what was released before it would give away a few people's answers."""
    CROSSING = "crossing"
    TIME_IS_OVER = "time is over"
    """It was kept for as long as the programme says."""


@dataclass(frozen=True)
class Withheld:
    """Nothing is shown, and why, as a sentence. No value and no count."""

    because: Because
    reason: str

    @property
    def said(self) -> str:
        """That nothing is shown, and why, in one sentence."""
        return f"Nothing is shown: {self.reason[:1].lower()}{self.reason[1:]}"


@dataclass(frozen=True)
class Released(Generic[T]):
    """What may be shown, and how many people are behind it."""

    value: T
    respondents: int


Outcome = Released[T] | Withheld


@dataclass(frozen=True)
class Release:
    """A set of people whose pooled answers were, or are to be, shown."""

    topics: frozenset[str]
    """What was shown about them: a survey and one of its questions each."""
    respondents: frozenset[str]
    scope: str = "everybody"
    """Which people, in words."""
    number: int = 0
    """Its place in the ledger; 0 before it is in there."""


@dataclass(frozen=True)
class Suppression:
    """Which cells of one table may be shown."""

    hidden: Mapping[str, Withheld]
    """By name of the group."""
    total: Withheld | None
    """Set when the total must not be shown either."""


def too_few(k: int) -> Withheld:
    """What to say of a group below the threshold; never how many it is."""
    return Withheld(Because.TOO_FEW, f"Fewer than {k} people answered.")


def suppress(groups: Mapping[str, Collection[str]], k: int) -> Suppression:
    """Decide which groups of one table are shown; `groups` are disjoint sets of people.

    Groups below `k` are hidden. What is hidden together must come to at least `k` people, because the total minus what
    is shown tells it: so the next smallest group is hidden too while two or more are shown, and else the total is.
    """
    size = {name: len(set(people)) for name, people in groups.items()}
    hidden = {name: too_few(k) for name, n in size.items() if n < k}
    if not hidden:
        return Suppression({}, too_few(k) if sum(size.values()) < k else None)
    shown = sorted((name for name in size if name not in hidden), key=lambda name: (size[name], name))
    while sum(size[name] for name in hidden) < k and len(shown) >= 2:
        hidden[shown.pop(0)] = Withheld(
            Because.COMPLEMENT, "Hidden because a smaller group could be worked out by subtraction."
        )
    total = None
    if sum(size.values()) < k:
        total = too_few(k)
    elif sum(size[name] for name in hidden) < k:
        total = Withheld(Because.REMAINDER, "The total is hidden: it would give away a group that is hidden.")
    return Suppression(hidden, total)


def objection(wanted: Sequence[Release], earlier: Iterable[Release], k: int) -> Withheld | None:
    """Why `wanted`, taken together, must not follow `earlier`; None when it may.

    Two releases about one topic must concern the same people or differ by at least `k`. Beyond pairs: no combination
    of sums over what is released (a total minus two of its parts, say) may be about fewer than `k` people.
    """
    past = list(earlier)
    for one in wanted:
        if len(one.respondents) < k:
            return too_few(k)
        for before in past:
            if one.topics & before.topics and 0 < len(one.respondents ^ before.respondents) < k:
                return _difference(k, f"“{before.scope}”, released before")
    for topic in sorted(set().union(*(one.topics for one in wanted))):
        sets = {one.respondents for one in (*past, *wanted) if topic in one.topics}
        if len(sets) > MAX_RELEASES or exposes(sets, k):
            return _difference(k, "what was released before")
    return None


def _difference(k: int, what: str) -> Withheld:
    return Withheld(
        Because.DIFFERENCE,
        f"Compared with {what}, this would tell what fewer than {k} people answered. Nothing new is shown.",
    )


def exposes(sets: Iterable[frozenset[str]], k: int) -> bool:
    """Whether sums over the sets can be combined into a number about fewer than `k` people.

    People who are in exactly the same sets form a block. A combination that concerns only some small blocks exists
    exactly when leaving the columns of those blocks out lowers the rank of the table of sets by blocks.
    """
    rows = sorted({s for s in sets if s}, key=sorted)
    blocks: dict[tuple[int, ...], int] = {}
    for person in frozenset().union(*rows):
        signature = tuple(int(person in row) for row in rows)
        blocks[signature] = blocks.get(signature, 0) + 1
    columns = list(blocks)
    full = _rank(columns)
    small = [place for place, column in enumerate(columns) if blocks[column] < k]
    sizes = [blocks[columns[place]] for place in small]
    for count, chosen in enumerate(_combinations(sizes, k)):
        if count >= MAX_COMBINATIONS:
            return True
        left_out = {small[place] for place in chosen}
        if _rank([column for place, column in enumerate(columns) if place not in left_out]) < full:
            return True
    return False


def _combinations(sizes: Sequence[int], k: int, start: int = 0, room: int | None = None) -> Iterator[tuple[int, ...]]:
    """All choices of blocks that come to fewer than `k` people together."""
    left = k - 1 if room is None else room
    for place in range(start, len(sizes)):
        if sizes[place] <= left:
            yield (place,)
            for more in _combinations(sizes, k, place + 1, left - sizes[place]):
                yield (place, *more)


def _rank(columns: Sequence[tuple[int, ...]]) -> int:
    """The rank of a 0-1 matrix given by its columns."""
    pivots: dict[int, list[int]] = {}
    for column in columns:
        rest = list(column)
        for place in range(len(rest)):
            if not rest[place]:
                continue
            if place in pivots:
                factor = rest[place]
                rest = [(a - factor * b) % _PRIME for a, b in zip(rest, pivots[place], strict=True)]
            else:
                inverse = pow(rest[place], -1, _PRIME)
                pivots[place] = [a * inverse % _PRIME for a in rest]
                break
    return len(pivots)


def may_keep(values: Iterable[str], k: int) -> bool:
    """Whether an attribute may stay on anonymous rows: every value that occurs is shared by at least `k` people."""
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return all(count >= k for count in counts.values())
