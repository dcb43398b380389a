"""Whether a card speaks to a goal: a card about one subject must be about that one, a method card takes any goal in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from companion.domain.agendas import AgendaBrief
from companion.domain.cards import Card, Slot, Stage, Topic, slots_of
from companion.domain.pairings import Goal
from companion.domain.words import content_stems, shared

ABOUT = 0.4
"""From this relevance on a card is about a need, see `CardFit`."""
ABOUT_WHEN_FIRST = 0.2
"""The same for the most relevant card of all: where nothing competes, less is enough."""
PERHAPS = 0.1
"""Relevance from which a card may be offered as perhaps fitting: the mentor chooses, no agenda takes one unasked."""
WORDS_IN_COMMON = 2
"""Without an embedding model: topic words of the need that one of the card's own wordings must share, or all."""


@dataclass(frozen=True)
class CardFit:
    """How well one card answers a need."""

    card: Card
    relevance: float | None
    """1 made for the need, 2/3 useful, 1/3 arguable, 0 nothing to do with it, as far as can be expected. None when only
    words were compared."""
    score: float
    """What the ranking goes by: relevance, and what else speaks for the card."""


def cards_about(need: str, fits: Sequence[CardFit]) -> frozenset[str]:
    """Ids of the cards that are about a need. Ranking always finds something; ground rules are about no need."""
    competing = [fit for fit in fits if fit.card.topic is not Topic.CONTRACT]
    first = max((fit.relevance for fit in competing if fit.relevance is not None), default=0.0)
    return frozenset(fit.card.id for fit in competing if _is_about(need, fit, first))


def cards_near(fits: Sequence[CardFit]) -> frozenset[str]:
    """Ids of the cards that may be about a need, those that are included."""
    competing = [fit for fit in fits if fit.card.topic is not Topic.CONTRACT]
    return frozenset(fit.card.id for fit in competing if (fit.relevance or 0.0) >= PERHAPS)


def cards_answering(question: str, fits: Sequence[CardFit]) -> frozenset[str]:
    """Ids of the cards that help to answer a question of the executive's own.

    Narrower than for a goal: a method helps to explore anything and answers nothing, and the first card is not enough
    by being the first, since a question may be about something no card knows.
    """
    of_subject = [fit for fit in fits if fit.card.topic is Topic.TOPICS and not is_method(fit.card)]
    return frozenset(fit.card.id for fit in of_subject if _is_about(question, fit, first=None))


def _is_about(need: str, fit: CardFit, first: float | None) -> bool:
    if fit.relevance is None:
        wanted = min(WORDS_IN_COMMON, len(set(content_stems(need))))
        return wanted > 0 and any(shared(need, text) >= wanted for text in wordings(fit.card))
    return fit.relevance >= (ABOUT_WHEN_FIRST if fit.relevance == first else ABOUT)


def wordings(card: Card) -> tuple[str, ...]:
    """The need a card answers, in the words it may be stated in."""
    return card.asked_as or (card.title, card.when_to_use)


def is_method(card: Card) -> bool:
    """Whether a card works with any goal: the best of its questions takes the goal in."""
    return bool(card.questions) and Slot.GOAL in slots_of(card.questions[0])


def of_stage(brief: AgendaBrief, card: Card) -> bool:
    """Whether a card belongs to the session's stage, or to one that shares the session."""
    also = brief.place.also if brief.place else ()
    return not {brief.stage, *also}.isdisjoint(card.stages)


def preference(brief: AgendaBrief, card: Card) -> int:
    """How early the session's stage names the card; those it does not name are alike."""
    named = brief.arc_stage.cards if brief.arc_stage else ()
    return named.index(card.id) if card.id in named else len(named)


def found_for(brief: AgendaBrief, card: Card, goal: Goal) -> bool:
    """Whether retrieval found the card to be about the goal. Ground rules are about no goal."""
    return card.topic is not Topic.CONTRACT and (goal.id, card.id) in brief.about


def suits(brief: AgendaBrief, card: Card, goal: Goal) -> bool:
    """Whether a card may be picked for a goal unasked."""
    return card.topic is not Topic.CONTRACT and (found_for(brief, card, goal) or is_method(card))


def is_timely(brief: AgendaBrief, card: Card) -> bool:
    """Whether a card may come in this stage: its own, and any other when a goal is about it.

    A method comes no earlier than in the first of its stages: nothing is shown or tried before it was asked about.
    """
    found = any(found_for(brief, card, goal) for goal in brief.goals)
    return of_stage(brief, card) or (found and not (is_method(card) and _too_early(brief, card)))


def _too_early(brief: AgendaBrief, card: Card) -> bool:
    order = list(Stage)
    return order.index(brief.stage) < min(map(order.index, card.stages))


def may_fit(brief: AgendaBrief, card: Card, goal: Goal) -> bool:
    """Whether a card about one subject may be offered for a goal that it is perhaps about."""
    return card.topic is not Topic.CONTRACT and not is_method(card) and (goal.id, card.id) in brief.near


def speaks_to(brief: AgendaBrief, card: Card, goal: Goal) -> bool:
    """Whether a card's questions count as being about the goal as they stand: found for it, or the mentor's choice."""
    chosen = card.topic is not Topic.CONTRACT and any(card.id == theme.id for theme in brief.theme_cards)
    return chosen or found_for(brief, card, goal)


def names(text: str, goal: Goal) -> bool:
    """Whether a sentence takes the goal in: two of its topic words, or all when it has fewer."""
    return shared(text, goal.text) >= min(2, len(set(content_stems(goal.text))))
