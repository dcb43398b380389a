"""The programme: how long it runs, what a session is, and what a good match is made of."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from companion.domain.cards import Stage


class MatchingWeights(BaseModel):
    """The share of each term in a match score; the shares are normalised to sum to 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    need: float = Field(default=0.55, ge=0)
    """The mentee's needs against the mentor's offers."""
    gain: float = Field(default=0.15, ge=0)
    """What the mentor wants to gain against what the mentee offers back."""
    interests: float = Field(default=0.05, ge=0)
    difference: float = Field(default=0.08, ge=0)
    """Other department, other region, other tenure."""
    availability: float = Field(default=0.05, ge=0)

    @model_validator(mode="after")
    def _not_all_zero(self) -> Self:
        if not any(self.model_dump().values()):
            raise ValueError("at least one weight must be above 0")
        return self


class Programme(BaseModel):
    """What the admin decides once. The defaults follow the schemes that publish theirs: six sessions of 45 minutes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "Reverse mentoring"
    sessions: int = Field(default=6, ge=1, le=24)
    session_minutes: int = Field(default=45, ge=15, le=180)
    support_contact: str = ""
    """Who to turn to when something goes wrong; printed on every run-sheet."""
    weights: MatchingWeights = MatchingWeights()
    need_floor: float = Field(default=0.98, ge=0, le=1)
    """Best need-to-offer fit, as a percentile of unrelated pairs, below which nobody is paired.

    Two people compare about ten entries, so at 0.80 nearly any two would pass by chance; at 0.98 one in five does,
    and is shown as weak.
    """
    blocked_pairs: tuple[tuple[str, str], ...] = ()
    """Pairs of person ids that must never meet, in either order."""
    stages: tuple[Stage, ...] = tuple(Stage)

    def stage_of(self, session_number: int) -> Stage:
        """The stage of session `session_number` (1-based), the arc stretched over the planned sessions."""
        position = (min(session_number, self.sessions) - 1) * len(self.stages) // self.sessions
        return self.stages[position]
