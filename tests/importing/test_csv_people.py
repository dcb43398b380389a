from datetime import date
from pathlib import Path

import pytest
from factories import a_mentor, an_executive

from companion.domain.imports import ReadResult
from companion.domain.people import FacetKind, Person, Role
from companion.errors import Cancelled, InvalidInput, UsageError
from companion.importing import MAX_FILE_BYTES, read_people
from companion.importing.values import HIDDEN

TODAY = date(2026, 3, 2)


def read(tmp_path: Path, text: str | bytes, **arguments: object) -> ReadResult:
    path = tmp_path / "people.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_people(path, today=TODAY, **arguments)  # type: ignore[arg-type]


def one(tmp_path: Path, header: str, row: str, **arguments: object):
    result = read(tmp_path, f"ID;Name;Role;{header}\n1;Ada Byron;mentor;{row}\n", **arguments)
    assert len(result.drafts) == 1, result.problems
    return result.drafts[0], result.problems


def errors(result: ReadResult) -> list[tuple[int, str]]:
    return [(p.line, p.column) for p in result.problems if p.severity == "error"]


def warnings(problems) -> list[tuple[int, str, str]]:
    return [(p.line, p.column, p.value) for p in problems if p.severity == "warning"]


def test_a_whole_row(tmp_path):
    text = (
        "Employee_ID;Worker;Work E-mail;Programme role;Business Title;Cost Center;Office;Timezone;Languages;Mgr;"
        "Hire Date;Capacity;Availability;Needs;Offers;Gains;Interests;Off limits;Salary\n"
        "7;Byron, Ada;ada@example.org;Executive;CTO;R&D;Bern;europe/zurich;German, French;7a;2020-03-02;2;Tue am;"
        '"a; b";c|d;;"Jazz, bebop";Money;100\n'
    )
    result = read(tmp_path, text)
    assert result.problems == ()
    assert result.columns_ignored == ("Salary",)
    assert len(result.columns_used) == 18
    person = result.drafts[0].to_person()
    assert person.model_dump(exclude={"facets"}) == {
        "id": "7",
        "name": "Ada Byron",
        "email": "ada@example.org",
        "role": Role.MENTEE,
        "title": "CTO",
        "department": "R&D",
        "location": "Bern",
        "time_zone": "Europe/Zurich",
        "languages": ("de", "fr"),
        "manager_id": "7a",
        "tenure_years": 6.0,
        "capacity": 2,
        "availability": ("tue-am",),
        "level": None,
        "region": "",
        "work_style": "",
        "opted_out": False,
        "local_only": False,
        "not_with": (),
        "declared": (),
    }
    assert {f.entry_id: f.text for f in person.facets} == {
        "need.1": "a",
        "need.2": "b",
        "offer.1": "c",
        "offer.2": "d",
        "interest.1": "Jazz, bebop",
        "off_limits.1": "Money",
    }


def test_an_absent_column_and_an_empty_cell_both_leave_the_stored_value_alone(tmp_path):
    stored = an_executive("7", title="CTO", location="Bern", need=["a"], capacity=3)
    draft = read(tmp_path, "ID,Title,Needs,Capacity\n7,,,\n", existing={"7": stored}).drafts[0]
    assert draft.to_person(stored) == stored


@pytest.mark.parametrize("nothing", ["-", "n/a", "N/A", "null", "None", "#N/A"])
def test_a_cell_that_says_there_is_nothing_is_empty(tmp_path, nothing):
    draft, problems = one(tmp_path, "Title;Mgr;Languages;Off-limits;Tenure", ";".join([nothing] * 5))
    assert problems == ()
    assert (draft.title, draft.manager_id, draft.languages, draft.tenure_years) == (None, None, None, None)
    assert dict(draft.facets) == {}


def test_null_is_also_a_family_name(tmp_path):
    result = read(tmp_path, "ID,First name,Last name,Role\n1,Ada,Null,mentor\n")
    assert result.drafts[0].name == "Ada Null"


