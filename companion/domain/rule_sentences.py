"""Review rules as sentences for people."""

from __future__ import annotations

from collections.abc import Mapping

from companion.domain.people import Person
from companion.domain.review_rules import DECLINE_SENTENCES, ReviewRule, RuleKind


def rule_sentence(rule: ReviewRule, people: Mapping[str, Person]) -> str:
    """``Amira Haddad and Laurent Petit are never paired (There is a conflict of interest).``"""
    sentence = _what(rule, people)
    why = rule.reason or (DECLINE_SENTENCES[rule.code] if rule.code else "")
    return f"{sentence} ({why.rstrip('.')})." if why else f"{sentence}."


def rule_alone(rule: ReviewRule, people: Mapping[str, Person]) -> str:
    """The same without the reason, which is for the admin and the audit trail alone."""
    return f"{_what(rule, people)}."


def _what(rule: ReviewRule, people: Mapping[str, Person]) -> str:
    mentor, mentee = _name(people, rule.mentor_id), _name(people, rule.mentee_id)
    who = mentor or mentee
    match rule.kind:
        case RuleKind.PIN:
            return f"{mentor} and {mentee} are paired, whatever the scores say"
        case RuleKind.NEVER:
            return f"{mentor} and {mentee} are never paired"
        case RuleKind.HOLD:
            return f"{who} is left out for now"
        case RuleKind.SKIP_ENTRY:
            return f"“{_entry(people, rule)}” of {who} does not count for now"
        case RuleKind.OTHER_DEPARTMENT:
            return f"{who} is only paired with another department"


def _name(people: Mapping[str, Person], person_id: str) -> str:
    return people[person_id].name if person_id in people else person_id


def _entry(people: Mapping[str, Person], rule: ReviewRule) -> str:
    person = people.get(rule.mentor_id or rule.mentee_id)
    facets = {facet.entry_id: facet.text for facet in person.facets} if person else {}
    return facets.get(rule.entry_id, rule.entry_id)
