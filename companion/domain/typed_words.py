"""What a few typed letters find: case and accents count for nothing, because a keyboard may lack them."""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile("[\u0300-\u036f]")
"""Of Latin, Greek and Cyrillic letters; the marks of other scripts are letters to their readers."""
_WHOLE_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})
"""Letters that have no plain one inside them."""


def without_accents(text: str) -> str:
    """``Elżbieta Ångström`` -> ``elzbieta angstrom``"""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()).translate(_WHOLE_LETTERS))


def finds(typed: str, *texts: str) -> bool:
    """Whether each typed word stands in one of the texts, wherever; nothing typed finds everything."""
    if not (words := without_accents(typed).split()):
        return True
    there = without_accents("\n".join(texts))
    return all(word in there for word in words)
