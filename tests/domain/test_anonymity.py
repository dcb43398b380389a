"""Nothing about fewer than k people can be worked out: not inside a table, not over time, not by combining."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from companion.domain.anonymity import (
    Because,
    Release,
    Released,
    Thresholds,
    Withheld,
    exposes,
    may_keep,
    objection,
    suppress,
)

K = 5
EVERYBODY = [f"p{n:02}" for n in range(40)]


def people(start: int, end: int) -> frozenset[str]:
    return frozenset(EVERYBODY[start:end])


def about(respondents: frozenset[str], topic: str = "end/trust", scope: str = "everybody") -> Release:
    return Release(frozenset({topic}), respondents, scope)


def test_thresholds_go_only_upwards() -> None:
    assert Thresholds() == Thresholds(ratings=5, comments=10, theme=3)
    assert Thresholds(ratings=8).ratings == 8
    for lower in ({"ratings": 4}, {"comments": 9}, {"theme": 2}):
        with pytest.raises(ValidationError):
            Thresholds(**lower)
    assert Thresholds(ratings=6).digest != Thresholds().digest


def test_what_is_withheld_holds_neither_value_nor_count() -> None:
    withheld = suppress({"mentors": people(0, 14), "executives": people(14, 17)}, K).hidden["executives"]
    assert withheld == Withheld(Because.TOO_FEW, "Fewer than 5 people answered.")
    assert not {"value", "respondents", "n"} & set(dir(withheld))
    assert Released((4, 5), 2).value == (4, 5)


def test_a_hidden_role_hides_the_total() -> None:
    found = suppress({"mentors": people(0, 14), "executives": people(14, 17)}, K)
    assert set(found.hidden) == {"executives"}
    assert found.total is not None
    assert found.total.because is Because.REMAINDER


def test_the_next_smallest_group_is_hidden_with_a_small_one() -> None:
    found = suppress({"a": people(0, 14), "b": people(14, 22), "c": people(22, 24)}, K)
    assert {name: one.because for name, one in found.hidden.items()} == {
        "c": Because.TOO_FEW,
        "b": Because.COMPLEMENT,
    }
    assert found.total is None


def test_an_empty_group_is_hidden_like_a_small_one() -> None:
    found = suppress({"mentors": people(0, 14), "executives": frozenset()}, K)
    assert set(found.hidden) == {"executives"}
    assert found.total is not None


def test_two_large_groups_show_everything_and_nobody_shows_nothing() -> None:
    assert suppress({"mentors": people(0, 10), "executives": people(10, 20)}, K).hidden == {}
    assert suppress({"mentors": people(0, 10), "executives": people(10, 20)}, K).total is None
    assert suppress({}, K).total is not None


def in_span_with_small_support(sets: list[frozenset[str]], k: int) -> bool:
    """By brute force with numpy: some combination of the sums concerns 1 to k-1 people."""
    union = sorted(frozenset().union(*sets))
    if not union:
        return False
    table = np.array([[person in one for person in union] for one in sets], dtype=float)
    full = np.linalg.matrix_rank(table)
    for size in range(1, min(k, len(union) + 1)):
        for chosen in combinations(range(len(union)), size):
            if np.linalg.matrix_rank(np.delete(table, chosen, axis=1)) < full:
                return True
    return False


small_sets = st.lists(st.frozensets(st.sampled_from(EVERYBODY[:9]), min_size=1), min_size=1, max_size=4)


@given(small_sets, st.integers(2, 4))
def test_the_check_finds_exactly_what_linear_algebra_finds(sets: list[frozenset[str]], k: int) -> None:
    assert exposes(sets, k) == in_span_with_small_support(sets, k)


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9), max_size=6), st.integers(2, 6))
def test_no_hidden_group_can_be_worked_out_from_one_table(sizes: dict[str, int], k: int) -> None:
    groups, start = {}, 0
    for name, size in sizes.items():
        groups[name] = frozenset(f"{name}{n}" for n in range(size))
        start += size
    found = suppress(groups, k)
    released = [groups[name] for name in groups if name not in found.hidden]
    if found.total is None:
        released.append(frozenset().union(*groups.values()))
    assert all(len(one) >= k for one in released)
    if released:
        assert not in_span_by_blocks(released, list(groups.values()), k)


def in_span_by_blocks(released: list[frozenset[str]], groups: list[frozenset[str]], k: int) -> bool:
    """Solve for every union of groups below k: is it a combination of what is released?"""
    table = np.array([[float(bool(group & one)) for group in groups] for one in released])
    small = [at for at, group in enumerate(groups) if 0 < len(group) < k]
    for count in range(1, len(small) + 1):
        for chosen in combinations(small, count):
            if sum(len(groups[at]) for at in chosen) < k:
                without = np.delete(table, chosen, axis=1)
                rank = np.linalg.matrix_rank(without) if without.size else 0
                if rank < np.linalg.matrix_rank(table):
                    return True
    return False


@given(st.lists(st.frozensets(st.sampled_from(EVERYBODY[:14])), max_size=8))
def test_any_two_releases_differ_by_nobody_or_by_k(requests: list[frozenset[str]]) -> None:
    ledger: list[Release] = []
    for respondents in requests:
        if objection([about(respondents)], ledger, K) is None:
            ledger.append(about(respondents))
    for one, other in combinations(ledger, 2):
        assert len(one.respondents ^ other.respondents) == 0 or len(one.respondents ^ other.respondents) >= K
    assert not exposes((one.respondents for one in ledger), K)


def test_the_same_release_again_is_allowed() -> None:
    assert objection([about(people(0, 12))], [about(people(0, 12))], K) is None


@pytest.mark.parametrize(
    ("attack", "wanted", "earlier"),
    [
        ("over time: one more person answered", people(0, 13), [people(0, 12)]),
        ("by filter: all but one department", people(0, 16), [people(0, 20)]),
        ("parent minus child", people(0, 20), [people(0, 17)]),
        ("a swap: one left, one came", people(1, 13), [people(0, 12)]),
        ("two parts and their total with one more", people(0, 21), [people(0, 10), people(10, 20)]),
        ("late answers below the batch size", people(0, 14), [people(0, 10)]),
    ],
)
def test_differencing_is_refused_with_the_reason(attack, wanted, earlier) -> None:
    refused = objection([about(wanted)], [about(one) for one in earlier], K)
    assert refused is not None, attack
    assert refused.because is Because.DIFFERENCE
    assert "fewer than 5 people" in refused.reason


def test_three_releases_that_are_harmless_in_pairs_are_refused_together() -> None:
    parts = [people(0, 10), people(10, 20)]
    with_one_more = people(0, 21)
    assert all(objection([about(with_one_more)], [about(part)], K) is None for part in parts)
    assert objection([about(with_one_more)], [about(part) for part in parts], K) is not None


def test_another_question_is_another_matter() -> None:
    assert objection([about(people(0, 12), "end/trust")], [about(people(0, 13), "end/useful")], K) is None


def test_a_scale_counts_as_each_of_its_questions() -> None:
    scale = Release(frozenset({"end/trust", "end/useful"}), people(0, 13))
    assert objection([about(people(0, 12), "end/useful")], [scale], K) is not None


def test_too_many_releases_are_refused_instead_of_checked() -> None:
    past = [about(frozenset(f"g{n}-{m}" for m in range(6))) for n in range(31)]
    assert objection([about(people(0, 10))], past, K) is not None


def test_an_attribute_stays_only_where_every_value_is_shared() -> None:
    assert may_keep(["a"] * 5 + ["b"] * 6, K)
    assert not may_keep(["a"] * 5 + ["b"] * 4, K)
    assert may_keep([], K)
