"""What a programme calls a good match: hard rules, soft weights, quotas and the shape of a pairing."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator


def as_share(value: object) -> object:
    """``15 %`` as 0.15; anything else as it is."""
    number = value.strip().removesuffix("%").strip() if isinstance(value, str) and "%" in value else ""
    try:
        return float(number.replace(",", ".")) / 100
    except ValueError:
        return value


Share = Annotated[float, Field(ge=0, le=1), BeforeValidator(as_share)]
"""From 0 to 1; files and forms may write it as a percentage."""

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class Format(StrEnum):
    """The shape of a pairing."""

    PAIRS = "pairs"
    """One mentor, one executive; a mentor with capacity for more has several pairings."""
    CIRCLES = "circles"
    """One mentor with a group of executives."""
    RECIPROCAL = "reciprocal"
    """Both teach and both learn: each direction counts the same and must reach the floor."""


class Enrolment(StrEnum):
    """When people come in."""

    COHORT = "cohort"
    """Everybody starts together; whoever joins later is matched into the gaps."""
    ROLLING = "rolling"
    """People join and leave at any time; each run matches whoever is free."""


class HardRules(BaseModel):
    """What no score can make up for. What somebody has not stated never rules them out."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    reporting_line: bool = True
    """Neither may stand above the other, through the whole chain of managers."""
    reporting_line_waiver: str = ""
    """Why the rule is off; it can only be switched off with a reason, which is printed with every run."""
    common_language: bool = True
    min_shared_hours: float = Field(default=0, ge=0, le=60)
    """Free hours a week in common."""
    max_hours_apart: float | None = Field(default=None, ge=0, le=12)
    """Hours between the two clocks."""
    location: Literal["any", "same", "different"] = "any"
    min_level_gap: int | None = Field(default=None, ge=0, le=20)
    """The executive's level must be at least so many above the mentor's."""
    repeat_pairs: bool = False
    """Whether two who were paired before may be paired again."""
    mentors_per_department: int | None = Field(default=None, ge=1)
    """At most so many pairings of mentors from one department, so that no team gives too many hours."""
    mentors_per_manager: int | None = Field(default=None, ge=1)
    """At most so many pairings of mentors who report to the same manager."""
    blocked_pairs: tuple[tuple[str, str], ...] = ()
    """Pairs of person ids that must never meet, in either order."""

    @model_validator(mode="after")
    def _waived_with_a_reason(self) -> Self:
        if not self.reporting_line and not self.reporting_line_waiver.strip():
            raise ValueError("reporting_line can only be switched off with a reporting_line_waiver that says why")
        return self


class MatchingWeights(BaseModel):
    """The share of each term in a match score; the shares are normalised to sum to 1."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    need: float = Field(default=0.60, ge=0)
    """The mentee's needs against the mentor's offers."""
    gain: float = Field(default=0.16, ge=0)
    """What the mentor wants to gain against what the mentee offers back."""
    interests: float = Field(default=0.03, ge=0)
    department: float = Field(default=0.05, ge=0)
    """Another department."""
    region: float = Field(default=0.05, ge=0)
    """Another region, or another location where no region is stated."""
    tenure: float = Field(default=0.04, ge=0)
    """The gap in years, up to ten."""
    work_style: float = Field(default=0, ge=0)
    """Another way of working."""
    availability: float = Field(default=0.07, ge=0)

    @model_validator(mode="after")
    def _not_all_zero(self) -> Self:
        if not any(self.model_dump().values()):
            raise ValueError("at least one weight must be above 0")
        return self


class Quota(BaseModel):
    """A rule about all pairs together, such as: at most 15 % within one region."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    same: Literal["department", "region", "location", "language"]
    """Which pairs count: those whose two people have this in common. What is not stated is not in common."""
    at_most: Share
    """The largest share of all pairs, from 0 to 1."""


class SensitiveUse(BaseModel):
    """A declared attribute that may enter the score: only for a stated purpose, only of people who consented."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    attribute: Word
    purpose: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=300)]
    prefer: Literal["same", "different"]
    weight: float = Field(gt=0)
    """Beside the weights, in the same measure."""


class Circle(BaseModel):
    """How large the group around one mentor is."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    least: int = Field(default=3, ge=2, le=20)
    most: int = Field(default=8, ge=2, le=20)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least > self.most:
            raise ValueError("least must not be above most")
        return self


class Criteria(BaseModel):
    """Everything that decides who may be matched with whom, and what is preferred."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    format: Format = Format.PAIRS
    enrolment: Enrolment = Enrolment.COHORT
    need_floor: Share = 0.97
    """Best need-to-offer fit, as a percentile of unrelated pairs, below which nobody is paired.

    Two people compare about ten entries, so at 0.80 nearly any two would pass by chance; at 0.97 one in four does,
    and is shown as weak.
    """
    fair: bool = False
    """Lift the poorest match as far as it goes before making the sum as high as it can be."""
    rules: HardRules = HardRules()
    weights: MatchingWeights = MatchingWeights()
    quotas: tuple[Quota, ...] = ()
    sensitive: tuple[SensitiveUse, ...] = ()
    circle: Circle = Circle()
