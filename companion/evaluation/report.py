"""Runs the evaluation and keeps what came out, per case: agendas, injections, agendas spoilt on purpose."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from companion import bootstrap, config
from companion.evaluation import plain_prompt, practice
from companion.evaluation.agenda_runs import AgendaRun, prepare, prepare_arc
from companion.evaluation.agenda_scorers import SHOWN_SCORERS, scores_of
from companion.evaluation.cases import (
    SPLITS,
    AgendaCase,
    Split,
    agenda_cases,
    injections,
    judged_lines,
    practice_injections,
    practice_turns,
    rehearsals,
    seeds,
    tip_cases,
)
from companion.evaluation.injected import INJECTION_SCORERS, PLACEMENTS, inject
from companion.evaluation.judged import GATE_SCORERS, check
from companion.evaluation.pairs import CaseClock, keep_pairings
from companion.evaluation.remembered import RememberingModel
from companion.evaluation.scores import Summary, Value, scored, summarised
from companion.evaluation.spoilt import Spoilt, good_agenda, spoil
from companion.evaluation.tips import TIP_SCORERS, advised
from companion.ports import LanguageModel, Progress, no_progress
from companion.services.companion import Companion
from companion.services.models import EMBEDDED, NO_MODEL, refuse_unknown
from companion.services.practice_files import load_archetypes


@dataclass
class Report:
    """Scores per column, each case by name; a column is one way to make agendas on one split."""

    scores: dict[str, dict[str, dict[str, Value]]] = field(default_factory=dict)

    def add(self, column: str, case: str, scores: dict[str, Value]) -> None:
        """Keep the scores of one case."""
        self.scores.setdefault(column, {})[case] = scores

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
            if loaded is not None:
                loaded.close()


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
    cases = [(split, case) for split in splits for case in agenda_cases(split)[:limit]]
    loaded = loaded_model(model)
    twice = plain and loaded is not None
    with own_companion(model, loaded) as companion:
        twins = [case.model_copy(update={"case": _twin(case)}) for _, case in cases]
        pairings = keep_pairings(companion, (*(case for _, case in cases), *twins))
        for done, (split, case) in enumerate(cases, start=1):
            run = prepare(companion, case, pairings[case.case], with_model=loaded is not None)
            run = replace(run, arc=prepare_arc(companion, case, pairings[_twin(case)]))
            keep(run)
            report.add(f"companion, {split}", case.case, scores_of(run))
            progress(done, len(cases) * (1 + twice), case.case)
        if plain and loaded is not None:
            for done, (split, case) in enumerate(cases, start=1):
                shown = plain_prompt.ask(loaded, case)
                report.add(f"plain prompt, {split}", case.case, scored(shown, SHOWN_SCORERS))
                progress(len(cases) + done, 2 * len(cases), f"plain prompt: {case.case}")
    return report


def evaluate_injections(
    model: str, *, limit: int | None = None, every: int = 1, progress: Progress = no_progress
) -> Report:
    """Put every injection, or every n-th, into every place and score what comes of it. Raises what the flows raise."""
    report = Report()
    found = injections()[::every][:limit]
    asked = loaded_model(model)
    loaded = None if asked is None else RememberingModel(asked)
    with own_companion(model, loaded) as companion:
        for done, one in enumerate(inject(companion, found, PLACEMENTS, with_model=loaded is not None), start=1):
            report.add(one.placement, one.injection.id, scored(one, INJECTION_SCORERS))
            progress(done, len(found) * len(PLACEMENTS), one.injection.id)
    return report


def spoilt_agendas() -> list[Spoilt]:
    """What the linter says about every seeded bad agenda."""
    file = seeds()
    good, brief = good_agenda(file, bootstrap.shipped_cards())
    return [spoil(seed, good, brief) for seed in file.seeds]


def evaluate_gates() -> Report:
    """Hold the gates against the lines judged by reading. Raises InvalidInput."""
    report = Report()
    cases, shelf = agenda_cases("dev"), bootstrap.shipped_cards()
    for line in judged_lines():
        checked = check(line, cases, shelf)
        report.add("gates", line.text, scored(checked, GATE_SCORERS))
    return report


def evaluate_tips(splits: Sequence[Split]) -> Report:
    """Make a tip of every note and score it; no model takes part. Raises InvalidInput."""
    report = Report()
    for split in splits:
        for case in tip_cases(split):
            report.add(f"notes, {split}", case.note, scored(advised(case), TIP_SCORERS))
    return report


def evaluate_practice(splits: Sequence[Split], *, every: int = 1) -> Report:
    """Read every turn, review every rehearsal, say them to every archetype, and attack each; no model takes part.

    `every` takes only every n-th injection. Raises InvalidInput.
    """
    report = Report()
    archetypes = load_archetypes()
    for split in splits:
        for turn in practice_turns(split):
            report.add(f"turns, {split}", turn.turn, scored(practice.turned(turn), practice.TURN_SCORERS))
        for case in rehearsals(split):
            scores = scored(practice.reviewed(case), practice.REVIEW_SCORERS)
            report.add(f"rehearsals, {split}", case.rehearsal, scores)
            for one in archetypes:
                talks = scored(practice.talked(one, case), practice.TALK_SCORERS)
                report.add(f"talks, {split}", f"{case.rehearsal}, {one.id}", talks)
    honest = rehearsals("dev")
    # The second corpus was written for agendas, long before there were rehearsals.
    corpora = {
        "injections": [(one.text, one.canary) for one in practice_injections()],
        "injections for agendas": [(one.text, one.canary) for one in injections()],
    }
    for column, found in corpora.items():
        for number, (text, canary) in enumerate(found[::every]):
            for one in archetypes:
                for place, run in enumerate(practice.attacked(one, text, canary, honest[number % len(honest)])):
                    name = f"{text}, {one.id}, {place}"
                    report.add(column, name, scored(run, practice.ATTACK_SCORERS))
    return report


def _twin(case: AgendaCase) -> str:
    """The name of a pair just like the case's, so that three sessions in a row leave the case's own as it is."""
    return f"{case.case}, three in a row"


def refuse_silent(model: str) -> None:
    """See that a model can answer before it is measured: one that cannot would be measured as the cards alone.

    Raises UsageError for a name that no model has, and ModelError when it does not answer a word.
    """
    with own_companion(model) as companion:
        refuse_unknown(companion, model)
    loaded = loaded_model(model)
    if loaded is not None and not model.startswith(EMBEDDED):
        try:
            plain_prompt.greet(loaded)
        finally:
            loaded.close()


def loaded_model(model: str) -> LanguageModel | None:
    """The model by its name from the settings; None for "none". Raises ModelMissing."""
    return None if model == NO_MODEL else bootstrap.language_model(config.Settings(model=model))


__all__ = [
    "SPLITS",
    "Report",
    "evaluate",
    "evaluate_gates",
    "evaluate_injections",
    "evaluate_practice",
    "evaluate_tips",
    "loaded_model",
    "own_companion",
    "refuse_silent",
    "spoilt_agendas",
]
