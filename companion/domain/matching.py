"""Match proposals: a pair, its score, the evidence for it and the doubt about it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from companion.domain.criteria import Format
from companion.domain.fairness import Treatment
from companion.domain.people import FacetKind

NO_DOUBT = "Nothing in the profiles speaks against it; nobody has asked the two yet."
"""The doubt of a pair about which there is none."""


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
    PAIRED_BEFORE = "paired before"
    OPTED_OUT = "opted out"
    NOT_WISHED = "kept apart"
    HELD_BACK = "held back in review"
    HOURS_APART = "too many hours apart"
    SHARED_HOURS = "too few free hours in common"
    LOCATION = "location rule"
    LEVEL_GAP = "level gap"
    SAME_DEPARTMENT = "same department, ruled out in review"
    NOT_JOINING = "not part of this run"
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
    department: float
    region: float
    tenure: float
    work_style: float
    availability: float
    sensitive: float = 0.0
    """Declared attributes, where programme and both people allow it."""


class RunnerUp(BaseModel):
    """The next best mentor for the same mentee."""

    model_config = ConfigDict(frozen=True)

    mentor_id: str
    band: Band
    total: float
    note: str
    """What stands between the two, in one sentence."""
    evidence: tuple[Evidence, ...] = ()
    doubt: str = ""
    would_win: tuple[str, ...] = ()
    """What would have to change for this mentor to be proposed instead, each a checked sentence."""


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
    missing: tuple[str, ...] = ()
    """What the profiles do not say and would help to judge the pair, each in one sentence."""
    mentee_gives_up: float = Field(default=0, ge=0)
    """By how much the mentee's best possible pair scores higher, on the scale of the total."""
    mentor_gives_up: float = Field(default=0, ge=0)
    pinned: bool = False
    """Paired because the admin said so."""
    rationale: str = ""
    """The evidence in two or three sentences."""
    rationale_by_model: bool = False
    """Whether a language model worded it (behind the gates)."""
    status: ProposalStatus = ProposalStatus.PENDING
    decline_reason: str = ""
    decided_at: datetime | None = None

    @property
    def pair(self) -> tuple[str, str]:
        """(mentor id, mentee id)."""
        return (self.mentor_id, self.mentee_id)

    @property
    def is_pending(self) -> bool:
        """Whether it waits for a decision."""
        return self.status is ProposalStatus.PENDING

    @property
    def is_doubtful(self) -> bool:
        """Whether something in the profiles speaks against it."""
        return self.doubt != NO_DOUBT


LITTLE, MUCH = 0.05, 0.15
"""On the scale of a score: less than LITTLE hardly matters, more than MUCH is another quality of match."""


def gives_up(amount: float, rank: int) -> str:
    """In words, what somebody gives up in a pair: how much better their best one scores, and its rank for them."""
    if rank == 1:
        return "nothing, it is the first choice"
    return "almost nothing" if amount < LITTLE else "a little" if amount < MUCH else "a lot"


class Unmatched(BaseModel):
    """Somebody who got no proposal, and why."""

    model_config = ConfigDict(frozen=True)

    person_id: str
    reasons: tuple[str, ...] = Field(min_length=1)
    """Sentences with counts, such as "3 of 12 mentors are in the reporting line"."""


class Certificate(BaseModel):
    """What is proven about a run as a whole."""

    model_config = ConfigDict(frozen=True)

    covered: int
    """People who get their first partner."""
    most_covered: int
    """Under the rules nobody could cover more."""
    score: float
    bound: float
    """No assignment that covers as many has a higher sum of scores."""
    gap: float = Field(ge=0)
    """How far the sum is from the best possible at most, as a share; 0 when proven."""
    proven: bool
    method: str
    """How it was found, in a word or two."""
    worst: float | None = None
    """With the fair option: nobody's match could be lifted above this without leaving somebody out."""

    @property
    def sentence(self) -> str:
        """For the admin: ``the best possible, proven`` or ``within 0.004 % of the best possible``."""
        if self.proven:
            return "the best possible, proven"
        more = self.most_covered - self.covered
        left = f"; up to {more} more people might be covered" if more else ""
        return f"within {max(self.gap * 100, 0.001):.3f} % of the best possible{left}"


class WhyNot(BaseModel):
    """The answer to "why not these two?"."""

    model_config = ConfigDict(frozen=True)

    mentor_id: str
    mentee_id: str
    proposed: bool = False
    """They are proposed to one another."""
    excluded: ExclusionReason | None = None
    left_out: int = 0
    """So many fewer people would have a partner."""
    score_lost: float = 0.0
    """What the sum of all scores would lose besides."""
    exact: bool = True
    """Otherwise at least that much."""
    score: MatchScore | None = None
    evidence: tuple[Evidence, ...] = ()
    doubt: str = ""
    sentence: str
    """The whole answer for a person to read."""


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
    certificate: Certificate | None = None
    treatment: Treatment = Treatment()
    format: Format = Format.PAIRS
    criteria: tuple[str, ...] = ()
    """The criteria and review rules that were in force, each in one line."""
    synthetic: bool = False
    """Computed on made-up people; never stored."""
