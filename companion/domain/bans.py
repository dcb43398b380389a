"""What must not be said about people, whoever wrote the sentence: judgements of a person, ideas about generations."""

from __future__ import annotations

import re
from collections.abc import Iterable

from companion.domain.words import stems

_JUDGEMENT = re.compile(
    r"\b(?:apprais\w+|underperform\w*|(?:performance|annual) (?:review|rating|appraisal)s?|ratings?|"
    r"(?:low|high|top|poor|weak|strong|under)[- ]?(?:performers?|performing|performance)|"
    r"promotion|promotions|promotable|get(?:ting)? promoted|promot(?:e|ed|ing) (?:him|her|them|you|me)|"
    r"pay rise|salary review|bonus(?:es)?|disciplinary|incompeten\w+|lazy|stupid|"
    r"rat(?:e|es|ing) (?:his|her|their|your|my|him|you|them|\w+['’]s)\b|"
    r"(?:fire|sack|dismiss) (?:him|her|them|you)|(?:bad|weak|poor) (?:boss|manager|leader|executive|mentor)s?|"
    r"not good enough|career prospects)\b",
    re.IGNORECASE,
)
_AGE_GROUP = (
    r"(?:millennials?|boomers?|zoomers?|gen(?:eration)?[- ]?[xyz](?:ers?)?|digital natives?|"
    r"(?:young|younger|old|older) (?:people|employees|workers|colleagues|staff|leaders|managers|folk|folks|ones))"
)
_GENERATIONS = re.compile(
    rf"\b(?:as an? (?:{_AGE_GROUP}|young(?:er)? person|old(?:er)? person)|"
    r"(?:your|my|our|their|his|her|this|that) (?:own )?generation|(?:people|somebody|someone) (?:of )?your age|"
    r"at (?:your|my|their) age|kids (?:these days|today)|ok(?:ay)?,? boomer|digital natives?|"
    rf"(?:you|we|us|typical|those|all) {_AGE_GROUP}|"
    rf"{_AGE_GROUP} (?:are|is|all|always|never|only|just|do not|don['’]t|can['’]t|cannot|won['’]t|tend to|lack|love|"
    r"hate|struggle|expect|prefer|resist|fear))\b",
    re.IGNORECASE,
)


def judgement_of_a_person(text: str, stated: Iterable[str] = ()) -> str | None:
    """The words that appraise a person or touch pay and promotion; None when there are none.

    `stated` are texts of the two people themselves, such as a goal "how promotions are decided here": a subject they
    named may be spoken about.
    """
    return _found(_JUDGEMENT, text, stated)


def idea_about_a_generation(text: str, stated: Iterable[str] = ()) -> str | None:
    """The words that say what an age group is like; None when there are none. A group may be named as a subject."""
    return _found(_GENERATIONS, text, stated)


def _found(pattern: re.Pattern[str], text: str, stated: Iterable[str]) -> str | None:
    known = [set(stems(own)) for own in stated]
    for match in pattern.finditer(text):
        if not any(set(stems(match.group())) <= own for own in known):
            return match.group()
    return None
