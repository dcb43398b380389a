"""The form without a screen: what is typed, what is wrong, what would change, saving, undo, and two windows."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from companion.bootstrap import assemble
from companion.domain.criteria_words import SETTINGS
from companion.errors import InvalidInput, StaleEdit
from companion.services import programme as flow
from companion.services.companion import Companion
from companion.services.programme_form import EMPTY, QUOTAS, SENSITIVE, ProgrammeForm

OURS = """\
# Ours.
[matching]
need_floor = "97 %"  # agreed

[[matching.quotas]]
same = "region"
at_most = "15 %"

[[matching.sensitive]]
attribute = "gender"
purpose = "Half of us are never asked."
prefer = "same"
weight = 0.1
"""
GAP = ("matching", "rules", "min_level_gap")
FLOOR = ("matching", "need_floor")


@pytest.fixture
def companion(tmp_path: Path) -> Companion:
    return assemble(tmp_path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "programme.toml").write_text(OURS)
    return tmp_path / "programme.toml"


def form_of(companion: Companion) -> ProgrammeForm:
    return ProgrammeForm(flow.open_file(companion))


def saved(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text())


def test_opening_changes_nothing(companion: Companion, path: Path) -> None:
    form = form_of(companion)
    checked = form.check()
    assert (checked.changes, checked.wrong, form.pending()) == ({}, {}, ())
    assert form.text((*QUOTAS, "region")) == "15 %"
    assert [place for place, _ in form.declared()] == [0]


def test_every_field_says_the_same_after_it_was_typed_again(companion: Companion) -> None:
    form = form_of(companion)
    for setting in SETTINGS:
        text = form.text(setting.path)
        form.type(setting.path, f"{text} ")
    checked = form.check()
    assert checked.wrong == {}
    assert checked.programme == form.file.programme


def test_what_is_typed_is_checked_and_shown_as_a_change(companion: Companion, path: Path) -> None:
    form = form_of(companion)
    form.type(GAP, "99")
    assert form.check().wrong == {GAP: "It must be a whole number from 0 to 20, not 99."}
    form.type(GAP, "many")
    assert form.check().wrong == {GAP: "Write a number, such as 2."}
    form.type(GAP, "2")
    form.type((*QUOTAS, "region"), "150 %")
    assert "share from 0 to 1" in form.check().wrong[(*QUOTAS, "region")]
    form.type((*QUOTAS, "region"), "")
    form.type((*QUOTAS, "language"), "half")
    assert list(form.check().wrong) == [(*QUOTAS, "language")]
    form.type((*QUOTAS, "language"), "50%")
    form.type((*QUOTAS, "department"), "0,2")
    assert form.pending() == (
        "Level gap: nothing → 2",
        "Same department: nothing → 0,2",
        "Same region: 15 % → default",
        "Same language: nothing → 50%",
    )
    form.save(companion)
    found = saved(path)["matching"]
    assert found["quotas"] == [{"same": "department", "at_most": 0.2}, {"same": "language", "at_most": "50%"}]
    assert found["rules"] == {"min_level_gap": 2}
    assert "# agreed" in path.read_text()
    assert companion.programme.matching.rules.min_level_gap == 2
    assert form.pending() == ()


def test_a_rule_about_two_fields_is_said_at_one_of_them(companion: Companion) -> None:
    form = form_of(companion)
    line = ("matching", "rules", "reporting_line")
    form.type(line, "no")
    assert "reporting_line_waiver" in form.check().wrong[line]
    form.type((*line[:2], "reporting_line_waiver"), "We are eleven people.")
    assert form.check().wrong == {}


def test_undo_goes_back_field_by_field_and_then_takes_the_save_back(companion: Companion, path: Path) -> None:
    form = form_of(companion)
    for text in ("1", "12", "1"):
        form.type(GAP, text)
    form.type(FLOOR, "90 %")
    form.save(companion)
    assert not form.undo()
    form.type(FLOOR, "91 %")
    form.type(GAP, "4")
    assert form.undo()
    assert (form.text(GAP), form.text(FLOOR)) == ("1", "91 %")
    assert form.undo()
    assert form.text(FLOOR) == "90 %"
    assert form.can_take_back
    form.take_back(companion)
    assert path.read_text() == OURS
    assert not form.can_take_back


def test_declared_attributes_are_added_changed_and_taken_out(companion: Companion, path: Path) -> None:
    form = form_of(companion)
    place = form.add_declared()
    new = (*SENSITIVE, place)
    assert set(form.check().wrong) == {(*new, key) for key in ("attribute", "purpose", "weight")}
    assert set(form.check().wrong.values()) == {EMPTY}
    form.type((*new, "attribute"), "[/]x")
    form.type((*new, "purpose"), "short")
    form.type((*new, "weight"), "0")
    wrong = form.check().wrong
    assert "10 to 300 characters" in wrong[(*new, "purpose")]
    assert "above 0" in wrong[(*new, "weight")]
    form.type((*new, "purpose"), "The programme opens doors.")
    form.type((*new, "weight"), "0.2")
    form.type((*SENSITIVE, 0, "weight"), "0.3")
    assert form.check().wrong == {}
    form.save(companion)
    assert [(one["attribute"], one["weight"]) for one in saved(path)["matching"]["sensitive"]] == [
        ("gender", 0.3),
        ("[/]x", 0.2),
    ]
    form.take_out(0)
    assert form.pending() == ("gender: not used any more",)
    form.undo()
    form.take_out(0)
    form.save(companion)
    assert [one["attribute"] for one in saved(path)["matching"]["sensitive"]] == ["[/]x"]


def test_two_windows_lose_nothing(companion: Companion, path: Path) -> None:
    mine, theirs = form_of(companion), form_of(companion)
    theirs.type(FLOOR, "90 %")
    theirs.save(companion)
    mine.type(GAP, "3")
    with pytest.raises(StaleEdit):
        mine.save(companion)
    assert mine.text(GAP) == "3"
    mine.follow(companion)
    assert (mine.text(FLOOR), mine.text(GAP)) == ("90 %", "3")
    mine.save(companion)
    assert (saved(path)["matching"]["need_floor"], saved(path)["matching"]["rules"]) == ("90 %", {"min_level_gap": 3})


def test_without_a_file_the_template_is_the_start(companion: Companion, tmp_path: Path) -> None:
    form = form_of(companion)
    form.type(GAP, "3")
    form.save(companion)
    assert "\nmin_level_gap = 3\n" in (tmp_path / "programme.toml").read_text()


def test_a_yaml_file_is_shown_and_left_to_an_editor(companion: Companion, tmp_path: Path) -> None:
    (tmp_path / "programme.yaml").write_text("matching:\n  need_floor: 90 %\n")
    form = form_of(companion)
    assert form.text(FLOOR) == "90 %"
    form.type(FLOOR, "91 %")
    with pytest.raises(InvalidInput, match="YAML"):
        form.save(companion)
