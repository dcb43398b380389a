"""Candidates: which pairs are possible at all, and which hard rule forbids each of the others.

Rules about what two people state are applied to blocks of them; rules that name people or pairs are kept as lists. So
nothing of the size of the whole cohort squared is ever in memory. What changes while an admin reviews (who is paired,
declined, held back, full) is kept apart from what does not, so that a decision need not be followed by a new start.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from companion.domain.matching import ExclusionReason
from companion.domain.people import Person
from companion.domain.review_rules import ReviewRule, RuleKind
from companion.matching import calendars
from companion.matching.reporting_lines import ReportingLines, reporting_lines
from companion.matching.sides import Columns, Sides, Whole, language_bits, numbered, numbers
from companion.ports import MatchRequest

REASONS = tuple(ExclusionReason)
POSSIBLE = 0
"""The code of a pair no rule forbids; any other code says which rule does, see `code`."""

Codes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


def code(reason: ExclusionReason) -> int:
    """The number that stands for a reason; of two reasons the one that counts has the higher number."""
    return len(REASONS) - REASONS.index(reason)


def reason_of(number: int) -> ExclusionReason | None:
    """The reason a number stands for; None for a possible pair."""
    return None if number == POSSIBLE else REASONS[len(REASONS) - number]


class TraitRule(NamedTuple):
    """A rule about what two people state."""

    reason: ExclusionReason
    forbids: Callable[[Whole, Columns], Flags]
    """Rows and columns in, which of these pairs it forbids out, shape (columns, rows)."""


class Cells:
    """Single pairs that a rule forbids, by row; where several do, the reason that counts."""

    def __init__(
        self, found: Iterable[tuple[ExclusionReason, Iterable[tuple[int, int]]]], shape: tuple[int, int]
    ) -> None:
        rows, mentors = shape
        places, codes = array("q"), array("B")
        for reason, cells in found:
            places.extend(row * mentors + column for row, column in cells)
            codes.extend(bytes([code(reason)]) * (len(places) - len(codes)))
        every, numbers_of = np.array(places, dtype=np.int64), np.array(codes, dtype=np.uint8)
        order = np.lexsort((-numbers_of.astype(np.int16), every))
        every, numbers_of = every[order], numbers_of[order]
        first = np.concatenate([[True], every[1:] != every[:-1]]) if every.size else np.zeros(0, dtype=bool)
        row, column = np.divmod(every[first], max(mentors, 1))
        self._columns, self._codes = column.astype(np.int32), numbers_of[first]
        self._starts = np.searchsorted(row, np.arange(rows + 1))

    def mark(self, codes: Codes, rows: Whole) -> None:
        """Enter them into the codes of these rows and all columns, shape (rows, columns)."""
        sizes = self._starts[rows + 1] - self._starts[rows]
        for place in np.flatnonzero(sizes):
            some = slice(self._starts[rows[place]], self._starts[rows[place] + 1])
            columns = self._columns[some]
            codes[place, columns] = np.maximum(codes[place, columns], self._codes[some])


@dataclass(frozen=True)
class Ground:
    """What follows from the people and the criteria alone, and stays while an admin reviews."""

    sides: Sides
    traits: tuple[TraitRule, ...]
    cells: Cells
    mentee_codes: Codes
    """A reason that rules a person out altogether, per mentee."""
    mentor_codes: Codes
    joining: tuple[Flags, Flags] | None
    """Who joins, among mentees and mentors; None: everybody."""
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Candidates:
    """The cohort with every pair's verdict but the floor's, which needs scores."""

    ground: Ground
    decided: Mapping[tuple[int, int], ExclusionReason]
    """Pairs (row, column) ruled out by what has happened so far."""
    mentee_room: Whole
    """How many more pairings each mentee can take."""
    mentor_room: Whole
    mentee_taken: Whole
    """How many pairings each mentee already has."""
    mentor_taken: Whole
    mentee_codes: Codes
    """Why a mentee can take no (further) pairing at all."""
    mentor_codes: Codes
    cells: Cells

    @property
    def mentees(self) -> tuple[Person, ...]:
        """In the order of the rows."""
        return self.ground.sides.mentees

    @property
    def mentors(self) -> tuple[Person, ...]:
        """In the order of the columns."""
        return self.ground.sides.mentors

    def traits(self, rows: Whole, columns: Columns, size: int) -> Codes:
        """The codes that rules about what people state give to these pairs, shape (columns, rows)."""
        codes = np.zeros((size, rows.size), dtype=np.uint8)
        for rule in self.ground.traits:
            np.maximum(codes, rule.forbids(rows, columns).view(np.uint8) * np.uint8(code(rule.reason)), out=codes)
        return codes

    def named(self, codes: Codes, rows: Whole, *, decided: bool) -> None:
        """Enter the rules that name people or pairs into the codes of these rows, shape (rows, mentors).

        Without `decided` only those that stay while an admin reviews.
        """
        ground = self.ground
        mentee_codes, mentor_codes = ground.mentee_codes[rows], ground.mentor_codes
        if decided:
            mentee_codes = np.maximum(mentee_codes, self.mentee_codes[rows])
            mentor_codes = np.maximum(mentor_codes, self.mentor_codes)
        if mentee_codes.any():
            np.maximum(codes, mentee_codes[:, None], out=codes)
        if mentor_codes.any():
            np.maximum(codes, mentor_codes, out=codes)
        if ground.joining is not None:
            outside = ~(ground.joining[0][rows][:, None] | ground.joining[1])
            np.maximum(codes, outside.view(np.uint8) * np.uint8(code(ExclusionReason.NOT_JOINING)), out=codes)
        ground.cells.mark(codes, rows)
        if decided:
            self.cells.mark(codes, rows)


def lay_ground(sides: Sides, request: MatchRequest) -> Ground:
    """Apply the programme's own rules and what people say about themselves."""
    rules = request.programme.matching.rules
    lines = reporting_lines((*sides.mentees, *sides.mentors))
    either_order = [sides.cell(*pair) for a, b in rules.blocked_pairs for pair in ((a, b), (b, a))]
    cells = [
        (ExclusionReason.SAME_PERSON, _same_person(sides, lines)),
        (ExclusionReason.REPORTING_LINE, _in_line(sides, lines) if rules.reporting_line else ()),
        (ExclusionReason.BLOCKED, [cell for cell in either_order if cell is not None]),
        (ExclusionReason.NOT_WISHED, _not_with(sides, lines)),
    ]
    opted_out, mentors_out = (
        np.array([code(ExclusionReason.OPTED_OUT) if person.opted_out else 0 for person in side], dtype=np.uint8)
        for side in (sides.mentees, sides.mentors)
    )
    joining = None
    if request.joining is not None:
        some, others = (
            np.array([person.id in request.joining for person in side], dtype=bool)
            for side in (sides.mentees, sides.mentors)
        )
        joining = (some, others)
    traits = tuple(_trait_rules(sides, request))
    return Ground(sides, traits, Cells(cells, sides.shape), opted_out, mentors_out, joining, lines.warnings)


