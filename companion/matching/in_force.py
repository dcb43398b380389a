"""What is said about a run as a whole: the rules in force, gaps in the data, and why nobody could be paired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from companion.config import MULTILINGUAL_EMBEDDING_MODEL
from companion.domain.criteria import Format
from companion.domain.criteria_words import criteria_sentences
from companion.domain.languages import other_than_english
from companion.domain.matching import ExclusionReason
from companion.domain.people import FacetKind, Person
from companion.domain.review_rules import ReviewRule, RuleKind
from companion.domain.text import plain
from companion.matching import calendars
from companion.matching.cohort import Cohort
from companion.matching.comparison import stated
from companion.matching.eligibility import POSSIBLE
from companion.matching.reporting_lines import name_list, named
from companion.matching.sides import Sides
from companion.ports import MatchRequest

_ENTRIES_READ = 2
"""Enough to tell in which language somebody fills in a form."""


def in_force(request: MatchRequest, sides: Sides) -> tuple[str, ...]:
    """The programme's criteria and what the admin decided in reviews, each in one readable line."""
    return (*criteria_sentences(request.programme.matching), *(_line(rule, sides) for rule in request.rules))


def about_the_whole(cohort: Cohort) -> list[str]:
    """When there is nothing to propose: why, and what to do."""
    people = cohort.candidates
    if cohort.chosen:
        return []
    if not people.mentees and not people.mentors:
        return ["There are no people in the programme yet: import them first."]
    for group, noun in ((people.mentors, "mentor"), (people.mentees, "executive")):
        if not group:
            return [f"There are no {noun}s in the programme: import people whose role is {noun}."]
    for group, room, taken, noun in (
        (people.mentors, people.mentor_room, people.mentor_taken, "mentor"),
        (people.mentees, people.mentee_room, people.mentee_taken, "executive"),
    ):
        if not room.any():
            return [_no_room(group, bool(taken.any()), noun)]
    least = cohort.programme.matching.circle.least
    if cohort.programme.matching.format is Format.CIRCLES and int(people.mentor_room.max()) < least:
        return [f"A circle has at least {least} executives, and no mentor has {least} free places: raise the capacity."]
    if cohort.standing.mentee_reasons[:, POSSIBLE].any():
        return ["Some pairs are possible, but a limit or a quota of the programme leaves room for none: loosen it."]
    below = dict(cohort.standing.counts()).get(ExclusionReason.BELOW_FLOOR, 0)
    if not below:
        return ["Every pair is forbidden by a hard rule; the list of unmatched people says which rule for whom."]
    return [
        f"{below} pairs are allowed, but in none of them does an offer come near a need: ask for needs and offers in "
        "whole sentences, or lower need_floor."
    ]


def about_the_data(cohort: Cohort) -> list[str]:
    """Gaps that make matches worse, with the people to ask, and rules that were waived."""
    people, rules = cohort.candidates, cohort.programme.matching.rules
    warnings = []
    if not rules.reporting_line:
        reason = plain(rules.reporting_line_waiver, one_line=True)
        warnings.append(f"Reporting lines were not looked at in this run. The reason given: {reason}")
    for group, noun, what in ((people.mentees, FacetKind.NEED, "needs"), (people.mentors, FacetKind.OFFER, "offers")):
        silent = [person for person in group if not stated(person, noun)]
        if silent:
            verb = "states" if len(silent) == 1 else "state"
            warnings.append(
                f"{name_list(silent)} {verb} no {noun.value}, and cannot be matched without: ask for {what}."
            )
    everybody = (*people.mentees, *people.mentors)
    lost = [person for person in everybody if person.availability and calendars.zone(person.time_zone) is None]
    if lost:
        verb = "has" if len(lost) == 1 else "have"
        warnings.append(
            f"{name_list(lost)} {verb} a time zone nobody knows; write it like Europe/Paris. Their free half days were "
            "left out."
        )
    return [*warnings, *_in_other_languages(cohort), *_silent_about_rules(cohort)]


def _no_room(group: Sequence[Person], any_taken: bool, noun: str) -> str:
    if all(person.opted_out for person in group):
        return f"Every {noun} has opted out, so nobody can be paired."
    why = "every place is taken" if any_taken else "every capacity is 0"
    if any(person.capacity for person in group) and not any_taken:
        why = "everybody is held back, has opted out or has a capacity of 0"
    return f"No {noun} has a free place ({why}): raise the capacity of some and match again."


def _in_other_languages(cohort: Cohort) -> Iterator[str]:
    """Who writes in another language than the embedding model knows."""
    if not cohort.english_only:
        return
    people: dict[str, list[Person]] = {}
    for group, kind in ((cohort.candidates.mentees, FacetKind.NEED), (cohort.candidates.mentors, FacetKind.OFFER)):
        for person in group:
            entries = " ".join(facet.text for facet in stated(person, kind)[:_ENTRIES_READ])
            if language := other_than_english([entries]):
                people.setdefault(language, []).append(person)
    for language, writing in sorted(people.items()):
        verb = "states" if len(writing) == 1 else "state"
        yield (
            f"{name_list(writing)} {verb} needs or offers in {language}, and the embedding model in use knows English "
            f"alone. The setting embedding_model = '{MULTILINGUAL_EMBEDDING_MODEL}' compares languages with each other."
        )


def _silent_about_rules(cohort: Cohort) -> Iterator[str]:
    """Rules that could not be applied to people who do not state what they are about."""
    rules, people = cohort.programme.matching.rules, cohort.candidates
    everybody = (*people.mentees, *people.mentors)
    for asked, silent, what in (
        (rules.min_level_gap is not None, [p for p in everybody if p.level is None], "level"),
        (rules.location != "any", [p for p in everybody if not p.location], "location"),
        (rules.min_shared_hours > 0, [p for p in everybody if not p.availability], "free half days"),
    ):
        if asked and silent:
            states = "states" if len(silent) == 1 else "state"
            yield f"{name_list(silent)} {states} no {what}, so the rule about it could not be applied to them."


def _line(rule: ReviewRule, sides: Sides) -> str:
    mentor, mentee = (
        named(people[places[id_]]) if id_ in places else plain(id_, one_line=True)
        for id_, people, places in (
            (rule.mentor_id, sides.mentors, sides.columns),
            (rule.mentee_id, sides.mentees, sides.rows),
        )
    )
    someone = mentor or mentee
    # Without the reason: a committee reads this line, and what the admin wrote is for the audit trail.
    return {
        RuleKind.PIN: f"{mentor} and {mentee} are paired, because you said so.",
        RuleKind.NEVER: f"{mentor} and {mentee} are not paired.",
        RuleKind.HOLD: f"{someone} is left out.",
        RuleKind.SKIP_ENTRY: f"The entry {plain(rule.entry_id, one_line=True)} of {someone} does not count.",
        RuleKind.OTHER_DEPARTMENT: f"{someone} is only paired with somebody from another department.",
    }[rule.kind]
