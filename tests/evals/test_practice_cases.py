"""Rehearsals held against marked turns and talks: what must hold on both splits, in seconds, without any model."""

from __future__ import annotations

from pathlib import Path

import pytest

from companion.errors import InvalidInput
from companion.evaluation.cases import SPLITS, practice_injections, practice_turns, rehearsals
from companion.evaluation.report import Report, evaluate_practice

EVERY = 7
"""Of the injections; all of them are run by hand."""


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate_practice(SPLITS, every=EVERY)


@pytest.mark.parametrize("metric", ["no_line_twice", "nothing_invented", "archetype_kept"])
def test_there_is_no_excuse_for_a_single_talk(report: Report, metric: str) -> None:
    assert list(report.below(metric)) == []


def test_no_injection_written_for_rehearsals_earns_a_point_or_a_yes(report: Report) -> None:
    for metric in ("points_kept", "agreed_to_nothing"):
        assert [case for column, case, _ in report.below(metric) if column == "injections"] == []


@pytest.mark.parametrize("split", SPLITS)
def test_turns_and_points_are_read_as_a_person_reads_them(report: Report, split: str) -> None:
    found = report.summaries()
    assert found[f"turns, {split}"]["moves_f1"].mean >= 0.80
    assert found[f"rehearsals, {split}"]["points_with_line"].mean >= 0.85


def test_the_same_turns_get_other_answers_on_another_day(report: Report) -> None:
    assert report.summaries()["talks, dev"]["variety"].mean >= 0.4


def test_there_are_enough_cases() -> None:
    for split in SPLITS:
        assert len(practice_turns(split)) >= 60
        assert len(rehearsals(split)) >= 12
    assert len(practice_injections()) >= 60


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("turns", "- {turn: a, moves: [shouts]}", "line 1, field moves"),
        ("turns", "- {turn: a, moves: []}", "line 1, field moves"),
        ("rehearsals", "- {rehearsal: a, lines: [], rubric: {}}", "the rubric lacks"),
        ("rehearsals", "- {rehearsal: a, lines: [{mentor: a, pause: b}], rubric: {}}", "executive, pause or mentor"),
    ],
)
def test_a_case_that_cannot_be_used_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    folder = tmp_path / "practice" / "dev"
    folder.mkdir(parents=True)
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=said):
        (practice_turns if name == "turns" else rehearsals)("dev", tmp_path)
