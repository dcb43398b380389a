"""The last log of a pairing, taken back or corrected with all it had changed; what came after stays and is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from companion.domain.access import AuditEntry
from companion.domain.due_dates import due_words
from companion.domain.pairings import Pairing
from companion.domain.people import Role
from companion.domain.sessions import Commitment, CommitmentStatus, Session, SessionStatus
from companion.domain.words import listed, one_line, shared, shortened
from companion.errors import InvalidInput, StaleEdit
from companion.services import arc, pairings, sessions
from companion.services.companion import Companion, existing
from companion.services.sessions import CANCELLED, HELD, Promise, commitments_of

if TYPE_CHECKING:
    from companion.store import Transaction

TAKEN_BACK, CORRECTED = "log taken back", "log corrected"
ENTRIES = 500
"""How far back the trail of one session is read."""
TEXT_CHARS = 60


@dataclass(frozen=True)
class LastLog:
    """What the newest log of a pairing says."""

    pairing: Pairing
    title: str
    """``Amira Haddad and Laurent Petit``"""
    session: Session
    entry: AuditEntry
    """Its entry in the audit trail."""
    promises: tuple[Commitment, ...]
    """What was promised in it."""
    done: tuple[Commitment, ...]
    """Earlier promises that it says are done; of a log from before this was kept, none."""
    stays: tuple[str, ...]
    """What came after it and is not touched, a sentence each."""

    @property
    def people(self) -> tuple[str, str]:
        """Ids of mentor and executive."""
        return self.pairing.mentor_id, self.pairing.mentee_id

    @property
    def goes(self) -> tuple[str, ...]:
        """What taking it back means, a sentence each."""
        said = [f"Session {self.session.number} is still to be held."]
        said += [f"The promise “{_short(one)}” goes." for one in self.promises]
        said += [f"The promise “{_short(one)}” is open again." for one in self.done]
        return tuple(said)


def last(companion: Companion, name: str) -> LastLog:
    """The newest log of the pairing meant by `name`. Raises NotFound, InvalidInput when there is none."""
    with companion.store.get().read() as tx:
        return last_of(tx, pairings.find(tx, name))


def to_correct(companion: Companion, name: str) -> LastLog:
    """The newest log of a pairing where it can be corrected. Raises NotFound, InvalidInput as `correct` does."""
    log = last(companion, name)
    _refuse_to_correct(log)
    return log


def receipt(companion: Companion, log: LastLog) -> tuple[str, ...]:
    """What a log was understood to say: who promised what by when, and what is done, a line each."""
    view = pairings.view(companion, log.pairing.id)
    names = {Role.MENTOR: view.mentor.given_name, Role.MENTEE: view.mentee.given_name}
    today = sessions.day_of(companion, view)
    said = [f"{names[one.owner]} promised: {one.text} ({due_words(one.due, today)})" for one in log.promises]
    return (*said, *(f"Done: {one.text}" for one in log.done))


def undo(companion: Companion, name: str, seen: LastLog | None = None) -> LastLog:
    """Take back the newest log of a pairing, and return what it said; `seen` is the one that the person looked at.

    Raises NotFound, InvalidInput when there is none or the pairing has ended, StaleEdit when it is another by now.
    """
    with companion.store.get().write() as tx:
        log = last_of(tx, pairings.find(tx, name))
        _refuse_if_other(log, seen)
        take_back(companion, tx, log)
        return log


def correct(
    companion: Companion, name: str, promises: Sequence[Promise], done: Sequence[str], seen: LastLog | None = None
) -> LastLog:
    """Write the newest log of a pairing anew: these promises and these earlier commitments (ids), and no others.

    A promise that is only worded otherwise stays the same promise, so that an agenda goes on naming it.
    `seen` is the log that the person looked at. Returns what it says now. Raises NotFound, InvalidInput (nothing
    logged, cancelled, ended, a promise that is empty or too long), StaleEdit when it is another by now.
    """
    with companion.store.get().write() as tx:
        log = last_of(tx, pairings.find(tx, name))
        _refuse_if_other(log, seen)
        _refuse_to_correct(log)
        _promise_anew(companion, tx, log, promises)
        _tick_anew(tx, log, done)
        arc.replan(companion, tx, log.pairing.id)
        now = companion.clock.now()
        tx.audit.add(now, CORRECTED, log.session.id, promises=len(promises), done=list(done))
        return last_of(tx, log.pairing)


def last_of(tx: Transaction, pairing: Pairing) -> LastLog:
    """The newest log of a pairing. Raises InvalidInput when there is none."""
    planned = tx.sessions.of_pairing(pairing.id)
    people = [existing(tx.people.get(id_), "person", id_) for id_ in (pairing.mentor_id, pairing.mentee_id)]
    title = " and ".join(person.name for person in people)
    over = [one for one in planned if one.status in (SessionStatus.HELD, SessionStatus.CANCELLED)]
    trail = tx.audit.latest(ENTRIES, subject=over[-1].id) if over else []
    entry = next((one for one in trail if one.verb in (HELD, CANCELLED)), None)
    if entry is None:
        raise InvalidInput(f"No session of {title} was logged yet.")
    session = over[-1]
    known = tx.sessions.commitments(pairing.id)
    promises = tuple(one for one in known if one.session_id == session.id)
    # The newest of the log and its corrections; before ids were kept it held a number.
    ticked = next(one for one in trail if one.verb in (HELD, CANCELLED, CORRECTED)).detail.get("done", ())
    ids = ticked if isinstance(ticked, list) else ()
    done = tuple(one for one in known if one.id in ids and one.status is CommitmentStatus.DONE)
    stays = tuple(_stays(tx, [one for one in planned if one.number > session.number], promises))
    return LastLog(pairing, title, session, entry, promises, done, stays)


def take_back(companion: Companion, tx: Transaction, log: LastLog) -> None:
    """Make the session one that is still to be held. Raises InvalidInput when the pairing has ended."""
    _refuse_if_over(log)
    session = log.session
    has_agenda = tx.agendas.head(session.id) is not None
    status = SessionStatus(log.entry.detail.get("was") or ("prepared" if has_agenda else "planned"))
    changes: dict[str, object] = {"status": status, "held_at": None, "cancelled_by": None}
    if session.status is SessionStatus.CANCELLED:
        # What took it out of the executive's calendar may have been sent: a new entry must count as newer.
        changes["invite_sequence"] = session.invite_sequence + 1
        changes["status"] = SessionStatus.PREPARED if status is SessionStatus.DELIVERED else status
    tx.sessions.remove_commitments(one.id for one in log.promises)
    for one in log.done:
        tx.sessions.set_commitment(one.id, CommitmentStatus.OPEN)
    tx.sessions.save(session.model_copy(update=changes))
    arc.replan(companion, tx, log.pairing.id)
    tx.audit.add(companion.clock.now(), TAKEN_BACK, session.id, number=log.entry.number)


def _refuse_if_other(log: LastLog, seen: LastLog | None) -> None:
    if seen is not None and (seen.entry, seen.promises, seen.done) != (log.entry, log.promises, log.done):
        raise StaleEdit("This log was changed in another window.", "Look at it again, then repeat what you did.")


def _refuse_if_over(log: LastLog) -> None:
    if not log.pairing.is_running:
        raise InvalidInput(f"The pairing of {log.title} has ended, so its logs stay as they are.")


def _refuse_to_correct(log: LastLog) -> None:
    _refuse_if_over(log)
    if log.entry.verb != HELD:
        raise InvalidInput(
            f"Session {log.session.number} was logged as cancelled, so there is nothing to correct.",
            "Take that back first (companion undo PAIRING, or u under Pairings), then log it.",
        )


def _promise_anew(companion: Companion, tx: Transaction, log: LastLog, promises: Sequence[Promise]) -> None:
    """Keep what is the same, reword what is nearest to it on the same side, and let the rest go."""
    now, before = companion.clock.now(), list(log.promises)
    new = commitments_of(log.session, promises, now)
    changed = []
    for one in new:
        same = next((old for old in before if (old.owner, old.text) == (one.owner, one.text)), None)
        if same is None:
            changed.append(one)
            continue
        before.remove(same)
        tx.sessions.save_commitment(same.model_copy(update={"due": one.due}))
    for one in changed:
        # What is kept or let go already only goes on as the same promise where it has words in common.
        same_side = [
            old
            for old in before
            if old.owner is one.owner and (old.status is CommitmentStatus.OPEN or shared(old.text, one.text))
        ]
        if not same_side:
            tx.sessions.add_commitments([one])
        else:
            old = max(same_side, key=lambda old: shared(old.text, one.text))
            before.remove(old)
            tx.sessions.save_commitment(old.model_copy(update={"text": one.text, "due": one.due}))
    tx.sessions.remove_commitments(one.id for one in before)


def _tick_anew(tx: Transaction, log: LastLog, done: Sequence[str]) -> None:
    for one in log.done:
        tx.sessions.set_commitment(one.id, CommitmentStatus.OPEN)
    for commitment_id in done:
        one = existing(tx.sessions.commitment(commitment_id), "commitment", commitment_id)
        if one.pairing_id != log.pairing.id or one.session_id == log.session.id:
            raise InvalidInput(f"The commitment '{commitment_id}' is no earlier one of this pairing.")
        tx.sessions.set_commitment(commitment_id, CommitmentStatus.DONE)


def _stays(tx: Transaction, later: Sequence[Session], promises: Sequence[Commitment]) -> Iterator[str]:
    promised = {one.id for one in promises}
    for session in later:
        agenda = tx.agendas.head(session.id)
        kept = ["its date"] if session.starts_at is not None else []
        kept += ["the executive's question"] if session.executive_question else []
        kept += ["its agenda"] if agenda is not None else []
        if kept:
            yield f"Session {session.number} keeps {listed(kept)}."
        if session.status is SessionStatus.DELIVERED:
            yield f"The brief of session {session.number} was delivered and stays as it is."
        if agenda is not None and any(promised & set(item.commitment_ids) for item in agenda.items):
            took_up = f"The agenda of session {session.number} takes up what was promised as it was"
            yield f"{took_up}: prepare it again to follow."


def _short(commitment: Commitment) -> str:
    return shortened(one_line(commitment.text), TEXT_CHARS)
