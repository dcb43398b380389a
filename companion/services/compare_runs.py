"""Two runs side by side, found by their ids or by how new they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from companion.domain.matching import MatchRun, ProposalStatus
from companion.domain.run_comparison import RunComparison
from companion.domain.run_comparison import compare as compared
from companion.errors import NotFound
from companion.services.companion import Companion, existing


@dataclass(frozen=True)
class RunLine:
    """One run in a list."""

    id: str
    at: datetime
    counts: dict[ProposalStatus, int]
    """Proposals by where they stand."""


def runs(companion: Companion) -> list[RunLine]:
    """Every run that was kept, newest first."""
    with companion.store.get().read() as tx:
        return [RunLine(*row) for row in tx.matches.run_counts()]


def compare(companion: Companion, earlier: str = "", later: str = "") -> RunComparison:
    """What `later` (by default the newest run) does differently from `earlier` (by default the one before it).

    Raises NotFound when there is no such run, or no earlier one.
    """
    with companion.store.get().read() as tx:
        ids = [run_id for run_id, _, _ in tx.matches.run_counts()]
        later = later or (ids[0] if ids else "")
        now = existing(tx.matches.run(later), "match run", later or "newest", "Run companion match first.")
        if not earlier:
            older = ids[ids.index(now.id) + 1 :]
            if not older:
                raise NotFound("There is no earlier run to compare with.", "Match again after a change.")
            earlier = older[0]
        before: MatchRun = existing(tx.matches.run(earlier), "match run", earlier, "See companion runs.")
    return compared(before, now)
