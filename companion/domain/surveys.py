"""Surveys: questions, their scales and sources, who answers, and who will see the answers; in several languages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

from companion.domain.anonymity import Thresholds
from companion.domain.people import Role

FALLBACK_LANGUAGE = "en"
MAX_GOALS = 3
"""A question about one's own goals is asked for the most important ones."""
PULSE_SECONDS = 30
MAX_COMMENT_CHARS = 2000

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1200)]


def _role(value: object) -> object:
    return "mentee" if value == "executive" else value


Answerer = Annotated[Role, BeforeValidator(_role)]
"""Files say "executive", like everything that people read."""

Text = Annotated[Mapping[Language, Words], Field(min_length=1)]
"""The same words by language."""


def in_language(text: Mapping[str, str], language: str) -> str:
    """The words in a language, else in English, else in whichever there is."""
    return text.get(language) or text.get(FALLBACK_LANGUAGE) or next(iter(text.values()))


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Occasion(StrEnum):
    """When a survey is asked."""

    BASELINE = "baseline"
    PULSE = "pulse"
    MIDPOINT = "midpoint"
    END = "end"
    FOLLOW_UP = "follow_up"


class SeenBy(StrEnum):
    """Who will see an answer."""

    GROUP = "group"
    """Nobody singly; only together with enough others."""
    PAIR = "pair"
    """The same, and the partner if the author shares it: between two people nothing is anonymous."""


class Source(_Part):
    """A published scale whose topics a question takes up, or whose licensed wording it uses."""

    id: Id
    citation: Words
    note: Words
    """What readers must know, such as ``adapted, not validated``."""
    licence: str = Field(default="", max_length=300)
    """The permission to use the authors' wording; empty where only our own words are used."""
    valid_until: date | None = None
    """The licence ends on this day."""
    max_people: int | None = Field(default=None, ge=1)
    """The licence covers at most so many people in one survey."""


class Scale(_Part):
    """Whole numbers from `low` to `high`, with words for both ends or for every step."""

    id: Id
    low: int = Field(ge=-5, le=1)
    high: int = Field(ge=1, le=10)
    labels: tuple[Text, ...]
    """Two (the ends), or one per step."""
    ordered: bool = True
    """False for a choice, of which no average makes sense."""
    nps: bool = False
    """Summed up as promoters (9, 10) minus detractors (0 to 6)."""

    @model_validator(mode="after")
    def _labels_fit(self) -> Self:
        steps = self.high - self.low + 1
        if not 2 <= steps <= 11:
            raise ValueError("a scale has 2 to 11 steps")
        if len(self.labels) not in (2, steps):
            raise ValueError(f"labels: 2 are needed, or one for each of the {steps} steps")
        if not self.ordered and len(self.labels) != steps:
            raise ValueError("labels: a choice needs one for each step")
        if self.nps and (self.low, self.high) != (0, 10):
            raise ValueError("an nps scale runs from 0 to 10")
        return self

    def label(self, value: int, language: str) -> str:
        """The words for a step; empty where only the ends have some."""
        if len(self.labels) == self.high - self.low + 1:
            return in_language(self.labels[value - self.low], language)
        ends = {self.low: self.labels[0], self.high: self.labels[1]}
        return in_language(ends[value], language) if value in ends else ""

    def written(self, value: int) -> str:
        """The number as people read it: a scale with negative steps shows its signs."""
        return f"{value:+d}".replace("+0", "0").replace("-", "−") if self.low < 0 else str(value)


class Item(_Part):
    """One question."""

    id: Id
    text: Text
    scale: Id | None = None
    """None asks for free text."""
    answered_by: tuple[Answerer, ...] = (Role.MENTOR, Role.MENTEE)
    seen_by: SeenBy = SeenBy.GROUP
    topic: Words
    reversed: bool = False
    """A high answer means little of the topic; analyses turn it round, the form never does."""
    adapted_from: Id | None = None
    """The source whose topic it takes up in our own words."""
    verbatim: bool = False
    """The authors' own wording, which needs a licence."""
    per_goal: bool = False
    """Asked for each of the answerer's own goals; the text holds ``{goal}``."""

    @property
    def is_comment(self) -> bool:
        """Whether the answer is free text."""
        return self.scale is None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.per_goal != all("{goal}" in words for words in self.text.values()):
            raise ValueError("text: {goal} stands in every language exactly when per_goal is set")
        if self.is_comment and (self.reversed or self.per_goal):
            raise ValueError("a question for free text is neither reversed nor per_goal")
        if self.verbatim and not self.adapted_from:
            raise ValueError("adapted_from: verbatim wording must name its source")
        if not self.answered_by:
            raise ValueError("answered_by: somebody must be asked")
        return self


