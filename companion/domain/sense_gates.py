"""Whether a worded line makes sense: purpose, direction, time, person, further questions; small models go astray there.

A model that weaves a goal into a sentence likes to hang it on as a purpose ("... to help colleagues leave"), to tell of
what lies ahead as if it had happened, and to let the mentor say "I" in the executive's place.
"""

from __future__ import annotations

import re

from companion.domain.item_wording import NEGATIONS, Wording, negations_in
from companion.domain.slots import VERBS
from companion.domain.words import STOP_WORDS, content_stems, ngrams, stem, word_set, words

_PURPOSE = re.compile(r"\bto (?:better |really )?([a-z]+)\b(?: sure| certain)?", re.IGNORECASE)
_TAKES_A_VERB = word_set("able easy going hard have hope how like need used want wish")
"""Behind these, "to" begins no purpose: "how to decide"."""
_TO_KNOW = frozenset(
    map(
        stem,
        word_set(
            """
            compare discover examine explore find get grasp hear identify judge know learn listen meet notice observe
            recognise recognize see spot study test try understand use watch
            """
        ),
    )
)
"""Verbs that find out or make use of a thing, so that they change nothing about what it is."""
_ASKS_WHY = word_set("how what when where whether which who whom whose why")
_ACTING = frozenset(map(stem, word_set("act adapt begin build change do drop give help need start stop take try use")))
"""Verbs of a card's question that a purpose can go with: one tries something in order to."""
_TRIED = word_set("did do doing done try tries tried trying used using")


def purpose_fits(wording: Wording) -> str | None:
    """A goal hung on as a purpose must be one: the sentence is about doing, and the purpose is the goal's own.

    Of a goal that wants to know how something is, nothing can be made but to know it: "why colleagues leave" is no
    reason to help them leave.
    """
    goal = words(wording.about.text)
    goal_stems = {stem(word) for word in goal}
    usual = ngrams(wording.about.text, 2).union(*(ngrams(_SLOT.sub("", text), 2) for text in _own_templates(wording)))
    found = list(_PURPOSE.finditer(wording.text))
    for number, match in enumerate(found):
        later = found[number + 1].start() if number + 1 < len(found) else len(wording.text)
        verb, rest = match[1].lower(), wording.text[match.end() : later]
        lead = words(wording.text[: match.start()])
        about_the_goal = stem(verb) in goal_stems or set(content_stems(rest)) & set(content_stems(wording.about.text))
        if not _is_verb(verb) or ("to", verb) in usual or not about_the_goal or {*lead[-1:]} & _TAKES_A_VERB:
            continue
        finds_out = stem(verb) in _TO_KNOW or bool({stem(word) for word in words(rest)[:3]} & _TO_KNOW)
        acts = any(stem(word) in _ACTING or word in _TRIED for word in lead)
        if not acts and not (finds_out and not _SPOKEN & set(lead)):
            return f"The goal is no purpose of it (“to {verb}”)."
        if stem(verb) not in goal_stems and not finds_out and _wants_to_know(goal):
            return f"It makes something else of the goal (“to {verb}”)."
    return None


_SLOT = re.compile(r"[\"“]?\{\w+\}[\"”]?")


def _own_templates(wording: Wording) -> tuple[str, ...]:
    return () if wording.card is None else (*wording.card.questions, wording.card.why or "")


_SPOKEN = word_set("said say told tell spoken speak")


def _is_verb(word: str) -> bool:
    return word in VERBS or stem(word) in _TO_KNOW | _ACTING or word in _MORE_VERBS


_MORE_VERBS = word_set(
    "answer become enable ensure explain lead look manage raise remain reply show stay support work write"
)


def _wants_to_know(goal: tuple[str, ...]) -> bool:
    return bool(goal) and (goal[0] in _ASKS_WHY or stem(goal[0]) in _TO_KNOW)


_AGO = re.compile(r"\b(?:ago|yesterday|tomorrow|(?:last|next) (?:week|month|year|quarter))\b", re.IGNORECASE)


