"""Why somebody got no proposal, in counted sentences, and what would change it."""

from __future__ import annotations

from collections import Counter

import numpy as np

from companion.domain.criteria import Format
from companion.domain.matching import ExclusionReason, Unmatched
from companion.domain.people import FacetKind, Person
from companion.matching.cohort import Cohort
from companion.matching.comparison import stated
from companion.matching.doubts import quote
from companion.matching.eligibility import POSSIBLE, code, reason_of
from companion.matching.sides import Whole

KEPT_APART = ("is kept apart from this person", "are kept apart from this person")
SAID_OF = {
    ExclusionReason.SAME_PERSON: ("is the same person", "are the same person"),
    ExclusionReason.REPORTING_LINE: ("is in the reporting line", "are in the reporting line"),
    ExclusionReason.NO_COMMON_LANGUAGE: ("shares no language", "share no language"),
    ExclusionReason.BLOCKED: KEPT_APART,
    ExclusionReason.NO_CAPACITY: ("has no free place", "have no free place"),
    ExclusionReason.ALREADY_PAIRED: ("is paired with this person already", "are paired with this person already"),
    ExclusionReason.DECLINED_BEFORE: ("was declined before", "were declined before"),
    ExclusionReason.PAIRED_BEFORE: ("was paired with this person before", "were paired with this person before"),
    ExclusionReason.OPTED_OUT: ("has opted out of matching", "have opted out of matching"),
    ExclusionReason.NOT_WISHED: KEPT_APART,
    ExclusionReason.HELD_BACK: ("is held back by you", "are held back by you"),
    ExclusionReason.HOURS_APART: ("is too many hours away", "are too many hours away"),
    ExclusionReason.SHARED_HOURS: ("shares too few free hours", "share too few free hours"),
    ExclusionReason.LOCATION: ("does not fit the rule about locations", "do not fit the rule about locations"),
    ExclusionReason.LEVEL_GAP: ("is too near in level", "are too near in level"),
    ExclusionReason.SAME_DEPARTMENT: ("is in the same department", "are in the same department"),
    ExclusionReason.NOT_JOINING: ("is not part of this run", "are not part of this run"),
}
"""What each rule says of one and of several people.

Who does not want whom is never said: a private wish reads like a blocked pair, because a committee reads this too.
"""


def unmatched(cohort: Cohort) -> tuple[Unmatched, ...]:
    """Everybody without a proposal and with room or without any pairing, mentees first, each with at least one reason.

    Those whose places are all taken by running pairings are served, and not listed.
    """
    people = cohort.candidates
    rows, columns = cohort.mentors_of, cohort.mentees_of
    spare = _in_reserve(cohort)
    lists = [
        Unmatched(person_id=person.id, reasons=tuple(_mentee_reasons(cohort, row)))
        for row, person in enumerate(people.mentees)
        if row not in rows
        and not _served(people.mentees[row], int(people.mentee_taken[row]))
        and _joins(cohort, 0, row)
    ]
    lists += [
        Unmatched(person_id=person.id, reasons=tuple(_mentor_reasons(cohort, column, spare)))
        for column, person in enumerate(people.mentors)
        if column not in columns
        and not _served(people.mentors[column], int(people.mentor_taken[column]))
        and _joins(cohort, 1, column)
    ]
    return tuple(lists)


def _served(person: Person, taken: int) -> bool:
    """Every place is taken by a running pairing."""
    return taken > 0 and taken >= person.capacity


def _joins(cohort: Cohort, side: int, place: int) -> bool:
    """Whether this run is about the person; when it is about others, nobody else is called unmatched."""
    joining = cohort.candidates.ground.joining
    return joining is None or bool(joining[side][place])


def _left_out(person: Person, number: int) -> list[str] | None:
    """The one reason of somebody who cannot be paired with anybody."""
    if person.opted_out:
        return ["Takes part in no matching until this is taken back."]
    if reason_of(number) is ExclusionReason.HELD_BACK:
        return ["Held back by you: lift the rule when it is time."]
    if person.capacity == 0:
        return ["The capacity is 0: not available for a pairing now."]
    return None


def _mentee_reasons(cohort: Cohort, row: int) -> list[str]:
    people, counts = cohort.candidates, cohort.standing.mentee_reasons[row]
    if alone := _left_out(people.mentees[row], int(people.mentee_codes[row])):
        return alone
    reasons = _running(int(people.mentee_taken[row]), int(people.mentee_room[row]))
    if not people.mentors:
        return [*reasons, "There are no mentors in the programme yet."]
    needs = stated(people.mentees[row], FacetKind.NEED)
    if not needs:
        reasons.append("No need is stated, so there is nothing to compare: ask for one or two in a sentence each.")
    reasons += _fallen(counts, "mentor")
    below = int(counts[code(ExclusionReason.BELOW_FLOOR)])
    if needs and below:
        reasons.append(_too_far(cohort, row, below))
    if possible := cohort.standing.choices_of_mentee(row):
        reasons.append(
            _too_few(cohort) if row in cohort.too_few else _taken_by_others(possible, "mentor", "executives")
        )
        if cohort.is_limited and row not in cohort.too_few:
            reasons[-1] = reasons[-1][:-1] + ", or a limit of the programme stands against it."
    return reasons


