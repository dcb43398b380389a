"""The second reader's labels belong to the cases as they are."""

from __future__ import annotations

import pytest
from agreement import cards, labels, statements

from companion import paths
from companion.bootstrap import shipped_cards
from companion.domain.codebook import SPECIAL, load_codebook
from companion.evaluation.cases import Split, agenda_cases
from companion.evaluation.report import SPLITS
from companion.evaluation.scores import summarised
from companion.evaluation.summary_cases import survey_cases


def test_every_goal_and_every_english_statement_was_read_twice() -> None:
    goals = {f"{split}/{case.case}" for split in SPLITS for case in agenda_cases(split) if case.relevant}
    assert labels("goals").keys() == goals
    english = {
        f"{split}/{case.id}/{number}/{place}"
        for split in SPLITS
        for case in survey_cases(split)
        for number, comment in enumerate(case.comments)
        if (comment.language or case.language) == "en"
        for place in range(len(comment.units))
    }
    assert labels("statements").keys() == english


def test_the_second_reader_used_the_same_cards_and_codebook() -> None:
    assert {card for one in labels("goals").values() for card in one["cards"]} <= {card.id for card in shipped_cards()}
    codebook = load_codebook(paths.knowledge_dir() / "summaries" / "codebook.toml")
    known = {theme.id for theme in codebook.themes} | set(SPECIAL)
    assert {theme for one in labels("statements").values() for theme in one["themes"]} <= known


@pytest.mark.parametrize("split", SPLITS)
def test_the_readers_agree_so_well_that_the_cases_can_be_trusted(split: Split) -> None:
    found = summarised(cards(split)) | summarised(statements(split))
    assert {name: one.mean for name, one in found.items() if one.mean < 0.85} == {}
