"""Words of English prose, compared lightly: stems, phrases that are mentioned, text cut at a word boundary."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from companion.domain.text import plain


def word_set(text: str) -> frozenset[str]:
    """The words of a list written as running text."""
    return frozenset(text.split())


STOP_WORDS = word_set(
    """
    a about above after again all also am an and any are as at away be because been before being below between both but
    by can could did do does doing don down during each else even every few for from further get gets getting give
    given go goes going got had has have having he her here hers him his how i if in into is it its itself just let
    like ll look make makes making many may me might mine more most much must my need needs no nor not now of off on
    once one ones only or other our ours out over own re really same she should so some such than that the their
    theirs them then there these they thing things this those through to today together too under until up us use used
    using very want wants was way we well were what when where which while who whom whose why will with within without
    would yet you your yours
    """
)
"""Words that carry no topic of their own."""

FOREIGN_LITTLE_WORDS = word_set(
    """
    le la les des une est et que pour par avec dans vous votre qui toujours der die das und ist nicht nur noch wie sie
    ein eine mit el los las una por para como con usted su il che di per sono het een van och att o os com você
    """
)
"""Commonest words of other languages that are none in English; some are short names of things ("o", "com")."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def one_line(text: str) -> str:
    """The text on one line, without what hides from the eye or acts on a terminal."""
    return plain(text, one_line=True)


def listed(names: Sequence[str]) -> str:
    """``one``, ``one and two``, ``one, two and three``; empty for none."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def how_often(times: int) -> str:
    """``once``, ``twice``, ``3 times``"""
    return {1: "once", 2: "twice"}.get(times, f"{times} times")


def words(text: str) -> tuple[str, ...]:
    """The words of a text in order, lower-cased, hyphens split, a possessive ending removed."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return tuple(word.removesuffix("'s") for word in _WORD.findall(folded))


def stem(word: str) -> str:
    """A light English stem: plural, verb and the commonest noun and adjective endings off; digits left alone.

    Good enough to see that "restructuring" and "restructure" are one topic; "art" and "start" stay apart.
    """
    if len(word) <= 3 or not word.isalpha():
        return word
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            word = word[: -len(ending)] + instead
            break
    else:
        if word.endswith("s") and not word.endswith(("ss", "us", "is")):
            word = word[:-1]
    verb = False
    for ending in ("ations", "ation", "ically", "ical", "ings", "ing", "edly", "ed", "ious", "ions", "ion", "ly", "al"):
        root = word.removesuffix(ending)
        if root != word and len(root) >= (3 if ending in ("ing", "ed") else 4) and re.search(r"[aeiouy]", root):
            if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz":
                root = root[:-1]
            word, verb = root, ending in ("ed", "ing", "ings", "edly")
            break
    # What an "ed" or "ing" leaves ends in "ic" only where an "e" stood: "noticed" is "notice", not "not".
    for ending in ("ate", "e") if verb else ("ate", "e", "ic"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


def stems(text: str) -> tuple[str, ...]:
    """The stems of all words, in order."""
    return tuple(stem(word) for word in words(text))


def content_stems(text: str) -> tuple[str, ...]:
    """The stems of the words that carry a topic, in order, with repeats."""
    return tuple(stem(word) for word in words(text) if word not in STOP_WORDS and len(word) > 1)


def mentions(text: str, phrase: str) -> bool:
    """Whether a text touches a topic, in any simple inflection and whole words only.

    A phrase such as "salary, bonuses and layoffs" names three topics. Within one topic the words must come in order
    with at most four words between neighbours; "lay-offs", "lay offs" and "layoffs" are the same.
    """
    said = words(text)
    places = [{stem(word), stem(word + after)} for word, after in pairwise((*said, ""))]
    parts = re.split(r"[,;/|]|\b(?:and|or)\b", phrase, flags=re.IGNORECASE)
    return any(_in_order(places, topic) for part in parts for topic in _spellings(part))


def _spellings(phrase: str) -> Iterator[tuple[str, ...]]:
    """The topic words of a phrase, and the same with two neighbours written as one word."""
    yield content_stems(phrase)
    said = words(phrase)
    for at, (one, other) in enumerate(pairwise(said)):
        yield content_stems(" ".join((*said[:at], one + other, *said[at + 2 :])))


def _in_order(places: Sequence[set[str]], topic: tuple[str, ...]) -> bool:
    """Whether the topic's words stand in that order, each at most five places after the one before."""
    for start, forms in enumerate(places):
        at = start if topic and topic[0] in forms else None
        for wanted in topic[1:]:
            window = range(at + 1, min(at + 6, len(places))) if at is not None else ()
            at = next((place for place in window if wanted in places[place]), None)
        if at is not None:
            return True
    return False


def rarity(texts: Sequence[Collection[str]], least: int) -> dict[str, float]:
    """How rare each term is among texts, given as their terms; those that fewer than `least` texts use are left out.

    The inverse document frequency, smoothed as if one more text used every term; in the order of the alphabet.
    """
    used = Counter(term for terms in texts for term in set(terms))
    kept = sorted(term for term, count in used.items() if count >= least)
    return {term: math.log((1 + len(texts)) / (1 + used[term])) + 1 for term in kept}


def shared(one: str, other: str) -> int:
    """How many different topic words two texts have in common."""
    return len(set(content_stems(one)) & set(content_stems(other)))


def shortened(text: str, limit: int) -> str:
    """The text, or its beginning cut at a word boundary with "…", at most `limit` characters long."""
    if len(text) <= limit:
        return text
    if limit < 2:
        return "…"[: max(limit, 0)]
    cut = text[: limit - 1]
    if not text[limit - 1].isspace() and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip(" ,;:.-–—(“\"'") + "…"


def ngrams(text: str, size: int) -> frozenset[tuple[str, ...]]:
    """All runs of `size` neighbouring words."""
    said = words(text)
    return frozenset(said[at : at + size] for at in range(len(said) - size + 1))


def any_mentioned(text: str, phrases: Iterable[str]) -> str | None:
    """The first phrase the text touches; None when it touches none."""
    return next((phrase for phrase in phrases if mentions(text, phrase)), None)
