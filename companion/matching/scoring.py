"""Scores: how well each possible pair fits, term by term, and which stated entries carry it.

Every term lies from 0 to 1. Text terms compare entry with entry, never profile with profile: each need meets the best
of the other side's offers, and the needs are averaged with the weights 1, 1/2, 1/3 ... in their stated order, because
people put first what matters most. So a second mention of an offer adds nothing, and neither do ten weak offers.

Nothing else enters: no name, no e-mail address, no title, no id, no off-limits topic; and what people declared about
themselves only where the programme asks for it with a purpose and both of the two allow it.

Scores are computed for blocks of pairs, shape (mentors, mentees), and never kept for all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from companion.domain.criteria import Criteria, Format, MatchingWeights, SensitiveUse
from companion.domain.matching import MatchScore
from companion.domain.people import MATCHED_FACETS, FacetKind, Person
from companion.errors import Cancelled
from companion.matching import calendars
from companion.matching.calibration import NOTHING_TO_COMPARE, STEPS, Vectors, calibrate, cross_cosines
from companion.matching.comparison import ColumnsAsk, Comparison, Entries, RowsAsk, Steps, embedded_once
from companion.matching.likeness import Likeness
from companion.matching.sides import Columns, Sides, Whole, folded, numbered, numbers
from companion.ports import Cancelled as CancelAsked
from companion.ports import Progress

ENOUGH_SHARED_HOURS = 6.0
"""Two half days: more hours in common add nothing, so neither rare nor plentiful slots are an advantage."""
LARGE_TENURE_GAP = 10.0
"""Years beyond which a larger difference in tenure adds nothing."""
NOT_STATED = np.float32(0.5)
"""The value of a fact that one side has not stated, where every pair has one: difference and availability."""

_CELLS_TOGETHER = 64

Floats = npt.NDArray[np.float32]


TERMS = ("need", "gain", "interests", "department", "region", "tenure", "work_style", "availability", "sensitive")
"""What a score is made of, in this order."""


class Scored(NamedTuple):
    """A block of pairs, each array of shape (mentors, mentees)."""

    terms: dict[str, Floats]
    total: Floats
    """The weighted sum, from 0 to 1."""
    best_need: Steps
    """The fit of the need that is answered best, in steps; 0 where no need or no offer is stated."""
    best_gain: Steps


class Scores:
    """Everything known about the pairs, before anybody is assigned."""

    def __init__(
        self,
        sides: Sides,
        criteria: Criteria,
        vectors: Vectors,
        *,
        at: datetime,
        progress: Progress,
        cancelled: CancelAsked,
    ) -> None:
        """Read the vectors and compare the distinct texts. Raises Cancelled."""
        mentees, mentors = sides.mentees, sides.mentors
        self.shares = shares_of(criteria)
        self.sides = sides

        def step(done: int, total: int) -> None:
            stop_if(cancelled)
            progress(done, total, "reading vectors")

        # In alphabetical order, so that nothing depends on who said it.
        everybody = (*mentees, *mentors)
        texts = sorted({f.text for person in everybody for f in person.facets if f.kind in MATCHED_FACETS})
        rows = {text: row for row, text in enumerate(texts)}
        table = embedded_once(texts, vectors, step)
        said = Counter(text for person in everybody for text in {f.text for f in person.facets})
        likeness = Likeness(
            texts, table, lambda some: embedded_once(some, vectors, step), [said[text] for text in texts]
        )
        base = calibrate(vectors) if len(table) else NOTHING_TO_COMPARE

        def compare(
            asking: Sequence[Person], asked: FacetKind, offering: Sequence[Person], offered: FacetKind
        ) -> Comparison:
            stop_if(cancelled)
            progress(0, 0, "comparing needs and offers")
            one, other = Entries(asking, asked, rows), Entries(offering, offered, rows)
            scale = base.moved(cross_cosines(table[one.distinct], table[other.distinct]))
            return Comparison(one, other, likeness, scale)

        self.needs = compare(mentees, FacetKind.NEED, mentors, FacetKind.OFFER)
        self.gains = compare(mentors, FacetKind.GAIN, mentees, FacetKind.OFFER)
        self.interests = compare(mentees, FacetKind.INTEREST, mentors, FacetKind.INTEREST)
        self._interests_back = self.interests.turned()
        self._department, self._region, self._location, self._style = (
            numbered([getattr(p, field) for p in mentees], [getattr(p, field) for p in mentors])
            for field in ("department", "region", "location", "work_style")
        )
        self._tenure = tuple(numbers(p.tenure_years for p in side) for side in (mentees, mentors))
        self._weeks = calendars.Weeks(mentees, mentors, at)
        self._sensitive = [
            (use.prefer == "same", np.float32(use.weight), _declared(sides, use)) for use in criteria.sensitive
        ]

    def block(self, rows: Whole) -> Block:
        """Scores of these mentees, ready to be taken against any mentors."""
        return Block(self, rows)

    def of(self, row: int, column: int) -> MatchScore:
        """The terms of one pair, rounded to four places."""
        return self.of_cells([(row, column)])[0]

    def of_cells(self, cells: Sequence[tuple[int, int]]) -> list[MatchScore]:
        """The terms of single pairs (row, column), rounded to four places."""
        return [
            MatchScore(
                total=round(float(scored.total[at]), 4),
                **{name: round(float(term[at]), 4) for name, term in scored.terms.items()},
            )
            for scored, at in self._cells(cells, explain=True)
        ]

    def totals(self, cells: Sequence[tuple[int, int]]) -> Floats:
        """The scores of single pairs (row, column), exactly as in a block."""
        return np.array([scored.total[at] for scored, at in self._cells(cells, explain=False)], dtype=np.float32)

    def _cells(self, cells: Sequence[tuple[int, int]], *, explain: bool) -> Iterator[tuple[Scored, tuple[int, int]]]:
        """For each pair a block that holds it, and its place there; many pairs are scored together."""
        for start in range(0, len(cells), _CELLS_TOGETHER):
            some = np.array(cells[start : start + _CELLS_TOGETHER], dtype=np.int64)
            rows, row = np.unique(some[:, 0], return_inverse=True)
            columns, column = np.unique(some[:, 1], return_inverse=True)
            scored = self.block(rows).against(columns, columns.size, explain=explain)
            for at in zip(column.reshape(-1).tolist(), row.reshape(-1).tolist(), strict=True):
                yield scored, at

    def needs_apart(self, row: int) -> Floats:
        """How well every mentor answers each need of a mentee, from 0 to 1, shape (needs, mentors)."""
        mentors = self.sides.shape[1]
        answers = RowsAsk(self.needs, np.array([row])).each(slice(0, mentors), mentors)
        steps: Floats = np.array([answer[:, 0] for answer in answers], dtype=np.float32).reshape(-1, mentors)
        return steps / np.float32(STEPS)

    def shared_hours(self, row: int, column: int) -> float:
        """Free hours a week the two have in common; NaN where not stated."""
        return self._weeks.hours_of(row, column)


class Block:
    """Some mentees, ready to be scored against any mentors."""

    def __init__(self, scores: Scores, rows: Whole) -> None:
        self._scores, self._rows = scores, rows
        self._needs = RowsAsk(scores.needs, rows)
        self._gains = ColumnsAsk(scores.gains, rows)
        self._mine = RowsAsk(scores.interests, rows)
        self._yours = ColumnsAsk(scores._interests_back, rows)
        weeks = scores._weeks
        distinct, places = np.unique(weeks.of_some[rows], return_inverse=True)
        self._available = np.ascontiguousarray(_enough(weeks.shared_hours(distinct)).T)[:, places.reshape(-1)]

    def against(self, columns: Columns, size: int, *, explain: bool = False) -> Scored:
        """The scores with these mentors, `size` of them; only with `explain` also the terms that have no weight."""
        scores, rows, shares = self._scores, self._rows, self._scores.shares
        need, best_need = self._needs.against(columns, size)
        gain, best_gain = self._gains.against(columns, size)
        found: dict[str, Callable[[], Floats]] = {
            "need": lambda: need,
            "gain": lambda: gain,
            "interests": lambda: self._interests(columns, size),
            "department": lambda: _other(scores._department, rows, columns),
            "region": lambda: _other_region(scores._region, scores._location, rows, columns),
            "tenure": lambda: _tenure(scores._tenure, rows, columns),
            "work_style": lambda: _other(scores._style, rows, columns),
            "availability": lambda: self._available[scores._weeks.of_others[columns]],
            "sensitive": lambda: _sensitive(scores._sensitive, rows, columns, (size, rows.size)),
        }
        terms = {name: found[name]() for name in TERMS if explain or getattr(shares, name)}
        total = np.zeros((size, rows.size), dtype=np.float32)
        for name in TERMS:
            if share := getattr(shares, name):
                total += terms[name] * np.float32(share)
        return Scored(terms, total, best_need, best_gain)

    def _interests(self, columns: Columns, size: int) -> Floats:
        both: Floats = self._mine.against(columns, size).mean
        both += self._yours.against(columns, size).mean
        both *= np.float32(0.5)
        return both


def shares_of(criteria: Criteria) -> MatchScore:
    """The weight of each term, summing to 1 (its total)."""
    values = {name: float(getattr(criteria.weights, name)) for name in MatchingWeights.model_fields}
    values["sensitive"] = sum(use.weight for use in criteria.sensitive)
    if criteria.format is Format.RECIPROCAL:
        values["need"] = values["gain"] = (values["need"] + values["gain"]) / 2
    whole = sum(values.values())
    return MatchScore(total=1.0, **{name: value / whole for name, value in values.items()})


def _enough(hours: npt.NDArray[np.float32]) -> Floats:
    term = np.where(np.isnan(hours), NOT_STATED, np.minimum(hours / np.float32(ENOUGH_SHARED_HOURS), 1))
    return np.asarray(term, dtype=np.float32)


Numbered = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]


def _other(facts: Numbered, rows: Whole, columns: Columns) -> Floats:
    """1 where the two differ in it, 0 where they do not, a half where one states nothing."""
    one, other = facts[0][rows], facts[1][columns][:, None]
    differs: Floats = (one != other).astype(np.float32)
    if not (one.all() and other.all()):
        np.copyto(differs, NOT_STATED, where=(one == 0) | (other == 0))
    return differs


def _other_region(region: Numbered, location: Numbered, rows: Whole, columns: Columns) -> Floats:
    """Another region; where one of the two states none, another location."""
    by_location = _other(location, rows, columns)
    one, other = region[0][rows], region[1][columns][:, None]
    if one.any() and other.any():
        both = (one > 0) & (other > 0)
        np.copyto(by_location, (one != other).astype(np.float32), where=both)
    return by_location


def _tenure(years: tuple[Floats, ...], rows: Whole, columns: Columns) -> Floats:
    gap: Floats = np.abs(years[1][columns][:, None] - years[0][rows])
    gap *= np.float32(1 / LARGE_TENURE_GAP)
    np.minimum(gap, np.float32(1), out=gap)
    unknown = np.isnan(gap)
    if unknown.any():
        gap[unknown] = NOT_STATED
    return gap


def _declared(sides: Sides, use: SensitiveUse) -> Numbered:
    """What people declared for matching under this attribute; what they declared for reports alone is not read."""
    name = folded(use.attribute)

    def value(person: Person) -> str:
        allowed = [d.value for d in person.declared if folded(d.attribute) == name and d.use == "match"]
        return allowed[0] if allowed else ""

    return numbered([value(p) for p in sides.mentees], [value(p) for p in sides.mentors])


def _sensitive(
    uses: Sequence[tuple[bool, np.float32, Numbered]], rows: Whole, columns: Columns, shape: tuple[int, int]
) -> Floats:
    """The weighted mean of the attributes asked for; neutral for a pair in which not both allow it."""
    term = np.zeros(shape, dtype=np.float32)
    whole = np.float32(sum(weight for _, weight, _ in uses))
    for prefer_same, weight, facts in uses:
        differs = _other(facts, rows, columns)
        term += (np.float32(1) - differs if prefer_same else differs) * (weight / whole)
    return term


def stop_if(cancelled: CancelAsked) -> None:
    """Raises Cancelled when that was asked for."""
    if cancelled():
        raise Cancelled("Matching was stopped.", "Nothing was saved; start it again whenever you like.")
