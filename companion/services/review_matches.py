"""Proposals -> pairings: the admin decides; nobody is told anything before that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from companion.domain.access import AuditEntry
from companion.domain.ids import new_id
from companion.domain.matching import MatchProposal, MatchRun, ProposalStatus
from companion.domain.pairings import Goal, Pairing, PairingStatus
from companion.domain.people import FacetKind, Person, Role
from companion.domain.sessions import Session, SessionStatus
from companion.errors import CompanionError, InvalidInput
from companion.services.companion import Companion, existing
from companion.services.match_people import TAKING_UP_CAPACITY

if TYPE_CHECKING:
    from companion.store import Transaction

ENDED = frozenset({PairingStatus.COMPLETED, PairingStatus.ENDED_EARLY})
APPROVED, DECLINED, UNDONE = "proposal approved", "proposal declined", "decision undone"

DECLINE_REASONS = (
    "They already know each other well.",
    "The topic is not a priority now.",
    "A conflict of interest we know of.",
    "One of them is about to change jobs.",
    "One of them asked for somebody else.",
)
"""Offered in the queue; any other sentence will do."""


@dataclass(frozen=True)
class ReviewQueue:
    """The newest run with everybody it names."""

    run: MatchRun | None
    people: dict[str, Person]

    @property
    def pending(self) -> tuple[MatchProposal, ...]:
        """Proposals that wait for a decision, best first."""
        return tuple(p for p in self.run.proposals if p.status is ProposalStatus.PENDING) if self.run else ()

    def name(self, person_id: str) -> str:
        """A person's name, or the id when the person is gone."""
        person = self.people.get(person_id)
        return person.name if person else person_id


def queue(companion: Companion) -> ReviewQueue:
    """What there is to review."""
    with companion.store.get().read() as tx:
        return ReviewQueue(tx.matches.latest_run(), {person.id: person for person in tx.people.all()})


def approve(companion: Companion, proposal_id: str) -> Pairing:
    """Turn a proposal into a pairing with its goals and planned sessions.

    Raises NotFound, or InvalidInput when it was decided already or one of the two has no capacity left.
    """
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        proposal = _undecided(tx, proposal_id)
        mentor, mentee = _both(tx, proposal)
        for person in (mentor, mentee):
            active = [p for p in tx.pairings.of_person(person.id) if p.status in TAKING_UP_CAPACITY]
            if len(active) >= person.capacity:
                raise InvalidInput(
                    f"{person.name} has no capacity left ({len(active)} of {person.capacity} taken).",
                    "Decline this proposal, or raise the capacity with an import.",
                )
        pairing = Pairing(
            id=new_id("pairing"), proposal_id=proposal.id, mentor_id=mentor.id, mentee_id=mentee.id, started_at=now
        )
        stated = [(Role.MENTEE, f) for f in mentee.entries(FacetKind.NEED)]
        stated += [(Role.MENTOR, f) for f in mentor.entries(FacetKind.GAIN)]
        tx.pairings.add(
            pairing,
            [
                Goal(
                    id=new_id("goal"),
                    pairing_id=pairing.id,
                    owner=owner,
                    text=facet.text,
                    priority=min(facet.position, 3),
                    created_at=now,
                )
                for owner, facet in stated
            ],
        )
        tx.sessions.add(
            Session(
                id=new_id("session"),
                pairing_id=pairing.id,
                number=number,
                stage=companion.programme.stage_of(number),
                minutes=companion.programme.session_minutes,
            )
            for number in range(1, companion.programme.sessions + 1)
        )
        tx.matches.decide(proposal.id, ProposalStatus.APPROVED, "", now)
        tx.audit.add(now, APPROVED, proposal.id, pairing=pairing.id)
    return pairing


def decline(companion: Companion, proposal_id: str, reason: str) -> None:
    """Decline a proposal; the pair is not proposed again. Raises NotFound, InvalidInput (no reason, or decided)."""
    reason = " ".join(reason.split())
    if not reason:
        raise InvalidInput("A decline needs a reason.", "One sentence is enough; it is kept in the audit trail.")
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        proposal = _undecided(tx, proposal_id)
        tx.matches.decide(proposal.id, ProposalStatus.DECLINED, reason, now)
        tx.audit.add(now, DECLINED, proposal.id, reason=reason)


def undo(companion: Companion) -> MatchProposal:
    """Take back the newest decision that still stands; returns the proposal, pending again.

    Raises InvalidInput when there is none, or CompanionError when the pairing has begun: a date, an agenda, a promise.
    """
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        entry = _last_decision(tx)
        if entry.verb == APPROVED:
            _remove_unused(tx, entry)
        tx.matches.decide(entry.subject, ProposalStatus.PENDING, "", None)
        tx.audit.add(now, UNDONE, entry.subject, number=entry.number)
        return existing(tx.matches.get(entry.subject), "proposal", entry.subject)


def _undecided(tx: Transaction, proposal_id: str) -> MatchProposal:
    proposal = existing(tx.matches.get(proposal_id), "proposal", proposal_id, "See companion matches.")
    if proposal.status is not ProposalStatus.PENDING:
        raise InvalidInput(f"This proposal was already {proposal.status.value}.", "Undo takes the last decision back.")
    return proposal


def _both(tx: Transaction, proposal: MatchProposal) -> tuple[Person, Person]:
    return (
        existing(tx.people.get(proposal.mentor_id), "person", proposal.mentor_id),
        existing(tx.people.get(proposal.mentee_id), "person", proposal.mentee_id),
    )


def _last_decision(tx: Transaction) -> AuditEntry:
    undone: set[int] = set()
    for entry in tx.audit.latest(1000):
        if entry.verb == UNDONE:
            undone.add(entry.detail["number"])
        elif entry.verb in (APPROVED, DECLINED) and entry.number not in undone and not _is_over(tx, entry):
            return entry
    raise InvalidInput("There is no decision to undo.")


def _remove_unused(tx: Transaction, entry: AuditEntry) -> None:
    pairing_id = entry.detail["pairing"]
    sessions = tx.sessions.of_pairing(pairing_id)
    begun = tx.sessions.commitments(pairing_id) or any(
        session.status is not SessionStatus.PLANNED
        or session.starts_at is not None
        or session.executive_question
        or tx.agendas.head(session.id) is not None
        for session in sessions
    )
    if begun:
        raise CompanionError(
            "This pairing has begun, so the approval stays: undoing it would delete what the two have agreed.",
            "End the pairing instead: companion end PAIRING.",
        )
    tx.pairings.remove(pairing_id)


def _is_over(tx: Transaction, entry: AuditEntry) -> bool:
    """Whether the decision led to a pairing that has ended since: there is nothing left to undo."""
    pairing = tx.pairings.get(entry.detail["pairing"]) if entry.verb == APPROVED else None
    return pairing is not None and pairing.status in ENDED
