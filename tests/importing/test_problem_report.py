import csv
import io

import pytest

from companion.domain.imports import RowProblem
from companion.importing import problems_csv


def saved(*problems: RowProblem) -> list[list[str]]:
    return list(csv.reader(io.StringIO(problems_csv(problems), newline="")))


def test_a_problem_is_one_row_under_a_header():
    problem = RowProblem(file="p.csv", line=12, column="Mgr", value="x, y", reason="Odd.", hint="Mend it.")
    header, row = saved(problem)
    assert header == ["File", "Line", "Column", "Value", "Problem", "What to do", "Severity"]
    assert row == ["p.csv", "12", "Mgr", "x, y", "Odd.", "Mend it.", "error"]


def test_a_problem_of_the_whole_file_has_no_line():
    assert saved(RowProblem(file="p.csv", line=0, reason="Odd."))[1][1] == ""


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "＝1+1", '=HYPERLINK("x")'])
def test_a_formula_is_defused_wherever_it_stands(formula):
    problem = RowProblem(file=formula, line=1, column=formula, value=formula, reason=formula, hint=formula)
    row = saved(problem)[1]
    assert [cell[0] for cell in (row[0], *row[2:6])] == ["'"] * 5


def test_no_problems_make_a_header_only():
    assert len(saved()) == 1
