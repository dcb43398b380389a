from __future__ import annotations

import pytest
from pydantic import ValidationError

from companion.domain.fairness import (
    FlipTest,
    GroupRow,
    Hub,
    Treatment,
    flip_sentence,
    group_sentence,
    hub_sentence,
    pair_sentence,
    treatment_lines,
)

NUMBERS = {f"run-{number}": number for number in range(1, 21)}


def a_row(**changes: object) -> GroupRow:
    values = {
        "attribute": "department",
        "value": "Finance",
        "side": "mentors",
        "people": 12,
        "proposed": 0.75,
        "exposure": 1.44,
        "regret": 2.0,
    }
    return GroupRow.model_validate(values | changes)


@pytest.mark.parametrize(
    ("flip", "sentence"),
    [
        (
            FlipTest(pairs=20, entries_changed=3),
            "Names, gender and age words removed, and swapped: all 20 pairs stay the same.",
        ),
        (
            FlipTest(pairs=1, entries_changed=3),
            "Names, gender and age words removed, and swapped: the pair stays the same.",
        ),
        (
            FlipTest(pairs=20, entries_changed=0),
            "No entry holds names, gender and age words, so none can have decided a pair.",
        ),
        (FlipTest(pairs=0, entries_changed=2), "There is no pair to test."),
    ],
)
def test_nothing_changed(flip: FlipTest, sentence: str) -> None:
    assert flip_sentence(flip, NUMBERS) == sentence
    assert flip.share == 0


def test_what_changed_is_named_by_its_place_in_the_list() -> None:
    flip = FlipTest(pairs=20, entries_changed=9, changed_without=("run-11", "run-4"), changed_swapped=("run-4",))

    assert flip_sentence(flip, NUMBERS).startswith(
        "Names, gender and age words removed: 2 of 20 pairs change, swapped: 1 of 20 pairs changes (see 4 and 11)."
    )
    assert flip.share == 0.1
    assert pair_sentence(flip, "run-4") == "Names, gender and age words removed or swapped: another pair."
    assert pair_sentence(flip, "run-11") == "Names, gender and age words removed: another pair."
    assert pair_sentence(flip, "run-1") == "Names, gender and age words removed: same pair."


def test_a_hub_in_words() -> None:
    assert (
        hub_sentence(Hub(person_id="m", first_choice_of=9, places=1), "Lea Brandt")
        == "Lea Brandt is the first choice of 9 and has 1 place."
    )
    assert "has no place." in hub_sentence(Hub(person_id="m", first_choice_of=9, places=0), "[/]x")


def test_a_group_in_words() -> None:
    assert group_sentence(a_row()) == (
        "Mentors, department Finance (12): 75% have a proposal, in somebody's first three 1.4 times as often as "
        "everybody, better places given up, in the middle: 2. No difference larger than chance."
    )
    assert group_sentence(a_row(exposure=0, proposed=0, beyond_chance=("proposed", "exposure"))).endswith(
        "0% have a proposal, in nobody's first three. More than chance would explain: proposals and being seen."
    )


def test_a_group_under_five_cannot_even_be_written_down() -> None:
    with pytest.raises(ValidationError):
        a_row(people=4)


def test_all_lines_in_the_order_of_the_screen() -> None:
    treatment = Treatment(
        flip=FlipTest(pairs=20, entries_changed=3),
        groups=(a_row(),),
        groups_hidden=2,
        hubs=(Hub(person_id="m1", first_choice_of=3, places=1),),
    )

    lines = treatment_lines(treatment, NUMBERS, {"m1": "<b>Lea</b>"}.__getitem__)

    assert [line.split(" ")[0] for line in lines] == ["Names,", "<b>Lea</b>", "Mentors,", "2"]
    assert lines[-1] == "2 groups are not shown, because fewer than 5 people could be recognised."
    assert treatment_lines(Treatment(flip_note="Not tested."), {}, str) == ("Not tested.",)
