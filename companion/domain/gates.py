"""Checks on a model's words for the question of an agenda item: what fails is not used, and the reason is kept.

A small model writes fluent sentences and confuses who owns what; these gates are cheap, deterministic and on the
strict side, because the card's own wording is always there instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from companion.domain.agendas import AgendaBrief, AgendaItem
from companion.domain.bans import idea_about_a_generation, judgement_of_a_person, touches_sensitive
from companion.domain.cards import MAX_QUESTION_CHARS, Card
from companion.domain.item_wording import (
    EXEMPLARS,
    Checked,
    Gate,
    ItemWording,
    Wording,
    gains_from_wording,
    sensitive_in,
    wording_schema,
    wording_variables,
)
from companion.domain.role_gates import no_general_claim, not_put_in_a_group, roles_kept
from companion.domain.sense_gates import (
    mentor_is_not_the_executive,
    no_repeated_noun,
    no_second_question,
    not_the_opposite,
    purpose_fits,
    time_kept,
)
from companion.domain.words import (
    FOREIGN_LITTLE_WORDS,
    STOP_WORDS,
    any_mentioned,
    content_stems,
    ngrams,
    stem,
    word_set,
    words,
)

__all__ = [
    "EXEMPLARS",
    "GATES",
    "GATE_NAMES",
    "ItemWording",
    "Verdict",
    "check_wording",
    "gains_from_wording",
    "sensitive_in",
    "wording_schema",
    "wording_variables",
]

MIN_CHARS = 12
COPIED_WORDS = 5
"""A run of this many words in common with an example counts as copied."""
NEAR_DUPLICATE = 0.7
SAME = 0.9
"""Likeness in words, 0 to 1, from which a line says nothing that the card's own does not."""


@dataclass(frozen=True)
class Verdict:
    """Whether a text may be used, and if not, why in plain words."""

    ok: bool
    reason: str = ""
    same: bool = False
    """It is one of the card's own sentences, or nearly: usable, and better in the card's own words."""


def check_wording(
    text: str,
    item: AgendaItem,
    brief: AgendaBrief,
    card: Card | None,
    exemplars: Sequence[str] = (),
    others: Sequence[str] = (),
) -> Verdict:
    """Run every gate on a model's question for `item`; the first that refuses gives the reason.

    `exemplars` are the example sentences of the prompt, `others` the questions of the agenda's other items.
    """
    wording = Wording(text, item, brief, card, exemplars, others)
    if text.strip().endswith(("?", ".")) and any(wording.said == words(own) for own in wording.own_words):
        return Verdict(True, same=True)
    reason = next((reason for gate in GATES if (reason := gate(wording)) is not None), None)
    return Verdict(reason is None, reason or "", same=reason is None and _adds_nothing(wording))


def _adds_nothing(wording: Wording) -> bool:
    """Whether a text is the card's own sentence but for a few words without a topic."""
    return any(
        SequenceMatcher(None, wording.said, words(own), autojunk=False).ratio() >= SAME
        and not _topic_of(wording.text) - _topic_of(own) - _NEUTRAL
        for own in wording.own_words
    )


def length(wording: Wording) -> str | None:
    """Between 12 and 160 characters."""
    if len(wording.text.strip()) < MIN_CHARS:
        return "It is too short."
    return f"It is longer than {MAX_QUESTION_CHARS} characters." if len(wording.text) > MAX_QUESTION_CHARS else None


def finished(wording: Wording) -> str | None:
    """It ends with a question mark and asks at most two things; nothing is cut off."""
    if not wording.text.rstrip("”\"' ").endswith("?"):
        return "It is not a question."
    return "It asks more than two things." if wording.text.count("?") > 2 else None


_MARKUP = re.compile(
    r"https?:|www\.|\w@\w|[`*#|<>{}\[\]\\_~=^]|^\s*(?:[-•–]|\d+[.)])\s|[\r\n\t]|\bRM-\d|\w+\.(?:com|org|net)\b"
)


def plain_prose(wording: Checked) -> str | None:
    """No links, addresses, Markdown, braces, card ids, pictures or control characters."""
    if _MARKUP.search(wording.text):
        return "It contains a link, markup or a code."
    odd = {"So", "Sk", "Cs", "Co", "Cn", "Cc", "Cf"}
    return (
        "It contains a picture or a hidden character."
        if any(unicodedata.category(c) in odd for c in wording.text)
        else None
    )


def english(wording: Checked) -> str | None:
    """Latin letters, and English little words rather than those of another language."""
    letters = [c for c in wording.text if c.isalpha()]
    if any("LATIN" not in unicodedata.name(c, "") for c in letters):
        return "It is not in English."
    little = sum(word in STOP_WORDS for word in wording.said)
    foreign = sum(word in FOREIGN_LITTLE_WORDS and word not in words(wording.inputs) for word in wording.said)
    return "It is not in English." if foreign > 1 or little < max(2, len(wording.said) / 6) else None


