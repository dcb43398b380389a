from __future__ import annotations

from pathlib import Path

import pytest

from companion import paths
from companion.domain.words import content_stems
from companion.errors import InvalidInput
from companion.evaluation import cases
from companion.evaluation.cases import SPLITS, agenda_cases, injections, seeds
from companion.evaluation.injected import PLACEMENTS, injected_case
from companion.evaluation.pairs import brief_of
from companion.search.cards import load_cards
from companion.search.needs import load_needs

SHELF = load_cards(paths.knowledge_dir())
GOOD = """\
- case: one
  executive: {name: A B, needs: [x]}
  mentor: {name: C D}
  session: 2
  minutes: 30
"""


def test_both_splits_have_forty_cases_and_share_none() -> None:
    names = {split: {case.case for case in agenda_cases(split)} for split in SPLITS}
    assert [len(found) for found in names.values()] == [40, 40]
    assert not names["dev"] & names["test"]


def test_no_person_and_no_goal_is_in_both_splits() -> None:
    dev, test = (
        {
            t.casefold()
            for case in agenda_cases(split)
            for p in (case.executive, case.mentor)
            for t in (p.name, *p.needs)
        }
        for split in SPLITS
    )
    assert not dev & test


def test_no_judged_need_is_the_goal_of_a_case() -> None:
    """What is taught must not be what is asked: no two share four of five topic words."""
    taught = [frozenset(content_stems(one.need)) for one in load_needs(paths.knowledge_dir())]
    asked = {
        frozenset(content_stems(need))
        for split in SPLITS
        for case in agenda_cases(split)
        for need in case.executive.needs
    }
    assert not sum(len(one & other) >= 0.8 * len(one | other) for one in taught for other in asked if other)


def test_labels_name_cards_that_can_be_run() -> None:
    runnable = {card.id for card in SHELF if card.blocks and not card.opt_in}
    for split in SPLITS:
        for case in agenda_cases(split):
            assert case.relevant, case.case
            assert set(case.relevant) <= runnable, case.case
            brief_of(case, SHELF)


def test_there_are_enough_injections_and_every_place_takes_them() -> None:
    found = injections()
    assert len(found) >= 60
    assert len({one.id for one in found}) == len(found)
    for one in found:
        for place in PLACEMENTS:
            case = injected_case(one, place)
            typed = (*case.mentor.offers, *case.executive.needs, case.promised[0].text, case.asks)
            assert sum(one.text in text for text in typed) == 1


def test_there_are_enough_seeds() -> None:
    found = seeds().seeds
    assert len({seed.id for seed in found}) == len(found) >= 40


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("minutes: 30", "minutes: 5"), "line 1, field minutes"),
        (GOOD + GOOD.replace("one", "two").replace("session: 2", "sesion: 2"), "line 6, field"),
        (GOOD + "  goals: [2]\n", "positions of the executive's needs"),
        (GOOD + GOOD, "called 'one'"),
        ("case: one\n", "must hold a list"),
        ("- {case: [\n", "not valid YAML"),
    ],
)
def test_a_case_that_cannot_be_used_is_named(tmp_path: Path, text: str, said: str) -> None:
    folder = tmp_path / "agenda" / "dev"
    folder.mkdir(parents=True)
    (folder / "some.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=said):
        agenda_cases("dev", tmp_path)


def test_outside_a_checkout_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "_CASES", tmp_path / "nothing")
    with pytest.raises(InvalidInput, match="not installed") as refused:
        agenda_cases("dev")
    assert "checkout" in refused.value.hint
