"""Pairs the admin has pinned: which can be kept, and what stands against the others, said with names."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from companion.domain.matching import ExclusionReason
from companion.domain.review_rules import RuleKind
from companion.domain.text import plain
from companion.errors import InvalidInput
from companion.matching.assignment import Places
from companion.matching.contradictions import contradictions
from companion.matching.eligibility import Candidates, reason_of
from companion.matching.limits import NO_LIMITS, Limits
from companion.matching.prospects import Prospects
from companion.matching.reporting_lines import named
from companion.matching.scoring import Scores
from companion.matching.solution import Decisions
from companion.ports import MatchRequest

_TOLD = 5

Cell = tuple[int, int]


class Pins(NamedTuple):
    """The pins of a run."""

    cells: frozenset[Cell]
    """(row, column) of each pinned pair that is not running already."""
    warnings: tuple[str, ...]


def kept_pins(candidates: Candidates, scores: Scores, request: MatchRequest, limits: Limits = NO_LIMITS) -> Pins:
    """The pins that hold in this run. Raises InvalidInput when one cannot be kept, naming the people."""
    sides, cells, gone = candidates.ground.sides, set(), []
    for rule in request.rules:
        if rule.kind is not RuleKind.PIN or (rule.mentor_id, rule.mentee_id) in request.active_pairs:
            continue
        cell = sides.cell(rule.mentor_id, rule.mentee_id)
        if cell is None:
            missing = rule.mentor_id if rule.mentor_id not in sides.columns else rule.mentee_id
            gone.append(
                f"A pin names '{plain(missing, one_line=True)}', who is not in the programme; it was left out. Lift it."
            )
        else:
            cells.add(cell)
    pins = frozenset(cells)
    against = [*_ruled_out(candidates, scores, request, pins), *_without_room(candidates, pins)]
    against = against or _beyond_limits(candidates, scores, request, pins, limits)
    if against:
        more = f" And {len(against) - _TOLD} more." if len(against) > _TOLD else ""
        raise InvalidInput(
            f"{'A pin' if len(pins) == 1 else 'Some pins'} cannot be kept. {' '.join(against[:_TOLD])}{more}",
            "Lift the pin, or the rule or capacity that stands against it; then match again. Nothing was changed.",
        )
    return Pins(pins, tuple(gone))


def _ruled_out(candidates: Candidates, scores: Scores, request: MatchRequest, pins: frozenset[Cell]) -> list[str]:
    """What the rules have against single pins; the floor has nothing to say, because the admin decided."""
    prospects = Prospects(candidates, scores, request.programme.matching, pins)
    said = []
    for row, column in sorted(pins):
        reason = reason_of(prospects.verdict(row, column))
        if reason not in (None, ExclusionReason.NO_CAPACITY):
            pair = f"{named(candidates.mentors[column])} and {named(candidates.mentees[row])}"
            said.append(f"{pair} are pinned, but a rule rules them out: {WORDS.get(reason, reason.value)}.")
    return said


def _beyond_limits(
    candidates: Candidates, scores: Scores, request: MatchRequest, pins: frozenset[Cell], limits: Limits
) -> list[str]:
    places = Places(candidates.mentee_room, candidates.mentor_room, candidates.mentee_taken > 0)
    prospects = Prospects(candidates, scores, request.programme.matching, pins)
    return [
        f"The pinned pair of {named(candidates.mentors[column])} and {named(candidates.mentees[row])} {why}."
        for (row, column), why in contradictions(prospects, places, Decisions(pins), limits)
    ]


def _without_room(candidates: Candidates, pins: frozenset[Cell]) -> list[str]:
    said = []
    for side, people, room, taken in (
        (0, candidates.mentees, candidates.mentee_room, candidates.mentee_taken),
        (1, candidates.mentors, candidates.mentor_room, candidates.mentor_taken),
    ):
        for place, count in sorted(Counter(cell[side] for cell in pins).items()):
            if count > room[place]:
                times = "once" if count == 1 else f"{count} times"
                left = (
                    "no free place"
                    if room[place] == 0
                    else f"{room[place]} free " + ("place" if room[place] == 1 else "places")
                )
                running = f" ({taken[place]} running)" if taken[place] else ""
                said.append(f"{named(people[place])} is pinned {times} and has {left}{running}.")
    return said


WORDS = {
    ExclusionReason.SAME_PERSON: "they are the same person",
    ExclusionReason.REPORTING_LINE: "one stands above the other in the reporting line",
    ExclusionReason.NO_COMMON_LANGUAGE: "they share no language",
    ExclusionReason.BLOCKED: "you ruled that these two are never paired",
    ExclusionReason.NO_CAPACITY: "one of them has no free place",
    ExclusionReason.ALREADY_PAIRED: "they are paired already",
    ExclusionReason.DECLINED_BEFORE: "you declined this pair before",
    ExclusionReason.PAIRED_BEFORE: "they were paired before",
    ExclusionReason.OPTED_OUT: "one of them has opted out of matching",
    ExclusionReason.NOT_WISHED: "a private wish rules it out",
    ExclusionReason.HELD_BACK: "one of them is held back by you",
    ExclusionReason.HOURS_APART: "their clocks are too many hours apart",
    ExclusionReason.SHARED_HOURS: "they share too few free hours",
    ExclusionReason.LOCATION: "the rule about locations forbids it",
    ExclusionReason.LEVEL_GAP: "the executive is not far enough above the mentor",
    ExclusionReason.SAME_DEPARTMENT: "they are in the same department, which you ruled out for one of them",
    ExclusionReason.NOT_JOINING: "neither of them is part of this run",
    ExclusionReason.BELOW_FLOOR: "no offer comes near a need",
}
"""Why two people cannot be paired, as the end of a sentence. Who does not want whom is never said."""
