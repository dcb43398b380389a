"""How a run treats people: what changes when identity is taken out, and how groups and favourites fare."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

GROUP_MINIMUM = 5
"""A group with fewer people is never shown."""


class FlipTest(BaseModel):
    """The run again, with words about identity (names, gender, age, origin) taken out of every entry, and swapped."""

    model_config = ConfigDict(frozen=True)

    pairs: int = Field(ge=0)
    entries_changed: int = Field(ge=0)
    """Entries that held such a word; with none, nothing can change."""
    changed_without: tuple[str, ...] = ()
    """Proposal ids whose pair is another one when the words are taken out."""
    changed_swapped: tuple[str, ...] = ()
    """... and when they are swapped (he and she, son and daughter ...)."""
    moved_along: tuple[str, ...] = ()
    """Those of them in which neither of the two says such a word: they gave way to others who do."""

    @property
    def share(self) -> float:
        """The share of pairs that change in either way, from 0 to 1."""
        return len({*self.changed_without, *self.changed_swapped}) / self.pairs if self.pairs else 0.0


class GroupRow(BaseModel):
    """How one group fares beside everybody else on the same side."""

    model_config = ConfigDict(frozen=True)

    attribute: str
    """``department``, ``location``, ``region``, ``tenure``, or an attribute people declared for reporting."""
    value: str
    side: str
    """``mentors`` or ``executives``."""
    people: int = Field(ge=GROUP_MINIMUM)
    proposed: float = Field(ge=0, le=1)
    """Share with a proposal."""
    exposure: float = Field(ge=0)
    """How often somebody of the group is among the first three of the other side, relative to the group's size; 1 is
    as often as everybody."""
    regret: float = Field(ge=0)
    """Median number of better places in their own list that those with a proposal give up."""
    beyond_chance: tuple[str, ...] = ()
    """Which of ``proposed``, ``exposure`` and ``regret`` differ from everybody's by more than chance would explain."""


class Hub(BaseModel):
    """Somebody whom many would like best."""

    model_config = ConfigDict(frozen=True)

    person_id: str
    first_choice_of: int
    """So many of the other side have this person in the first place."""
    places: int
    """So many pairings the person can take."""


class Treatment(BaseModel):
    """What an admin should know about how a run treats people, before deciding about it."""

    model_config = ConfigDict(frozen=True)

    flip: FlipTest | None = None
    """None when it was not run; see `flip_note`."""
    flip_note: str = ""
    groups: tuple[GroupRow, ...] = ()
    groups_hidden: int = 0
    """Groups with fewer than five people, which are not shown."""
    hubs: tuple[Hub, ...] = ()
