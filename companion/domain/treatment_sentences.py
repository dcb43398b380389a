"""How a run treats people, in sentences for the review and the committee."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from companion.domain.fairness import FlipTest, GroupRow, Treatment

_DIFFERS = {
    "proposed": "how many have a proposal",
    "exposure": "how often they are seen",
    "regret": "what they give up",
}


def flip_sentence(treatment: Treatment) -> str:
    """``Names, gender and age words removed or swapped: all 20 pairs stay the same.``

    Where some change, what that means: such a word may be the very subject of a need.
    """
    flip = treatment.flip
    if flip is None:
        return treatment.flip_note or "Not tested yet whether names, gender and age words make a difference."
    if not flip.pairs:
        return "There is no pair that names, gender and age words could have decided."
    if not flip.entries_changed:
        return "No entry holds a name or a gender or age word, so none can have decided a pair."
    changed = len({*flip.changed_without, *flip.changed_swapped})
    if not changed:
        stays = "the pair stays" if flip.pairs == 1 else f"all {flip.pairs} pairs stay"
        return f"Names, gender and age words removed or swapped: {stays} the same."
    verb = "changes" if changed == 1 else "change"
    along = len(flip.moved_along)
    only = f", {along} of them only because others moved" if along else ""
    return (
        f"Names, gender and age words removed or swapped: {changed} of {flip.pairs} pairs {verb} "
        f"({_percent(flip.share)}){only}. Where such a word is the subject of a need, that is right; otherwise look "
        "twice."
    )


def pair_sentence(flip: FlipTest | None, proposal_id: str) -> str:
    """Whether one pair depends on such words; empty when that was not tested."""
    if flip is None:
        return ""
    ways = {"removed": flip.changed_without, "swapped": flip.changed_swapped}
    how = " or ".join(way for way, changed in ways.items() if proposal_id in changed)
    if how:
        own = " because others would move; the two say no such word" if proposal_id in flip.moved_along else ""
        return f"Names, gender and age words {how}: this pair would be another one{own}."
    return "Names, gender and age words removed: same pair."


def hub_sentences(treatment: Treatment, name: Callable[[str], str]) -> Iterator[str]:
    """``Lea Brandt is the first choice of 9 people and has 1 place.``"""
    for hub in treatment.hubs:
        places = f"{hub.places or 'no'} place{'' if hub.places == 1 else 's'}"
        yield f"{name(hub.person_id)} is the first choice of {hub.first_choice_of} people and has {places}."


def group_sentence(row: GroupRow) -> str:
    """One group beside everybody else on its side, and whether chance alone would explain the difference."""
    parts = [f"{_percent(row.proposed)} have a proposal"]
    often = "as often" if f"{row.exposure:.1f}" == "1.0" else f"{row.exposure:.1f} times as often"
    parts.append(
        f"they are among the first three choices of others {often} as everybody is"
        if row.exposure
        else "they are among nobody's first three choices"
    )
    if row.proposed:
        below = f"somebody {row.regret:g} place{'' if row.regret == 1 else 's'} below" if row.regret else ""
        parts.append(f"the typical one got {below}{' ' if below else ''}their own first choice")
    differs = " and ".join(_DIFFERS[name] for name in row.beyond_chance)
    verdict = f"More than chance would explain: {differs}" if differs else "No difference larger than chance"
    return f"{row.attribute} {row.value}, {row.people} {row.side}: {', '.join(parts)}. {verdict}."


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")
