"""The rules of a review: pin a pair, rule one out, lift what was decided; the next run keeps what is in force."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from companion.domain.ids import new_id
from companion.domain.matching import ExclusionReason, MatchProposal, ProposalStatus
from companion.domain.people import Person, Role
from companion.domain.review_rules import ReviewRule, RuleKind
from companion.errors import InvalidInput, NotFound
from companion.services import match_people, people
from companion.services.companion import Companion
from companion.services.match_people import TAKING_UP_CAPACITY

if TYPE_CHECKING:
    from companion.store import Transaction

PINNED, FORBIDDEN, LIFTED = "pair pinned", "pair forbidden", "rule lifted"
LEFT_TO_A_PIN = frozenset(
    {
        ExclusionReason.BELOW_FLOOR,
        ExclusionReason.NOT_JOINING,
        # These have sentences of their own where decisions are checked against each other.
        ExclusionReason.BLOCKED,
        ExclusionReason.NO_CAPACITY,
        ExclusionReason.ALREADY_PAIRED,
        ExclusionReason.HELD_BACK,
    }
)
HOW_TO_LIFT = "Lift that rule first: companion rules lists them."


def rules(companion: Companion, *, lifted: bool = False) -> list[ReviewRule]:
    """The rules in force, oldest first; with `lifted` those that no longer count as well."""
    with companion.store.get().read() as tx:
        return tx.review_rules.all() if lifted else tx.review_rules.active()


def pin(companion: Companion, mentor: str, executive: str, reason: str = "") -> ReviewRule:
    """These two (ids or names) are paired by every following run. Nobody is told; a proposal still needs approval.

    Raises NotFound, or InvalidInput when a rule in force or their places contradict it.
    """
    now = companion.clock.now()
    _refuse_what_no_run_could_keep(companion, mentor, executive)
    with companion.store.get().write() as tx:
        one, other = _pair(tx, mentor, executive)
        check_pins(tx, [(one.id, other.id)])
        rule = pin_rule(one.id, other.id, now, reason)
        tx.review_rules.add(rule)
        tx.audit.add(now, PINNED, rule.id, mentor=one.id, executive=other.id, reason=rule.reason)
    return rule


def forbid(companion: Companion, mentor: str, executive: str, reason: str = "") -> ReviewRule:
    """These two (ids or names) are never paired; a proposal of the two that is still open is declined with it.

    Raises NotFound, or InvalidInput when they are pinned, ruled out already, or a running pair.
    """
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        one, other = _pair(tx, mentor, executive)
        if existing := _between(tx, one.id, other.id):
            pinned = existing.kind is RuleKind.PIN
            what = "are pinned" if pinned else "are ruled out already"
            raise InvalidInput(f"{one.name} and {other.name} {what}.", HOW_TO_LIFT if pinned else "")
        _refuse_running(tx, one, other)
        open_ones = [p for p in _newest(tx) if p.pair == (one.id, other.id) and p.is_pending]
        proposal_id = open_ones[0].id if open_ones else ""
        rule = ReviewRule(
            id=new_id("rule"),
            kind=RuleKind.NEVER,
            mentor_id=one.id,
            mentee_id=other.id,
            reason=_line(reason),
            proposal_id=proposal_id,
            made_at=now,
        )
        tx.review_rules.add(rule)
        if proposal_id:
            tx.matches.decide(proposal_id, ProposalStatus.DECLINED, rule.reason or "Ruled out.", now)
        tx.audit.add(now, FORBIDDEN, rule.id, mentor=one.id, executive=other.id, proposal=proposal_id)
    return rule


def lift(companion: Companion, rule_id: str) -> ReviewRule:
    """Let a rule no longer count; it stays on record. Raises NotFound."""
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        rule = next((rule for rule in tx.review_rules.active() if rule.id == rule_id), None)
        if rule is None:
            raise NotFound(f"There is no rule '{rule_id}' in force.", "See companion rules.")
        tx.review_rules.lift(rule.id, now)
        tx.audit.add(now, LIFTED, rule.id)
    return rule


def check_pins(tx: Transaction, pairs: list[tuple[str, str]]) -> None:
    """Raise InvalidInput when pinning `pairs` would contradict a rule, a running pairing or the places there are."""
    pins = [(r.mentor_id, r.mentee_id) for r in tx.review_rules.active() if r.kind is RuleKind.PIN]
    running = [(p.mentor_id, p.mentee_id) for p in tx.pairings.all() if p.status in TAKING_UP_CAPACITY]
    for mentor_id, mentee_id in pairs:
        mentor, mentee = people.find(tx, mentor_id), people.find(tx, mentee_id)
        if rule := _between(tx, mentor_id, mentee_id):
            pinned = rule.kind is RuleKind.PIN
            what = "are pinned already" if pinned else "are kept apart by a rule"
            raise InvalidInput(f"{mentor.name} and {mentee.name} {what}.", "" if pinned else HOW_TO_LIFT)
        _refuse_running(tx, mentor, mentee)
        for person in (mentor, mentee):
            _refuse_held(tx, person)
            # A pin that has become a pairing takes up one place, not two.
            taken = sum(person.id in pair for pair in {*pins, *pairs} - set(running)) + sum(
                person.id in pair for pair in running
            )
            if taken > person.capacity:
                raise InvalidInput(
                    f"{person.name} has no place left for this pair (capacity {person.capacity}).",
                    "Lift a pin (companion rules), end a pairing, or raise the capacity with an import.",
                )


def pin_rule(mentor_id: str, mentee_id: str, now: datetime, reason: str = "") -> ReviewRule:
    """A pin, not kept yet."""
    return ReviewRule(
        id=new_id("rule"),
        kind=RuleKind.PIN,
        mentor_id=mentor_id,
        mentee_id=mentee_id,
        reason=_line(reason),
        made_at=now,
    )


def _refuse_what_no_run_could_keep(companion: Companion, mentor: str, executive: str) -> None:
    """A pin against a hard rule would stop every following run; two who are proposed keep all rules already."""
    with companion.store.get().read() as tx:
        one, other = _pair(tx, mentor, executive)
        proposed = {proposal.pair for proposal in _newest(tx)}
    if (one.id, other.id) in proposed:
        return
    answer = match_people.why_not(companion, one.id, other.id)
    if answer.excluded is not None and answer.excluded not in LEFT_TO_A_PIN:
        raise InvalidInput(answer.sentence, "A pin cannot change that; the rule is in companion programme show.")


def _pair(tx: Transaction, mentor: str, executive: str) -> tuple[Person, Person]:
    return people.find(tx, mentor, Role.MENTOR), people.find(tx, executive, Role.MENTEE)


def _between(tx: Transaction, mentor_id: str, mentee_id: str) -> ReviewRule | None:
    """The pin or the ban in force between two people."""
    return next((r for r in tx.review_rules.active() if (r.mentor_id, r.mentee_id) == (mentor_id, mentee_id)), None)


def _refuse_running(tx: Transaction, one: Person, other: Person) -> None:
    for pairing in tx.pairings.of_person(one.id):
        if pairing.mentee_id == other.id and pairing.status in TAKING_UP_CAPACITY:
            raise InvalidInput(
                f"{one.name} and {other.name} are a pair already.", f"companion rematch {pairing.id} ends it."
            )


def _refuse_held(tx: Transaction, person: Person) -> None:
    for rule in tx.review_rules.active():
        if rule.kind is RuleKind.HOLD and person.id in (rule.mentor_id, rule.mentee_id):
            raise InvalidInput(f"{person.name} is held back by a rule.", HOW_TO_LIFT)


def _newest(tx: Transaction) -> list[MatchProposal]:
    run_id = tx.matches.latest_run_id()
    return tx.matches.of_run(run_id) if run_id else []


def _line(text: str) -> str:
    return " ".join(text.split())
