"""What would have to change for the runner-up to be proposed instead: only what holds when it is computed again.

In a small cohort every sentence is checked by solving the whole programme once more with that one change. In a large
one only the two scores of the executive are computed again, and the sentence says no more than that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from companion.domain.matching import MatchScore
from companion.domain.people import HALF_DAYS, WEEKDAYS, FacetKind
from companion.domain.text import plain
from companion.matching import calendars
from companion.matching.assignment import Places
from companion.matching.blocks import MatrixScorer
from companion.matching.cohort import Cohort
from companion.matching.comparison import stated
from companion.matching.doubts import quote
from companion.matching.scoring import ENOUGH_SHARED_HOURS, Floats, stop_if
from companion.matching.solution import Decisions, Solution
from companion.matching.solve import solve
from companion.matching.standing import NOBODY
from companion.ports import Cancelled as CancelAsked

SMALL = 40_000
"""Up to so many pairs (200 a side) the whole programme is solved again for a change."""
_CELLS_TO_SOLVE = 600_000
"""So many pairs altogether are solved again at most; the closest calls come first."""
_MARGIN = 0.0002
"""Scores are shown to four places; less than two of the last place is no difference."""

PREFERENCES = {
    "department": "the preference for another department",
    "region": "the preference for another region",
    "tenure": "the preference for a difference in years of service",
    "work_style": "the preference for another way of working",
    "availability": "the weight of shared free time",
    "interests": "the weight of shared interests",
    "gain": "the weight of what the mentor gains",
}
"""What people declared is not among them: whoever knows one of the two could tell what the other declared."""
_DAYS = dict(zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True))
_HALVES = dict(zip(HALF_DAYS, ("morning", "afternoon"), strict=True))

Cell = tuple[int, int]
Sentences = dict[Cell, tuple[str, ...]]


def would_win(cohort: Cohort, found: Solution, cancelled: CancelAsked) -> Sentences:
    """For each proposed pair (row, column) what would make its runner-up win. Raises Cancelled."""
    runners_up = {cell: int(cohort.standing.runner_up[cell[0]]) for cell in cohort.chosen}
    rivals = {
        cell: other for cell, other in runners_up.items() if other != NOBODY and cell not in found.decisions.pinned
    }
    if not rivals:
        return {}
    rows, columns = cohort.prospects.shape
    if rows * columns > SMALL or cohort.is_limited:
        return _by_own_scores(cohort, rivals)
    return _SolvedAgain(cohort, found, rivals, cancelled).sentences()


def _by_own_scores(cohort: Cohort, rivals: dict[Cell, int]) -> Sentences:
    """Which preference, taken away, would put the runner-up's score above the proposed one."""
    found: Sentences = {}
    shares = cohort.scores.shares
    chosen = cohort.scores.of_cells(list(rivals))
    others = cohort.scores.of_cells([(row, other) for (row, _), other in rivals.items()])
    for (cell, other), score, rival in zip(rivals.items(), chosen, others, strict=True):
        if score.total >= rival.total + _MARGIN:
            name = plain(cohort.candidates.mentors[other].name, one_line=True)
            found[cell] = tuple(
                f"Without {words} {name} would score higher here."
                for term, words in PREFERENCES.items()
                if getattr(shares, term) and _without(rival, term, shares) > _without(score, term, shares) + _MARGIN
            )
    return found


def _without(score: MatchScore, term: str, shares: MatchScore) -> float:
    share: float = getattr(shares, term)
    left: float = score.total - share * getattr(score, term)
    return left / (1 - share) if share < 1 else 0.0


