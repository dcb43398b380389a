"""What a model is told about one agenda item, and the form in which it answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, StringConstraints

from companion.domain.agenda_items import PLAIN
from companion.domain.agendas import AgendaBrief, AgendaItem
from companion.domain.bans import touches_sensitive
from companion.domain.cards import Block, Card
from companion.domain.pairings import Goal
from companion.domain.people import FacetKind
from companion.domain.slots import filled, quotable, slot_values, usable
from companion.domain.text import without_chat_tokens
from companion.domain.words import content_stems, one_line, shortened, words

Field = Literal["question", "why"]
"""The fields of an item that a model may word."""

MAX_MODEL_CHARS = 240
"""Longer than any field may be, so that a grammar does not cut a sentence just to meet the limit."""
MAX_VALUE_CHARS = 160

EXEMPLARS = (
    "What have you already tried to make your meetings shorter, and what happened?",
    "What you have tried tells you which meetings can really be shorter.",
    "What would somebody new notice first about how your team shares its ideas?",
    "New eyes show you where ideas of your team get lost out of habit.",
    "What is one small thing you will do on social media before we meet again?",
    "One small post comes sooner than a whole plan for social media.",
)
"""The example answers in ``prompts/agenda_item.md``; a model must not copy them."""


class ItemWording(BaseModel):
    """What a model returns for one item."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: Annotated[str, StringConstraints(max_length=MAX_MODEL_CHARS)]
    why: Annotated[str, StringConstraints(max_length=MAX_MODEL_CHARS)]


def gains_from_wording(item: AgendaItem, brief: AgendaBrief, card: Card | None) -> bool:
    """Whether a model can add something: to an item about a goal, or to the next step.

    Check-ins, open promises and ground rules are good as the card has them; weaving a goal in makes them odd. What
    touches a sensitive attribute is never a model's to word, see `sensitive_in`.
    """
    about_a_goal = not item.commitment_ids and (item.goal_id is not None or item.block is Block.COMMIT)
    return about_a_goal and sensitive_in(item, brief, card) is None


def sensitive_in(item: AgendaItem, brief: AgendaBrief, card: Card | None) -> str | None:
    """The words of an item's goal, card, text or the mentor's offers for it that touch a sensitive attribute.

    A small model puts the executive into the group that a goal asks about, or says what the group is like; so the
    card's own words stay. An offer counts when it has a topic word in common with the goal, or is told to the model.
    """
    goal = next((goal for goal in brief.goals if goal.id == item.goal_id), brief.goals[0])
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
        "properties": {"question": text, "why": text},
        "required": ["question", "why"],
        "additionalProperties": False,
    }


def wording_variables(item: AgendaItem, brief: AgendaBrief, card: Card | None, *, attempt: int = 0) -> dict[str, str]:
    """The variables of ``prompts/agenda_item.md`` for one item; off-limits topics are never among them.

    `attempt` counts how often the item was worded before: each time another of the card's questions is the model.
    """
    goal = next((goal for goal in brief.goals if goal.id == item.goal_id), brief.goals[0])
    commitment = next((c for c in brief.open_commitments if c.id in item.commitment_ids), None)
    values = slot_values(brief, goal, commitment)
    templates = [t for t in (card.questions if card else PLAIN[item.block].questions) if usable(t, values)]
    why = card.why if card and card.why and usable(card.why, values) else PLAIN[item.block].why
    return {
        "goal": _datum(quotable(goal.text)),
        "question": _datum(filled(templates[attempt % len(templates)], values) if templates else item.question.text),
        "why": _datum(filled(why, values)),
    }


def _datum(text: str) -> str:
    """A text of a person or a card on one line, without what could pass for a data fence or a chat turn."""
    flat = one_line(without_chat_tokens(text))
    return shortened(re.sub(r"<{2,}|>{2,}|\{{2,}|\}{2,}|#{2,}", " ", flat), MAX_VALUE_CHARS)


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
    field: Field
    item: AgendaItem
    brief: AgendaBrief
    card: Card | None
    exemplars: Sequence[str] = ()
    others: Sequence[str] = ()

    @cached_property
    def goal(self) -> Goal | None:
        """The goal of the item."""
        return next((goal for goal in self.brief.goals if goal.id == self.item.goal_id), None)

    @cached_property
    def about(self) -> Goal:
        """The goal of the item, else the first of the session."""
        return self.goal or self.brief.goals[0]

    @cached_property
    def own_words(self) -> tuple[str, ...]:
        """The card's own sentences for the field, the one that stands in the item first."""
        now = getattr(self.item, self.field).text
        card = () if self.card is None else self.card.questions if self.field == "question" else (self.card.why or "",)
        shown = wording_variables(self.item, self.brief, self.card)[self.field]
        return (now, shown, *card)

    @cached_property
    def card_text(self) -> str:
        """Everything the card says in this item."""
        card = [] if self.card is None else [self.card.why or "", *self.card.questions]
        return "\n".join([self.item.title, self.item.question.text, self.item.why.text, *self.own_words, *card])

    @cached_property
    def stated(self) -> tuple[str, ...]:
        """What the two people brought up themselves, as far as it concerns this session."""
        brief = self.brief
        promises = tuple(c.text for c in brief.open_commitments if c.id in self.item.commitment_ids)
        return (*(goal.text for goal in brief.goals), *promises, brief.session.executive_question)

    @cached_property
    def inputs(self) -> str:
        """Every text a fact may be taken from."""
        mentor, mentee = self.brief.mentor, self.brief.mentee
        facets = [f.text for f in (*mentor.entries(FacetKind.OFFER), *mentor.entries(FacetKind.GAIN))]
        return "\n".join([mentor.given_name, mentee.given_name, *self.stated, *facets, self.card_text])

    @cached_property
    def said(self) -> tuple[str, ...]:
        """The words of the text, lower-cased."""
        return words(self.text)


Gate = Callable[[Wording], str | None]
"""Returns the reason why a text must not be used, or None."""
