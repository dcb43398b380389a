"""Prices: they exist for the best flow and prove it, and for nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.errors import CompanionError
from companion.matching.assignment import SCALE, Places, best_flow, coverage_bonus
from companion.matching.prices import Prices, dual_value, lowest_prices


def instance(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, Places, int]:
    draw = np.random.default_rng(seed)
    mentees, mentors = draw.integers(1, 12, size=2)
    places = Places(draw.integers(0, 4, mentees), draw.integers(0, 4, mentors), draw.random(mentees) < 0.3)
    possible = draw.random((mentees, mentors)) < draw.choice([0.2, 0.6, 1.0])
    rows, columns = np.nonzero(possible & (places.mentee_room > 0)[:, None] & (places.mentor_room > 0))
    worth = draw.integers(-SCALE, SCALE, rows.size) // draw.choice([1, SCALE // 3]) * 1
    return rows, columns, worth, places, coverage_bonus(places, -SCALE, SCALE)


def value_of(rows: np.ndarray, worth: np.ndarray, places: Places, bonus: int) -> int:
    return bonus * np.unique(rows[~places.mentee_served[rows]]).size + int(worth.sum())


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**32))
def test_the_lowest_prices_prove_the_flow_best(seed: int) -> None:
    rows, columns, worth, places, bonus = instance(seed)
    used = best_flow(rows, columns, worth, places, bonus)

    prices = lowest_prices(rows, columns, worth, used, places, bonus)

    assert dual_value(rows, columns, worth, prices, places, bonus) == value_of(rows[used], worth[used], places, bonus)
    assert (prices.mentor >= 0).all()
    left = places.mentor_room - np.bincount(columns[used], minlength=places.mentor_room.size)
    assert (prices.mentor[left > 0] == 0).all()
    together = prices.mentee[rows] + prices.mentor[columns]
    assert (worth[~used] <= together[~used]).all()
    assert (worth[used] >= together[used]).all()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
def test_any_prices_at_all_give_a_bound(seed: int) -> None:
    rows, columns, worth, places, bonus = instance(seed)
    used = best_flow(rows, columns, worth, places, bonus)
    draw = np.random.default_rng(seed + 1)
    prices = Prices(
        draw.integers(-bonus, SCALE, places.mentee_room.size), draw.integers(0, bonus, places.mentor_room.size)
    )

    assert dual_value(rows, columns, worth, prices, places, bonus) >= value_of(rows[used], worth[used], places, bonus)


def test_an_assignment_that_is_not_best_has_no_prices() -> None:
    rows, columns = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    worth = np.array([900, 500, 800, 100])
    places = Places(np.ones(2, int), np.ones(2, int), np.zeros(2, bool))
    diagonal = np.array([True, False, False, True])  # 900 + 100, against 500 + 800

    with pytest.raises(CompanionError, match="could not be proven"):
        lowest_prices(rows, columns, worth, diagonal, places, coverage_bonus(places, 0, SCALE))


def test_a_mentor_whom_two_people_want_costs_what_the_second_would_lose() -> None:
    rows, columns = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    worth = np.array([900, 500, 800, 700])
    places = Places(np.ones(2, int), np.ones(2, int), np.zeros(2, bool))
    bonus = coverage_bonus(places, 0, SCALE)

    prices = lowest_prices(rows, columns, worth, best_flow(rows, columns, worth, places, bonus), places, bonus)

    assert prices.mentor.tolist() == [100, 0]
    assert prices.mentee.tolist() == [800, 700]
