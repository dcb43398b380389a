"""A rehearsal with a written executive: how a talk goes on, and which line answers a turn.

Everything follows from the archetype's data, the seed and what the mentor has said, so the same talk can be had again.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from companion.domain.practice_archetype import (
    ANYTHING,
    MOST,
    SLOT,
    Archetype,
    Ending,
    EndingKind,
    Line,
    Slot,
    SpokenLine,
)
from companion.domain.practice_moves import Heard, MentorMove, hear
from companion.domain.practice_phrases import asked_for, moment, noun_phrase
from companion.domain.tip_routes import Route, route_of
from companion.domain.words import shortened, words

TURNS = 14
"""After so many turns of the mentor the executive has to go."""
TOPIC_CHARS = 70
ATTACKS_BORNE = 1
OPENS_TIMES = 2
"""How often the same move makes the executive more open."""

_S = TypeVar("_S", bound=SpokenLine)


@dataclass(frozen=True)
class Said:
    """One line of the talk."""

    mentor: bool
    text: str
    """Empty where the mentor said nothing."""
    moves: frozenset[MentorMove] = frozenset()
    pause: bool = False
    """The executive was silent."""


@dataclass(frozen=True)
class Talk:
    """A rehearsal so far."""

    archetype: Archetype
    topic: str
    seed: int
    patience: int
    openness: int
    said: tuple[Said, ...]
    used: frozenset[str] = frozenset()
    asked: MentorMove | None = None
    """What the executive has just asked for."""
    phrases: tuple[str, ...] = ()
    ended: EndingKind | Literal["stopped", ""] = ""
    """Why it is over: as the data says, or because of what the mentor told of; empty while it goes on."""
    route: tuple[Route, str] | None = None
    """Where a turn led that is no matter for a rehearsal, and the words that led there."""

    @property
    def mentor_turns(self) -> tuple[Said, ...]:
        """The mentor's lines in order."""
        return tuple(one for one in self.said if one.mentor)


@dataclass(frozen=True)
class Answer:
    """What the executive does next, before it is put into the talk."""

    talk: Talk
    """The talk with the mentor's turn in it, and nothing of the answer."""
    text: str
    pause: bool = False
    asks_for: MentorMove | None = None
    written: str = ""
    """The line of the data it comes from."""
    ending: EndingKind | Literal["stopped", ""] = ""

    def spoken(self, text: str = "") -> Talk:
        """The talk with the answer in it; `text` replaces the written words."""
        said = () if self.ending == "stopped" else (Said(False, text or self.text, pause=self.pause),)
        talk = self.talk
        return replace(
            talk,
            said=(*talk.said, *said),
            used=talk.used | {self.written},
            asked=self.asks_for,
            ended=self.ending,
        )


def begin(archetype: Archetype, topic: str, seed: int) -> Talk:
    """A talk with its first line said; `topic` is what it is about, in any words."""
    topic = shortened(" ".join(topic.split()).rstrip(" .").replace("“", "'").replace("”", "'"), TOPIC_CHARS)
    talk = Talk(archetype, topic, seed, archetype.patience, archetype.openness, ())
    values = {Slot.TOPIC.value: topic} if topic else {}
    fitting = [one for one in archetype.openings if one.slots <= values.keys()] or list(archetype.openings[:1])
    opening = _draw(talk, fitting)
    return Answer(talk, filled(opening.says, values), asks_for=opening.asks_for, written=opening.says).spoken()


def answer(talk: Talk, turn: str) -> Answer:
    """The executive's written answer to a turn. Never raises; the talk must not be over."""
    if (route := route_of(turn)) is not None:
        stopped = replace(talk, said=(*talk.said, Said(True, hear(turn).text)), route=route)
        return Answer(stopped, "", ending="stopped")
    heard = _heard(talk, turn)
    talk = _felt(talk, heard)
    if kind := _ending(talk, heard):
        return _ended(talk, kind, heard)
    line = _line(talk, heard)
    if line is None:
        return _ended(talk, "time", heard)
    return Answer(talk, filled(line.says, _values(talk, heard)), line.pause, line.asks_for, line.says)


def filled(says: str, values: dict[str, str]) -> str:
    """A line with its slots filled; a slot that begins a sentence gets a capital."""

    def value(match: re.Match[str]) -> str:
        text = values[match.group(1)]
        begins = not says[: match.start()].strip(" “(") or re.search(r"[.?!…][ “(]+$", says[: match.start()])
        return text[:1].upper() + text[1:] if begins else text

    return SLOT.sub(value, says)


def _heard(talk: Talk, turn: str) -> Heard:
    """The turn with the moves that show from the talk itself."""
    before = talk.mentor_turns[-1] if talk.mentor_turns else None
    heard = hear(turn, after_example=before is not None and MentorMove.EXAMPLE in before.moves)
    moves = set(heard.moves)
    paused = bool(talk.said) and talk.said[-1].pause
    if MentorMove.SILENCE in moves and paused:
        moves.add(MentorMove.WAITS)
    elif paused and MentorMove.STEPS_OUT not in moves:
        moves.add(MentorMove.FILLS)
    if heard.text and any(words(one.text) == words(heard.text) for one in talk.mentor_turns):
        moves.add(MentorMove.REPEATS)
    return Heard(heard.text, frozenset(moves))


