"""Practice cards: what is known about doing reverse mentoring well, with sources and grades."""

from __future__ import annotations

import re
import string
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator


class Stage(StrEnum):
    """The stages of the default six-session arc."""

    CONTRACT = "contract"
    CURIOSITY = "curiosity"
    PRACTICE = "practice"
    BLIND_SPOT = "blind_spot"
    DECISION = "decision"
    CLOSE = "close"


class Topic(StrEnum):
    """The shelves of the knowledge base."""

    FOUNDATIONS = "foundations"
    CONTRACT = "contract"
    SPEAKING_UP = "speaking_up"
    LISTENING = "listening"
    RISK = "risk"
    TOPICS = "topics"
    MEASURING = "measuring"


class Block(StrEnum):
    """The parts of a session, in the order in which they may come."""

    CHECK_IN = "check_in"
    CARRY_OVER = "carry_over"
    OWN_QUESTION = "own_question"
    """The executive's own question: theirs, so no card fills it."""
    EXPLORE = "explore"
    PRACTICE = "practice"
    REVERSE_ASK = "reverse_ask"
    COMMIT = "commit"


class Grade(StrEnum):
    """Strength of the evidence behind a card."""

    A = "A"
    """Peer-reviewed, with data."""
    B = "B"
    """Peer-reviewed but conceptual or qualitative, or a formal scheme document."""
    C = "C"
    """A practitioner's article or case."""
    D = "D"
    """Unsourced, marketing, or our own proposal."""


GRADE_WORDS: dict[Grade, str] = {
    Grade.A: "peer-reviewed, with data",
    Grade.B: "peer-reviewed, conceptual or qualitative",
    Grade.C: "a practitioner's article or case",
    Grade.D: "our own proposal, not tested",
}
"""How strong the evidence behind a card is, as people read it."""


class Slot(StrEnum):
    """The typed slots that a template may use, written ``{goal}``."""

    GOAL = "goal"
    """The goal's own text, as the executive stated it, lower-cased at its start."""
    COMMITMENT = "commitment"
    """An open commitment, verbatim."""
    MENTOR = "mentor"
    """The mentor's given name."""
    EXECUTIVE = "executive"
    """The executive's given name."""
    OFFER = "offer"
    """The mentor's stated offer that fits the goal."""
    GAIN = "gain"
    """What the mentor wants to gain, as stated."""


MAX_ASKED_CHARS = 90
MAX_QUESTION_CHARS = 160
MAX_WHY_CHARS = 160

Asked = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=MAX_ASKED_CHARS)]
Template = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUESTION_CHARS)]


def slots_of(template: str) -> frozenset[Slot]:
    """The slots a template uses. Raises ValueError for an unknown slot or a stray brace."""
    used: set[Slot] = set()
    for _, name, spec, conversion in string.Formatter().parse(template):
        if name is None:
            continue
        if spec or conversion or name not in Slot._value2member_map_:
            raise ValueError(f"unknown slot {{{name}}}; known slots: {', '.join(s.value for s in Slot)}")
        used.add(Slot(name))
    return frozenset(used)


class Source(BaseModel):
    """One thing a card rests on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=3)
    year: int = Field(ge=1950, le=2100)
    where: str = ""
    """Journal, publisher, DOI or address."""
    n: int | None = Field(default=None, ge=1)
    """Number of people or studies behind it, where there is one."""

    @property
    def line(self) -> str:
        """``Murphy: Reverse mentoring at work (2012, n=12), Human Resource Management 51``"""
        n = f", n={self.n}" if self.n else ""
        return f"{self.title} ({self.year}{n})" + (f", {self.where}" if self.where else "")


class Minutes(BaseModel):
    """How long the card's activity takes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min: int = Field(ge=1, le=180)
    usual: int = Field(ge=1, le=180)
    max: int = Field(ge=1, le=180)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min <= self.usual <= self.max:
            raise ValueError("minutes must satisfy min <= usual <= max")
        return self


