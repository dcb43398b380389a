"""A session's life outside its agenda: agree a date, take the executive's answer, log what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from companion.domain.ids import new_id
from companion.domain.people import Role
from companion.domain.sessions import Commitment, CommitmentStatus, Session, SessionStatus
from companion.errors import InvalidInput
from companion.services.companion import Companion, existing


@dataclass(frozen=True)
class Promise:
    """A commitment as it is typed into the log."""

    owner: Role
    text: str
    due: date | None = None


def schedule(companion: Companion, session_id: str, starts_at: datetime, minutes: int | None = None) -> Session:
    """Agree or move the date of a session. Raises NotFound, InvalidInput (no time zone, or not open any more)."""
    if starts_at.tzinfo is None:
        raise InvalidInput("The time needs a time zone.", "Write 2026-11-26T14:00+01:00.")
    return _change(
        companion,
        session_id,
        "session scheduled",
        starts_at=starts_at,
        **({} if minutes is None else {"minutes": minutes}),
    )


def ask(companion: Companion, session_id: str, question: str) -> Session:
    """Keep the executive's own question for a session; it leads the next agenda. Raises NotFound, InvalidInput."""
    return _change(companion, session_id, "question received", executive_question=" ".join(question.split())[:500])


def cancel(companion: Companion, session_id: str) -> Session:
    """Mark a session as cancelled. Raises NotFound, InvalidInput when it is not open."""
    return _change(companion, session_id, "session cancelled", status=SessionStatus.CANCELLED)


def log(companion: Companion, session_id: str, promises: Sequence[Promise] = (), done: Sequence[str] = ()) -> Session:
    """Record that a session was held: what was promised, and which earlier commitments (ids) are done.

    Raises NotFound, or InvalidInput when the session is not open or a promise is empty or too long.
    """
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        session = _open_session(existing(tx.sessions.get(session_id), "session", session_id))
        for commitment_id in done:
            existing(tx.sessions.commitment(commitment_id), "commitment", commitment_id)
            tx.sessions.set_commitment(commitment_id, CommitmentStatus.DONE)
        tx.sessions.add_commitments(_commitment(session, promise, now) for promise in promises)
        held = session.model_copy(update={"status": SessionStatus.HELD})
        tx.sessions.save(held)
        tx.audit.add(now, "session held", session.id, promises=len(promises), done=len(done))
    return held


def set_commitment(companion: Companion, commitment_id: str, status: CommitmentStatus) -> None:
    """Mark a commitment done, dropped or open again. Raises NotFound."""
    with companion.store.get().write() as tx:
        existing(tx.sessions.commitment(commitment_id), "commitment", commitment_id)
        tx.sessions.set_commitment(commitment_id, status)
        tx.audit.add(companion.clock.now(), f"commitment {status.value}", commitment_id)


Answer = Literal["keep", "shorten", "move", "other topic"]

ANSWERS: dict[str, Answer] = {"1": "keep", "2": "shorten", "3": "move", "4": "other topic"}
"""What the digits of a brief mean."""


def _change(companion: Companion, session_id: str, verb: str, **changes: object) -> Session:
    with companion.store.get().write() as tx:
        session = _open_session(existing(tx.sessions.get(session_id), "session", session_id))
        changed = Session.model_validate(session.model_dump() | changes)
        tx.sessions.save(changed)
        tx.audit.add(companion.clock.now(), verb, session.id)
    return changed


def _open_session(session: Session) -> Session:
    if not session.is_open:
        raise InvalidInput(f"Session {session.number} was already {session.status.value}.")
    return session


def _commitment(session: Session, promise: Promise, now: datetime) -> Commitment:
    text = " ".join(promise.text.split())
    if not 1 <= len(text) <= 300:
        raise InvalidInput("A commitment is one sentence of 1 to 300 characters.", f"This one has {len(text)}.")
    return Commitment(
        id=new_id("commitment"),
        pairing_id=session.pairing_id,
        session_id=session.id,
        owner=promise.owner,
        text=text,
        due=promise.due,
        created_at=now,
    )
