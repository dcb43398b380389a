"""A session's life outside its agenda: agree a date, take the executive's answer, log what happened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from companion.domain.ids import new_id
from companion.domain.people import Role
from companion.domain.sessions import Commitment, CommitmentStatus, Session, SessionStatus
from companion.domain.times import zone
from companion.errors import InvalidInput
from companion.services import arc
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
    if starts_at < companion.clock.now():
        raise InvalidInput(f"{starts_at:%d %B %Y, %H:%M} is in the past.", "Give a date that is still to come.")
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


def cancel(companion: Companion, session_id: str, by: Role | None = None) -> Session:
    """Mark a session as cancelled, `by` one of the two; those that are left are planned anew.

    Raises NotFound, InvalidInput.
    """
    with companion.store.get().write() as tx:
        session = _open_session(existing(tx.sessions.get(session_id), "session", session_id))
        # Its number in the calendar grows: the cancellation is the newest news about this entry.
        changes = {
            "status": SessionStatus.CANCELLED,
            "invite_sequence": session.invite_sequence + 1,
            "cancelled_by": by,
        }
        cancelled = session.model_copy(update=changes)
        tx.sessions.save(cancelled)
        arc.replan(companion, tx, session.pairing_id)
        tx.audit.add(companion.clock.now(), "session cancelled", session.id)
    return cancelled


def ask_to_move(companion: Companion, session_id: str) -> Session:
    """The executive wants another date: the old one no longer counts as agreed. Raises NotFound, InvalidInput."""
    return _change(companion, session_id, "move asked", starts_at=None)


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
        took_place = session.starts_at if session.starts_at and session.starts_at <= now else now
        held = session.model_copy(update={"status": SessionStatus.HELD, "held_at": took_place})
        tx.sessions.save(held)
        arc.replan(companion, tx, session.pairing_id)
        tx.audit.add(now, "session held", session.id, promises=len(promises), done=len(done))
    return held


WHEN_HINT = "Write year-month-day and the time, such as 2027-01-14 14:00."


def parse_when(text: str, time_zone: str) -> datetime:
    """A date and time as typed: ISO 8601, in `time_zone` unless it carries an offset. Raises InvalidInput."""
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(f"'{text}' is not a date and time.", WHEN_HINT) from None
    if "T" not in text and " " not in text.strip():
        raise InvalidInput(f"'{text}' has no time of day.", WHEN_HINT)
    if when.tzinfo:
        return when
    local = when.replace(tzinfo=zone(time_zone))
    if local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) != when:
        raise InvalidInput(f"{text} does not exist in {time_zone}: the clocks go forward then.", "Take another hour.")
    return local


def parse_promise(owner: Role, text: str) -> Promise:
    """A commitment as typed, with an optional date at its end: ``send three examples by 2026-12-01``."""
    if found := _DUE.search(text):
        try:
            return Promise(owner, text[: found.start()].strip(), date.fromisoformat(found.group(1)))
        except ValueError:
            raise InvalidInput(f"'{found.group(1)}' is not a date.", "Write it as 2026-12-01.") from None
    return Promise(owner, text.strip())


_DUE = re.compile(r"\s+by\s+(\d{4}-\d{2}-\d{2})\s*\.?\s*$")


def _change(companion: Companion, session_id: str, verb: str, **changes: object) -> Session:
    with companion.store.get().write() as tx:
        session = _open_session(existing(tx.sessions.get(session_id), "session", session_id))
        if session.status is SessionStatus.DELIVERED:
            # What the executive holds is out of date now; delivering again brings it up to date.
            changes = {"status": SessionStatus.PREPARED} | changes
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