def find_candidates(ground: Ground, request: MatchRequest) -> Candidates:
    """Add what has happened so far: running, former and declined pairs, and what the admin decided."""
    sides = ground.sides
    decided: dict[tuple[int, int], ExclusionReason] = {}
    never = [rule for rule in request.rules if rule.kind is RuleKind.NEVER]
    former = frozenset() if request.programme.matching.rules.repeat_pairs else request.former_pairs
    for pairs, reason in (
        (former, ExclusionReason.PAIRED_BEFORE),
        (request.declined_pairs, ExclusionReason.DECLINED_BEFORE),
        (((r.mentor_id, r.mentee_id) for r in never if r.code is not None), ExclusionReason.DECLINED_BEFORE),
        (request.active_pairs, ExclusionReason.ALREADY_PAIRED),
        (((r.mentor_id, r.mentee_id) for r in never if r.code is None), ExclusionReason.BLOCKED),
    ):
        for pair in pairs:
            cell = sides.cell(*pair)
            if cell is not None:
                decided[cell] = reason
    held = {(rule.mentor_id, rule.mentee_id) for rule in request.rules if rule.kind is RuleKind.HOLD}
    rooms: list[Whole] = []
    taken: list[Whole] = []
    codes: list[Codes] = []
    for side, out, held_back in (
        (sides.mentees, ground.mentee_codes, [("", person.id) in held for person in sides.mentees]),
        (sides.mentors, ground.mentor_codes, [(person.id, "") in held for person in sides.mentors]),
    ):
        has = np.array([request.taken.get(person.id, 0) for person in side], dtype=np.int64)
        room = np.maximum(np.array([person.capacity for person in side], dtype=np.int64) - has, 0)
        full = np.where(room == 0, code(ExclusionReason.NO_CAPACITY), 0)
        back = np.where(np.array(held_back, dtype=bool), code(ExclusionReason.HELD_BACK), 0)
        codes.append(np.maximum(full, back).astype(np.uint8))
        rooms.append(np.where((back > 0) | (out > 0), 0, room))
        taken.append(has)
    numbered_cells = Cells([(reason, [cell]) for cell, reason in decided.items()], sides.shape)
    return Candidates(ground, decided, rooms[0], rooms[1], taken[0], taken[1], codes[0], codes[1], numbered_cells)


