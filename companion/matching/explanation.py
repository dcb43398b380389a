"""What stands behind a proposed pair: its band, the quoted evidence, what differs, the ranks and the runner-up."""

from __future__ import annotations

from collections.abc import Iterator

from companion.domain.matching import Evidence, MatchProposal, MatchScore, RunnerUp
from companion.domain.people import Person
from companion.matching.calibration import RELATED, fit_at
from companion.matching.cohort import Cohort
from companion.matching.doubts import strongest_doubt
from companion.matching.scoring import Answer, Comparison, Terms

MOST_NEEDS = 3
"""Needs quoted in a proposal."""
_ALMOST = 0.01

_LESS = {
    "need": "answers the stated needs less well",
    "gain": "would gain less of what they want",
    "interests": "has less in common outside work",
    "department": "brings less of another department's view",
    "region": "brings less of another region's view",
    "tenure": "is less far apart in years of service",
    "work_style": "works in a more similar way",
    "availability": "shares fewer free hours",
}


def explain(cohort: Cohort, run_id: str) -> tuple[MatchProposal, ...]:
    """The proposals, best score first, numbered ``RUN-1``, ``RUN-2`` ..."""
    ordered = sorted(cohort.pairs, key=lambda pair: (-float(cohort.scores.total[pair]), pair))
    return tuple(_proposal(cohort, run_id, number, *pair) for number, pair in enumerate(ordered, start=1))


def difference_in_words(mentee: Person, mentor: Person) -> tuple[str, ...]:
    """What differs between the two: ``other department``, ``other location``, ``2 years against 19``."""
    words = []
    for field in ("department", "location"):
        one, other = (" ".join(getattr(person, field).split()).casefold() for person in (mentee, mentor))
        if one and other and one != other:
            words.append(f"other {field}")
    if (
        mentee.tenure_years is not None
        and mentor.tenure_years is not None
        and mentee.tenure_years != mentor.tenure_years
    ):
        years = "1 year" if mentor.tenure_years == 1 else f"{mentor.tenure_years:g} years"
        words.append(f"{years} against {mentee.tenure_years:g}")
    return tuple(words)


def _proposal(cohort: Cohort, run_id: str, number: int, row: int, column: int) -> MatchProposal:
    mentee, mentor = cohort.candidates.mentees[row], cohort.candidates.mentors[column]
    score = cohort.scores.of(row, column)
    band = cohort.band(row, column)
    choices = cohort.choices_of_mentee(row)
    return MatchProposal(
        id=f"{run_id}-{number}",
        run_id=run_id,
        mentor_id=mentor.id,
        mentee_id=mentee.id,
        score=score,
        band=band,
        evidence=tuple(_evidence(cohort, row, column)),
        doubt=strongest_doubt(cohort, row, column, band),
        mentor_rank=cohort.mentor_rank(row, column),
        mentor_choices=len(choices),
        mentee_rank=cohort.mentee_rank(row, column),
        mentee_choices=int(cohort.possible[:, column].sum()),
        difference=difference_in_words(mentee, mentor),
        runner_up=_runner_up(cohort, row, column, choices),
    )


def _evidence(cohort: Cohort, row: int, column: int) -> Iterator[Evidence]:
    """The best answered needs, then one gain and one interest where they are at least related.

    Entries that merely resemble each other a little are never shown as evidence, except the one that carries a weak
    pair; showing more of them would look like reasons.
    """
    mentee, mentor = cohort.candidates.mentees[row], cohort.candidates.mentors[column]
    enough = fit_at(RELATED)
    needs = sorted(cohort.needs(row, column), key=lambda answer: (-answer.fit, answer.asked.position))
    for answer in [needs[0], *(answer for answer in needs[1:MOST_NEEDS] if answer.fit >= enough)]:
        yield _quoted(cohort.scores.needs, mentee, answer, mentor)
    for comparison, asking, offering, answers in (
        (cohort.scores.gains, mentor, mentee, cohort.gains(row, column)),
        (cohort.scores.interests, mentee, mentor, cohort.interests(row, column)),
    ):
        best = max(answers, key=lambda answer: answer.fit, default=None)
        if best is not None and best.fit >= enough:
            yield _quoted(comparison, asking, best, offering)


def _quoted(comparison: Comparison, asking: Person, answer: Answer, offering: Person) -> Evidence:
    return Evidence(
        asked_by=asking.id,
        asked_entry=answer.asked.entry_id,
        asked_text=answer.asked.text,
        offered_by=offering.id,
        offered_entry=answer.offered.entry_id,
        offered_text=answer.offered.text,
        similarity=round(answer.cosine, 4),
        percentile=round(comparison.scale.percentile(answer.cosine), 6),
        word=comparison.scale.word(answer.cosine),
    )


def _runner_up(cohort: Cohort, row: int, column: int, choices: list[int]) -> RunnerUp | None:
    """The best other mentor who is not proposed to the same mentee anyway."""
    other = next((choice for choice in choices if choice not in cohort.mentors_of[row]), None)
    if other is None:
        return None
    return RunnerUp(
        mentor_id=cohort.candidates.mentors[other].id,
        band=cohort.band(row, other),
        total=cohort.scores.of(row, other).total,
        note=_what_stands_between(cohort, row, column, other),
    )


def _what_stands_between(cohort: Cohort, row: int, column: int, other: int) -> str:
    free = cohort.mentor_load[other] < cohort.candidates.mentor_taken[other] + cohort.candidates.mentor_room[other]
    still = "Still free" if free else "Proposed to another executive"
    gap = float(cohort.scores.total[row, column] - cohort.scores.total[row, other])
    if abs(gap) < _ALMOST:
        return f"{still}; fits almost equally well."
    if gap < 0:
        return f"{still}; fits better here, but the whole programme does better this way."
    chosen, instead = cohort.scores.of(row, column), cohort.scores.of(row, other)
    return f"{still}; {_LESS[_largest_loss(cohort.scores.shares, chosen, instead)]}."


def _largest_loss(shares: MatchScore, chosen: MatchScore, instead: MatchScore) -> str:
    return max(Terms._fields, key=lambda name: getattr(shares, name) * (getattr(chosen, name) - getattr(instead, name)))
