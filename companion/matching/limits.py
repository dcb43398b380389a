"""What a programme limits beyond the room of each person, and which of it a flow can hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from companion.errors import InvalidInput
from companion.matching.assignment import Flags, Places, SharedPlaces, Whole
from companion.matching.blocks import slices

_CELLS_AT_ONCE = 4_000_000
_FINEST_SHARE = 10_000


@dataclass(frozen=True)
class Cap:
    """At most so many new pairings of the people in each group; layers of groups may lie across each other."""

    group: Whole
    """The group of each mentor (or mentee), counted from 0; -1 for those in none."""
    most: Whole
    """Per group; running pairings are taken off already. Below 0 is 0."""
    name: str = "the group"
    """What the group is, as in "the department"."""
    side: Literal["mentor", "mentee"] = "mentor"


@dataclass(frozen=True)
class Quota:
    """At most, or at least, so many or such a share of the new pairings (pins included) are such that `counts`."""

    name: str
    """What counts, as in "pairs within one region"."""
    counts: Callable[[Whole], Flags]
    """Called with some mentee rows; which of their pairs count, shape (rows, mentors)."""
    share: float | None = None
    """Of the pairings made, from 0 to 1, exact to four digits; or else `number`."""
    number: int | None = None
    at_least: bool = False

    def __post_init__(self) -> None:
        if (self.share is None) == (self.number is None):
            raise InvalidInput(f"The quota for {self.name} needs either a share or a number.", "Give one of the two.")
        if self.share is not None and not 0 <= self.share <= 1:
            raise InvalidInput(f"The quota for {self.name} is {self.share}.", "Give a share from 0 to 1.")
        if self.number is not None and self.number < 0:
            raise InvalidInput(f"The quota for {self.name} is {self.number}.", "Give a number from 0.")

    @property
    def is_a_most(self) -> bool:
        """Whether no more than a number may count, whatever else is made."""
        return self.number is not None and not self.at_least

    @property
    def hit_and_miss(self) -> tuple[Fraction, Fraction, int]:
        """What a pair that counts and one that does not count for, and the most that all may sum up to."""
        sign = -1 if self.at_least else 1
        if self.number is not None:
            return Fraction(sign), Fraction(0), sign * self.number
        share = Fraction(self.share or 0.0).limit_denominator(_FINEST_SHARE)
        return sign * (1 - share), -sign * share, 0


@dataclass(frozen=True)
class Limits:
    """Everything that is limited; the defaults limit nothing."""

    caps: tuple[Cap, ...] = ()
    quotas: tuple[Quota, ...] = ()
    fair: bool = False
    """The worst served first: no pair scores less than it must for as many people as possible to be covered."""
    group_size: tuple[int, int] | None = None
    """Circles: a mentor takes no new mentee, or from the first to the second (pins included)."""

    def __post_init__(self) -> None:
        if self.group_size is not None and not 1 <= self.group_size[0] <= self.group_size[1]:
            least, most = self.group_size
            raise InvalidInput(f"Circles of {least} to {most} people cannot be.", "Give a smaller and a larger number.")
        for cap in self.caps:
            if cap.group.size and not -1 <= cap.group.min() <= cap.group.max() < cap.most.size:
                raise InvalidInput(f"A limit for {cap.name} names a group that has no number.", "Give one per group.")


NO_LIMITS = Limits()


@dataclass(frozen=True)
class Circles:
    """How many new mentees a mentor takes, if any at all."""

    least: int
    most: int
    pinned: Whole
    """How many each mentor has by pins."""


class Marks(NamedTuple):
    """What the loose limits say of some pairs."""

    counts: Flags
    """Shape (quotas, pairs)."""
    groups: Whole
    """The row of the limit each pair falls under in each layer, -1 for none; shape (layers, pairs)."""

    def only(self, keep: Flags | Whole) -> Marks:
        """Some of the pairs."""
        return Marks(self.counts[:, keep], self.groups[:, keep])


class Loose:
    """The limits that no flow can hold: one sum over the pairs for each, with the most it may come to.

    The quotas come first, then the groups of one layer after the other. A pair counts for `hit` or `miss` in each
    quota and for 1 in each group it is in; `most` is what is left of it after the pins. A quota that is a share stands
    there a second time as the number it comes to: half a person more makes no difference to an assignment, but a
    great one to a bound.
    """

    def __init__(self, quotas: Sequence[Quota], layers: Sequence[Cap], most_pairs: int) -> None:
        """No assignment has more than `most_pairs`."""
        shares = [(quota, -quota.hit_and_miss[1]) for quota in quotas if quota.share is not None and not quota.at_least]
        self._shares = [share for _, share in shares]
        numbers = [Quota(one.name, one.counts, number=int(share * most_pairs)) for one, share in shares]
        self._whole = slice(len(quotas), len(quotas) + len(numbers))
        quotas = [*quotas, *numbers]
        self._quotas, self._layers = quotas, layers
        rules = [quota.hit_and_miss for quota in quotas]
        sizes = [layer.most.size for layer in layers]
        self._starts = [len(rules) + sum(sizes[:number]) for number in range(len(sizes))]
        ones = [Fraction(1)] * sum(sizes)
        self.hit = [hit for hit, _, _ in rules] + ones
        self.miss = [miss for _, miss, _ in rules] + [Fraction(0)] * len(ones)
        self.most = [Fraction(most) for _, _, most in rules]
        self.most += [Fraction(max(int(most), 0)) for layer in layers for most in layer.most]
        self.names = [f"the quota for {quota.name}" for quota in quotas]
        self.names += [f"the limit for {layer.name}" for layer in layers for _ in layer.most]

        nobody = np.empty(0, dtype=np.int64)
        self._pins = self.marks(nobody, nobody)

    def __len__(self) -> int:
        return len(self.hit)

    def marks(self, rows: Whole, columns: Whole) -> Marks:
        """For pairs sorted by row."""
        counts = np.zeros((len(self._quotas), rows.size), dtype=bool)
        people = np.unique(rows)
        for number, quota in enumerate(self._quotas):
            for piece in slices(people.size, _CELLS_AT_ONCE, int(columns.max(initial=0)) + 1):
                block = people[piece]
                part = slice(*np.searchsorted(rows, [block[0], block[-1] + 1]))
                counts[number, part] = quota.counts(block)[np.searchsorted(block, rows[part]), columns[part]]
        groups = np.full((len(self._layers), rows.size), -1, dtype=np.int64)
        for number, (layer, start) in enumerate(zip(self._layers, self._starts, strict=True)):
            own = layer.group[columns if layer.side == "mentor" else rows]
            groups[number] = np.where(own >= 0, own + start, -1)
        return Marks(counts, groups)

    def sums(self, marks: Marks) -> list[Fraction]:
        """What these pairs come to in each limit."""
        pairs = marks.counts.shape[1]
        hits = marks.counts.sum(axis=1).tolist()
        sums = [hit * self.hit[number] + (pairs - hit) * self.miss[number] for number, hit in enumerate(hits)]
        inside = np.bincount(marks.groups[marks.groups >= 0], minlength=len(self))[len(hits) :]
        return sums + [Fraction(int(many)) for many in inside]

    def kept(self, marks: Marks) -> bool:
        """Whether these pairs keep every limit."""
        return all(has <= most for has, most in zip(self.sums(marks), self.most, strict=True))

    def after(self, pins: Marks) -> Loose:
        """The limits that are left for the other pairs when the pins are made."""
        left = copy(self)
        left._pins = pins
        left.most = [most - has for most, has in zip(self.most, self.sums(pins), strict=True)]
        return left

    def with_pairs(self, pairs: int) -> Loose:
        """The limits when it is known how many pairs there are, the pins not counted."""
        left = copy(self)
        pairs += self._pins.counts.shape[1]
        both = zip(self.most[self._whole], self._shares, self.sums(self._pins)[self._whole], strict=True)
        numbers = [min(most, Fraction(int(share * pairs)) - has) for most, share, has in both]
        left.most = [*self.most[: self._whole.start], *numbers, *self.most[self._whole.stop :]]
        return left

    def charges(self, multipliers: Sequence[int]) -> tuple[Whole, Whole]:
        """What one pair that counts, and one that does not, is charged for each limit, rounded down.

        Rounded down, the charges of any pairs that keep the limits never exceed `multipliers` times `most`, which is
        what makes a bound of them.
        """
        both = zip(multipliers, self.hit, self.miss, strict=True)
        charges = [[times * part.numerator // part.denominator for part in (hit, miss)] for times, hit, miss in both]
        hit, miss = np.array(charges, dtype=np.int64).reshape(-1, 2).T
        return hit, miss

    def tilt(self, marks: Marks, multipliers: Sequence[int]) -> Whole:
        """What each pair is charged altogether."""
        hit, miss = self.charges(multipliers)
        quotas = len(self._quotas)
        total = np.zeros(marks.counts.shape[1], dtype=np.int64)
        for number in range(quotas):
            total += np.where(marks.counts[number], hit[number], miss[number])
        padded = np.append(hit, 0)
        for groups in marks.groups:
            total += padded[groups]
        return total

    def block(self, rows: Whole, multipliers: Sequence[int], mentors: int) -> npt.NDArray[np.int64]:
        """What every pair of these rows is charged, shape (rows, mentors)."""
        hit, miss = self.charges(multipliers)
        total = np.zeros((rows.size, mentors), dtype=np.int64)
        for number, quota in enumerate(self._quotas):
            if hit[number] or miss[number]:
                total += np.where(quota.counts(rows), hit[number], miss[number])
        for layer, start in zip(self._layers, self._starts, strict=True):
            charge = np.append(hit[start : start + layer.most.size], 0)
            total += charge[layer.group][None, :] if layer.side == "mentor" else charge[layer.group[rows]][:, None]
        return total

    def worth_at_most(self, multipliers: Sequence[int]) -> int:
        """What the charges of pairs that keep the limits come to at most."""
        return sum(
            -(-times * most.numerator // most.denominator) for times, most in zip(multipliers, self.most, strict=True)
        )


def in_the_flow(places: Places, caps: Sequence[Cap]) -> tuple[Places, list[Cap]]:
    """The places with the groups that lie within one another, and the layers that are left because they cross those.

    Groups of mentees are always left. Of layers that cross each other the earlier one goes into the flow.
    """
    mentors = places.mentor_room.size
    nested: list[Cap] = []
    left: list[Cap] = []
    for cap in caps:
        fits = cap.side == "mentor" and all(_nested(cap.group, other.group) for other in nested)
        (nested if fits else left).append(cap)
    if not nested:
        return places, left
    groups = [(layer.group == group, max(int(most), 0)) for layer in nested for group, most in enumerate(layer.most)]
    groups.sort(key=lambda one: -int(one[0].sum()))
    around = np.full(mentors + len(groups), -1, dtype=np.int64)
    for number, (members, _) in enumerate(groups):
        inside = np.flatnonzero(members)
        if inside.size:
            around[mentors + number] = around[inside[0]]
            around[inside] = number
    room = np.array([most for _, most in groups], dtype=np.int64)
    return replace(places, shared=SharedPlaces(around, room)), left


def _nested(one: Whole, other: Whole) -> bool:
    """Whether of any two groups that share somebody, one lies in the other."""
    both = (one >= 0) & (other >= 0)
    if not both.any():
        return True
    together, count = np.unique(np.stack([one[both], other[both]]), axis=1, return_counts=True)
    sizes = [np.bincount(side[side >= 0]) for side in (one, other)]
    return bool(((count == sizes[0][together[0]]) | (count == sizes[1][together[1]])).all())