_ECHO = re.compile(
    r"\b(?:as an ai|language model|json|schema|placeholder|prompt|exemplar|example output|practice card|the card|"
    r"this card|card'?s? (?:id|title|question)|agenda item|this item|time box|system message|instructions?|"
    r"the given|provided (?:text|information|context)|user part|the field|data block)\b",
    re.IGNORECASE,
)


def no_echo(wording: Wording) -> str | None:
    """Nothing about the task itself, and no run of words from the prompt's examples."""
    match = _ECHO.search(wording.text)
    if match is not None and match.group().casefold() not in wording.inputs.casefold():
        return f"It talks about its instructions (“{match.group()}”)."
    copied = frozenset().union(*(ngrams(text, COPIED_WORDS) for text in wording.exemplars), frozenset())
    own = ngrams(wording.inputs, COPIED_WORDS)
    return "It copies an example." if (ngrams(wording.text, COPIED_WORDS) & copied) - own else None


_NUMBER_WORDS = frozenset(
    ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen", "twenty",
     "thirty", "forty", "fifty", "sixty", "hundred", "thousand", "million", "billion", "percent", "dozen", "half"]
)  # fmt: skip


def known_numbers(wording: Checked) -> str | None:
    """Every number, in digits or words, stands in the inputs."""
    given = set(words(wording.inputs))
    for word in wording.said:
        if (any(c.isdigit() for c in word) or word in _NUMBER_WORDS) and word not in given:
            return f"The number “{word}” is not in the sources."
    return "The “%” is not in the sources." if "%" in wording.text and "%" not in wording.inputs else None


_TOKEN = re.compile(r"[^\W\d_][\w'’&+.-]*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|[“\"‘(]\s*)$")


def known_names(wording: Checked) -> str | None:
    """Every capitalised word inside a sentence stands in the inputs."""
    given = set(words(wording.inputs)) | {"i"}
    for match in _TOKEN.finditer(wording.text):
        token = match.group()
        first = _SENTENCE_START.search(wording.text[: match.start()]) is not None
        called = wording.text[match.end() : match.end() + 1] == "," and not set(words(token)) <= _OPENERS
        if token[0].isupper() and (not first or called) and not set(words(token)) <= given | STOP_WORDS:
            return f"The name “{token}” is not in the sources."
    return None


_OPENERS = STOP_WORDS | frozenset(
    ["today", "lately", "recently", "first", "next", "finally", "imagine", "suppose", "thinking", "looking", "last",
     "yesterday", "tomorrow", "tell", "say", "so", "well", "based", "given", "usually", "normally", "often",
     "sometimes"]
)  # fmt: skip


def known_quotes(wording: Checked) -> str | None:
    """Whatever stands in quotation marks was really said or written."""
    given = " ".join(words(wording.inputs))
    for span in re.findall(r"[“\"„«]([^”\"“»]+)[”\"“»]|(?<!\w)[‘']([^’']+)[’'](?!\w)", wording.text):
        quoted = " ".join(words(span[0] or span[1]))
        if quoted and quoted not in given:
            return f"Nobody said “{quoted}”."
    return None


_KNOWING = frozenset(stem(word) for word in ("understand", "learn", "know", "improve", "explore", "discover", "find"))
_SIDE_CLAUSE = re.compile(
    r"\b(?:without|instead of|rather than|because|so that|in order to|when|while|but|although|before|after|until)\b",
    re.IGNORECASE,
)


def on_topic(wording: Wording) -> str | None:
    """It names what the goal is about, with the words of its main clause; without a goal, something of the card.

    A main clause of more than three topic words must be met with two.
    """
    said = set(content_stems(wording.text))
    if wording.goal is not None:
        goal = set(content_stems(wording.goal.text)) - _KNOWING
        main = (set(content_stems(_SIDE_CLAUSE.split(wording.goal.text)[0])) - _KNOWING) or goal
        enough = not main or len(said & main) >= (2 if len(main) > 3 else 1)
        return None if enough else "It does not name what the goal is about."
    about = set(content_stems(wording.about.text)) | set(content_stems(wording.card_text))
    return None if said & about else "It is not about the goal or the card."


GROUNDED = 0.6
"""Share of a question's topic words that must come from the sources; the rest may be the model's own."""
KEPT = 0.34
"""Share of the card's topic words that must still be there."""


def grounded(wording: Wording) -> str | None:
    """Most topic words stand in the goal, the card or another input, so little can be invented."""
    said = _topic_of(wording.text) - _NEUTRAL
    given = _topic_of(wording.inputs)
    if len(said & given) >= GROUNDED * len(said):
        return None
    return f"Too much of it is not in the sources (“{', '.join(sorted(said - given)[:3])}” ...)."


