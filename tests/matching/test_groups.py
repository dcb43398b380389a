"""Who is shown as a group, and which differences are called differences."""

import numpy as np
import pytest
from factories import NOON, a_mentor, a_proposal, a_run, an_executive
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test, rankdata

from companion.domain.fairness import GroupRow
from companion.domain.people import Declared, Person
from companion.domain.programme import Programme
from companion.matching.choices import Choices
from companion.matching.groups import beyond_chance, groups, may_be_shown
from companion.ports import MatchRequest

SEEDS = (5, 6, 10, 16)
"""Between them: one chance in 350 to one in 20."""
SIZES = st.dictionaries(st.sampled_from(["", "a", "b", "c", "d", "e"]), st.integers(1, 12))


def a_request(people: list[Person]) -> MatchRequest:
    return MatchRequest(people=people, programme=Programme(), vectors=list, at=NOON, embedding_model="fake")


@given(SIZES)
def test_nobody_can_work_out_a_group_of_fewer_than_five(sizes: dict[str, int]) -> None:
    shown = may_be_shown(sizes)

    hidden = sum(sizes.values()) - sum(sizes[value] for value in shown)
    assert all(sizes[value] >= 5 for value in shown)
    assert "" not in shown
    assert hidden == 0 or hidden >= 5 or not shown


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ({"a": 5, "b": 9}, {"a", "b"}),
        ({"a": 4, "b": 9, "c": 6}, {"b"}),
        ({"a": 4, "b": 9}, set()),
        ({"a": 3, "b": 2, "c": 9}, {"c"}),
        ({"": 3, "a": 9, "b": 7}, {"a"}),
        ({"": 5, "a": 9}, {"a"}),
        ({}, set()),
    ],
)
def test_what_is_shown(sizes: dict[str, int], shown: set[str]) -> None:
    assert may_be_shown(sizes) == shown


def rows_by_value(rows: tuple[GroupRow, ...]) -> dict[str, GroupRow]:
    return {row.value: row for row in rows}


def test_rows_say_how_a_group_fares() -> None:
    people = [a_mentor(f"m{n}", department="Finance" if n < 6 else " IT ") for n in range(12)]
    people += [an_executive(f"e{n}", department="Board") for n in range(6)]
    run = a_run(
        *(
            a_proposal(f"p{n}", mentor_id=f"m{n}", mentee_id=f"e{n}", mentee_rank=n + 1, mentee_choices=9)
            for n in range(3)
        )
    )
    choices = Choices(of_mentees={f"e{n}": ["m0", "m1", "m7"] for n in range(6)}, of_mentors={})

    rows, hidden = groups(a_request(people), run, choices)

    finance, it = rows_by_value(rows)["Finance"], rows_by_value(rows)["IT"]
    assert len(rows) == 2, "executives are all of one department, and nothing else is stated"
    assert (finance.people, finance.side, finance.proposed, finance.regret) == (6, "mentors", 0.5, 1.0)
    assert (it.proposed, it.regret) == (0.0, 0.0)
    assert finance.exposure == pytest.approx(4 / 3, abs=1e-3)
    assert it.exposure == pytest.approx(2 / 3, abs=1e-3)
    assert hidden == 0


def test_spelling_makes_no_group_and_small_ones_are_counted_only() -> None:
    places = ["Lyon", "lyon ", "LYON", "Lyon", "Lyon", "Paris", "Paris", "Rome", "Oslo", "Bonn", "Bonn", ""]
    people = [a_mentor(f"m{n}", location=place) for n, place in enumerate(places)]

    rows, hidden = groups(a_request(people), a_run(), Choices({}, {}))

    assert [(row.value, row.people) for row in rows] == [("Lyon", 5)]
    assert hidden == 4


def test_declared_attributes_are_groups_too_but_never_small_ones() -> None:
    def declared(value: str) -> tuple[Declared, ...]:
        return (Declared(attribute="Gender", value=value),)

    few = [a_mentor(f"m{n}", declared=declared("woman" if n < 3 else "man")) for n in range(12)]
    enough = [a_mentor(f"m{n}", declared=declared("woman" if n < 6 else "man")) for n in range(12)]

    assert groups(a_request(few), a_run(), Choices({}, {}))[0] == ()
    assert groups(a_request(few), a_run(), Choices({}, {}))[1] == 2
    rows, _ = groups(a_request(enough), a_run(), Choices({}, {}))
    assert {(row.attribute, row.value, row.people) for row in rows} == {("gender", "woman", 6), ("gender", "man", 6)}


def test_a_large_difference_is_called_one_and_an_ordinary_one_is_not() -> None:
    random = np.random.default_rng(5)
    ordinary = random.integers(0, 4, size=60).astype(float)
    shifted = ordinary + np.where(np.arange(60) < 20, 3.0, 0.0)

    assert not beyond_chance(ordinary, range(20), 0.05)
    assert beyond_chance(shifted, range(20), 0.001)
    assert not beyond_chance(np.append(np.zeros(59), 1e9), range(40, 60), 0.05), "one outlier decides nothing"
    assert not beyond_chance(np.full(30, np.nan), range(10), 0.05)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_chance_is_that_of_a_permutation_test(seed: int) -> None:
    random = np.random.default_rng(seed)
    values = random.integers(0, 3, size=30).astype(float)
    values[:10] += random.integers(0, 3, size=10)

    ranks = rankdata(values)
    result = permutation_test(
        (ranks[:10], ranks[10:]), lambda a, b: a.mean() - b.mean(), n_resamples=9_999, rng=np.random.default_rng(1)
    )

    assert beyond_chance(values, range(10), min(1.0, result.pvalue * 1.35 + 0.002))
    assert not beyond_chance(values, range(10), result.pvalue * 0.65 - 0.002)


def test_random_groups_hardly_ever_differ() -> None:
    """Ten departments drawn at random, in a hundred cohorts: about one cohort in twenty may show anything."""
    random = np.random.default_rng(8)
    alarms = 0
    for _ in range(100):
        values = random.poisson(1.0, size=200).astype(float)
        members = random.integers(0, 10, size=200)
        alarms += any(
            beyond_chance(values, np.flatnonzero(members == group).tolist(), 0.05 / 10) for group in range(10)
        )

    assert alarms <= 12


def test_more_than_64_different_values() -> None:
    values = np.arange(1000, dtype=float)

    assert beyond_chance(values, range(40), 0.001)
    assert not beyond_chance(values, range(0, 1000, 20), 0.05)
