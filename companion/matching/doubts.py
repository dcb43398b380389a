"""The strongest reason against a proposed pair, in one plain sentence.

Each rule looks at one thing and answers with a severity and a sentence, or with nothing; the most severe one is told.
Whatever a pair is praised for, its doubt stands beside it: an admin who reads only praise stops reading.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from companion.domain.criteria import Format
from companion.domain.matching import Band
from companion.domain.people import FacetKind
from companion.domain.text import plain
from companion.matching import calendars
from companion.matching.calibration import RELATED, fit_at
from companion.matching.cohort import Cohort, Pair, thin
from companion.matching.comparison import stated

NOTHING_FOUND = "Nothing in the profiles speaks against it; nobody has asked the two yet."

_QUOTE = 80
_SMALL_TENURE_GAP = 2.0
_FAR_APART = 5.0
"""Hours between two clocks that leave little of the working day in common."""
_ALMOST = 0.02
"""A difference in score that nobody should read anything into."""

Doubt = tuple[float, str]
"""How much it weighs, from 0 to 1, and what it says."""


def strongest_doubt(cohort: Cohort, pair: Pair, band: Band) -> str:
    """One sentence against this pair; never empty."""
    doubts = [doubt for rule in _RULES for doubt in rule(cohort, pair, band)]
    return max(doubts, key=lambda doubt: doubt[0])[1] if doubts else NOTHING_FOUND


def quote(text: str) -> str:
    """An entry inside a sentence: one line, in quotation marks, cut after a word when it is long."""
    line = plain(text, one_line=True)
    if len(line) > _QUOTE:
        line = line[:_QUOTE].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
    return f"“{line}”"


def _evidence(cohort: Cohort, pair: Pair, band: Band) -> Iterator[Doubt]:
    answers = pair.needs
    if not answers:
        yield 1.0, "They state no need and offer that could be compared; ask them before you believe it."
        return
    enough = fit_at(RELATED)
    if band is Band.WEAK:
        yield 1.0, "The only evidence is a loose likeness of words; read the quotes before you believe it."
        return
    unanswered = [answer for answer in answers if answer.fit < enough]
    if answers[0] in unanswered:
        yield 0.8, f"No offer comes near the need stated first, {quote(answers[0].asked.text)}."
    elif unanswered:
        yield 0.45, f"No offer comes near one of the needs, {quote(unanswered[0].asked.text)}."


def _thin(cohort: Cohort, pair: Pair, band: Band) -> Iterator[Doubt]:
    best = max(pair.needs, key=lambda answer: answer.fit, default=None)
    if best is None:
        return
    for who, text in (("executive's need", best.asked.text), ("mentor's offer", best.offered.text)):
        if thin(text):
            yield 0.85, f"The {who} is only {quote(text)}, which can mean many things: ask what is meant."


def _language(cohort: Cohort, pair: Pair, band: Band) -> Iterator[Doubt]:
    if not all(pair.languages):
        yield 0.5, "At least one of the two has not stated any language; ask whether they share one."
    elif cohort.badly_compared(pair):
        yield (
            0.75,
            ("They share a language other than English, which companion compares badly; judge the quotes yourself."),
        )
    elif language := cohort.written_in(pair):
        yield (
            0.7,
            f"Some of what the two state is in {language}, which companion compares badly with English; "
            "judge the quotes yourself.",
        )


def _time(cohort: Cohort, pair: Pair, band: Band) -> Iterator[Doubt]:
    mentee, mentor, hours = pair.mentee, pair.mentor, pair.hours
    apart = calendars.hours_apart(mentee, mentor, cohort.at)
    zones = f"; their clocks are {_hours(apart)} apart" if apart else ""
    if math.isnan(hours):
        if apart is not None and apart >= _FAR_APART:
            yield 0.7, f"Their clocks are {_hours(apart)} apart, and not both have stated when they are free."
        else:
            yield 0.25, "Not both have stated when they are free; look at their calendars first."
    elif cohort.cannot_meet(pair):
        yield 0.9, f"The half days they stated leave no room for a session together{zones}."
    elif apart is not None and apart >= _FAR_APART:
        yield 0.35, f"Their clocks are {_hours(apart)} apart; they share {_hours(hours)} a week."


def _sameness(cohort: Cohort, pair: Pair, band: Band) -> Iterator[Doubt]:
    mentee, mentor = pair.mentee, pair.mentor
    department = _same(mentee.department, mentor.department)
    location = _same(mentee.location, mentor.location)
    if department and location:
        yield 0.7, f"Both work in {_shown(mentee.department)} in {_shown(mentee.location)}: less of an outside view."
    elif department:
        yield 0.6, f"Both work in {_shown(mentee.department)}: less of an outside view."
    elif location:
        yield 0.15, f"Both work in {_shown(mentee.location)}; another location would widen the view further."
    if mentee.tenure_years is not None and mentor.tenure_years is not None:
        gap = mentee.tenure_years - mentor.tenure_years
        if gap < _SMALL_TENURE_GAP:
            yield (
                0.4,
                (
                    f"Their years here are {_years(mentor.tenure_years)} (mentor) and {_years(mentee.tenure_years)} "
                    "(executive), so the view of somebody newer may be missing."
                ),
            )


def _gain(cohort: Cohort, pair: Pair, band: Band) -> Iterator[Doubt]:
    answers = pair.gains
    if answers:
        best = max(answers, key=lambda answer: answer.fit)
        if best.fit < fit_at(RELATED):
            yield (
                0.3,
                f"The executive offers nothing back towards what the mentor wants: {quote(answers[0].asked.text)}.",
            )
    elif not stated(pair.mentor, FacetKind.GAIN):
        yield 0.28, "The mentor has not said what they want to gain; ask, so that it does not become one-sided."
    else:
        yield 0.28, "The executive has not said what they offer in return; ask before the first session."


def _rivals(cohort: Cohort, pair: Pair, band: Band) -> Iterator[Doubt]:
    load = int(cohort.mentor_load[pair.column])
    if load > 1 and cohort.programme.matching.format is not Format.CIRCLES:
        yield 0.32, f"The mentor would look after {load} executives at the same time."
    rank = cohort.rank_of_mentor(pair)
    if rank > 3:
        choices = cohort.standing.choices_of_mentee(pair.row)
        yield (
            0.55,
            f"Only number {rank} of {choices} mentors for this executive; the better ones are needed elsewhere.",
        )
    else:
        other = cohort.next_best(pair.row, pair.column)
        if other is not None and abs(other - pair.score.total) < _ALMOST:
            yield 0.2, "Another mentor would do almost as well; see the runner-up."


_RULES: tuple[Callable[[Cohort, Pair, Band], Iterator[Doubt]], ...] = (
    _evidence,
    _thin,
    _language,
    _time,
    _sameness,
    _gain,
    _rivals,
)


def _same(one: str, other: str) -> bool:
    return bool(one.strip()) and " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _shown(text: str) -> str:
    return plain(text, one_line=True)


def _hours(hours: float) -> str:
    return "1 hour" if hours == 1 else f"{hours:g} hours"


def _years(years: float) -> str:
    return "1 year" if years == 1 else f"{years:g} years"
