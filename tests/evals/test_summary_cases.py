"""The coded surveys: enough of them, apart from each other, and read without a doubt about any field."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from companion.domain.anonymity import Thresholds
from companion.domain.codebook import NO_REASON, NOT_UNDERSTOOD, SPECIAL
from companion.domain.summaries import Polarity
from companion.errors import InvalidInput
from companion.evaluation.cases import SPLITS
from companion.evaluation.summary_cases import (
    GoldComment,
    SurveyCase,
    hostile_comments,
    survey_cases,
)
from companion.services.summary_files import codebook

GOOD = """\
id: one
question: What should change?
comments:
  - author: a1
    role: mentor
    leaning: low
    may_quote: true
    text: "He was late. But he listened."
    units:
      - {span: "He was late.", themes: [time], polarity: negative}
      - {span: "But he listened.", themes: [listening], polarity: positive}
planted: {time: 1, listening: 1}
"""


def all_comments() -> list[GoldComment]:
    return [comment for split in SPLITS for case in survey_cases(split) for comment in case.comments]


def test_there_are_enough_surveys_comments_and_units() -> None:
    for split in SPLITS:
        found = survey_cases(split)
        assert len(found) >= 8
        for case in found:
            assert 12 <= len(case.comments) <= 60, case.id
            assert len({one.author for one in case.comments}) >= Thresholds().comments, case.id
    assert len(all_comments()) >= 500
    assert sum(len(comment.units) for comment in all_comments()) >= 700


def test_no_comment_and_no_organisation_is_in_both_splits() -> None:
    dev, test = ({c.organisation for c in survey_cases(split)} for split in SPLITS)
    assert not dev & test
    written = [{c.text.casefold() for case in survey_cases(s) for c in case.comments} for s in SPLITS]
    assert all(len(text) < 20 for text in written[0] & written[1])


def test_the_labels_are_the_codebooks_and_every_theme_is_there_often() -> None:
    themes = {theme.id for theme in codebook().themes}
    for split in SPLITS:
        used = Counter(theme for case in survey_cases(split) for _, gold in case.gold for theme in gold.themes)
        assert set(used) <= themes | set(SPECIAL)
        assert all(used[theme] >= 10 for theme in themes), used


def test_every_survey_has_a_minority_and_some_lack_themes() -> None:
    everything = [case for split in SPLITS for case in survey_cases(split)]
    assert all(case.minorities for case in everything)
    assert sum(len(case.planted) < len(codebook().themes) for case in everything) >= 4


def test_the_voices_are_varied() -> None:
    found = all_comments()
    languages = {comment.language for comment in found}
    assert {"fr", "de", "es", "tr", "ja"} <= languages
    assert sum(len(comment.text) >= 2000 for comment in found) >= 1
    labels = [(unit.themes[0], comment) for comment in found for unit in comment.units]
    assert sum(theme == NOT_UNDERSTOOD for theme, _ in labels) >= 5
    assert sum(theme == NO_REASON for theme, _ in labels) >= 40
    assert sum(bool(comment.identifying) for comment in found) >= 15
    assert sum(len(comment.units) > 1 for comment in found) >= 150
    repeated = [case for split in SPLITS for case in survey_cases(split) if twice(case)]
    assert len(repeated) >= 5


def twice(case: SurveyCase) -> bool:
    authors = [comment.author for comment in case.comments]
    return len(authors) > len(set(authors))


def test_the_hostile_comments_are_many_kinds() -> None:
    found = hostile_comments()
    assert len({one.id for one in found}) == len(found) >= 30


def test_a_case_gives_the_pipelines_own_types() -> None:
    case = survey_cases("dev")[0]
    texts = {comment.id: comment.text for comment in case.stored}
    for unit, gold in case.gold:
        assert unit.text == texts[unit.comment_id][unit.start : unit.end] == gold.span
    assert len({unit.id for unit, _ in case.gold}) == len(case.gold)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace('{span: "He was late."', '{span: "He is late."'), "line 4, field comments.0: .*word for word"),
        (GOOD.replace(' But he listened."\n    units', ' But he listened. Yes!"\n    units'), "no unit covers 'Yes!'"),
        (GOOD.replace("role: mentor", "role: boss"), "line 5, field comments.0.role"),
        (GOOD.replace("[time], polarity: negative", "[time], polarity: bad"), "line 10, field comments.0.units.0.pol"),
        (GOOD.replace("[time]", "[time, other]"), "line 10, field comments.0.units.0: .*stand alone"),
        (GOOD.replace("{time: 1", "{time: 2"), "line 1, field the survey: .*'time' have 1 different"),
        (GOOD + "minorities: [time]\n", "a minority is 3 people"),
        (GOOD.replace("leaning: low", "leening: low"), "line 6, field comments.0.leening"),
        (GOOD.replace("may_quote: true", "identifying: [Jo]"), "not in the text, word for word: 'Jo'"),
        ("- not a survey\n", "line 1, field the survey"),
        ("{[", "not valid YAML"),
    ],
)
def test_a_survey_that_cannot_be_used_is_named(tmp_path: Path, text: str, said: str) -> None:
    folder = tmp_path / "summaries" / "dev"
    folder.mkdir(parents=True)
    (folder / "some.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=said):
        survey_cases("dev", tmp_path)


def test_two_surveys_of_one_name_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "summaries" / "dev"
    folder.mkdir(parents=True)
    for name in ("a", "b"):
        (folder / f"{name}.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(InvalidInput, match="called 'one'"):
        survey_cases("dev", tmp_path)


def test_polarities_are_all_used() -> None:
    used = Counter(unit.polarity for comment in all_comments() for unit in comment.units)
    assert all(used[polarity] >= 5 for polarity in Polarity), used
