"""What a programme's criteria ask of people: level, region, work style, wishes, and what they declared."""

import pytest
from factories import a_mentor

from companion.domain.imports import ImportPlan, ReadResult, plan_import
from companion.domain.people import Declared, Person
from companion.importing import problems_csv, read_people
from companion.importing.values import BadValue, level, yes_or_no


def read(tmp_path, text: str, **arguments) -> ReadResult:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    return read_people(path, **arguments)


def imported(tmp_path, header: str, *rows: str, existing: dict[str, Person] | None = None) -> ImportPlan:
    lines = [f"ID;Name;Email;Role;{header}", *(f"{n};Person {n};p{n}@x.org;mentor;{row}" for n, row in enumerate(rows))]
    result = read(tmp_path, "\n".join(lines), existing=existing or {})
    return plan_import(result.drafts, existing or {}, problems=result.problems)


def first(plan: ImportPlan) -> Person:
    return plan.changes[0].person


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("L5", 5),
        ("l 12", 12),
        ("Grade 7", 7),
        ("Job level: 3", 3),
        ("Level-4", 4),
        ("12.0", 12),
        ("EG 9", 9),
        ("Stufe 2", 2),
        ("Niveau 6", 6),
        ("échelon 3", 3),
        ("IV", 4),
        ("grade ix", 9),
        ("xiv", 14),
        ("0", 0),
    ],
)
def test_levels(text: str, value: int) -> None:
    assert level(text) == value


@pytest.mark.parametrize("text", ["Director", "IC5", "M3", "7b", "100", "-1", "iiii", "[/]x", "9" * 10_000, "grade"])
def test_what_is_no_level_that_can_be_compared(text: str) -> None:
    with pytest.raises(BadValue):
        level(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("Yes", True), ("JA", True), ("oui", True), ("Sí", True), ("x", True), ("Nein", False), ("0", False)],
)
def test_yes_and_no_in_several_languages(text: str, value: bool) -> None:
    assert yes_or_no(text) is value


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Job Level;Region;Work style;Opt-out", "L5;EMEA;reads first;no"),
        ("Karrierestufe;Weltregion;Arbeitsstil;Abgemeldet", "Stufe 5;EMEA;reads first;nein"),
        ("Niveau hiérarchique;Région;Style de travail;Opt-in", "5;EMEA;reads first;oui"),
    ],
)
def test_columns_are_recognised_in_three_languages(tmp_path, header: str, cells: str) -> None:
    plan = imported(tmp_path, header, cells)
    person = first(plan)
    assert plan.problems == ()
    assert (person.level, person.region, person.work_style, person.opted_out) == (5, "EMEA", "reads first", False)


@pytest.mark.parametrize(("header", "cell"), [("Opted out", "Yes"), ("Opt-in", "No"), ("Takes part", "non")])
def test_who_opts_out_is_out_and_may_come_back(tmp_path, header: str, cell: str) -> None:
    plan = imported(tmp_path, header, cell)
    assert first(plan).opted_out
    assert [c.after for c in plan.changes[0].changes if c.field == "opted_out"] == [("yes",)]
    back = imported(tmp_path, "Opt-out", "no", existing={"0": first(plan)})
    assert not first(back).opted_out
    silent = imported(tmp_path, "Opt-out", "", existing={"0": first(plan)})
    assert silent.people_to_save == ()


def test_a_value_that_is_not_understood_is_named_and_left_out(tmp_path) -> None:
    plan = imported(tmp_path, "Level;Opt-out", "Director;perhaps")
    assert [(p.line, p.column, p.severity) for p in plan.problems] == [
        (2, "Level", "warning"),
        (2, "Opt-out", "warning"),
    ]
    assert first(plan).level is None


def test_not_with_finds_people_by_id_address_and_name(tmp_path) -> None:
    plan = imported(tmp_path, "Not with;Not with 2", "1| person 2 | P3@X.ORG;nobody@x.org", ";", "1,3;", "Person 3;3")
    assert [person.not_with for person in plan.people_to_save] == [("1", "2", "3", "nobody@x.org"), (), ("1", "3"), ()]
    stored = {person.id: person for person in plan.people_to_save}
    again = imported(tmp_path, "Not with", "1|2|3", "", "1|3", "", existing=stored)
    assert [c.person.id for c in again.changes if c.kind == "changed"] == ["0"]


def test_whom_somebody_does_not_want_is_shown_to_nobody(tmp_path) -> None:
    plan = imported(tmp_path, "Not with", "1", "Some Stranger")
    fields = [field for change in plan.changes for field in change.changes if field.field == "not_with"]
    assert [field.after for field in fields] == [("1 person",), ("1 person",)]
    assert "Stranger" not in problems_csv(plan.problems)
    assert "cannot be told" in plan.problems[0].reason
    changed = imported(
        tmp_path, "Not with", "p1@x.org| 7a", "Some Stranger", existing={p.id: p for p in plan.people_to_save}
    )
    assert [f.after for f in changed.changes[0].changes] == [("2 people",)]
    other = imported(tmp_path, "Not with", "7a", "Some Stranger", existing={p.id: p for p in plan.people_to_save})
    assert [f.after for f in other.changes[0].changes] == [("1 person, another than before",)]


