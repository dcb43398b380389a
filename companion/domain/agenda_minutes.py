"""Minutes for the parts of a session to be: what each may take, what has to go, who teaches how much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from companion.domain.agenda_items import PLAIN
from companion.domain.agendas import CONTENT_BLOCKS, GIVE_BACK_MINUTES, MENTOR_TEACHING_SHARE, TAUGHT_BY, AgendaBrief
from companion.domain.arc import Opening
from companion.domain.cards import Block, Card
from companion.domain.pairings import Goal
from companion.domain.people import Role
from companion.domain.sessions import Commitment
from companion.domain.themes import TAUGHT, is_rescue
from companion.domain.time_boxes import Box, allocate, kept

AGREEMENT_SHARE = 1 / 3
"""The most that ground rules may take of the time in which the mentor leads: the executive came for the goal."""

GIVING, AGREEING = "giving back", "ground rules"


@dataclass(frozen=True)
class Part:
    """One item to be: what it is about, before minutes and words."""

    block: Block
    card: Card | None
    goal: Goal | None = None
    commitments: tuple[Commitment, ...] = ()
    drop_rank: int = 0
    opening: Opening | None = None
    """Its words, for the part that comes first after something went wrong."""


def timed(brief: AgendaBrief, parts: list[Part]) -> tuple[list[Part], tuple[int, ...]]:
    """Minutes for the parts; what does not fit goes, and neither giving back nor ground rules outgrow their share."""
    most = {GIVING: GIVE_BACK_MINUTES, AGREEING: brief.minutes}
    while True:
        boxes = [_box(brief, part, parts, most) for part in parts]
        parts = [parts[i] for i in kept(boxes, brief.minutes)]
        boxes = [_box(brief, part, parts, most) for part in parts]
        minutes = allocate(boxes, brief.minutes)
        lengths = list(zip(parts, minutes, strict=True))
        taught = sum(length for part, length in lengths if part.block in TAUGHT)
        agreeing = sum(length for part, length in lengths if kind(part) == AGREEING)
        if 0 < agreeing < taught and agreeing > taught * AGREEMENT_SHARE:
            outgrown = AGREEING
            most[outgrown] = min(most[outgrown], agreeing) - 1
        elif teaching_share((part.block, length) for part, length in lengths) < MENTOR_TEACHING_SHARE:
            outgrown = GIVING
            most[outgrown] -= 1
        else:
            return parts, minutes
        if most[outgrown] < 2:
            parts = [part for part in parts if kind(part) != outgrown]


def kind(part: Part) -> str:
    """Which limit of its own a part has, if any; teaching without a goal is agreeing on ground rules."""
    if part.block is Block.REVERSE_ASK:
        return GIVING
    return AGREEING if part.block in TAUGHT and part.goal is None else ""


def teaching_share(blocks: Iterable[tuple[Block, int]]) -> float:
    """The mentor's part of the teaching minutes, 0 to 1; 1 when nobody teaches."""
    by_role = {Role.MENTOR: 0, Role.MENTEE: 0}
    for block, minutes in blocks:
        if (role := TAUGHT_BY[block]) is not None:
            by_role[role] += minutes
    total = sum(by_role.values())
    return by_role[Role.MENTOR] / total if total else 1.0


def _box(brief: AgendaBrief, part: Part, parts: list[Part], most: Mapping[str, int]) -> Box:
    rescue = is_rescue(brief.minutes)
    low, usual, high = PLAIN[part.block].minutes
    # A card beside the executive's own question is a source, not an activity that needs its time.
    if part.card is not None and part.card.minutes is not None and part.block is not Block.OWN_QUESTION:
        low, usual, high = part.card.minutes.min, part.card.minutes.usual, part.card.minutes.max
    low, usual, high, weight = _staged(brief, part, low, usual, high)
    if part.block is Block.REVERSE_ASK:
        high = most[GIVING]
        low = high if brief.minutes >= 45 else low
    elif part.block not in CONTENT_BLOCKS:
        high = min(high, 2 if rescue else 10 if brief.minutes >= 45 else 5)
    else:
        content = sum(TAUGHT_BY[other.block] is Role.MENTOR for other in parts)
        framing = 4 if rescue else 3 * (len(parts) - content)
        low = min(low, max(1, (brief.minutes - framing) // content))
        high = min(high, most.get(kind(part), high))
    low = min(low, high, 3 if part.block not in CONTENT_BLOCKS else low)
    usual = max(low, min(usual, high))
    return Box(low, usual, high, weight, part.drop_rank, stretch=part in _for_goals(parts))


def _for_goals(parts: list[Part]) -> list[Part]:
    """The parts that take the time nobody else needs: those for a goal, else the executive's own question."""
    taught = [part for part in parts if part.block in TAUGHT and part.goal is not None]
    return taught or [part for part in parts if part.block is Block.OWN_QUESTION]


def _staged(brief: AgendaBrief, part: Part, low: int, usual: int, high: int) -> tuple[int, int, int, float]:
    """Minutes as the stage has them, or the opening part's own, and the weight with which it attracts spare time."""
    if part.opening is not None:
        return (
            part.opening.min,
            max(part.opening.min, (part.opening.min + part.opening.max) // 2),
            part.opening.max,
            1.0,
        )
    time = brief.arc_stage.blocks.of(part.block) if brief.arc_stage else None
    if time is None:
        return low, usual, high, 1.0
    low, high = max(low, time.min), min(high, time.max)
    # Where a card and the stage cannot agree, the stage has the last word.
    low, high = (low, high) if low <= high else (time.min, time.max)
    return low, max(low, min(usual, high)), high, time.weight