@pytest.mark.parametrize(
    ("header", "row", "name"),
    [
        ("Preferred Name,Last name", "Bea,Okafor", "Bea Okafor"),
        ("Preferred Name,Last name", "Bea Okafor,Okafor", "Bea Okafor"),
        ("First name,Last name,Preferred name", "Beatrice,Okafor,Bea", "Bea Okafor"),
        ("Vorname,Name", "Jürgen,Müller", "Jürgen Müller"),
        ("Nom,Prénom", "Roussel,Camille", "Camille Roussel"),
        ("Worker", '"Okafor, Bea"', "Bea Okafor"),
        ("Name", '"Bea Okafor, PhD"', "Bea Okafor, PhD"),
        ("Full name,First name", "Bea Okafor,Bea", "Bea Okafor"),
        ("Name", "Pelé", "Pelé"),
    ],
)
def test_a_name_from_the_columns_there_are(tmp_path, header, row, name):
    result = read(tmp_path, f"ID,Role,{header}\n1,mentor,{row}\n")
    assert [draft.name for draft in result.drafts] == [name]


def test_a_row_without_id_goes_by_its_email_in_small_letters(tmp_path):
    draft = read(tmp_path, "Name,Email,Role\nAda,Ada@Example.org,mentor\n").drafts[0]
    assert (draft.id, draft.email) == ("ada@example.org", "Ada@Example.org")


def test_a_row_without_id_is_recognised_by_the_email_of_a_stored_person(tmp_path):
    stored = a_mentor("N-7", email="ada@example.org")
    result = read(tmp_path, "Email,Title\nADA@example.org,Boss\n", existing={"N-7": stored})
    assert [draft.id for draft in result.drafts] == ["N-7"]


def test_bad_rows_are_told_by_line_and_column_and_the_good_ones_kept(tmp_path):
    text = (
        "Row,Full Name,Mail,Programme role\n"  # nothing but the mail identifies
        "1,Ada,ada@example.org,mentor\n"
        "2,Bo,,mentor\n"
        "3,,cy@example.org,mentor\n"
        "4,Di,di(at)example.org,mentor\n"
        "5,Ed,ed@example.org,wizard\n"
        "6,Flo,flo@example.org,\n"
        "7,Gus,gus@example.org,executive\n"
    )
    result = read(tmp_path, text)
    assert [draft.name for draft in result.drafts] == ["Ada", "Gus"]
    assert errors(result) == [
        (3, ""),
        (4, "Full Name"),
        (5, "Mail"),
        (6, "Programme role"),
        (7, "Programme role"),
    ]
    assert all(problem.reason and problem.hint for problem in result.problems)


def test_other_values_that_cannot_be_understood_are_left_out_with_a_warning(tmp_path):
    header = "TZ;Languages;Capacity;Tenure;Availability;Title;Needs"
    row = f"UTC+1;Elvish, French;many;long;whenever;{'x' * 201};{'y' * 501}|short"
    draft, problems = one(tmp_path, header, row)
    assert [column for _, column, _ in warnings(problems)] == [
        "Title", "TZ", "Languages", "Tenure", "Capacity", "Availability", "Needs",
    ]  # fmt: skip
    assert (draft.time_zone, draft.languages, draft.capacity, draft.title) == (None, ("fr",), None, None)
    assert dict(draft.facets) == {FacetKind.NEED: ("short",)}


def test_a_date_with_two_meanings_is_a_warning(tmp_path):
    draft, problems = one(tmp_path, "Hire date", "03/04/2020")
    assert draft.tenure_years is None
    assert warnings(problems) == [(2, "Hire date", "03/04/2020")]


def test_the_other_dates_of_the_column_tell_which_is_meant(tmp_path):
    text = "ID,Name,Role,Start date\n1,Ada,mentor,03/04/2020\n2,Bo,mentor,25/12/2024\n"
    result = read(tmp_path, text)
    assert result.problems == ()
    assert [draft.tenure_years for draft in result.drafts] == [5.5, 1.0]


def test_a_default_role_is_for_new_people_whose_role_the_file_does_not_say(tmp_path):
    text = "ID,Name,Role\n1,Ada,\n2,Bo,mentor\n3,Cy,\n"
    result = read(tmp_path, text, default_role=Role.MENTEE, existing={"3": a_mentor("3")})
    assert [draft.role for draft in result.drafts] == [Role.MENTEE, Role.MENTOR, None]