class Card(BaseModel):
    """One practice card. The front matter holds the fields; the Markdown body becomes `sections`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, StringConstraints(pattern=r"^RM-\d{3}$")]
    title: str = Field(min_length=3, max_length=80)
    topic: Topic
    stages: tuple[Stage, ...] = Field(min_length=1)
    """The stages in which the card fits; list all six for "always"."""
    blocks: tuple[Block, ...] = ()
    """The parts of a session it can fill; empty for cards that are read, not run."""
    when_to_use: str = Field(min_length=10, max_length=300)
    asked_as: tuple[Asked, ...] = Field(default=(), max_length=30)
    """The need that the card answers as somebody would write it down, in several everyday wordings: it is found by
    them."""
    opt_in: bool = False
    """Never suggested: only used when the mentor has chosen it as a theme (lived experience)."""
    minutes: Minutes | None = None
    """Required when `blocks` is not empty."""
    questions: tuple[Template, ...] = ()
    """Question templates, best first; the first is the fallback when no model words it. Each ends with '?'."""
    as_written: bool = False
    """No model words its questions: with the goal woven in they say something else."""
    why: Template | None = None
    """One sentence for the executive: what this part is good for. May use slots."""
    grade: Grade
    sources: tuple[Source, ...] = Field(min_length=1)
    do_not_say: str = Field(min_length=5, max_length=300)
    contradicted_by: tuple[str, ...] = ()
    """Ids of cards, or a sentence naming the source that disagrees."""
    sections: tuple[tuple[str, str], ...] = ()
    """(heading, Markdown text) in order; "What the mentor does" is required for cards with blocks."""

    @field_validator("blocks")
    @classmethod
    def _no_own_question(cls, value: tuple[Block, ...]) -> tuple[Block, ...]:
        if Block.OWN_QUESTION in value:
            raise ValueError("own_question is the executive's own question; no card fills it")
        return value

    @field_validator("questions")
    @classmethod
    def _questions_ask(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            slots_of(text)
            if not text.endswith("?"):
                raise ValueError(f"a question template must end with '?': {text!r}")
        return value

    @field_validator("why")
    @classmethod
    def _why_slots(cls, value: str | None) -> str | None:
        if value is not None:
            slots_of(value)
        return value

    @model_validator(mode="after")
    def _runnable(self) -> Self:
        if self.blocks:
            missing = [
                n for n, v in (("minutes", self.minutes), ("questions", self.questions), ("why", self.why)) if not v
            ]
            if self.section(MENTOR_DOES) is None:
                missing.append(f"section '## {MENTOR_DOES}'")
            if missing:
                raise ValueError(f"a card with blocks also needs: {', '.join(missing)}")
        return self

    def section(self, heading: str) -> str | None:
        """The text under a heading, or None when the card has no such heading."""
        return next((text for name, text in self.sections if name == heading), None)

    def passages(self) -> tuple[Passage, ...]:
        """The card cut into retrievable pieces, one per section, with stable ids."""
        return tuple(
            Passage(id=f"{self.id}#{slug(heading)}", card_id=self.id, heading=heading, text=text)
            for heading, text in self.sections
        )


MENTOR_DOES = "What the mentor does"

_STEP = re.compile(r"^(?:[-*+]|\d+[.)])\s+(.+)$")


def mentor_steps(card: Card) -> tuple[str, ...]:
    """The list items under "What the mentor does" as plain one-line texts; empty when the card has no such list."""
    steps: list[str] = []
    for line in (card.section(MENTOR_DOES) or "").split("\n"):
        if item := _STEP.match(line):
            steps.append(item[1])
        elif steps and line.startswith(" ") and line.strip():
            steps[-1] += f" {line.strip()}"
    return tuple(" ".join(re.sub(r"[*`]|__", "", step).split()) for step in steps)


class Passage(BaseModel):
    """A retrieved piece of a card."""

    model_config = ConfigDict(frozen=True)

    id: str
    """``RM-017#what-the-mentor-does``"""
    card_id: str
    heading: str
    text: str


def slug(heading: str) -> str:
    """A heading as it stands in a passage id: lower case, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
