"""What a model is told about one agenda item, and the form in which it answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, ConfigDict, StringConstraints

from companion.domain.agenda_items import PLAIN
from companion.domain.agendas import AgendaBrief, AgendaItem
from companion.domain.bans import touches_sensitive
from companion.domain.card_fit import is_method
from companion.domain.cards import Block, Card
from companion.domain.goal_subject import subject_of
from companion.domain.languages import guess_language
from companion.domain.pairings import Goal
from companion.domain.people import FacetKind
from companion.domain.slots import filled, quotable, slot_values, to_you, usable
from companion.domain.text import without_chat_tokens
from companion.domain.words import content_stems, one_line, shortened, word_set, words

MAX_MODEL_CHARS = 240
"""Longer than any field may be, so that a grammar does not cut a sentence just to meet the limit."""
MAX_VALUE_CHARS = 160

EXEMPLARS = (
    "What have you already tried to make your meetings shorter, and what happened?",
    "What would somebody new notice first about how your team shares its ideas?",
    "What is one small thing you will do on social media before we meet again?",
)
"""The example answers in ``prompts/agenda_item.md``; a model must not copy them."""


class ItemWording(BaseModel):
    """What a model returns for one item."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: Annotated[str, StringConstraints(max_length=MAX_MODEL_CHARS)]


def gains_from_wording(item: AgendaItem, brief: AgendaBrief, card: Card | None) -> bool:
    """Whether a model can add something: to an item about a goal, or to the next step.

    Check-ins, open promises and ground rules are good as the card has them; weaving a goal in makes them odd. So does
    it with a card about one subject, whose questions are about the goal as they stand, and with one that says so
    (`Card.as_written`). What touches a sensitive attribute is never a model's to word, see `sensitive_in`; nor is a
    goal that names no subject, see `companion.domain.goal_subject`. Two kinds of goal are left as they were written: in
    another language than the cards, because a small model answers in the language of the goal, and with a "not",
    because it makes "nobody reads what I send" something to try.

    Only the question is asked for. Of the reasons that the default model wrote for 76 items, five said anything that
    the card's own did not and could be used; 47 repeated the card, and 24 had to be refused.
    """
    about_a_goal = not item.commitment_ids and (item.goal_id is not None or item.block is Block.COMMIT)
    goal = _about(item, brief).text
    of_method = card is None or item.block is Block.COMMIT or is_method(card)
    open_to_words = of_method and not (card is not None and card.as_written)
    clear = bool(subject_of(goal)) and guess_language(goal) in (None, "en") and not negations_in(words(goal))
    return about_a_goal and open_to_words and clear and sensitive_in(item, brief, card) is None


NEGATIONS = word_set("not never no nobody nothing none neither nor")


def negations_in(said: Sequence[str], known: AbstractSet[str] = NEGATIONS) -> set[str]:
    """The negations among some words; "don't" and "cannot" count as "not"."""
    return {"not" if word.endswith(("n't", "n’t")) or word == "cannot" else word for word in said} & known


def sensitive_in(item: AgendaItem, brief: AgendaBrief, card: Card | None) -> str | None:
    """The words of an item's goal, card, text or the mentor's offers for it that touch a sensitive attribute.

    A small model puts the executive into the group that a goal asks about, or says what the group is like; so the
    card's own words stay. An offer counts when it has a topic word in common with the goal, or is told to the model.
    """
    goal = _about(item, brief)
    about = set(content_stems(goal.text))
    offers = [f.text for f in brief.mentor.entries(FacetKind.OFFER) if about & set(content_stems(f.text))]
    told = wording_variables(item, brief, card).values()
    of_card = () if card is None else (card.title, card.why or "", *card.questions)
    texts = (goal.text, item.title, item.question.text, item.why.text, *of_card, *told, *offers)
    return next((found for text in texts if (found := touches_sensitive(text)) is not None), None)


def wording_schema() -> dict[str, Any]:
    """The JSON schema of `ItemWording`, as small as it can be."""
    text = {"type": "string", "maxLength": MAX_MODEL_CHARS}
    return {
        "type": "object",
        "properties": {"question": text},
        "required": ["question"],
        "additionalProperties": False,
    }


def told(brief: AgendaBrief) -> AgendaBrief:
    """The brief as far as a model may know it: of goals, offers and gains only the phrase that names the subject."""
    goals = tuple(goal.model_copy(update={"text": subject_of(goal.text) or NO_SUBJECT}) for goal in brief.goals)
    facets = (
        facet.model_copy(update={"text": subject_of(facet.text)}) if facet.kind in _TOLD else facet
        for facet in brief.mentor.facets
    )
    mentor = brief.mentor.model_copy(update={"facets": tuple(facet for facet in facets if facet.text)})
    return brief.model_copy(update={"goals": goals, "mentor": mentor})


