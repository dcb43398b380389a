"""How a run treats people: what changes when identity is taken out, and how groups and favourites fare."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

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


def flip_sentence(flip: FlipTest, numbers: Mapping[str, int]) -> str:
    """What the flip test found; `numbers` gives the place of a proposal id in the list the reader has before them."""
    what = "names, gender and age words"
    if not flip.pairs:
        return "There is no pair to test."
    if not flip.entries_changed:
        return f"No entry holds {what}, so none can have decided a pair."
    both = dict.fromkeys((*flip.changed_without, *flip.changed_swapped))
    if not both:
        pairs = "the pair stays" if flip.pairs == 1 else f"all {flip.pairs} pairs stay"
        return f"{what.capitalize()} removed, and swapped: {pairs} the same."
    parts = [
        f"{how}: {len(changed)} of {flip.pairs} pairs {'changes' if len(changed) == 1 else 'change'}"
        for how, changed in (("removed", flip.changed_without), ("swapped", flip.changed_swapped))
        if changed
    ]
    places = sorted(numbers[id_] for id_ in both if id_ in numbers)
    see = f" (see {listed(places)})" if places else ""
    return (
        f"{what.capitalize()} {', '.join(parts)}{see}. Where such a word is the subject of a need, that is to be "
        "expected; otherwise look for a pair that does not hang on it."
    )


def pair_sentence(flip: FlipTest, proposal_id: str) -> str:
    """What the flip test found for one pair."""
    removed, swapped = proposal_id in flip.changed_without, proposal_id in flip.changed_swapped
    if not removed and not swapped:
        return "Names, gender and age words removed: same pair."
    how = "removed or swapped" if removed and swapped else "removed" if removed else "swapped"
    return f"Names, gender and age words {how}: another pair."


def hub_sentence(hub: Hub, name: str) -> str:
    """Whom more people would like best than can have them."""
    places = "no place" if not hub.places else "1 place" if hub.places == 1 else f"{hub.places} places"
    return f"{name} is the first choice of {hub.first_choice_of} and has {places}."


def group_sentence(row: GroupRow) -> str:
    """How a group fares, with what may be made of it."""
    seen = "nobody's first three" if not row.exposure else f"somebody's first three {row.exposure:.1f} times as often"
    parts = [f"{row.proposed:.0%} have a proposal", f"in {seen} as everybody" if row.exposure else f"in {seen}"]
    if row.proposed:
        better = "none" if not row.regret else f"{row.regret:g}"
        parts.append(f"better places given up, in the middle: {better}")
    words = {"proposed": "proposals", "exposure": "being seen", "regret": "what they give up"}
    differs = [words[name] for name in row.beyond_chance]
    verdict = f"More than chance would explain: {listed(differs)}" if differs else "No difference larger than chance"
    return f"{row.side.capitalize()}, {row.attribute} {row.value} ({row.people}): {', '.join(parts)}. {verdict}."


def treatment_lines(treatment: Treatment, numbers: Mapping[str, int], name: Callable[[str], str]) -> tuple[str, ...]:
    """All of it in sentences, for the review screen and the export; names and groups as people typed them."""
    flip = flip_sentence(treatment.flip, numbers) if treatment.flip else treatment.flip_note
    hidden = treatment.groups_hidden
    is_hidden = "1 group is" if hidden == 1 else f"{hidden} groups are"
    note = f"{is_hidden} not shown, because fewer than {GROUP_MINIMUM} people could be recognised." if hidden else ""
    lines = (
        flip,
        *(hub_sentence(hub, name(hub.person_id)) for hub in treatment.hubs),
        *(group_sentence(row) for row in treatment.groups),
        note,
    )
    return tuple(line for line in lines if line)


def listed(things: Sequence[object]) -> str:
    """``4``, ``4 and 11``, ``4, 7 and 11``."""
    *first, last = (str(thing) for thing in things)
    return f"{', '.join(first)} and {last}" if first else last
