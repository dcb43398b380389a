"""The arc of a programme as data: its stages, what each is for, what may be asked of the record, and what follows."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from companion.domain.cards import Block, Slot, Stage, Template, slots_of

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=40)]
CardId = Annotated[str, StringConstraints(pattern=r"^RM-\d{3}$"), Field(examples=["RM-017"])]
Source = Annotated[
    str, StringConstraints(pattern=r"^RM-\d{3}#[a-z0-9-]+$"), Field(examples=["RM-017#what-the-mentor-does"])
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fact(StrEnum):
    """What the record can tell about a pairing, each as a number; nothing here is anybody's opinion."""

    SESSIONS_HELD = "sessions_held"
    RULES_AGREED = "rules_agreed"
    """Ground rules that stood on the agenda of a session that was held."""
    GOALS_TOUCHED = "goals_touched"
    """Goals of the executive that a session that was held had on its agenda."""
    TRIED_OUT = "tried_out"
    """Parts to practise."""
    MENTOR_ASKED = "mentor_asked"
    """Parts in which the mentor asked and the executive taught."""
    EXECUTIVE_ASKED = "executive_asked"
    """Sessions to which the executive brought a question of their own."""
    PROMISES_MADE = "promises_made"
    PROMISES_SETTLED = "promises_settled"
    """Promises that were kept or dropped."""
    WEEKS_SINCE_CONTACT = "weeks_since_contact"
    MIDPOINT_ANSWERED = "midpoint_answered"
    """1 when the mentor has answered the midpoint survey. Whether the executive has is not the mentor's to know."""


class Criterion(_Part):
    """A number the record must show: at least one where nothing else is said."""

    fact: Fact
    at_least: int | None = Field(default=None, ge=1, le=100)
    at_most: int | None = Field(default=None, ge=0, le=100)

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if self.at_least is not None and self.at_most is not None:
            raise ValueError("at_most and at_least cannot stand together: write two criteria")
        return self

    def is_met(self, value: int | None) -> bool:
        """Whether a number will do; one that is not known holds nobody back."""
        if value is None:
            return True
        return value <= self.at_most if self.at_most is not None else value >= (self.at_least or 1)


class IfNotMet(StrEnum):
    """What happens when a stage was held and its aim was not reached."""

    STAY_ONCE = "stay_once"
    MOVE_ON = "move_on"


class BlockTime(_Part):
    """How long a part of a session may take in a stage, in minutes, and how much of the spare time it attracts."""

    min: int = Field(default=1, ge=1, le=180)
    max: int = Field(default=180, ge=1, le=180)
    weight: float = Field(default=1.0, gt=0, le=5)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min > self.max:
            raise ValueError("min is larger than max")
        return self


class Blocks(_Part):
    """What a stage says about the parts of a session; nothing where it has nothing to say."""

    check_in: BlockTime | None = None
    carry_over: BlockTime | None = None
    own_question: BlockTime | None = None
    explore: BlockTime | None = None
    practice: BlockTime | None = None
    reverse_ask: BlockTime | None = None
    commit: BlockTime | None = None

    def of(self, block: Block) -> BlockTime | None:
        """What it says about one."""
        time: BlockTime | None = getattr(self, block.value)
        return time


class ArcStage(_Part):
    """One stage of the arc."""

    id: Stage
    name: Name
    """As screens and documents call it."""
    purpose: Line
    """One sentence."""
    blocks: Blocks = Blocks()
    cards: tuple[CardId, ...] = ()
    """Preferred where several would do, best first."""
    entry: tuple[Criterion, ...] = ()
    """Looked at over everything so far, before a session moves on to this stage."""
    exit: tuple[Criterion, ...] = ()
    """Looked at over the sessions of this stage; promises settled, weeks and surveys belong to no session."""
    if_not_met: IfNotMet = IfNotMet.STAY_ONCE


class Merge(_Part):
    """A stage that goes first when sessions are few, and the one that takes it in."""

    stage: Stage
    into: Stage


