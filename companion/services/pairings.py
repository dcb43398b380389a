"""Look up pairings the way people name them, with everything a screen or a document needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from companion.domain.agendas import Agenda
from companion.domain.cancellations import Tally, tally
from companion.domain.pairings import Goal, Pairing, PairingStatus
from companion.domain.people import Person
from companion.domain.sessions import Commitment, CommitmentStatus, Session, SessionStatus
from companion.domain.times import zone
from companion.domain.typed_words import finds
from companion.errors import AskFirst, InvalidInput, NotFound
from companion.services.companion import Companion, existing

if TYPE_CHECKING:
    from companion.store import Transaction


MAX_REASON_CHARS = 300


@dataclass(frozen=True)
class PairingView:
    """A pairing with its people, goals, sessions, commitments and the agenda of the next session."""

    pairing: Pairing
    mentor: Person
    mentee: Person
    goals: tuple[Goal, ...]
    sessions: tuple[Session, ...]
    commitments: tuple[Commitment, ...]
    agenda: Agenda | None
    """The agenda of `next_session`, when it has one."""

    @property
    def title(self) -> str:
        """``Amira Haddad and Laurent Petit``"""
        return f"{self.mentor.name} and {self.mentee.name}"

    @property
    def next_session(self) -> Session | None:
        """The first session still to be held."""
        return next((session for session in self.sessions if session.is_open), None)

    @property
    def counted(self) -> Tally:
        """How many sessions were held, out of how many, and how many were cancelled."""
        return tally(self.sessions)

    @property
    def place(self) -> str:
        """Which session comes next: ``Session 3 of 6, 1 cancelled``; sessions keep their numbers, whatever happens."""
        session, cancelled = self.next_session, self.counted.cancelled
        if session is None:
            return "All sessions done"
        return f"Session {session.number} of {len(self.sessions)}{f', {cancelled} cancelled' if cancelled else ''}"

    @property
    def open_commitments(self) -> tuple[Commitment, ...]:
        """What was promised and is not done."""
        return tuple(c for c in self.commitments if c.status is CommitmentStatus.OPEN)

    def overdue(self, today: date) -> int:
        """How many open commitments are past their date."""
        return sum(c.is_overdue(today) for c in self.commitments)

    @property
    def readiness(self) -> tuple[tuple[str, bool], ...]:
        """What makes the next session ready, and whether it is done."""
        session = self.next_session
        if session is None:
            return ()
        return (
            ("date agreed", session.starts_at is not None),
            ("agenda prepared", self.agenda is not None),
            ("brief delivered", session.status is SessionStatus.DELIVERED),
        )


def view_all(companion: Companion, *, active_only: bool = True) -> list[PairingView]:
    """Every pairing, the one with the nearest session first."""
    with companion.store.get().read() as tx:
        views = [_view(tx, pairing) for pairing in tx.pairings.all() if not active_only or pairing.is_running]
    return sorted(views, key=_nearest)


def view(companion: Companion, name: str) -> PairingView:
    """The pairing meant by `name`: its id, or words of the two names. Raises NotFound, InvalidInput."""
    with companion.store.get().read() as tx:
        return _view(tx, find(tx, name))


def end(companion: Companion, name: str) -> Pairing:
    """End a pairing, without anybody's fault: completed when no session is left, else ended early.

    Its history stays; both can be paired again. Raises NotFound, InvalidInput when it has ended already.
    """
    with companion.store.get().write() as tx:
        pairing = find(tx, name)
        if not pairing.is_running:
            raise InvalidInput(f"This pairing was already {pairing.status.value.replace('_', ' ')}.")
        return end_one(tx, pairing, companion.clock.now())


def end_one(tx: Transaction, pairing: Pairing, now: datetime) -> Pairing:
    """End a running pairing inside a transaction: completed when no session is left, else ended early."""
    is_done = not any(session.is_open for session in tx.sessions.of_pairing(pairing.id))
    status = PairingStatus.COMPLETED if is_done else PairingStatus.ENDED_EARLY
    tx.pairings.set_status(pairing.id, status, now)
    tx.audit.add(now, f"pairing {status.value}", pairing.id)
    return pairing.model_copy(update={"status": status, "status_since": now, "pause_reason": ""})


def pause(companion: Companion, name: str, reason: str) -> Pairing:
    """Let a pairing rest: nothing about it is overdue meanwhile. Raises NotFound, InvalidInput."""
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= MAX_REASON_CHARS:
        raise InvalidInput(
            "A pause needs a reason.", f"One sentence of at most {MAX_REASON_CHARS} characters; the two and you see it."
        )
    return _turn(companion, name, PairingStatus.ACTIVE, PairingStatus.PAUSED, reason)


def resume(companion: Companion, name: str) -> Pairing:
    """Go on with a pairing that rests. Raises NotFound, InvalidInput."""
    return _turn(companion, name, PairingStatus.PAUSED, PairingStatus.ACTIVE, "")


def _turn(companion: Companion, name: str, before: PairingStatus, after: PairingStatus, reason: str) -> Pairing:
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        pairing = find(tx, name)
        if pairing.status is not before:
            raise InvalidInput(f"This pairing is {pairing.status.value.replace('_', ' ')}, not {before.value}.")
        tx.pairings.set_status(pairing.id, after, now, pause_reason=reason)
        verb = "pairing paused" if after is PairingStatus.PAUSED else "pairing resumed"
        tx.audit.add(now, verb, pairing.id, **({"reason": reason} if reason else {}))
    return pairing.model_copy(update={"status": after, "status_since": now, "pause_reason": reason})


def ask_first(pairing: Pairing, doubts: Sequence[tuple[str, str]], anyway: str) -> None:
    """Raises AskFirst when something speaks against going on: that the pairing pauses, or one of the `doubts`.

    A doubt is a sentence and what to do instead; `anyway` is what a command does when it is told to all the same.
    """
    if pairing.status is PairingStatus.PAUSED:
        why = pairing.pause_reason.rstrip(".") or "no reason was given"
        doubts = ((f"This pairing is paused: {why}.", "companion resume PAIRING goes on with it"), *doubts)
    if doubts:
        ways = ", ".join(way for _, way in doubts)
        raise AskFirst(" ".join(doubt for doubt, _ in doubts), f"{ways}; with --anyway {anyway} all the same.")


def starts_locally(one: PairingView, session: Session) -> str:
    """When a session starts, in the mentor's time zone: ``27 Nov 14:00``."""
    if session.starts_at is None:
        return "no date yet"
    return f"{session.starts_at.astimezone(zone(one.mentor.time_zone)):%d %b %H:%M}"


