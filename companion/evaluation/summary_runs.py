"""Summaries of the coded surveys, made by anything that can split, code and count comments."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from companion.domain.anonymity import Outcome, Released
from companion.domain.codebook import NOT_UNDERSTOOD
from companion.domain.summaries import Summary, Unit, UnitCode
from companion.domain.waves import Comment, Leaning
from companion.evaluation.summary_cases import GoldUnit, SurveyCase


class Coding(Protocol):
    """Says of every unit what it is about."""

    @property
    def name(self) -> str:
        """With a digest of what decides."""
        ...

    def supports(self, language: str) -> bool:
        """Whether units in this language can be coded at all."""
        ...

    def code(self, units: Sequence[Unit], leanings: Mapping[str, Leaning]) -> Sequence[UnitCode]:
        """One code per unit, in the same order; `leanings` by comment id."""
        ...


class Summarising(Coding, Protocol):
    """Makes a summary of comments in three steps."""

    def units(self, comment: Comment) -> Sequence[Unit]:
        """The statements of one comment."""
        ...

    def count(
        self, question: str, comments: Sequence[Comment], units: Sequence[Unit], codes: Sequence[UnitCode]
    ) -> Outcome[Summary]:
        """What may be said about them."""
        ...


@dataclass(frozen=True)
class Made:
    """What came out, step by step."""

    comments: tuple[Comment, ...]
    units: tuple[Unit, ...]
    codes: tuple[UnitCode, ...]
    outcome: Outcome[Summary]

    @property
    def summary(self) -> Summary | None:
        """None where everything is withheld."""
        return self.outcome.value if isinstance(self.outcome, Released) else None

    @cached_property
    def people(self) -> dict[str, frozenset[str]]:
        """Theme -> who speaks of it, by the codes."""
        people: dict[str, set[str]] = {}
        for unit, code in zip(self.units, self.codes, strict=True):
            for theme in code.themes:
                people.setdefault(theme, set()).add(unit.author)
        return {theme: frozenset(authors) for theme, authors in people.items()}


def make(way: Summarising, question: str, comments: Sequence[Comment]) -> Made:
    """Summarise comments from the first step to the last."""
    units = tuple(unit for comment in comments for unit in way.units(comment))
    codes = tuple(way.code(units, leanings(comments)))
    return Made(tuple(comments), units, codes, way.count(question, comments, units, codes))


def leanings(comments: Sequence[Comment]) -> dict[str, Leaning]:
    """Comment id -> which way its author's rating leans."""
    return {comment.id: comment.leaning for comment in comments}


@dataclass(frozen=True)
class CodedRun:
    """A person's units of one survey, coded by something."""

    case: SurveyCase
    codes: tuple[UnitCode, ...]
    understood: frozenset[str]
    """The languages of the case that the coder supports."""

    @property
    def pairs(self) -> list[tuple[Unit, GoldUnit, UnitCode]]:
        """Unit, what the person said of it, and what the coder said; only those that can be understood."""
        return [(unit, gold, code) for unit, gold, code in self.everything if is_understood(unit, gold, self)]

    @property
    def everything(self) -> list[tuple[Unit, GoldUnit, UnitCode]]:
        """The same, with units in other languages and without words."""
        return [(unit, gold, code) for (unit, gold), code in zip(self.case.gold, self.codes, strict=True)]


@dataclass(frozen=True)
class SummaryRun(CodedRun):
    """One survey summarised from the text on."""

    made: Made
    seconds: float = 0.0
    """From the text to the summary."""

    @cached_property
    def people(self) -> dict[str, frozenset[str]]:
        """Theme -> who speaks of it, by the person who coded the survey; only in languages that are understood."""
        people: dict[str, set[str]] = {}
        for unit, gold in self.case.gold:
            for theme in gold.themes if is_understood(unit, gold, self) else ():
                people.setdefault(theme, set()).add(unit.author)
        return {theme: frozenset(authors) for theme, authors in people.items()}


def is_understood(unit: Unit, gold: GoldUnit, run: CodedRun) -> bool:
    """Whether it has words, in a language that the coder supports."""
    return unit.language in run.understood and NOT_UNDERSTOOD not in gold.themes


def coded(way: Coding, case: SurveyCase) -> CodedRun:
    """Have the units of a survey coded as the person split them."""
    codes = tuple(way.code([unit for unit, _ in case.gold], leanings(case.stored)))
    return CodedRun(case, codes, _understood(way, case))


def run(way: Summarising, case: SurveyCase) -> SummaryRun:
    """Have a survey summarised, and the units of the person coded as well."""
    start = time.perf_counter()
    made = make(way, case.question, case.stored)
    seconds = time.perf_counter() - start
    return SummaryRun(case, coded(way, case).codes, _understood(way, case), made, seconds)


def _understood(way: Coding, case: SurveyCase) -> frozenset[str]:
    return frozenset(language for language in {unit.language for unit, _ in case.gold} if way.supports(language))
