"""How well units are coded, against a person's codes of the same units."""

from __future__ import annotations

import re

from companion.domain.codebook import NOT_UNDERSTOOD, SPECIAL
from companion.domain.summaries import Polarity, Unit
from companion.domain.waves import Leaning
from companion.evaluation.scores import Scorer, Value, f1, share
from companion.evaluation.summary_runs import CodedRun

_WORD = re.compile(r"\w")
_CONTRARY = {(Leaning.LOW, Polarity.POSITIVE), (Leaning.HIGH, Polarity.NEGATIVE)}


def themes_f1(run: CodedRun) -> dict[str, Value]:
    """F1 of unit -> themes: over all labels together, and the mean over the codebook's themes that occur."""
    right: dict[str, int] = {}
    wrong: dict[str, int] = {}
    missed: dict[str, int] = {}
    for _, gold, code in run.pairs:
        for theme in set(gold.themes) | set(code.themes):
            tally = missed if theme not in code.themes else right if theme in gold.themes else wrong
            tally[theme] = tally.get(theme, 0) + 1
    occurring = [theme for theme in (right | missed) if theme not in SPECIAL]
    each = [f1(right.get(theme, 0), wrong.get(theme, 0), missed.get(theme, 0)) or 0.0 for theme in occurring]
    return {
        "theme_micro_f1": f1(sum(right.values()), sum(wrong.values()), sum(missed.values())),
        "theme_macro_f1": sum(each) / len(each) if each else None,
    }


def polarity(run: CodedRun) -> dict[str, Value]:
    """Content or not, where a person could tell: right among the answered ones, and how many were answered.

    "Neutral" is no answer. Where the words contradict the author's rating, "mixed" is right as well.
    """
    leaning = {comment.id: comment.leaning for comment in run.case.stored}
    answered, four_ways, contrary = [], [], []
    told = 0
    for unit, gold, code in run.pairs:
        if set(gold.themes) & set(SPECIAL):
            continue
        against = (leaning[unit.comment_id], gold.polarity) in _CONTRARY
        right = code.polarity is gold.polarity or (against and code.polarity is Polarity.MIXED)
        four_ways.append(right)
        if gold.polarity in (Polarity.POSITIVE, Polarity.NEGATIVE):
            told += 1
            if code.polarity is not Polarity.NEUTRAL:
                answered.append(right)
        if against:
            contrary.append(right)
    return {
        "polarity_right": share(answered),
        "polarity_answered": len(answered) / told if told else None,
        "polarity_four_ways": share(four_ways),
        "polarity_against_rating": share(contrary),
    }


def foreign_kept(run: CodedRun) -> float | None:
    """Share of the units in languages that are not supported, or without words, listed as not understood."""
    others = [code for unit, gold, code in run.everything if unit.language not in run.understood or wordless(unit)]
    return share(code.themes == (NOT_UNDERSTOOD,) for code in others)


def wordless(unit: Unit) -> bool:
    """Whether it holds no letter and no digit."""
    return not _WORD.search(unit.text)


CODING_SCORERS: tuple[Scorer[CodedRun], ...] = (themes_f1, polarity, foreign_kept)
"""These need nothing but codes of the person's units."""
