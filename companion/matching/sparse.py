"""The best assignment of all, with a proof, for cohorts whose pairs do not fit into memory.

A short list of strong pairs goes to the solver. The prices that come with its answer (see `prices`) say for every
other pair whether it could improve on it: only if it scores more than the two prices. All of them are looked at, block
by block; those that could improve join the list, and it is solved again until there are none. Then the answer is best
among *all* allowed pairs, and before that the same prices bound how much better any answer could be.

Changing a few pins and rejections starts from the list before. A row is only read again when it could matter: of each
row the highest score less price outside the list is remembered, and no pair of it can have risen by more than the
largest fall of any mentor's price.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from companion.matching.assignment import SCALE, Flags, Places, Whole, assign, best_flow
from companion.matching.blocks import BlockScorer, MatrixScorer
from companion.matching.contradictions import contradictions, refuse
from companion.matching.listing import SHORTLIST, Listing
from companion.matching.prices import Prices, lowest_prices
from companion.matching.solution import BY_PRICES, NOTHING_DECIDED, Cell, Decisions, Shortlist, Solution, Trace
from companion.ports import Cancelled as CancelAsked
from companion.ports import Progress, never_cancelled, no_progress

_ALL_AT_ONCE = 500_000
_NEAREST = 12
"""With prices from last time, so many pairs of a row are solved first."""


def optimum(
    scorer: BlockScorer,
    places: Places,
    decisions: Decisions = NOTHING_DECIDED,
    *,
    before: Solution | None = None,
    good_enough: float = 0.0,
    shortlist: int = SHORTLIST,
    progress: Progress = no_progress,
    cancelled: CancelAsked = never_cancelled,
) -> Solution:
    """First as many people with a first mentor as can be, then the highest sum of scores, over all allowed pairs.

    `before` is an earlier answer for the same scores, or for scores of which none was lower (places and decisions may
    differ), which makes this one quick. With `good_enough` above 0 it stops at that gap, once nobody more can be
    covered. `shortlist` is how many pairs of each person are on the first list; it decides how long the search takes,
    never what it finds. Raises InvalidInput when pins contradict each other, a rule or the room there is, and
    Cancelled.
    """
    refuse(contradictions(scorer, places, decisions))
    search = _Search(scorer, places, decisions, before, shortlist, progress, cancelled)
    while True:
        answer = search.round()
        if answer.proven or (answer.most_covered == answer.covered and answer.gap <= good_enough):
            return answer


def best_pairs(
    scores: npt.NDArray[Any],
    possible: Flags,
    mentee_room: Whole,
    mentor_room: Whole,
    mentee_served: Flags,
    *,
    progress: Progress = no_progress,
    cancelled: CancelAsked = never_cancelled,
) -> list[Cell]:
    """The same as `assign`, for any number of pairs: a large programme goes through short lists. Raises Cancelled."""
    if np.count_nonzero(possible) <= _ALL_AT_ONCE:
        return assign(scores, possible, mentee_room, mentor_room, mentee_served)
    places = Places(mentee_room, mentor_room, mentee_served)
    return list(optimum(MatrixScorer(scores, possible), places, progress=progress, cancelled=cancelled).pairs)


class _Search:
    """Rounds of solving the list and looking outside it."""

    def __init__(
        self,
        scorer: BlockScorer,
        places: Places,
        decisions: Decisions,
        before: Solution | None,
        shortlist: int,
        progress: Progress,
        cancelled: CancelAsked,
    ) -> None:
        trace = None if before is None else before.trace
        self._listing = Listing(scorer, places, decisions, trace, shortlist, progress, cancelled)
        self._prices = None if trace is None else trace.prices
        if before is not None and trace is not None:
            freed = (before.decisions.pinned | before.decisions.rejected) - decisions.pinned - decisions.rejected
            self._listing.add(self._listing.cells(freed))
        self._places, self._bonus = self._listing.places, self._listing.bonus
        self._again = partial(optimum, scorer, places, shortlist=shortlist)
        self._rounds = 0

    def round(self) -> Solution:
        """Solve the list, look at all other pairs, and put those that could improve it on the list."""
        self._rounds += 1
        allowed = self._listing.open_pairs()
        self._listing.say(0, 0, "choosing the best pairs for everybody together")
        used, prices = self._solve(*allowed)
        self._listing.add(self._listing.look_outside(prices))
        return self._answer(allowed.only(used), prices, self._listing.bound(allowed, prices, self._bonus))

    def _solve(self, rows: Whole, columns: Whole, worth: Whole) -> tuple[Flags, Prices]:
        """The best of these pairs; those that were far from being used last time come in only when they must."""
        active = np.ones(rows.size, dtype=bool)
        if self._prices is not None:
            short = self._prices.mentee[rows] + self._prices.mentor[columns] - worth
            order = np.lexsort((short, rows))
            place = np.empty(rows.size, dtype=np.int64)
            place[order] = np.arange(rows.size) - np.searchsorted(rows, rows)
            active = (place < _NEAREST) | (short <= 0)
        while True:
            tried = rows[active], columns[active], worth[active]
            chosen = best_flow(*tried, self._places, self._bonus)
            self._prices = lowest_prices(*tried, chosen, self._places, self._bonus)
            missing = ~active & (worth > self._prices.mentee[rows] + self._prices.mentor[columns])
            if not missing.any():
                used = np.zeros(rows.size, dtype=bool)
                used[active] = chosen
                return used, self._prices
            active |= missing

    def _answer(self, chosen: Shortlist, prices: Prices, value: int) -> Solution:
        listing = self._listing
        covered = int((np.bincount(chosen.rows, minlength=self._places.first.size)[self._places.first > 0] > 0).sum())
        least = self._places.most_pairs * min(listing.bounds[0], 0)
        most_covered, bound = (value - least) // self._bonus, value - self._bonus * covered
        answer = listing.answer(chosen, most_covered, bound, method=BY_PRICES, rounds=self._rounds, again=self._again)
        trace = Trace(
            prices=prices,
            places=self._places,
            bonus=self._bonus,
            unproven=bound - int(chosen.worth.sum()),
            pinned_score=listing.pins_worth / SCALE,
            shortlist=listing.list,
            outside=listing.outside,
        )
        return replace(answer, trace=trace)
