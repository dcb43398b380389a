"""People and what they state about themselves."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

MAX_ENTRY_CHARS = 500
"""A facet entry longer than this is no longer one statement; importers refuse it and say so."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HALF_DAYS = ("am", "pm")
_SLOT = re.compile(rf"^({'|'.join(WEEKDAYS)})-({'|'.join(HALF_DAYS)})$")

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
"""One line of text without surrounding white space, at most 200 characters."""


class Role(StrEnum):
    """The part a person plays: the junior who mentors, or the senior who learns."""

    MENTOR = "mentor"
    MENTEE = "mentee"


class FacetKind(StrEnum):
    """What a statement is about. Screens and letters say "executive" where the code says mentee."""

    NEED = "need"
    """Mentee: what I want to learn."""
    OFFER = "offer"
    """Mentor: what I can teach. Mentee: what I can give back."""
    GAIN = "gain"
    """Mentor: what I want to get out of it."""
    INTEREST = "interest"
    OFF_LIMITS = "off_limits"
    """What must not come up. Never sent to a remote model, never embedded."""


MATCHED_FACETS = (FacetKind.NEED, FacetKind.OFFER, FacetKind.GAIN, FacetKind.INTEREST)
"""The facets that are embedded and compared."""


class Facet(BaseModel):
    """One entry of one facet: one skill, need, gain, interest or off-limits topic."""

    model_config = ConfigDict(frozen=True)

    kind: FacetKind
    position: int = Field(ge=1)
    """1-based place within its kind; evidence names an entry as ``need.2``."""
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_ENTRY_CHARS)]

    @property
    def entry_id(self) -> str:
        """The entry's name within its person, for example ``need.2``."""
        return f"{self.kind.value}.{self.position}"


class Declared(BaseModel):
    """Something sensitive that a person declared about themselves, and what they allow it to be used for."""

    model_config = ConfigDict(frozen=True)

    attribute: Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=60)]
    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    use: Literal["report", "match"] = "report"
    """``report``: in figures about groups of at least five. ``match``: also in the score, if the programme asks."""


class Person(BaseModel):
    """One participant as the programme knows them."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    email: Line = ""
    role: Role
    title: Line = ""
    department: Line = ""
    location: Line = ""
    time_zone: Line = "UTC"
    """An IANA name such as ``Europe/Paris``."""
    languages: tuple[str, ...] = ()
    """Lower-case ISO 639-1 codes; empty means "not stated"."""
    manager_id: Line = ""
    """The id of the manager; may name somebody who does not take part."""
    tenure_years: float | None = Field(default=None, ge=0, le=70)
    capacity: int = Field(default=1, ge=0, le=50)
    """How many pairings this person can take; 0 means "not now"."""
    availability: tuple[str, ...] = ()
    """Weekly half days in the person's own time zone, such as ``tue-am``; empty means "not stated"."""
    facets: tuple[Facet, ...] = ()
    level: int | None = Field(default=None, ge=0, le=99)
    """Place in the hierarchy; a larger number is more senior."""
    region: Line = ""
    """A larger area than the location, such as ``EMEA``."""
    work_style: Line = ""
    """A word of the programme's own, such as ``quiet`` or ``outgoing``."""
    opted_out: bool = False
    """Takes part in no matching until this is taken back."""
    local_only: bool = False
    """Wants nothing about them sent to a language model that runs elsewhere."""
    not_with: tuple[Line, ...] = ()
    """Ids or e-mail addresses of people this person does not want to be paired with; shown to nobody."""
    declared: tuple[Declared, ...] = ()

    @field_validator("availability")
    @classmethod
    def _known_slots(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for slot in value:
            if not _SLOT.match(slot):
                raise ValueError(f"'{slot}' is not a half day such as mon-am or thu-pm")
        return value

    @field_validator("facets")
    @classmethod
    def _in_order(cls, value: tuple[Facet, ...]) -> tuple[Facet, ...]:
        order = list(FacetKind)
        return tuple(sorted(value, key=lambda f: (order.index(f.kind), f.position)))

    @model_validator(mode="after")
    def _distinct_entries(self) -> Self:
        ids = [facet.entry_id for facet in self.facets]
        if len(ids) != len(set(ids)):
            raise ValueError("two facet entries have the same kind and position")
        return self

    def entries(self, kind: FacetKind) -> tuple[Facet, ...]:
        """The entries of one facet, in their stated order."""
        return tuple(facet for facet in self.facets if facet.kind is kind)

    @property
    def given_name(self) -> str:
        """What a partner would call this person: the first word of the name."""
        return self.name.split()[0]


def facets_from_lists(lists: dict[FacetKind, list[str]]) -> tuple[Facet, ...]:
    """Number the texts of each kind from 1, dropping empty ones and exact repeats (case-insensitive)."""
    facets: list[Facet] = []
    for kind, texts in lists.items():
        seen: set[str] = set()
        for text in (" ".join(t.split()) for t in texts):
            if text and text.casefold() not in seen:
                seen.add(text.casefold())
                facets.append(Facet(kind=kind, position=len(seen), text=text))
    return tuple(facets)
