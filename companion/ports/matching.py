"""Matching: what it depends on, and what can be asked of a cohort that is scored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from companion.ports.work import Cancelled, Progress, never_cancelled, no_progress

if TYPE_CHECKING:
    from companion.domain.matching import MatchRun, WhyNot
    from companion.domain.people import Person
    from companion.domain.programme import Programme
    from companion.domain.review_rules import ReviewRule

Pairs = frozenset[tuple[str, str]]
"""(mentor id, mentee id)."""


@dataclass(frozen=True)
class MatchRequest:
    """Everything a matching depends on."""

    people: Sequence[Person]
    programme: Programme
    vectors: Callable[[Sequence[str]], Any]
    """Texts in, unit vectors of shape (texts, dimension) out, all from `embedding_model`."""
    at: datetime
    embedding_model: str
    taken: Mapping[str, int] = field(default_factory=dict)
    """Running pairings per person id."""
    active_pairs: Pairs = frozenset()
    former_pairs: Pairs = frozenset()
    """Pairs whose pairing has ended."""
    declined_pairs: Pairs = frozenset()
    rules: tuple[ReviewRule, ...] = ()
    """What the admin decided in reviews, without the lifted ones."""
    joining: frozenset[str] | None = None
    """Only pairs with one of these people are proposed (late joiners, a rematch); None is everybody."""


class Matching(Protocol):
    """A cohort that is scored; it can be solved and asked about."""

    def solve(
        self, run_id: str, *, progress: Progress = no_progress, cancelled: Cancelled = never_cancelled
    ) -> MatchRun:
        """One optimum over everybody with free capacity, explained.

        Raises InvalidInput when pins contradict each other, a rule or the room there is, naming the people; Cancelled.
        """
        ...

    def why_not(self, mentor_id: str, mentee_id: str) -> WhyNot:
        """What the whole programme would lose by pairing these two; solves first when nothing is solved yet.

        Raises NotFound for people who are not in the cohort.
        """
        ...


class Matcher(Protocol):
    """Scores cohorts."""

    def __call__(
        self,
        request: MatchRequest,
        *,
        before: Matching | None = None,
        progress: Progress = no_progress,
        cancelled: Cancelled = never_cancelled,
    ) -> Matching:
        """Score the cohort. What has not changed since `before` is not computed again, so that a decision in a
        review is solved anew in about a second. Raises InvalidInput for an id used twice in one role, Cancelled.
        """
        ...
