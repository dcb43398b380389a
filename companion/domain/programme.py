"""The programme: how long it runs, what a session is, and what a good match is made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from companion.domain.anonymity import Thresholds
from companion.domain.criteria import Criteria
from companion.domain.privacy_rules import PrivacyRules
from companion.domain.retention import Retention


class Programme(BaseModel):
    """What the admin decides once. The defaults follow the schemes that publish theirs: six sessions of 45 minutes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "Reverse mentoring"
    sessions: int = Field(default=6, ge=1, le=24)
    session_minutes: int = Field(default=45, ge=15, le=180)
    support_contact: str = ""
    """Who to turn to when something goes wrong; printed on every run-sheet."""
    matching: Criteria = Criteria()
    privacy: PrivacyRules = PrivacyRules()
    """What a model elsewhere may be told."""
    thresholds: Thresholds = Thresholds()
    """How many people must have answered a survey before anything is shown; frozen when the first one is opened."""
    retention: Retention = Retention()
    """For how many days each kind of data is kept."""
