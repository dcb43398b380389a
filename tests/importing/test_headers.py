import pytest

from companion.importing.headers import FIELD_OF, field_of, known_count, match_columns


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Employee ID", "id"),
        ("employee_id", "id"),
        ("EmployeeID", "id"),
        ("EMPLOYEE-ID", "id"),
        ("Personalnummer", "id"),
        ("Worker", "name"),
        ("Preferred Name", "preferred_name"),
        ("Last name", "last_name"),
        ("Prénom", "first_name"),
        ("E-Mail", "email"),
        ("Email (Work)", "email"),
        ("Mgr", "manager_name"),
        ("Line manager", "manager_name"),
        ("Manager Email", "manager_email"),
        ("Manager's E-mail", "manager_email"),
        ("Manager ID", "manager_id"),
        ("Job Title", "title"),
        ("Business Title", "title"),
        ("Cost Center", "department"),
        ("Office", "location"),
        ("Work Location", "location"),
        ("Timezone", "time_zone"),
        ("Time zone (IANA)", "time_zone"),
        ("Hire Date", "hire_date"),
        ("Start date", "hire_date"),
        ("Tenure (years)", "tenure_years"),
        ("Ancienneté", "tenure_years"),
        ("Programme Role", "role"),
        ("Need 2", "need"),
        ("Off-limits topics", "off_limits"),
        ("Topics to avoid", "off_limits"),
    ],
)
def test_a_header_is_known_however_it_is_written(header, field):
    found = field_of(header)
    assert found is not None
    assert found[0] == field


@pytest.mark.parametrize(
    "header",
    ["Seniority", "Birth Date", "Salary", "Personal Email", "Home Address", "Date of Birth", "Age", "", "###"],
)
def test_a_header_that_is_not_read(header):
    assert field_of(header) is None


def test_no_name_stands_for_two_fields():
    from companion.importing.headers import _SYNONYMS

    names = [name for text in _SYNONYMS.values() for name in text.split()]
    assert sorted(names) == sorted(FIELD_OF)


def test_the_more_telling_of_two_columns_is_read_and_the_other_named():
    columns = match_columns(["Email", "Name", "Work email"], "f.csv", 1)
    assert columns.name_of("email") == "Work email"
    assert columns.ignored == ("Email",)
    (problem,) = columns.problems
    assert (problem.column, problem.severity) == ("Email", "warning")
    assert "'Work email'" in problem.reason


def test_a_department_beside_a_division_is_ordinary():
    columns = match_columns(["Division", "Department"], "f.csv", 1)
    assert columns.name_of("department") == "Department"
    assert columns.problems == ()


def test_numbered_columns_are_read_together():
    columns = match_columns(["Need 1", "ID", "Need 2"], "f.csv", 1)
    assert columns.places["need"] == (0, 2)


def test_a_misspelt_header_gets_a_suggestion_and_is_not_guessed():
    columns = match_columns(["Employee ID", "Depatment", "Shoe size"], "f.csv", 3)
    assert columns.ignored == ("Depatment", "Shoe size")
    (problem,) = columns.problems
    assert (problem.line, problem.column) == (3, "Depatment")
    assert "Department" in problem.hint


def test_a_row_of_data_does_not_look_like_a_header():
    assert known_count(["N-1", "Ada Lovelace", "ada@example.org", "Sales"]) == 0
    assert known_count(["Name", "Email", "Email"]) == 2
