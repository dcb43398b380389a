"""Where the executive's own question stands in an agenda: what counts as it, where it leads, what makes room for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from companion.domain.agendas import CONTENT_BLOCKS, Agenda, AgendaBrief, AgendaItem
from companion.domain.cards import MAX_QUESTION_CHARS, Block, Topic
from companion.domain.provenance import Origin
from companion.domain.sessions import OWN_QUESTION_CHARS
from companion.domain.themes import TAUGHT, is_rescue
from companion.domain.words import content_stems, one_line

SAME_QUESTION = 0.7
"""So much of the executive's own words must be in a line for it to be their question."""
_FRAMED = re.compile(r"^You asked: “(.*)” What made you ask\?$")
"""How agendas of earlier versions put it, in the part for a goal."""
_ASKED = re.compile(r"[^?？؟]*[?？؟]")
_REWRITTEN = str.maketrans({"{": "(", "}": ")", "“": "'", "”": "'"})


def asks(item: AgendaItem, asked: str) -> bool:
    """Whether an item puts the executive's own question, in their words or nearly so."""
    asked, said = one_line(asked), item.question.text
    if said == asked:
        return True
    if item.question.origin is Origin.EXECUTIVE:
        framed = _FRAMED.match(said)
        return framed is not None and asked.translate(_REWRITTEN).startswith(framed[1].rstrip("?").rstrip("… "))
    wanted = set(content_stems(asked))
    return bool(wanted) and len(wanted & set(content_stems(said))) >= SAME_QUESTION * len(wanted)


def first_asked(question: str) -> str:
    """A question up to its first question mark, all of it where there is none: what decides what it is about.

    What somebody hides behind it, such as an instruction, decides nothing.
    """
    found = _ASKED.match(one_line(question))
    return found[0] if found else one_line(question)


def limit_of(item: AgendaItem) -> int:
    """The most characters that the question of a part may have."""
    return OWN_QUESTION_CHARS if item.block is Block.OWN_QUESTION else MAX_QUESTION_CHARS


def leading_place(items: Sequence[AgendaItem], brief: AgendaBrief) -> int:
    """Where the executive's own question belongs, counted from 0: first in the content, after ground rules that lead.

    What is agreed about how to speak comes before the answer.
    """
    rules = {card.id for card in (*brief.theme_cards, *brief.cards) if card.topic is Topic.CONTRACT}
    for place, item in enumerate(items):
        agreeing = item.block in TAUGHT and item.goal_id is None and item.card_id in rules
        if item.block is Block.COMMIT or (item.block in CONTENT_BLOCKS and not agreeing):
            return place
    return len(items)


def takes_a_goals_place(agenda: Agenda) -> bool:
    """Whether the session is so short that the executive's own question is all its content, and goals wait."""
    return agenda.own_question is not None and is_rescue(agenda.minutes)
