"""Judged needs: read line by line, and whatever is wrong is named with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from companion.errors import InvalidInput
from companion.paths import knowledge_dir
from companion.search.card_lint import lint_cards
from companion.search.needs import NEEDS, load_needs

GOOD = '{"need": "why bad news reaches me late", "cards": {"RM-101": 3, "RM-102": 1}}'


def a_file(folder: Path, *lines: str) -> Path:
    path = folder / NEEDS
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def faults(folder: Path) -> list[str]:
    return [error.message for error in lint_cards([folder], None, this_year=2026)[1]]


def test_needs_are_read_in_order_and_empty_lines_do_not_count(tmp_path: Path) -> None:
    a_file(tmp_path, GOOD, "", '{"need": "<script>[/]x \\u202e", "cards": {"RM-101": 2}}')
    read = load_needs(tmp_path)
    assert [one.need for one in read] == ["why bad news reaches me late", "<script>[/]x \u202e"]
    assert read[0].cards == {"RM-101": 3, "RM-102": 1}


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("no need at all", ""),
        ("[]", ""),
        ('{"need": "x"}', "cards"),
        ('{"need": "", "cards": {"RM-101": 1}}', "need"),
        ('{"need": "x", "cards": {}}', "cards"),
        ('{"need": "x", "cards": {"RM-101": 4}}', "cards.RM-101"),
        ('{"need": "x", "cards": {"RM-101": 0}}', "cards.RM-101"),
        ('{"need": "x", "cards": {"RM-101": 1}, "by": "me"}', "by"),
        (f'{{"need": "{"x" * 10_000}", "cards": {{"RM-101": 1}}}}', "need"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: str, field: str) -> None:
    path = a_file(tmp_path, GOOD, line)
    with pytest.raises(InvalidInput) as raised:
        load_needs(tmp_path)
    assert f"{path}, line 2" in raised.value.message
    assert field in raised.value.message
    assert [message for message in faults(tmp_path) if "line 2" in message] == [raised.value.message]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=NEEDS):
        load_needs(tmp_path)


def test_the_lint_tells_unknown_cards_repetitions_and_age_groups(tmp_path: Path) -> None:
    a_file(tmp_path, GOOD, '{"need": "what millennials want", "cards": {"RM-101": 1}}', GOOD)
    told = faults(tmp_path)
    assert any("line 1" in message and "no card RM-101" in message for message in told)
    assert any("line 2" in message and "age group" in message for message in told)
    assert any("line 3" in message and "stands on line 1 too" in message for message in told)


def test_no_directory_must_have_needs(tmp_path: Path) -> None:
    assert faults(tmp_path) == []


def test_many_needs_ship() -> None:
    assert len(load_needs(knowledge_dir())) >= 1000
