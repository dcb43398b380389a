from __future__ import annotations

import pytest
from pydantic import ValidationError

from companion.domain.fairness import FlipTest, GroupRow, Hub, Treatment
from companion.domain.treatment_sentences import flip_sentence, group_sentence, hub_sentences, pair_sentence


def a_row(**changes: object) -> GroupRow:
    values = {"attribute": "department", "value": "Finance", "side": "mentors", "people": 12}
    return GroupRow.model_validate(values | {"proposed": 0.75, "exposure": 1.44, "regret": 2.0} | changes)


@pytest.mark.parametrize(
    ("treatment", "sentence"),
    [
        (
            Treatment(flip=FlipTest(pairs=20, entries_changed=3)),
            "Names, gender and age words removed or swapped: all 20 pairs stay the same.",
        ),
        (
            Treatment(flip=FlipTest(pairs=1, entries_changed=3)),
            "Names, gender and age words removed or swapped: the pair stays the same.",
        ),
        (
            Treatment(flip=FlipTest(pairs=20, entries_changed=0)),
            "No entry holds a name or a gender or age word, so none can have decided a pair.",
        ),
        (
            Treatment(flip=FlipTest(pairs=0, entries_changed=3)),
            "There is no pair that names, gender and age words could have decided.",
        ),
        (Treatment(flip_note="Not tested: too many."), "Not tested: too many."),
        (Treatment(), "Not tested yet whether names, gender and age words make a difference."),
    ],
)
def test_nothing_changed(treatment: Treatment, sentence: str) -> None:
    assert flip_sentence(treatment) == sentence


def test_what_changed_is_counted_once_and_explained() -> None:
    flip = FlipTest(pairs=20, entries_changed=9, changed_without=("run-11", "run-4"), changed_swapped=("run-4",))

    assert flip_sentence(Treatment(flip=flip)) == (
        "Names, gender and age words removed or swapped: 2 of 20 pairs change (10 %). Where such a word is the subject "
        "of a need, that is right; otherwise look twice."
    )
    assert pair_sentence(flip, "run-4").startswith("Names, gender and age words removed or swapped: this pair")
    assert pair_sentence(flip, "run-11").startswith("Names, gender and age words removed: this pair would")
    assert pair_sentence(flip, "run-1") == "Names, gender and age words removed: same pair."
    assert pair_sentence(None, "run-1") == ""


def test_pairs_that_only_moved_along_are_told_apart() -> None:
    flip = FlipTest(pairs=20, entries_changed=9, changed_without=("run-1", "run-2"), moved_along=("run-2",))

    assert "2 of 20 pairs change (10 %), 1 of them only because others moved." in flip_sentence(Treatment(flip=flip))
    assert "the two say no such word" in pair_sentence(flip, "run-2")
    assert "the two say no such word" not in pair_sentence(flip, "run-1")


def test_hubs_in_words() -> None:
    hubs = tuple(Hub(person_id="[/]x", first_choice_of=9, places=places) for places in (1, 0, 2))

    lines = list(hub_sentences(Treatment(hubs=hubs), str))

    assert lines[0] == "[/]x is the first choice of 9 people and has 1 place."
    assert lines[1].endswith("has no places.")
    assert lines[2].endswith("has 2 places.")


def test_a_group_in_words() -> None:
    assert group_sentence(a_row()) == (
        "department Finance, 12 mentors: 75 % have a proposal, they are among the first three choices of others 1.4 "
        "times as often as everybody is, the typical one got somebody 2 places below their own first choice. "
        "No difference larger than chance."
    )
    assert group_sentence(a_row(exposure=0, proposed=0, beyond_chance=("proposed", "exposure"))) == (
        "department Finance, 12 mentors: 0 % have a proposal, they are among nobody's first three choices. "
        "More than chance would explain: how many have a proposal and how often they are seen."
    )


def test_a_group_that_fares_like_everybody_needs_no_figures() -> None:
    said = group_sentence(a_row(exposure=1.02, regret=0))
    assert "as often as everybody is, the typical one got their own first choice." in said
    assert "1.0 times" not in said


def test_a_group_under_five_cannot_even_be_written_down() -> None:
    with pytest.raises(ValidationError):
        a_row(people=4)
