"""A pair that does not work gets another chance with others: ended without fault, never repeated, matched anew."""

from __future__ import annotations

from companion.domain.ids import new_id
from companion.domain.matching import MatchRun
from companion.domain.review_rules import ReviewRule, RuleKind
from companion.errors import InvalidInput
from companion.ports import Cancelled, Progress, never_cancelled, no_progress
from companion.services import pairings
from companion.services.companion import Companion
from companion.services.match_people import TAKING_UP_CAPACITY, match

REMATCHED = "rematch asked"


def rematch(
    companion: Companion,
    name: str,
    reason: str,
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> MatchRun:
    """End a pairing (its id, or words of the names) without anybody's fault and propose others for the two.

    Everybody else's pairings stay as they are. Raises NotFound, InvalidInput when it has ended already or no reason is
    given, and what `match` raises; the pairing has ended then, and companion match goes on from there.
    """
    if not reason.split():
        raise InvalidInput("A rematch needs a reason.", "One sentence is enough; only the audit trail keeps it.")
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        pairing = pairings.find(tx, name)
        if pairing.status not in TAKING_UP_CAPACITY:
            raise InvalidInput(f"This pairing was already {pairing.status.value.replace('_', ' ')}.")
        pairings.end_one(tx, pairing, now)
        rule = ReviewRule(
            id=new_id("rule"),
            kind=RuleKind.NEVER,
            mentor_id=pairing.mentor_id,
            mentee_id=pairing.mentee_id,
            reason=" ".join(reason.split()),
            made_at=now,
        )
        for pin in tx.review_rules.active():
            if (pin.kind, pin.mentor_id, pin.mentee_id) == (RuleKind.PIN, pairing.mentor_id, pairing.mentee_id):
                tx.review_rules.lift(pin.id, now)
        tx.review_rules.add(rule)
        tx.audit.add(now, REMATCHED, pairing.id, rule=rule.id, reason=rule.reason)
    return match(companion, only=(pairing.mentor_id, pairing.mentee_id), progress=progress, cancelled=cancelled)
