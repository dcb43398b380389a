"""Prepares the session of a case with the product's own flows, within the three sessions around it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from companion.domain.cards import Stage
from companion.domain.documents import Documents
from companion.domain.people import Role
from companion.evaluation.cases import AgendaCase
from companion.services import deliver_agenda, pairings, prepare_agenda, privacy, sessions
from companion.services.companion import Companion
from companion.services.prepare_agenda import Draft, Finished
from companion.services.sessions import Promise

ARC = 3
"""How many sessions in a row goal coverage and novelty are about."""
_CALLS = 100


@dataclass(frozen=True)
class AgendaRun:
    """What came out of one case."""

    case: AgendaCase
    draft: Draft
    """The agenda of the case's session, worded when a model took part."""
    skeleton: Draft
    """The same agenda in the cards' own words."""
    goals: tuple[str, ...]
    """Ids of all goals of the executive."""
    offered: tuple[str, ...]
    """Ids of the cards offered as themes, best first."""
    documents: Documents
    replies: tuple[str, ...]
    """What the model answered, word for word."""
    seconds: float
    """From the choice to the finished agenda."""
    arc: tuple[AgendaRun, ...] = ()
    """Three sessions in a row of a pair just like it, without a model, in order."""


def prepare(companion: Companion, case: AgendaCase, pairing_id: str, *, with_model: bool) -> AgendaRun:
    """Hold the sessions before without an agenda and prepare the case's, as if its goals came up for the first time."""
    for number in range(1, case.session):
        _hold(companion, pairing_id, case, with_promises=number + 1 == case.session)
    return _counted(companion, case, pairing_id, with_model)


def prepare_arc(companion: Companion, case: AgendaCase, pairing_id: str) -> tuple[AgendaRun, ...]:
    """Three sessions in a row, the case's among them; the goals of the others are those that are suggested."""
    first = min(max(1, case.session - ARC + 1), len(Stage) + 1 - ARC)
    for number in range(1, first):
        _hold(companion, pairing_id, case, with_promises=number + 1 == case.session)
    arc: list[AgendaRun] = []
    for number in range(first, first + ARC):
        chosen = case.goals if number == case.session else ()
        now = case.model_copy(update={"session": number, "goals": chosen, "asks": case.asks if chosen else ""})
        arc.append(_counted(companion, now, pairing_id, with_model=False))
        _hold(companion, pairing_id, case, with_promises=number + 1 == case.session)
    return tuple(arc)


def _counted(companion: Companion, case: AgendaCase, pairing_id: str, with_model: bool) -> AgendaRun:
    """The session of the case with its goals, or those suggested when it has none; the mentor chooses no theme."""
    session = pairings.next_session(pairings.view(companion, pairing_id))
    if case.asks:
        sessions.ask(companion, session.id, case.asks)
    choices = prepare_agenda.choices(companion, pairing_id)
    goals = choices.goals
    by_text = {goal.text: goal.id for goal in goals}
    chosen = [by_text[" ".join(case.executive.needs[n - 1].split())] for n in case.goals] or list(choices.suggested)
    offered = prepare_agenda.choices(companion, pairing_id, chosen).themes
    before = privacy.calls(companion)[0].calls
    began = time.perf_counter()
    skeleton = draft = prepare_agenda.begin(companion, session.id, chosen, case.minutes)
    if with_model:
        for event in prepare_agenda.word(companion, skeleton):
            if isinstance(event, Finished):
                draft = event.draft
    seconds = time.perf_counter() - began
    made, calls = privacy.calls(companion, _CALLS)
    return AgendaRun(
        case=case,
        draft=draft,
        skeleton=skeleton,
        goals=tuple(goal.id for goal in goals),
        offered=tuple(theme.card_id for theme in offered),
        documents=deliver_agenda.documents(companion, draft),
        replies=tuple(call.reply for call in calls[: made.calls - before]),
        seconds=seconds,
    )


def _hold(companion: Companion, pairing_id: str, case: AgendaCase, *, with_promises: bool) -> None:
    """Log the next session as held: earlier promises are done, and the case's are made when it comes next."""
    view = pairings.view(companion, pairing_id)
    promises = [
        Promise(Role.MENTOR if p.by == "mentor" else Role.MENTEE, p.text, p.due) for p in case.promised if with_promises
    ]
    done = [commitment.id for commitment in view.open_commitments]
    sessions.log(companion, pairings.next_session(view).id, promises, done)
