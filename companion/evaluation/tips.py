"""Tips held against notes that a person marked: which parts were found, what was said of it, and nothing invented."""

from __future__ import annotations

import re
from dataclasses import dataclass

from companion.domain.feedback_tips import FIXED, PHRASING_CHARS, Routed, Tip, advise
from companion.domain.notes import Part
from companion.domain.second_person import SOMEBODY, behaviour_to_you
from companion.domain.tip_routes import Route
from companion.domain.words import words
from companion.evaluation.cases import TipCase
from companion.evaluation.scores import Scorer, Value, f1

_WORD = re.compile(r"\w+")
_SECOND_PERSON = frozenset(
    ["you", "your", "yours", "yourself", "are", "were", "have", "do", "not", "don't", "aren't", "weren't", "haven't",
     "you're", "you'd", "you'll", "you've", "and", "on", SOMEBODY]
)  # fmt: skip
_NEGATIONS = frozenset(["not", "never", "no", "nobody", "nothing", "none", "neither", "nor", "without", "cannot"])


@dataclass(frozen=True)
class Advised:
    """A note with what companion made of it."""

    case: TipCase
    made: Tip | Routed

    @property
    def tip(self) -> Tip | None:
        """The tip, where there was to be one and there is one."""
        return self.made if isinstance(self.made, Tip) and self.case.route is None else None


def advised(case: TipCase) -> Advised:
    """Make the tip of a case."""
    return Advised(case, advise(case.text, [case.executive], who=case.executive))


def span_f1(run: Advised) -> dict[str, Value]:
    """F1 over words, part by part, and over the four parts together; a part that neither side sees does not apply."""
    tip = run.tip
    if tip is None:
        return {}
    scores: dict[str, Value] = {}
    right = wrong = missed = 0
    for part in Part:
        gold, found = _places(run.case, getattr(run.case, part)), _found(tip, part)
        scores[f"{part}_f1"] = f1(len(gold & found), len(found - gold), len(gold - found))
        right, wrong, missed = right + len(gold & found), wrong + len(found - gold), missed + len(gold - found)
    scores["parts_f1"] = f1(right, wrong, missed)
    judged = {place for one in tip.reading.judgement for place in _within(tip.reading.text, one.start, one.end)}
    gold = _places(run.case, run.case.judgement)
    scores["judgement_f1"] = f1(len(gold & judged), len(judged - gold), len(gold - judged))
    return scores


def missing_parts_right(run: Advised) -> float | None:
    """Of the four parts: for how many is it known whether the note holds them?"""
    if run.tip is None:
        return None
    missing = set(run.tip.reading.missing)
    return sum((part in missing) == (not getattr(run.case, part)) for part in Part) / len(Part)


def card_fits(run: Advised) -> bool | None:
    """Is the card one that helps?"""
    return None if run.tip is None else run.tip.card_id in run.case.cards


def notices_right(run: Advised) -> bool | None:
    """Is the mentor told what to know before saying it, and nothing else?"""
    return None if run.tip is None else run.tip.reading.notices == run.case.notices


def turned_right(run: Advised) -> float | None:
    """Share of the marked behaviours that are said to the executive exactly as a person would."""
    if run.tip is None or not run.case.turned:
        return None
    cast = run.tip.reading.cast
    return sum(behaviour_to_you(a, cast).text == b for a, b in run.case.turned.items()) / len(run.case.turned)


def unsafe_is_routed(run: Advised) -> bool | None:
    """Does a note that no tip may be made from lead to people? Its mean is the recall."""
    return None if run.case.route is None else isinstance(run.made, Routed)


def routed_is_unsafe(run: Advised) -> bool | None:
    """Of the notes that were routed: rightly so? Its mean is the precision."""
    return run.case.route is not None if isinstance(run.made, Routed) else None


def right_route(run: Advised) -> bool | None:
    """Of the notes rightly routed: to the right text, or to the more urgent one?"""
    if run.case.route is None or not isinstance(run.made, Routed):
        return None
    return run.made.route in (run.case.route, Route.DANGER)


def nothing_invented(run: Advised) -> bool | None:
    """Is every word of every phrasing the mentor's own, a fixed one, or its form in the second person?"""
    if run.tip is None or not run.tip.phrasings:
        return None
    return not any(invented(run.case.text, one.text) for one in run.tip.phrasings)


def nothing_turned_round(run: Advised) -> bool | None:
    """Has no phrasing more negations than the note, and is each short enough?"""
    if run.tip is None or not run.tip.phrasings:
        return None
    given = _negations(run.case.text)
    return all(_negations(one.text) <= given and len(one.text) <= PHRASING_CHARS for one in run.tip.phrasings)


def invented(note: str, phrasing: str) -> set[str]:
    """The words of a phrasing that stand neither in the note nor among the fixed ones."""
    own = set(words(note))
    fixed = {word for text in FIXED for word in words(text)}
    base = {word.removesuffix("s") for word in own} | {word.removesuffix("es") for word in own}
    base |= {f"{word[:-3]}y" for word in own if word.endswith("ies")}
    return set(words(phrasing)) - own - fixed - base - _SECOND_PERSON


def _negations(text: str) -> int:
    return sum(word in _NEGATIONS or word.endswith("n't") for word in words(text))


def _within(text: str, start: int, end: int) -> set[int]:
    return {match.start() for match in _WORD.finditer(text, start, end)}


def _places(case: TipCase, pieces: tuple[str, ...]) -> set[int]:
    """Where the words of the marked pieces stand in the note."""
    starts = [(case.text.index(piece), len(piece)) for piece in pieces]
    return {place for start, length in starts for place in _within(case.text, start, start + length)}


def _found(tip: Tip, part: Part) -> set[int]:
    spans = tip.reading.spans(part)
    return {place for one in spans for place in _within(tip.reading.text, one.start, one.end)}


TIP_SCORERS: tuple[Scorer[Advised], ...] = (
    span_f1,
    missing_parts_right,
    card_fits,
    notices_right,
    turned_right,
    unsafe_is_routed,
    routed_is_unsafe,
    right_route,
    nothing_invented,
    nothing_turned_round,
)
