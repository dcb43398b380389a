"""What a language model elsewhere may be told, kind by kind; the programme decides, and the defaults are careful."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Kind(StrEnum):
    """What a piece of text in a prompt is."""

    GOALS = "goals"
    CARDS = "cards"
    OFFERS = "offers"
    QUESTIONS = "questions"
    COMMITMENTS = "commitments"
    NOTES = "notes"
    COMMENTS = "comments"
    WORK = "work"


LABELS: Mapping[Kind, str] = {
    Kind.GOALS: "goals as the executive worded them",
    Kind.CARDS: "texts of practice cards and of companion itself",
    Kind.OFFERS: "what the two offer and hope to gain",
    Kind.QUESTIONS: "the executive's own questions",
    Kind.COMMITMENTS: "promises",
    Kind.NOTES: "notes and rehearsals",
    Kind.COMMENTS: "comments of surveys",
    Kind.WORK: "titles, departments and places",
}
"""How each kind is called inside a sentence."""

NEVER = (
    "Never, whatever is allowed: names (placeholders stand for them), e-mail addresses, long numbers, and anything "
    "that touches a topic somebody put off limits."
)


class PrivacyRules(BaseModel):
    """For each kind, whether it may be sent to a model that does not run on this machine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    goals: bool = True
    cards: bool = True
    offers: bool = False
    questions: bool = False
    commitments: bool = False
    notes: bool = False
    comments: bool = False
    work: bool = False

    def allows(self, kind: Kind) -> bool:
        """Whether that kind may be sent."""
        return bool(getattr(self, kind.value))
