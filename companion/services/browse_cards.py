"""Browse the practice cards, ours and the programme's own: find them, read them, see where agendas use them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from companion.domain.cards import Card, Stage, Topic
from companion.services import pairings
from companion.services.companion import Companion, existing

_CARD_ID = re.compile(r"RM-\d{3}")
_ENOUGH = 200


@dataclass(frozen=True)
class Use:
    """A part of an agenda that was made from a card."""

    session: str
    """``session 2 with Laurent, held``"""
    question: str


@dataclass(frozen=True)
class Shelf:
    """All cards, and what is known about them here."""

    cards: Mapping[str, Card]
    own: frozenset[str]
    """Ids of the programme's own cards, those that replace one of ours included."""
    uses: Mapping[str, tuple[Use, ...]] = field(default_factory=dict)

    def against(self, card: Card) -> tuple[tuple[str, str], ...]:
        """What contradicts a card: (id, title) of another card, or ("", a sentence that names a source)."""
        named = ((text, self.cards.get(text)) for text in card.contradicted_by)
        return tuple((other.id, other.title) if other else ("", text) for text, other in named)


@dataclass(frozen=True)
class Wanted:
    """What is looked for; nothing said finds everything."""

    words: str = ""
    stage: Stage | None = None
    topic: Topic | None = None

    def takes(self, card: Card) -> bool:
        """Whether a card is of the stage and the topic."""
        return (self.stage is None or self.stage in card.stages) and (self.topic is None or self.topic is card.topic)


def shelf(companion: Companion, *, with_uses: bool = True) -> Shelf:
    """The cards of this home, and where agendas use them: those of the mentor who sits here, else all."""
    cards = {card.id: card for card in companion.cards.get()}
    folder = companion.home.knowledge
    files = [path.name for path in folder.glob("RM-*.md")] if folder.is_dir() else []
    own = frozenset(found[0] for name in files if (found := _CARD_ID.match(name)) and found[0] in cards)
    return Shelf(cards, own, _uses(companion) if with_uses else {})


def _uses(companion: Companion) -> dict[str, tuple[Use, ...]]:
    me = companion.settings.me
    views = [view for view in pairings.view_all(companion, active_only=False) if me in ("", view.mentor.id)]
    sessions = {one.id: (one, view) for view in views for one in view.sessions}
    uses: defaultdict[str, list[tuple[int, Use]]] = defaultdict(list)
    with companion.store.get().read() as tx:
        agendas = tx.agendas.heads()
    for agenda in agendas:
        if agenda.session_id not in sessions:
            continue
        session, view = sessions[agenda.session_id]
        mentor = "" if me else f"{view.mentor.given_name}'s "
        where = f"{mentor}session {session.number} with {view.mentee.given_name}, {session.status.value}"
        for item in agenda.items:
            if item.card_id:
                uses[item.card_id].append((session.number, Use(where, item.question.text)))
    return {card: tuple(use for _, use in sorted(found, key=lambda one: one[0])) for card, found in uses.items()}


def by_words(companion: Companion, shelf: Shelf, wanted: Wanted) -> list[Card]:
    """The cards that share words with what is looked for, best first, then those that hold it as it stands.

    Quick: no embedding model is loaded. Without any words all cards of the stage and topic, by id.
    """
    cards = [card for card in shelf.cards.values() if wanted.takes(card)]
    typed = " ".join(wanted.words.casefold().split())
    if not typed:
        return cards
    index = companion.knowledge.peek()
    found = [] if index is None else index.search(wanted.words, _ENOUGH, where=wanted.takes, dense=False)
    holding = sorted(
        (card for card in cards if typed in _text(card)),
        key=lambda card: typed not in f"{card.id} {card.title}".casefold(),
    )
    return _each_once(shelf, wanted, (*(hit.card for hit in found), *holding))


def by_meaning(companion: Companion, shelf: Shelf, wanted: Wanted, limit: int = 12) -> list[Card]:
    """The cards nearest in meaning and words, best first, before all others that share words.

    Loads the embedding model the first time; without one it is the search by words. Raises SearchError.
    """
    if not wanted.words.strip():
        return by_words(companion, shelf, wanted)
    hits = companion.knowledge.get().search(wanted.words, limit, where=wanted.takes)
    return _each_once(shelf, wanted, (*(hit.card for hit in hits), *by_words(companion, shelf, wanted)))


def _each_once(shelf: Shelf, wanted: Wanted, found: Iterable[Card]) -> list[Card]:
    """The cards in their order; the one whose id was typed comes first."""
    typed = shelf.cards.get(wanted.words.strip().upper())
    first = [typed] if typed is not None and wanted.takes(typed) else []
    return list({card.id: card for card in (*first, *found)}.values())


def card_named(shelf: Shelf, card_id: str) -> Card:
    """The card of that id, in capitals or not. Raises NotFound."""
    return existing(shelf.cards.get(card_id.upper()), "practice card", card_id[:40], "companion knowledge lists them.")


def sheet(shelf: Shelf, card: Card) -> str:
    """A card as Markdown."""
    from companion.delivery.card_sheet import card_sheet

    return card_sheet(
        card,
        own=card.id in shelf.own,
        against=[f"{card_id} {text}".strip() for card_id, text in shelf.against(card)],
        uses=[f"{use.session}: {use.question}" for use in shelf.uses.get(card.id, ())],
    )


def _text(card: Card) -> str:
    """Everything on a card that can be looked for."""
    sections = (f"{heading} {text}" for heading, text in card.sections)
    sources = (source.title for source in card.sources)
    parts = (card.id, card.title, card.when_to_use, *card.questions, card.why or "", *sections, *sources)
    return " ".join(parts).casefold()
