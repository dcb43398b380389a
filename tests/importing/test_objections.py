"""A column in which people may object to something is never passed over in silence."""

from datetime import date

import pytest

from companion.domain.imports import ImportPlan, RowProblem
from companion.importing.csv_people import Known, read_csv
from companion.importing.headers import field_of
from companion.importing.objections import Objection, objection_in

MODELS, PART, DATA = Objection.MODELS, Objection.PART, Objection.DATA


def problems_of(header: str, *cells: str) -> list[RowProblem]:
    rows = "".join(f'p{n},Ada,mentor,"{cell}"\n' for n, cell in enumerate(cells))
    text = f'Employee ID,Name,Programme role,"{header}"\n{rows}'
    return list(read_csv(text.encode(), "people.csv", Known.of({}, None, date(2026, 3, 2))).problems)


@pytest.mark.parametrize(
    ("header", "objection"),
    [
        ("No AI", MODELS),
        ("NoAI", MODELS),
        ("AI allowed?", MODELS),
        ("AI", MODELS),
        ("Consent to AI", MODELS),
        ("local models only please", MODELS),
        ("On-prem only", MODELS),
        ("Keine KI", MODELS),
        ("Pas d'IA", MODELS),
        ("GDPR: no AI", MODELS),
        ("do not contact", PART),
        ("DoNotContact", PART),
        ("Consent to be contacted", PART),
        ("Opted out on", PART),
        ("Excluded", PART),
        ("Ne pas contacter", PART),
        ("GDPR", DATA),
        ("GDPR_Consent", DATA),
        ("DSGVO-Einwilligung", DATA),
        ("Widerspruch", DATA),
        ("Objections", DATA),
    ],
)
def test_a_filled_in_column_that_sounds_like_an_objection_is_a_warning_with_what_to_do(header, objection):
    assert objection_in(header) is objection
    problem = problems_of(header, "yes", "", "n/a", "x")[0]
    assert (problem.column, problem.line, problem.severity) == (header, 1, "warning")
    assert problem.objection
    assert "filled in for 2 people" in problem.reason
    assert problem.hint == objection.value


@pytest.mark.parametrize("name", [word for hint in Objection for word in hint.value.split("'")[1::2]])
def test_the_names_it_says_to_use_are_read(name):
    assert field_of(name) is not None


@pytest.mark.parametrize(
    "header",
    ["Notes", "AI skills", "Contact number", "Number of matches", "Cost model", "Exclusive", "Notice period", "", "🙂"],
)
def test_an_ordinary_column_raises_no_alarm(header):
    assert objection_in(header) is None
    assert not any(problem.objection for problem in problems_of(header, "yes"))


def test_an_empty_column_raises_no_alarm():
    assert problems_of("No AI", "", " ", "n/a") == []


def test_a_consent_without_declared_attributes_is_about_something_else():
    (problem,) = problems_of("Consent", "no")
    assert problem.hint == DATA.value
    assert "Only a no was read" in problem.reason
    text = "Employee ID,Name,Programme role,Gender,Consent\np1,Ada,mentor,female,report\n"
    assert read_csv(text.encode(), "people.csv", Known.of({}, None, date(2026, 3, 2))).problems == ()


def test_a_consent_under_the_documented_name_raises_no_alarm():
    assert problems_of("Consent to use", "no", "match") == []


def test_a_misspelt_wish_is_one_too():
    (problem,) = problems_of("Optt-out", "yes")
    assert problem.objection
    assert "Did you mean 'Opt-out'?" in problem.hint


def test_before_saving_they_are_named_whatever_they_are_called():
    names = ["[/]x <script>", "\u202eNo AI " + "x" * 300, "GDPR", "DNC", "Widerspruch"]
    problems = [RowProblem(file="f", line=1, column=name, reason="", objection=True) for name in names]
    plan = ImportPlan(source="f", changes=(), problems=tuple(problems))
    assert plan.objection_warning == (
        "Look before you save: what people object to may stand unread in '[/]x <script>', 'No AI…', 'GDPR' and 2 more."
    )
    assert ImportPlan(source="f", changes=()).objection_warning == ""
