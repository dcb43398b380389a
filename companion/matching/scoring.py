"""Scores: how well each possible pair fits, term by term, and which stated entries carry it.

Every term lies from 0 to 1. Text terms compare entry with entry, never profile with profile: each need meets the best
of the other side's offers, and the needs are averaged with the weights 1, 1/2, 1/3 ... in their stated order, because
people put first what matters most. So a second mention of an offer adds nothing, and neither do ten weak offers.

Nothing else enters: no name, no e-mail address, no title, no id, no off-limits topic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from companion.domain.criteria import MatchingWeights
from companion.domain.matching import MatchScore
from companion.domain.people import MATCHED_FACETS, Facet, FacetKind, Person
from companion.errors import Cancelled
from companion.matching import calendars
from companion.matching.calibration import NOTHING_TO_COMPARE, Calibration, Vectors, calibrate, cross_cosines, fit_at
from companion.matching.eligibility import Candidates
from companion.ports import Cancelled as CancelAsked
from companion.ports import Progress

ENOUGH_SHARED_HOURS = 6.0
"""Two half days: more hours in common add nothing, so neither rare nor plentiful slots are an advantage."""
LARGE_TENURE_GAP = 10.0
"""Years beyond which a larger difference in tenure adds nothing."""
NOT_STATED = 0.5
"""The value of a fact that one side has not stated, where every pair has one: difference and availability."""

_TEXTS_AT_ONCE = 256
_PEOPLE_AT_ONCE = 64


class Terms(NamedTuple):
    """One matrix per term, each of shape (mentees, mentors), float32, from 0 to 1."""

    need: npt.NDArray[np.float32]
    gain: npt.NDArray[np.float32]
    interests: npt.NDArray[np.float32]
    department: npt.NDArray[np.float32]
    region: npt.NDArray[np.float32]
    tenure: npt.NDArray[np.float32]
    work_style: npt.NDArray[np.float32]
    availability: npt.NDArray[np.float32]


class Entries:
    """All entries of one kind in a group of people, person after person."""

    def __init__(self, people: Sequence[Person], kind: FacetKind, rows: dict[str, int], vectors: Any) -> None:
        self.by_person = [stated(person, kind) for person in people]
        flat = [rows[facet.text] for facets in self.by_person for facet in facets]
        self.vectors = vectors[flat]
        self.distinct = vectors[sorted(set(flat))]
        sizes = [len(facets) for facets in self.by_person]
        self.starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)
        self.having = np.flatnonzero(np.array(sizes, dtype=np.int64) > 0)

    def of(self, place: int) -> Any:
        """The vectors of one person's entries."""
        return self.vectors[self.starts[place] : self.starts[place + 1]]


class Comparison(NamedTuple):
    """Whose wishes meet whose offers, on the scale for these two kinds of entries."""

    asked: Entries
    offered: Entries
    scale: Calibration


class Answer(NamedTuple):
    """One asked entry with the offered entry that is nearest to it."""

    asked: Facet
    offered: Facet
    cosine: float
    fit: float


@dataclass(frozen=True)
class Scores:
    """Everything known about the pairs, before anybody is assigned."""

    terms: Terms
    total: npt.NDArray[np.float32]
    """The weighted sum, from 0 to 1, shape (mentees, mentors)."""
    best_need: npt.NDArray[np.float32]
    """The fit of the need that is answered best; 0 where no need or no offer is stated."""
    shared_hours: npt.NDArray[np.float32]
    """Free hours a week in common; NaN where not stated."""
    needs: Comparison
    gains: Comparison
    interests: Comparison
    shares: MatchScore
    """The weight of each term, summing to 1 (its total)."""

    def above(self, floor: float) -> npt.NDArray[np.bool_]:
        """Pairs with stated evidence whose best answered need reaches this percentile of unrelated pairs."""
        reached: npt.NDArray[np.bool_] = (self.best_need > 0) & (self.best_need >= fit_at(floor))
        return reached

    def of(self, row: int, column: int) -> MatchScore:
        """The terms of one pair, rounded to four places."""
        terms = {name: round(float(term[row, column]), 4) for name, term in self.terms._asdict().items()}
        return MatchScore(total=round(float(self.total[row, column]), 4), **terms)


def score(
    candidates: Candidates,
    weights: MatchingWeights,
    vectors: Vectors,
    *,
    at: datetime,
    progress: Progress,
    cancelled: CancelAsked,
) -> Scores:
    """Score every pair of the cohort. Raises Cancelled."""
    mentees, mentors = candidates.mentees, candidates.mentors
    rows, table = _embedded((*mentees, *mentors), vectors, progress, cancelled)
    base = calibrate(vectors) if len(table) else NOTHING_TO_COMPARE

    def compare(
        asking: Sequence[Person], asked: FacetKind, offering: Sequence[Person], offered: FacetKind
    ) -> Comparison:
        one, other = Entries(asking, asked, rows, table), Entries(offering, offered, rows, table)
        return Comparison(one, other, base.moved(cross_cosines(one.distinct, other.distinct)))

    needs = compare(mentees, FacetKind.NEED, mentors, FacetKind.OFFER)
    gains = compare(mentors, FacetKind.GAIN, mentees, FacetKind.OFFER)
    interests = compare(mentees, FacetKind.INTEREST, mentors, FacetKind.INTEREST)
    back = Comparison(interests.offered, interests.asked, interests.scale)

    def step(done: int, total: int) -> None:
        progress(done, total, "comparing needs and offers")
        stop_if(cancelled)

    need, best_need = _answered(needs, step)
    gain, _ = _answered(gains, step)
    mine, _ = _answered(interests, step)
    yours, _ = _answered(back, step)
    hours = calendars.shared_hours(mentees, mentors, at)
    terms = Terms(
        need=need,
        gain=gain.T,
        interests=np.asarray((mine + yours.T) / 2, dtype=np.float32),
        department=_other(mentees, mentors, "department"),
        region=_other(mentees, mentors, "location"),
        tenure=_tenure(mentees, mentors),
        work_style=_other(mentees, mentors, "work_style"),
        availability=_enough(hours),
    )
    shares = _shares(weights)
    total = sum(getattr(shares, name) * term for name, term in terms._asdict().items())
    return Scores(terms, np.asarray(total, np.float32), best_need, hours, needs, gains, interests, shares)


