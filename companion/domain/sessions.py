"""Sessions, and the commitments made in them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from companion.domain.cards import Stage
from companion.domain.people import Role

OWN_QUESTION_CHARS = 500
"""Longest question of the executive's own: one to a few sentences."""


class SessionStatus(StrEnum):
    """The life of a session."""

    PLANNED = "planned"
    PREPARED = "prepared"
    DELIVERED = "delivered"
    HELD = "held"
    CANCELLED = "cancelled"


OPEN_STATUSES = frozenset({SessionStatus.PLANNED, SessionStatus.PREPARED, SessionStatus.DELIVERED})


class Session(BaseModel):
    """One meeting of a pairing."""

    model_config = ConfigDict(frozen=True)

    id: str
    pairing_id: str
    number: int = Field(ge=1)
    stage: Stage
    """Its place in the arc as it was last decided; of a session that was held, the one it was held in."""
    chosen_stage: Stage | None = None
    """The mentor's own choice instead of what the arc has; None when there is none."""
    starts_at: AwareDatetime | None = None
    minutes: int = Field(default=45, ge=15, le=180)
    status: SessionStatus = SessionStatus.PLANNED
    held_at: AwareDatetime | None = None
    """When it took place, as far as is known; None while it is still to come."""
    invite_sequence: int = Field(default=0, ge=0)
    """SEQUENCE of the calendar entry: grows by one whenever a delivered entry changes (RFC 5545, 3.8.7.4)."""
    executive_question: str = Field(default="", max_length=OWN_QUESTION_CHARS)
    """The executive's own one-line question for this session, when there is one."""
    cancelled_by: Role | None = None
    """Who cancelled it, where that was said."""

    @property
    def is_open(self) -> bool:
        """Still to be held."""
        return self.status in OPEN_STATUSES


class CommitmentStatus(StrEnum):
    """What became of a commitment."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Commitment(BaseModel):
    """Something one side promised in a session."""

    model_config = ConfigDict(frozen=True)

    id: str
    pairing_id: str
    session_id: str
    owner: Role
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    due: date | None = None
    status: CommitmentStatus = CommitmentStatus.OPEN
    created_at: datetime

    def is_overdue(self, today: date) -> bool:
        """Open and past its date."""
        return self.status is CommitmentStatus.OPEN and self.due is not None and self.due < today
