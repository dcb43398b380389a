"""Take back the newest decision that still stands: one stack for approvals, declines, pins, bans, lifts and swaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from companion.domain.access import AuditEntry
from companion.domain.matching import ProposalStatus
from companion.domain.pairings import PairingStatus
from companion.domain.sessions import SessionStatus
from companion.errors import CompanionError, InvalidInput
from companion.services.companion import Companion
from companion.services.rematch import REMATCHED
from companion.services.review_matches import APPROVED, CIRCLE_APPROVED, DECLINED
from companion.services.review_rules import FORBIDDEN, LIFTED, PINNED
from companion.services.swap_matches import SWAPPED

if TYPE_CHECKING:
    from companion.store import Transaction

ENDED = frozenset({PairingStatus.COMPLETED, PairingStatus.ENDED_EARLY})
UNDONE = "decision undone"


@dataclass(frozen=True)
class Undone:
    """What was taken back."""

    what: str
    """The verb of its entry in the audit trail, such as ``proposal approved``."""
    proposal_ids: tuple[str, ...] = ()
    """Proposals that wait for a decision again."""
    in_newest_run: bool = True
    """Otherwise a newer run has taken their place: match again to propose for these people."""
    person_ids: tuple[str, ...] = ()
    """Whom it was about, each once; empty where it was about the whole."""


def undo(companion: Companion) -> Undone:
    """Take back the newest decision that still stands.

    Raises InvalidInput when there is none or it was a rematch, or CompanionError when a pairing has begun: a date, an
    agenda, a promise.
    """
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        entry = _last_decision(tx)
        person_ids = tuple(dict.fromkeys(_people(tx, entry)))
        proposal_ids = _UNDO[entry.verb](tx, entry, now)
        for proposal_id in proposal_ids:
            tx.matches.decide(proposal_id, ProposalStatus.PENDING, "", None)
        tx.audit.add(now, UNDONE, entry.subject, number=entry.number)
        newest = tx.matches.latest_run_id()
        found = [tx.matches.get(proposal_id) for proposal_id in proposal_ids]
        in_newest = all(one is None or one.run_id == newest for one in found)
        return Undone(entry.verb, proposal_ids, in_newest, person_ids)


def _last_decision(tx: Transaction) -> AuditEntry:
    undone: set[int] = set()
    for entry in tx.audit.latest(1000):
        if entry.verb == UNDONE:
            undone.add(entry.detail["number"])
        elif entry.verb in _UNDO and entry.number not in undone and not _is_over(tx, entry):
            return entry
        elif entry.verb == REMATCHED:
            # Going on to an older decision would take back what nobody had in mind.
            raise InvalidInput(
                "The newest decision is a rematch, and an ended pairing is not taken back.",
                "To let the two be paired again, lift their rule: companion rules.",
            )
    raise InvalidInput("There is no decision to undo.")


def _people(tx: Transaction, entry: AuditEntry) -> Iterator[str]:
    """Ids of those whom an entry is about."""
    proposals = [one for one, _ in _pairings(entry)] or ([entry.subject] if entry.verb == DECLINED else [])
    for proposal_id in proposals:
        if proposal := tx.matches.get(proposal_id):
            yield from proposal.pair
    for rule in tx.review_rules.all():
        if rule.id in (entry.subject, *entry.detail.get("rules", ())):
            yield from (id_ for id_ in (rule.mentor_id, rule.mentee_id) if id_)


def _pairings(entry: AuditEntry) -> list[tuple[str, str]]:
    """(proposal id, pairing id) of everything an entry approved."""
    if entry.verb == APPROVED:
        return [(entry.subject, entry.detail["pairing"])]
    return [(one, other) for one, other in entry.detail["pairings"]] if entry.verb == CIRCLE_APPROVED else []


def _is_over(tx: Transaction, entry: AuditEntry) -> bool:
    """Whether the decision led to pairings of which one has ended since: there is nothing left to undo."""
    made = [tx.pairings.get(pairing_id) for _, pairing_id in _pairings(entry)]
    return any(pairing is not None and pairing.status in ENDED for pairing in made)


def _approval(tx: Transaction, entry: AuditEntry, now: datetime) -> tuple[str, ...]:
    made = _pairings(entry)
    for _, pairing_id in made:
        _refuse_if_begun(tx, pairing_id)
    for _, pairing_id in made:
        tx.pairings.remove(pairing_id)
    return tuple(proposal_id for proposal_id, _ in made)


def _decline(tx: Transaction, entry: AuditEntry, now: datetime) -> tuple[str, ...]:
    _lift(tx, entry.detail.get("rules", ()), now)
    for rule_id in entry.detail.get("lifted", ()):
        tx.review_rules.restore(rule_id)
    return (entry.subject,)


def _pin(tx: Transaction, entry: AuditEntry, now: datetime) -> tuple[str, ...]:
    _lift(tx, (entry.subject,), now)
    return ()


def _ban(tx: Transaction, entry: AuditEntry, now: datetime) -> tuple[str, ...]:
    _lift(tx, (entry.subject,), now)
    return (entry.detail["proposal"],) if entry.detail["proposal"] else ()


def _lifting(tx: Transaction, entry: AuditEntry, now: datetime) -> tuple[str, ...]:
    tx.review_rules.restore(entry.subject)
    return ()


def _swap(tx: Transaction, entry: AuditEntry, now: datetime) -> tuple[str, ...]:
    """The run before is the newest again, unless another has been made since."""
    _lift(tx, entry.detail["rules"], now)
    if tx.matches.latest_run_id() == entry.subject:
        tx.matches.remove_undecided_run(entry.subject)
    return ()


_UNDO: Mapping[str, Callable[[Transaction, AuditEntry, datetime], tuple[str, ...]]] = {
    APPROVED: _approval,
    CIRCLE_APPROVED: _approval,
    DECLINED: _decline,
    PINNED: _pin,
    FORBIDDEN: _ban,
    LIFTED: _lifting,
    SWAPPED: _swap,
}
"""How each decision is taken back; returns the proposals that wait again."""


def _lift(tx: Transaction, rule_ids: tuple[str, ...] | list[str], now: datetime) -> None:
    for rule_id in rule_ids:
        tx.review_rules.lift(rule_id, now)


def _refuse_if_begun(tx: Transaction, pairing_id: str) -> None:
    begun = tx.sessions.commitments(pairing_id) or any(
        session.status is not SessionStatus.PLANNED
        or session.starts_at is not None
        or session.executive_question
        or tx.agendas.head(session.id) is not None
        for session in tx.sessions.of_pairing(pairing_id)
    )
    if begun:
        raise CompanionError(
            "This pairing has begun, so the approval stays: undoing it would delete what the two have agreed.",
            "End the pairing instead: companion end PAIRING.",
        )
