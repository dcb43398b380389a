"""A run as a committee reads it: every proposal with evidence, doubt, runner-up and decision, and what is proven."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from companion.domain.matching import Evidence, MatchProposal, MatchRun, ProposalStatus, gives_up
from companion.domain.people import FacetKind, Person
from companion.domain.review_rules import ReviewRule
from companion.domain.rule_sentences import rule_alone
from companion.domain.run_comparison import counts_sentence
from companion.domain.treatment_sentences import flip_sentence, group_sentence, hub_sentences, pair_sentence

DECISIONS = {
    ProposalStatus.PENDING: "not decided yet",
    ProposalStatus.APPROVED: "approved",
    ProposalStatus.DECLINED: "declined",
}
SAYS = {
    FacetKind.NEED: "wants to learn",
    FacetKind.OFFER: "can offer",
    FacetKind.GAIN: "wants to gain",
    FacetKind.INTEREST: "is interested in",
    FacetKind.OFF_LIMITS: "leaves out",
}


@dataclass(frozen=True)
class Quote:
    """Two entries that speak for a pair."""

    asked: str
    """``Laurent Petit wants to learn``"""
    asked_text: str
    offered: str
    offered_text: str
    word: str


@dataclass(frozen=True)
class SheetRow:
    """One proposal."""

    number: int
    mentor: str
    mentor_about: str
    executive: str
    executive_about: str
    band: str
    decision: str
    reason: str
    pinned: bool
    doubt: str
    quotes: tuple[Quote, ...]
    missing: tuple[str, ...]
    difference: str
    ranks: str
    runner_up: str
    """Name, band and what stands between the two; empty without one."""
    would_win: tuple[str, ...]
    identity_check: str


@dataclass(frozen=True)
class MatchSheet:
    """A whole run."""

    programme: str
    made_at: datetime
    counts: str
    certificate: str
    flip: str
    rows: tuple[SheetRow, ...]
    without: tuple[tuple[str, str], ...]
    """Name and reasons of everybody without a proposal."""
    ruled_out: str
    criteria: tuple[str, ...]
    rules: tuple[str, ...]
    warnings: tuple[str, ...]
    hubs: tuple[str, ...]
    groups: tuple[str, ...]


def match_sheet(run: MatchRun, people: Mapping[str, Person], rules: Iterable[ReviewRule], programme: str) -> MatchSheet:
    """Put a run into the words of a document."""

    def name(person_id: str) -> str:
        return people[person_id].name if person_id in people else person_id

    rules = tuple(rules)
    decided = sum(not proposal.is_pending for proposal in run.proposals)
    treatment = run.treatment
    return MatchSheet(
        programme=programme,
        made_at=run.at,
        counts=f"{counts_sentence(run)}; {decided} decided",
        certificate=run.certificate.sentence if run.certificate else "nothing is proven about this run",
        flip=flip_sentence(treatment),
        rows=tuple(_row(number, proposal, run, people, rules) for number, proposal in enumerate(run.proposals, 1)),
        without=tuple((name(one.person_id), " ".join(one.reasons)) for one in run.unmatched),
        ruled_out=", ".join(f"{count} {reason.value}" for reason, count in run.excluded if count) or "none",
        criteria=run.criteria,
        rules=tuple(rule_alone(rule, people) for rule in rules),
        warnings=run.warnings,
        hubs=tuple(hub_sentences(treatment, name)),
        groups=tuple(group_sentence(row) for row in treatment.groups),
    )


def _row(
    number: int, proposal: MatchProposal, run: MatchRun, people: Mapping[str, Person], rules: tuple[ReviewRule, ...]
) -> SheetRow:
    mentor, mentee = (_name(people, id_) for id_ in proposal.pair)
    second = proposal.runner_up
    code = next((rule.code for rule in rules if rule.proposal_id == proposal.id and rule.code), None)
    reason = proposal.decline_reason
    return SheetRow(
        number=number,
        mentor=mentor,
        mentor_about=_about(people, proposal.mentor_id),
        executive=mentee,
        executive_about=_about(people, proposal.mentee_id),
        band=proposal.band.value,
        decision=DECISIONS[proposal.status],
        reason=f"{code.value}: {reason}" if code and reason else reason,
        pinned=proposal.pinned,
        doubt=proposal.doubt,
        quotes=tuple(_quote(people, one) for one in proposal.evidence),
        missing=proposal.missing,
        difference=", ".join(proposal.difference),
        ranks=(
            f"{mentor} is number {proposal.mentor_rank} of {proposal.mentor_choices} for {mentee}; "
            f"{mentee} is number {proposal.mentee_rank} of {proposal.mentee_choices} for {mentor}. "
            f"{mentee} gives up {gives_up(proposal.mentee_gives_up, proposal.mentor_rank)}; "
            f"{mentor} {gives_up(proposal.mentor_gives_up, proposal.mentee_rank)}"
        ),
        runner_up=f"{_name(people, second.mentor_id)} ({second.band.value}). {second.note}" if second else "",
        would_win=second.would_win if second else (),
        identity_check=pair_sentence(run.treatment.flip, proposal.id),
    )


def _quote(people: Mapping[str, Person], one: Evidence) -> Quote:
    return Quote(
        asked=f"{_name(people, one.asked_by)} {says(one.asked_entry)}",
        asked_text=one.asked_text,
        offered=f"{_name(people, one.offered_by)} {says(one.offered_entry)}",
        offered_text=one.offered_text,
        word=one.word,
    )


def says(entry: str) -> str:
    """``need.2`` as ``wants to learn``."""
    kind = entry.split(".")[0]
    return SAYS[FacetKind(kind)] if kind in set(FacetKind) else entry


def _name(people: Mapping[str, Person], person_id: str) -> str:
    return people[person_id].name if person_id in people else person_id


def _about(people: Mapping[str, Person], person_id: str) -> str:
    person = people.get(person_id)
    return ", ".join(f for f in (person.title, person.department, person.location) if f) if person else ""
