"""Tips held against marked notes: what must hold on both splits, in a second, without any model."""

from __future__ import annotations

from pathlib import Path

import pytest

from companion import paths
from companion.errors import InvalidInput
from companion.evaluation.cases import SPLITS, tip_cases
from companion.evaluation.report import Report, evaluate_tips
from companion.evaluation.tips import invented
from companion.search.cards import load_cards

ALWAYS = ("nothing_invented", "nothing_turned_round", "unsafe_is_routed")
PARTS_F1 = 0.80
GOOD = """\
- note: one
  executive: Jo
  text: Jo left. I stopped.
  behaviour: [Jo left]
  impact: [I stopped]
  cards: [RM-018]
"""


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate_tips(SPLITS)


@pytest.mark.parametrize("metric", ALWAYS)
def test_there_is_no_excuse_for_a_single_note(report: Report, metric: str) -> None:
    assert list(report.below(metric)) == []


@pytest.mark.parametrize("split", SPLITS)
def test_the_parts_are_found(report: Report, split: str) -> None:
    found = report.summaries()[f"notes, {split}"]
    assert found["parts_f1"].mean >= PARTS_F1
    assert found["missing_parts_right"].mean >= PARTS_F1


def test_there_are_enough_notes_and_no_executive_is_in_both_splits() -> None:
    dev, test = (tip_cases(split) for split in SPLITS)
    assert min(len(dev), len(test)) >= 40
    assert not {case.note for case in dev} & {case.note for case in test}
    assert not {case.executive for case in dev} & {case.executive for case in test}


def test_the_cards_exist() -> None:
    known = {card.id for card in load_cards(paths.knowledge_dir())}
    assert {card for split in SPLITS for case in tip_cases(split) for card in case.cards} <= known


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("[I stopped]", "[I halted]"), "line 1, field.*word for word"),
        (GOOD + "  turned: {I stopped: you stopped}\n", "only a behaviour"),
        (GOOD + "  route: health\n", "either cards or a route"),
        (GOOD + GOOD, "called 'one'"),
    ],
)
def test_a_note_that_cannot_be_used_is_named(tmp_path: Path, text: str, said: str) -> None:
    folder = tmp_path / "tips" / "dev"
    folder.mkdir(parents=True)
    (folder / "some.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=said):
        tip_cases("dev", tmp_path)


def test_the_ruler_sees_what_is_invented() -> None:
    assert invented("He checks his phone.", "You check your phone.") == set()
    assert invented("He left.", "You left angrily.") == {"angrily"}