def next_session(one: PairingView) -> Session:
    """The next session of a pairing. Raises InvalidInput when all are done."""
    if one.next_session is None:
        raise InvalidInput(f"All planned sessions of {one.title} are done.")
    return one.next_session


def find(tx: Transaction, name: str) -> Pairing:
    """The pairing with that id, or the only one whose two names contain all words of `name`.

    Raises NotFound, or InvalidInput when several fit.
    """
    if pairing := tx.pairings.get(name):
        return pairing
    wanted = name.replace("/", " ").replace(",", " ").strip()
    names = {person.id: person.name for person in tx.people.all()}
    fitting = [
        p for p in tx.pairings.all() if wanted and finds(wanted, names.get(p.mentor_id, ""), names.get(p.mentee_id, ""))
    ]
    if not fitting:
        raise NotFound(f"There is no pairing '{name}'.", "See companion pairings; a name or an id will do.")
    if len(fitting) > 1:
        raise InvalidInput(
            f"'{name}' fits {len(fitting)} pairings.", f"Use an id: {', '.join(p.id for p in fitting[:5])}."
        )
    return fitting[0]


def _view(tx: Transaction, pairing: Pairing) -> PairingView:
    sessions = tuple(tx.sessions.of_pairing(pairing.id))
    upcoming = next((session for session in sessions if session.is_open), None)
    return PairingView(
        pairing=pairing,
        mentor=existing(tx.people.get(pairing.mentor_id), "person", pairing.mentor_id),
        mentee=existing(tx.people.get(pairing.mentee_id), "person", pairing.mentee_id),
        goals=tuple(tx.pairings.goals(pairing.id)),
        sessions=sessions,
        commitments=tuple(tx.sessions.commitments(pairing.id)),
        agenda=tx.agendas.head(upcoming.id) if upcoming else None,
    )


def _nearest(one: PairingView) -> tuple[int, str, str]:
    session = one.next_session
    if session is None:
        return (2, "", one.title)
    return (0, session.starts_at.isoformat(), one.title) if session.starts_at else (1, "", one.title)
