"""Text in documents: one plain line per field, its words counted, and shortened only at the end of a sentence."""

from __future__ import annotations

import math
import re
from typing import Annotated

from pydantic import BeforeValidator

from companion.domain.words import one_line

LONG_TOKEN_CHARS = 30
"""A run without spaces longer than this counts as several words, so that no token can hide a page."""

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_SENTENCE_END = re.compile(r"""(?:[.!?…]+["'”’»)\]]*(?=\s)|[。！？]+["'”’」』]*)\s*""")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'“])(?:[^\W\d_]|e\.g|i\.e|etc|vs|cf|approx|incl|no|nos|mr|mrs|ms|dr|prof|st|jr|sr|inc|ltd|co|dept|a\.m|p\.m)"
    r"\.[\"'”’»)\]]*$",
    re.IGNORECASE,
)


Plain = Annotated[str, BeforeValidator(lambda value: one_line(value) if isinstance(value, str) else value)]
"""A field that holds one line of plain text, whatever was put into it."""


def word_count(text: str) -> int:
    """The number of words a reader meets; never less than `wc -w` would say.

    Scripts written without spaces count one word per two characters; a token of more than 30 other characters counts
    once per 30.
    """
    total = 0
    for token in text.split():
        unspaced = len(_UNSPACED.findall(token))
        rest = len(token) - unspaced
        total += max(1, math.ceil(unspaced / 2) + math.ceil(rest / LONG_TOKEN_CHARS))
    return total


def sentences(text: str) -> list[str]:
    """The text cut after each sentence. Doubtful ends ("e.g.", "Dr.", an initial, a small letter next) are no ends."""
    found, start = [], 0
    for match in _SENTENCE_END.finditer(text):
        following = text[match.end() : match.end() + 1]
        if following.islower() or _ABBREVIATION.search(text[max(0, match.end() - 20) : match.end()].rstrip()):
            continue
        found.append(text[start : match.end()].rstrip())
        start = match.end()
    if text[start:].strip():
        found.append(text[start:].strip())
    return found


def first_sentences(text: str, max_words: int) -> str | None:
    """As many whole sentences from the start as fit into `max_words`; None when not even the first does."""
    kept: list[str] = []
    left = max_words
    for sentence in sentences(text):
        left -= word_count(sentence)
        if left < 0:
            break
        kept.append(sentence)
    return " ".join(kept) or None
