"""What is known of a cohort after the assignment; the explanations are read off it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt

from companion.domain.matching import Band
from companion.domain.programme import Programme
from companion.matching.calibration import CLOSE, RELATED, fit_at
from companion.matching.eligibility import Candidates, language_codes
from companion.matching.scoring import Answer, Scores, nearest

_FEW_WORDS = 3


def thin(text: str) -> bool:
    """Whether an entry is so short that it can mean many things; not judged in scripts written without spaces."""
    return len(text.split()) <= _FEW_WORDS and all(ord(char) < 0x2E80 for char in text)


@dataclass(frozen=True)
class Cohort:
    """Candidates, scores and the assignment, with the questions that several explanations ask."""

    candidates: Candidates
    scores: Scores
    pairs: tuple[tuple[int, int], ...]
    """(mentee row, mentor column) of each proposed pair."""
    programme: Programme
    at: datetime
    english_only: bool
    """Whether the embedding model is one that was trained on English alone."""

    @cached_property
    def possible(self) -> npt.NDArray[np.bool_]:
        """Pairs that no rule forbids and that reach the floor."""
        return self.candidates.possible

    def band(self, row: int, column: int) -> Band:
        """How good a pair is, in words, by rules that an admin can check against the quotes.

        Workable: an offer is related to a need. Weak: nothing but a loose likeness above the floor. Strong: an offer is
        close to a need that is said in more than a few words, the need stated first is answered too, all needs together
        are, and neither the half days nor the language speak against it.
        """
        answers = self.needs(row, column)
        close, related = fit_at(CLOSE), fit_at(RELATED)
        if max((answer.fit for answer in answers), default=0.0) < related:
            return Band.WEAK
        strong = (
            any(answer.fit >= close and not thin(answer.asked.text) for answer in answers)
            and answers[0].fit >= related
            and float(self.scores.terms.need[row, column]) >= related
            and not self.cannot_meet(row, column)
            and not self.badly_compared(row, column)
        )
        return Band.STRONG if strong else Band.WORKABLE

    def cannot_meet(self, row: int, column: int) -> bool:
        """Both have stated their free half days, and no session fits into what they share."""
        return float(self.scores.shared_hours[row, column]) * 60 < self.programme.session_minutes

    def badly_compared(self, row: int, column: int) -> bool:
        """The two state languages without English in common, and the embedding model knows English only."""
        spoken = language_codes(self.candidates.mentees[row]), language_codes(self.candidates.mentors[column])
        return self.english_only and all(spoken) and "en" not in spoken[0] & spoken[1]

    @cached_property
    def mentor_load(self) -> npt.NDArray[np.int64]:
        """Pairings of each mentor: those running and those proposed."""
        proposed = np.bincount([column for _, column in self.pairs], minlength=len(self.candidates.mentors))
        load: npt.NDArray[np.int64] = self.candidates.mentor_taken + proposed
        return load

    @cached_property
    def mentors_of(self) -> dict[int, set[int]]:
        """Mentee row -> the columns proposed to them."""
        proposed: dict[int, set[int]] = {}
        for row, column in self.pairs:
            proposed.setdefault(row, set()).add(column)
        return proposed

    def choices_of_mentee(self, row: int) -> list[int]:
        """Columns of the mentors this mentee could be paired with, best first, equals by id."""
        columns = np.flatnonzero(self.possible[row])
        order = np.argsort(-self.scores.total[row, columns], kind="stable")
        return [int(column) for column in columns[order]]

    def mentor_rank(self, row: int, column: int) -> int:
        """The mentor's place among those possible for the mentee; equals share the better place."""
        better = self.possible[row] & (self.scores.total[row] > self.scores.total[row, column])
        return 1 + int(better.sum())

    def mentee_rank(self, row: int, column: int) -> int:
        """The mentee's place among those possible for the mentor; equals share the better place."""
        better = self.possible[:, column] & (self.scores.total[:, column] > self.scores.total[row, column])
        return 1 + int(better.sum())

    def needs(self, row: int, column: int) -> tuple[Answer, ...]:
        """Each need of the mentee with the mentor's offer that answers it best."""
        return nearest(self.scores.needs, row, column)

    def gains(self, row: int, column: int) -> tuple[Answer, ...]:
        """Each gain the mentor wants with what the mentee offers that answers it best."""
        return nearest(self.scores.gains, column, row)

    def interests(self, row: int, column: int) -> tuple[Answer, ...]:
        """Each interest of the mentee with the mentor's nearest one."""
        return nearest(self.scores.interests, row, column)
