"""How a run treats people, in sentences for the review and the committee."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from companion.domain.fairness import FlipTest, GroupRow, Treatment


def flip_sentence(treatment: Treatment) -> str:
    """``Names, gender and age words removed or swapped: all 20 pairs stay the same.``"""
    flip = treatment.flip
    if flip is None:
        return treatment.flip_note or "Not tested yet whether names, gender and age words make a difference."
    changed = len({*flip.changed_without, *flip.changed_swapped})
    if not changed:
        stays = "the pair stays" if flip.pairs == 1 else f"all {flip.pairs} pairs stay"
        return f"Names, gender and age words removed or swapped: {stays} the same."
    verb = "changes" if changed == 1 else "change"
    share = _percent(flip.share)
    return f"Names, gender and age words removed or swapped: {changed} of {flip.pairs} pairs {verb} ({share})."


def pair_sentence(flip: FlipTest | None, proposal_id: str) -> str:
    """Whether one pair depends on such words; empty when that was not tested."""
    if flip is None:
        return ""
    if proposal_id in (*flip.changed_without, *flip.changed_swapped):
        return "Names, gender and age words removed: this pair would be another one."
    return "Names, gender and age words removed: same pair."


def hub_sentences(treatment: Treatment, name: Callable[[str], str]) -> Iterator[str]:
    """``Lea Brandt is the first choice of 9 people and has 1 place.``"""
    for hub in treatment.hubs:
        places = f"{hub.places} place{'' if hub.places == 1 else 's'}"
        yield f"{name(hub.person_id)} is the first choice of {hub.first_choice_of} people and has {places}."


def group_sentence(row: GroupRow) -> str:
    """One group beside everybody else on its side."""
    return (
        f"{row.attribute} {row.value}, {row.people} {row.side}: {_percent(row.proposed)} have a proposal, "
        f"among the first three of others {row.exposure:.1f} times as often as everybody, "
        f"{row.regret:g} better places given up."
    )


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")
