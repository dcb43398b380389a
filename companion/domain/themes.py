"""Which cards a session has room for and may use, and the themes offered to the mentor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from companion.domain.agendas import AgendaBrief
from companion.domain.card_fit import found_for, is_method, is_timely, may_fit, suits
from companion.domain.cards import Block, Card, Grade
from companion.domain.pairings import Goal
from companion.domain.slots import quotable
from companion.domain.words import any_mentioned, shortened

TAUGHT = frozenset({Block.EXPLORE, Block.PRACTICE})
"""The blocks in which the mentor teaches."""


def fills(card: Card, share: int) -> bool:
    """Whether a card's activity takes about `share` minutes."""
    return card.minutes is None or card.minutes.min <= share <= card.minutes.max


def never_suggested(brief: AgendaBrief, card: Card) -> bool:
    """Whether a card must not come in unasked: it touches something off-limits, or only the mentor may choose it."""
    texts = (card.title, card.why or "", *card.questions)
    return card.opt_in or any(any_mentioned(text, brief.off_limits) for text in texts)


@dataclass(frozen=True)
class Shape:
    """What a session of some length has room for."""

    items: int
    content: int
    """Explore and practice parts when nothing else asks for more."""
    goals: int


SHAPES: tuple[tuple[int, Shape], ...] = (
    (120, Shape(items=8, content=4, goals=3)),
    (90, Shape(items=7, content=3, goals=3)),
    (75, Shape(items=6, content=3, goals=3)),
    (45, Shape(items=6, content=2, goals=3)),
    (30, Shape(items=5, content=2, goals=3)),
    (20, Shape(items=4, content=1, goals=2)),
    (15, Shape(items=3, content=1, goals=1)),
)
"""From this many minutes on, longest first. Fifteen to nineteen minutes is the rescue form."""


def shape_of(minutes: int) -> Shape:
    """What a session of that length has room for."""
    return next(shape for start, shape in SHAPES if minutes >= start)


def is_rescue(minutes: int) -> bool:
    """Whether a session is so short that it has room for one part with content."""
    return shape_of(minutes).items == 3


@dataclass(frozen=True)
class Theme:
    """A card offered to the mentor as a theme."""

    card_id: str
    title: str
    reason: str
    """For which goal, or that it works with any, and when the card is used."""
    grade: Grade
    when: str = ""
    """The second half of `reason`, enough where only one goal is chosen."""
    perhaps: bool = False
    """Whether it only may fit, so that the mentor has to ask for it."""


def offer_themes(brief: AgendaBrief, hits: Sequence[Card]) -> tuple[Theme, ...]:
    """Three to five themes for the mentor to choose from, out of `hits` (best first) and the brief's own cards.

    The order is that of retrieval: a card about a goal and one that works with any goal compete by how well they fit.
    A card that works with any goal and belongs to other stages, and a card used lately, come in only to reach three;
    cards about something off-limits never. There are fewer than three only when there are too few cards.
    """
    queue = {card.id: card for card in (*hits, *brief.cards)}.values()
    runnable = [card for card in queue if TAUGHT & set(card.blocks) and not never_suggested(brief, card)]
    fitting = [card for card in runnable if any(may_be_chosen(brief, card, goal) for goal in brief.goals)]
    timely = [card for card in fitting if is_timely(brief, card) or not is_method(card)]
    fresh = [card for card in timely if card.id not in brief.recent_card_ids][:5]
    spare = [card for card in fitting if card not in fresh][: max(0, 3 - len(fresh))]
    return tuple(_theme(brief, card) for card in (*fresh, *spare))


def may_be_chosen(brief: AgendaBrief, card: Card, goal: Goal) -> bool:
    """Whether a card may be offered to the mentor for a goal."""
    return suits(brief, card, goal) or may_fit(brief, card, goal)


def _theme(brief: AgendaBrief, card: Card) -> Theme:
    goal = next((goal for goal in ranked(brief.goals) if found_for(brief, card, goal)), None)
    when = shortened(card.when_to_use, 140)
    if goal is not None:
        return Theme(card.id, card.title, f"For “{quotable(goal.text, 60)}”: {when}", card.grade, when)
    perhaps = next((goal for goal in ranked(brief.goals) if may_fit(brief, card, goal)), None)
    if perhaps is not None:
        reason = f"Perhaps for “{quotable(perhaps.text, 60)}”: {when}"
        return Theme(card.id, card.title, reason, card.grade, f"Perhaps: {when}", perhaps=True)
    reason = f"Works with any goal: {when}"
    return Theme(card.id, card.title, reason, card.grade, shortened(reason, 160))


def ranked(goals: Sequence[Goal]) -> list[Goal]:
    """Most important first; of equals, the order given by the caller, who knows which goal was touched last."""
    return sorted(goals, key=lambda goal: goal.priority)
