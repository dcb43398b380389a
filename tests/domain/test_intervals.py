"""Intervals: known values, what drawing cannot tell, and that they cover the truth about as often as they say."""

import math
import random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from companion.domain import intervals


@pytest.mark.parametrize("hits", [0, 1, 7, 9, 10])
def test_wilson_is_that_of_scipy(hits: int) -> None:
    expected = stats.binomtest(hits, 10).proportion_ci(0.95, "wilson")
    found = intervals.wilson(hits, 10)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_a_share_of_nobody_is_none() -> None:
    with pytest.raises(ValueError, match="no share: 0 of 0"):
        intervals.wilson(0, 0)
    with pytest.raises(ValueError, match="no share: 4 of 3"):
        intervals.wilson(4, 3)


def test_the_difference_of_shares_is_that_of_newcombes_paper() -> None:
    # Newcombe (1998), table II, method 10, case (a): 56/70 against 48/80.
    found = intervals.difference_of_shares(56, 70, 48, 80)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize("freedom", [4, 7, 19, 200])
def test_students_t_is_that_of_scipy(freedom: int) -> None:
    assert intervals.student_t(0.975, freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=2e-3)


def test_few_values_and_equal_values_have_no_interval() -> None:
    assert intervals.of_mean([1, 2, 3, 4]) is None
    assert intervals.of_mean([3, 3, 3, 3, 3, 3]) is None


def test_pairs_that_are_all_alike_still_leave_doubt() -> None:
    assert intervals.of_ratio([(6, 6)] * 9) == intervals.wilson(9, 9)
    assert intervals.of_ratio([(0, 6)] * 9) == intervals.wilson(0, 9)


@given(st.lists(st.integers(-4, 4), min_size=5, max_size=20), st.randoms())
def test_the_order_of_answers_changes_nothing(values: list[int], chance: random.Random) -> None:
    shuffled = values[:]
    chance.shuffle(shuffled)
    found = intervals.of_mean(values)
    assert found == intervals.of_mean(shuffled)
    if found is not None:
        assert min(values) <= found.low <= found.high <= max(values)


def test_whole_pairs_are_drawn_so_that_alike_sessions_do_not_make_sure() -> None:
    alike = intervals.of_ratio([(6, 6)] * 5 + [(0, 6)] * 5)
    single = intervals.of_ratio([(1, 1)] * 30 + [(0, 1)] * 30)
    assert alike is not None
    assert single is not None
    assert alike.high - alike.low > 1.8 * (single.high - single.low)


def test_a_score_of_recommendation_is_promoters_minus_detractors() -> None:
    assert intervals.nps([10, 9, 8, 7, 6, 0]) == pytest.approx(0)
    assert intervals.nps([10, 9, 9, 8]) == pytest.approx(75)


def test_the_interval_of_a_mean_covers_the_truth_about_as_often_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    # Fewer draws keep this quick; the share of hits moves by less than what is allowed here.
    monkeypatch.setattr(intervals, "RESAMPLES", 400)
    chance, steps, weights = random.Random(1), [-1, 0, 1, 2, 3], [5, 10, 40, 30, 15]
    truth = fmean(chance.choices(steps, weights, k=400_000))
    hits = tries = 0
    for _ in range(300):
        found = intervals.of_mean(chance.choices(steps, weights, k=8))
        if found is not None:
            tries += 1
            hits += found.low <= truth <= found.high
    assert 0.90 <= hits / tries <= 0.985
    assert math.isclose(truth, 1.4, abs_tol=0.02)
