"""A few of the mentor's own words that the executive of a rehearsal may take up: what, when, and what is asked for.

Only shapes that are safe to say back are taken: a determiner with a noun of work, a named moment, and the words of a
request. Anything else may be a verb, a person or something private, and is left alone.
"""

from __future__ import annotations

import re

from companion.domain import practice_words as cue
from companion.domain.bans import touches_sensitive
from companion.domain.note_words import COUNTS, DETERMINERS, HAPPENED, OCCASIONS
from companion.domain.practice_told import WHEN
from companion.domain.words import STOP_WORDS, one_line, word_set

PHRASE_CHARS = 40
REQUEST_CHARS = 90

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]")
_NO_THING = word_set(
    # Persons and groups: what fits a thing sounds odd about them.
    "chair client colleague company customer department expert group intern manager supplier team trainee people "
    # And what a talk itself is made of.
    "answer example feedback goal mistake note part point request suggestion topic talk voice offer experience course "
    "thing question word reason"
)
_HEADS = (
    (cue.WORDS_OF_WORK | OCCASIONS)
    - _NO_THING
    - word_set("all no round row hour lift minute week weekend morning date time town sync start")
)
_ENDS = word_set(
    "room desk page form team card channel hall system list screen group site meeting meetings box centre "
    "tool app session"
)
"""What a noun may be lengthened by: "the meeting room"; "the room answer" would be a verb."""
_TO_THE_EXECUTIVE = {"my": "your", "our": "your", "your": "my"}
"""The executive says it from the other side."""
_NO_START = COUNTS | word_set("no a an that another other most each every")
_NOT_BETWEEN = STOP_WORDS | HAPPENED | DETERMINERS
_ASKED = (
    re.compile(
        r"\b(?:could|can|would|will|might) you (?:please |perhaps |maybe |be (?:willing|ready|open) to )?(.+)", re.I
    ),
    re.compile(r"\bi(?:'d| would) (?:really )?(?:like|love|want|prefer) you to (.+)", re.I),
    re.compile(r"\bplease (.+)", re.I),
)
_SAYABLE = re.compile(r"[\w ,'’:-]+")


def noun_phrase(text: str) -> str | None:
    """``In our Monday meeting you ...`` -> ``your Monday meeting``; the last one named, None where there is none."""
    words = _WORD.findall(one_line(text))
    found = None
    for start, word in enumerate(words):
        first = word.casefold()
        if first not in DETERMINERS or first in _NO_START:
            continue
        for end in range(start + 1, min(start + 4, len(words))):
            inner = words[end].casefold()
            if inner in _HEADS or inner.removesuffix("s") in _HEADS:
                last = end + 1 if end + 1 < len(words) and words[end + 1].casefold() in _ENDS else end
                found = " ".join([_TO_THE_EXECUTIVE.get(first, first), *words[start + 1 : last + 1]])
                break
            if (
                inner.removesuffix("s") in _NO_THING
                or not inner[0].isalnum()
                or inner in _NOT_BETWEEN
                or inner.endswith(("ed", "ly", "ing"))
            ):
                break
    return found if found and len(found) <= PHRASE_CHARS and touches_sensitive(found) is None else None


def moment(text: str) -> str | None:
    """``Last Tuesday you ...`` -> ``last Tuesday``; None where no moment is named or it is not a plain one."""
    match = WHEN.search(one_line(text))
    if match is None:
        return None
    said = match.group().removesuffix("'s").removesuffix("’s")
    words = said.split()
    turned = [_TO_THE_EXECUTIVE.get(word.casefold(), word) for word in words]
    turned[0] = turned[0] if _is_day(turned[0]) else turned[0].lower()
    said = " ".join(["on", *turned] if _is_day(turned[0]) else turned)
    return said if len(said) <= PHRASE_CHARS else None


def asked_for(text: str) -> str | None:
    """``Could you let the room answer first?`` -> ``let the room answer first``; None where it cannot be said back."""
    line = one_line(text).replace("’", "'")
    for pattern in _ASKED:
        if match := pattern.search(line):
            said = re.split(r"[.?!]", match.group(1), maxsplit=1)[0].strip(" ,")
            fits = 0 < len(said) <= REQUEST_CHARS and _SAYABLE.fullmatch(said) and touches_sensitive(said) is None
            return said if fits else None
    return None


def _is_day(word: str) -> bool:
    return word.casefold().endswith("day") and word.casefold() not in ("yesterday", "today")