class _SolvedAgain:
    """The whole small programme, ready to be solved with one thing changed."""

    def __init__(self, cohort: Cohort, found: Solution, rivals: dict[Cell, int], cancelled: CancelAsked) -> None:
        self._cohort, self._found, self._rivals, self._cancelled = cohort, found, rivals, cancelled
        rows, columns = cohort.prospects.shape
        self._scores = cohort.prospects.score_block(slice(0, rows))
        candidates = cohort.candidates
        self._places = Places(candidates.mentee_room, candidates.mentor_room, candidates.mentee_taken > 0)
        self._left = max(1, _CELLS_TO_SOLVE // max(1, rows * columns))
        self._said: dict[Cell, list[str]] = {cell: [] for cell in rivals}

    def sentences(self) -> Sentences:
        """All checks, the cheapest first."""
        self._preferences()
        regrets = {cell: self._found.regret(cell[0], other) for cell, other in self._rivals.items()}
        close = sorted((regret.left_out, regret.score, cell) for cell, regret in regrets.items() if regret is not None)
        for left_out, lost, cell in close:
            stop_if(self._cancelled)
            self._more_places(cell)
            if not left_out:
                self._free_half_day(cell, lost)
                self._need_first(cell, lost)
        return {cell: tuple(said) for cell, said in self._said.items()}

    def _solved(self, scores: Floats | None = None, places: Places | None = None) -> frozenset[Cell]:
        stop_if(self._cancelled)
        if scores is None:
            decisions: Decisions = self._found.decisions
            return frozenset(
                solve(self._cohort.prospects, places or self._places, decisions=decisions, before=self._found).pairs
            )
        scorer = MatrixScorer(scores, np.isfinite(scores), (0.0, 1.0))
        return frozenset(solve(scorer, self._places, decisions=self._found.decisions).pairs)

    def _flips(self, cell: Cell, pairs: frozenset[Cell]) -> bool:
        return (cell[0], self._rivals[cell]) in pairs and cell not in pairs

    def _may(self) -> bool:
        self._left -= 1
        return self._left >= 0

    def _name(self, cell: Cell) -> str:
        return plain(self._cohort.candidates.mentors[self._rivals[cell]].name, one_line=True)

    def _preferences(self) -> None:
        shares = self._cohort.scores.shares
        rows, columns = self._cohort.prospects.shape
        terms = self._cohort.scores.block(np.arange(rows)).against(slice(0, columns), columns).terms
        for term, words in PREFERENCES.items():
            share = np.float32(getattr(shares, term))
            if not 0 < share < 1:
                continue
            changed = (self._scores - share * terms[term].T) / (1 - share)
            pairs = self._solved(np.clip(changed, None, 1))
            for cell in self._rivals:
                if self._flips(cell, pairs):
                    self._said[cell].append(f"Without {words} {self._name(cell)} would be proposed.")

    def _more_places(self, cell: Cell) -> None:
        other = self._rivals[cell]
        if self._cohort.has_room_left(other) or not self._may():
            return
        room = self._places.mentor_room.copy()
        room[other] += 1
        if self._flips(cell, self._solved(places=replace(self._places, mentor_room=room))):
            self._said[cell].append(f"With one more place {self._name(cell)} would be proposed.")

    def _free_half_day(self, cell: Cell, lost: float) -> None:
        """One more half day of the runner-up's."""
        cohort, (row, _), other = self._cohort, cell, self._rivals[cell]
        share = cohort.scores.shares.availability
        mentee, mentor = cohort.candidates.mentees[row], cohort.candidates.mentors[other]
        if not share or not (mentee.availability and mentor.availability) or self._hours_are_a_rule():
            return
        if share <= lost:
            return
        slots = list(_slots(mentor.availability))
        freer = [mentor.model_copy(update={"availability": (*mentor.availability, slot)}) for slot in slots]
        hours = _enough(calendars.shared_hours([mentee], [mentor, *freer], cohort.at))[0]
        best = int(hours.argmax())
        # The place of the mentor alone is first, and no slot is better than that until it adds something.
        if not share * (hours[best] - hours[0]) > lost or not self._may():
            return
        slot = slots[best - 1]
        shared = _enough(calendars.shared_hours(cohort.candidates.mentees, [mentor, freer[best - 1]], cohort.at))
        gains = shared[:, 1] - shared[:, 0]
        changed = self._scores.copy()
        changed[:, other] += np.float32(share) * np.nan_to_num(gains)
        if self._flips(cell, self._solved(np.clip(changed, None, 1))):
            day, half = slot.split("-")
            self._said[cell].append(
                f"With a free half day on {_DAYS[day]} {_HALVES[half]} {self._name(cell)} would be proposed."
            )

    def _need_first(self, cell: Cell, lost: float) -> None:
        """Another need stated first."""
        (row, column), other, scores = cell, self._rivals[cell], self._cohort.scores
        share = np.float32(scores.shares.need)
        needs = stated(self._cohort.candidates.mentees[row], FacetKind.NEED)
        if not share or len(needs) < 2:
            return
        apart = scores.needs_apart(row)
        count = len(apart)
        weights = 1 / np.arange(1, count + 1)
        weights = (weights / weights.sum()).astype(np.float32)
        for number in range(1, count):
            order = [number, *(place for place in range(count) if place != number)]
            gained = share * (weights @ apart[order] - weights @ apart)
            # The pairs there are would gain as much as the proposed one does; the forced ones have to catch up.
            if gained[other] - gained[column] <= lost or not self._may():
                continue
            changed = self._scores[row] + gained
            whole = self._scores.copy()
            whole[row] = np.clip(changed, 0, 1, where=np.isfinite(changed), out=changed)
            if self._flips(cell, self._solved(whole)):
                self._said[cell].append(
                    f"If the need {quote(needs[number].text)} were stated first, {self._name(cell)} would be proposed."
                )
                return

    def _hours_are_a_rule(self) -> bool:
        return self._cohort.programme.matching.rules.min_shared_hours > 0


def _slots(stated_slots: tuple[str, ...]) -> Iterator[str]:
    """Half days of the working week that somebody has not stated."""
    for day in WEEKDAYS[:5]:
        for half in HALF_DAYS:
            if f"{day}-{half}" not in stated_slots:
                yield f"{day}-{half}"


def _enough(hours: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Shared free hours as the share of what is enough; NaN where not stated."""
    share: npt.NDArray[np.float32] = np.minimum(hours / np.float32(ENOUGH_SHARED_HOURS), np.float32(1))
    return share
