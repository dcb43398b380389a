"""The two documents of a session, as models without a format: the mentor's run-sheet and the executive's brief."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from companion.domain.agendas import BRIEF_MAX_WORDS, Agenda
from companion.domain.arc import ArcPlace
from companion.domain.cards import Block, Card
from companion.domain.pairings import Goal
from companion.domain.people import Person
from companion.domain.programme import Programme
from companion.domain.provenance import Origin, Worded
from companion.domain.sessions import Commitment, Session
from companion.domain.wording import Plain, word_count
from companion.domain.words import one_line

FOR_EXECUTIVE = "For the executive"
"""Heading of a listening card's section that is printed on the brief: one or two sentences addressed as "you"."""

IF_STUCK = "If you get stuck"
"""Heading of a card's section that is printed on the run-sheet."""

BLOCK_LABELS: dict[Block, str] = {
    Block.CHECK_IN: "Reconnect",
    Block.CARRY_OVER: "What we promised",
    Block.OWN_QUESTION: "The executive asks",
    Block.EXPLORE: "Explore",
    Block.PRACTICE: "Practise",
    Block.REVERSE_ASK: "The executive teaches",
    Block.COMMIT: "Next step",
}

ORIGIN_LABELS: dict[Origin, str] = {
    Origin.CARD: "from the card",
    Origin.MODEL: "worded by the model",
    Origin.EDITED: "edited by hand",
    Origin.EXECUTIVE: "asked by the executive",
    Origin.RULES: "put together by rules",
}


def part_label(block: Block, executive: str) -> str:
    """What kind of part it is, with the executive's name where they ask or teach."""
    named = {Block.OWN_QUESTION: f"{executive} asks", Block.REVERSE_ASK: f"{executive} teaches"}
    return named.get(block, BLOCK_LABELS[block])


class Occasion(BaseModel):
    """Everything the documents of one session are made from."""

    model_config = ConfigDict(frozen=True)

    mentor: Person
    mentee: Person
    session: Session
    agenda: Agenda
    goals: tuple[Goal, ...] = ()
    open_commitments: tuple[Commitment, ...] = ()
    """Of both sides."""
    programme: Programme = Programme()
    place: ArcPlace | None = None
    """Where the session stands in the arc, and why."""
    cards: Mapping[str, Card] = {}
    """By id: at least those the agenda uses or its mentor chose."""
    listening_card: Card | None = None
    """A card with a section "For the executive"; `listening_card` in `briefs` chooses one."""
    now: AwareDatetime
    checked_by_mentor: bool = False
    """The mentor has approved this agenda; only then does the brief say so."""


class Party(BaseModel):
    """A sender or a recipient."""

    model_config = ConfigDict(frozen=True)

    name: Plain
    email: str = ""
    """A usable address, or empty."""

    @classmethod
    def of(cls, person: Person) -> Party:
        """The person as sender or recipient; an address that no mail program would accept becomes empty."""
        return cls(name=one_line(person.name) or person.id, email=usable_address(person.email))


class BriefPartKind(StrEnum):
    """The parts of a brief, in reading order."""

    QUESTION = "question"
    OUTCOME = "outcome"
    AGENDA = "agenda"
    THINK = "think"
    LISTEN = "listen"
    OPEN = "open"


class BriefStep(BaseModel):
    """One part of the session as the executive sees it."""

    model_config = ConfigDict(frozen=True)

    minutes: int = Field(ge=1)
    label: Plain

    @property
    def length(self) -> str:
        """``22 min``"""
        return f"{self.minutes} min"


class BriefPart(BaseModel):
    """One part of the brief: a label, then lines or steps, then where it comes from."""

    model_config = ConfigDict(frozen=True)

    kind: BriefPartKind
    label: Plain
    lines: tuple[Plain, ...] = ()
    steps: tuple[BriefStep, ...] = ()
    source: Plain = ""

    def texts(self) -> tuple[str, ...]:
        """Every string the executive reads in this part."""
        steps = tuple(text for step in self.steps for text in (step.length, step.label))
        return tuple(text for text in (self.label, *self.lines, *steps, self.source) if text)


class Reply(BaseModel):
    """One answer the executive can give with a digit."""

    model_config = ConfigDict(frozen=True)

    digit: int
    label: Plain

    @property
    def text(self) -> str:
        """``1 keep``"""
        return f"{self.digit} {self.label}"


class ExecutiveBrief(BaseModel):
    """What the executive reads: never more than 180 words, the subject line included."""

    model_config = ConfigDict(frozen=True)

    subject: Plain
    eyebrow: Plain
    """Programme and session number."""
    heading: Plain
    when: Plain
    """In the executive's own time zone."""
    parts: tuple[BriefPart, ...]
    reply_label: Plain
    replies: tuple[Reply, ...]
    goes_to: Plain
    written: Plain
    """How it was written."""

    def texts(self) -> tuple[str, ...]:
        """Every string the executive reads; renderers print these, each once, and no other words."""
        parts = tuple(text for part in self.parts for text in part.texts())
        replies = tuple(reply.text for reply in self.replies)
        head = (self.subject, self.eyebrow, self.heading, self.when)
        return (*head, *parts, self.reply_label, *replies, self.goes_to, self.written)

    @property
    def words(self) -> int:
        """Words over everything the executive reads."""
        return sum(word_count(text) for text in self.texts())

    def part(self, kind: BriefPartKind) -> BriefPart | None:
        """The part of that kind, or None when this brief has none."""
        return next((part for part in self.parts if part.kind is kind), None)

    @model_validator(mode="after")
    def _short(self) -> Self:
        if self.words > BRIEF_MAX_WORDS:
            raise ValueError(f"an executive's brief has at most {BRIEF_MAX_WORDS} words, this one has {self.words}")
        return self


