"""Candidates: which pairs are possible at all, and which hard rule forbids each of the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from companion.domain.matching import ExclusionReason
from companion.domain.people import Person, Role
from companion.domain.programme import Programme
from companion.errors import InvalidInput
from companion.matching.reporting_lines import ReportingLines, reporting_lines

Pairs = Collection[tuple[str, str]]
"""(mentor id, mentee id)."""

REASONS = tuple(ExclusionReason)
POSSIBLE = 0
"""The code of a pair no rule forbids; any other code is 1 + the reason's place in `REASONS`."""


def code(reason: ExclusionReason) -> int:
    """The number that stands for a reason in `Candidates.codes`."""
    return REASONS.index(reason) + 1


@dataclass(frozen=True)
class Candidates:
    """The cohort, sorted by id, with every pair's verdict."""

    mentees: tuple[Person, ...]
    mentors: tuple[Person, ...]
    codes: npt.NDArray[np.uint8]
    """Shape (mentees, mentors). A pair that several rules forbid counts for the first, in the order of `REASONS`."""
    mentee_room: npt.NDArray[np.int64]
    """How many more pairings each mentee can take."""
    mentor_room: npt.NDArray[np.int64]
    mentee_taken: npt.NDArray[np.int64]
    """How many pairings each mentee already has."""
    mentor_taken: npt.NDArray[np.int64]
    warnings: tuple[str, ...]

    @property
    def possible(self) -> npt.NDArray[np.bool_]:
        """Which pairs no rule forbids."""
        free: npt.NDArray[np.bool_] = self.codes == POSSIBLE
        return free

    def counts(self) -> tuple[tuple[ExclusionReason, int], ...]:
        """How many pairs fell to each rule, without those that nothing fell to."""
        totals = np.bincount(self.codes.ravel(), minlength=len(REASONS) + 1)
        return tuple((reason, int(totals[code(reason)])) for reason in REASONS if totals[code(reason)])


def find_candidates(
    people: Sequence[Person],
    programme: Programme,
    *,
    taken: Mapping[str, int],
    active_pairs: Pairs,
    declined_pairs: Pairs,
) -> Candidates:
    """Apply every hard rule but the floor, which needs scores. Raises InvalidInput for an id used twice in a role."""
    mentees = _with_role(people, Role.MENTEE)
    mentors = _with_role(people, Role.MENTOR)
    lines = reporting_lines(people)
    mentee_taken, mentor_taken = _taken(mentees, taken), _taken(mentors, taken)
    mentee_room = np.maximum(_capacity(mentees) - mentee_taken, 0)
    mentor_room = np.maximum(_capacity(mentors) - mentor_taken, 0)
    grid = _Grid(mentees, mentors)
    either_order = [pair for a, b in programme.matching.rules.blocked_pairs for pair in ((a, b), (b, a))]
    forbidden = {
        ExclusionReason.SAME_PERSON: _same_person(mentees, mentors, lines),
        ExclusionReason.REPORTING_LINE: _in_line(mentees, mentors, lines),
        ExclusionReason.NO_COMMON_LANGUAGE: _no_common_language(mentees, mentors),
        ExclusionReason.BLOCKED: grid.mark(either_order),
        ExclusionReason.NO_CAPACITY: (mentee_room == 0)[:, None] | (mentor_room == 0)[None, :],
        ExclusionReason.ALREADY_PAIRED: grid.mark(active_pairs),
        ExclusionReason.DECLINED_BEFORE: grid.mark(declined_pairs),
    }
    codes = np.zeros((len(mentees), len(mentors)), dtype=np.uint8)
    for reason, pairs in forbidden.items():
        codes = np.where((codes == POSSIBLE) & pairs, np.uint8(code(reason)), codes)
    return Candidates(
        mentees, mentors, codes, mentee_room, mentor_room, mentee_taken, mentor_taken, warnings=lines.warnings
    )


