"""What a rehearsal was worth: five points, the line that earned or lost each, and one thing to try with its card.

Read from the mentor's own lines alone. Nothing that is said to the machine counts, and no point is given for being
liked: the points follow cards RM-017 (ask before you tell), RM-018 (what I saw, what it led to, what I ask) and RM-021
(leave room).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from companion.domain.practice import Said
from companion.domain.practice_moves import TELLING, MentorMove


class Point(StrEnum):
    """What is looked at, in the order in which it is needed."""

    ASKED_FIRST = "asked_first"
    SILENCE = "silence"
    EXAMPLE = "example"
    IMPACT = "impact"
    REQUEST = "request"


Outcome = Literal["earned", "lost", "open"]


@dataclass(frozen=True)
class Advice:
    """What is said about a point."""

    title: str
    earned: str
    lost: str
    open: str
    """When it never came up."""
    to_try: str
    card_id: str


ADVICE: dict[Point, Advice] = {
    Point.ASKED_FIRST: Advice(
        "Asked before telling",
        "You asked before you brought anything of your own.",
        "You told before you knew what your counterpart thinks.",
        "You neither asked nor told anything.",
        "Open with a question whose answer you do not know: “How do you see it?” Then wait.",
        "RM-017",
    ),
    Point.SILENCE: Advice(
        "Let a silence stand",
        "You said nothing, and left the next word to the other side.",
        "The other side was silent, and you filled it.",
        "No silence came up. You may make one: an empty line after a question.",
        "After a question, count slowly to eight. Here, press Enter on an empty line.",
        "RM-021",
    ),
    Point.EXAMPLE: Advice(
        "Gave one example",
        "You named one moment that both of you can picture.",
        "You named no moment that both of you can picture. A general remark is answered with another one.",
        "There was nothing that needed an example.",
        "Name the day, the room and what was done: “Last Tuesday, in the review, you …”",
        "RM-018",
    ),
    Point.IMPACT: Advice(
        "Said what it led to",
        "You said what came of it.",
        "You did not say what it led to, for anybody.",
        "There was nothing to name an effect of.",
        "Add one sentence: “After that nobody asked anything.” No motives, only what came of it.",
        "RM-018",
    ),
    Point.REQUEST: Advice(
        "Made a request",
        "You asked for one thing that can be done.",
        "You ended without asking for anything, so nothing has to change.",
        "There was nothing to ask for yet.",
        "Ask for one small thing with a date: “Would you try it once, next Tuesday?”",
        "RM-065",
    ),
}


@dataclass(frozen=True)
class Mark:
    """How it stands with one point."""

    point: Point
    outcome: Outcome
    turn: int | None = None
    """The mentor's turn that earned or lost it, from 1; None where no single one did."""

    @property
    def said(self) -> str:
        """What there is to say about it."""
        advice = ADVICE[self.point]
        return {"earned": advice.earned, "lost": advice.lost, "open": advice.open}[self.outcome]


@dataclass(frozen=True)
class Remark:
    """Something that costs more than a point."""

    text: str
    turn: int
    card_id: str


@dataclass(frozen=True)
class Review:
    """All of it."""

    marks: tuple[Mark, ...]
    remarks: tuple[Remark, ...]

    @property
    def earned(self) -> int:
        """How many points."""
        return sum(mark.outcome == "earned" for mark in self.marks)

    @property
    def next_try(self) -> Point | None:
        """The first point that is missing: the one thing to try; None when nothing is."""
        for outcome in ("lost", "open"):
            for mark in self.marks:
                if mark.outcome == outcome:
                    return mark.point
        return None


_REMARKS: tuple[tuple[MentorMove, str, str], ...] = (
    (MentorMove.ATTACKS, "This was about the person. Say what was done; the rest they can work out.", "RM-018"),
    (MentorMove.LECTURES, "This was a list of things to do. One question would have done more.", "RM-017"),
    (MentorMove.CONCEDES, "Here you gave your point away. You may keep it and stay friendly.", "RM-020"),
    (MentorMove.APOLOGISES, "You need not be sorry for speaking. You were asked to.", "RM-017"),
    (MentorMove.STACKS, "More than one question at once: the easiest one is answered. Ask one.", "RM-021"),
)


def review(said: Sequence[Said]) -> Review:
    """The points of a talk, and remarks on the lines that cost most."""
    turns = [one for one in said if one.mentor]
    marks = (
        _asked_first(turns),
        _silence(said),
        _found(Point.EXAMPLE, MentorMove.EXAMPLE, turns, _first(turns, MentorMove.TELLS, MentorMove.LECTURES)),
        _found(
            Point.IMPACT,
            MentorMove.IMPACT,
            turns,
            _first(turns, MentorMove.EXAMPLE) or _first(turns, MentorMove.TELLS, MentorMove.LECTURES),
        ),
        _found(Point.REQUEST, MentorMove.REQUEST, turns, _last_words(turns)),
    )
    remarks = [
        Remark(text, turn, card_id) for move, text, card_id in _REMARKS if (turn := _first(turns, move)) is not None
    ]
    return Review(marks, tuple(remarks))


def _asked_first(turns: Sequence[Said]) -> Mark:
    for number, one in enumerate(turns, start=1):
        if {MentorMove.ASKS, MentorMove.PERMISSION} & one.moves:
            return Mark(Point.ASKED_FIRST, "earned", number)
        if one.moves & TELLING:
            return Mark(Point.ASKED_FIRST, "lost", number)
    return Mark(Point.ASKED_FIRST, "open")


def _silence(said: Sequence[Said]) -> Mark:
    number = 0
    filled: int | None = None
    before: Said | None = None
    for one in said:
        if one.mentor:
            number += 1
            if MentorMove.SILENCE in one.moves:
                return Mark(Point.SILENCE, "earned", number)
            if before is not None and before.pause and filled is None:
                filled = number
        before = one
    return Mark(Point.SILENCE, "open" if filled is None else "lost", filled)


def _found(point: Point, move: MentorMove, turns: Sequence[Said], lost_by: int | None) -> Mark:
    if (number := _first(turns, move)) is not None:
        return Mark(point, "earned", number)
    return Mark(point, "lost", lost_by)


def _first(turns: Sequence[Said], *moves: MentorMove) -> int | None:
    return next((number for number, one in enumerate(turns, start=1) if one.moves.intersection(moves)), None)


def _last_words(turns: Sequence[Said]) -> int | None:
    wordless = {MentorMove.SILENCE, MentorMove.STEPS_OUT}
    return next((number for number in range(len(turns), 0, -1) if not turns[number - 1].moves & wordless), None)