def _trait_rules(sides: Sides, request: MatchRequest) -> Iterable[TraitRule]:
    rules = request.programme.matching.rules
    mentees, mentors = sides.mentees, sides.mentors
    if rules.common_language:
        yield from _language_rule(sides)
    if rules.max_hours_apart is not None:
        yield _hours_apart(sides, request, rules.max_hours_apart)
    if rules.min_shared_hours > 0:
        yield _shared_hours(sides, request, rules.min_shared_hours)
    if rules.location != "any":
        one, other = numbered([p.location for p in mentees], [p.location for p in mentors])
        same = rules.location == "same"
        yield TraitRule(
            ExclusionReason.LOCATION,
            lambda rows, columns: _both(one[rows], other[columns]) & ((other[columns][:, None] != one[rows]) == same),
        )
    if rules.min_level_gap is not None:
        least = np.float32(rules.min_level_gap)
        above, below = numbers(p.level for p in mentees), numbers(p.level for p in mentors)
        # Comparing with what is not stated (NaN) is false, so it rules nobody out.
        yield TraitRule(ExclusionReason.LEVEL_GAP, lambda rows, columns: above[rows] - below[columns][:, None] < least)
    asked = [rule for rule in request.rules if rule.kind is RuleKind.OTHER_DEPARTMENT]
    if asked:
        yield _other_department(sides, asked)


def _both(one: npt.NDArray[np.int32], other: npt.NDArray[np.int32]) -> Flags:
    """Where both state something, shape (columns, rows)."""
    stated: Flags = (other > 0)[:, None] & (one > 0)
    return stated


def _language_rule(sides: Sides) -> Iterable[TraitRule]:
    """Both state languages and share none; somebody who states none is taken to speak the other's."""
    bits = language_bits(sides)
    if not bits:
        return
    speaks = [np.any([pair[side] > 0 for pair in bits], axis=0) for side in (0, 1)]

    def forbids(rows: Whole, columns: Columns) -> Flags:
        apart: Flags = speaks[1][columns][:, None] & speaks[0][rows]
        for one, other in bits:
            apart &= (other[columns][:, None] & one[rows]) == 0
        return apart

    yield TraitRule(ExclusionReason.NO_COMMON_LANGUAGE, forbids)


