"""One kind of executive to rehearse with, as data: who they are, what moves them, and everything they may say.

`patience` and `openness` are small whole numbers that `feelings` change; they choose among the lines.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from companion.domain.practice_moves import MentorMove
from companion.domain.words import shortened

MOST = 9
"""Patience and openness run from 0 to this."""
LINE_CHARS = 280
FEWEST_LINES = 30
ANYTHING = "any"

Level = Annotated[int, Field(ge=0, le=MOST)]
SLOT = re.compile(r"\{(\w+)\}")


class Slot(StrEnum):
    """What a line may hold of the mentor's own words."""

    PHRASE = "phrase"
    EARLIER = "earlier"
    """A phrase from a turn before the last."""
    WHEN = "when"
    REQUEST = "request"
    TOPIC = "topic"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SpokenLine(_Strict):
    """Something the executive can say once, or do in silence."""

    says: str = Field(min_length=2, max_length=LINE_CHARS)
    patience: tuple[Level, Level] = (0, MOST)
    openness: tuple[Level, Level] = (0, MOST)

    @field_validator("says")
    @classmethod
    def _known_slots(cls, says: str) -> str:
        known = {slot.value for slot in Slot}
        if unknown := [name for name in SLOT.findall(says) if name not in known]:
            raise ValueError(f"unknown slot {{{unknown[0]}}}; known are {', '.join(sorted(known))}")
        if SLOT.sub("", says).count("{") or SLOT.sub("", says).count("}"):
            raise ValueError("a brace is only for slots")
        return says

    @property
    def slots(self) -> frozenset[str]:
        """The slots it needs."""
        return frozenset(SLOT.findall(self.says))

    def fits(self, patience: int, openness: int) -> bool:
        """Whether it belongs to this state of the talk."""
        return self.patience[0] <= patience <= self.patience[1] and self.openness[0] <= openness <= self.openness[1]

    @property
    def always_fits(self) -> bool:
        """Whether it belongs to every state and needs nothing of the mentor's words."""
        return self.patience == self.openness == (0, MOST) and not self.slots


class Opening(SpokenLine):
    """A first line."""

    asks_for: MentorMove | None = None


class Line(SpokenLine):
    """A move of the executive."""

    on: tuple[str, ...] = Field(min_length=1)
    """The mentor's moves it answers, one of them: ``asks``, ``example+asks`` for both at once, or ``any``."""
    pause: bool = False
    """The executive says nothing."""
    asks_for: MentorMove | None = None
    """What the executive wants to hear next."""
    still: MentorMove | None = None
    """Only when the executive had asked for this and did not get it."""

    @field_validator("on")
    @classmethod
    def _known_moves(cls, on: tuple[str, ...]) -> tuple[str, ...]:
        for name in (part for one in on for part in one.split("+")):
            if name != ANYTHING and name not in set(MentorMove):
                raise ValueError(f"unknown move '{name}'; known are any, {', '.join(MentorMove)}")
        return on


EndingKind = Literal["granted", "left", "time", "closed"]


class Ending(SpokenLine):
    """A last line."""

    when: EndingKind


class Archetype(_Strict):
    """One kind of executive to rehearse with; says nothing about anybody's age, sex or origin."""

    id: str = Field(pattern=r"^[a-z][a-z_]{1,30}$")
    title: str = Field(min_length=3, max_length=40)
    called: str = Field(min_length=2, max_length=30)
    """The executive's invented name."""
    who: str = Field(min_length=20, max_length=300)
    wants: str = Field(min_length=10, max_length=200)
    card_id: str = Field(pattern=r"^RM-\d{3}$")
    """The practice card that helps most with this kind."""
    patience: Level
    openness: Level
    opens_at: Level
    """From this openness on a request is granted."""
    feelings: dict[MentorMove, tuple[int, int]]
    """What a move does to patience and openness."""
    openings: tuple[Opening, ...] = Field(min_length=2)
    lines: tuple[Line, ...] = Field(min_length=FEWEST_LINES)
    endings: tuple[Ending, ...]

    @model_validator(mode="after")
    def _can_always_answer(self) -> Archetype:
        if not any(ANYTHING in line.on and line.still is None and line.always_fits for line in self.lines):
            raise ValueError("lines: one on 'any' without slots must fit every state")
        for kind in ("granted", "left", "time", "closed"):
            if not any(one.when == kind and one.always_fits for one in self.endings):
                raise ValueError(f"endings: one for '{kind}' without slots must fit every state")
        said = [one.says for one in (*self.openings, *self.lines, *self.endings)]
        if doubled := next((text for text in said if said.count(text) > 1), None):
            raise ValueError(f"'{shortened(doubled, 60)}' stands there twice")
        return self
