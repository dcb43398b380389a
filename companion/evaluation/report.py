"""Runs the evaluation of agendas and says what came out, per model and split."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from companion import bootstrap, config
from companion.evaluation import plain_prompt
from companion.evaluation.agenda_runs import AgendaRun, prepare
from companion.evaluation.agenda_scorers import SHOWN_SCORERS, scores_of
from companion.evaluation.cases import AgendaCase, Split, agenda_cases
from companion.evaluation.pairs import CaseClock, keep_pairings
from companion.evaluation.scores import Summary, Value, scored, summarised
from companion.ports import LanguageModel, Progress, no_progress
from companion.services.companion import Companion

NO_MODEL = "none"


@dataclass
class Report:
    """Scores per column, each case by name; a column is one way to make agendas on one split."""

    scores: dict[str, dict[str, dict[str, Value]]] = field(default_factory=dict)

    def summaries(self) -> dict[str, dict[str, Summary]]:
        """Column -> metric -> mean with interval."""
        return {column: summarised(rows.values()) for column, rows in self.scores.items()}

    def below(self, metric: str) -> Iterator[tuple[str, str, float]]:
        """Column, case and value of every case in which a metric is not perfect."""
        for column, rows in self.scores.items():
            for case, row in rows.items():
                value = row.get(metric)
                if value is not None and float(value) < 1:
                    yield column, case, float(value)


@contextmanager
def own_companion(model: str, loaded: LanguageModel | None = None) -> Iterator[Companion]:
    """A companion in a home of its own that is gone afterwards; the user's data is never touched."""
    with tempfile.TemporaryDirectory(prefix="companion-eval-") as folder:
        companion = bootstrap.assemble(
            Path(folder), settings=config.Settings(model=model), clock=CaseClock(), model=loaded
        )
        try:
            yield companion
        finally:
            companion.close()


def evaluate(
    model: str,
    splits: Sequence[Split],
    *,
    plain: bool = False,
    limit: int | None = None,
    keep: Callable[[AgendaRun], None] = lambda run: None,
    progress: Progress = no_progress,
) -> Report:
    """Prepare every case and score it; with `plain`, the same model also answers one plain prompt per case.

    `model` is a name from the settings or "none"; `keep` sees every run. Raises what the flows raise.
    """
    report = Report()
    cases = {split: agenda_cases(split)[:limit] for split in splits}
    total = sum(map(len, cases.values())) * (1 + plain)
    loaded = None if model == NO_MODEL else bootstrap.language_model(config.Settings(model=model))
    with own_companion(model, loaded) as companion:
        pairings = keep_pairings(companion, (case for found in cases.values() for case in found))
        done = 0
        for split, found in cases.items():
            rows = report.scores.setdefault(f"companion, {split}", {})
            for case in found:
                run = prepare(companion, case, pairings[case.case], with_model=loaded is not None)
                keep(run)
                rows[case.case] = scores_of(run)
                done += 1
                progress(done, total, case.case)
        if plain and loaded is not None:
            for split, found in cases.items():
                rows = report.scores.setdefault(f"plain prompt, {split}", {})
                for case in found:
                    rows[case.case] = plain_scores(loaded, case)
                    done += 1
                    progress(done, total, f"plain: {case.case}")
    return report


def plain_scores(model: LanguageModel, case: AgendaCase) -> dict[str, Value]:
    """The scores that a free text can have."""
    return scored(plain_prompt.ask(model, case), SHOWN_SCORERS)
