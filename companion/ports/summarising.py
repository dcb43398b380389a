"""What reads comments for a summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from companion.ports.work import Cancelled, Progress, never_cancelled, no_progress

if TYPE_CHECKING:
    from companion.domain.summaries import Unit, UnitCode
    from companion.domain.waves import Leaning


class CommentCoder(Protocol):
    """Says what each statement is about, and whether its author is content with it."""

    @property
    def name(self) -> str:
        """Name and digest of everything that decides a code; codes with different names are never mixed."""
        ...

    def supports(self, language: str) -> bool:
        """Whether it understands a language, by its ISO 639-1 code."""
        ...

    def code(
        self,
        units: Sequence[Unit],
        leanings: Mapping[str, Leaning],
        *,
        progress: Progress = no_progress,
        cancelled: Cancelled = never_cancelled,
    ) -> list[UnitCode]:
        """One code per statement, in the same order; each depends on its statement and leaning alone.

        `leanings` is by comment id. Raises SearchError, Cancelled.
        """
        ...