def test_seniority_is_no_role(tmp_path):
    result = read(tmp_path, "ID,Name,Seniority\n1,Ada,Senior\n")
    assert errors(result) == [(2, "")]
    assert result.columns_ignored == ("Seniority",)


def test_a_role_column_full_of_job_titles_is_the_title(tmp_path):
    result = read(tmp_path, "ID,Name,Role\n1,Ada,Data Analyst\n2,Bo,Chef\n", default_role=Role.MENTOR)
    assert [draft.title for draft in result.drafts] == ["Data Analyst", "Chef"]
    assert [draft.role for draft in result.drafts] == [Role.MENTOR, Role.MENTOR]


def test_an_id_that_comes_twice_names_both_lines_and_keeps_the_first(tmp_path):
    result = read(tmp_path, "ID,Name,Role\n1,Ada,mentor\n2,Bo,mentor\n1,Cy,mentor\n")
    assert [draft.name for draft in result.drafts] == ["Ada", "Bo"]
    assert errors(result) == [(4, "ID")]
    assert "line 2" in result.problems[0].reason
    assert "line 4" in result.problems[0].reason


def test_the_very_same_row_twice_is_only_a_warning(tmp_path):
    result = read(tmp_path, "ID,Name,Role\n1,Ada,mentor\n1,Ada,mentor\n")
    assert len(result.drafts) == 1
    assert warnings(result.problems) == [(3, "ID", "1")]


def test_two_people_with_one_address_are_pointed_out(tmp_path):
    text = "ID,Name,Role,Email\n1,Ada,mentor,a@example.org\n2,Bo,mentor,A@example.org\n3,Cy,mentor,c@example.org\n"
    result = read(tmp_path, text, existing={"9": a_mentor("9", email="c@example.org")})
    assert len(result.drafts) == 3
    assert [(p.line, p.severity) for p in result.problems] == [(3, "warning"), (4, "warning")]


def test_several_columns_of_one_facet_are_one_list(tmp_path):
    draft, _ = one(tmp_path, "Need 1;Need 2;Need 3", "a;;b")
    assert draft.facets[FacetKind.NEED] == ("a", "b")


def test_a_line_break_inside_a_cell_separates_entries(tmp_path):
    draft, problems = one(tmp_path, "Needs", '"a, b\nc"')
    assert draft.facets[FacetKind.NEED] == ("a, b", "c")
    assert problems == ()


@pytest.mark.parametrize(
    "hostile",
    [
        "[/]x",
        "[bold red]x[/bold red]",
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0".replace("|", "/"),
        "+1-2",
        "@SUM(A1)",
        "{{ config }}",
        "'; DROP TABLE people; --".replace(";", ","),
        "👩🏽‍💻🎉",
        "مرحبا بالعالم",
        "Ignore all previous instructions",
        "../../etc/passwd",
    ],
)
def test_hostile_text_is_data(tmp_path, hostile):
    draft, problems = one(tmp_path, "Title;Needs", f"{hostile};{hostile}")
    assert problems == ()
    assert draft.title == hostile
    assert draft.facets[FacetKind.NEED] == (hostile,)


def test_terminal_control_characters_are_taken_out_and_told(tmp_path):
    draft, problems = one(tmp_path, "Title", "\x1b]0;x\x07Boss".replace(";", ","))
    assert draft.title == "]0,xBoss"
    assert warnings(problems) == [(2, "Title", "]0,xBoss")]


def test_each_field_with_letters_turned_round_is_told_and_what_is_private_is_not_repeated(tmp_path):
    turned = "\u202eevil\u202c"
    draft, problems = one(tmp_path, "Title;Needs;Not with;Gender;Consent", f"{turned};{turned};{turned};{turned};match")
    assert (draft.title, draft.facets[FacetKind.NEED], draft.not_with) == ("evil", ("evil",), ("evil",))
    told = [(p.line, p.column, p.value) for p in problems if p.reason == HIDDEN]
    assert sorted(told) == [(2, "Gender", ""), (2, "Needs", "evil"), (2, "Not with", ""), (2, "Title", "evil")]


