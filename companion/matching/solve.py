"""One way in: the best assignment under everything a programme decides and limits, with what is proven about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from companion.errors import InvalidInput
from companion.matching.assignment import SCALE, Places, Whole
from companion.matching.blocks import BlockScorer
from companion.matching.branches import BranchAndBound
from companion.matching.circles import CircleSearch, circle_places, left_by_size
from companion.matching.contradictions import contradictions, refuse
from companion.matching.fairness import Above, highest_threshold
from companion.matching.limits import NO_LIMITS, Circles, Limits, Loose, in_the_flow
from companion.matching.listing import CELLS_AT_ONCE, SHORTLIST, Listing
from companion.matching.quotas import MANY_PAIRS, QuotaSearch
from companion.matching.solution import (
    BY_BRANCHES,
    CIRCLES_BY_PRICES,
    NOTHING_DECIDED,
    QUOTA_BY_PRICES,
    Decisions,
    Outside,
    Shortlist,
    Solution,
    Trace,
)
from companion.matching.sparse import optimum
from companion.ports import Cancelled as CancelAsked
from companion.ports import Progress, never_cancelled, no_progress

_EVERY_PAIR = 500
"""With so many allowed pairs at most, all of them go to branch and bound; above that, prices are sooner as exact."""
_EVERY_PAIR_OF_CIRCLES = 8_000
"""The same for circles, where prices leave a gap."""
_HARDER = 5
"""With other limits besides, or the worst served first, circles take so many times as long."""
_COARSE = 64
"""In large programmes with limits that are no flow, one of so many thresholds is chosen."""


def solve(
    scorer: BlockScorer,
    places: Places,
    limits: Limits = NO_LIMITS,
    decisions: Decisions = NOTHING_DECIDED,
    *,
    before: Solution | None = None,
    good_enough: float = 0.0,
    shortlist: int = SHORTLIST,
    progress: Progress = no_progress,
    cancelled: CancelAsked = never_cancelled,
) -> Solution:
    """Within the limits, first as many people with a first mentor as can be, then the highest sum of scores.

    `before` is an earlier solution for the same scores (everything else may differ) and makes this one quicker; with
    `good_enough` above 0 the search may stop at that gap. `shortlist` decides how long it takes, never what it finds.
    The solution keeps every limit and decision. Raises InvalidInput when the pins cannot be kept or no assignment
    keeps the limits, and Cancelled.
    """
    for cap in limits.caps:
        if cap.group.size != scorer.shape[cap.side == "mentor"]:
            raise ValueError(f"the groups of the limit for {cap.name} are not one for each {cap.side}")
    refuse(contradictions(scorer, places, decisions, limits))
    in_flow, layers = in_the_flow(places, limits.caps)
    question = _Question(
        scorer=scorer,
        places=in_flow,
        loose=Loose(limits.quotas, layers, places.most_pairs),
        limits=limits,
        good_enough=good_enough,
        shortlist=shortlist,
        progress=progress,
        cancelled=cancelled,
    )
    if before is not None and before.without_threshold is not None:
        # What was read above a threshold says nothing of the pairs below it.
        before = before.without_threshold
    if limits.fair:
        return _worst_first(question, decisions, before)
    return question.answer(decisions, before)


@dataclass(frozen=True)
class _Question:
    """Scores, places and limits, whatever is decided."""

    scorer: BlockScorer
    places: Places
    """With the groups of mentors that a flow can hold."""
    loose: Loose
    """The limits that it cannot."""
    limits: Limits
    good_enough: float
    shortlist: int
    progress: Progress
    cancelled: CancelAsked
    least: int | None = None
    """No pair but a pinned one may score less, in millionths."""

    @property
    def is_flow(self) -> bool:
        return not len(self.loose) and self.limits.group_size is None

    def above(self, least: int | None) -> _Question:
        """The same with a threshold."""
        return replace(self, least=least)

    def again(self, decisions: Decisions, *, before: Solution) -> Solution:
        """The answer after other decisions. Raises InvalidInput when they cannot be kept."""
        refuse(contradictions(self.scorer, self.places, decisions, self.limits))
        return self.answer(decisions, before)

    def answer(self, decisions: Decisions, before: Solution | None) -> Solution:
        """The best assignment, by the simplest method that can find it."""
        trace = None if before is None else before.trace
        scorer = self.scorer
        if self.least is not None:
            scorer = Above(scorer, self.least, decisions.pinned)
            if trace is not None:
                strong = trace.shortlist.only(trace.shortlist.worth >= self.least)
                trace = replace(trace, shortlist=strong)
        if before is not None:
            before = replace(before, trace=trace)
        found = self._flow(scorer, decisions, before) if self.is_flow else self._limited(scorer, decisions, before)
        threshold = None if self.least is None else self.least / SCALE
        # Whoever asks the solution something later has nothing to do with the progress of this search.
        alone = replace(self, progress=no_progress, cancelled=never_cancelled)
        return replace(found, scorer=self.scorer, threshold=threshold, again=alone.again)

    def covering(self, base: Solution) -> Solution | None:
        """The answer under the same decisions, or None if it covers fewer people."""
        try:
            found = self.answer(base.decisions, base)
        except InvalidInput:
            return None
        return found if found.covered >= base.covered else None

    def _flow(self, scorer: BlockScorer, decisions: Decisions, before: Solution | None) -> Solution:
        return optimum(
            scorer,
            self.places,
            decisions,
            before=before,
            good_enough=self.good_enough,
            shortlist=self.shortlist,
            progress=self.progress,
            cancelled=self.cancelled,
        )

    def _limited(self, scorer: BlockScorer, decisions: Decisions, before: Solution | None) -> Solution:
        trace = None if before is None else before.trace
        places = self.places
        circles = None
        if self.limits.group_size is not None:
            pinned = np.bincount([column for _, column in decisions.pinned], minlength=places.mentor_room.size)
            circles = Circles(*self.limits.group_size, pinned)
            places = circle_places(places, circles)
        listing = replace(self, places=places)._listing(scorer, decisions, trace)
        if before is not None:
            freed = (before.decisions.pinned | before.decisions.rejected) - decisions.pinned - decisions.rejected
            listing.add(listing.cells(freed))
        rows, columns = np.array(sorted(decisions.pinned), dtype=np.int64).reshape(-1, 2).T
        pins = self.loose.marks(rows, columns)
        loose = self.loose.after(pins)
        found = self._at_once(listing, loose, circles)
        if circles is None:
            return found or self._by_prices(listing, loose, trace)
        found = found or self._in_circles(scorer, listing, loose, circles, before)
        return replace(found, too_few=left_by_size(scorer, listing, found, circles))

    def _at_once(self, listing: Listing, loose: Loose, circles: Circles | None) -> Solution | None:
        """Every pair before branch and bound; None where there are too many or it takes too long."""
        if self.places.mentee_room.size * self.places.mentor_room.size > CELLS_AT_ONCE:
            return None
        pairs = listing.everything()
        most = _EVERY_PAIR if circles is None else _EVERY_PAIR_OF_CIRCLES
        if circles is not None and (len(loose) or self.limits.fair):
            most //= _HARDER
        if pairs.rows.size > most:
            return None
        listing.say(0, 0, "looking for the best answer within the limits")
        marks = loose.marks(pairs.rows, pairs.columns)
        found = BranchAndBound(pairs, marks, listing.places, loose, circles, self.cancelled).best()
        if not found.possible:
            raise self._impossible()
        if not found.found:
            return None
        chosen = pairs.only(found.used)
        return listing.answer(chosen, found.most_covered, found.bound, method=BY_BRANCHES, rounds=1, again=self.again)

    def _by_prices(self, listing: Listing, loose: Loose, before: Trace | None) -> Solution:
        start = () if before is None else before.multipliers
        search = QuotaSearch(listing, loose, start, good_enough=self.good_enough, cancelled=self.cancelled)
        search.solve()
        if search.best is None:
            raise self._impossible()
        answer = listing.answer(
            search.best.pairs,
            search.most_covered,
            search.bound,
            method=QUOTA_BY_PRICES,
            rounds=listing.looks,
            again=self.again,
        )
        # Charges hid how much the pairs off the list are worth, so all of them count as unread.
        mentees, mentors = self.scorer.shape
        trace = Trace(
            prices=search.proof.prices,
            places=listing.places,
            bonus=search.proof.at[0],
            unproven=search.unproven,
            pinned_score=listing.pins_worth / SCALE,
            shortlist=listing.list,
            outside=Outside(np.full(mentees, np.inf), np.zeros(mentors)),
            multipliers=search.proof.at[1:],
            charge=search.charge,
        )
        return replace(answer, trace=trace)

    def _in_circles(
        self, scorer: BlockScorer, listing: Listing, loose: Loose, circles: Circles, before: Solution | None
    ) -> Solution:
        """First without the sizes, which bounds everything and prices the mentees, then circles at those prices."""
        inside = replace(self, places=circle_places(self.places, circles))
        if len(loose):
            relaxed = inside._by_prices(listing, loose, None if before is None else before.trace)
        else:
            relaxed = inside._flow(scorer, listing.decisions, before)
        trace = relaxed.trace
        assert trace is not None
        listing = inside._listing(scorer, listing.decisions, trace)
        search = CircleSearch(listing, loose, circles, trace.multipliers)
        search.solve(trace.prices.mentee)
        if search.best is None:
            chosen = self._any_circles(listing, loose, circles)
        else:
            chosen = search.pairs.only(search.best.used)
        covered = int((listing.places.first[np.unique(chosen.rows)] > 0).sum())
        bound = search.bound(covered)
        if covered + listing.pins_covered >= relaxed.covered:
            bound = min(bound, round(relaxed.bound * SCALE) - listing.pins_worth)
        answer = listing.answer(
            chosen,
            relaxed.most_covered - listing.pins_covered,
            bound,
            method=CIRCLES_BY_PRICES,
            rounds=relaxed.rounds,
            again=self.again,
        )
        return replace(answer, trace=trace)

    def _any_circles(self, listing: Listing, loose: Loose, circles: Circles) -> Shortlist:
        """Some circles that keep all limits, among the strongest pairs of the list. Raises InvalidInput without."""
        listing.add_everything(MANY_PAIRS)
        pairs = listing.open_pairs()
        pairs = pairs.only(np.sort(np.argsort(-pairs.worth, kind="stable")[:MANY_PAIRS]))
        marks = loose.marks(pairs.rows, pairs.columns)
        found = BranchAndBound(pairs, marks, listing.places, loose, circles, self.cancelled).best()
        if not found.found:
            raise self._impossible()
        return pairs.only(found.used)

    def _listing(self, scorer: BlockScorer, decisions: Decisions, trace: Trace | None) -> Listing:
        return Listing(scorer, self.places, decisions, trace, self.shortlist, self.progress, self.cancelled)

    def _impossible(self) -> InvalidInput:
        names = list(dict.fromkeys(self.loose.names))
        if self.limits.group_size is not None:
            names.append("the size of the circles ({} to {})".format(*self.limits.group_size))
        kept = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
        return InvalidInput(
            f"No assignment was found that keeps {kept}.",
            "Loosen a limit, or undo pins and rejections that stand against it.",
        )


def _worst_first(question: _Question, decisions: Decisions, before: Solution | None) -> Solution:
    """The highest threshold at which as many people are covered as without one, and the best answer above it."""
    base = question.answer(decisions, before)
    listing = question._listing(question.scorer, decisions, base.trace)
    everything = None if base.trace else listing.everything()
    if everything is not None:
        listing.add(everything)
    goal = base.covered - listing.pins_covered
    highest = highest_threshold(listing, goal)
    if highest is None:
        return base
    if base.trace is not None:
        base = replace(base, trace=replace(base.trace, shortlist=listing.list))
    found = question.above(highest).covering(base)
    if found is None:
        levels = np.unique(listing.open_pairs().worth)
        levels = levels[levels < highest]
        if everything is None:
            levels = levels[:: max(1, -(-levels.size // _COARSE))]
        found = _highest_that_covers(question, base, levels)
    bound = highest / SCALE if everything is None else found.threshold
    return replace(found, threshold_bound=bound, without_threshold=base)


def _highest_that_covers(question: _Question, base: Solution, levels: Whole) -> Solution:
    """The answer at the highest of these thresholds that covers as many as the one without."""
    found = base
    low, high = -1, levels.size
    while high - low > 1:
        middle = (low + high) // 2
        above = question.above(int(levels[middle])).covering(base)
        if above is None:
            high = middle
        else:
            low, found = middle, above
    return found
