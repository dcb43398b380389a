from __future__ import annotations

import pytest

from companion.evaluation.agenda_scorers import ndcg
from companion.evaluation.scores import Value, scored, summarised, summary, table


def even(run: int) -> bool:
    return run % 2 == 0


def sizes(run: int) -> dict[str, Value]:
    return {"size": float(run), "large": None if run < 3 else True}


def test_a_mean_comes_with_an_interval_around_it() -> None:
    one = summary([0.0, 1.0, 1.0, 1.0])
    assert one.mean == 0.75
    assert one.low <= one.mean <= one.high
    assert one.low < one.high
    assert summary([0.0, 1.0, 1.0, 1.0]) == one, "the same values give the same interval"
    assert str(summary([1.0] * 5)) == "1.00  n=5"


def test_more_cases_make_the_interval_narrower() -> None:
    few, many = summary([0.0, 1.0] * 5), summary([0.0, 1.0] * 50)
    assert many.high - many.low < few.high - few.low


def test_what_does_not_apply_is_not_counted() -> None:
    found = summarised(scored(run, (even, sizes)) for run in range(1, 5))
    assert found["even"].mean == 0.5
    assert found["size"].mean == 2.5
    assert found["large"].cases == 2


def test_a_table_has_a_cell_for_every_column() -> None:
    rows = list(table({"a": summarised([{"x": True}]), "b": summarised([{"y_z": 0.5}])}))
    assert rows == [("x", "1.00  n=1", "-"), ("y z", "-", "0.50  n=1")]


@pytest.mark.parametrize(
    ("ranking", "expected"),
    [(["a", "b", "c"], 1.0), (["x", "y", "z"], 0.0), (["x", "a", "b"], 0.604), ([], 0.0)],
)
def test_ndcg_rewards_good_cards_early(ranking: list[str], expected: float) -> None:
    assert ndcg(ranking, {"a": 3, "b": 1, "c": 1}) == pytest.approx(expected, abs=0.02)


def test_ndcg_does_not_apply_without_labels() -> None:
    assert ndcg(["a"], {}) is None
