"""Proposals -> pairings: the admin decides; nobody is told anything before that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from companion.domain import arc_course
from companion.domain.criteria import Format
from companion.domain.ids import new_id
from companion.domain.matching import MatchProposal, MatchRun, ProposalStatus
from companion.domain.pairings import Goal, Pairing
from companion.domain.people import FacetKind, Person, Role
from companion.domain.review_rules import DECLINE_SENTENCES, DeclineCode, ReviewRule, RuleKind
from companion.domain.sessions import Session
from companion.errors import InvalidInput, StaleEdit
from companion.services.companion import Companion, existing
from companion.services.match_people import TAKING_UP_CAPACITY

if TYPE_CHECKING:
    from companion.store import Transaction

APPROVED, CIRCLE_APPROVED, DECLINED = "proposal approved", "circle approved", "proposal declined"


@dataclass(frozen=True)
class ReviewQueue:
    """The newest run with everybody it names, and what was decided."""

    run: MatchRun | None
    people: Mapping[str, Person]
    rules: tuple[ReviewRule, ...] = ()
    """Those in force."""
    earlier: tuple[MatchProposal, ...] = ()
    """Approved in other runs; their pairings are running."""

    @property
    def pending(self) -> tuple[MatchProposal, ...]:
        """Proposals that wait for a decision, best first."""
        return tuple(p for p in self.run.proposals if p.is_pending) if self.run else ()

    @property
    def pins(self) -> frozenset[tuple[str, str]]:
        """(mentor id, mentee id) of the pairs that the next run keeps whatever the scores say."""
        return frozenset((rule.mentor_id, rule.mentee_id) for rule in self.rules if rule.kind is RuleKind.PIN)

    @property
    def circles(self) -> dict[str, list[MatchProposal]]:
        """In a programme of circles: the proposals of each mentor, in the run's order; empty in any other."""
        groups: dict[str, list[MatchProposal]] = {}
        if self.run is not None and self.run.format is Format.CIRCLES:
            for proposal in self.run.proposals:
                groups.setdefault(proposal.mentor_id, []).append(proposal)
        return groups

    def name(self, person_id: str) -> str:
        """A person's name, or the id when the person is gone."""
        person = self.people.get(person_id)
        return person.name if person else person_id


def queue(companion: Companion) -> ReviewQueue:
    """What there is to review."""
    with companion.store.get().read() as tx:
        run = tx.matches.latest_run()
        return ReviewQueue(
            run=run,
            people={person.id: person for person in tx.people.all()},
            rules=tuple(tx.review_rules.active()),
            earlier=tuple(tx.matches.approved_before(run.id)) if run else (),
        )


def approve(companion: Companion, proposal_id: str) -> Pairing:
    """Turn a proposal into a pairing with its goals and planned sessions.

    Raises NotFound, StaleEdit when a newer run has replaced it, or InvalidInput when it was decided already, a rule
    made meanwhile speaks against it or one of the two has no capacity left.
    """
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        proposal = undecided(tx, proposal_id)
        in_circle = tx.matches.format_of(proposal.run_id) is Format.CIRCLES
        circle = _circle_of(tx, proposal.mentor_id) if in_circle else None
        pairing = _paired(tx, companion, proposal, now, circle)
        tx.audit.add(now, APPROVED, proposal.id, pairing=pairing.id)
    return pairing


def approve_circle(companion: Companion, mentor_id: str) -> list[Pairing]:
    """Approve everybody who is still open in one mentor's circle, all or nobody. Raises what `approve` raises."""
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        run_id = existing(tx.matches.latest_run_id(), "match run", "newest", "Run companion match first.")
        members = [p for p in tx.matches.of_run(run_id) if p.mentor_id == mentor_id and p.is_pending]
        if tx.matches.format_of(run_id) is not Format.CIRCLES:
            raise InvalidInput("The newest run proposes no circles.", "companion approve PROPOSAL approves one pair.")
        if not members:
            raise InvalidInput("Nobody in this circle waits for a decision.", "See companion matches.")
        circle = _circle_of(tx, mentor_id)
        made = [_paired(tx, companion, proposal, now, circle) for proposal in members]
        tx.audit.add(now, CIRCLE_APPROVED, mentor_id, circle=circle, pairings=[[p.proposal_id, p.id] for p in made])
    return made


