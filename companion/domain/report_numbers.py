"""Numbers of people, pairs and things, and the sentences that hold one of them."""

from __future__ import annotations

from companion.domain.reports import Measure, Number, Sentence


def how_many(value: float) -> Number:
    """A number of people, pairs or things."""
    return Number(value=value, measure=Measure.COUNT)


def numbered(template: str, n: int) -> Sentence:
    """A sentence about `n` people or pairs."""
    return Sentence(template=template, values={"n": how_many(n)})


def limited(template: str, value: float, measure: Measure) -> Sentence:
    """A sentence about a limit."""
    return Sentence(template=template, values={"limit": Number(value=value, measure=measure)})
