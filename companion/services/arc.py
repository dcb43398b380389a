"""The arc of a pairing: where its next session stands and why, another stage chosen by the mentor, and the arc file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from companion.domain import arc_course
from companion.domain.agendas import Agenda
from companion.domain.arc import Arc, ArcPlace
from companion.domain.arc_course import History
from companion.domain.arc_words import lines_about
from companion.domain.cards import Card, Stage, Topic
from companion.domain.pairings import Pairing
from companion.domain.sessions import Session
from companion.domain.surveys import Occasion
from companion.errors import InvalidInput
from companion.paths import Home
from companion.programme_file import arc_file
from companion.programme_file.arc_file import ArcReading
from companion.services import pairings
from companion.services.companion import Companion, existing

if TYPE_CHECKING:
    from companion.store import Transaction


@dataclass(frozen=True)
class Course:
    """A pairing's way through the arc."""

    title: str
    sessions: tuple[tuple[Session, str], ...]
    """Every session with the name of its stage; those to come if all goes as planned."""
    place: ArcPlace | None
    """Where the next session stands; None when none is left."""


def course(companion: Companion, name: str) -> Course:
    """The way of the pairing meant by `name`. Raises NotFound, InvalidInput."""
    view = pairings.view(companion, name)
    arc = companion.arc
    with companion.store.get().read() as tx:
        history = history_of(companion, tx, view.pairing)
    ahead = arc_course.outlook(arc, history)
    named = tuple((one, arc.name(ahead.get(one.id, one.stage))) for one in history.sessions)
    return Course(view.title, named, arc_course.place(arc, history))


def arc_to_show(companion: Companion) -> Arc:
    """The arc for what only tells of sessions: while the programme's own cannot be used, the one that ships."""
    try:
        return companion.arc
    except InvalidInput:
        return arc_file.load(arc_file.shipped())


def cancellations_limit(companion: Companion) -> int:
    """From how many cancellations in a row on a pairing needs help: one number for arc, dashboard and report."""
    return arc_to_show(companion).recontract.after_cancelled


def history_of(companion: Companion, tx: Transaction, pairing: Pairing) -> History:
    """What the arc is decided from, out of the store."""
    sessions = tuple(tx.sessions.of_pairing(pairing.id))
    agendas = {one.id: agenda for one in sessions if (agenda := tx.agendas.head(one.id))}
    midpoints = [wave.id for wave in tx.surveys.all() if wave.form.instrument.occasion is Occasion.MIDPOINT]
    answered = any(
        pairing.mentor_id in {r.person_id for r in tx.surveys.respondents(wave)}
        or tx.surveys.response(wave, pairing.mentor_id) is not None
        for wave in midpoints
    )
    return History(
        sessions=sessions,
        now=companion.clock.now(),
        started_at=pairing.started_at,
        agendas=agendas,
        commitments=tuple(tx.sessions.commitments(pairing.id)),
        goals=tuple(tx.pairings.goals(pairing.id)),
        ground_rules=frozenset(card.id for card in companion.cards.get() if card.topic is Topic.CONTRACT),
        midpoint_answered=answered if midpoints else None,
    )


def replan(companion: Companion, tx: Transaction, pairing_id: str) -> None:
    """Bring the stages of the sessions to come up to date after something happened."""
    pairing = existing(tx.pairings.get(pairing_id), "pairing", pairing_id)
    history = history_of(companion, tx, pairing)
    stages = arc_course.outlook(companion.arc, history)
    for session in history.left:
        if session.stage is not stages[session.id]:
            tx.sessions.save(session.model_copy(update={"stage": stages[session.id]}))


def choose_stage(companion: Companion, session_id: str, stage: Stage | None) -> Session:
    """Keep the mentor's choice of a stage with a session; None, or what the arc has anyway, takes it back.

    An agenda that is there already stays as it is until it is made again.
    Raises NotFound, InvalidInput (the session is over, or the arc has no such stage).
    """
    arc = companion.arc
    with companion.store.get().write() as tx:
        session = existing(tx.sessions.get(session_id), "session", session_id)
        if not session.is_open:
            raise InvalidInput(f"Session {session.number} was already {session.status.value}.")
        if stage is not None and stage not in arc.order:
            raise InvalidInput(
                f"The arc of this programme has no stage '{stage.value}'.",
                f"Choose {', '.join(one.value for one in arc.order)}.",
            )
        pairing = existing(tx.pairings.get(session.pairing_id), "pairing", session.pairing_id)
        place = arc_course.place(arc, history_of(companion, tx, pairing))
        if place is not None and stage is place.planned:
            stage = None
        tx.sessions.save(session.model_copy(update={"chosen_stage": stage}))
        replan(companion, tx, pairing.id)
        tx.audit.add(companion.clock.now(), "stage chosen", session.id, stage=stage.value if stage else "")
        return existing(tx.sessions.get(session_id), "session", session_id)


def follow(tx: Transaction, agenda: Agenda | None) -> None:
    """A step back to an agenda that was made for another stage takes the mentor's choice of the stage with it."""
    if agenda is None or (place := agenda.place) is None:
        return
    session = existing(tx.sessions.get(agenda.session_id), "session", agenda.session_id)
    chosen = place.stage if place.is_chosen else None
    if (session.stage, session.chosen_stage) != (place.stage, chosen):
        tx.sessions.save(session.model_copy(update={"stage": place.stage, "chosen_stage": chosen}))


def stage_named(arc: Arc, text: str) -> Stage | None:
    """The stage a person means by its id or its name; None for ``auto``, the arc's own. Raises InvalidInput."""
    wanted = " ".join(text.replace("-", " ").replace("_", " ").split()).casefold()
    if wanted == "auto":
        return None
    for stage in arc.stages:
        if wanted in (stage.id.value.replace("_", " "), stage.name.casefold()):
            return stage.id
    raise InvalidInput(
        f"There is no stage '{text[:60]}'.", f"Choose {', '.join(one.value for one in arc.order)}, or auto."
    )


def read(home: Home, path: Path | None = None) -> ArcReading:
    """The arc file that counts, or another, with all its problems. Raises InvalidInput when it cannot be read."""
    return arc_file.read(path or arc_file.find(home))


def create(home: Home) -> Path:
    """Write a commented copy of the arc that ships. Raises InvalidInput when there is one already."""
    return arc_file.create(home)


def unknown_cards(shelf: Sequence[Card], arc: Arc) -> tuple[str, ...]:
    """Cards that an arc names and that do not exist, a sentence each."""
    cards = {card.id: card for card in shelf}
    said = [
        f"{stage.id.value} prefers {card}, and there is no such card."
        for stage in arc.stages
        for card in stage.cards
        if card not in cards
    ]
    passages = {passage.id for card in cards.values() for passage in card.passages()}
    for name, opening in (("recontract", arc.recontract), ("restart", arc.restart)):
        if opening.source not in passages:
            said.append(f"{name} rests on {opening.source}, and no card has that part.")
    return tuple(said)


def sentences(arc: Arc, sessions: int) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Each stage as (its sessions, its name, what the arc says about it), for so many sessions in all."""
    stages = arc_course.plan(arc, sessions)
    rows = []
    for stage in arc.stages:
        numbers = [str(n) for n, ahead in enumerate(stages, 1) if stage.id in (ahead.stage, *ahead.also)]
        rows.append((", ".join(numbers), stage.name, lines_about(stage)))
    return tuple(rows)
