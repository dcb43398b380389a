from typing import Any

import pytest
from factories import a_mentor, an_executive

from companion.domain.criteria import Criteria, HardRules, MatchingWeights, Quota, SensitiveUse
from companion.domain.criteria_check import concerns
from companion.domain.people import Declared
from companion.domain.programme import Programme

PURPOSE = "The programme exists to open doors."


def said(people: list[Any], **criteria: Any) -> dict[str, str]:
    return {found.key: found.text for found in concerns(Programme(matching=Criteria(**criteria)), people)}


FULL = {
    "department": "Sales",
    "location": "Paris",
    "region": "EMEA",
    "languages": ("en",),
    "manager_id": "x",
    "availability": ("mon-am",),
    "tenure_years": 2,
    "interest": ["chess"],
    "work_style": "quiet",
    "level": 3,
}


def test_a_programme_that_fits_its_people_raises_nothing() -> None:
    assert said([a_mentor(**FULL), an_executive(**(FULL | {"level": 7}))], rules=HardRules(min_level_gap=4)) == {}
    assert said([]) == {}


def test_rules_weights_and_quotas_on_what_nobody_states_are_named() -> None:
    found = said(
        [a_mentor(), an_executive()],
        rules=HardRules(
            min_shared_hours=2, location="same", min_level_gap=1, mentors_per_department=1, mentors_per_manager=2
        ),
        weights=MatchingWeights(work_style=1),
        quotas=(Quota(same="language", at_most=0.5),),
        sensitive=(SensitiveUse(attribute="Gender", purpose=PURPOSE, prefer="same", weight=1),),
    )
    assert set(found) == {
        *(
            f"matching.rules.{key}"
            for key in (
                "reporting_line",
                "common_language",
                "min_shared_hours",
                "location",
                "min_level_gap",
                "mentors_per_department",
                "mentors_per_manager",
            )
        ),
        *(f"matching.weights.{key}" for key in ("interests", "department", "region", "tenure", "work_style")),
        "matching.weights.availability",
        "matching.quotas[1]",
        "matching.sensitive[1]",
    }
    assert found["matching.rules.location"] == "Nobody states a location: no effect."
    assert found["matching.rules.mentors_per_manager"] == "No mentor states a manager: no effect."


@pytest.mark.parametrize(("use", "heard"), [("report", True), ("match", False)])
def test_declared_attributes_count_only_with_consent_to_matching(use: str, heard: bool) -> None:
    people = [a_mentor(**FULL, declared=(Declared(attribute="gender", value="x", use=use),)), an_executive(**FULL)]
    found = said(people, sensitive=(SensitiveUse(attribute="Gender", purpose=PURPOSE, prefer="same", weight=1),))
    assert ("matching.sensitive[1]" in found) is heard


def test_a_quota_that_the_language_rule_makes_impossible_is_named() -> None:
    people = [a_mentor(**FULL), an_executive(**FULL)]
    quota = (Quota(same="language", at_most=0.5),)
    assert "switch common_language off" in said(people, quotas=quota)["matching.quotas[1]"]
    assert said(people, quotas=quota, rules=HardRules(common_language=False)) == {}


def test_blocked_ids_that_nobody_has_are_named_with_the_nearest_one() -> None:
    people = [a_mentor("N-1001", **FULL), an_executive("E-77", **FULL)]
    found = said(people, rules=HardRules(blocked_pairs=(("N-1001", "E-77"), ("N-1O01", "[/]x" + "y" * 10_000))))
    assert set(found) == {"matching.rules.blocked_pairs[2]"}
    found |= said(people, rules=HardRules(blocked_pairs=(("N-1O01", "E-77"),)))
    assert "Did you mean 'N-1001'?" in found["matching.rules.blocked_pairs[1]"]
    assert len(found["matching.rules.blocked_pairs[2]"]) < 150
    series = [a_mentor(f"N-10{n}", **FULL) for n in range(10, 30)]
    found = said(series, rules=HardRules(blocked_pairs=(("N-10X5", "N-1010"),)))
    assert found["matching.rules.blocked_pairs[1]"] == "Nobody has the id 'N-10X5'."


@pytest.mark.parametrize(
    ("criteria", "key", "part"),
    [
        ({"need_floor": 0.999}, "matching.need_floor", "nearly every pair"),
        ({"need_floor": 0.5}, "matching.need_floor", "by chance"),
        (
            {"rules": HardRules(reporting_line=False, reporting_line_waiver="Eleven people.")},
            "matching.rules.reporting_line",
            "Eleven people.",
        ),
        ({"rules": HardRules(reporting_line_waiver="Why?")}, "matching.rules.reporting_line_waiver", "that is on"),
        ({"quotas": (Quota(same="region", at_most=1),)}, "matching.quotas[1]", "never changes"),
        ({"quotas": (Quota(same="region", at_most=0.1),) * 2}, "matching.quotas", "2 quotas on the same region"),
        ({"rules": HardRules(blocked_pairs=(("m1", "m1"),))}, "matching.rules.blocked_pairs[1]", "themselves"),
        ({"rules": HardRules(min_level_gap=5)}, "matching.rules.min_level_gap", "up to level 3, mentors begin at 3"),
        ({"format": "circles"}, "matching.circle.least", "No mentor has room for 3 executives"),
    ],
)
def test_rules_that_do_too_little_or_too_much_are_named(criteria: dict[str, Any], key: str, part: str) -> None:
    assert part in said([a_mentor(**FULL), an_executive(**FULL)], **criteria)[key]
