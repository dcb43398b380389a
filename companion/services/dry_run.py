"""What a programme's criteria do, on made-up people: a whole match in memory, of which nothing is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from companion.domain.criteria import Quota
from companion.domain.invented_people import LEAST, MOST, invented_people
from companion.domain.matching import Band, MatchRun
from companion.domain.people import Person, Role
from companion.errors import Cancelled, InvalidInput
from companion.ports import Cancelled as CancelAsked
from companion.ports import Embedder, MatchRequest, Progress, never_cancelled, no_progress
from companion.services.companion import Companion

BATCH = 128


@dataclass(frozen=True)
class QuotaKept:
    """A quota and what came of it."""

    quota: Quota
    share: float
    """Of all proposed pairs, from 0 to 1."""

    @property
    def kept(self) -> bool:
        """Whether the share is within the quota."""
        return self.share <= self.quota.at_most + 1e-9


@dataclass(frozen=True)
class DryRun:
    """A match of made-up people."""

    seed: int
    people: tuple[Person, ...]
    run: MatchRun
    quotas: tuple[QuotaKept, ...]

    def count(self, role: Role) -> int:
        """How many people have a role."""
        return sum(person.role is role for person in self.people)

    def covered(self, role: Role) -> int:
        """How many of a role have at least one proposal."""
        side = "mentor_id" if role is Role.MENTOR else "mentee_id"
        return len({getattr(proposal, side) for proposal in self.run.proposals})

    @property
    def bands(self) -> dict[Band, int]:
        """How many proposals are in each band."""
        counted = Counter(proposal.band for proposal in self.run.proposals)
        return {band: counted[band] for band in Band}


def dry_run(
    companion: Companion,
    count: int,
    seed: int,
    *,
    progress: Progress = no_progress,
    cancelled: CancelAsked = never_cancelled,
) -> DryRun:
    """Match `count` made-up people under the programme's criteria.

    Raises InvalidInput for a count that is too small or too large, SearchError, Cancelled.
    """
    if not LEAST <= count <= MOST:
        raise InvalidInput(f"{count} people cannot be invented; {LEAST} to {MOST} can.")
    programme = companion.criteria
    people = invented_people(count, seed, programme.matching)
    embedder = companion.embedder.get()
    request = MatchRequest(
        people=people,
        programme=programme,
        vectors=_vectors(embedder, progress, cancelled),
        at=companion.clock.now(),
        embedding_model=embedder.model_id,
    )
    matching = companion.matcher.get()(request, progress=progress, cancelled=cancelled)
    run = matching.solve("dry-run", progress=progress, cancelled=cancelled)
    run = run.model_copy(update={"synthetic": True})
    by_id = {person.id: person for person in people}
    pairs = [(by_id[proposal.mentor_id], by_id[proposal.mentee_id]) for proposal in run.proposals]
    quotas = tuple(QuotaKept(quota, _share(pairs, quota)) for quota in programme.matching.quotas)
    return DryRun(seed, people, run, quotas)


def _vectors(embedder: Embedder, progress: Progress, cancelled: CancelAsked) -> Callable[[Sequence[str]], Any]:
    """Vectors straight from the model, kept in memory alone: the store must not fill with made-up texts."""
    known: dict[str, Any] = {}

    def vectors(texts: Sequence[str]) -> Any:
        import numpy as np

        new = [text for text in dict.fromkeys(texts) if text not in known]
        for start in range(0, len(new), BATCH):
            if cancelled():
                raise Cancelled("The dry run was stopped.", "Nothing was stored.")
            progress(start, len(new), "reading the invented profiles")
            batch = new[start : start + BATCH]
            known.update(zip(batch, embedder.embed(batch), strict=True))
        rows = [known[text] for text in texts]
        return np.stack(rows) if rows else np.zeros((0, embedder.dimension), dtype=np.float32)

    return vectors


def _share(pairs: Sequence[tuple[Person, Person]], quota: Quota) -> float:
    alike = sum(_alike(one, other, quota) for one, other in pairs)
    return alike / len(pairs) if pairs else 0.0


def _alike(one: Person, other: Person, quota: Quota) -> bool:
    """Whether a pair counts; what is not stated is not in common."""
    if quota.same == "language":
        return not set(one.languages).isdisjoint(other.languages)
    mine, theirs = (str(getattr(person, quota.same)).casefold() for person in (one, other))
    return bool(mine) and mine == theirs