def keeps_the_card(wording: Wording) -> str | None:
    """It still asks what the card does: a part of one of the card's own questions is there."""
    said = _topic_of(wording.text)
    goal = _topic_of(wording.about.text)
    for own in wording.own_words:
        core = _topic_of(re.sub(r"\{\w+\}", " ", _LEAD_IN.sub("", own))) - goal
        core = core - _NEUTRAL if len(core - _NEUTRAL) > 1 else core
        if len(said & core) >= KEPT * len(core):
            return None
    return "It no longer says what the card says."


_LEAD_IN = re.compile(r"^[^“\"{]{0,40}[“\"][^”\"]*[”\"]\s*(?:in mind)?\s*[.:,]\s*")
"""What only brings the goal up, as in: You wrote: "{goal}"."""
_IRREGULAR = {
    "began": "begin", "begun": "begin", "brought": "bring", "came": "come", "chose": "choose", "chosen": "choose",
    "felt": "feel", "found": "find", "gave": "give", "given": "give", "heard": "hear", "held": "hold", "kept": "keep",
    "knew": "know", "known": "know", "left": "leave", "lost": "lose", "meant": "mean", "met": "meet", "said": "say",
    "saw": "see", "seen": "see", "noticed": "see", "notice": "see", "noticing": "see", "spoke": "speak",
    "spoken": "speak", "taught": "teach", "thought": "think", "told": "tell", "took": "take", "taken": "take",
    "understood": "understand", "went": "go", "wrote": "write", "written": "write",
}  # fmt: skip
"""Forms of common verbs that share no stem; to notice is to see."""


def _topic_of(text: str) -> set[str]:
    """The stems of the topic words, irregular verbs in their basic form."""
    return set(content_stems(" ".join(_IRREGULAR.get(word, word) for word in words(text))))


_NEUTRAL = frozenset(
    stem(word)
    for word in word_set(
        """
        answer ask before begin best better change choose clear clearer day decide different differently do easier easy
        example explain feel find first happen hear help idea kind know last learn let mean moment name new next notice
        often part people point question recent recently right say see show situation small start step talk team tell
        think time today try understand week work
        """
    )
)
"""Words that add no fact."""


def fair_words(wording: Wording) -> str | None:
    """Nobody is judged, no generation is described, nothing off-limits comes up, nothing is claimed to be proven."""
    if (found := judgement_of_a_person(wording.text, (wording.about.text,))) is not None:
        return f"It judges a person (“{found}”)."
    if (found := idea_about_a_generation(wording.text, (wording.about.text,))) is not None:
        return f"It says what an age group is like (“{found}”)."
    if (topic := any_mentioned(wording.text, wording.brief.off_limits)) is not None:
        return f"It touches something off-limits (“{topic}”)."
    claim = re.search(r"\b(?:stud(?:y|ies)|research|proven|statistics|experts?|guarantee\w*)\b", wording.text, re.I)
    if claim and stem(claim.group().lower()) not in {stem(w) for w in words(wording.inputs)}:
        return f"It claims evidence (“{claim.group()}”) that the sources do not give."
    return None


def nothing_sensitive(wording: Wording) -> str | None:
    """No sensitive attribute that the goal and the card do not speak of themselves."""
    found = touches_sensitive(wording.text, "\n".join((wording.about.text, wording.card_text)))
    return None if found is None else f"It brings up something personal (“{found}”)."


def not_a_repeat(wording: Wording) -> str | None:
    """Not nearly the question of another item."""
    said = set(content_stems(wording.text))
    for other in wording.others:
        asked = set(content_stems(other))
        if said and len(said & asked) >= NEAR_DUPLICATE * len(said | asked):
            return "Another item asks nearly the same."
    return None


GATES: tuple[Gate, ...] = (
    length,
    plain_prose,
    english,
    finished,
    no_echo,
    known_numbers,
    known_names,
    known_quotes,
    fair_words,
    roles_kept,
    not_put_in_a_group,
    nothing_sensitive,
    on_topic,
    not_the_opposite,
    purpose_fits,
    time_kept,
    mentor_is_not_the_executive,
    no_second_question,
    no_repeated_noun,
    no_general_claim,
    grounded,
    keeps_the_card,
    not_a_repeat,
)
GATE_NAMES = tuple(gate.__name__ for gate in GATES)


def gate_in_words(name: str) -> str:
    """What a gate sees to, from its own description; the name itself for one that is gone."""
    described = next((gate.__doc__ for gate in GATES if gate.__name__ == name), None)
    return (described or name).splitlines()[0]