def _hours_apart(sides: Sides, request: MatchRequest, most: float) -> TraitRule:
    one, other = (calendars.offsets(side, request.at) for side in (sides.mentees, sides.mentors))

    def forbids(rows: Whole, columns: Columns) -> Flags:
        apart = np.abs(other[columns][:, None] - one[rows]) % 24
        far: Flags = np.minimum(apart, 24 - apart) > most
        return far

    return TraitRule(ExclusionReason.HOURS_APART, forbids)


def _shared_hours(sides: Sides, request: MatchRequest, least: float) -> TraitRule:
    weeks = calendars.Weeks(sides.mentees, sides.mentors, request.at)

    def forbids(rows: Whole, columns: Columns) -> Flags:
        distinct, places = np.unique(weeks.of_some[rows], return_inverse=True)
        short = weeks.shared_hours(distinct) < least
        few: Flags = np.ascontiguousarray(short.T)[weeks.of_others[columns]][:, places.reshape(-1)]
        return few

    return TraitRule(ExclusionReason.SHARED_HOURS, forbids)


def _other_department(sides: Sides, asked: Sequence[ReviewRule]) -> TraitRule:
    one, other = numbered([p.department for p in sides.mentees], [p.department for p in sides.mentors])
    mentees, mentors = {rule.mentee_id for rule in asked}, {rule.mentor_id for rule in asked}
    wanted = [np.array([p.id in mentees for p in sides.mentees]), np.array([p.id in mentors for p in sides.mentors])]

    def forbids(rows: Whole, columns: Columns) -> Flags:
        same: Flags = (other[columns][:, None] == one[rows]) & _both(one[rows], other[columns])
        kept: Flags = same & (wanted[1][columns][:, None] | wanted[0][rows])
        return kept

    return TraitRule(ExclusionReason.SAME_DEPARTMENT, forbids)


def _same_person(sides: Sides, lines: ReportingLines) -> Iterable[tuple[int, int]]:
    """One id or one e-mail address in both roles."""
    columns = _by_identity(sides.mentors, lines)
    for row, mentee in enumerate(sides.mentees):
        for column in columns.get(lines.identity[mentee.id], ()):
            yield row, column


def _in_line(sides: Sides, lines: ReportingLines) -> Iterable[tuple[int, int]]:
    """Either one stands anywhere above the other."""
    rows, columns = _by_identity(sides.mentees, lines), _by_identity(sides.mentors, lines)
    for row, mentee in enumerate(sides.mentees):
        for key in lines.above[lines.identity[mentee.id]]:
            for column in columns.get(key, ()):
                yield row, column
    for column, mentor in enumerate(sides.mentors):
        for key in lines.above[lines.identity[mentor.id]]:
            for row in rows.get(key, ()):
                yield row, column


def _not_with(sides: Sides, lines: ReportingLines) -> Iterable[tuple[int, int]]:
    """One of the two does not want the other, who is named by id or by e-mail address."""
    rows, columns = _by_identity(sides.mentees, lines), _by_identity(sides.mentors, lines)

    def places(wish: str, known: Mapping[str, list[int]], by_id: Mapping[str, int]) -> set[int]:
        found = set(known.get(wish.strip().casefold(), ()))
        if wish.strip() in by_id:
            found |= {by_id[wish.strip()]}
        return found | set(known.get(lines.identity.get(wish.strip(), ""), ()))

    for row, mentee in enumerate(sides.mentees):
        for wish in mentee.not_with:
            for column in places(wish, columns, sides.columns):
                yield row, column
    for column, mentor in enumerate(sides.mentors):
        for wish in mentor.not_with:
            for row in places(wish, rows, sides.rows):
                yield row, column


def _by_identity(people: Sequence[Person], lines: ReportingLines) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, person in enumerate(people):
        places.setdefault(lines.identity[person.id], []).append(place)
    return places
