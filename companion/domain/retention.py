"""How long each kind of data is kept, and why no longer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

YEAR = 365
LONGEST_DAYS = 10 * YEAR


class Retention(BaseModel):
    """Days for each kind of data, counted from when it was last of use; `PERIODS` says what each is about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model_texts: int = Field(default=30, ge=1, le=LONGEST_DAYS)
    documents: int = Field(default=90, ge=1, le=LONGEST_DAYS)
    practice: int = Field(default=90, ge=1, le=LONGEST_DAYS)
    exports: int = Field(default=30, ge=1, le=LONGEST_DAYS)
    backups: int = Field(default=90, ge=1, le=LONGEST_DAYS)
    agendas: int = Field(default=180, ge=1, le=LONGEST_DAYS)
    pairings: int = Field(default=YEAR, ge=1, le=LONGEST_DAYS)
    matches: int = Field(default=YEAR, ge=1, le=LONGEST_DAYS)
    comments: int = Field(default=2 * YEAR, ge=1, le=LONGEST_DAYS)
    reports: int = Field(default=2 * YEAR, ge=1, le=LONGEST_DAYS)
    reasons: int = Field(default=3 * YEAR, ge=1, le=LONGEST_DAYS)


@dataclass(frozen=True)
class Period:
    """What one period is about."""

    label: str
    help: str
    """What is removed, counted from when, and why the default is what it is."""


PERIODS: Mapping[str, Period] = {
    "model_texts": Period(
        "Texts for models",
        "What was sent to a language model and what came back, from the day of the call. Long enough to look into a "
        "complaint; the record that there was a call stays.",
    ),
    "documents": Period(
        "Documents",
        "Run-sheets, briefs and mails in the outbox, from when they were written. They can be written again for as "
        "long as there is an agenda.",
    ),
    "practice": Period(
        "Practice",
        "Kept rehearsals of a conversation, from when they were written. They are about somebody who does not know it.",
    ),
    "exports": Period(
        "Exports",
        "What people were given about themselves, in the folder exports. It holds everything, and was handed over.",
    ),
    "backups": Period("Backups", "Files in the folder backups. Older ones bring back people who were forgotten."),
    "agendas": Period(
        "Agendas",
        "Agendas with every revision, from when they were last changed, once the session is over. Half a year covers "
        "looking back on a programme of six sessions.",
    ),
    "pairings": Period(
        "Goals and promises",
        "Goals, promises and questions of a pairing, from its end. A year covers the survey three months later and "
        "the next round of the programme.",
    ),
    "matches": Period(
        "Match evidence",
        "The quotes and reasons in proposals and runs, from the day of the run. A year covers a complaint about how "
        "somebody was treated; which pairs were decided how stays, or they would be proposed again.",
    ),
    "comments": Period(
        "Survey comments",
        "Comments of closed surveys, their summaries, and pulses shown to a partner, from the closing. Two years "
        "cover a comparison with the year before; ratings have no names and stay.",
    ),
    "reports": Period(
        "Reports",
        "Reports on the programme that lie in its home, in whatever folder, from when they were written. They quote "
        "comments, so they are kept no longer than those; copies elsewhere are yours to delete.",
    ),
    "reasons": Period(
        "Reasons",
        "What was typed as a reason for a decision, from the day of the decision. Three years cover the time in which "
        "a decision is usually contested; that and when it was decided stays.",
    ),
}
"""In the order in which they run out."""


@dataclass(frozen=True)
class Due:
    """One kind of data against its period."""

    kind: str
    days: int
    over: int
    """So many are kept too long now."""
    next_at: datetime | None = None
    """When the next one will be; None when nothing of the kind is there."""

    @property
    def label(self) -> str:
        """What it is about."""
        return PERIODS[self.kind].label


def kept_for(days: int) -> str:
    """``2 years``, ``90 days``"""
    if days % YEAR:
        return f"{days} day{'' if days == 1 else 's'}"
    return "1 year" if days == YEAR else f"{days // YEAR} years"
