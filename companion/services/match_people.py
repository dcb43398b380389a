"""People -> proposals: one computation over the whole cohort, kept for the admin to review.

What was decided stays: running pairings take up their places, and the rules made in reviews are kept. It may be run
at any time, also while a programme is under way and while somebody decides in another window.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from companion.domain.ids import new_id
from companion.domain.matching import MatchProposal, MatchRun, WhyNot
from companion.domain.pairings import PairingStatus
from companion.domain.people import Person, Role
from companion.domain.review_rules import ReviewRule, RuleKind
from companion.errors import InvalidInput, StaleEdit
from companion.ports import (
    Cancelled,
    IndexReport,
    Matching,
    MatchRequest,
    Pairs,
    Progress,
    never_cancelled,
    no_progress,
)
from companion.services import people
from companion.services.companion import Companion

if TYPE_CHECKING:
    from companion.store import Transaction

TAKING_UP_CAPACITY = frozenset({PairingStatus.ACTIVE, PairingStatus.PAUSED})
MATCHED = "people matched"
TRIES = 5
"""How often a matching is computed anew because somebody decided meanwhile."""


@dataclass(frozen=True)
class Decisions:
    """What people have decided and a matching depends on; two that are equal have nothing decided between them."""

    running: tuple[tuple[str, str], ...]
    former: Pairs
    declined: Pairs
    """Declined without a rule; where there is one, it alone counts, so that it can be lifted."""
    rules: tuple[ReviewRule, ...]
    newest_run: str | None
    """Its id; another window may have matched meanwhile."""


@dataclass(frozen=True)
class Trial:
    """A run that is computed and not kept yet."""

    run: MatchRun
    decisions: Decisions
    """What it was computed around."""


def match(
    companion: Companion,
    *,
    only: Sequence[str] = (),
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> MatchRun:
    """Compute and store proposals for everybody with free capacity, or only pairs with the people named (`only`).

    Nobody is told anything, and running pairings are left alone; with `only`, so are the proposals that still wait.
    Texts that are not embedded yet are embedded first.
    What somebody decides meanwhile is never overwritten: then it is computed again around that decision.
    Raises NotFound, InvalidInput (also when everybody is matched, nobody is proposed and proposals wait), SearchError,
    StoreError, Cancelled; StaleEdit when the decisions do not stop. Then nothing is kept.
    """
    for _ in range(TRIES):
        made = trial(companion, only=only, progress=progress, cancelled=cancelled)
        if not only:
            _refuse_to_empty_the_queue(companion, made.run)
        with companion.store.get().write() as tx:
            if decisions(tx) == made.decisions:
                keep(tx, made.run, MATCHED, only=sorted(only))
                return made.run
    raise StaleEdit("Somebody keeps deciding in another window.", "Match again when they have finished.")


def trial(
    companion: Companion,
    *,
    only: Sequence[str] = (),
    rules: Sequence[ReviewRule] = (),
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> Trial:
    """What `match` would propose if `rules` were in force too; nothing is kept. Raises what `match` raises."""
    with companion.store.get().read() as tx:
        newest = tx.matches.latest_run()
        chosen = frozenset(people.find(tx, name).id for name in only)
    waiting = _waiting_beside(newest, chosen)
    matching, decided, report = _scored(
        companion, progress, cancelled, joining=chosen, rules=rules, reserved=[p.pair for p in waiting]
    )
    run = matching.solve(new_id("run"), progress=progress, cancelled=cancelled)
    if report.rebuilt and newest is not None:
        run = run.model_copy(update={"warnings": (report.rebuilt, *run.warnings)})
    return Trial(_with_waiting(run, waiting, chosen) if chosen else run, decided)


def _refuse_to_empty_the_queue(companion: Companion, run: MatchRun) -> None:
    """One wrong import must not cost the proposals that wait."""
    if run.proposals:
        return
    with companion.store.get().read() as tx:
        newest = tx.matches.latest_run()
    waiting = sum(proposal.is_pending for proposal in newest.proposals) if newest else 0
    if waiting:
        why = f" {run.warnings[0]}" if run.warnings else ""
        kept = "1 proposal that waits was" if waiting == 1 else f"{waiting} proposals that wait were"
        raise InvalidInput(
            f"Nobody would be proposed now, so the {kept} kept.{why}",
            "Mend that and match again, or decide about those that wait first.",
        )


def why_not(
    companion: Companion,
    mentor: str,
    executive: str,
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> WhyNot:
    """Why these two (ids or names) are not proposed to one another, and what it would cost the others.

    Raises NotFound, InvalidInput, SearchError, Cancelled.
    """
    with companion.store.get().read() as tx:
        one, other = people.find(tx, mentor, Role.MENTOR), people.find(tx, executive, Role.MENTEE)
    matching, _, _ = _scored(companion, progress, cancelled)
    return matching.why_not(one.id, other.id)


def decisions(tx: Transaction) -> Decisions:
    """What is decided now."""
    pairings = tx.pairings.all()
    ruled = {rule.proposal_id for rule in tx.review_rules.all()}
    return Decisions(
        running=tuple((p.mentor_id, p.mentee_id) for p in pairings if p.status in TAKING_UP_CAPACITY),
        former=frozenset((p.mentor_id, p.mentee_id) for p in pairings if p.status not in TAKING_UP_CAPACITY),
        declined=frozenset(p.pair for p in tx.matches.declined() if p.id not in ruled),
        rules=tuple(tx.review_rules.active()),
        newest_run=tx.matches.latest_run_id(),
    )


def keep(tx: Transaction, run: MatchRun, verb: str, **detail: object) -> None:
    """Store a run, with its entry in the audit trail."""
    tx.matches.save_run(run)
    tx.audit.add(run.at, verb, run.id, proposals=len(run.proposals), unmatched=len(run.unmatched), **detail)


def reindex(companion: Companion, *, progress: Progress = no_progress, cancelled: Cancelled = never_cancelled) -> str:
    """Rebuild the search index from the store into a fresh directory; returns what was done, in a sentence."""
    with companion.store.get().read() as tx:
        everybody = tx.people.all()
    report = companion.profiles.get().sync(everybody, progress=progress, cancelled=cancelled, rebuild=True)
    embedded = report.embedded + companion.knowledge.get().sync(progress=progress, cancelled=cancelled)
    return f"Index rebuilt for {len(everybody)} people: {embedded} texts embedded, {report.reused} reused."


def _waiting_beside(newest: MatchRun | None, joining: frozenset[str]) -> list[MatchProposal]:
    """The open proposals of other people, when only some are matched: they keep their places in the queue."""
    if newest is None or not joining:
        return []
    return [p for p in newest.proposals if p.is_pending and not joining & set(p.pair)]


def _with_waiting(run: MatchRun, waiting: Sequence[MatchProposal], joining: frozenset[str]) -> MatchRun:
    """A run of some people together with the proposals of the others that wait since before."""
    begin = len(run.proposals) + 1
    taken_over = [p.model_copy(update={"id": f"{run.id}-{n}", "run_id": run.id}) for n, p in enumerate(waiting, begin)]
    left = (
        "1 open proposal of others was left as it was"
        if len(waiting) == 1
        else f"{len(waiting)} open proposals of others were left as they were"
    )
    note = f"{left}; what is proven is about the new ones."
    return run.model_copy(
        update={
            "proposals": (*run.proposals, *taken_over),
            "unmatched": tuple(one for one in run.unmatched if one.person_id in joining),
            "warnings": (*run.warnings, note) if waiting else run.warnings,
        }
    )


def _scored(
    companion: Companion,
    progress: Progress,
    cancelled: Cancelled,
    *,
    joining: frozenset[str] = frozenset(),
    rules: Sequence[ReviewRule] = (),
    reserved: Sequence[tuple[str, str]] = (),
) -> tuple[Matching, Decisions, IndexReport]:
    """The cohort as it is now, scored; the one scored before makes it quick. `reserved` pairs take up places too."""
    with companion.store.get().read() as tx:
        everybody, decided = tx.people.all(), decisions(tx)
    settled = {*decided.running, *reserved}
    in_play = [rule for rule in (*decided.rules, *rules) if _in_play(rule, settled, joining)]
    report = _embedded(companion, everybody, progress, cancelled)
    profiles = companion.profiles.get()
    request = MatchRequest(
        people=everybody,
        programme=companion.criteria,
        vectors=profiles.vectors,
        at=companion.clock.now(),
        embedding_model=profiles.model_id,
        taken=Counter(id_ for pair in (*decided.running, *reserved) for id_ in pair),
        active_pairs=frozenset(decided.running),
        former_pairs=decided.former,
        declined_pairs=decided.declined,
        rules=tuple(in_play),
        joining=joining or None,
    )
    matching = companion.matcher.get()(request, before=companion.matching, progress=progress, cancelled=cancelled)
    companion.matching = matching
    return matching, decided, report


def _in_play(rule: ReviewRule, settled: set[tuple[str, str]], joining: frozenset[str]) -> bool:
    """Whether a rule is for this run: a pin is fulfilled once the two are a pair, and waits while others join."""
    both = (rule.mentor_id, rule.mentee_id)
    return rule.kind is not RuleKind.PIN or (both not in settled and (not joining or bool(joining & set(both))))


def _embedded(
    companion: Companion, everybody: Sequence[Person], progress: Progress, cancelled: Cancelled
) -> IndexReport:
    report = companion.profiles.get().sync(everybody, progress=progress, cancelled=cancelled)
    # The embedding model is at hand now: have the cards ready too, so that preparing a session never waits for it.
    companion.knowledge.get().sync(progress=progress, cancelled=cancelled)
    return report
