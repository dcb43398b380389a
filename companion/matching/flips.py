"""What would have to change for the runner-up to be proposed instead: only what holds when it is computed again."""

from __future__ import annotations

from companion.matching.certificate import Optimum
from companion.matching.cohort import Cohort
from companion.ports import Cancelled as CancelAsked
from companion.ports import Progress


def would_win(
    cohort: Cohort, found: Optimum, progress: Progress, cancelled: CancelAsked
) -> dict[tuple[int, int], tuple[str, ...]]:
    """For each proposed pair (row, column), checked sentences about its runner-up."""
    return {}
