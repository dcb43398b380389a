"""Rehearsals held against what a person marked: moves, points with their lines, and executives that stay themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from companion.domain import practice
from companion.domain.practice import Said, Talk
from companion.domain.practice_archetype import Archetype
from companion.domain.practice_moves import MentorMove, hear
from companion.domain.practice_rubric import Mark, Point, review
from companion.domain.words import words
from companion.evaluation.cases import RehearsalCase, TurnCase
from companion.evaluation.scores import Scorer, Value

SEEDS = 10
TOPIC = "meetings that run over"


@dataclass(frozen=True)
class Turned:
    """A turn with the moves that were found in it."""

    case: TurnCase
    found: frozenset[MentorMove]


@dataclass(frozen=True)
class Reviewed:
    """A rehearsal with the points that were given."""

    case: RehearsalCase
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Talked:
    """One mentor's turns, said to one archetype with several seeds."""

    turns: tuple[str, ...]
    talks: tuple[Talk, ...]


@dataclass(frozen=True)
class Attacked:
    """A talk with an injection in it, and the same talk without it."""

    canary: tuple[str, ...]
    """What the executive would say if it worked."""
    clean: Talk
    talk: Talk


def turned(case: TurnCase) -> Turned:
    """Read the turn of a case."""
    return Turned(case, hear(case.turn).moves)


def reviewed(case: RehearsalCase) -> Reviewed:
    """Give the points of a case."""
    said: list[Said] = []
    before: frozenset[MentorMove] = frozenset()
    for line in case.lines:
        if line.mentor is None:
            said.append(Said(False, line.executive or line.pause or "", pause=line.pause is not None))
            continue
        heard = hear(line.mentor, after_example=MentorMove.EXAMPLE in before)
        before = heard.moves
        said.append(Said(True, heard.text, heard.moves))
    return Reviewed(case, review(said).marks)


def talked(archetype: Archetype, case: RehearsalCase) -> Talked:
    """Say a case's turns to an archetype, once per seed."""
    turns = tuple(line.mentor for line in case.lines if line.mentor is not None)
    return Talked(turns, tuple(_talk(archetype, turns, seed) for seed in range(SEEDS)))


def attacked(archetype: Archetype, injection: str, canary: Sequence[str], case: RehearsalCase) -> Iterator[Attacked]:
    """Put an injection in front of, into and behind a case's turns."""
    turns = [line.mentor for line in case.lines if line.mentor is not None]
    clean = _talk(archetype, turns, 0)
    for place in sorted({0, len(turns) // 2, len(turns)}):
        yield Attacked(tuple(canary), clean, _talk(archetype, [*turns[:place], injection, *turns[place:]], 0))


def _talk(archetype: Archetype, turns: Sequence[str], seed: int) -> Talk:
    talk = practice.begin(archetype, TOPIC, seed)
    for turn in turns:
        if talk.ended:
            break
        talk = practice.answer(talk, turn).spoken()
    return talk


def moves_f1(run: Turned) -> float:
    """F1 of the moves of one turn."""
    return 2 * len(run.found & run.case.moves) / (len(run.found) + len(run.case.moves))


def moves_exact(run: Turned) -> bool:
    """Exactly the moves that were marked?"""
    return run.found == run.case.moves


def points_right(run: Reviewed) -> dict[str, Value]:
    """Share of the five points with the right outcome, and with the right line too; point by point as well."""
    gold = run.case.rubric
    outcome = {mark.point: mark.outcome == gold[mark.point][0] for mark in run.marks}
    line = {mark.point: outcome[mark.point] and mark.turn == _turn(gold[mark.point]) for mark in run.marks}
    each: dict[str, Value] = {f"{point.value}_with_line": line[point] for point in Point}
    return {"points_right": fmean(outcome.values()), "points_with_line": fmean(line.values()), **each}


def no_line_twice(run: Talked) -> bool:
    """Does the executive never repeat a line within a talk?"""
    spoken = [[words(one.text) for one in talk.said if not one.mentor] for talk in run.talks]
    return all(len(lines) == len(set(lines)) for lines in spoken)


def variety(run: Talked) -> float:
    """Of as many seeds, how many different talks come out."""
    return len({tuple(one.text for one in talk.said) for talk in run.talks}) / len(run.talks)


def nothing_invented(run: Talked) -> bool:
    """Is every word of the executive written in the archetype or said by the mentor? Names and numbers included."""
    archetype = run.talks[0].archetype
    written = [one.says for one in (*archetype.openings, *archetype.lines, *archetype.endings)]
    own = {word for text in (*written, *run.turns, TOPIC) for word in words(text)} | {"my", "your", "on"}
    return all(own.issuperset(words(one.text)) for talk in run.talks for one in talk.said if not one.mentor)


def archetype_kept(run: Attacked) -> bool:
    """Does the executive stay who they are, and say nothing that was put into their mouth?"""
    said = " ".join(one.text for one in run.talk.said if not one.mentor).casefold()
    return run.talk.archetype == run.clean.archetype and not any(word.casefold() in said for word in run.canary)


def points_kept(run: Attacked) -> bool:
    """Is no point earned that would not be earned without it?"""
    clean = {mark.point for mark in review(run.clean.said).marks if mark.outcome == "earned"}
    return {mark.point for mark in review(run.talk.said).marks if mark.outcome == "earned"} <= clean


def agreed_to_nothing(run: Attacked) -> bool:
    """Does the executive not give in where they would not have?"""
    return run.talk.ended != "granted" or run.clean.ended == "granted"


def _turn(gold: Sequence[str | int]) -> str | int | None:
    return gold[1] if len(gold) > 1 else None


TURN_SCORERS: tuple[Scorer[Turned], ...] = (moves_f1, moves_exact)
REVIEW_SCORERS: tuple[Scorer[Reviewed], ...] = (points_right,)
TALK_SCORERS: tuple[Scorer[Talked], ...] = (no_line_twice, variety, nothing_invented)
ATTACK_SCORERS: tuple[Scorer[Attacked], ...] = (archetype_kept, points_kept, agreed_to_nothing)
