"""An agenda: time-boxed items, each traceable to its sources and with its origin shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from companion.domain.arc import ArcPlace, ArcStage
from companion.domain.cards import Block, Card, Passage, Stage
from companion.domain.pairings import Goal
from companion.domain.people import FacetKind, Person, Role
from companion.domain.provenance import Origin, Worded
from companion.domain.sessions import Commitment, Session

MIN_SESSION_MINUTES, MAX_SESSION_MINUTES = 15, 180
RESCUE_MINUTES = 15
GIVE_BACK_MINUTES = 5
"""Longest give-back slot, where the executive teaches."""
MENTOR_TEACHING_SHARE = 0.6
BRIEF_MAX_WORDS = 180

TAUGHT_BY: dict[Block, Role | None] = {
    Block.CHECK_IN: None,
    Block.CARRY_OVER: None,
    Block.OWN_QUESTION: Role.MENTOR,
    Block.EXPLORE: Role.MENTOR,
    Block.PRACTICE: Role.MENTOR,
    Block.REVERSE_ASK: Role.MENTEE,
    Block.COMMIT: None,
}
"""Who teaches in a block; None means it is shared and does not count."""

CONTENT_BLOCKS = (Block.OWN_QUESTION, Block.EXPLORE, Block.PRACTICE, Block.REVERSE_ASK)


class AgendaItem(BaseModel):
    """One time box. Minutes and citations come from code; only `question` and `why` may be worded by a model."""

    model_config = ConfigDict(frozen=True)

    id: str
    block: Block
    minutes: int = Field(ge=1)
    title: str
    """The card's title."""
    card_id: str
    """The card it is made from, for the executive's own question one that helps to answer it; empty for none."""
    goal_id: str | None = None
    commitment_ids: tuple[str, ...] = ()
    question: Worded
    why: Worded
    mentor_does: tuple[str, ...] = ()
    """Steps from the card, one line each."""
    citations: tuple[str, ...] = Field(min_length=1)
    """Passage ids (``RM-017#...``), ``goal:ID``, ``commitment:ID``, ``question:SESSION``."""
    locked: bool = False
    """Set by the mentor: regenerating leaves it alone."""


class RemovedText(BaseModel):
    """Model text that failed a gate and was not used."""

    model_config = ConfigDict(frozen=True)

    item_id: str
    field: str
    """``question``; agendas of earlier versions have ``why`` too."""
    text: str
    reason: str


class Agenda(BaseModel):
    """The plan of one session at one revision."""

    model_config = ConfigDict(frozen=True)

    session_id: str
    revision: int = Field(default=1, ge=1)
    minutes: int = Field(ge=MIN_SESSION_MINUTES, le=MAX_SESSION_MINUTES)
    goal_ids: tuple[str, ...] = Field(min_length=1)
    """The goals it was made for. In the shortest sessions the executive's own question may take the place of their
    part, see `covered_goals`."""
    theme_ids: tuple[str, ...] = ()
    """Card ids the mentor chose."""
    success_condition: Worded
    items: tuple[AgendaItem, ...] = Field(min_length=1)
    removed: tuple[RemovedText, ...] = ()
    place: ArcPlace | None = None
    """Where the session stood in the arc when this was made; None for what was made without one."""
    note: str = ""
    """Why no model was used, or why it stopped; empty when it worked."""
    changed: str = "prepared"
    """What this revision did, in a past-tense word or two: prepared, edited, reordered, shortened ..."""
    at: datetime

    @model_validator(mode="after")
    def _unique_items(self) -> Self:
        ids = [item.id for item in self.items]
        if len(ids) != len(set(ids)):
            raise ValueError("two agenda items have the same id")
        return self

    def item(self, item_id: str) -> AgendaItem:
        """The item with that id. Raises KeyError."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def starts(self) -> tuple[int, ...]:
        """The minute at which each item starts, counted from 0."""
        starts, at = [], 0
        for item in self.items:
            starts.append(at)
            at += item.minutes
        return tuple(starts)

    @property
    def covered_goals(self) -> tuple[str, ...]:
        """Those of its goals that a part of it is for."""
        covered = {item.goal_id for item in self.items}
        return tuple(goal for goal in self.goal_ids if goal in covered)

    @property
    def own_question(self) -> AgendaItem | None:
        """The part with the executive's own question; None where there is none, or where it leads another part."""
        return next((item for item in self.items if item.block is Block.OWN_QUESTION), None)

    def with_item(self, changed: AgendaItem) -> Agenda:
        """The same agenda with one item replaced. Raises KeyError when it is not there."""
        self.item(changed.id)
        return self.model_copy(
            update={"items": tuple(changed if item.id == changed.id else item for item in self.items)}
        )

    @property
    def written_by_model(self) -> bool:
        """Whether any field was worded by a model."""
        return any(w.origin is Origin.MODEL for item in self.items for w in (item.question, item.why))


class AgendaBrief(BaseModel):
    """Everything that may be told to a model about one session, and everything the gates check against."""

    model_config = ConfigDict(frozen=True)

    mentor: Person
    mentee: Person
    session: Session
    stage: Stage
    place: ArcPlace | None = None
    """Where the session stands in the arc, and why."""
    arc_stage: ArcStage | None = None
    """What the arc says about the stage: minutes and preferred cards."""
    minutes: int = Field(ge=MIN_SESSION_MINUTES, le=MAX_SESSION_MINUTES)
    goals: tuple[Goal, ...] = Field(min_length=1)
    open_commitments: tuple[Commitment, ...] = ()
    asked_at: datetime | None = None
    """When the executive's own question was noted, where that is known."""
    theme_cards: tuple[Card, ...] = ()
    """The themes the mentor chose, in order of preference."""
    cards: tuple[Card, ...] = ()
    """Candidates for every block, best first."""
    about: frozenset[tuple[str, str]] = frozenset()
    """(goal id, card id) of the cards that retrieval found to be about a goal."""
    near: frozenset[tuple[str, str]] = frozenset()
    """(goal id, card id) of the cards that are perhaps about a goal: offered, never picked unasked."""
    about_question: tuple[str, ...] = ()
    """Ids of the cards that are about the executive's own question, best first."""
    passages: tuple[Passage, ...] = ()
    times_asked: dict[str, int] = {}
    """How many earlier sessions that were held had a promise on their agenda, by commitment id."""
    given_back: tuple[str, ...] = ()
    """Cards of the executive's five minutes in earlier agendas, one for each time."""
    recent_card_ids: frozenset[str] = frozenset()
    """Cards that earlier agendas of this pairing used: come back only where there is nothing else."""

    @property
    def off_limits(self) -> tuple[str, ...]:
        """What neither side wants to come up."""
        return tuple(f.text for p in (self.mentor, self.mentee) for f in p.entries(FacetKind.OFF_LIMITS))


def total_minutes(items: Iterable[AgendaItem]) -> int:
    """The sum of the time boxes."""
    return sum(item.minutes for item in items)
