"""The assignment against an oracle that tries everything, and against SciPy."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from companion.matching.assignment import SCALE, assign

Instance = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    mentees, mentors = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    cells = mentees * mentors
    scores = draw(st.lists(st.integers(0, 1000), min_size=cells, max_size=cells))
    possible = draw(st.lists(st.booleans(), min_size=cells, max_size=cells))
    room = st.integers(0, 3)
    return (
        np.array(scores, dtype=float).reshape(mentees, mentors) / 1000,
        np.array(possible).reshape(mentees, mentors),
        np.array(draw(st.lists(room, min_size=mentees, max_size=mentees))),
        np.array(draw(st.lists(room, min_size=mentors, max_size=mentors))),
        np.array(draw(st.lists(st.booleans(), min_size=mentees, max_size=mentees))),
    )


def worth(pairs: list[tuple[int, int]], scores: np.ndarray, served: np.ndarray) -> tuple[int, int]:
    """Newly served mentees first, then the sum of scores in the solver's whole numbers."""
    newly = {row for row, _ in pairs if not served[row]}
    return len(newly), sum(round(float(scores[pair]) * SCALE) for pair in pairs)


def best_of_all(scores: np.ndarray, possible: np.ndarray, *rooms: np.ndarray) -> tuple[int, int]:
    mentee_room, mentor_room, served = rooms
    cells = [tuple(cell) for cell in np.argwhere(possible)]
    best = (0, 0)
    for size in range(len(cells) + 1):
        for chosen in itertools.combinations(cells, size):
            rows = np.bincount([r for r, _ in chosen], minlength=len(mentee_room))
            columns = np.bincount([c for _, c in chosen], minlength=len(mentor_room))
            if (rows <= mentee_room).all() and (columns <= mentor_room).all():
                best = max(best, worth(list(chosen), scores, served))
    return best


@settings(max_examples=150, deadline=None)
@given(instances())
def test_no_set_of_pairs_is_better(instance: Instance) -> None:
    scores, possible, mentee_room, mentor_room, served = instance

    pairs = assign(*instance)

    assert len(pairs) == len(set(pairs))
    assert all(possible[pair] for pair in pairs)
    assert (np.bincount([r for r, _ in pairs], minlength=len(mentee_room)) <= mentee_room).all()
    assert (np.bincount([c for _, c in pairs], minlength=len(mentor_room)) <= mentor_room).all()
    assert worth(pairs, scores, served) == best_of_all(scores, possible, mentee_room, mentor_room, served)


@pytest.mark.parametrize("shape", [(60, 60), (40, 90), (90, 40)])
def test_agrees_with_scipy_where_everybody_has_one_place(shape: tuple[int, int]) -> None:
    draw = np.random.default_rng(sum(shape))
    scores = draw.random(shape)
    possible = draw.random(shape) > 0.6
    weights = np.where(possible, 1000 + scores, 0.0)  # 1000 a pair: coverage first

    pairs = assign(scores, possible, *(np.ones(side, dtype=np.int64) for side in shape), np.zeros(shape[0], dtype=bool))

    rows, columns = linear_sum_assignment(-weights)
    expected = sum(weights[pair] for pair in zip(rows, columns, strict=True))
    assert sum(weights[pair] for pair in pairs) == pytest.approx(expected, abs=shape[0] / SCALE)


def test_a_second_mentor_never_costs_somebody_their_first() -> None:
    scores = np.array([[0.9, 0.9], [0.1, 0.1]])

    pairs = assign(scores, scores > 0, np.array([2, 1]), np.array([1, 1]), np.array([False, False]))

    assert sorted(row for row, _ in pairs) == [0, 1]


def test_somebody_with_a_running_pairing_comes_after_somebody_without() -> None:
    scores = np.array([[0.9], [0.1]])

    pairs = assign(scores, scores > 0, np.array([1, 1]), np.array([1]), np.array([True, False]))

    assert pairs == [(1, 0)]


def test_nothing_possible_is_no_pairs() -> None:
    nobody = np.zeros((2, 2), dtype=bool)

    assert assign(np.ones((2, 2)), nobody, np.ones(2, int), np.ones(2, int), np.zeros(2, bool)) == []
    assert assign(np.ones((0, 3)), np.zeros((0, 3), bool), np.ones(0, int), np.ones(3, int), np.zeros(0, bool)) == []
