"""A pairing and what it wants to reach."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from companion.domain.people import Role


class PairingStatus(StrEnum):
    """Where a pairing stands."""

    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    ENDED_EARLY = "ended_early"


class Goal(BaseModel):
    """Something one side wants to reach; a new pairing starts with the executive's needs and the mentor's gains."""

    model_config = ConfigDict(frozen=True)

    id: str
    pairing_id: str
    owner: Role
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    priority: int = Field(default=2, ge=1, le=3)
    """1 is most important."""
    created_at: datetime


class Pairing(BaseModel):
    """One mentor and one mentee, made by an approved proposal."""

    model_config = ConfigDict(frozen=True)

    id: str
    proposal_id: str
    mentor_id: str
    mentee_id: str
    status: PairingStatus = PairingStatus.ACTIVE
    started_at: datetime
    circle_id: str | None = None
    """Shared by the pairings of one mentor's group; None for a pair of its own."""
    status_since: datetime | None = None
    """When it came to stand as it does; None for never changed."""
    pause_reason: str = ""

    @property
    def is_running(self) -> bool:
        """Whether the two still work together, also while they pause."""
        return self.status in (PairingStatus.ACTIVE, PairingStatus.PAUSED)