NO_SUBJECT = "this"
"""Stands where a goal names no subject that a model may be told; then none is asked."""
_TOLD = (FacetKind.OFFER, FacetKind.GAIN)


def _about(item: AgendaItem, brief: AgendaBrief) -> Goal:
    """The goal of the item, else the first of the session."""
    return next((goal for goal in brief.goals if goal.id == item.goal_id), brief.goals[0])


def wording_variables(item: AgendaItem, brief: AgendaBrief, card: Card | None, *, attempt: int = 0) -> dict[str, str]:
    """The variables of ``prompts/agenda_item.md`` for one item; off-limits topics are never among them.

    `attempt` counts how often the item was worded before: each time another of the card's questions is the model.
    """
    known = told(brief)
    goal = _about(item, known)
    questions = _samples(item, known, card)
    return {
        "goal": _datum(to_you(quotable(goal.text), goal)),
        "question": _datum(questions[attempt % len(questions)]),
    }


def _samples(item: AgendaItem, known: AgendaBrief, card: Card | None) -> list[str]:
    """The questions that an item has by itself, best first: the card's, else those of the plain form."""
    commitment = next((c for c in known.open_commitments if c.id in item.commitment_ids), None)
    values = slot_values(known, _about(item, known), commitment)
    plain = PLAIN[item.block]
    own = list(card.questions if card else plain.questions)
    return [filled(text, values) for text in own if usable(text, values)] or [filled(plain.questions[-1], values)]


def _datum(text: str) -> str:
    """A text of a person or a card on one line, without what could pass for a data fence or a chat turn.

    Its quotation marks are typographic: a model that repeats a straight one ends its JSON string with it.
    """
    flat = one_line(without_chat_tokens(text))
    curled = _STRAIGHT.sub("”", _QUOTED.sub(r"“\1”", flat))
    return shortened(re.sub(r"<{2,}|>{2,}|\{{2,}|\}{2,}|#{2,}", " ", curled), MAX_VALUE_CHARS)


_QUOTED, _STRAIGHT = re.compile(r'"([^"]*)"'), re.compile('"')


def with_marks_of(own: str, text: str) -> str:
    """A model's text with the quotation marks that the item's own sentence has."""
    return re.sub("[“”]", '"', text) if '"' in own and "“" not in own else text


class Checked(Protocol):
    """A text, its words, and every text that a fact in it may be taken from; enough for the gates that need no item."""

    @property
    def text(self) -> str:
        """What a model wrote."""
        ...

    @property
    def said(self) -> tuple[str, ...]:
        """The words of the text, lower-cased."""
        ...

    @property
    def inputs(self) -> str:
        """Every text a fact may be taken from."""
        ...


@dataclass(frozen=True)
class Wording:
    """A text with everything it is checked against."""

    text: str
    item: AgendaItem
    brief: AgendaBrief
    card: Card | None
    exemplars: Sequence[str] = ()
    others: Sequence[str] = ()

    @cached_property
    def known(self) -> AgendaBrief:
        """What the model could know: what it was not told is no source of a fact."""
        return told(self.brief)

    @cached_property
    def goal(self) -> Goal | None:
        """The goal of the item, as it was told."""
        return self.about if self.item.goal_id is not None else None

    @cached_property
    def about(self) -> Goal:
        """The goal of the item, else the first of the session, as it was told."""
        return _about(self.item, self.known)

    @cached_property
    def own_words(self) -> tuple[str, ...]:
        """The questions that the item has by itself: first as they were told, then the card's templates."""
        card = () if self.card is None else self.card.questions
        return (*_samples(self.item, self.known, self.card), *card)

    @cached_property
    def card_text(self) -> str:
        """Everything the card says in this item."""
        if self.card is None:
            return "\n".join((PLAIN[self.item.block].title, *self.own_words))
        return "\n".join((self.card.title, self.card.why or "", *self.card.questions, *self.own_words))

    @cached_property
    def inputs(self) -> str:
        """Every text a fact may be taken from: the goal as it was told, the card, and what both are called."""
        names = (self.brief.mentor.given_name, self.brief.mentee.given_name)
        return "\n".join((*names, self.about.text, self.card_text))

    @cached_property
    def said(self) -> tuple[str, ...]:
        """The words of the text, lower-cased."""
        return words(self.text)


Gate = Callable[[Wording], str | None]
"""Returns the reason why a text must not be used, or None."""
