"""Summaries on the coded surveys: quickly for every build, and, with `-m eval`, everything with the models that ship.

Run by hand: python -m pytest tests/evals/test_summary_quality.py -m eval, or companion eval --part summaries.
"""

from __future__ import annotations

import pytest
from keyword_summaries import KeywordSummaries

from companion.evaluation.report import NO_MODEL
from companion.evaluation.summary_relations import NEVER_MOVED
from companion.evaluation.summary_report import evaluate_summaries
from companion.evaluation.summary_scorers import KEPT_SCORERS

pytestmark = [pytest.mark.embedder, pytest.mark.timeout(7200)]


def test_the_product_is_measured_and_beats_what_is_beside_it() -> None:
    found = evaluate_summaries(NO_MODEL, ["dev"], limit=1).summaries()
    product = found["companion, dev"]
    for beside in ("similarity, dev", "TF-IDF, dev"):
        assert product["theme_micro_f1"].mean > found[beside]["theme_micro_f1"].mean + 0.1, beside
    # A comment that obeys nobody may still be shown word for word where no theme covers it, canary and all.
    assert product["canary_silent"].mean > 0.9
    for kept in {*(scorer.__name__ for scorer in KEPT_SCORERS), *NEVER_MOVED} - {"canary_silent"}:
        assert product[kept].mean == 1.0, kept


def test_the_baselines_stand_beside_what_is_measured() -> None:
    report = evaluate_summaries(NO_MODEL, ["dev"], KeywordSummaries(), limit=1)
    found = report.summaries()
    assert set(found) == {"companion, dev", "similarity, dev", "TF-IDF, dev"}
    everything = {scorer.__name__ for scorer in KEPT_SCORERS} | set(NEVER_MOVED)
    assert everything - {"nobody_identified"} <= set(found["companion, dev"])
    for column in ("similarity, dev", "TF-IDF, dev"):
        # Far better than one theme in twelve by lot, far from good.
        assert 0.15 < found[column]["theme_micro_f1"].mean < 0.7, column
