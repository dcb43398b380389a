import pytest

from companion.errors import Cancelled, InvalidInput
from companion.importing.headers import known_count
from companion.importing.table import Table, read_table


def table_of(text: str) -> Table:
    return read_table(text, "f.csv", known_count)


def cells_of(text: str) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.line, row.cells) for row in table_of(text).rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_even_when_others_stand_in_the_cells(delimiter):
    text = delimiter.join(["ID", "Name", "Needs"]) + "\n" + delimiter.join(["1", "Ada", '"a;b;c, d|e\tf"']) + "\n"
    assert cells_of(text) == [(2, ("1", "Ada", "a;b;c, d|e\tf"))]


def test_a_declared_delimiter_is_believed():
    assert cells_of("sep=;\nID;Name\n1;Ada, B\n") == [(3, ("1", "Ada, B"))]


def test_the_line_of_a_row_is_the_one_it_starts_on():
    text = 'ID,Needs\n1,"one\ntwo\nthree"\n\n2,four\n'
    assert cells_of(text) == [(2, ("1", "one\ntwo\nthree")), (6, ("2", "four"))]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end(end):
    assert cells_of(end.join(["ID,Name", "1,Ada", "2,Bo"])) == [(2, ("1", "Ada")), (3, ("2", "Bo"))]


def test_only_line_ends_end_a_line():
    assert cells_of("ID,Name\n1,A\u2028B\x0cC\n2,Bo\n")[1] == (3, ("2", "Bo"))


def test_doubled_quotes_and_inch_signs():
    assert cells_of('ID,Name\n1,"Ada ""the"" Great"\n2,19" rack\n') == [
        (2, ("1", 'Ada "the" Great')),
        (3, ("2", '19" rack')),
    ]


def test_a_quote_that_is_never_closed_costs_one_row_only():
    table = table_of('ID,Name\n1,"Ada\n2,Bo\n3,Cy\n')
    assert [row.cells[0] for row in table.rows] == ["2", "3"]
    (problem,) = table.problems
    assert (problem.line, problem.severity) == (2, "error")
    assert "never closed" in problem.reason


def test_a_forgotten_quote_does_not_swallow_the_rows_up_to_the_next_quote():
    table = table_of('ID,Name,Needs\n1,"Ada,x\n2,Bo,y\n3,Cy,"a; b"\n4,Di,z\n')
    assert [row.cells[0] for row in table.rows] == ["2", "3", "4"]
    assert [problem.line for problem in table.problems] == [2]


def test_text_behind_a_closing_quote_is_an_error():
    (problem,) = table_of('ID,Name\n1,"Ada" B\n2,Bo\n').problems
    assert problem.line == 2
    assert "wrong place" in problem.reason


def test_a_row_with_too_many_cells_is_refused_and_one_with_too_few_is_filled_up():
    table = table_of("ID,Name,Title\n1,Ada,Engineer,Boss\n2,Bo\n3,Cy,Chef,,\n")
    assert [row.cells for row in table.rows] == [("2", "Bo", ""), ("3", "Cy", "Chef")]
    assert [(p.line, p.severity) for p in table.problems] == [(2, "error"), (3, "warning")]


def test_a_delimiter_at_the_end_of_the_header_is_no_column():
    table = table_of("ID;Name;\n1;Ada;\n2;Bo\n")
    assert table.problems == ()
    assert [row.cells for row in table.rows] == [("1", "Ada"), ("2", "Bo")]


def test_a_title_above_the_header_is_passed_over_with_a_warning():
    table = table_of("Employee report,,\nRun on 2026-03-02,,\n\nID,Name,Title\n1,Ada,Engineer\n")
    assert table.header.line == 4
    assert [row.line for row in table.rows] == [5]
    assert [(p.line, p.severity) for p in table.problems] == [(1, "warning")]


def test_a_file_without_a_header_is_refused():
    with pytest.raises(InvalidInput, match="header"):
        table_of("1,Ada\n2,Bo\n")


def test_a_very_long_cell_is_cut_off_as_a_broken_row_and_the_rest_read():
    table = table_of('ID,Name\n1,"' + "x" * 200_000 + "\n2,Bo\n")
    assert [row.cells[0] for row in table.rows] == ["2"]
    assert [problem.line for problem in table.problems] == [2]


def test_cutting_can_be_stopped():
    with pytest.raises(Cancelled):
        read_table("ID,Name\n1,Ada\n", "f.csv", known_count, lambda: True)
