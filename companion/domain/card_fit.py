"""Whether a card speaks to a goal: a card about one subject must be about that one, a method card takes any goal in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from companion.domain.agendas import AgendaBrief
from companion.domain.cards import Card, Slot, Stage, Topic, slots_of
from companion.domain.pairings import Goal
from companion.domain.words import content_stems, shared

CLOSE = 1.5
"""From this closeness on a card is about a need, see `CardFit`."""
CLOSE_WHEN_NEAREST = 1.0
"""The same for the nearest card of all: where nothing competes, less is enough."""
SHARE_OF_NEAREST = 0.7
"""The least share of the nearest card's closeness: beside a card that is made for the need, others only touch it.

All are set with the embedding model that ships, on judged needs that the learned part had not seen: of twenty cards
that pass, eleven are useful there, and seventeen in the cases in ``tests/evals/agenda/dev``, which are plainer."""
NEAR = 1.1
NEAR_SHARE = 0.6
"""Closeness and share from which a card may be offered as perhaps fitting: one in five is useful, so
the mentor chooses and no agenda takes one unasked."""
WORDS_IN_COMMON = 2
"""Without an embedding model: topic words of the need that one of the card's own wordings must share, or all."""


@dataclass(frozen=True)
class CardFit:
    """How well one card answers a need."""

    card: Card
    closeness: float | None
    """How near the need is to the card, from about 0 to 5: the sum of three cosines (with its nearest wording, its
    nearest three on average, its title and questions), a share of common words, and what judged needs teach. None when
    only words were compared.
    """
    score: float
    """What the ranking goes by: closeness, and what else speaks for the card."""


def cards_about(need: str, fits: Sequence[CardFit]) -> frozenset[str]:
    """Ids of the cards that are about a need. Ranking always finds something; ground rules are about no need."""
    competing = [fit for fit in fits if fit.card.topic is not Topic.CONTRACT]
    nearest = max((fit.closeness for fit in competing if fit.closeness is not None), default=0.0)
    return frozenset(fit.card.id for fit in competing if _is_about(need, fit, nearest))


def cards_near(fits: Sequence[CardFit]) -> frozenset[str]:
    """Ids of the cards that may be about a need, those that are included."""
    competing = [fit for fit in fits if fit.card.topic is not Topic.CONTRACT and fit.closeness is not None]
    nearest = max((fit.closeness or 0.0 for fit in competing), default=0.0)
    enough = max(NEAR, NEAR_SHARE * nearest)
    return frozenset(fit.card.id for fit in competing if (fit.closeness or 0.0) >= enough)


def cards_answering(question: str, fits: Sequence[CardFit]) -> frozenset[str]:
    """Ids of the cards that help to answer a question of the executive's own.

    Narrower than for a goal: a method helps to explore anything and answers nothing, and the nearest card is not enough
    by being the nearest, since a question may be about something no card knows.
    """
    nearest = max((fit.closeness for fit in fits if fit.closeness is not None), default=0.0)
    enough = max(CLOSE, SHARE_OF_NEAREST * nearest)
    of_subject = [fit for fit in fits if fit.card.topic is Topic.TOPICS and not is_method(fit.card)]
    return frozenset(
        fit.card.id
        for fit in of_subject
        if (_shares_words(question, fit.card) if fit.closeness is None else fit.closeness >= enough)
    )


def _is_about(need: str, fit: CardFit, nearest: float) -> bool:
    if fit.closeness is None:
        return _shares_words(need, fit.card)
    if fit.closeness == nearest:
        return nearest >= CLOSE_WHEN_NEAREST
    return fit.closeness >= max(CLOSE, SHARE_OF_NEAREST * nearest)


def _shares_words(need: str, card: Card) -> bool:
    wanted = min(WORDS_IN_COMMON, len(set(content_stems(need))))
    return wanted > 0 and any(shared(need, text) >= wanted for text in wordings(card))


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
