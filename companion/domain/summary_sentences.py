"""One sentence per theme by template: the numbers come from code, and the same theme always gets the same form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from companion.domain.provenance import Origin, Worded
from companion.domain.summaries import Polarity

QUANTIFIERS = ((0.6, "most"), (0.4, "about half"), (0.2, "some"), (0.0, "a few"))
"""From which share of all respondents on a word is used."""
MOST = 0.6

_FORMS = (
    "{n} people wrote about “{name}”{tail}.",
    "{n} people spoke of “{name}”{tail}.",
    "{n} people brought up “{name}”{tail}.",
)
_TAILS: Mapping[Polarity, tuple[str, str]] = {
    Polarity.POSITIVE: (", all of them content", ", most of them content"),
    Polarity.NEGATIVE: (", all of them critical", ", most of them critical"),
    Polarity.MIXED: (
        ", all of them with praise and criticism",
        ", most of them with praise and criticism",
    ),
    Polarity.NEUTRAL: (", all of them without praise or complaint", ", most of them without praise or complaint"),
}


def quantifier(people: int, respondents: int) -> str:
    """``most``, ``about half``, ``some`` or ``a few``."""
    share = people / respondents if respondents else 0.0
    return next(word for least, word in QUANTIFIERS if share >= least)


def majority(by_polarity: Mapping[Polarity, int | None], people: int) -> Polarity | None:
    """What most of the people behind a theme say; None when no polarity has that many or it is withheld."""
    return next((p for p, n in by_polarity.items() if n is not None and people and n >= MOST * people), None)


def sentence(theme_id: str, name: str, people: int, by_polarity: Mapping[Polarity, int | None]) -> Worded:
    """Says how many wrote about a theme, and on which side most of them are, where that may be said.

    How many people answered in all does not stand in it: somebody else's comment never changes this sentence.
    """
    form = _FORMS[int(hashlib.sha256(theme_id.encode()).hexdigest(), 16) % len(_FORMS)]
    return Worded(text=form.format(n=people, name=name, tail=_tail(people, by_polarity)), origin=Origin.CARD)


def _tail(people: int, by_polarity: Mapping[Polarity, int | None]) -> str:
    if any(count is None for count in by_polarity.values()):
        side = majority(by_polarity, people)
        return _TAILS[side][1] if side else ""
    side = majority(by_polarity, people)
    if side is not None:
        return _TAILS[side][0 if by_polarity[side] == people else 1]
    content, critical = by_polarity[Polarity.POSITIVE] or 0, by_polarity[Polarity.NEGATIVE] or 0
    if content and critical:
        return f": {content} content, {critical} critical"
    return ""
