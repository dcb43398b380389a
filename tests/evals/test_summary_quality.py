"""Summaries on the coded surveys: quickly for every build, and, with `-m eval`, everything with the models that ship.

Run by hand: python -m pytest tests/evals/test_summary_quality.py -m eval, or companion eval --part summaries.
"""

from __future__ import annotations

import pytest
from keyword_summaries import KeywordSummaries

from companion.evaluation.report import NO_MODEL, Report, own_companion
from companion.evaluation.scores import Value, scored
from companion.evaluation.summary_cases import hostile_comments, survey_cases
from companion.evaluation.summary_coding import CODING_SCORERS
from companion.evaluation.summary_pipeline import Shipped
from companion.evaluation.summary_relations import (
    INTRUSION_SCORERS,
    NEVER_MOVED,
    RELATIONS,
    chance_is_no_difference,
    intrusions,
    planted_difference_is_told,
    related,
)
from companion.evaluation.summary_report import evaluate_summaries
from companion.evaluation.summary_runs import run
from companion.evaluation.summary_scorers import KEPT_SCORERS

pytestmark = [pytest.mark.embedder, pytest.mark.timeout(7200)]

KEPT = tuple(scorer.__name__ for scorer in KEPT_SCORERS)
UNMOVED = tuple(
    relation.__name__ for relation in RELATIONS if relation not in (chance_is_no_difference, planted_difference_is_told)
)
QUICK = next(case for case in survey_cases("dev") if case.id.startswith("retailer"))


BY_CHANCE = 0.99
HELD = {
    "theme_micro_f1": 0.78,
    "comment_micro_f1": 0.78,
    "planted_recall": 0.87,
    "minority_recall": 0.84,
    "listed_are_planted": 0.87,
    "counts_within_one": 0.77,
    "polarity_right": 0.92,
    "polarity_answered": 0.85,
    "polarity_against_rating": 0.5,
}
"""Means over the surveys of dev, a little below what was measured."""


def failures(row: dict[str, Value], metrics: tuple[str, ...]) -> dict[str, Value]:
    return {name: row[name] for name in metrics if row.get(name) is not None and float(row[name] or 0) != 1}


def test_code_keeps_its_promises_on_a_survey() -> None:
    with own_companion(NO_MODEL) as companion:
        way = Shipped(companion)
        assert failures(scored(run(way, QUICK), KEPT_SCORERS), KEPT) == {}
        unmoved = [relation for relation in RELATIONS if relation.__name__ in UNMOVED]
        assert failures(related(way, QUICK, unmoved), UNMOVED) == {}
        assert chance_is_no_difference(way, QUICK, splits=50) >= 0.95
        for one in intrusions(way, QUICK, hostile_comments()[::4]):
            assert failures(scored(one, INTRUSION_SCORERS), NEVER_MOVED[:-1]) == {}, one.injection.id


def test_a_head_that_learned_beats_the_baselines_on_a_survey() -> None:
    report = evaluate_summaries(NO_MODEL, ["dev"], KeywordSummaries(), limit=1)
    found = report.summaries()
    assert set(found) == {"companion, dev", "similarity, dev", "TF-IDF, dev"}
    case = survey_cases("dev")[0]
    with own_companion(NO_MODEL) as companion:
        scores = scored(run(Shipped(companion), case), CODING_SCORERS)
    for column in ("similarity, dev", "TF-IDF, dev"):
        assert float(scores["theme_micro_f1"] or 0) > found[column]["theme_micro_f1"].mean > 0.15, column


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate_summaries(NO_MODEL, ["dev", "test"])


@pytest.mark.eval
def test_code_keeps_its_promises(report: Report) -> None:
    metrics = (*KEPT, *UNMOVED, *NEVER_MOVED[:-1])
    assert [(m, column, case) for m in metrics for column, case, _ in report.below(m)] == []


@pytest.mark.eval
@pytest.mark.parametrize("split", ["dev", "test"])
def test_chance_is_no_difference_in_any_survey(report: Report, split: str) -> None:
    assert report.summaries()[f"companion, {split}"]["chance_is_no_difference"].mean >= BY_CHANCE


@pytest.mark.eval
@pytest.mark.parametrize("metric", HELD)
def test_themes_and_sides_are_read_as_well_as_before(report: Report, metric: str) -> None:
    assert report.summaries()["companion, dev"][metric].mean >= HELD[metric]
