"""Pins that cannot be kept, each with the reason, before anything is solved."""

from __future__ import annotations

import numpy as np

from companion.errors import InvalidInput
from companion.matching.assignment import Places
from companion.matching.blocks import BlockScorer
from companion.matching.limits import NO_LIMITS, Limits
from companion.matching.solution import Cell, Decisions


def contradictions(
    scorer: BlockScorer, places: Places, decisions: Decisions, limits: Limits = NO_LIMITS
) -> list[tuple[Cell, str]]:
    """The pins that cannot be kept, each with the reason in words that follow the pair, sorted by pair."""
    room = _Room(places, limits)
    return [(cell, why) for cell in sorted(decisions.pinned) if (why := _why_not(scorer, decisions, room, cell))]


def refuse(found: list[tuple[Cell, str]]) -> None:
    """Raise InvalidInput that names each of these pairs by row and column, if there are any."""
    if found:
        said = "; ".join(f"the pair of row {row + 1} and column {column + 1} {why}" for (row, column), why in found)
        raise InvalidInput(
            f"{len(found)} pinned {'pair' if len(found) == 1 else 'pairs'} cannot be kept: {said}.",
            "Unpin them, or change the rule, the limit or the capacity that stands against them.",
        )


class _Room:
    """What is left of every place and every limit as one pin after the other takes its part."""

    def __init__(self, places: Places, limits: Limits) -> None:
        self._mentees, self._mentors = places.mentee_room.copy(), places.mentor_room.copy()
        self._caps = [(cap, cap.most.copy()) for cap in limits.caps]
        self._quotas = [(quota, quota.number or 0) for quota in limits.quotas if quota.is_a_most]
        self._sizes = limits.group_size
        self._in_circle = np.zeros(places.mentor_room.size, dtype=np.int64)
        self._capacity = places.mentor_room

    def lacks(self, row: int, column: int) -> str:
        """Why there is no place for one more pair, or nothing; the pair takes its place."""
        reasons = []
        self._mentees[row] -= 1
        self._mentors[column] -= 1
        if self._mentees[row] < 0:
            reasons.append("needs one more place than the mentee has")
        if self._mentors[column] < 0:
            reasons.append("needs one more place than the mentor has")
        for cap, left in self._caps:
            group = cap.group[column if cap.side == "mentor" else row]
            if group >= 0:
                left[group] -= 1
                if left[group] < 0:
                    reasons.append(f"is one more than the limit for {cap.name} allows")
        for number, (quota, left_of_it) in enumerate(self._quotas):
            if quota.counts(np.array([row]))[0, column]:
                self._quotas[number] = quota, left_of_it - 1
                if left_of_it <= 0:
                    reasons.append(f"is one more than the quota for {quota.name} allows")
        if self._sizes is not None:
            self._in_circle[column] += 1
            least, most = self._sizes
            if self._in_circle[column] > most:
                reasons.append(f"is one more than a circle of {most} holds")
            elif self._capacity[column] < least:
                reasons.append(f"needs a circle of {least}, and the mentor has fewer places")
        return reasons[0] if reasons else ""


def _why_not(scorer: BlockScorer, decisions: Decisions, room: _Room, cell: Cell) -> str:
    if any(not 0 <= place < size for place, size in zip(cell, scorer.shape, strict=True)):
        return "is not in the programme"
    lacks = room.lacks(*cell)
    if cell in decisions.rejected:
        return "is both pinned and rejected"
    if not np.isfinite(scorer.score_block(slice(cell[0], cell[0] + 1))[0, cell[1]]):
        return "is forbidden by a hard rule"
    return lacks
