"""People -> proposals: one computation over the whole cohort, kept for the admin to review."""

from __future__ import annotations

from collections import Counter

from companion.domain.ids import new_id
from companion.domain.matching import MatchRun
from companion.domain.pairings import PairingStatus
from companion.ports import Cancelled, MatchRequest, Progress, never_cancelled, no_progress
from companion.services.companion import Companion

TAKING_UP_CAPACITY = frozenset({PairingStatus.ACTIVE, PairingStatus.PAUSED})


def match(
    companion: Companion, *, progress: Progress = no_progress, cancelled: Cancelled = never_cancelled
) -> MatchRun:
    """Compute and store proposals for everybody with free capacity; nobody is told anything.

    Texts that are not embedded yet are embedded first. Raises SearchError, StoreError, Cancelled; then nothing is kept.
    """
    store = companion.store.get()
    with store.read() as tx:
        people = tx.people.all()
        pairings = [p for p in tx.pairings.all() if p.status in TAKING_UP_CAPACITY]
        declined = tx.matches.declined_pairs()
        first = tx.matches.latest_run() is None
    profiles = companion.profiles.get()
    report = profiles.sync(people, progress=progress, cancelled=cancelled)
    # The embedding model is at hand now: have the cards ready too, so that preparing a session never waits for it.
    companion.knowledge.get().sync(progress=progress, cancelled=cancelled)
    request = MatchRequest(
        people=people,
        programme=companion.programme,
        vectors=profiles.vectors,
        at=companion.clock.now(),
        embedding_model=profiles.model_id,
        taken=Counter(id_ for p in pairings for id_ in (p.mentor_id, p.mentee_id)),
        active_pairs=frozenset((p.mentor_id, p.mentee_id) for p in pairings),
        declined_pairs=frozenset(declined),
    )
    matching = companion.matcher.get()(request, progress=progress, cancelled=cancelled)
    run = matching.solve(new_id("run"), progress=progress, cancelled=cancelled)
    if report.rebuilt and not first:
        run = run.model_copy(update={"warnings": (report.rebuilt, *run.warnings)})
    with store.write() as tx:
        tx.matches.save_run(run)
        tx.audit.add(run.at, "people matched", run.id, proposals=len(run.proposals), unmatched=len(run.unmatched))
    return run


def reindex(companion: Companion, *, progress: Progress = no_progress, cancelled: Cancelled = never_cancelled) -> str:
    """Rebuild the search index from the store into a fresh directory; returns what was done, in a sentence."""
    with companion.store.get().read() as tx:
        people = tx.people.all()
    report = companion.profiles.get().sync(people, progress=progress, cancelled=cancelled, rebuild=True)
    embedded = report.embedded + companion.knowledge.get().sync(progress=progress, cancelled=cancelled)
    return f"Index rebuilt for {len(people)} people: {embedded} texts embedded, {report.reused} reused."
