"""A session's life outside its agenda: agree a date, take the executive's answer, log what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from companion.domain import times
from companion.domain.due_dates import due_at_end
from companion.domain.ids import new_id
from companion.domain.people import Role
from companion.domain.sessions import OWN_QUESTION_CHARS, Commitment, CommitmentStatus, Session, SessionStatus
from companion.domain.times import zone
from companion.domain.words import one_line
from companion.errors import InvalidInput
from companion.services import arc, pairings
from companion.services.companion import Companion, existing

if TYPE_CHECKING:
    from companion.services.pairings import PairingView
    from companion.store import Transaction


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
    """Keep the executive's own question for a session; it leads the next agenda.

    Raises NotFound, InvalidInput (too long, or the session is over).
    """
    asked = one_line(question)
    if len(asked) > OWN_QUESTION_CHARS:
        raise InvalidInput(
            f"The question has {len(asked)} characters.",
            f"Keep to {OWN_QUESTION_CHARS}: what they most want to know.",
        )
    return _change(companion, session_id, ASKED, executive_question=asked)


def asked_at(tx: Transaction, session: Session) -> datetime | None:
    """When the executive's own question for a session was last noted, where the audit trail tells."""
    noted = [entry.at for entry in tx.audit.about([session.id]) if entry.verb == ASKED]
    return noted[-1] if noted and session.executive_question else None


ASKED = "question received"
HELD, CANCELLED = "session held", "session cancelled"
"""Verbs of the audit trail: for a question of the executive's own, and for a log."""


def cancel(companion: Companion, session_id: str, by: Role | None = None) -> Session:
    """Mark a session as cancelled, `by` one of the two; those that are left are planned anew.

    Raises NotFound, InvalidInput.
    """
    with companion.store.get().write() as tx:
        session = _open_session(existing(tx.sessions.get(session_id), "session", session_id))
        # Its number in the calendar grows: the cancellation is the newest news about this entry.
        changes: dict[str, object] = {
            "status": SessionStatus.CANCELLED,
            "invite_sequence": session.invite_sequence + 1,
            "cancelled_by": by,
        }
        cancelled = session.model_copy(update=changes)
        tx.sessions.save(cancelled)
        arc.replan(companion, tx, session.pairing_id)
        tx.audit.add(companion.clock.now(), CANCELLED, session.id, was=session.status.value)
    return cancelled


def ask_to_move(companion: Companion, session_id: str) -> Session:
    """The executive wants another date: the old one no longer counts as agreed. Raises NotFound, InvalidInput."""
    return _change(companion, session_id, "move asked", starts_at=None)


def log(
    companion: Companion,
    session_id: str,
    promises: Sequence[Promise] = (),
    done: Sequence[str] = (),
    *,
    anyway: bool = False,
) -> Session:
    """Record that a session was held: what was promised, and which earlier commitments (ids) are done.

    Raises NotFound, InvalidInput when the session is not open or a promise is empty or too long, and, unless `anyway`,
    AskFirst when the session is still to come or its pairing pauses.
    """
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        session = _open_session(existing(tx.sessions.get(session_id), "session", session_id))
        if not anyway:
            _ask_first(tx, session, now)
        for commitment_id in done:
            commitment = existing(tx.sessions.commitment(commitment_id), "commitment", commitment_id)
            if commitment.pairing_id != session.pairing_id:
                raise InvalidInput(f"The commitment '{commitment_id}' belongs to another pairing.")
            tx.sessions.set_commitment(commitment_id, CommitmentStatus.DONE)
        tx.sessions.add_commitments(commitments_of(session, promises, now))
        held = session.model_copy(update={"status": SessionStatus.HELD, "held_at": _took_place(session, now)})
        tx.sessions.save(held)
        arc.replan(companion, tx, session.pairing_id)
        tx.audit.add(now, HELD, session.id, promises=len(promises), done=list(done), was=session.status.value)
    return held


def _took_place(session: Session, now: datetime) -> datetime:
    return session.starts_at if session.starts_at and session.starts_at <= now else now


def _ask_first(tx: Transaction, session: Session, now: datetime) -> None:
    """Raises AskFirst when it is unlikely that the session was held."""
    pairing = existing(tx.pairings.get(session.pairing_id), "pairing", session.pairing_id)
    doubts = []
    if session.starts_at is not None and session.starts_at > now:
        mentor = existing(tx.people.get(pairing.mentor_id), "person", pairing.mentor_id)
        starts = session.starts_at.astimezone(zone(mentor.time_zone))
        day = f"{times.short_day(starts.date())} {starts.year}, {times.clock(starts)}"
        doubt = f"Session {session.number} is still to come: it is agreed for {day} ({mentor.time_zone})."
        doubts.append((doubt, "companion schedule PAIRING moves the date"))
    pairings.ask_first(pairing, doubts, "it is logged as held")


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


def day_of(companion: Companion, view: PairingView, session: Session | None = None) -> date:
    """The day on which a session took place or is being logged, or today, where the mentor is."""
    now = companion.clock.now()
    at = (session.held_at or _took_place(session, now)) if session else now
    return at.astimezone(zone(view.mentor.time_zone)).date()


def parse_promise(owner: Role, text: str, day: date) -> Promise:
    """A commitment as typed on `day`, with an optional date: ``send three examples by Friday``. Raises InvalidInput."""
    try:
        return Promise(owner, *due_at_end(text, day))
    except ValueError:
        raise InvalidInput(f"'{text.split()[-1]}' is not a date.", "Write it as 2026-12-01.") from None


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


def commitments_of(session: Session, promises: Sequence[Promise], now: datetime) -> list[Commitment]:
    """The promises that were made in a session. Raises InvalidInput when one is empty or too long."""
    # A microsecond apart, because they are listed by their time and should keep the order in which they were written.
    return [
        _commitment_of(session, promise, now + timedelta(microseconds=place)) for place, promise in enumerate(promises)
    ]


def _commitment_of(session: Session, promise: Promise, now: datetime) -> Commitment:
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
