"""A survey that was opened for the programme, from its first day to the answers that are left when it is closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from companion.domain.anonymity import Thresholds
from companion.domain.answers import Way
from companion.domain.people import Role
from companion.domain.surveys import FALLBACK_LANGUAGE, Item, Occasion, Questionnaire, in_language


class Launch(BaseModel):
    """The thresholds as they were when the first survey was opened; they hold for good."""

    model_config = ConfigDict(frozen=True)

    thresholds: Thresholds
    at: datetime
    digest: str


class Wave(BaseModel):
    """One survey that was opened."""

    model_config = ConfigDict(frozen=True)

    id: str
    """Readable, such as ``baseline`` or ``pulse-s2``; what people type."""
    session_number: int | None = Field(default=None, ge=1)
    """The session a pulse is about."""
    opened_at: datetime
    closes_on: date
    """The last day on which answers can be given and changed."""
    closed_at: datetime | None = None
    scrubbed: bool = True
    """False from the closing until what was deleted is overwritten on the disk as well."""
    form: Questionnaire

    @property
    def title(self) -> str:
        """``After session 2``"""
        return self.title_in(FALLBACK_LANGUAGE)

    def title_in(self, language: str) -> str:
        """The title in a language."""
        words = in_language(self.form.instrument.title, language)
        return f"{words} {self.session_number}" if self.session_number else words

    @property
    def is_pulse(self) -> bool:
        """Whether it is about one session."""
        return self.form.instrument.occasion is Occasion.PULSE

    def accepts(self, today: date) -> bool:
        """Whether answers can be given and changed on this day."""
        return self.closed_at is None and today <= self.closes_on


class Leaning(StrEnum):
    """Which way a person's rating leans; kept beside comments only where many share it."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"
    UNKNOWN = "unknown"


def leaning_of(value: int | None, item: Item | None, form: Questionnaire) -> Leaning:
    """Where a rating lies: in the lower, middle or upper part of its scale, turned round where the item is reversed.

    On an NPS scale the parts are those of its definition: 0 to 6, 7 and 8, 9 and 10.
    """
    scale = form.scale_of(item) if item else None
    if value is None or item is None or scale is None or not scale.ordered:
        return Leaning.UNKNOWN
    if scale.nps:
        return Leaning.LOW if value <= 6 else Leaning.MIDDLE if value <= 8 else Leaning.HIGH
    twice = 2 * value - scale.low - scale.high
    if item.reversed:
        twice = -twice
    return Leaning.LOW if twice < 0 else Leaning.HIGH if twice > 0 else Leaning.MIDDLE


class Respondent(BaseModel):
    """That somebody answered, and how it arrived; not what."""

    model_config = ConfigDict(frozen=True)

    person_id: str
    way: Way
    contact_me: bool = False


class Rating(BaseModel):
    """One number of a closed survey, under a pseudonym that is the same in every survey."""

    model_config = ConfigDict(frozen=True)

    item_id: str
    pseudonym: str
    goal_id: str = ""
    role: Role
    value: int


class Comment(BaseModel):
    """One comment of a closed survey; `author` only says which comments of this survey have the same author."""

    model_config = ConfigDict(frozen=True)

    id: str
    item_id: str
    author: str
    role: str = ""
    """Empty where keeping it would narrow down the author."""
    leaning: Leaning = Leaning.UNKNOWN
    may_quote: bool = False
    text: str


class Shared(BaseModel):
    """A pulse that its author shows to the partner."""

    model_config = ConfigDict(frozen=True)

    ratings: Mapping[str, int] = {}
    comments: Mapping[str, str] = {}
