"""Checks on a sentence that a model wrote about a theme: what fails is not used, and the template stands alone.

Numbers and words for "how many" are code's to say; nothing may come in that is not in the packet the model was given,
and nothing may go out of it word for word, because not every author agreed to be quoted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from companion.domain.bans import judgement_of_a_person, touches_sensitive
from companion.domain.speaks_to_machine import speaks_to_machine
from companion.domain.words import STOP_WORDS, content_stems, ngrams, stem, word_set, words

MAX_CHARS = 240
MIN_WORDS = 5
COPIED_WORDS = 5
"""So many words in a row from one comment are a quote."""
GROUNDED = 0.5
"""Share of the topic words that must stand in the packet."""

_HOW_MANY = word_set(
    "one two three four five six seven eight nine ten dozen hundred half majority minority most many few several some"
    " all every everyone everybody nobody none both each various numerous plenty lot lots couple percent often always"
    " never overwhelming unanimous unanimously widely frequently rarely commonly generally mostly largely"
)
_MARKUP = re.compile(r"[\d%<>{}\[\]`*#|\\_~^=]|https?:|www\.|[\"“”«»]|[\r\n]")
_CAPITAL = re.compile(r"(?<=\s)[A-Z][\w’'-]*")


class ThemeSentence(BaseModel):
    """What a model returns for one theme."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sentence: Annotated[str, StringConstraints(max_length=2 * MAX_CHARS)]


def objection(sentence: str, packet: Sequence[str], about: str) -> str | None:
    """Why a sentence must not be used, in a few words; None when every gate lets it through.

    `packet` are the statements the model was given, `about` our own words on the theme.
    """
    text, said = sentence.strip(), words(sentence)
    given = {stem(word) for statement in (*packet, about) for word in words(statement)}
    if not len(said) >= MIN_WORDS or len(text) > MAX_CHARS or not text.endswith(".") or text.count(".") > 1:
        return "It is not one sentence of a fitting length."
    if _MARKUP.search(text):
        return "It has a number, a mark or a quote in it."
    if counted := sorted(set(said) & _HOW_MANY):
        return f"It says how many (“{counted[0]}”)."
    if any(found.group() != "I" and stem(words(found.group())[0]) not in given for found in _CAPITAL.finditer(text)):
        return "It names something that nobody wrote."
    if any(ngrams(sentence, COPIED_WORDS) & ngrams(statement, COPIED_WORDS) for statement in packet):
        return "It repeats what somebody wrote word for word."
    topic = [one for one in content_stems(sentence) if one not in _NEUTRAL]
    if sum(one in given for one in topic) < GROUNDED * len(topic):
        return "Too much of it stands in no comment."
    if speaks_to_machine(text) or judgement_of_a_person(text, "") or touches_sensitive(text, " ".join(packet)):
        return "It speaks to a machine, judges a person or touches something private."
    return None


_NEUTRAL = frozenset(
    stem(word)
    for word in word_set(
        "people person participant respondent mentor mentee executive programme program feel felt say said write wrote"
        " describe find found report value valued appreciate criticise criticised comment point wish would like"
    )
) | {stem(word) for word in STOP_WORDS}