def _mentor_reasons(cohort: Cohort, column: int, spare: int) -> list[str]:
    people, counts = cohort.candidates, cohort.standing.mentor_reasons[column]
    if alone := _left_out(people.mentors[column], int(people.mentor_codes[column])):
        return alone
    reasons = _running(int(people.mentor_taken[column]), int(people.mentor_room[column]))
    if not people.mentees:
        return [*reasons, "There are no executives in the programme yet."]
    offers = stated(people.mentors[column], FacetKind.OFFER)
    if not offers:
        reasons.append("No offer is stated, so there is nothing to compare: ask what this mentor could teach.")
    reasons += _fallen(counts, "executive")
    below = int(counts[code(ExclusionReason.BELOW_FLOOR)])
    if offers and below:
        has = "has a need" if below == 1 else "have needs"
        reasons.append(
            f"{_count(below, len(people.mentees), 'executive')} {has} that none of the stated offers is close to."
        )
    if (possible := cohort.standing.choices_of_mentor(column)) and (limit := cohort.at_their_limit.get(column)):
        reasons.append(limit)
    elif possible and possible < _smallest_group(cohort):
        suit = "1 executive would suit" if possible == 1 else f"{possible} executives would suit"
        reasons.append(f"{suit}, too few for a circle of {_smallest_group(cohort)}.")
    elif possible:
        if cohort.standing.could_help[column]:
            reasons.append(_taken_by_others(possible, "executive", "mentors"))
        else:
            reasons.append(_spare(spare, possible))
    return reasons


def _running(taken: int, room: int) -> list[str]:
    if not taken:
        return []
    pairings = "1 pairing is" if taken == 1 else f"{taken} pairings are"
    return [f"{pairings} running already; there is room for {room} more."]


def _fallen(counts: Whole, other: str) -> list[str]:
    """A sentence for each hard rule, the one that took most people first."""
    fallen: Counter[tuple[str, str]] = Counter()
    for reason, said in SAID_OF.items():
        fallen[said] += int(counts[code(reason)])
    everybody = int(counts.sum())
    return [f"{_count(count, everybody, other)} {said[count != 1]}." for said, count in fallen.most_common() if count]


def _count(count: int, total: int, noun: str) -> str:
    """``4 of 12 mentors``, ``the only mentor``."""
    if total == 1:
        return f"The only {noun}"
    everybody = f"Both {noun}s" if total == 2 else f"All {total} {noun}s"
    return everybody if count == total else f"{count} of {total} {noun}s"


def _too_far(cohort: Cohort, row: int, below: int) -> str:
    """None of the offers is near, with the nearest one quoted so that a person can judge."""
    mentors = len(cohort.candidates.mentors)
    answers = cohort.scores.needs.nearest(row, int(cohort.standing.nearest_below[row]))
    who = "the other" if below < mentors else "the"
    said = f"Of {who} {below} mentors, none offers" if below > 1 else f"{who.capitalize()} mentor offers nothing"
    if not answers:
        return f"{said} anything at all yet." if below > 1 else f"{said} yet."
    nearest = max(answers, key=lambda answer: answer.fit)
    anything = " anything" if below > 1 else ""
    return (
        f"{said}{anything} close to a stated need; the nearest is {quote(nearest.offered.text)} "
        f"for {quote(nearest.asked.text)}."
    )


def _too_few(cohort: Cohort) -> str:
    least = cohort.programme.matching.circle.least
    return f"Too few executives suit the same mentors to make a circle of {least}, and a mentor needs {least} places."


def _smallest_group(cohort: Cohort) -> int:
    matching = cohort.programme.matching
    return matching.circle.least if matching.format is Format.CIRCLES else 1


def _taken_by_others(possible: int, noun: str, others: str) -> str:
    if possible == 1:
        return f"1 {noun} would have been possible, but every place went to other {others}."
    return f"{possible} {noun}s would have been possible, but their places went to other {others}."


def _in_reserve(cohort: Cohort) -> int:
    """Mentors without a proposal whom somebody could be paired with."""
    people = cohort.candidates
    possible = cohort.standing.mentor_reasons[:, POSSIBLE] > 0
    used = np.array([column in cohort.mentees_of for column in range(len(people.mentors))], dtype=bool)
    return int(np.count_nonzero(possible & ~used & (people.mentor_room > 0)))


def _spare(spare: int, possible: int) -> str:
    """This mentor is fine; there are simply more mentors than executives."""
    suits = "Would suit 1 executive, who" if possible == 1 else f"Would suit {possible} executives, but each of them"
    return f"{suits} found another mentor: {'the only mentor' if spare == 1 else f'one of {spare} mentors'} in reserve."
