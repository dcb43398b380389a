from factories import a_mentor

from companion.domain.imports import DRAFT_FIELDS, FIELD_LABELS, PersonDraft, RowProblem, plan_import
from companion.domain.people import FacetKind, Role


def a_draft(person_id: str = "m1", **changes: object) -> PersonDraft:
    values = {"file": "people.csv", "line": 2, "id": person_id, "name": "Amira Haddad", "role": Role.MENTOR}
    return PersonDraft.model_validate(values | changes)


def test_a_new_person_shows_every_field_that_holds_something():
    draft = a_draft(title="Analyst", tenure_years=2.5, facets={FacetKind.OFFER: ("SQL", "Python")})
    plan = plan_import([draft], {})
    assert [change.kind for change in plan.changes] == ["added"]
    fields = {change.field: change.after for change in plan.changes[0].changes}
    assert fields["title"] == ("Analyst",)
    assert fields["tenure_years"] == ("2.5",)
    assert fields["offer"] == ("SQL", "Python")
    assert "location" not in fields
    assert all(change.before == () for change in plan.changes[0].changes)


def test_the_same_file_again_changes_nothing_and_returns_the_stored_person():
    draft = a_draft(title="Analyst", facets={FacetKind.NEED: ("one",), FacetKind.OFF_LIMITS: ("two",)})
    stored = {p.id: p for p in plan_import([draft], {}).people_to_save}
    again = plan_import([draft], stored)
    assert [change.kind for change in again.changes] == ["unchanged"]
    assert again.changes[0].person is stored["m1"]
    assert again.people_to_save == ()


def test_a_changed_row_names_the_field_before_and_after():
    stored = a_mentor(title="Analyst", offer=["SQL", "Python"], gain=["Board papers"])
    draft = a_draft(title="Senior analyst", facets={FacetKind.OFFER: ("SQL", "Rust")})
    plan = plan_import([draft], {stored.id: stored})
    title, offer = plan.changes[0].changes
    assert (title.field, title.before, title.after) == ("title", ("Analyst",), ("Senior analyst",))
    assert (offer.entries_added, offer.entries_removed) == (("Rust",), ("Python",))
    assert [f.text for f in plan.changes[0].person.entries(FacetKind.GAIN)] == ["Board papers"]


def test_what_the_file_does_not_say_is_kept():
    stored = a_mentor(title="Analyst", location="Paris", capacity=0, languages=("fr",))
    plan = plan_import([PersonDraft(id="m1", department="Sales")], {stored.id: stored})
    assert plan.changes[0].person == stored.model_copy(update={"department": "Sales"})
    assert [change.field for change in plan.changes[0].changes] == ["department"]


def test_entries_in_another_order_are_a_change_because_the_order_is_a_ranking():
    stored = a_mentor(offer=["SQL", "Python"], gain=[])
    plan = plan_import([a_draft(facets={FacetKind.OFFER: ("Python", "SQL")})], {stored.id: stored})
    assert plan.changes[0].changes[0].after == ("Python", "SQL")


def test_nobody_who_is_missing_from_the_file_appears_in_the_plan():
    stored = {p.id: p for p in (a_mentor("m1"), a_mentor("m2"))}
    assert {c.person.id for c in plan_import([a_draft("m1")], stored).changes} == {"m1"}


def test_a_row_that_makes_no_valid_person_is_a_problem_under_its_own_header_and_the_others_are_kept():
    bad = a_draft("m1", capacity=99, columns={"capacity": "Max. pairs"}, line=7)
    plan = plan_import([bad, a_draft("m2")], {})
    assert [change.person.id for change in plan.changes] == ["m2"]
    (problem,) = plan.errors
    assert (problem.line, problem.column, problem.value) == (7, "Max. pairs", "99")
    assert problem.where == "people.csv, line 7, column 'Max. pairs'"


def test_a_new_person_without_name_or_role_is_a_problem_but_a_stored_one_needs_neither():
    bare = PersonDraft(file="f.csv", line=3, id="m1", title="Analyst")
    reasons = [problem.reason for problem in plan_import([bare], {}).errors]
    assert reasons == ["A new person needs a name.", "A new person needs a role."]
    assert plan_import([bare], {"m1": a_mentor()}).changes[0].kind == "changed"


def test_problems_found_while_reading_stay_in_the_plan():
    problem = RowProblem(file="f.csv", line=1, reason="Odd.", severity="warning")
    plan = plan_import([], {}, source="f.csv", problems=[problem])
    assert (plan.source, plan.warnings, plan.errors) == ("f.csv", (problem,), ())


def test_fields_can_be_dropped_before_saving():
    draft = a_draft(title="Analyst", facets={FacetKind.OFFER: ("SQL",), FacetKind.INTEREST: ("Chess",)})
    smaller = draft.without("title", "interest")
    assert smaller.title is None
    assert dict(smaller.facets) == {FacetKind.OFFER: ("SQL",)}


def test_a_long_value_is_cut_in_a_problem_and_put_on_one_line():
    problem = RowProblem(file="f", line=1, value="a\nb" + "x" * 10_000, reason="Long.")
    assert problem.value.startswith("a b")
    assert len(problem.value) == 80


def test_every_field_has_a_label():
    assert set(FIELD_LABELS) == {"id", *DRAFT_FIELDS, *(kind.value for kind in FacetKind)}
