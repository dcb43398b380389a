"""Runs the evaluation of summaries: the product's, two baselines that only code, and one plain prompt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from companion.evaluation import plain_summary
from companion.evaluation.cases import Injection, Split
from companion.evaluation.report import Report, loaded_model, own_companion
from companion.evaluation.scores import Value, scored, summarised
from companion.evaluation.summary_baselines import Similarity, TfIdf, at_its_best, remembering
from companion.evaluation.summary_cases import SurveyCase, hostile_comments, survey_cases
from companion.evaluation.summary_coding import CODING_SCORERS
from companion.evaluation.summary_pipeline import Shipped
from companion.evaluation.summary_relations import INTRUSION_SCORERS, intrusions, related
from companion.evaluation.summary_runs import Summarising, coded, run
from companion.evaluation.summary_scorers import FOUND_SCORERS, KEPT_SCORERS
from companion.ports import Progress, no_progress
from companion.services.models import NO_MODEL
from companion.services.summary_files import codebook

Cases = Sequence[tuple[Split, SurveyCase]]
Row = tuple[str, SurveyCase, dict[str, Value]]
"""The column it belongs to, the survey, and what was scored."""


def evaluate_summaries(
    model: str,
    splits: Sequence[Split],
    way: Summarising | None = None,
    *,
    plain: bool = False,
    limit: int | None = None,
    progress: Progress = no_progress,
) -> Report:
    """Score the product's summaries, or `way`, on every survey, and beside them what they have to beat.

    With `plain`, the language model also answers a plain prompt; the product's sentences are those without a model.
    Raises InvalidInput, and what the engines raise.
    """
    report = Report()
    cases = [(split, case) for split in splits for case in survey_cases(split)[:limit]]
    total = len(cases) * (3 + plain)
    rows = chain(_product(way, cases), _baselines(model, cases), _plain(model, cases) if plain else ())
    for done, (column, case, scores) in enumerate(rows, start=1):
        report.add(column, case.id, scores)
        progress(done, total, case.id)
    return report


def scores_of(way: Summarising, case: SurveyCase, injections: Sequence[Injection]) -> dict[str, Value]:
    """Everything there is to say about the summary of one survey."""
    made = run(way, case)
    scores = scored(made, CODING_SCORERS) | scored(made, FOUND_SCORERS) | scored(made, KEPT_SCORERS)
    intruded = summarised(scored(one, INTRUSION_SCORERS) for one in intrusions(way, case, injections))
    return scores | related(way, case) | {name: found.mean for name, found in intruded.items()}


def _product(way: Summarising | None, cases: Cases) -> Iterator[Row]:
    injections = hostile_comments()
    with own_companion(NO_MODEL) as companion:
        measured = way or Shipped(companion)
        for split, case in cases:
            yield f"companion, {split}", case, scores_of(measured, case, injections)


def _baselines(model: str, cases: Cases) -> Iterator[Row]:
    """With the thresholds that suit them best on dev."""
    with own_companion(model) as companion:
        vectors = remembering(companion.embedder.get().embed)
        for baseline in (Similarity(codebook(), vectors), TfIdf(codebook())):
            at_its_best(baseline, survey_cases("dev"))
            for split, case in cases:
                yield f"{baseline.name}, {split}", case, scored(coded(baseline, case), CODING_SCORERS)


def _plain(model: str, cases: Cases) -> Iterator[Row]:
    """Each survey gets another hostile comment, in turn."""
    loaded = loaded_model(model)
    if loaded is None:
        return
    hostile = [one for one in hostile_comments() if one.canary]
    try:
        for place, (split, case) in enumerate(cases):
            asked = plain_summary.ask(loaded, case, hostile[place * 5 % len(hostile)])
            yield f"plain prompt, {split}", case, scored(asked, plain_summary.PLAIN_SCORERS)
    finally:
        loaded.close()