def language_codes(person: Person) -> frozenset[str]:
    """The languages without their regions: ``en-GB`` is ``en``."""
    return frozenset(code.strip().casefold().replace("_", "-").split("-")[0] for code in person.languages) - {""}


def _with_role(people: Sequence[Person], role: Role) -> tuple[Person, ...]:
    chosen = sorted((person for person in people if person.role is role), key=lambda person: person.id)
    for one, other in pairwise(chosen):
        if one.id == other.id:
            raise InvalidInput(f"Two people have the id '{one.id}'.", "Give each person an id of their own.")
    return tuple(chosen)


def _capacity(people: Sequence[Person]) -> npt.NDArray[np.int64]:
    return np.array([person.capacity for person in people], dtype=np.int64)


def _taken(people: Sequence[Person], taken: Mapping[str, int]) -> npt.NDArray[np.int64]:
    return np.array([taken.get(person.id, 0) for person in people], dtype=np.int64)


class _Grid:
    """Finds pairs of ids in the matrix of mentees and mentors."""

    def __init__(self, mentees: Sequence[Person], mentors: Sequence[Person]) -> None:
        self._rows = {person.id: row for row, person in enumerate(mentees)}
        self._columns = {person.id: column for column, person in enumerate(mentors)}

    def mark(self, pairs: Iterable[tuple[str, str]]) -> npt.NDArray[np.bool_]:
        """True at each (mentor id, mentee id) that takes part."""
        marked = np.zeros((len(self._rows), len(self._columns)), dtype=bool)
        for mentor_id, mentee_id in pairs:
            if mentee_id in self._rows and mentor_id in self._columns:
                marked[self._rows[mentee_id], self._columns[mentor_id]] = True
        return marked


def _same_person(mentees: Sequence[Person], mentors: Sequence[Person], lines: ReportingLines) -> npt.NDArray[np.bool_]:
    """One id or one e-mail address in both roles."""
    marked = np.zeros((len(mentees), len(mentors)), dtype=bool)
    columns = _columns_by_identity(mentors, lines)
    for row, mentee in enumerate(mentees):
        marked[row, columns.get(lines.identity[mentee.id], [])] = True
    return marked


def _in_line(mentees: Sequence[Person], mentors: Sequence[Person], lines: ReportingLines) -> npt.NDArray[np.bool_]:
    """Either one stands anywhere above the other."""
    marked = np.zeros((len(mentees), len(mentors)), dtype=bool)
    rows, columns = _columns_by_identity(mentees, lines), _columns_by_identity(mentors, lines)
    for row, mentee in enumerate(mentees):
        for key in lines.above[lines.identity[mentee.id]]:
            marked[row, columns.get(key, [])] = True
    for column, mentor in enumerate(mentors):
        for key in lines.above[lines.identity[mentor.id]]:
            marked[rows.get(key, []), column] = True
    return marked


def _columns_by_identity(people: Sequence[Person], lines: ReportingLines) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, person in enumerate(people):
        places.setdefault(lines.identity[person.id], []).append(place)
    return places


def _no_common_language(mentees: Sequence[Person], mentors: Sequence[Person]) -> npt.NDArray[np.bool_]:
    """Both state languages and share none; somebody who states none is taken to speak the other's."""
    spoken = [[language_codes(person) for person in group] for group in (mentees, mentors)]
    known = {
        code: place for place, code in enumerate(sorted({c for group in spoken for codes in group for c in codes}))
    }

    def table(group: list[frozenset[str]]) -> npt.NDArray[Any]:
        speaks = np.zeros((len(group), len(known)), dtype=np.float32)
        for row, codes in enumerate(group):
            speaks[row, [known[code] for code in codes]] = 1
        return speaks

    mentee_speaks, mentor_speaks = table(spoken[0]), table(spoken[1])
    both_state = np.outer(mentee_speaks.any(axis=1), mentor_speaks.any(axis=1))
    forbidden: npt.NDArray[np.bool_] = both_state & (mentee_speaks @ mentor_speaks.T == 0)
    return forbidden
