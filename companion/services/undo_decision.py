"""Take back the newest decision that still stands: an approval, decline, pin, ban, lifted rule, swap, or a log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, islice
from typing import TYPE_CHECKING

from companion.domain import times
from companion.domain.access import AuditEntry
from companion.domain.forgetting import FORMER_NAME
from companion.domain.matching import ProposalStatus
from companion.domain.pairings import Pairing, PairingStatus
from companion.domain.sessions import SessionStatus
from companion.errors import AskFirst, CompanionError, InvalidInput
from companion.services import amend_log, arc
from companion.services.amend_log import CORRECTED, TAKEN_BACK
from companion.services.companion import Companion, existing
from companion.services.match_people import MATCHED
from companion.services.prepare_agenda import MADE
from companion.services.rematch import REMATCHED
from companion.services.review_matches import APPROVED, CIRCLE_APPROVED, DECLINED
from companion.services.review_rules import FORBIDDEN, LIFTED, PINNED
from companion.services.sessions import CANCELLED, HELD
from companion.services.swap_matches import SWAPPED

if TYPE_CHECKING:
    from companion.store import Transaction

ENDED = frozenset({PairingStatus.COMPLETED, PairingStatus.ENDED_EARLY})
UNDONE = "decision undone"
LOGGED = frozenset({HELD, CANCELLED})
_BESIDE = frozenset({MATCHED, "survey closed", "data exported"})
"""What may come after a decision without a question: another matching, and what changes nothing of it."""
_STAGE = "companion prepare PAIRING --stage auto goes back to the arc's stage"
_WAYS = {
    "stage chosen": _STAGE,
    MADE: f"u under Prepare in the app brings the agenda before it back, {_STAGE}",
    "session scheduled": "companion schedule PAIRING moves the date",
    "pairing paused": "companion resume PAIRING goes on with it",
    "pairing resumed": "companion pause PAIRING lets it rest again",
    TAKEN_BACK: "companion log PAIRING logs it again",
    CORRECTED: "companion log PAIRING --correct writes the log anew",
    HELD: "companion undo PAIRING takes the log of a session back",
    CANCELLED: "companion undo PAIRING takes the log of a session back",
}
"""How something that is no decision on a match is taken back."""


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
    said: str = ""
    """What was taken back, whose and when: ``proposal approved (Amira and Laurent), Mon 2 Mar 2026 09:00``"""
    follows: tuple[str, ...] = ()
    """What goes with it, and what came after it and stays, a sentence each."""


def undo(companion: Companion, *, sessions: bool = False, anyway: bool = False) -> Undone:
    """Take back the newest decision on a match that still stands.

    With `sessions` also what a mentor did, where that is newer: a log, or an agenda that took the place of another.

    Raises InvalidInput when there is none or it was a rematch, CompanionError when a pairing has begun (a date, an
    agenda, a promise), and, unless `anyway`, AskFirst when something else was done since.
    """
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        entry, later = _last_decision(tx, sessions)
        said = _said(tx, entry)
        question = _question(tx, said, later) if later is not None and not anyway else None
        person_ids = tuple(dict.fromkeys(_people(tx, entry)))
        follows: tuple[str, ...] = ()
        proposal_ids: tuple[str, ...] = ()
        if entry.verb in LOGGED:
            log = amend_log.last_of(tx, _pairing_of(tx, entry))
            amend_log.take_back(companion, tx, log)
            person_ids, follows = log.people, (*log.goes, *log.stays)
        elif entry.verb == MADE:
            before = existing(_agenda_before(tx, entry), "agenda before that of", entry.subject)
            arc.follow(tx, tx.agendas.back_to(entry.subject, before))
            tx.audit.add(now, UNDONE, entry.subject, number=entry.number)
            follows = ("The agenda before it is in use again; redo under Prepare in the app goes forward.",)
        else:
            proposal_ids = _UNDO[entry.verb](tx, entry, now)
            for proposal_id in proposal_ids:
                tx.matches.decide(proposal_id, ProposalStatus.PENDING, "", None)
            tx.audit.add(now, UNDONE, entry.subject, number=entry.number)
        if question is not None:
            # Only now: what cannot be taken back at all is not worth a question. Nothing of it is kept.
            raise question
        newest = tx.matches.latest_run_id()
        found = [tx.matches.get(proposal_id) for proposal_id in proposal_ids]
        in_newest = all(one is None or one.run_id == newest for one in found)
        return Undone(entry.verb, proposal_ids, in_newest, person_ids, said, follows)


def _question(tx: Transaction, said: str, later: AuditEntry) -> AskFirst:
    """The question whether the decision is meant, although something else was done since."""
    way = _WAYS.get(later.verb, "")
    return AskFirst(
        f"The last thing done is another one: {_said(tx, later)}. Undo would take back: {said}.",
        f"{way}{'; w' if way else 'W'}ith --anyway companion undo takes the older one back.",
    )


def _last_decision(tx: Transaction, sessions: bool) -> tuple[AuditEntry, AuditEntry | None]:
    """The decision to take back, and the newest of what else was done since."""
    undone: set[int] = set()
    # Of each session whose log was taken back, the log's number: its corrections went with it.
    logs: dict[str, int] = {}
    later: AuditEntry | None = None
    for entry in tx.audit.latest(1000):
        if entry.verb in (UNDONE, TAKEN_BACK):
            undone.add(entry.detail["number"])
            if entry.verb == TAKEN_BACK:
                logs[entry.subject] = entry.detail["number"]
        elif entry.number in undone or entry.verb in _BESIDE or _of_undone_log(entry, logs):
            continue
        elif _stands(tx, entry, sessions):
            return entry, later
        elif entry.verb == REMATCHED:
            # Going on to an older decision would take back what nobody had in mind.
            raise InvalidInput(
                "The newest decision is a rematch, and an ended pairing is not taken back.",
                "To let the two be paired again, lift their rule: companion rules.",
            )
        else:
            later = later or entry
    raise InvalidInput("There is no decision to undo.")


def _of_undone_log(entry: AuditEntry, logs: Mapping[str, int]) -> bool:
    """Whether it corrected a log that was taken back since; `logs` has the log's number by session id."""
    return entry.verb == CORRECTED and entry.number > logs.get(entry.subject, entry.number)