def decline(
    companion: Companion, proposal_id: str, code: DeclineCode, sentence: str = "", *, about: str = ""
) -> tuple[ReviewRule, ...]:
    """Decline a proposal; the code becomes rules, which the next run keeps and anybody can lift. Returns them.

    A pin that says the opposite no longer counts. `about` says for CHANGING_JOBS which of the two (a person id) and
    for TOPIC_NOT_NOW which need (``need.1``). Raises NotFound, StaleEdit, or InvalidInput when it was decided already
    or something is left open.
    """
    sentence = " ".join(sentence.split())
    if code is DeclineCode.OTHER and not sentence:
        raise InvalidInput("A decline needs a reason.", "One sentence is enough; it is kept in the audit trail.")
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        proposal = undecided(tx, proposal_id)
        _, mentee = _both(tx, proposal)
        rules = _rules_of(proposal, mentee, code, sentence, about, now)
        let_go = [pin.id for pin in tx.review_rules.active() if _contradicts(pin, proposal, rules)]
        for pin_id in let_go:
            tx.review_rules.lift(pin_id, now)
        for rule in rules:
            tx.review_rules.add(rule)
        reason = sentence or DECLINE_SENTENCES[code]
        tx.matches.decide(proposal.id, ProposalStatus.DECLINED, reason, now)
        made = [rule.id for rule in rules]
        tx.audit.add(now, DECLINED, proposal.id, code=code.value, reason=reason, rules=made, lifted=let_go)
    return rules


def _contradicts(pin: ReviewRule, proposal: MatchProposal, rules: tuple[ReviewRule, ...]) -> bool:
    """Whether a pin would bring back the declined pair, or somebody who is left out now."""
    held = {person_id for rule in rules if rule.kind is RuleKind.HOLD for person_id in (rule.mentor_id, rule.mentee_id)}
    both = (pin.mentor_id, pin.mentee_id)
    return pin.kind is RuleKind.PIN and (both == proposal.pair or bool(held & set(both)))


def undecided(tx: Transaction, proposal_id: str) -> MatchProposal:
    """A proposal of the newest run that waits for a decision. Raises NotFound, StaleEdit, InvalidInput."""
    proposal = existing(tx.matches.get(proposal_id), "proposal", proposal_id, "See companion matches.")
    if not proposal.is_pending:
        raise InvalidInput(f"This proposal was already {proposal.status.value}.", "Undo takes the last decision back.")
    if proposal.run_id != tx.matches.latest_run_id():
        raise StaleEdit("A newer matching has taken the place of this proposal.", "Decide about the newest ones.")
    return proposal


def _both(tx: Transaction, proposal: MatchProposal) -> tuple[Person, Person]:
    return (
        existing(tx.people.get(proposal.mentor_id), "person", proposal.mentor_id),
        existing(tx.people.get(proposal.mentee_id), "person", proposal.mentee_id),
    )


