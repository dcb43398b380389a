from collections import Counter
from typing import Any

import numpy as np
import pytest
from factories import NOON, a_mentor, an_executive

from companion.domain.criteria import Criteria, HardRules
from companion.domain.matching import ExclusionReason
from companion.domain.people import Person
from companion.domain.programme import Programme
from companion.errors import InvalidInput
from companion.matching.eligibility import POSSIBLE, Candidates, find_candidates, lay_ground, reason_of
from companion.matching.sides import two_sides
from companion.ports import MatchRequest


class Verdicts:
    """The verdicts of a small cohort as one table, shape (mentees, mentors)."""

    def __init__(self, candidates: Candidates) -> None:
        self.candidates = candidates
        rows, mentors = np.arange(len(candidates.mentees)), len(candidates.mentors)
        codes = np.ascontiguousarray(candidates.traits(rows, slice(0, mentors), mentors).T)
        candidates.named(codes, rows, decided=True)
        self.codes = codes

    @property
    def possible(self) -> Any:
        return self.codes == POSSIBLE

    def counts(self) -> tuple[tuple[ExclusionReason, int], ...]:
        found = Counter(reason_of(int(number)) for number in self.codes.ravel() if number)
        return tuple((reason, found[reason]) for reason in ExclusionReason if found[reason])


def candidates(*people: Person, programme: Programme | None = None, **changes: Any) -> Verdicts:
    arguments: dict[str, Any] = {"at": NOON, "embedding_model": "fake@1", "vectors": lambda texts: None}
    request = MatchRequest(people=people, programme=programme or Programme(), **(arguments | changes))
    return Verdicts(find_candidates(lay_ground(two_sides(people, request.rules), request), request))


def reason(*people: Person, **changes: Any) -> ExclusionReason | None:
    counts = candidates(*people, **changes).counts()
    assert sum(count for _, count in counts) <= 1
    return counts[0][0] if counts else None


def test_two_strangers_are_possible() -> None:
    assert reason(a_mentor(), an_executive()) is None


@pytest.mark.parametrize(
    ("mentor", "executive"),
    [
        (a_mentor(manager_id="e1"), an_executive()),
        (a_mentor(), an_executive(manager_id="m1")),
        (a_mentor(manager_id="BOSS@x.example"), an_executive(email="boss@x.example")),
    ],
    ids=["executive above", "mentor above", "named by e-mail"],
)
def test_the_reporting_line_is_excluded_in_both_directions(mentor: Person, executive: Person) -> None:
    assert reason(mentor, executive) is ExclusionReason.REPORTING_LINE


def test_the_reporting_line_runs_through_people_of_either_role() -> None:
    people = [
        a_mentor("m1", manager_id="m2"),
        a_mentor("m2", manager_id="e2", capacity=0),
        an_executive("e2", manager_id="e1", capacity=0),
        an_executive("e1"),
    ]
    found = candidates(*people)

    assert dict(found.counts())[ExclusionReason.REPORTING_LINE] == 4
    assert not found.possible.any()


def test_two_people_with_one_manager_are_possible() -> None:
    assert reason(a_mentor(manager_id="boss"), an_executive(manager_id="boss")) is None


@pytest.mark.parametrize(
    ("mentor", "executive"),
    [
        (a_mentor("p1"), an_executive("p1")),
        (a_mentor(email="Ann@X.example "), an_executive(email="ann@x.example")),
    ],
    ids=["id", "e-mail"],
)
def test_nobody_mentors_themselves(mentor: Person, executive: Person) -> None:
    assert reason(mentor, executive) is ExclusionReason.SAME_PERSON


def test_two_people_without_an_email_are_not_the_same() -> None:
    assert reason(a_mentor(email=""), an_executive(email="")) is None


@pytest.mark.parametrize(
    ("mine", "yours", "expected"),
    [
        (("en",), ("fr",), ExclusionReason.NO_COMMON_LANGUAGE),
        (("en", "fr"), ("fr", "de"), None),
        ((), ("fr",), None),
        (("en",), (), None),
        (("en-GB",), ("EN_us",), None),
    ],
)
def test_a_common_language_is_needed_when_both_state_theirs(
    mine: tuple[str, ...], yours: tuple[str, ...], expected: ExclusionReason | None
) -> None:
    assert reason(a_mentor(languages=mine), an_executive(languages=yours)) is expected


@pytest.mark.parametrize("pair", [("m1", "e1"), ("e1", "m1")])
def test_a_blocked_pair_is_excluded_in_either_order(pair: tuple[str, str]) -> None:
    blocked = Programme(matching=Criteria(rules=HardRules(blocked_pairs=(pair, ("m1", "stranger")))))

    assert reason(a_mentor(), an_executive(), programme=blocked) is ExclusionReason.BLOCKED


@pytest.mark.parametrize(
    ("mentor", "executive", "taken"),
    [
        (a_mentor(capacity=0), an_executive(), {}),
        (a_mentor(), an_executive(capacity=0), {}),
        (a_mentor(capacity=2), an_executive(), {"m1": 2}),
        (a_mentor(capacity=1), an_executive(), {"m1": 3}),
    ],
)
def test_without_a_free_place_there_is_no_pair(mentor: Person, executive: Person, taken: dict[str, int]) -> None:
    assert reason(mentor, executive, taken=taken) is ExclusionReason.NO_CAPACITY


def test_pairs_that_run_or_were_declined_are_not_proposed_again() -> None:
    people = [a_mentor(capacity=2), an_executive(capacity=2)]

    assert reason(*people, active_pairs={("m1", "e1")}) is ExclusionReason.ALREADY_PAIRED
    assert reason(*people, declined_pairs={("m1", "e1"), ("gone", "e1")}) is ExclusionReason.DECLINED_BEFORE


def test_each_forbidden_pair_is_counted_once() -> None:
    people = [
        a_mentor("m1", manager_id="e1", languages=("fr",)),
        a_mentor("m2", capacity=0),
        an_executive("e1", languages=("en",)),
    ]

    assert candidates(*people).counts() == (
        (ExclusionReason.REPORTING_LINE, 1),
        (ExclusionReason.NO_CAPACITY, 1),
    )


def test_one_id_used_twice_in_a_role_is_refused() -> None:
    with pytest.raises(InvalidInput, match="m1"):
        candidates(a_mentor("m1"), a_mentor("m1"))
