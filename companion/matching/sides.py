"""The two sides of a cohort: who takes part, in which order, and what they state, as numbers that compare fast."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from companion.domain.people import Person, Role
from companion.domain.review_rules import ReviewRule, RuleKind
from companion.errors import InvalidInput

Whole = npt.NDArray[np.int64]
Columns = slice | Whole


@dataclass(frozen=True)
class Sides:
    """Everybody, sorted by id; a place is a row for a mentee and a column for a mentor."""

    mentees: tuple[Person, ...]
    mentors: tuple[Person, ...]
    rows: Mapping[str, int]
    columns: Mapping[str, int]

    @property
    def shape(self) -> tuple[int, int]:
        """(mentees, mentors)."""
        return len(self.mentees), len(self.mentors)

    def cell(self, mentor_id: str, mentee_id: str) -> tuple[int, int] | None:
        """Row and column of a pair, or None when one of the two does not take part."""
        row, column = self.rows.get(mentee_id), self.columns.get(mentor_id)
        return None if row is None or column is None else (row, column)


def two_sides(people: Iterable[Person], rules: Sequence[ReviewRule]) -> Sides:
    """Sort the people by role and id, without the entries the admin left out.

    Raises InvalidInput for an id used twice in a role.
    """
    skipped: dict[tuple[Role, str], set[str]] = {}
    for rule in rules:
        if rule.kind is RuleKind.SKIP_ENTRY:
            whose = (Role.MENTOR, rule.mentor_id) if rule.mentor_id else (Role.MENTEE, rule.mentee_id)
            skipped.setdefault(whose, set()).add(rule.entry_id)
    counted = [_without(person, skipped.get((person.role, person.id), set())) for person in people]
    mentees, mentors = _with_role(counted, Role.MENTEE), _with_role(counted, Role.MENTOR)
    return Sides(
        mentees,
        mentors,
        {person.id: row for row, person in enumerate(mentees)},
        {person.id: column for column, person in enumerate(mentors)},
    )


def folded(text: str) -> str:
    """How stated facts are compared: without case, extra white space and the like."""
    return " ".join(text.split()).casefold()


def language_codes(person: Person) -> frozenset[str]:
    """The languages without their regions: ``en-GB`` is ``en``."""
    return frozenset(code.strip().casefold().replace("_", "-").split("-")[0] for code in person.languages) - {""}


def numbered(some: Sequence[str], others: Sequence[str]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The same number for the same text on both sides, 0 for what is not stated."""
    texts = [folded(text) for text in some], [folded(text) for text in others]
    places = {text: place for place, text in enumerate(dict.fromkeys([*texts[0], *texts[1]]), start=1)} | {"": 0}
    one, other = (np.array([places[text] for text in side], dtype=np.int32) for side in texts)
    return one, other


def numbers(values: Iterable[float | None]) -> npt.NDArray[np.float32]:
    """Stated numbers; NaN for what is not stated."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float32)


def language_bits(sides: Sides) -> list[tuple[npt.NDArray[Any], npt.NDArray[Any]]]:
    """Spoken languages as bits of whole numbers, up to 63 languages in each pair of (mentees', mentors') numbers."""
    spoken = [[language_codes(person) for person in side] for side in (sides.mentees, sides.mentors)]
    known = sorted({code for side in spoken for codes in side for code in codes})
    found = []
    for start in range(0, len(known), 63):
        bit = {code: 1 << place for place, code in enumerate(known[start : start + 63])}
        one, other = (
            np.array([sum(bit.get(code, 0) for code in codes) for codes in side], dtype=np.uint64) for side in spoken
        )
        found.append((one, other))
    return found


def _without(person: Person, skipped: set[str]) -> Person:
    if not skipped:
        return person
    return person.model_copy(update={"facets": tuple(f for f in person.facets if f.entry_id not in skipped)})


def _with_role(people: Sequence[Person], role: Role) -> tuple[Person, ...]:
    chosen = sorted((person for person in people if person.role is role), key=lambda person: person.id)
    for one, other in pairwise(chosen):
        if one.id == other.id:
            raise InvalidInput(f"Two people have the id '{one.id}'.", "Give each person an id of their own.")
    return tuple(chosen)
