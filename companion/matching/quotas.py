"""Limits that no flow can hold, in programmes of any size: each is given a price instead, and the flow does the rest.

Every pair that counts towards a limit is charged the limit's price. For any prices the best flow, with what the limits
are worth at those prices, is a bound on every assignment that keeps the limits (Lagrangian duality). The prices that
make the bound lowest are found with cutting planes in a box. Assignments that keep the limits turn up on the way; what
is left between the best of them and the bound is closed by branch and bound over the few pairs that could matter.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from companion.matching.assignment import SCALE, Whole, best_flow
from companion.matching.branches import BranchAndBound, Branched
from companion.matching.cuts import Cut, LowestPoint, highest_charge
from companion.matching.limits import Loose
from companion.matching.listing import Listing
from companion.matching.prices import Prices, lowest_prices
from companion.matching.solution import Shortlist
from companion.ports import Cancelled as CancelAsked

_ROUNDS = 6
_STEPS = 60
_CLOSE = 1e-7
"""A bound so near to that of the list alone, as a share of the sum, is not worth another look at all pairs."""
MANY_PAIRS = 20_000
"""So many pairs go to branch and bound at most."""
_FEW_EACH = 3
_FOCUS_FROM = 60_000
_NEAREST = 12
"""On a list longer than that, so many pairs of each mentee are tried first."""
_RAISES = 30
_WIDENINGS = 6


class Found(NamedTuple):
    """An assignment that keeps the limits, without the pins."""

    covered: int
    worth: int
    pairs: Shortlist


class Proof(NamedTuple):
    """Prices with which no assignment of all pairs that keeps the limits is worth more than `value`."""

    value: int
    at: tuple[int, ...]
    """The price of covering somebody, then of each limit."""
    prices: Prices


class QuotaSearch:
    """The best flow under charges, with the charges moved until the limits are kept at the least cost."""

    best: Found | None = None
    """None while none was found that keeps the limits."""
    most_covered: int
    bound: int
    """No assignment that keeps the limits and covers as many as the best is worth more."""
    proof: Proof
    _covering: int | None = None

    def __init__(
        self,
        listing: Listing,
        loose: Loose,
        start: tuple[int, ...] = (),
        *,
        good_enough: float = 0.0,
        cancelled: CancelAsked,
    ) -> None:
        """`loose` is what is left of the limits after the pins; `start` are the prices of the limits from last time."""
        self._listing, self._loose, self._cancelled, self._good_enough = listing, loose, cancelled, good_enough
        self._places = listing.places
        self._highest = highest_charge(self._places.first.size + self._places.nodes[0].size, len(loose))
        known = start if len(start) == len(loose) else (0,) * len(loose)
        self._start = tuple(min(charge, self._highest) for charge in known)
        self._read_list()
        self._near: Whole = np.arange(self._pairs.rows.size)

    def solve(self) -> None:
        """Find the best assignment and its bound; best stays None where none was found. Raises Cancelled."""
        bonus = self._listing.bonus
        self.proof = self._lowest_bound(LowestPoint(bonus, self._start, self._highest))
        least = self._places.most_pairs * min(self._listing.bounds[0], 0)
        self.most_covered = self.bound = (self.proof.value - least) // bonus
        if self.best is None:
            self._search_one()
        if self.best is None:
            return
        if not self._know_the_pairs() and self._close(self.proof):
            return
        self.bound = self.proof.value - bonus * self.best.covered
        if self._is_good_enough(self.bound):
            return
        # Between the two may stand a part of a person, which no assignment covers but the bound counts.
        covering = self._covering = self.best.covered
        self.proof = self._lowest_bound(LowestPoint(*self._split(self.proof.at), self._highest, covering))
        if not self._close(self.proof, covering):
            self.bound = min(self.bound, self.proof.value)

    @property
    def unproven(self) -> int:
        """By how much an assignment might be better than the best one, in the prices of the proof."""
        return self._gap(self.proof, self._covering)

    def charge(self, row: int, column: int) -> int:
        """What the proof charges one pair for all limits together."""
        mentors = self._places.mentor_room.size
        return int(self._loose.block(np.array([row]), self.proof.at[1:], mentors)[0, column])

    def _know_the_pairs(self) -> bool:
        """Where nobody has a second mentor there are as many pairs as people covered; whether that tightens a limit."""
        room = self._places.mentee_room
        if self.best is None or self.most_covered > self.best.covered or (room > self._places.first).any():
            return False
        before, self._loose = self._loose.most, self._loose.with_pairs(self.best.covered)
        return self._loose.most != before

    @staticmethod
    def _split(at: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
        return at[0], at[1:]

    def _is_good_enough(self, bound: int) -> bool:
        return self.best is not None and bound - self.best.worth <= self._good_enough * max(abs(bound), 1)

    def _read_list(self) -> None:
        self._pairs = self._listing.open_pairs()
        self._marks = self._loose.marks(self._pairs.rows, self._pairs.columns)

    def _lowest_bound(self, point: LowestPoint) -> Proof:
        """The lowest bound there is over all pairs, by looking outside the list until it needs no more of them."""
        best: Proof | None = None
        mentors = self._places.mentor_room.size
        looks = 0
        self._focus(point)
        while looks < _ROUNDS:
            while (at := point.next()) is not None and point.steps < _STEPS:
                self._listing.say(point.steps, 0, "weighing the limits against the scores")
                self._try(point, at)
            bonus, multipliers = self._split(point.best)
            used, prices = self._flow(self._near, point.best)
            tilted = self._tilted(multipliers)
            missing = tilted.worth > prices.mentee[tilted.rows] + prices.mentor[tilted.columns]
            missing[self._near] = False
            if missing.any():
                self._near = np.union1d(self._near, np.flatnonzero(missing))
                point.more_pairs()
                continue
            looks += 1
            tilt = partial(self._loose.block, multipliers=multipliers, mentors=mentors)
            found = self._listing.look_outside(prices, tilt, afresh=True)
            value = self._listing.bound(tilted, prices, bonus)
            value += self._loose.worth_at_most(multipliers) - bonus * point.covering
            if best is None or value < best.value:
                best = Proof(value, point.best, prices)
            close = _CLOSE * abs(int(self._pairs.worth[used].sum()))
            if not found.rows.size or best.value - (point.value or 0) <= close:
                break
            near = self._keys()[self._near]
            self._listing.add(found)
            self._read_list()
            self._near = np.flatnonzero(np.isin(self._keys(), np.concatenate([near, self._keys(found)])))
            point.more_pairs()
        assert best is not None
        return best

    def _focus(self, point: LowestPoint) -> None:
        """The pairs of the list that are tried first: those of each mentee that lack least to the prices so far."""
        everything = np.arange(self._pairs.rows.size)
        self._near = everything
        if everything.size <= _FOCUS_FROM:
            return
        bonus, charges = self._split(point.best)
        near = np.zeros(everything.size, dtype=bool)
        # Nearest where the limits cost what they do so far, and where they cost enough to change who is paired.
        for at in (point.best, (bonus, *(charge + SCALE // 4 for charge in charges))):
            _, prices = self._flow(everything, at)
            lacking = self._slack(Proof(0, at, prices))
            order = np.lexsort((lacking, self._pairs.rows))
            place = np.empty(order.size, dtype=np.int64)
            place[order] = everything - np.searchsorted(self._pairs.rows, self._pairs.rows)
            near |= (place < _NEAREST) | (lacking <= 0)
        self._near = np.flatnonzero(near)

    def _flow(self, among: Whole, at: tuple[int, ...]) -> tuple[Whole, Prices]:
        """The best flow among these pairs of the list at these prices of the limits, and the prices that prove it."""
        bonus, multipliers = self._split(at)
        tilted = self._tilted(multipliers).only(among)
        used = best_flow(*tilted, self._places, bonus)
        return among[used], lowest_prices(*tilted, used, self._places, bonus)

    def _keys(self, pairs: Shortlist | None = None) -> Whole:
        rows, columns, _ = pairs or self._pairs
        keys: Whole = rows * self._places.mentor_room.size + columns
        return keys

    def _tilted(self, multipliers: tuple[int, ...]) -> Shortlist:
        return self._pairs._replace(worth=self._pairs.worth - self._loose.tilt(self._marks, multipliers))

    def _try(self, point: LowestPoint, at: tuple[int, ...]) -> None:
        """The best flow under these charges: a cut, and perhaps an assignment that keeps the limits."""
        bonus, multipliers = self._split(at)
        tilted = self._tilted(multipliers)
        used = self._near[best_flow(*tilted.only(self._near), self._places, bonus)]
        chosen = self._pairs.only(used)
        covered, worth = self._covered(chosen), int(chosen.worth.sum())
        sums = self._loose.sums(self._marks.only(used))
        slack = [float(most - has) for most, has in zip(self._loose.most, sums, strict=True)]
        value = bonus * (covered - point.covering) + int(tilted.worth[used].sum())
        cut = Cut(worth, np.array([float(covered - point.covering), *slack]))
        point.add(at, value + self._loose.worth_at_most(multipliers), cut)
        if min(slack, default=0.0) >= 0:
            self._consider(chosen)

    def _covered(self, chosen: Shortlist) -> int:
        return int((self._places.first[np.unique(chosen.rows)] > 0).sum())

    def _consider(self, chosen: Shortlist) -> None:
        found = Found(self._covered(chosen), int(chosen.worth.sum()), chosen)
        if self.best is None or found[:2] > self.best[:2]:
            self.best = found

    def _search_one(self) -> None:
        """Charge more for the limits that are not kept until all are; failing that, look for any that keeps them."""
        bonus, multipliers = self._split(self.proof.at)
        for _ in range(_RAISES):
            used = best_flow(*self._tilted(multipliers), self._places, bonus)
            marks = self._marks.only(used)
            if self._loose.kept(marks):
                self._consider(self._pairs.only(used))
                return
            over = [has > most for has, most in zip(self._loose.sums(marks), self._loose.most, strict=True)]
            raised = zip(multipliers, over, strict=True)
            multipliers = tuple(
                min(2 * price + SCALE // 100, self._highest) if more else price for price, more in raised
            )
        nobody = np.zeros(0, dtype=np.int64)
        if self._loose.kept(self._marks.only(nobody)):
            self._consider(self._pairs.only(nobody))
        self._listing.add_everything(MANY_PAIRS)
        self._read_list()
        self._branch(self._nearest(self._slack(self.proof), MANY_PAIRS), self.most_covered)

    def _slack(self, proof: Proof) -> Whole:
        """What each listed pair lacks to its prices: an assignment with it is worth so much less than the bound."""
        tilted = self._tilted(proof.at[1:])
        lacking: Whole = proof.prices.mentee[tilted.rows] + proof.prices.mentor[tilted.columns] - tilted.worth
        return lacking

    @staticmethod
    def _nearest(lacking: Whole, most: int) -> Whole:
        """The pairs that lack least."""
        return np.sort(np.argsort(lacking, kind="stable")[:most])

    def _close(self, proof: Proof, covering: int | None = None) -> bool:
        """Search all pairs that a better assignment could use; whether that settled which one is best.

        With `covering`, the proof is about assignments that cover at least so many, and only their sum is settled.
        """
        at_most = self.most_covered if covering is None else covering
        gap = self._gap(proof, covering)
        if gap > 0 and not self._is_settled(gap):
            few = min(_FEW_EACH * self._places.first.size, MANY_PAIRS)
            if np.count_nonzero(self._slack(proof) < gap) > few:
                # A better assignment found among few pairs leaves fewer of them that could matter.
                self._branch(self._nearest(self._slack(proof), few), at_most)
                gap = self._gap(proof, covering)
        assert self.best is not None
        if gap <= 0:
            self.most_covered = self.best.covered if covering is None else self.most_covered
            self.bound = self.best.worth
            return True
        if self._is_settled(gap) or not self._list_all(proof, gap):
            return False
        near = np.flatnonzero(self._slack(proof) < gap)
        if near.size > MANY_PAIRS:
            return False
        result = self._branch(near, at_most)
        if not result.found:
            return False
        if covering is None:
            self.most_covered = max(self.best.covered, result.most_covered)
        self.bound = max(self.best.worth, result.bound)
        return True

    def _gap(self, proof: Proof, covering: int | None) -> int:
        assert self.best is not None
        return proof.value - proof.at[0] * (self.best.covered - (covering or 0)) - self.best.worth

    def _is_settled(self, gap: int) -> bool:
        """Whether the best covers as many as can be and is as good as was asked for."""
        best = self.best
        return best is not None and self.most_covered == best.covered and self._is_good_enough(best.worth + gap)

    def _list_all(self, proof: Proof, gap: int) -> bool:
        """Put every pair on the list that lacks less than the gap to its prices; False where there are too many."""
        lowered = proof.prices._replace(mentee=proof.prices.mentee - gap)
        tilt = partial(self._loose.block, multipliers=proof.at[1:], mentors=self._places.mentor_room.size)
        for _ in range(_WIDENINGS):
            if np.count_nonzero(self._slack(proof) < gap) > MANY_PAIRS:
                return False
            found = self._listing.look_outside(lowered, tilt, afresh=True)
            if not found.rows.size:
                return True
            self._listing.add(found)
            self._read_list()
        return False

    def _branch(self, chosen: Whole, at_most: int) -> Branched:
        """Branch and bound over these pairs of the list and those of the best assignment so far."""
        self._listing.say(0, 0, "looking for the best answer within the limits")
        hint = None
        if self.best is not None:
            among = np.isin(self._keys(), self._keys(self.best.pairs))
            chosen = np.union1d(chosen, np.flatnonzero(among))
            hint = among[chosen]
        marks = self._marks.only(chosen)
        pairs = self._pairs.only(chosen)
        model = BranchAndBound(pairs, marks, self._places, self._loose, None, self._cancelled)
        least = 0 if self.best is None else self.best.covered
        result = model.best(hint, at_least=least, at_most=max(least, at_most))
        if result.found:
            self._consider(pairs.only(result.used))
        return result
