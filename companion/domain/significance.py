"""Whether a difference between two groups is larger than chance: an exact permutation test, corrected for how many."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, lgamma
from typing import TypeVar

Name = TypeVar("Name")

_ROUNDING = 1e-7


def exact_p_value(yes: int, of: int, other_yes: int, other_of: int) -> float:
    """How likely shares at least as far apart are if the people were put into the two groups by chance (two-sided).

    `yes` of `of` people in one group, `other_yes` of `other_of` in the other. Over all ways to deal people into groups
    of these sizes the count is hypergeometric (Fisher's exact test). Raises ValueError for counts that cannot be.
    """
    if not (0 <= yes <= of and 0 <= other_yes <= other_of):
        raise ValueError(f"{yes} of {of} and {other_yes} of {other_of} cannot be counts")
    everybody, all_yes = of + other_of, yes + other_yes
    whole = _log_choose(everybody, of)

    def likelihood(count: int) -> float:
        return exp(_log_choose(all_yes, count) + _log_choose(everybody - all_yes, of - count) - whole)

    seen = likelihood(yes) * (1 + _ROUNDING)
    possible = range(max(0, of - (everybody - all_yes)), min(of, all_yes) + 1)
    return min(1.0, sum(p for count in possible if (p := likelihood(count)) <= seen))


def holm(p_values: Mapping[Name, float]) -> dict[Name, float]:
    """The p-values corrected for being looked at together (Holm 1979): each is multiplied by how many are left."""
    corrected: dict[Name, float] = {}
    largest = 0.0
    for place, (name, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        largest = max(largest, min(1.0, p * (len(p_values) - place)))
        corrected[name] = largest
    return corrected


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
