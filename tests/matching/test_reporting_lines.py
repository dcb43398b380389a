from factories import a_person

from companion.domain.people import Person, Role
from companion.matching.reporting_lines import reporting_lines


def chain(*links: tuple[str, str]) -> list[Person]:
    return [a_person(person_id, manager_id=manager_id) for person_id, manager_id in links]


def test_a_line_is_followed_to_its_end() -> None:
    lines = reporting_lines(chain(("a", "b"), ("b", "c"), ("c", "d"), ("d", "boss")))

    assert lines.above["id:a"] == {"id:b", "id:c", "id:d", "id:boss"}


def test_a_manager_may_be_named_by_email_and_case_does_not_matter() -> None:
    people = [a_person("a", manager_id="Boss@X.example"), a_person("b", email="boss@x.example", manager_id="c")]

    assert reporting_lines(people).above["id:a"] == {"boss@x.example", "id:c"}


def test_two_records_with_one_email_are_one_person_with_both_lines() -> None:
    people = [
        a_person("p1", Role.MENTOR, email="ann@x.example", manager_id="m1"),
        a_person("p2", Role.MENTEE, email="Ann@x.example", manager_id="m2"),
        a_person("low", manager_id="p2"),
    ]
    lines = reporting_lines(people)

    assert lines.identity["p1"] == lines.identity["p2"]
    assert lines.above["id:low"] == {"ann@x.example", "id:m1", "id:m2"}


def test_a_circle_ends_and_is_reported_once() -> None:
    lines = reporting_lines(chain(("a", "b"), ("b", "c"), ("c", "a"), ("below", "a"), ("free", "x")))

    assert lines.above["id:a"] == {"id:a", "id:b", "id:c"}
    assert lines.above["id:below"] == {"id:a", "id:b", "id:c"}
    circles = [warning for warning in lines.warnings if "circle" in warning]
    assert len(circles) == 1
    assert all(name in circles[0] for name in ("(a)", "(b)", "(c)"))
    assert "below" not in circles[0]


def test_two_circles_are_two_warnings() -> None:
    warnings = reporting_lines(chain(("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"))).warnings

    assert sum("circle" in warning for warning in warnings) == 2


def test_somebody_recorded_as_their_own_manager_is_no_circle() -> None:
    lines = reporting_lines(chain(("top", "top"), ("a", "top")))

    assert lines.above["id:a"] == {"id:top"}
    assert lines.above["id:top"] == frozenset()
    assert "Person top (top) is recorded as their own manager" in " ".join(lines.warnings)


def test_unknown_managers_are_counted_and_some_named() -> None:
    (warning,) = reporting_lines(chain(*((f"p{n}", f"boss{n}") for n in range(8)))).warnings

    assert warning.startswith("8 managers are not in the data (boss0, boss1, boss2, boss3, boss4 and 3 more)")


def test_missing_managers_are_counted() -> None:
    assert "No manager is recorded for anybody" in " ".join(reporting_lines([a_person("a"), a_person("b")]).warnings)
    some = reporting_lines([a_person("a"), a_person("b", manager_id="a")]).warnings
    assert "No manager is recorded for 1 of 2 people" in " ".join(some)


def test_a_line_of_thousands_does_not_hang() -> None:
    depth = 2_000
    lines = reporting_lines(chain(*((f"p{n:05}", f"p{n + 1:05}") for n in range(depth))))

    assert len(lines.above["id:p00000"]) == depth


def test_names_that_act_on_a_terminal_are_shown_plain() -> None:
    people = [a_person("a", name="Eve\x1b[2J\x07 [red]x", manager_id="a")]

    (warning,) = reporting_lines(people).warnings
    assert "\x1b" not in warning
    assert "Eve [red]x (a)" in warning
