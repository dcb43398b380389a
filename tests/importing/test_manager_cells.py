import pytest
from factories import a_mentor, an_executive

from companion.domain.imports import ReadResult
from companion.importing import read_people

HEADER = "ID,Name,Email,Role,Manager\n"
BOSSES = "b1,Bea Okafor,bea@example.org,executive,\nb2,Cy Müller,cy@example.org,executive,\n"


def read(tmp_path, text, **arguments) -> ReadResult:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    return read_people(path, **arguments)


def managers(result: ReadResult) -> dict[str, str | None]:
    return {draft.id: draft.manager_id for draft in result.drafts}


@pytest.mark.parametrize(
    "cell",
    [
        "b1",
        "B1",
        "bea@example.org",
        "BEA@EXAMPLE.ORG",
        "Bea Okafor",
        "bea  okafor",
        '"Okafor, Bea"',
        "Bea Okafor (b1)",
        "Bea <bea@example.org>",
    ],
)
def test_a_manager_by_id_email_or_name(tmp_path, cell):
    result = read(tmp_path, f"{HEADER}{BOSSES}1,Ada,ada@example.org,mentor,{cell}\n")
    assert managers(result)["1"] == "b1"
    assert result.problems == ()


def test_accents_do_not_matter_in_a_name(tmp_path):
    result = read(tmp_path, f"{HEADER}{BOSSES}1,Ada,ada@example.org,mentor,cy muller\n")
    assert managers(result)["1"] == "b2"


def test_a_manager_further_down_the_file_or_already_stored_is_found(tmp_path):
    text = f"{HEADER}1,Ada,a@example.org,mentor,Bo Lee\n2,Bo Lee,b@example.org,mentor,Laurent Petit\n"
    result = read(tmp_path, text, existing={"e1": an_executive("e1")})
    assert managers(result) == {"1": "2", "2": "e1"}


def test_a_name_two_people_have_is_kept_as_it_stands_with_a_warning(tmp_path):
    text = f"{HEADER}{BOSSES}b3,Bea Okafor,x@example.org,mentor,\n1,Ada,ada@example.org,mentor,Bea Okafor\n"
    result = read(tmp_path, text)
    assert managers(result)["1"] == "Bea Okafor"
    (problem,) = result.problems
    assert (problem.line, problem.column, problem.severity) == (5, "Manager", "warning")
    assert "b1, b3" in problem.reason


@pytest.mark.parametrize("cell", ["Nobody Known", "nobody@example.org"])
def test_a_name_or_address_nobody_has_is_kept_with_a_warning(tmp_path, cell):
    result = read(tmp_path, f"{HEADER}1,Ada,ada@example.org,mentor,{cell}\n")
    assert managers(result)["1"] == cell
    assert [(p.line, p.column, p.value) for p in result.problems] == [(2, "Manager", cell)]


def test_an_id_of_somebody_who_does_not_take_part_is_no_problem(tmp_path):
    result = read(tmp_path, f"{HEADER}1,Ada,ada@example.org,mentor,N-0100\n")
    assert managers(result)["1"] == "N-0100"
    assert result.problems == ()


def test_when_no_id_means_anybody_the_whole_column_is_in_doubt(tmp_path):
    rows = "".join(f"{i},P{i},p{i}@example.org,mentor,X{i}\n" for i in range(6))
    (problem,) = read(tmp_path, HEADER + rows).problems
    assert (problem.line, problem.column) == (0, "Manager")
    assert "None of the 6 managers" in problem.reason


def test_nobody_is_their_own_manager(tmp_path):
    result = read(tmp_path, f"{HEADER}1,Ada,ada@example.org,mentor,Ada\n")
    assert managers(result)["1"] is None
    assert len(result.problems) == 1


def test_the_id_column_goes_before_the_name_column(tmp_path):
    header = "ID,Name,Role,Manager,Manager ID,Manager Email\n"
    result = read(tmp_path, f"{header}b1,Bea,executive,,,\n1,Ada,mentor,Somebody Else,b1,x@example.org\n")
    assert managers(result)["1"] == "b1"
    assert result.problems == ()


def test_a_stored_name_counts_when_the_file_gives_none(tmp_path):
    text = "ID,Email,Manager\nm1,,\n2,b@example.org,Amira Haddad\n"
    existing = {"m1": a_mentor("m1"), "2": a_mentor("2", name="Bo")}
    assert managers(read(tmp_path, text, existing=existing))["2"] == "m1"
