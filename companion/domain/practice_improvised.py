"""The executive's line in a model's words: what the model is told, and the gates its line must pass.

The written line decides what is done; a model may only say it closer to what the mentor said. Whatever fails a gate is
not said, and the written line is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from companion.domain.bans import idea_about_a_generation, judgement_of_a_person, touches_sensitive
from companion.domain.gates import english, known_names, known_numbers, plain_prose
from companion.domain.practice import Answer
from companion.domain.practice_moves import MentorMove
from companion.domain.text import without_chat_tokens
from companion.domain.wording import sentences
from companion.domain.words import one_line, shortened, words

REPLY_CHARS = 240
REPLY_SENTENCES = 4
TURNS_TOLD = 6
TOLD_CHARS = 300

_PROMISES = re.compile(r"\b(?:i will|i'll|i shall|i promise|i agree|agreed|consider it done|you have my word)\b", re.I)
_THE_MACHINE = re.compile(
    r"\b(?:as an ai|language model|prompt|instructions?|role-?play|rehears\w+|archetypes?|mentor move|written line|"
    r"json|rubric|openness|patience|can(?:not|'t) (?:assist|help)(?: you)? with that)\b",
    re.IGNORECASE,
)


_SOMEBODY = frozenset(["he", "she", "him", "her", "his", "hers"])


class PracticeReply(BaseModel):
    """What a model returns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: Annotated[str, StringConstraints(max_length=2 * REPLY_CHARS)]


def may_improvise(answer: Answer) -> bool:
    """Whether a model may word it: not a silence, not an ending, and not after words for the machine."""
    last = answer.talk.mentor_turns[-1]
    kept = {MentorMove.STEPS_OUT, MentorMove.ATTACKS, MentorMove.OTHER_LANGUAGE, MentorMove.UNCLEAR}
    return not answer.pause and not answer.ending and not answer.text.startswith("(") and not (last.moves & kept)


def reply_variables(answer: Answer) -> dict[str, str]:
    """The variables of ``prompts/practice_reply.md``."""
    talk, archetype = answer.talk, answer.talk.archetype
    told = [f"{'Mentor' if one.mentor else archetype.called}: {_datum(one.text) or '(says nothing)'}"
            for one in talk.said[-TURNS_TOLD:]]  # fmt: skip
    mood = "open" if talk.openness >= archetype.opens_at else "guarded" if talk.openness > 1 else "closed"
    return {
        "called": archetype.called,
        "who": archetype.who,
        "wants": archetype.wants,
        "mood": f"{mood}, {'little' if talk.patience < 3 else 'some'} patience left",
        "talk": "\n".join(told),
        "line": answer.text,
    }


@dataclass(frozen=True)
class _Reply:
    """A model's line with everything it is checked against."""

    text: str
    answer: Answer

    @cached_property
    def said(self) -> tuple[str, ...]:
        return words(self.text)

    @cached_property
    def inputs(self) -> str:
        talk = self.answer.talk
        own = (self.answer.text, talk.topic, talk.archetype.called, *(one.text for one in talk.said))
        return "\n".join(own)


def refused(text: str, answer: Answer) -> str | None:
    """Why a model's line must not be said; None when it may."""
    reply, written = _Reply(text.strip(), answer), answer.text
    if not 2 <= len(reply.text) <= REPLY_CHARS or len(sentences(reply.text)) > REPLY_SENTENCES:
        return "It is too long or too short."
    if any(reply.said == words(one.text) for one in answer.talk.said):
        return "It was said before."
    if written.rstrip().endswith("?") is not reply.text.rstrip("”\"' ").endswith("?"):
        return "It asks where it should not, or the other way round."
    if _PROMISES.search(reply.text) and not _PROMISES.search(written):
        return "It promises something."
    if _THE_MACHINE.search(reply.text):
        return "It talks about the rehearsal itself."
    if (about := touches_sensitive(reply.text)) or (about := judgement_of_a_person(reply.text)):
        return f"It touches “{about}”."
    if about := idea_about_a_generation(reply.text):
        return f"It speaks of a generation (“{about}”)."
    if new := _SOMEBODY & set(reply.said) - set(words(reply.inputs)):
        return f"It speaks of somebody new (“{min(new)}”)."
    checks = (plain_prose, english, known_numbers, known_names)
    return next((reason for gate in checks if (reason := gate(reply)) is not None), None)


def _datum(text: str) -> str:
    """A turn on one line, without what could pass for a data fence or a chat turn."""
    return shortened(re.sub(r"<{2,}|>{2,}|\{{2,}|\}{2,}|#{2,}", " ", one_line(without_chat_tokens(text))), TOLD_CHARS)
