"""What the admin decided while reviewing, as rules that the next run keeps and that anybody can read."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, model_validator


class RuleKind(StrEnum):
    """What a rule does to the next run."""

    PIN = "pin"
    """These two are paired, whatever the scores say."""
    NEVER = "never"
    """These two are not paired."""
    HOLD = "hold"
    """This person is left out."""
    SKIP_ENTRY = "skip entry"
    """This entry of this person does not count."""
    OTHER_DEPARTMENT = "other department"
    """This person is only paired with somebody from another department."""


class DeclineCode(StrEnum):
    """Why a proposal was declined; each code becomes a rule."""

    KNOW_EACH_OTHER = "know each other"
    CONFLICT = "conflict of interest"
    TOPIC_NOT_NOW = "topic not now"
    CHANGING_JOBS = "changing jobs"
    ASKED_FOR_OTHER = "asked for other"
    TOO_ALIKE = "too alike"
    OTHER = "other"


DECLINE_SENTENCES = {
    DeclineCode.KNOW_EACH_OTHER: "They already know each other well.",
    DeclineCode.CONFLICT: "There is a conflict of interest.",
    DeclineCode.TOPIC_NOT_NOW: "The topic is not a priority now.",
    DeclineCode.CHANGING_JOBS: "One of them is about to change jobs.",
    DeclineCode.ASKED_FOR_OTHER: "One of them asked for somebody else.",
    DeclineCode.TOO_ALIKE: "They see the company from the same place.",
    DeclineCode.OTHER: "Another reason.",
}
"""Offered in the queue, in this order."""


class ReviewRule(BaseModel):
    """One rule, with where it comes from; lifted rules stay on record and no longer count."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: RuleKind
    mentor_id: str = ""
    mentee_id: str = ""
    """Both for PIN and NEVER; exactly one of the two for the others."""
    entry_id: str = ""
    """For SKIP_ENTRY, such as ``need.1``."""
    code: DeclineCode | None = None
    reason: str = ""
    """What the admin wrote."""
    proposal_id: str = ""
    """The proposal it was decided on, if any."""
    made_at: datetime
    lifted_at: datetime | None = None

    @model_validator(mode="after")
    def _names_whom_it_needs(self) -> ReviewRule:
        both, either = bool(self.mentor_id and self.mentee_id), bool(self.mentor_id) != bool(self.mentee_id)
        if not (both if self.kind in (RuleKind.PIN, RuleKind.NEVER) else either):
            raise ValueError(f"a rule '{self.kind.value}' names the wrong people")
        if (self.kind is RuleKind.SKIP_ENTRY) != bool(self.entry_id):
            raise ValueError("an entry belongs to a rule 'skip entry' and to no other")
        return self