class MarkedText(BaseModel):
    """A text and who wrote it."""

    model_config = ConfigDict(frozen=True)

    text: Plain
    origin: Origin

    @classmethod
    def of(cls, worded: Worded) -> MarkedText:
        """The same words and origin."""
        return cls(text=worded.text, origin=worded.origin)

    @property
    def mark(self) -> str:
        """``worded by the model``"""
        return ORIGIN_LABELS[self.origin]


class SheetItem(BaseModel):
    """One time box as the mentor needs it in the room."""

    model_config = ConfigDict(frozen=True)

    clock: Plain = ""
    """``14:03–14:08`` in the mentor's time zone; empty while there is no date."""
    span: Plain
    """``3–8 min``, counted from the start."""
    minutes: int
    label: Plain
    title: Plain
    question: MarkedText
    why: MarkedText
    steps: tuple[Plain, ...] = ()
    about: tuple[Plain, ...] = ()
    """The goal or the promises this part is about, verbatim."""
    if_stuck: Plain = ""
    sources: tuple[Plain, ...] = ()


class RunSheet(BaseModel):
    """What the mentor holds in the room."""

    model_config = ConfigDict(frozen=True)

    eyebrow: Plain
    heading: Plain
    when: Plain
    """In the mentor's own time zone."""
    when_for_executive: Plain = ""
    """Only when the executive's clock shows something else."""
    stage: Plain = ""
    """Empty when the place in the arc is not known."""
    why_now: Plain = ""
    """Why the session is in this stage."""
    so_far: tuple[Plain, ...] = ()
    """What earlier sessions were about, what was promised, and which goals are still to come; a line each."""
    executive_question: Plain = ""
    success: MarkedText
    teaching: Plain
    items: tuple[SheetItem, ...]
    mentor_promises: tuple[Plain, ...] = ()
    executive_promises: tuple[Plain, ...] = ()
    parked: tuple[Plain, ...] = ()
    """Chosen, but without a place in this session."""
    off_limits: tuple[Plain, ...] = ()
    """What neither side wants to come up; stands in no other document."""
    notes: tuple[Plain, ...] = ()
    support: Plain = ""


class Invitation(BaseModel):
    """The calendar entry of a session that has a date (RFC 5545)."""

    model_config = ConfigDict(frozen=True)

    uid: str
    sequence: int = Field(ge=0)
    stamp: AwareDatetime
    starts_at: AwareDatetime
    """In the executive's time zone."""
    minutes: int
    summary: Plain
    organiser: Party
    attendee: Party
    cancelled: bool = False

    def cancellation(self, now: datetime) -> Invitation:
        """The entry that takes this one out of the calendar again: same UID, next SEQUENCE."""
        return self.model_copy(update={"cancelled": True, "sequence": self.sequence + 1, "stamp": now})

    def moved(self, starts_at: datetime, now: datetime, minutes: int | None = None) -> Invitation:
        """The entry at another time, in the same time zone: same UID, next SEQUENCE."""
        return self.model_copy(
            update={
                "starts_at": starts_at.astimezone(self.starts_at.tzinfo),
                "minutes": self.minutes if minutes is None else minutes,
                "sequence": self.sequence + 1,
                "stamp": now,
                "cancelled": False,
            }
        )


class Documents(BaseModel):
    """Everything that is written for one session."""

    model_config = ConfigDict(frozen=True)

    session_id: str
    revision: int
    mentor: Party
    executive: Party
    written_at: AwareDatetime
    run_sheet: RunSheet
    brief: ExecutiveBrief
    invitation: Invitation | None = None
    """None while there is no date."""
    notes: tuple[str, ...] = ()
    """What the mentor should know before sending, one sentence each; part of no document."""


_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([^\s@]+)")
_HOST_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def usable_address(text: str) -> str:
    """The e-mail address with its domain in ASCII (IDNA), or empty when mail could not be sent to it."""
    match = _ADDRESS.fullmatch(text.strip())
    if match is None:
        return ""
    try:
        domain = match.group(1).encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    local = text.strip().rpartition("@")[0]
    if len(local) > 64 or len(domain) > 253 or not all(map(_HOST_LABEL.fullmatch, domain.split("."))):
        return ""
    return f"{local}@{domain}"


def call_name(person: Person, otherwise: str) -> str:
    """What a document calls a person: the given name, or `otherwise` when that is no short word."""
    name = one_line(person.given_name).strip(",;:\"'")
    return name if name and len(name) <= 30 and word_count(name) <= 4 else otherwise
