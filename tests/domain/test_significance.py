"""The exact test against known values, and how seldom it sees a difference where there is none."""

import random

import pytest
from scipy.stats import fisher_exact

from companion.domain.significance import exact_p_value, holm
from companion.domain.summary_counts import SURE


@pytest.mark.parametrize("counts", [(3, 4, 1, 4), (9, 14, 2, 16), (0, 5, 5, 5), (10, 10, 10, 10), (120, 400, 90, 500)])
def test_agrees_with_scipy(counts: tuple[int, int, int, int]) -> None:
    yes, of, other_yes, other_of = counts
    expected = fisher_exact([[yes, of - yes], [other_yes, other_of - other_yes]]).pvalue
    assert exact_p_value(*counts) == pytest.approx(expected, rel=1e-6)


def test_counts_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="5 of 4"):
        exact_p_value(5, 4, 0, 4)


def test_holm() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "c": 0.06, "b": 0.06})


def test_people_dealt_into_groups_by_chance_do_not_differ() -> None:
    chance = random.Random(7)
    claims = 0
    for _ in range(1000):
        themes = [set(chance.sample(range(40), chance.randint(3, 25))) for _ in range(12)]
        group = set(chance.sample(range(40), 20))
        found = holm({n: exact_p_value(len(group & t), 20, len(t - group), 20) for n, t in enumerate(themes)})
        claims += min(found.values()) < SURE
    assert claims <= 1