def stated(person: Person, kind: FacetKind) -> tuple[Facet, ...]:
    """The entries of one kind in their stated order, each text once: saying it again does not say it louder."""
    first: dict[str, Facet] = {}
    for facet in person.entries(kind):
        first.setdefault(" ".join(facet.text.split()).casefold(), facet)
    return tuple(first.values())


def nearest(comparison: Comparison, asking: int, offering: int) -> tuple[Answer, ...]:
    """For each entry one person asks with, the other's entry that answers it best, in the asked order."""
    asked, offered = comparison.asked.by_person[asking], comparison.offered.by_person[offering]
    if not asked or not offered:
        return ()
    cosines = comparison.asked.of(asking) @ comparison.offered.of(offering).T
    best = cosines.argmax(axis=1)
    found = cosines[np.arange(len(asked)), best]
    fits = comparison.scale.fit(found)
    return tuple(
        Answer(facet, offered[best[row]], float(found[row]), float(fits[row])) for row, facet in enumerate(asked)
    )


def _embedded(
    people: Sequence[Person], vectors: Vectors, progress: Progress, cancelled: CancelAsked
) -> tuple[dict[str, int], Any]:
    """Every distinct text once, in alphabetical order (so that nothing depends on who said it), with its vectors."""
    texts = sorted({facet.text for person in people for kind in MATCHED_FACETS for facet in stated(person, kind)})
    parts = []
    for start in range(0, len(texts), _TEXTS_AT_ONCE):
        stop_if(cancelled)
        progress(start, len(texts), "reading vectors")
        parts.append(np.asarray(vectors(texts[start : start + _TEXTS_AT_ONCE]), dtype=np.float32))
    table = np.concatenate(parts) if parts else np.zeros((0, 1), dtype=np.float32)
    return {text: row for row, text in enumerate(texts)}, table


def _answered(
    comparison: Comparison, step: Callable[[int, int], None]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """How well each offering person answers each asking one, shape (asking, offering): weighted mean, and best entry.

    Works through the asking people in blocks, so that memory follows one block's entries times all offers.
    """
    asked, offered = comparison.asked, comparison.offered
    shape = len(asked.by_person), len(offered.by_person)
    mean, best = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)
    for start in range(0, len(asked.having), _PEOPLE_AT_ONCE):
        step(start, len(asked.having))
        if not len(offered.having):
            break
        block = asked.having[start : start + _PEOPLE_AT_ONCE]
        first = asked.starts[block[0]]
        local = asked.starts[block] - first
        sizes = asked.starts[block + 1] - asked.starts[block]
        cosines = asked.vectors[first : asked.starts[block[-1] + 1]] @ offered.vectors.T
        fits = comparison.scale.fit(np.maximum.reduceat(cosines, offered.starts[offered.having], axis=1))
        weights = np.concatenate([_order_weights(size) for size in sizes])
        where = np.ix_(block, offered.having)
        mean[where] = np.add.reduceat(fits * weights[:, None], local, axis=0)
        best[where] = np.maximum.reduceat(fits, local, axis=0)
    return mean, best


def _order_weights(count: int) -> npt.NDArray[np.float64]:
    weights = 1 / np.arange(1, count + 1)
    normalised: npt.NDArray[np.float64] = weights / weights.sum()
    return normalised


def _enough(hours: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    term = np.where(np.isnan(hours), NOT_STATED, np.minimum(hours / ENOUGH_SHARED_HOURS, 1))
    return np.asarray(term, dtype=np.float32)


def _other(mentees: Sequence[Person], mentors: Sequence[Person], field: str) -> npt.NDArray[np.float32]:
    """1 where the two differ in it, 0 where they do not."""
    rows, columns = ([_folded(getattr(person, field)) for person in group] for group in (mentees, mentors))
    place = {text: number for number, text in enumerate(dict.fromkeys([*rows, *columns]), start=1)} | {"": 0}
    a, b = (np.array([place[text] for text in group], dtype=np.int64) for group in (rows, columns))
    unknown = (a == 0)[:, None] | (b == 0)[None, :]
    return np.where(unknown, NOT_STATED, a[:, None] != b[None, :]).astype(np.float32)


def _tenure(mentees: Sequence[Person], mentors: Sequence[Person]) -> npt.NDArray[np.float32]:
    years = [
        np.array([np.nan if p.tenure_years is None else p.tenure_years for p in group], dtype=float)
        for group in (mentees, mentors)
    ]
    gap = np.minimum(np.abs(years[0][:, None] - years[1][None, :]) / LARGE_TENURE_GAP, 1)
    return np.where(np.isnan(gap), NOT_STATED, gap).astype(np.float32)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _shares(weights: MatchingWeights) -> MatchScore:
    values = {name: float(getattr(weights, name)) for name in Terms._fields}
    whole = sum(values.values())
    return MatchScore(total=1.0, **{name: value / whole for name, value in values.items()})


def stop_if(cancelled: CancelAsked) -> None:
    """Raises Cancelled when that was asked for."""
    if cancelled():
        raise Cancelled("Matching was stopped.", "Nothing was saved; start it again whenever you like.")
