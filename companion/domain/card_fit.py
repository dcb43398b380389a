"""Whether a card speaks to a goal: a card about one subject must be about that one, a method card takes any goal in."""

from __future__ import annotations

from companion.domain.agendas import AgendaBrief
from companion.domain.cards import Card, Slot, Topic, slots_of
from companion.domain.pairings import Goal
from companion.domain.words import content_stems, shared

SIMILARITY_FLOORS = (0.55, 0.42, 0.38, 0.20)
"""The least similarity of a card that is about a goal, by how many topic words its title and "when to use" share
with the goal: none, one, two, three or more. Set by reading what the sample's needs find with the embedding model
that ships: neither words nor meaning alone tell "AI tools" from "Python" or "data notebook" from "feedback"."""


def is_about(goal_text: str, card: Card, similarity: float | None) -> bool:
    """Whether a card found for a goal is about it; `similarity` is the cosine, None when only words were compared."""
    words = min(shared(goal_text, f"{card.title} {card.when_to_use}"), len(SIMILARITY_FLOORS) - 1)
    if similarity is None:
        return words == len(SIMILARITY_FLOORS) - 1
    return similarity >= SIMILARITY_FLOORS[words]


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


def speaks_to(brief: AgendaBrief, card: Card, goal: Goal) -> bool:
    """Whether a card's questions count as being about the goal as they stand: found for it, or the mentor's choice."""
    chosen = card.topic is not Topic.CONTRACT and any(card.id == theme.id for theme in brief.theme_cards)
    return chosen or found_for(brief, card, goal)


def names(text: str, goal: Goal) -> bool:
    """Whether a sentence takes the goal in: two of its topic words, or all when it has fewer."""
    return shared(text, goal.text) >= min(2, len(set(content_stems(goal.text))))
