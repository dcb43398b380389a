"""The part of a typed text that names a subject: all that a model is told of it, and all that counts as a source.

A goal is one phrase, "understand why nobody reads the intranet". Whatever else stands in the field is not told to a
model: further sentences, markup, quotations, words in capitals, and clauses that speak to a writer instead of naming
something to learn. What is not told cannot be obeyed. The cut is on the safe side: the worst it does to an honest goal
is that a model words a question about the first half of it, or that the card's own words stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from companion.domain.slots import VERBS
from companion.domain.text import without_chat_tokens
from companion.domain.words import FOREIGN_LITTLE_WORDS, STOP_WORDS, content_stems, one_line, stem, word_set

MAX_WORDS = 24
"""A longer phrase is cut: a subject takes fewer words."""
_ENOUGH = 2
"""Topic words that a phrase before a colon or the like must have; with fewer it is a label, and the rest counts."""

_TOKEN = re.compile(r"[^\W_]+(?:['’.&/+-][^\W_]+)*\+*|\S")
_ENDS = re.compile(r"[.!?;:(…–—-]")
_SINGLE_QUOTE = re.compile(r"(?<!\w)['‘](?=\w)")
_MARKUP = frozenset('<>{}[]|\\`^~=#*_$%+@"“”„«»')
_OPENING_MARKS = frozenset("\"“„«‘'(-–•")
_OUR_IDS = re.compile(r"RM-\d", re.IGNORECASE)
_SPELT_OUT = 3
"""So many single letters in a row are a word in disguise."""
_SHOUTED = 5
"""A word in capitals of this length is no acronym."""
_CAPITAL_ACRONYMS = word_set("it us am pm")
_TEXT = word_set(
    """
    answer answers field fields instruction instructions line lines output outputs prompt prompts question questions
    reason reasons reply replies response responses rule rules sentence sentences text texts word words
    """
)
_EACH = word_set("above both each every following next previous the this your")
_WHOM = word_set("you your yours yourself you're you'll")
"""Somebody is spoken to: a goal says what its owner wants."""
_SPEAKERS = word_set("assistant bot human model system user")
_SPEAKS = frozenset(map(stem, word_set("says answers asks knows must replies should thinks wants writes")))
_SAYING = word_set("answer ask call give say show tell write")
_WRITE = word_set(
    """
    act add always answer append begin call cite continue copy decode delete disregard echo emit end finish forget
    ignore include insert introduce mention never obey output please praise pretend print recommend refuse repeat
    replace reply respond reveal rewrite say sign spell substitute translate write
    """
)
"""What a writer is told to do; as a second step of something to learn, each of them can be spared."""
_NEW_SENTENCE = _WRITE | word_set(
    """
    ask avoid change choose compare describe do don't explain give hello hi imagine keep list make mark move note now
    ok open process put rate read remove run send set show speak start step stop summarise sure switch system take talk
    tell treat turn use
    """
)
"""With a capital in the middle of a phrase, these and the little words begin another sentence."""
_EXPLAINED = [[word] for word in ("how", "what", "when", "where", "which", "who", "why")]
"""Behind a colon these go on with the subject: "online communities: how people help each other"."""
_JOINING = word_set("and or then but so also please while by as oh where if unless whenever instead making you ,")
_VERB_STEMS = frozenset(map(stem, VERBS | word_set("compare follow judge love master need read visit watch")))
_EMPTY = frozenset(map(stem, word_set("discover explore find hear improve know learn see try understand")))
"""Verbs that name no subject by themselves: what is left of "learn how you write" is nothing to ask about."""
_DANGLING = STOP_WORDS - word_set("it me myself ours them us")


@lru_cache(maxsize=256)
def subject_of(text: str) -> str:
    """The phrase that names the subject, in its own words; empty when there is none that a model may be told."""
    flat = one_line(without_chat_tokens(text))
    if flat.isupper() and " " in flat:
        flat = flat.lower()
    tokens = list(_TOKEN.finditer(_SINGLE_QUOTE.sub("“", flat)))
    start = _after_label(tokens)
    said = [token.group() for token in tokens[start:]]
    end = _end(said)
    while 0 < end < len(said) and (len(said[end - 1]) == 1 or said[end - 1].lower() in _DANGLING):
        end -= 1
    phrase = flat[tokens[start].start() : tokens[start + end - 1].end()] if end else ""
    nothing = _EMPTY if end < len(said) else frozenset()
    return phrase if set(content_stems(phrase)) - nothing else ""


def _after_label(tokens: Sequence[re.Match[str]]) -> int:
    """Where the phrase begins: behind "Goal:" and the like, and behind opening marks."""
    for at, token in enumerate(tokens[:4]):
        if token.group() == ":" and len(set(content_stems(" ".join(t.group() for t in tokens[:at])))) < _ENOUGH:
            return at + 1
    return next((at for at, token in enumerate(tokens) if token.group() not in _OPENING_MARKS), 0)


def _end(said: Sequence[str]) -> int:
    """How many tokens belong to the phrase."""
    for at, token in enumerate(said[: MAX_WORDS + 1]):
        if _ENDS.fullmatch(token) and not (token == ":" and said[at + 1 : at + 2] in _EXPLAINED):
            return at + 1 if at + 1 == len(said) else _sentence_start(said, at)
        if _breaks(said, at):
            return _clause_start(said, at)
    return min(len(said), MAX_WORDS)


def _breaks(said: Sequence[str], at: int) -> bool:
    """Whether something begins here that is not part of a phrase."""
    token, lower = said[at], said[at].lower()
    if token[0] in _MARKUP or _OUR_IDS.match(token):
        return True
    if at == 0:
        return False
    spelt = all(len(word) == 1 and word.isalpha() for word in said[at : at + _SPELT_OUT])
    mixed = len(token) >= _SHOUTED and re.search(r"[^\W\d_]\d+[^\W\d_]", token) is not None
    return (
        (spelt and len(said) >= at + _SPELT_OUT)
        or mixed
        or _shouted(token)
        or _other_script(said[0], token)
        or (_capital(token) and not lower.startswith(("i'", "i’")) and lower != "i" and _opens(said, at))
        or (lower in _WRITE and said[at - 1].lower() in _JOINING)
        or (lower in _TEXT and said[at - 1].lower() in _EACH)
        or lower in _WHOM
        or lower == "please"
        or (lower in _SPEAKERS and any(stem(word.lower()) in _SPEAKS for word in said[at + 1 : at + 2]))
        or (lower in ("me", "about") and said[at - 1].lower() in _SAYING and at > 1)
        or unicodedata.category(token[0]) == "So"
        or _other_language(said, at)
    )


def _other_language(said: Sequence[str], at: int) -> bool:
    """Whether English goes on in another language: from here on its little words, and none before."""
    little = [word.lower() in FOREIGN_LITTLE_WORDS for word in said]
    english = sum(word.lower() in STOP_WORDS for word in said[:at])
    return english > 0 and little[at] and sum(little[at:]) > 1 and not any(little[:at])


def _opens(said: Sequence[str], at: int) -> bool:
    """Whether a capitalised word begins a sentence of its own, as no name does."""
    if sum(map(_capital, said)) > 0.6 * len(said):
        return False
    lower = said[at].lower()
    return lower in _NEW_SENTENCE or (lower in STOP_WORDS and not said[at].isupper())


def _shouted(token: str) -> bool:
    if not token.isupper() or not token.isalpha():
        return False
    little = len(token) > 1 and token.lower() in STOP_WORDS - _CAPITAL_ACRONYMS
    return little or len(token) >= _SHOUTED


def _other_script(first: str, token: str) -> bool:
    """Whether a Latin text goes on in another script."""
    return _latin(first[0]) and any(char.isalpha() and not _latin(char) for char in token)


def _latin(char: str) -> bool:
    return "LATIN" in unicodedata.name(char, "")


def _capital(token: str) -> bool:
    return token[0].isupper()


def _clause_start(said: Sequence[str], at: int) -> int:
    """Where the clause begins in which a break was noticed; 0 when the whole phrase speaks to a writer."""
    start = _sentence_start(said, at)
    if start < at:
        return start
    while at > 0 and len(said[at - 1]) > 1 and said[at].isupper() and said[at - 1].isupper():
        at -= 1
    for back in range(at, -1, -1):
        if said[back].lower() in _WRITE or (back > 0 and said[back].lower() in _JOINING):
            return back - (back > 0 and said[back - 1].lower() in _JOINING)
    return at


def _sentence_start(said: Sequence[str], at: int) -> int:
    """Where a sentence without a full stop before it may begin, or `at`.

    A capitalised word that does not follow a little word or a verb may open one; names mostly follow such a word, and
    short words in capitals are acronyms.
    """
    for back in range(1, at + 1):
        token, before = said[back], said[back - 1]
        acronym = token.isupper() and len(token) < _SHOUTED and not any(map(_capital, said[back + 1 : back + 2]))
        if _capital(token) and not acronym and not _capital(before) and not _leads_to_a_name(before.lower()):
            return back
    return at


def _leads_to_a_name(before: str) -> bool:
    return before in STOP_WORDS or before in _JOINING or stem(before) in _VERB_STEMS