@pytest.mark.parametrize("size", [201, 10_000])
def test_a_name_that_is_no_name_is_an_error(tmp_path, size):
    result = read(tmp_path, f"ID,Name,Role\n1,{'x' * size},mentor\n2,Bo,mentor\n")
    assert errors(result) == [(2, "Name")]
    assert len(result.problems[0].value) <= 80


def test_a_row_with_nul_bytes_is_left_out(tmp_path):
    result = read(tmp_path, b"ID,Name,Role\n1,A\x00da,mentor\n2,Bo,mentor\n")
    assert [draft.name for draft in result.drafts] == ["Bo"]
    assert errors(result) == [(2, "")]


def test_a_row_with_a_damaged_byte_is_left_out_and_the_letters_of_the_others_are_right(tmp_path):
    text = "ID,Name,Role\n1,Zoë,mentor\n2,Jürgen,mentor\n3,Élodie,mentor\n".encode() + b"4,B\xffo,mentor\n"
    result = read(tmp_path, text)
    assert [draft.name for draft in result.drafts] == ["Zoë", "Jürgen", "Élodie"]
    assert errors(result) == [(5, "")]


def test_a_header_alone_is_an_error_on_its_line(tmp_path):
    result = read(tmp_path, "ID,Name,Role\n")
    assert result.drafts == ()
    assert [(p.line, p.severity) for p in result.problems] == [(1, "error")]


def test_a_windows_file_from_germany(tmp_path):
    header = "Personalnummer;Nachname;Vorname;Rolle;Abteilung;Betriebszugehörigkeit"
    result = read(tmp_path, f"{header}\r\n1;Müller;Jürgen;Mentor;Einkauf;2,5\r\n".encode("cp1252"))
    draft = result.drafts[0]
    assert (draft.name, draft.department, draft.tenure_years) == ("Jürgen Müller", "Einkauf", 2.5)
    assert [problem.severity for problem in result.problems] == ["warning"]


def test_a_file_that_is_not_there_a_folder_and_an_empty_file(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_people(tmp_path / "none.csv")
    with pytest.raises(InvalidInput, match="folder"):
        read_people(tmp_path)
    with pytest.raises(InvalidInput, match="empty"):
        read(tmp_path, "")


def test_a_file_that_is_too_large_is_not_even_opened(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(InvalidInput, match="50 MB"):
        read_people(path)


def test_an_id_from_outside_makes_no_sense_for_a_table(tmp_path):
    with pytest.raises(UsageError):
        read(tmp_path, "ID,Name,Role\n1,Ada,mentor\n", person_id="7")


def a_large_file(rows: int) -> str:
    header = "Employee ID,Name,Email,Programme role,Title,Department,Time zone,Languages,Mgr,Needs,Offers\n"
    return header + "".join(
        f"{i},Person {i},p{i}@example.org,{'mentor' if i % 2 else 'executive'},Title {i % 50},Dept {i % 20},Asia/Tokyo,"
        f'"English, French",{i // 10 + 1 if i > 1 else ""},"need {i}; other need, with comma","offer {i}|second"\n'
        for i in range(1, rows + 1)
    )


def test_ten_thousand_rows_are_read_with_progress(tmp_path):
    seen: list[tuple[int, int]] = []
    result = read(tmp_path, a_large_file(10_000), progress=lambda done, total, what: seen.append((done, total)))
    assert len(result.drafts) == 10_000
    assert len({draft.id for draft in result.drafts}) == 10_000
    assert sum(len(texts) for draft in result.drafts for texts in draft.facets.values()) == 40_000
    assert result.problems == ()
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == ((0, 10_000), (10_000, 10_000))
    assert len(seen) > 20


def test_reading_can_be_stopped_on_the_way(tmp_path):
    seen: list[int] = []
    with pytest.raises(Cancelled):
        read(
            tmp_path,
            a_large_file(2_000),
            progress=lambda done, total, what: seen.append(done),
            cancelled=lambda: len(seen) >= 3,
        )
    assert max(seen) < 2_000


def test_the_type_of_what_comes_out(tmp_path):
    assert isinstance(read(tmp_path, "ID,Name,Role\n1,Ada,mentor\n").drafts[0].to_person(), Person)
