"""Which proposals a reviewer wants to see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from companion.domain.matching import Band, MatchProposal
from companion.domain.typed_words import finds


class Standing(StrEnum):
    """Whether a proposal waits for the admin."""

    ALL = "all"
    OPEN = "to decide"
    DECIDED = "decided"


@dataclass(frozen=True)
class ReviewFilter:
    """All conditions must hold; the default keeps everything."""

    search: str = ""
    """Every word must be in one of the two names."""
    standing: Standing = Standing.ALL
    band: Band | None = None
    doubtful: bool = False

    def keeps(self, proposal: MatchProposal, names: str) -> bool:
        """Whether to show a proposal; `names` are those of its two people."""
        return (
            (self.standing is Standing.ALL or (self.standing is Standing.OPEN) == proposal.is_pending)
            and self.band in (None, proposal.band)
            and (proposal.is_doubtful or not self.doubtful)
            and finds(self.search, names)
        )
