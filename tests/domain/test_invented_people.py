from companion.domain.criteria import Circle, Criteria, SensitiveUse
from companion.domain.criteria_check import concerns
from companion.domain.invented_people import LEAST, MOST, invented_people
from companion.domain.people import FacetKind, Role
from companion.domain.programme import Programme


def test_the_same_seed_invents_the_same_people() -> None:
    assert invented_people(40, 7, Criteria()) == invented_people(40, 7, Criteria())
    assert invented_people(40, 7, Criteria()) != invented_people(40, 8, Criteria())


def test_both_roles_are_there_and_state_what_is_matched() -> None:
    for count in (LEAST, 40, MOST):
        people = invented_people(count, 1, Criteria())
        assert len({person.id for person in people}) == count
        for role, kind in ((Role.MENTOR, FacetKind.OFFER), (Role.MENTEE, FacetKind.NEED)):
            side = [person for person in people if person.role is role]
            assert side
            assert all(person.entries(kind) for person in side)


def test_every_criterion_has_something_to_work_on() -> None:
    purpose = "The programme exists to open doors."
    criteria = Criteria(
        format="circles",
        circle=Circle(least=4, most=6),
        sensitive=(SensitiveUse(attribute="Gender", purpose=purpose, prefer="same", weight=1),),
    )
    people = invented_people(40, 7, criteria)
    assert concerns(Programme(matching=criteria), people) == ()
    mentors = [person for person in people if person.role is Role.MENTOR]
    assert (len(mentors), {person.capacity for person in mentors}) == (8, {6})
