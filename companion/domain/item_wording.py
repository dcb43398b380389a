"""What a model is told about one agenda item, and the form in which it answers."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from companion.domain.agenda_items import PLAIN
from companion.domain.agendas import AgendaBrief, AgendaItem
from companion.domain.cards import Block, Card
from companion.domain.slots import filled, quotable, slot_values, usable
from companion.domain.text import without_chat_tokens
from companion.domain.words import one_line, shortened

MAX_MODEL_CHARS = 240
"""Longer than any field may be, so that a grammar does not cut a sentence just to meet the limit."""
MAX_VALUE_CHARS = 160

PARTS: dict[Block, str] = {
    Block.CHECK_IN: "a short opening",
    Block.CARRY_OVER: "what was promised last time",
    Block.EXPLORE: "find out what the executive sees, knows or thinks",
    Block.PRACTICE: "the executive tries something, the mentor is beside them",
    Block.REVERSE_ASK: "the executive teaches the mentor for five minutes",
    Block.COMMIT: "the executive chooses one next step",
}
"""What each part is for, in the words the prompt uses."""

EXEMPLARS = (
    "When you ask for ideas in the Monday meeting, who speaks first and who never does?",
    "You see your own meeting from the far end of the table, where the quiet ideas stay.",
    "Which post on your page this month would you show your own customers again, and what made it work?",
    "Looking closely at one post you wrote tells you more than a course on social media.",
)
"""The example answers in ``prompts/agenda_item.md``; a model must not copy them."""


class ItemWording(BaseModel):
    """What a model returns for one item."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: Annotated[str, StringConstraints(max_length=MAX_MODEL_CHARS)]
    why: Annotated[str, StringConstraints(max_length=MAX_MODEL_CHARS)]


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
        "part": PARTS[item.block],
        "title": _datum(item.title),
        "question": _datum(filled(templates[attempt % len(templates)], values) if templates else item.question.text),
        "why": _datum(filled(why, values)),
    }


def _datum(text: str) -> str:
    """A text of a person or a card on one line, without what could pass for a data fence or a chat turn."""
    flat = one_line(without_chat_tokens(text))
    return shortened(re.sub(r"<{2,}|>{2,}|\{{2,}|\}{2,}|#{2,}", " ", flat), MAX_VALUE_CHARS)
