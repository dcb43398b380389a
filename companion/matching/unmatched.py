"""Why somebody got no proposal, in counted sentences, and what would change it."""

from __future__ import annotations

import numpy as np

from companion.domain.matching import ExclusionReason, Unmatched
from companion.matching.cohort import Cohort
from companion.matching.doubts import quote
from companion.matching.eligibility import REASONS, code

_SAID_OF = {
    ExclusionReason.SAME_PERSON: ("is the same person", "are the same person"),
    ExclusionReason.REPORTING_LINE: ("is in the reporting line", "are in the reporting line"),
    ExclusionReason.NO_COMMON_LANGUAGE: ("shares no language", "share no language"),
    ExclusionReason.BLOCKED: ("is blocked by you", "are blocked by you"),
    ExclusionReason.NO_CAPACITY: ("has no free place", "have no free place"),
    ExclusionReason.ALREADY_PAIRED: ("is paired with this person already", "are paired with this person already"),
    ExclusionReason.DECLINED_BEFORE: ("was declined before", "were declined before"),
}


def unmatched(cohort: Cohort) -> tuple[Unmatched, ...]:
    """Everybody without a proposal and with room or without any pairing, mentees first, each with at least one reason.

    Those whose places are all taken by running pairings are served, and not listed.
    """
    people = cohort.candidates
    rows, columns = {row for row, _ in cohort.pairs}, {column for _, column in cohort.pairs}
    lists = [
        Unmatched(person_id=person.id, reasons=tuple(_mentee_reasons(cohort, row)))
        for row, person in enumerate(people.mentees)
        if row not in rows and not _full(people.mentee_room[row], people.mentee_taken[row])
    ]
    lists += [
        Unmatched(person_id=person.id, reasons=tuple(_mentor_reasons(cohort, column)))
        for column, person in enumerate(people.mentors)
        if column not in columns and not _full(people.mentor_room[column], people.mentor_taken[column])
    ]
    return tuple(lists)


def _full(room: np.int64, taken: np.int64) -> bool:
    return bool(room == 0 and taken > 0)


def _mentee_reasons(cohort: Cohort, row: int) -> list[str]:
    people = cohort.candidates
    reasons = _running(int(people.mentee_taken[row]), int(people.mentee_room[row]))
    if people.mentee_room[row] == 0:
        return ["The capacity is 0: not available for a pairing now."]
    if not people.mentors:
        return [*reasons, "There are no mentors in the programme yet."]
    needs = cohort.scores.needs.asked.by_person[row]
    if not needs:
        reasons.append("No need is stated, so there is nothing to compare: ask for one or two in a sentence each.")
    reasons += _fallen(people.codes[row], "mentor")
    below = int((people.codes[row] == code(ExclusionReason.BELOW_FLOOR)).sum())
    if needs and below:
        reasons.append(_too_far(cohort, row, below))
    if possible := int(cohort.possible[row].sum()):
        reasons.append(_taken_by_others(possible, "mentor", "executives"))
    return reasons


def _mentor_reasons(cohort: Cohort, column: int) -> list[str]:
    people = cohort.candidates
    reasons = _running(int(people.mentor_taken[column]), int(people.mentor_room[column]))
    if people.mentor_room[column] == 0:
        return ["The capacity is 0: not available for a pairing now."]
    if not people.mentees:
        return [*reasons, "There are no executives in the programme yet."]
    offers = cohort.scores.needs.offered.by_person[column]
    if not offers:
        reasons.append("No offer is stated, so there is nothing to compare: ask what this mentor could teach.")
    reasons += _fallen(people.codes[:, column], "executive")
    below = int((people.codes[:, column] == code(ExclusionReason.BELOW_FLOOR)).sum())
    if offers and below:
        has = "has a need" if below == 1 else "have needs"
        reasons.append(
            f"{_count(below, len(people.mentees), 'executive')} {has} that none of the stated offers is close to."
        )
    possible = np.flatnonzero(cohort.possible[:, column])
    if possible.size:
        waiting = [row for row in possible if row not in cohort.mentors_of and not people.mentee_taken[row]]
        if waiting:
            reasons.append(_taken_by_others(int(possible.size), "executive", "mentors"))
        else:
            reasons.append(_spare(cohort, int(possible.size)))
    return reasons


def _running(taken: int, room: int) -> list[str]:
    if not taken:
        return []
    pairings = "1 pairing is" if taken == 1 else f"{taken} pairings are"
    return [f"{pairings} running already; there is room for {room} more."]


def _fallen(codes: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], other: str) -> list[str]:
    """A sentence for each hard rule, the one that took most people first."""
    totals = np.bincount(codes, minlength=len(REASONS) + 1)
    counted = [(int(totals[code(reason)]), reason) for reason in _SAID_OF if totals[code(reason)]]
    counted.sort(key=lambda item: -item[0])
    return [f"{_count(count, len(codes), other)} {_SAID_OF[reason][count != 1]}." for count, reason in counted]


def _count(count: int, total: int, noun: str) -> str:
    """``4 of 12 mentors``, ``the only mentor``."""
    if total == 1:
        return f"The only {noun}"
    return f"All {total} {noun}s" if count == total else f"{count} of {total} {noun}s"


def _too_far(cohort: Cohort, row: int, below: int) -> str:
    """None of the offers is near, with the nearest one quoted so that a person can judge."""
    codes = cohort.candidates.codes[row]
    columns = np.flatnonzero(codes == code(ExclusionReason.BELOW_FLOOR))
    fits = cohort.scores.best_need[row, columns]
    best = int(columns[fits.argmax()])
    answers = cohort.needs(row, best)
    who = "the other" if below < len(codes) else "the"
    said = f"Of {who} {below} mentors, none offers" if below > 1 else f"{who.capitalize()} mentor offers nothing"
    if not answers:
        return f"{said} anything at all yet." if below > 1 else f"{said} yet."
    nearest = max(answers, key=lambda answer: answer.fit)
    anything = " anything" if below > 1 else ""
    return (
        f"{said}{anything} close to a stated need; the nearest is {quote(nearest.offered.text)} "
        f"for {quote(nearest.asked.text)}."
    )


def _taken_by_others(possible: int, noun: str, others: str) -> str:
    if possible == 1:
        return f"1 {noun} would have been possible, but every place went to other {others}."
    return f"{possible} {noun}s would have been possible, but their places went to other {others}."


def _spare(cohort: Cohort, possible: int) -> str:
    """This mentor is fine; there are simply more mentors than executives."""
    people = cohort.candidates
    used = {column for _, column in cohort.pairs}
    spare = sum(
        column not in used and people.mentor_room[column] > 0 and bool(cohort.possible[:, column].any())
        for column in range(len(people.mentors))
    )
    suits = "Would suit 1 executive, who" if possible == 1 else f"Would suit {possible} executives, but each of them"
    return f"{suits} found another mentor: {'the only mentor' if spare == 1 else f'one of {spare} mentors'} in reserve."