def _felt(talk: Talk, heard: Heard) -> Talk:
    """The talk with the turn in it, and with what it did to the executive."""
    feelings = [_feeling(talk, move) for move in heard.moves if move in talk.archetype.feelings]
    told = MentorMove.SILENCE not in heard.moves and MentorMove.STEPS_OUT not in heard.moves
    phrase = noun_phrase(heard.text) if told else None
    return replace(
        talk,
        said=(*talk.said, Said(True, "" if MentorMove.SILENCE in heard.moves else heard.text, heard.moves)),
        patience=_level(talk.patience + sum(change for change, _ in feelings)),
        openness=_level(talk.openness + sum(change for _, change in feelings)),
        phrases=(*talk.phrases, phrase) if phrase else talk.phrases,
    )


def _feeling(talk: Talk, move: MentorMove) -> tuple[int, int]:
    """What a move does now; the third time it no longer opens anybody."""
    patience, openness = talk.archetype.feelings[move]
    worn = sum(move in one.moves for one in talk.mentor_turns) >= OPENS_TIMES
    return patience, min(openness, 0) if worn else openness


def _level(value: int) -> int:
    return max(0, min(MOST, value))


def _ending(talk: Talk, heard: Heard) -> EndingKind | None:
    attacks = sum(MentorMove.ATTACKS in one.moves for one in talk.mentor_turns)
    if attacks > ATTACKS_BORNE or talk.patience == 0:
        return "left"
    if heard.does(MentorMove.REQUEST) and talk.openness >= talk.archetype.opens_at:
        return "granted"
    if heard.does(MentorMove.CLOSES):
        return "closed"
    return "time" if len(talk.mentor_turns) >= TURNS else None


def _ended(talk: Talk, kind: EndingKind, heard: Heard) -> Answer:
    values = _values(talk, heard)
    fitting = [
        one
        for one in talk.archetype.endings
        if one.when == kind and one.fits(talk.patience, talk.openness) and one.slots <= values.keys()
    ]
    ending = _draw(talk, _fullest(fitting))
    return Answer(talk, filled(ending.says, values), written=ending.says, ending=kind)


def _line(talk: Talk, heard: Heard) -> Line | None:
    """The line that answers best: to the weightiest move, and among its lines to the most at once."""
    values = _values(talk, heard)
    free = [
        line
        for line in talk.archetype.lines
        if line.says not in talk.used and line.fits(talk.patience, talk.openness) and line.slots <= values.keys()
    ]
    missing = talk.asked if talk.asked is not None and talk.asked not in heard.moves else None
    for move in _by_weight(heard.moves):
        fitting = [(line, weight) for line in free if (weight := _matches(line, move, heard, missing))]
        if fitting:
            most = max(weight for _, weight in fitting)
            return _draw(talk, _varied(talk, [line for line, weight in fitting if weight == most]))
    return None


def _by_weight(moves: frozenset[MentorMove]) -> Iterator[str]:
    yield from (move.value for move in MentorMove if move in moves)
    yield ANYTHING


def _matches(line: Line, move: str, heard: Heard, missing: MentorMove | None) -> int:
    """How well a line answers a move: 0 not at all, more for every further move it takes up."""
    if line.still is not None and line.still is not missing:
        return 0
    sizes = [
        len(parts)
        for parts in (one.split("+") for one in line.on)
        if move in parts and all(part == ANYTHING or part in heard.moves for part in parts)
    ]
    return max(sizes, default=0) + (line.still is not None) if sizes else 0


def _varied(talk: Talk, lines: Sequence[Line]) -> Sequence[Line]:
    """A silence when there was none yet; else the lines that quote the mentor, unless that was just done."""
    pauses = [line for line in lines if line.pause]
    if pauses and len(talk.mentor_turns) > 1 and not any(one.pause for one in talk.said):
        return pauses
    last = next((one.text for one in reversed(talk.said) if not one.mentor), "")
    quoted = any(phrase.casefold() in last.casefold() for phrase in talk.phrases)
    wanted = [line for line in lines if bool(line.slots) is not quoted]
    return wanted or lines


def _fullest(endings: Sequence[Ending]) -> Sequence[Ending]:
    """The endings that take up what was asked for, and those that are for this state alone."""
    most = max((len(one.slots), one.openness != (0, MOST)) for one in endings)
    return [one for one in endings if (len(one.slots), one.openness != (0, MOST)) == most]


def _values(talk: Talk, heard: Heard) -> dict[str, str]:
    """What can be put into the slots now."""
    found: dict[str, str | None] = {Slot.TOPIC.value: talk.topic or None}
    if not heard.does(MentorMove.STEPS_OUT, MentorMove.SILENCE, MentorMove.ATTACKS):
        phrase = noun_phrase(heard.text)
        found[Slot.PHRASE.value] = phrase
        earlier = [one for one in talk.phrases[:-1] if one != phrase]
        found[Slot.EARLIER.value] = earlier[-1] if earlier else None
        found[Slot.WHEN.value] = moment(heard.text) if heard.does(MentorMove.EXAMPLE) else None
        found[Slot.REQUEST.value] = asked_for(heard.text) if heard.does(MentorMove.REQUEST) else None
    return {name: value for name, value in found.items() if value}


def _draw(talk: Talk, lines: Sequence[_S]) -> _S:
    """One of the lines; the same for the same seed and place in the talk."""
    return random.Random(f"{talk.seed}/{len(talk.said)}").choice(list(lines))
