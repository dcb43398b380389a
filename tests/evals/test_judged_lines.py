"""The gates are held against lines judged by reading; where they differ today, the line is marked as a gap."""

import pytest

from companion import paths
from companion.evaluation.cases import JudgedLine, agenda_cases, judged_lines
from companion.evaluation.judged import check
from companion.search.cards import load_cards

SHELF = load_cards(paths.knowledge_dir())
CASES = agenda_cases("dev")
LINES = [
    pytest.param(
        line,
        marks=pytest.mark.xfail(strict=True, reason=line.note or "a fair line is lost") if line.gap else (),
        id=f"{line.case}-{line.card}-{line.text[:20]}",
    )
    for line in judged_lines()
]


@pytest.mark.parametrize("line", LINES)
def test_the_gates_agree_with_the_judgement(line: JudgedLine) -> None:
    checked = check(line, CASES, SHELF)
    assert checked.right, checked.verdict.reason or "the gates let it pass"


def test_both_kinds_of_lines_are_there() -> None:
    lines = judged_lines()
    assert sum(line.fair for line in lines) >= 40
    assert sum(not line.fair for line in lines) >= 15
