"""What a mentor does with one turn of a rehearsal: asks, tells, gives an example, waits; read by rules.

The same turn always means the same, so a point of the rubric can be traced to the line that earned it. No model takes
part, and a turn that speaks to the machine instead of the executive counts for nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from companion.domain import practice_told as told
from companion.domain import practice_words as cue
from companion.domain.languages import guess_language
from companion.domain.note_parts import is_english
from companion.domain.note_words import HAPPENED
from companion.domain.text import plain
from companion.domain.wording import sentences, word_count
from companion.domain.words import STOP_WORDS, words

READ_CHARS = 4000
"""How much of a turn is read; nobody says more in one breath."""
LECTURE_WORDS = 60
LECTURE_ORDERS, LONG_ORDER_WORDS = 2, 25


class MentorMove(StrEnum):
    """One thing that a turn does, the one an answer should go to first."""

    STEPS_OUT = "steps_out"
    ATTACKS = "attacks"
    OTHER_LANGUAGE = "other_language"
    UNCLEAR = "unclear"
    REPEATS = "repeats"
    """The same words again."""
    WAITS = "waits"
    """Silence after the executive was silent."""
    SILENCE = "silence"
    CLOSES = "closes"
    CONCEDES = "concedes"
    LECTURES = "lectures"
    REQUEST = "request"
    RETURNS = "returns"
    STACKS = "stacks"
    ASKS = "asks"
    IMPACT = "impact"
    EXAMPLE = "example"
    PERMISSION = "permission"
    APOLOGISES = "apologises"
    FILLS = "fills"
    """Words right after the executive was silent."""
    OPENS = "opens"
    """Names the subject, and tells nothing yet."""
    TELLS = "tells"
    ACKNOWLEDGES = "acknowledges"
    SMALL_TALK = "small_talk"


IN_A_TALK = frozenset({MentorMove.REPEATS, MentorMove.WAITS, MentorMove.FILLS})
"""Moves that show only from what was said before."""
TELLING = frozenset(
    {MentorMove.TELLS, MentorMove.LECTURES, MentorMove.EXAMPLE, MentorMove.IMPACT, MentorMove.REQUEST,
     MentorMove.ATTACKS}
)  # fmt: skip
"""Moves that bring something instead of asking for it."""


@dataclass(frozen=True)
class Heard:
    """A mentor's turn as it was understood."""

    text: str
    """Without what hides from the eye, at most `READ_CHARS` long."""
    moves: frozenset[MentorMove]

    def does(self, *moves: MentorMove) -> bool:
        """Whether the turn does any of these."""
        return not self.moves.isdisjoint(moves)


def hear(turn: str, *, after_example: bool = False) -> Heard:
    """Read a turn; `after_example` says that the mentor's turn before told of one occasion. Never raises."""
    text = plain(turn[: 4 * READ_CHARS]).strip()[:READ_CHARS]
    if (alone := _without_words(turn, text)) is not None:
        return Heard(text, frozenset({alone}))
    found: set[MentorMove] = set()
    asked = untold = nodded = 0
    for whole in sentences(cue.spelled_out(text)):
        if cue.NODS.match(whole) or cue.NODS.match(sentence := cue.bare(whole)):
            nodded += 1
            continue
        moves = _moves_of(sentence, after_example or MentorMove.EXAMPLE in found)
        asked += MentorMove.ASKS in moves
        untold += not moves and word_count(sentence) > 1
        found |= moves
    if nodded and not found and not untold:
        found.add(MentorMove.ACKNOWLEDGES)
    if asked > 1:
        found.add(MentorMove.STACKS)
    if len(found) > 1:
        found.discard(MentorMove.OPENS)
    if _lectures(text, found) and _has_known_words(text):
        found = {move for move in found if move not in (MentorMove.REQUEST, MentorMove.TELLS, MentorMove.IMPACT)} | {
            MentorMove.LECTURES
        }
    elif untold and found <= {MentorMove.ACKNOWLEDGES, MentorMove.APOLOGISES, MentorMove.SMALL_TALK}:
        found.add(MentorMove.TELLS if found or _has_known_words(text) else MentorMove.UNCLEAR)
    return Heard(text, frozenset(found or {MentorMove.TELLS if _has_known_words(text) else MentorMove.UNCLEAR}))


def _has_known_words(text: str) -> bool:
    return any(word in _KNOWN or word.removesuffix("s") in _KNOWN for word in words(text))


