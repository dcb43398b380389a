"""The admin's dashboard: every pairing with what can be counted about it, and the rule that asks for a look."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING

from companion import paths
from companion.domain.access import AuditEntry
from companion.domain.dashboard import MARKS, DashboardRow, HealthRules, PairFacts, SessionFacts, facts_of, row
from companion.domain.forgetting import FORMER_NAME
from companion.domain.sessions import Session
from companion.domain.toml_data import read_model
from companion.domain.typed_words import finds
from companion.errors import InvalidInput
from companion.services.amend_log import TAKEN_BACK
from companion.services.answer_brief import REPLIED
from companion.services.arc import cancellations_limit
from companion.services.companion import Companion
from companion.services.deliver_agenda import DELIVERED
from companion.services.sessions import HELD

if TYPE_CHECKING:
    from companion.domain.pairings import Pairing
    from companion.store import Transaction

ANSWERS = (REPLIED, "question received", "move asked")
CONTACTS = (*ANSWERS, HELD)
"""Verbs of the audit trail that show that something was heard of two people. It holds no text of theirs."""
ORDER = ("look", "ok", "paused", "over")


def rows(companion: Companion, *, everything: bool = False) -> list[DashboardRow]:
    """Every running pairing, those that need a look first; `everything` adds those that are over. Raises StoreError."""
    now, rules, in_the_arc = companion.clock.now(), _rules(), cancellations_limit(companion)
    places = {rule.id: place for place, rule in enumerate(rules.rules)}
    with companion.store.get().read() as tx:
        chosen = [pairing for pairing in tx.pairings.all() if everything or pairing.is_running]
        sessions = tx.sessions.by_pairing()
        happened: dict[str, list[AuditEntry]] = {}
        for entry in tx.audit.about({one.id for pairing in chosen for one in sessions.get(pairing.id, ())}):
            happened.setdefault(entry.subject, []).append(entry)
        names = _names(tx, chosen)
    found = []
    for pairing in chosen:
        facts = [_session(one, happened.get(one.id, [])) for one in sessions.get(pairing.id, ())]
        # A pause is over when somebody says so: counting begins again then.
        since = max(pairing.started_at, pairing.status_since or pairing.started_at)
        both = (names[pairing.mentor_id], names[pairing.mentee_id])
        found.append(row(pairing.id, both, pairing.status, facts_of(facts, since, now), rules.rules, in_the_arc))
    return sorted(found, key=lambda one: (ORDER.index(one.mark), places.get(one.rule, 0), one.mentor, one.pairing_id))


def fitting(found: list[DashboardRow], text: str) -> list[DashboardRow]:
    """The rows that contain all words: of a name, the rule, or the state."""
    return [one for one in found if finds(text, one.mentor, one.executive, MARKS[one.mark], one.rule, one.says)]


def _names(tx: Transaction, pairings: list[Pairing]) -> dict[str, str]:
    wanted = {id_ for pairing in pairings for id_ in (pairing.mentor_id, pairing.mentee_id)}
    names = {person.id: person.name for person in tx.people.some(wanted)}
    return dict.fromkeys(wanted - names.keys(), FORMER_NAME) | names


def _session(session: Session, happened: list[AuditEntry]) -> SessionFacts:
    taken_back = {entry.detail["number"] for entry in happened if entry.verb == TAKEN_BACK}
    delivered = next((entry.at for entry in happened if entry.verb == DELIVERED), None)
    return SessionFacts(
        status=session.status,
        starts_at=session.starts_at,
        minutes=session.minutes,
        cancelled_by=session.cancelled_by,
        contacts=tuple(entry.at for entry in happened if entry.verb in CONTACTS and entry.number not in taken_back),
        delivered_at=delivered,
        answered=delivered is not None and any(e.verb in ANSWERS and e.at >= delivered for e in happened),
    )


@cache
def _rules() -> HealthRules:
    """The rules that ship. Raises InvalidInput naming file and field."""
    path = paths.knowledge_dir() / "dashboard" / "rules.toml"
    known = {field.name for field in fields(PairFacts)}
    rules = read_model(path, HealthRules)
    for rule in rules.rules:
        if unknown := sorted(set(rule.at_least) - known):
            raise InvalidInput(f"{path}, rule {rule.id}: there is no number {unknown[0]}.", f"Known: {sorted(known)}.")
    return rules
