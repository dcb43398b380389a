"""What the same model makes of one plain prompt, without cards, gates and code: the yardstick for all the rest."""

from __future__ import annotations

from companion.evaluation.cases import AgendaCase, CasePerson
from companion.evaluation.shown import ShownAgenda, of_text
from companion.ports import LanguageModel, Message, ModelRequest

MAX_TOKENS = 420
_TIMEOUT_SECONDS = 240.0


def ask(model: LanguageModel, case: AgendaCase) -> ShownAgenda:
    """The agenda that one plain prompt gives. Raises ModelError."""
    reply = model.complete(
        ModelRequest(
            task="plain prompt",
            messages=(Message("user", prompt(case)),),
            max_tokens=MAX_TOKENS,
            timeout_seconds=_TIMEOUT_SECONDS,
        )
    )
    return of_text(case, reply.text)


def greet(model: LanguageModel) -> None:
    """See that a model answers at all. Raises ModelError."""
    model.complete(ModelRequest("eval.hello", (Message("user", "Answer with the word yes."),), max_tokens=5))


def prompt(case: AgendaCase) -> str:
    """Everything the product knows about the case, in one request."""
    executive, mentor = case.executive, case.mentor
    wanted = "; ".join(executive.needs[n - 1] for n in case.goals)
    off_limits = "; ".join((*executive.off_limits, *mentor.off_limits))
    lines = [
        f"Write an agenda for a {case.minutes}-minute reverse mentoring session, number {case.session} of 6.",
        f"{_named(mentor)} is the junior mentor. {_named(executive)} is the executive who learns.",
        f"{executive.name} wants to learn: {wanted}.",
        f"{mentor.name} can offer: {'; '.join(mentor.offers)}." if mentor.offers else "",
        f"{mentor.name} wants to gain: {'; '.join(mentor.gains)}." if mentor.gains else "",
        f"{executive.name} asks for this session: {case.asks}" if case.asks else "",
        *(
            f"Promised by {executive.name if promise.by == 'executive' else mentor.name} and still open: {promise.text}"
            for promise in case.promised
        ),
        f"Do not mention: {off_limits}." if off_limits else "",
        "Say for every part how many minutes it takes and which question is asked. Mention the open promises.",
    ]
    return "\n".join(line for line in lines if line)


def _named(person: CasePerson) -> str:
    return f"{person.name} ({person.title})" if person.title else person.name