def _stands(tx: Transaction, entry: AuditEntry, sessions: bool) -> bool:
    """Whether an entry can be taken back: of what led to an end, or to something newer of its kind, nothing can."""
    if entry.verb in LOGGED:
        return sessions and _is_last_log(tx, entry)
    if entry.verb == MADE:
        return sessions and _agenda_before(tx, entry) is not None
    return entry.verb in _UNDO and not _is_over(tx, entry)


def _agenda_before(tx: Transaction, entry: AuditEntry) -> int | None:
    """The revision that a new agenda took the place of; None without one, or when it is not in use any more."""
    session = tx.sessions.get(entry.subject)
    steps = [revision for revision, _ in tx.agendas.steps(entry.subject)] if session and session.is_open else []
    later = dropwhile(lambda revision: revision != entry.detail["revision"], steps)
    return next(islice(later, 1, None), None)


def _said(tx: Transaction, entry: AuditEntry) -> str:
    """What happened, to whom or to which session, and when on this machine's clock."""
    if (session := tx.sessions.get(entry.subject)) is not None:
        pairing = existing(tx.pairings.get(session.pairing_id), "pairing", session.pairing_id)
        about = f"session {session.number} of {_names(tx, (pairing.mentor_id, pairing.mentee_id))}"
    elif (pairing_or_none := tx.pairings.get(entry.subject)) is not None:
        about = _names(tx, (pairing_or_none.mentor_id, pairing_or_none.mentee_id))
    else:
        about = _names(tx, tuple(dict.fromkeys(_people(tx, entry))))
    at = entry.at.astimezone()
    when = f"{times.short_day(at.date())} {at.year} {times.clock(at)}"
    return f"{entry.verb}{f' ({about})' if about else ''}, {when}"


def _names(tx: Transaction, person_ids: Sequence[str]) -> str:
    known = {person.id: person.name for person in tx.people.some(set(person_ids))}
    return " and ".join(known.get(id_, FORMER_NAME) for id_ in person_ids)


def _pairing_of(tx: Transaction, entry: AuditEntry) -> Pairing:
    """The pairing of the session that an entry is about."""
    session = existing(tx.sessions.get(entry.subject), "session", entry.subject)
    return existing(tx.pairings.get(session.pairing_id), "pairing", session.pairing_id)


def _is_last_log(tx: Transaction, entry: AuditEntry) -> bool:
    """Whether this log still stands, is the newest of its pairing, and the pairing goes on."""
    session = tx.sessions.get(entry.subject)
    pairing = tx.pairings.get(session.pairing_id) if session else None
    if session is None or session.is_open or pairing is None or not pairing.is_running:
        return False
    return amend_log.last_of(tx, pairing).entry.number == entry.number


def _people(tx: Transaction, entry: AuditEntry) -> Iterator[str]:
    """Ids of those whom an entry is about."""
    proposals = [one for one, _ in _pairings(entry)] or ([entry.subject] if entry.verb == DECLINED else [])
    for proposal_id in proposals:
        if proposal := tx.matches.get(proposal_id):
            yield from proposal.pair
    if entry.verb not in _UNDO:
        return
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