def time_kept(wording: Wording) -> str | None:
    """What the card asks of now or later is not moved to another time."""
    given = " ".join(words(wording.inputs))
    moved = _AGO.search(wording.text)
    if moved is not None and " ".join(words(moved.group())) not in given:
        return f"It moves the time (“{moved.group()}”)."
    return None


def mentor_is_not_the_executive(wording: Wording) -> str | None:
    """What the executive says of themselves is not put into the mentor's mouth, unless it is quoted."""
    aloud = re.sub(r"[“\"„][^”\"“]*[”\"“]|(?<!\w)['‘][^'’]*['’](?!\w)", " ", wording.text)
    own = ngrams(wording.about.text, 2)
    for pair in ngrams(aloud, 2) & own:
        if {"i", "my", "me", "myself", "mine"} & set(pair):
            return f"The mentor speaks, so “{' '.join(pair)}” means the wrong person."
    return None


_SECOND = re.compile(r",? and ((?:on |in |by )?(?:what|who|how|when|where|which|why)\b[^?]*)", re.IGNORECASE)


def no_second_question(wording: Wording) -> str | None:
    """A second question behind "and" is one that the card asks."""
    asked = {stem(word) for word in words(f"{wording.card_text} {wording.about.text}")}
    for match in _SECOND.finditer(wording.text):
        said = [stem(word) for word in words(match[1]) if word not in STOP_WORDS]
        if said and not any(word in asked for word in said):
            return f"It adds a question of its own (“{match[1].strip()}”)."
    return None


def no_repeated_noun(wording: Wording) -> str | None:
    """Nothing is explained by itself: "the problem shows the problem"."""
    nouns = re.findall(r"\bthe (\w+)\b", wording.text.lower())
    for noun in sorted(set(nouns)):
        own = max(len(re.findall(rf"\bthe {noun}\b", text.lower())) for text in wording.own_words)
        if nouns.count(noun) > max(own, 1):
            return f"It explains “the {noun}” by itself."
    return None


_TURNING = NEGATIONS | word_set("without avoid avoiding stop stopping refuse prevent lack fail ignore")
"""Words that turn a sentence round."""
_OPPOSITES = (
    ({"increas", "grow", "more", "rais", "boost", "gain"}, {"reduc", "decreas", "less", "fewer", "lower", "los"}),
    ({"attract", "keep", "retain", "hir"}, {"los", "repel", "fir", "dismiss"}),
    ({"improv", "strengthen", "better"}, {"worsen", "weaken", "worse"}),
    ({"trust", "confidenc"}, {"distrust", "mistrust"}),
    ({"easi", "simpl", "simplifi"}, {"hard", "harder", "difficult", "complicat"}),
    ({"listen"}, {"ignor"}),
    ({"includ", "inclusiv"}, {"exclud", "exclusiv"}),
    ({"engag"}, {"disengag"}),
    ({"start", "begin"}, {"stop", "quit"}),
)


def not_the_opposite(wording: Wording) -> str | None:
    """No negation and no opposite that neither the goal nor the card has."""
    given, said = words(wording.inputs), wording.said
    negations = negations_in(said, _TURNING)
    if extra := negations - negations_in(given, _TURNING):
        return f"It turns the goal round (“{min(extra)}”)."
    said_stems, given_stems = {stem(w) for w in said}, {stem(w) for w in given}
    for one, other in _OPPOSITES:
        for side, against in ((one, other), (other, one)):
            turned = said_stems & against - given_stems
            if turned and given_stems & side:
                return f"It may say the opposite (“{min(turned)}”)."
    if wording.goal is not None and not negations:
        goal = words(wording.goal.text)
        for at, word in enumerate(goal[:-1]):
            if (word in ("not", "never") or word.endswith("n't")) and stem(goal[at + 1]) in said_stems:
                return "It leaves out the “not” of the goal."
    return None