WOMAN = Declared(attribute="gender", value="Woman", use="match")


def test_what_is_declared_is_read_only_with_consent(tmp_path) -> None:
    plan = imported(
        tmp_path,
        "Gender;Disability;Consent to use",
        "Woman;none;match",
        "Man;yes;Report",
        "Woman;yes;no",
        "Man;yes;",
        "Man;yes;perhaps",
        "Man;;yes",
    )
    assert [person.declared for person in plan.people_to_save] == [
        (WOMAN,),
        (Declared(attribute="disability", value="yes"), Declared(attribute="gender", value="Man")),
        (),
        (),
        (),
        (Declared(attribute="gender", value="Man"),),
    ]
    assert [(p.line, p.reason.split(":")[0]) for p in plan.problems] == [
        (0, "What 3 people declared was not read"),
        (6, "This does not say what is consented to, so nothing declared was read."),
    ]


@pytest.mark.parametrize(
    ("header", "attribute"),
    [
        ("Geschlecht;Einwilligung zur Nutzung", "gender"),
        ("Sexe;Consentement à l'utilisation", "gender"),
        ("Tranche d'âge;Consent", "age group"),
        ("Staatsangehörigkeit;Einwilligung", "nationality"),
        ("Schwerbehinderung;Zustimmung", "disability"),
        ("Ethnicity;Consent to use in matching", "ethnicity"),
    ],
)
def test_attributes_are_recognised_by_their_names_alone(tmp_path, header: str, attribute: str) -> None:
    assert [item.attribute for item in first(imported(tmp_path, header, "x y;report")).declared] == [attribute]


@pytest.mark.parametrize("header", ["Consent to contact", "Consent to photos", "Consent to AI"])
def test_a_consent_to_something_else_opens_nothing_declared(tmp_path, header: str) -> None:
    assert read(tmp_path, f"ID;Name;Role;Gender;{header}\n1;Ada;mentor;Woman;yes\n").drafts[0].declared is None
    both = read(tmp_path, f"ID;Name;Role;Gender;{header};Consent to use\n1;Ada;mentor;Woman;yes;no\n")
    assert both.drafts[0].declared == ()


def test_without_a_consent_column_nothing_declared_is_looked_at(tmp_path) -> None:
    result = read(tmp_path, "ID;Name;Role;Gender;Age\n1;Ada;mentor;secretvalue;99\n")
    assert result.columns_ignored == ("Gender", "Age")
    assert result.drafts[0].declared is None
    (problem,) = result.problems
    assert (problem.line, problem.column, problem.severity) == (1, "Gender", "warning")
    assert "secretvalue" not in problems_csv(result.problems)


def test_a_no_takes_back_what_was_stored_and_an_empty_cell_leaves_it(tmp_path) -> None:
    stored = {"0": a_mentor("0", name="Person 0", email="p0@x.org", declared=(WOMAN,))}
    assert first(imported(tmp_path, "Consent", "no", existing=stored)).declared == ()
    assert imported(tmp_path, "Consent", "", existing=stored).people_to_save == ()
    assert imported(tmp_path, "Gender;Consent", "Woman;match", existing=stored).people_to_save == ()
    assert imported(tmp_path, "Consent", "yes", existing=stored).people_to_save == ()
    alone = imported(tmp_path, "Consent to use", "report", existing=stored)
    assert first(alone).declared == (Declared(attribute="gender", value="Woman"),)
    narrower = imported(tmp_path, "Gender;Consent", ";report", existing=stored)
    assert first(narrower).declared == (Declared(attribute="gender", value="Woman"),)
    assert narrower.changes[0].changes[0].after == ("gender, for figures",)
    other = imported(tmp_path, "Gender;Consent", "Man;match", existing=stored)
    assert other.changes[0].changes[0].after == ("gender, for matching, another than before",)


def test_hostile_and_huge_cells_do_no_harm(tmp_path) -> None:
    hostile, huge = "[/]x <script>🚀", "y" * 10_000
    plan = imported(
        tmp_path,
        "Level;Region;Work style;Not with;Gender;Consent",
        f"1;{hostile};{hostile};{huge};{huge};match",
        f"1;{huge};{hostile};{'|'.join(f'id{n}' for n in range(5000))};{hostile};match",
    )
    one, two = plan.people_to_save
    assert (one.region, one.not_with, one.declared) == (hostile, (), ())
    assert (two.region, len(two.not_with), two.declared[0].value) == ("", 5000, hostile)
    assert [p.column for p in plan.problems] == ["Not with", "Gender", "Region"]
