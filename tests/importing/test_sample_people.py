from importlib.resources import files
from pathlib import Path

import pytest

from companion.domain.imports import plan_import
from companion.domain.people import FacetKind, Person, Role
from companion.importing import read_people

SAMPLE = Path(str(files("companion") / "sample" / "people.csv"))


@pytest.fixture(scope="module")
def sample() -> dict[str, Person]:
    result = read_people(SAMPLE)
    plan = plan_import(result.drafts, {}, problems=result.problems)
    assert plan.problems == ()
    assert result.columns_ignored == ()
    return {person.id: person for person in plan.people_to_save}


def test_the_sample_is_clean_and_has_both_roles(sample):
    roles = [person.role for person in sample.values()]
    assert (roles.count(Role.MENTEE), roles.count(Role.MENTOR)) == (16, 24)
    assert all(person.email.endswith(".example") for person in sample.values())


def test_everybody_states_a_need_or_an_offer(sample):
    for person in sample.values():
        kind = FacetKind.NEED if person.role is Role.MENTEE else FacetKind.OFFER
        assert person.entries(kind), person.name


def test_the_closest_mentor_of_the_finance_chief_reports_to_them_through_two_levels(sample):
    chief = next(person for person in sample.values() if person.name == "Laurent Petit")
    mentor = next(person for person in sample.values() if person.name == "Felix Brandt")
    lead = sample[mentor.manager_id]
    assert sample[lead.manager_id].manager_id == chief.id


def test_the_special_cases_a_demo_shows_are_there(sample):
    mentors = [person for person in sample.values() if person.role is Role.MENTOR]
    assert sorted(person.capacity for person in mentors if person.capacity != 1) == [0, 2]
    assert sorted(p.role for p in sample.values() if p.languages == ("fr",)) == [Role.MENTEE, Role.MENTOR]


def test_importing_the_sample_twice_changes_nothing(sample):
    again = read_people(SAMPLE, existing=sample)
    assert plan_import(again.drafts, sample).people_to_save == ()
