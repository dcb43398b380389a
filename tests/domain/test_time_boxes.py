from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.agendas import MAX_SESSION_MINUTES, MIN_SESSION_MINUTES
from companion.domain.time_boxes import GRID, LARGE, Box, allocate, kept

EVERY_LENGTH = range(MIN_SESSION_MINUTES, MAX_SESSION_MINUTES + 1)
SESSION = (
    Box(2, 3, 5),
    Box(3, 5, 8, drop_rank=4),
    Box(8, 20, 40, weight=1.5, stretch=True),
    Box(8, 12, 25, drop_rank=1, stretch=True),
    Box(3, 5, 5, drop_rank=3),
    Box(2, 3, 8),
)


@st.composite
def boxes(draw: st.DrawFn) -> list[Box]:
    made = []
    for _ in range(draw(st.integers(1, 8))):
        low = draw(st.integers(1, 30))
        usual = low + draw(st.integers(0, 30))
        high = usual + draw(st.integers(0, 60))
        weight = draw(st.floats(0.2, 5))
        made.append(Box(low, usual, high, weight, draw(st.integers(0, 4)), draw(st.booleans())))
    return made


@pytest.mark.parametrize("total", EVERY_LENGTH)
def test_every_session_length_is_filled_exactly(total: int) -> None:
    stay = [SESSION[i] for i in kept(SESSION, total)]
    minutes = allocate(stay, total)
    assert sum(minutes) == total
    for box, length in zip(stay, minutes, strict=True):
        assert length >= box.min
        assert length <= box.max or box.stretch


@given(boxes(), st.integers(*(EVERY_LENGTH[0], EVERY_LENGTH[-1])))
def test_any_boxes_fill_any_length_exactly_and_within_bounds_when_possible(made: list[Box], total: int) -> None:
    minutes = allocate(made, total)
    assert sum(minutes) == total
    assert min(minutes) >= 1
    low, high = sum(box.min for box in made), sum(box.max for box in made)
    if low <= total:
        assert all(length >= box.min for box, length in zip(made, minutes, strict=True))
    if total <= high:
        assert all(length <= box.max for box, length in zip(made, minutes, strict=True))
    elif any(box.stretch for box in made):
        assert all(length <= box.max or box.stretch for box, length in zip(made, minutes, strict=True))


@given(boxes(), st.integers(15, 180))
def test_nothing_essential_is_dropped_and_what_stays_fits_if_it_can(made: list[Box], total: int) -> None:
    stay = kept(made, total)
    assert {i for i, box in enumerate(made) if box.drop_rank == 0} <= set(stay)
    if sum(made[i].min for i in stay) > total:
        assert all(made[i].drop_rank == 0 for i in stay)


def test_dropping_follows_the_rank_and_stops_as_soon_as_it_fits() -> None:
    assert kept(SESSION, 26) == (0, 1, 2, 3, 4, 5)
    assert kept(SESSION, 25) == (0, 2, 3, 4, 5)
    assert kept(SESSION, 22) == (0, 2, 3, 5)
    assert kept(SESSION, 19) == (0, 2, 5)


def test_of_equal_ranks_the_later_box_goes_first() -> None:
    assert kept([Box(5, 5, 5, drop_rank=1), Box(5, 5, 5, drop_rank=1)], 6) == (0,)


def test_usual_minutes_are_kept_when_they_add_up() -> None:
    assert allocate([Box(2, 5, 5), Box(5, 20, 40), Box(5, 15, 20), Box(2, 5, 8)], 45) == (5, 20, 15, 5)


@pytest.mark.parametrize("total", range(30, 181, 5))
def test_large_boxes_stand_on_the_grid_where_small_ones_can_take_the_rest(total: int) -> None:
    minutes = allocate([Box(2, 3, 8), Box(10, 20, 90), Box(10, 15, 90), Box(2, 3, 8)], total)
    assert all(length % GRID == 0 for length in minutes if length >= LARGE)


def test_spare_time_follows_the_weights() -> None:
    light, heavy = allocate([Box(5, 10, 100), Box(5, 10, 100, weight=3)], 60)
    assert heavy > light > 5


def test_too_little_time_is_squeezed_but_never_to_nothing() -> None:
    assert allocate([Box(10, 10, 10), Box(10, 10, 10)], 15) in {(8, 7), (7, 8)}


@pytest.mark.parametrize(("low", "usual", "high"), [(0, 1, 2), (3, 2, 4), (1, 5, 4)])
def test_impossible_boxes_are_refused(low: int, usual: int, high: int) -> None:
    with pytest.raises(ValueError, match="min <= usual <= max"):
        Box(low, usual, high)


def test_a_weight_must_pull() -> None:
    with pytest.raises(ValueError, match="weight"):
        Box(1, 1, 1, weight=0)


def test_no_boxes_or_too_few_minutes_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        allocate([], 20)
    with pytest.raises(ValueError, match="at least 3"):
        allocate([Box(1, 1, 1)] * 3, 2)
