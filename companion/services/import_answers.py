"""File of another survey tool -> answers: read, say what would be kept, then keep it; the file itself stays yours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from companion.domain.answers import SurveyResponse, Way
from companion.domain.imports import RowProblem
from companion.domain.people import Person
from companion.domain.waves import Wave
from companion.errors import InvalidInput
from companion.services import answer_survey, run_surveys, seal_answers
from companion.services.companion import Companion


@dataclass(frozen=True)
class AnswersPreview:
    """What an import would keep; nothing of it is kept yet."""

    wave: Wave
    responses: Mapping[Person, SurveyResponse]
    replaced: int
    """How many of them replace an answer that was imported or typed earlier."""
    problems: tuple[RowProblem, ...]
    columns_ignored: tuple[str, ...]

    @property
    def rows_left_out(self) -> int:
        """How many rows have at least one error."""
        return len({problem.line for problem in self.problems if problem.severity == "error" and problem.line})


def preview(companion: Companion, wave_id: str, path: Path) -> AnswersPreview:
    """Read a CSV and compare it with what is there; what people typed themselves is never replaced.

    Raises NotFound, or InvalidInput when the file as a whole cannot be read.
    """
    from companion.importing.csv_answers import read_answers

    run_surveys.close_due(companion)
    with companion.store.get().read() as tx:
        wave = run_surveys.find(tx, wave_id)
        everybody = {person.id: person for person in tx.people.all()}
        asked = {
            person_id: answer_survey.form_of(companion, tx, wave, everybody[person_id]).questions
            for person_id in run_surveys.invited(tx, wave)
        }
        found = read_answers(path, wave.form, asked, everybody.values())
        there = tx.surveys.responses(wave.id)
        done = {one.person_id for one in tx.surveys.respondents(wave.id)}
    problems, responses = list(found.problems), {}
    for person_id, response in found.responses.items():
        if refused := _kept_already(there.get(person_id), person_id in done):
            problems.append(RowProblem(file=path.name, line=found.lines[person_id], reason=refused))
        else:
            responses[everybody[person_id]] = response
    replaced = sum(person.id in there for person in responses)
    return AnswersPreview(wave, responses, replaced, tuple(problems), found.columns_ignored)


def save(companion: Companion, found: AnswersPreview) -> int:
    """Keep what the preview showed, all or nothing; returns how many people's answers that were.

    Raises InvalidInput when somebody answered in the meantime.
    """
    with companion.store.get().write() as tx:
        wave, there = run_surveys.find(tx, found.wave.id), tx.surveys.responses(found.wave.id)
        for person in found.responses:
            if refused := _kept_already(there.get(person.id), answer_survey.has_answered(tx, wave, person.id)):
                raise InvalidInput(f"{person.name}: {refused}", "Make the preview again.")
        answer_survey.keep(companion, tx, wave, found.responses)
        tx.audit.add(companion.clock.now(), "survey answers imported", wave.id, problems=len(found.problems))
    if wave.closed_at is not None:
        seal_answers.scrub(companion)
    return len(found.responses)


def _kept_already(there: SurveyResponse | None, separated: bool) -> str:
    """Why the answers in a file do not replace those that are there; empty when they may."""
    if separated:
        return "This person has answered, and the survey is closed; nothing was changed."
    if there is not None and there.counts and there.way is Way.APP:
        return "This person has answered in companion; that answer was kept."
    return ""
