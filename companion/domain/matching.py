"""Match proposals: a pair, its score, the evidence for it and the doubt about it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from companion.domain.people import FacetKind


class ProposalStatus(StrEnum):
    """Nobody but the admin knows of a proposal before it is approved."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


class Band(StrEnum):
    """How good a match is, in words; never a lone percentage."""

    STRONG = "strong"
    WORKABLE = "workable"
    WEAK = "weak"


class ExclusionReason(StrEnum):
    """Why two people can never be paired."""

    SAME_PERSON = "same person"
    REPORTING_LINE = "reporting line"
    NO_COMMON_LANGUAGE = "no common language"
    BLOCKED = "blocked pair"
    NO_CAPACITY = "no capacity"
    ALREADY_PAIRED = "already paired"
    DECLINED_BEFORE = "declined before"
    BELOW_FLOOR = "below the floor"


class Evidence(BaseModel):
    """Two quoted entries that speak for the match."""

    model_config = ConfigDict(frozen=True)

    asked_by: str
    """Person id of whoever has the need, gain or interest."""
    asked_entry: str
    """Entry id such as ``need.2``."""
    asked_text: str
    offered_by: str
    offered_entry: str
    offered_text: str
    similarity: float
    """Cosine of the two entries."""
    percentile: float = Field(ge=0, le=1)
    """Share of unrelated entry pairs that are less alike, in this cohort and embedding model."""
    word: str
    """``close``, ``related`` or ``loose``."""

    @property
    def kind(self) -> FacetKind:
        """Which facet asked."""
        return FacetKind(self.asked_entry.split(".")[0])


class MatchScore(BaseModel):
    """The terms of a score, each from 0 to 1, and their weighted sum."""

    model_config = ConfigDict(frozen=True)

    total: float
    need: float
    gain: float
    interests: float
    difference: float
    availability: float


class RunnerUp(BaseModel):
    """The next best mentor for the same mentee."""

    model_config = ConfigDict(frozen=True)

    mentor_id: str
    band: Band
    total: float
    note: str
    """What stands between the two, in one sentence."""


class MatchProposal(BaseModel):
    """One proposed pair, as computed, with the admin's decision."""

    model_config = ConfigDict(frozen=True)

    id: str
    run_id: str
    mentor_id: str
    mentee_id: str
    score: MatchScore
    band: Band
    evidence: tuple[Evidence, ...]
    doubt: str
    """The strongest reason against the pair, in one sentence; never empty."""
    mentor_rank: int = Field(ge=1)
    """This mentor's place in the mentee's list of possible mentors."""
    mentor_choices: int = Field(ge=1)
    """How many mentors the mentee could be paired with."""
    mentee_rank: int = Field(ge=1)
    mentee_choices: int = Field(ge=1)
    difference: tuple[str, ...] = ()
    """What differs, in words: ``other department``, ``other location``, ``2 years against 19``."""
    runner_up: RunnerUp | None = None
    status: ProposalStatus = ProposalStatus.PENDING
    decline_reason: str = ""
    decided_at: datetime | None = None


class Unmatched(BaseModel):
    """Somebody who got no proposal, and why."""

    model_config = ConfigDict(frozen=True)

    person_id: str
    reasons: tuple[str, ...] = Field(min_length=1)
    """Sentences with counts, such as "3 of 12 mentors are in the reporting line"."""


class MatchRun(BaseModel):
    """One computation over the whole cohort."""

    model_config = ConfigDict(frozen=True)

    id: str
    at: datetime
    embedding_model: str
    proposals: tuple[MatchProposal, ...]
    unmatched: tuple[Unmatched, ...]
    excluded: tuple[tuple[ExclusionReason, int], ...] = ()
    """How many pairs fell to each hard rule."""
    warnings: tuple[str, ...] = ()
    """What the admin should know about the data: a cycle in the manager chain, unknown managers ..."""
