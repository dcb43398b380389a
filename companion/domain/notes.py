"""A mentor's raw note, cut into sentences and words with their places, so that every part can be quoted verbatim."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

NOTE_CHARS = 20_000
"""How much of a note is read for a tip; a tip is about one moment."""


class Part(StrEnum):
    """What a piece of feedback consists of; the first three after Situation-Behavior-Impact (card RM-018)."""

    SITUATION = "situation"
    BEHAVIOUR = "behaviour"
    IMPACT = "impact"
    REQUEST = "request"


class Notice(StrEnum):
    """What a mentor should know before saying it."""

    HEARSAY = "hearsay"
    SARCASM = "sarcasm"
    TWO_BEHAVIOURS = "two_behaviours"
    OTHER_NAMES = "other_names"
    NOT_ENGLISH = "not_english"
    NO_WORDS = "no_words"
    TOO_LONG = "too_long"


@dataclass(frozen=True)
class Span:
    """A piece of the note, word for word; `start` and `end` count characters."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Token:
    """A word, a sign, or a whole quotation."""

    start: int
    end: int
    text: str

    @property
    def word(self) -> str:
        """In small letters with a plain apostrophe."""
        return self.text.casefold().replace("’", "'")

    @property
    def is_word(self) -> bool:
        """A word, and neither a sign nor a quotation."""
        return self.text[0].isalnum()

    @property
    def is_quote(self) -> bool:
        """Something said, in quotation marks."""
        return len(self.text) > 1 and self.text[0] in '"“„«'


_QUOTE = r"\"[^\"\n]{1,400}\"|“[^”\n]{1,400}”|„[^“”\n]{1,400}[“”]|«[^»\n]{1,400}»"
_TOKEN = re.compile(rf"{_QUOTE}|\d+(?:[:.,]\d+)+|[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]")
_ABBREVIATIONS = frozenset(["mr", "mrs", "ms", "dr", "prof", "st", "e.g", "i.e", "etc", "approx", "vs", "no"])


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The words, signs and quotations of a text from `start` to `end`, in order."""
    stop = len(text) if end is None else end
    return [Token(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(text, start, stop)]


def sentences(text: str) -> list[tuple[Token, ...]]:
    """The sentences of a text as their tokens, without the closing sign; a quotation never ends one."""
    found: list[tuple[Token, ...]] = []
    current: list[Token] = []
    for token in tokens(text):
        if current and "\n" in text[current[-1].end : token.start] and _breaks(text, current[-1], token):
            found.append(tuple(current))
            current = []
        if token.text in ".!?…" and _ends(text, token, current):
            # A question mark stays: it is how a request is heard.
            current += [token] if token.text == "?" and current else []
            if any(one.is_word or one.is_quote for one in current):
                found.append(tuple(current))
            current = []
        else:
            current.append(token)
    if any(one.is_word or one.is_quote for one in current):
        found.append(tuple(current))
    return found


def _breaks(text: str, before: Token, after: Token) -> bool:
    """Whether a line break also ends the sentence: an empty line, a bullet, or a line that starts anew."""
    between = text[before.end : after.start]
    return between.count("\n") > 1 or after.text in "-*•–" or after.text[0].isupper()


def _ends(text: str, token: Token, current: list[Token]) -> bool:
    after = text[token.end : token.end + 1]
    if token.text != ".":
        return not after or not after.isalnum()
    if after and after.isalnum():
        return False
    last = current[-1].word if current else ""
    # An initial ("L. said") or a short form does not end a sentence when more follows in it.
    more = text[token.end : token.end + 2].strip()
    return not (more and (last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha() and last != "i")))


def span(text: str, part: tuple[Token, ...] | list[Token]) -> Span:
    """The piece of the text that the tokens cover."""
    start, end = part[0].start, part[-1].end
    return Span(start, end, text[start:end])
