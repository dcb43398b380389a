"""What is known of a cohort after the assignment; the explanations are read off it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt

from companion.domain.languages import other_than_english
from companion.domain.matching import Band, MatchScore
from companion.domain.people import FacetKind, Person
from companion.domain.programme import Programme
from companion.matching.calibration import CLOSE, RELATED, fit_at
from companion.matching.comparison import Answer, stated
from companion.matching.eligibility import Candidates
from companion.matching.prospects import Prospects
from companion.matching.scoring import Scores
from companion.matching.sides import language_codes
from companion.matching.standing import NOBODY, Standing

_FEW_WORDS = 3


def thin(text: str) -> bool:
    """Whether an entry is so short that it can mean many things; not judged in scripts written without spaces."""
    return len(text.split()) <= _FEW_WORDS and all(ord(char) < 0x2E80 for char in text)


@dataclass(frozen=True)
class Pair:
    """A mentee and a mentor with everything that speaks for or against them."""

    row: int
    column: int
    mentee: Person
    mentor: Person
    score: MatchScore
    needs: tuple[Answer, ...]
    """Each need of the mentee with the mentor's offer that answers it best."""
    gains: tuple[Answer, ...]
    """Each gain the mentor wants with what the mentee offers that answers it best."""
    interests: tuple[Answer, ...]
    """Each interest of the mentee with the mentor's nearest one."""
    hours: float
    """Free hours a week in common; NaN where not both have stated them."""

    @property
    def languages(self) -> tuple[frozenset[str], frozenset[str]]:
        """What the mentee and the mentor speak."""
        return language_codes(self.mentee), language_codes(self.mentor)


@dataclass(frozen=True)
class Cohort:
    """Candidates, scores and the assignment, with the questions that several explanations ask."""

    prospects: Prospects
    standing: Standing
    programme: Programme
    at: datetime
    english_only: bool
    """Whether the embedding model is one that was trained on English alone."""
    is_limited: bool = False
    """Whether anything limits all pairs together: caps, quotas, circles, fairness."""
    at_their_limit: Mapping[int, str] = field(default_factory=dict)
    """Mentor column -> a sentence, for mentors whose group has no further pairing to give."""
    too_few: frozenset[int] = frozenset()
    """Mentees (rows) left out because too few others suit the same mentors to make a circle."""

    @property
    def candidates(self) -> Candidates:
        """Who takes part, and what rules forbid."""
        return self.prospects.candidates

    @property
    def scores(self) -> Scores:
        """How well people fit."""
        return self.prospects.scores

    @property
    def chosen(self) -> tuple[tuple[int, int], ...]:
        """(mentee row, mentor column) of each proposed pair."""
        return self.standing.pairs

    def pair(self, row: int, column: int) -> Pair:
        """A mentee and a mentor."""
        return self.pairs([(row, column)])[row, column]

    def pairs(self, cells: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Pair]:
        """Several of them, by (row, column)."""
        scores, people = self.scores, self.candidates
        return {
            (row, column): Pair(
                row,
                column,
                people.mentees[row],
                people.mentors[column],
                score,
                scores.needs.nearest(row, column),
                scores.gains.nearest(column, row),
                scores.interests.nearest(row, column),
                scores.shared_hours(row, column),
            )
            for (row, column), score in zip(cells, scores.of_cells(cells), strict=True)
        }

    def band(self, pair: Pair) -> Band:
        """How good a pair is, in words, by rules that an admin can check against the quotes.

        Workable: an offer is related to a need. Weak: nothing but a loose likeness above the floor. Strong: an offer is
        close to a need that is said in more than a few words, the need stated first is answered too, all needs together
        are, and neither the half days nor the language speak against it.
        """
        close, related = fit_at(CLOSE), fit_at(RELATED)
        if max((answer.fit for answer in pair.needs), default=0.0) < related:
            return Band.WEAK
        strong = (
            any(answer.fit >= close and not thin(answer.asked.text) for answer in pair.needs)
            and pair.needs[0].fit >= related
            and pair.score.need >= related
            and not self.cannot_meet(pair)
            and not self.badly_compared(pair)
        )
        return Band.STRONG if strong else Band.WORKABLE

    def cannot_meet(self, pair: Pair) -> bool:
        """Both have stated their free half days, and no session fits into what they share."""
        return pair.hours * 60 < self.programme.session_minutes

    def badly_compared(self, pair: Pair) -> bool:
        """The two state languages without English in common, and the embedding model knows English only."""
        spoken = pair.languages
        return self.english_only and all(spoken) and "en" not in spoken[0] & spoken[1]

    def written_in(self, pair: Pair) -> str | None:
        """The language, other than English, of a need or an offer, where the embedding model knows English only."""
        stated_entries = (*stated(pair.mentee, FacetKind.NEED), *stated(pair.mentor, FacetKind.OFFER))
        return other_than_english(facet.text for facet in stated_entries) if self.english_only else None

    @cached_property
    def mentor_load(self) -> npt.NDArray[np.int64]:
        """Pairings of each mentor: those running and those proposed."""
        proposed = np.bincount(
            np.array([column for _, column in self.chosen], dtype=np.int64), minlength=len(self.candidates.mentors)
        )
        load: npt.NDArray[np.int64] = self.candidates.mentor_taken + proposed
        return load

    @cached_property
    def mentors_of(self) -> dict[int, list[int]]:
        """Mentee row -> the columns proposed to them."""
        proposed: dict[int, list[int]] = {}
        for row, column in self.chosen:
            proposed.setdefault(row, []).append(column)
        return proposed

    @cached_property
    def mentees_of(self) -> dict[int, list[int]]:
        """Mentor column -> the rows proposed to them."""
        proposed: dict[int, list[int]] = {}
        for row, column in self.chosen:
            proposed.setdefault(column, []).append(row)
        return proposed

    def has_room_left(self, column: int) -> bool:
        """Whether a mentor has a place that nobody is proposed for."""
        return bool(
            self.mentor_load[column] - self.candidates.mentor_taken[column] < self.candidates.mentor_room[column]
        )

    def rank_of_mentor(self, pair: Pair) -> int:
        """The mentor's place in the mentee's list; that of the runner-up is told apart by the score alone."""
        number = self._numbers.get((pair.row, pair.column))
        return 1 if number is None else int(self.standing.mentor_rank[number])

    @cached_property
    def _numbers(self) -> dict[tuple[int, int], int]:
        return {cell: number for number, cell in enumerate(self.chosen)}

    def next_best(self, row: int, column: int) -> float | None:
        """The best score of the mentee with any possible mentor but this one; None when there is no other."""
        for favourite, score in zip(self.standing.mentee_favourites[row], self.standing.mentee_best[row], strict=True):
            if favourite not in (NOBODY, column):
                return float(score)
        return None