class Opening(_Part):
    """A part that comes first after something went wrong: a check-in of its own kind."""

    title: Name
    question: Template
    why: Template
    mentor_does: tuple[Line, ...] = Field(min_length=1, max_length=5)
    min: int = Field(default=2, ge=1, le=30)
    max: int = Field(default=8, ge=1, le=30)
    source: Source
    """The piece of a card that it is made from, such as ``RM-040#the-rule``."""

    @field_validator("question", "why")
    @classmethod
    def _known_slots(cls, value: str) -> str:
        if not slots_of(value) <= {Slot.EXECUTIVE, Slot.MENTOR}:
            raise ValueError("only {executive} and {mentor} are known here")
        return value

    @property
    def card_id(self) -> str:
        """The card that it is made from."""
        return self.source.partition("#")[0]

    def part(self) -> Opening:
        """The part itself, without the rule that calls for it."""
        return Opening.model_validate(self.model_dump(include=set(Opening.model_fields)))

    @model_validator(mode="after")
    def _asks(self) -> Self:
        if not self.question.endswith("?"):
            raise ValueError("question must end with '?'")
        if self.min > self.max:
            raise ValueError("min is larger than max")
        return self


class Recontract(Opening):
    """Agreeing afresh after several sessions in a row were cancelled; the limit holds for dashboard and report too."""

    after_cancelled: int = Field(default=2, ge=1, le=10)


class Restart(Opening):
    """Meeting again after a long time."""

    after_weeks: int = Field(default=8, ge=1, le=52)


class Arc(_Part):
    """The stages in order, and the rules for more sessions, for fewer, and for those that did not take place."""

    longer: tuple[Stage, ...] = Field(min_length=1)
    """Which stage gets one more session, in turn, where there are more sessions than stages."""
    shorter: tuple[Merge, ...]
    """Which stage shares a session with another, in turn, where there are fewer."""
    stages: tuple[ArcStage, ...] = Field(min_length=3)
    recontract: Recontract
    restart: Restart

    @model_validator(mode="after")
    def _complete(self) -> Self:
        ids = [stage.id for stage in self.stages]
        if twice := next((i.value for i in ids if ids.count(i) > 1), None):
            raise ValueError(f"stages has {twice} twice; [longer] is where a stage gets more sessions")
        if ids[0] is not Stage.CONTRACT or ids[-1] is not Stage.CLOSE:
            raise ValueError("stages must begin with contract and end with close")
        if Stage.CONTRACT in self.longer or Stage.CLOSE in self.longer or not set(self.longer) <= set(ids):
            raise ValueError("longer may only name stages of the arc between contract and close")
        merged = [merge.stage for merge in self.shorter]
        if sorted(merged) != sorted(ids[:-1]):
            raise ValueError("shorter must name every stage but close, each once")
        if odd := next((m for m in self.shorter if m.into not in ids or m.into is m.stage), None):
            raise ValueError(f"shorter cannot put {odd.stage.value} into {odd.into.value}")
        return self

    @property
    def order(self) -> tuple[Stage, ...]:
        """The stages' ids."""
        return tuple(stage.id for stage in self.stages)

    def stage(self, wanted: Stage) -> ArcStage:
        """A stage by its id; a plain one when the arc has none of that id, as after a change of the file."""
        plain = ArcStage(id=wanted, name=wanted.value.replace("_", " ").capitalize(), purpose="No longer in the arc.")
        return next((stage for stage in self.stages if stage.id is wanted), plain)

    def name(self, wanted: Stage) -> str:
        """What screens call a stage."""
        return self.stage(wanted).name


class ArcPlace(BaseModel):
    """Where one session stands in the arc, and why; kept with the agenda that was made from it."""

    model_config = ConfigDict(frozen=True)

    stage: Stage
    also: tuple[Stage, ...] = ()
    """Stages that share this session."""
    planned: Stage
    """What the arc has for it; another stage is the mentor's choice."""
    name: str
    purpose: str
    reason: str
    """One to three sentences."""
    opening: Opening | None = None
    agree: bool = False
    """Whether ground rules are still to be agreed, although the stage is not the one for it."""
    so_far: tuple[str, ...] = ()
    """What was done and promised, a line each."""
    untouched: tuple[str, ...] = ()
    """Ids of the executive's goals that no session that was held had on its agenda."""

    @property
    def is_chosen(self) -> bool:
        """Whether the mentor chose another stage than the arc has."""
        return self.stage is not self.planned