class Notice(_Part):
    """Who will see the answers, as it stands under a question; ``{ratings}`` and ``{comments}`` are the limits."""

    seen_by: SeenBy
    comment: bool = False
    text: Text


class PhraseId(StrEnum):
    """What the form says besides the questions."""

    QUOTE = "quote"
    """The author's consent to be quoted."""
    CONTACT = "contact"
    """The author's wish to be contacted."""
    SHARE = "share"
    """The author's consent to show a pulse to the partner; ``{partner}`` stands in it."""
    LIMITS = "limits"
    """What happens to the answers, and what thresholds cannot do."""


class Phrase(_Part):
    """One text of the form itself."""

    id: PhraseId
    text: Text


class Instrument(_Part):
    """One survey: which questions, in which order."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
    """Also the first word of a reply code."""
    title: Text
    intro: Text
    occasion: Occasion
    seconds: int = Field(ge=5, le=1800)
    """How long it takes, as promised to people."""
    items: tuple[Id, ...] = Field(min_length=1)
    leaning: Id | None = None
    """The question whose rating says whether a person's comments lean one way; used only where many share it."""
    may_share: bool = False
    """Whether the author may show the answers to their partner."""

    @field_validator("items")
    @classmethod
    def _distinct(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if twice := {item for item in value if value.count(item) > 1}:
            raise ValueError(f"{', '.join(sorted(twice))} stands here twice")
        return value

    @model_validator(mode="after")
    def _pulse_is_short(self) -> Self:
        if self.occasion is Occasion.PULSE and self.seconds > PULSE_SECONDS:
            raise ValueError(f"seconds: a pulse takes at most {PULSE_SECONDS}")
        return self


class Questionnaire(_Part):
    """An instrument with everything it needs; a survey that was opened keeps it, so later edits change nothing."""

    instrument: Instrument
    items: tuple[Item, ...]
    scales: Mapping[str, Scale]
    sources: Mapping[str, Source] = {}
    notices: tuple[Notice, ...]
    phrases: Mapping[PhraseId, Phrase]

    @property
    def digest(self) -> str:
        """SHA-256 of the questionnaire, hexadecimal."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which every question can be shown, sorted."""
        texts = [self.instrument.title, self.instrument.intro, *(item.text for item in self.items)]
        return tuple(sorted(set.intersection(*(set(text) for text in texts))))

    def item(self, item_id: str) -> Item | None:
        """One question, or None."""
        return next((item for item in self.items if item.id == item_id), None)

    def scale_of(self, item: Item) -> Scale | None:
        """The scale of a question; None for free text."""
        return None if item.scale is None else self.scales[item.scale]

    def asked(self, role: Role) -> tuple[Item, ...]:
        """The questions for one role, in order."""
        return tuple(item for item in self.items if role in item.answered_by)

    @property
    def roles(self) -> tuple[Role, ...]:
        """Who is asked anything."""
        return tuple(role for role in Role if self.asked(role))

    def notice(self, item: Item, thresholds: Thresholds, language: str) -> str:
        """Who will see the answer to a question, in a sentence or two."""
        fitting = (one for one in self.notices if (one.seen_by, one.comment) == (item.seen_by, item.is_comment))
        words = in_language(next(fitting).text, language)
        return words.replace("{ratings}", str(thresholds.ratings)).replace("{comments}", str(thresholds.comments))

    def phrase(self, phrase_id: PhraseId, language: str) -> str:
        """What the form says."""
        return in_language(self.phrases[phrase_id].text, language)

    def licence_trouble(self, today: date, people: int) -> str:
        """Why a licence forbids to ask these questions now, as a sentence; empty when none does."""
        for item in self.items:
            source = self.sources.get(item.adapted_from or "")
            if not item.verbatim or source is None:
                continue
            if not source.licence:
                return f"'{item.id}' uses the wording of '{source.id}', for which no licence is stated."
            if source.valid_until is not None and today > source.valid_until:
                return f"The licence of '{source.id}' ended on {source.valid_until:%d %B %Y}."
            if source.max_people is not None and people > source.max_people:
                return f"The licence of '{source.id}' covers {source.max_people} people; {people} would be asked."
        return ""
