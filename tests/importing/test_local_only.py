"""A column that says who wants nothing sent to a model elsewhere."""

from datetime import date

import pytest
from factories import an_executive

from companion.domain.imports import plan_import
from companion.domain.people import Person
from companion.importing.csv_people import Known, read_csv

HEADERS = ("Local model only", "No remote AI", "AI opt-out", "local_only")


def imported(text: str, *stored: Person) -> Person:
    existing = {person.id: person for person in stored}
    read = read_csv(text.encode(), "people.csv", Known.of(existing, None, date(2026, 3, 2)))
    plan = plan_import(read.drafts, existing, source=read.source, problems=read.problems)
    return plan.changes[0].person


@pytest.mark.parametrize("header", HEADERS)
def test_the_column_is_known_by_its_usual_names(header: str) -> None:
    text = f"Employee ID,Name,Programme role,{header}\ne1,Laurent Petit,executive,yes\n"
    assert imported(text).local_only


@pytest.mark.parametrize("cell", ["no", "", "perhaps"])
def test_an_import_never_takes_back_what_somebody_decided(cell: str) -> None:
    text = f"Employee ID,Name,Programme role,Local model only\ne1,Laurent Petit,executive,{cell}\n"
    assert imported(text, an_executive(local_only=True)).local_only
    assert not imported(text).local_only


def test_a_no_that_lifts_nothing_is_said_with_how_to_lift_it() -> None:
    text = "Employee ID,Name,Programme role,Local model only\ne1,Laurent Petit,executive,no\n"
    stored = {"e1": an_executive(local_only=True)}
    [problem] = read_csv(text.encode(), "people.csv", Known.of(stored, None, date(2026, 3, 2))).problems
    assert (problem.where, problem.severity) == ("people.csv, line 2, column 'Local model only'", "warning")
    assert "The earlier yes stays" in problem.reason
    assert "companion privacy opt-out e1 --undo" in problem.hint
    stored = {"e1": an_executive()}
    assert read_csv(text.encode(), "people.csv", Known.of(stored, None, date(2026, 3, 2))).problems == ()


@pytest.mark.parametrize("header", ["Local model only", "Opt-out", "Opt-in"])
def test_an_unclear_wish_is_not_guessed(header: str) -> None:
    text = f"Employee ID,Name,Programme role,{header}\ne1,Laurent Petit,executive,perhaps\n"
    [problem] = read_csv(text.encode(), "people.csv", Known.of({}, None, date(2026, 3, 2))).problems
    assert problem.reason == "This is neither yes nor no. Nothing was changed, so ask them what they wish."