def _paired(
    tx: Transaction, companion: Companion, proposal: MatchProposal, now: datetime, circle: str | None
) -> Pairing:
    mentor, mentee = _both(tx, proposal)
    _refuse_what_rules_say(tx, proposal, (mentor, mentee))
    for person in (mentor, mentee):
        active = [p for p in tx.pairings.of_person(person.id) if p.status in TAKING_UP_CAPACITY]
        if len(active) >= person.capacity:
            raise InvalidInput(
                f"{person.name} has no capacity left ({len(active)} of {person.capacity} taken).",
                "Decline this proposal, or raise the capacity with an import.",
            )
    pairing = Pairing(
        id=new_id("pairing"),
        proposal_id=proposal.id,
        mentor_id=mentor.id,
        mentee_id=mentee.id,
        started_at=now,
        circle_id=circle,
    )
    stated = [(Role.MENTEE, f) for f in mentee.entries(FacetKind.NEED)]
    stated += [(Role.MENTOR, f) for f in mentor.entries(FacetKind.GAIN)]
    goals = [
        Goal(
            id=new_id("goal"),
            pairing_id=pairing.id,
            owner=owner,
            text=facet.text,
            priority=min(facet.position, 3),
            created_at=now,
        )
        for owner, facet in stated
    ]
    tx.pairings.add(pairing, goals)
    programme = companion.programme_parts("sessions", "session_minutes")
    tx.sessions.add(
        Session(
            id=new_id("session"),
            pairing_id=pairing.id,
            number=number,
            stage=ahead.stage,
            minutes=programme.session_minutes,
        )
        for number, ahead in enumerate(arc_course.plan(companion.arc, programme.sessions), 1)
    )
    tx.matches.decide(proposal.id, ProposalStatus.APPROVED, "", now)
    return pairing


def _refuse_what_rules_say(tx: Transaction, proposal: MatchProposal, both: tuple[Person, Person]) -> None:
    """A rule made after the run counts as well: another window may have held one of the two back."""
    for rule in tx.review_rules.active():
        if rule.kind is RuleKind.NEVER and (rule.mentor_id, rule.mentee_id) == proposal.pair:
            raise InvalidInput("A rule made meanwhile keeps these two apart.", "companion rules shows and lifts it.")
        held = next((p for p in both if rule.kind is RuleKind.HOLD and p.id in (rule.mentor_id, rule.mentee_id)), None)
        if held is not None:
            raise InvalidInput(f"{held.name} was held back meanwhile.", "companion rules shows and lifts the rule.")


def _circle_of(tx: Transaction, mentor_id: str) -> str:
    """The circle this mentor has, or a new one: who joins later joins the same."""
    mine = [p.circle_id for p in tx.pairings.of_person(mentor_id) if p.status in TAKING_UP_CAPACITY and p.circle_id]
    return mine[0] if mine else new_id("circle")


def _rules_of(
    proposal: MatchProposal, mentee: Person, code: DeclineCode, sentence: str, about: str, now: datetime
) -> tuple[ReviewRule, ...]:
    """What a code means for the next run."""
    both = {"mentor_id": proposal.mentor_id, "mentee_id": proposal.mentee_id}

    def rule(kind: RuleKind, **names: str) -> ReviewRule:
        where = {"code": code, "reason": sentence, "proposal_id": proposal.id, "made_at": now}
        return ReviewRule.model_validate({"id": new_id("rule"), "kind": kind, **names, **where})

    match code:
        case DeclineCode.CHANGING_JOBS:
            if about not in both.values():
                raise InvalidInput("Which of the two is about to change jobs?", "Name the mentor or the executive.")
            side = next(name for name, id_ in both.items() if id_ == about)
            return (rule(RuleKind.HOLD, **{side: about}),)
        case DeclineCode.TOPIC_NOT_NOW:
            needs = {need.entry_id: need.text for need in mentee.entries(FacetKind.NEED)}
            entry = about or (next(iter(needs)) if len(needs) == 1 else "")
            if entry not in needs:
                listed = "; ".join(f"{id_.removeprefix('need.')} “{text}”" for id_, text in needs.items())
                raise InvalidInput("Which need is not a priority now?", f"By number: {listed or 'none is stated'}.")
            return (rule(RuleKind.SKIP_ENTRY, mentee_id=mentee.id, entry_id=entry),)
        case DeclineCode.TOO_ALIKE:
            return rule(RuleKind.NEVER, **both), rule(RuleKind.OTHER_DEPARTMENT, mentee_id=mentee.id)
        case _:
            return (rule(RuleKind.NEVER, **both),)