def _without_words(turn: str, text: str) -> MentorMove | None:
    """What a turn is that is no English sentence to the executive; None for every other turn."""
    if not any(char.isalnum() for char in text):
        # Dots are how people write silence; anything else was meant to say something.
        return MentorMove.SILENCE if not text.strip(" .…-–—\n\t") else MentorMove.UNCLEAR
    if cue.STAGE_SILENCE.match(text):
        return MentorMove.SILENCE
    if cue.STEPS_OUT.search(text) or cue.STEPS_OUT.search(turn[:READ_CHARS]):
        return MentorMove.STEPS_OUT
    if guess_language(text) not in (None, "en") or not is_english(text):
        return MentorMove.OTHER_LANGUAGE
    return None


def _moves_of(sentence: str, after_example: bool) -> set[MentorMove]:
    """What one sentence does; empty for a plain statement."""
    found = {move for move, pattern in _PATTERNS.items() if pattern.search(sentence)}
    question = sentence.rstrip("\"'”’ )").endswith("?") and not sentence.startswith("Remember ")
    if MentorMove.CLOSES in found or MentorMove.CONCEDES in found:
        return found & {MentorMove.CLOSES, MentorMove.CONCEDES, MentorMove.APOLOGISES, MentorMove.ATTACKS}
    if MentorMove.ATTACKS in found and not question:
        return found & {MentorMove.ATTACKS}
    found.discard(MentorMove.ATTACKS)
    if question and cue.WH_QUESTION.search(sentence):
        found.discard(MentorMove.REQUEST)
    if MentorMove.RETURNS in found:
        asked = {MentorMove.ASKS} if question and ":" in sentence else set()
        return {MentorMove.RETURNS} | asked | (found & {MentorMove.APOLOGISES})
    if MentorMove.PERMISSION in found:
        return found & {MentorMove.PERMISSION, MentorMove.APOLOGISES}
    if MentorMove.REQUEST in found:
        return found & {MentorMove.REQUEST, MentorMove.APOLOGISES}
    if question:
        if MentorMove.SMALL_TALK in found:
            return {MentorMove.SMALL_TALK}
        return {MentorMove.ASKS} | (found & {MentorMove.ACKNOWLEDGES, MentorMove.APOLOGISES})
    if MentorMove.ASKS in found:
        return {MentorMove.ASKS}
    if MentorMove.APOLOGISES in found:
        return {MentorMove.APOLOGISES}
    if MentorMove.OPENS in found:
        return {MentorMove.OPENS}
    return _told(sentence, found, after_example)


def _told(sentence: str, found: set[MentorMove], after_example: bool) -> set[MentorMove]:
    """What a statement tells of: an occasion, what it led to, or that the mentor has listened."""
    past = bool(told.PAST.search(sentence))
    dated = told.ACTED.search(sentence) or (told.WHEN.search(sentence) and not told.COMING.search(sentence))
    done_by_executive = not found and told.YOU_DID.search(sentence)
    is_example = bool((past and dated) or done_by_executive or told.FOR_EXAMPLE.search(sentence))
    # What people did right after an example came of it; without one, only where it is no thought and no plan.
    people_acted = past and not is_example and told.PEOPLE_ACT.match(sentence)
    may_be_thought = found or sentence.startswith("I ") or told.MIND.search(sentence)
    is_impact = MentorMove.IMPACT in found or (people_acted and (after_example or not may_be_thought))
    if is_example or is_impact:
        told_of = ((MentorMove.EXAMPLE, is_example), (MentorMove.IMPACT, is_impact))
        return {move for move, there in told_of if there}
    return found & {MentorMove.ACKNOWLEDGES, MentorMove.SMALL_TALK}


def _lectures(text: str, found: set[MentorMove]) -> bool:
    orders = len(cue.TEACHES.findall(cue.spelled_out(text)))
    if orders >= LECTURE_ORDERS or (orders and word_count(text) > LONG_ORDER_WORDS):
        return True
    return word_count(text) > LECTURE_WORDS and found.isdisjoint(
        {MentorMove.ASKS, MentorMove.EXAMPLE, MentorMove.PERMISSION, MentorMove.REQUEST}
    )


_KNOWN = STOP_WORDS | HAPPENED | cue.WORDS_OF_WORK
_PATTERNS: dict[MentorMove, re.Pattern[str]] = {
    MentorMove.ATTACKS: cue.ATTACKS,
    MentorMove.CLOSES: cue.CLOSES,
    MentorMove.CONCEDES: cue.CONCEDES,
    MentorMove.REQUEST: cue.REQUEST,
    MentorMove.RETURNS: cue.RETURNS,
    MentorMove.PERMISSION: cue.PERMISSION,
    MentorMove.ASKS: cue.ASKS,
    MentorMove.OPENS: cue.OPENS,
    MentorMove.IMPACT: told.IMPACT,
    MentorMove.APOLOGISES: cue.APOLOGISES,
    MentorMove.ACKNOWLEDGES: cue.ACKNOWLEDGES,
    MentorMove.SMALL_TALK: cue.SMALL_TALK,
}
