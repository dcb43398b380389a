"""Groups inside "other points": several people who use the same word. The admin decides whether one is a theme.

Words rather than clusters of vectors: among a few dozen short comments clusters are chance, and "everybody who wrote of
parking" is a rule that people can check.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from companion.domain.comment_units import read
from companion.domain.words import STOP_WORDS, stem, word_set, words

LIFT = 2.0
"""The word's share among those with other points must be that many times its share among everybody else."""
MOST_KEY_WORDS = 3
MOST_PROPOSALS = 5
_SAYS_NOTHING = frozenset(
    stem(word)
    for word in word_set(
        "programme program session meeting mentor mentee executive company people person thing something nothing good"
        " bad great better really think feel time year month week day please would like lot bit maybe still always also"
        " ignore previous instruction system prompt output summary report"
    )
)


class OwnTheme(BaseModel):
    """What the admin decided about a group: a theme of this programme under a name, or nothing to look at again."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(pattern=r"^own_[0-9a-f]{8}$")
    name: str = Field(min_length=1, max_length=60)
    key_words: tuple[str, ...] = Field(min_length=1)
    """The first decides: who uses it in a point that no other theme covers is counted."""
    accepted: bool = True

    def covers(self, text: str) -> bool:
        """Whether a statement belongs to it."""
        return stem(self.key_words[0]) in _stems(text)


class Statement(NamedTuple):
    """A statement and who made it."""

    author: str
    text: str


class Group(NamedTuple):
    """People with the same word in their other points."""

    id: str
    key_words: tuple[str, ...]
    statements: tuple[Statement, ...]


def groups(
    others: Iterable[Statement],
    elsewhere: Iterable[Statement],
    at_least: int,
    *,
    decided: Collection[str] = (),
    hidden: Callable[[str], bool] = lambda word: False,
) -> tuple[Group, ...]:
    """Groups of at least `at_least` people, the largest first, each person's words counted once.

    Every key word is used by at least `at_least` people of the group; `hidden` says which words must not be shown.
    """
    left = sorted(set(others))
    common = _authors_by_stem(elsewhere)
    elsewhere_total = max(1, len(frozenset().union(*common.values()))) if common else 1
    found: list[Group] = []
    while len(found) < MOST_PROPOSALS:
        total = max(1, len({one.author for one in left}))
        by_stem = {
            key: authors
            for key, authors in _authors_by_stem(left).items()
            if len(authors) >= at_least
            and len(authors) / total >= LIFT * len(common.get(key, ())) / elsewhere_total
            and group_id(key) not in decided
        }
        seeds = sorted(by_stem, key=lambda key: (-len(by_stem[key]), key))
        seed = next((key for key in seeds if not hidden(_surface(left, key))), None)
        if seed is None:
            break
        members = tuple(one for one in left if seed in _stems(one.text))
        left = [one for one in left if seed not in _stems(one.text)]
        found.append(Group(group_id(seed), _key_words(members, seed, at_least, hidden), members))
    return tuple(found)


def group_id(key: str) -> str:
    """The same word has the same id in every survey, so that a decision about it holds."""
    return f"own_{hashlib.sha256(key.encode()).hexdigest()[:8]}"


def _key_words(
    members: Sequence[Statement], seed: str, at_least: int, hidden: Callable[[str], bool]
) -> tuple[str, ...]:
    shared = {key: authors for key, authors in _authors_by_stem(members).items() if len(authors) >= at_least}
    order = sorted(shared, key=lambda key: (key != seed, -len(shared[key]), key))
    return tuple(word for key in order if not hidden(word := _surface(members, key)))[:MOST_KEY_WORDS]


def _authors_by_stem(statements: Iterable[Statement]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for author, text in statements:
        for key in _stems(text):
            found.setdefault(key, set()).add(author)
    return found


def _stems(text: str) -> frozenset[str]:
    """The stems of words that could name a subject."""
    said = (stem(word) for word in words(read(text)) if word not in STOP_WORDS and word.isalpha() and len(word) > 2)
    return frozenset(said) - _SAYS_NOTHING


def _surface(statements: Iterable[Statement], key: str) -> str:
    """The commonest form of a word."""
    forms = Counter(word for _, text in statements for word in words(read(text)) if stem(word) == key)
    return min(forms, key=lambda form: (-forms[form], form), default=key)
