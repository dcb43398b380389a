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
_SIDES: Mapping[Polarity, str] = {
    Polarity.POSITIVE: "satisfied",
    Polarity.NEGATIVE: "critical",
    Polarity.MIXED: "with praise and criticism",
    Polarity.NEUTRAL: "without praise or complaint",
}


def quantifier(people: int, respondents: int) -> str:
    """``most``, ``about half``, ``some`` or ``a few``."""
    share = people / respondents if respondents else 0.0
    return next(word for least, word in QUANTIFIERS if share >= least)


def sentence(
    theme_id: str, name: str, people: int, by_polarity: Mapping[Polarity, int | None], side: Polarity | None
) -> Worded:
    """Says how many wrote about a theme, and on which side they are, as far as that may be said.

    How many people answered in all does not stand in it: somebody else's comment never changes this sentence.
    """
    form = _FORMS[int(hashlib.sha256(theme_id.encode()).hexdigest(), 16) % len(_FORMS)]
    return Worded(text=form.format(n=people, name=name, tail=_tail(people, by_polarity, side)), origin=Origin.CARD)


def _tail(people: int, by_polarity: Mapping[Polarity, int | None], side: Polarity | None) -> str:
    if side is not None:
        return f", {'all' if by_polarity[side] == people else 'most'} of them {_SIDES[side]}"
    told = [(n, words) for one, words in _SIDES.items() if (n := by_polarity[one])]
    if not told:
        return ", not all of them on one side"
    (first, words), *others = told
    return "".join((f", {first} of them {words}", *(f", {n} {words}" for n, words in others)))
