"""Caps, quotas, fairness and circles, through the engine: kept, proven, and said in words."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from factories import NOON, a_mentor, an_executive
from test_engine import cohort_of

from companion.domain.criteria import Circle, Criteria, Format, HardRules, Quota
from companion.domain.matching import MatchRun
from companion.domain.people import Person
from companion.domain.programme import Programme
from companion.domain.review_rules import ReviewRule, RuleKind
from companion.errors import InvalidInput
from companion.matching.engine import match
from companion.ports import MatchRequest

Run = Callable[..., MatchRun]


def programme(**criteria: Any) -> Programme:
    return Programme(matching=Criteria.model_validate(criteria))


def four(**facts: Any) -> list[Person]:
    people = [a_mentor(f"m{n}", offer=["all of topic1"], name=f"Mentor {n}", **facts) for n in range(4)]
    return people + [an_executive(f"e{n}", need=["to learn topic1"], name=f"Executive {n}") for n in range(4)]


def pin(mentor: str, mentee: str) -> ReviewRule:
    return ReviewRule(id=f"{mentor}{mentee}", kind=RuleKind.PIN, mentor_id=mentor, mentee_id=mentee, made_at=NOON)


def test_a_department_gives_no_more_than_its_cap(run_matching: Run) -> None:
    asked = programme(rules=HardRules(mentors_per_department=2))
    run = run_matching(four(department="IT [/]x"), asked)

    assert len(run.proposals) == 2
    said = [" ".join(row.reasons) for row in run.unmatched]
    assert sum("The limit of 2 pairings of mentors from IT [/]x is reached." in text for text in said) == 2
    assert sum("or a limit of the programme stands against it" in text for text in said) == 2
    assert run.certificate is not None
    assert run.certificate.proven


def test_running_pairings_count_towards_a_cap(run_matching: Run) -> None:
    asked = programme(rules=HardRules(mentors_per_manager=2))
    people = [
        *four(manager_id="boss@x.example"),
        an_executive("boss", email="Boss@x.example", need=["to learn topic2"]),
    ]
    by_id = [p.model_copy(update={"manager_id": "boss"}) if p.id == "m3" else p for p in people]
    run = run_matching(by_id, asked, taken={"m0": 1, "e0": 1}, active_pairs=frozenset({("m0", "e0")}))

    assert len(run.proposals) == 1


def test_who_states_no_department_is_under_no_cap(run_matching: Run) -> None:
    assert len(run_matching(four(), programme(rules=HardRules(mentors_per_department=1))).proposals) == 4


def test_a_quota_is_kept_by_all_pairs_together(run_matching: Run) -> None:
    people = cohort_of(24, seed=11)
    free = run_matching(people)
    places = {p.id: p.location for p in people}

    def share(run: MatchRun) -> float:
        return sum(places[p.mentor_id] == places[p.mentee_id] for p in run.proposals) / len(run.proposals)

    run = run_matching(people, programme(quotas=[Quota(same="location", at_most=0.1)]))
    assert share(run) <= 0.1 < share(free)
    assert run.certificate is not None
    assert run.certificate.gap < 0.01
    assert len({p.mentee_id for p in run.proposals}) <= run.certificate.most_covered


def test_a_quota_on_language_counts_who_shares_one(run_matching: Run) -> None:
    people = [p.model_copy(update={"languages": ("en", "fr") if p.id[0] == "m" else ("fr",)}) for p in four()]

    run = run_matching(people, programme(quotas=[Quota(same="language", at_most=0)]))
    assert len(run.proposals) == 0
    assert "a limit or a quota of the programme leaves room for none" in run.warnings[0]


def test_the_poorest_match_is_lifted_first(run_matching: Run) -> None:
    people = [
        a_mentor("m1", offer=["all of topic1 and topic2"]),
        a_mentor("m2", offer=["half-topic1 or so"]),
        an_executive("e1", need=["topic1"]),
        an_executive("e2", need=["half-topic1 and topic2"]),
    ]
    plain, fair = run_matching(people), run_matching(people, programme(fair=True))
    assert fair.certificate is not None
    lowest = min(p.score.total for p in fair.proposals)
    assert lowest >= min(p.score.total for p in plain.proposals)
    assert fair.certificate.worst == pytest.approx(lowest, abs=0.001)


def test_circles_are_as_large_as_they_must_be(run_matching: Run) -> None:
    people = [a_mentor(f"m{n}", offer=["all of topic1"], capacity=4, name=f"Mentor {n}") for n in range(3)]
    people += [an_executive(f"e{n}", need=["to learn topic1"], name=f"Given{n} Family") for n in range(7)]
    people += [a_mentor("m9", offer=["all of topic2"], capacity=4), an_executive("e9", need=["to learn topic2"])]
    asked = programme(format=Format.CIRCLES, circle=Circle(least=3, most=4))
    run = run_matching(people, asked)

    sizes = Counter(p.mentor_id for p in run.proposals)
    assert set(sizes.values()) <= {3, 4}
    assert sum(sizes.values()) == 7
    assert run.format is Format.CIRCLES
    first = run.proposals[0]
    beside = [p.mentee_id for p in run.proposals if p.mentor_id == first.mentor_id and p is not first]
    assert all(f"Given{mentee[1:]}" in first.rationale for mentee in beside)
    lonely = next(row for row in run.unmatched if row.person_id == "e9")
    assert "Too few executives suit the same mentors to make a circle of 3" in lonely.reasons[-1]
    idle = next(row for row in run.unmatched if row.person_id == "m9")
    assert idle.reasons[-1] == "1 executive would suit, too few for a circle of 3."


def test_mentors_with_too_few_places_for_a_circle_are_told(run_matching: Run) -> None:
    run = run_matching(four(), programme(format=Format.CIRCLES))

    assert run.proposals == ()
    assert "no mentor has 3 free places" in " ".join(run.warnings)


def test_a_pin_beyond_a_limit_is_refused_with_names(run_matching: Run) -> None:
    asked = programme(rules=HardRules(mentors_per_department=1))

    with pytest.raises(InvalidInput) as refused:
        run_matching(four(department="IT"), asked, rules=(pin("m0", "e0"), pin("m1", "e1")))
    assert "Mentor 1 (m1) and Executive 1 (e1)" in refused.value.message
    assert "limit for mentors of one department" in refused.value.message


def test_why_not_says_that_a_limit_stands_against_it(run_matching: Run, fake_vectors: Any) -> None:
    request = MatchRequest(
        people=four(department="IT"),
        programme=programme(rules=HardRules(mentors_per_department=1)),
        vectors=fake_vectors,
        at=NOON,
        embedding_model="fake@1",
        rules=(pin("m0", "e0"),),
    )
    answer = match(request).why_not("m1", "e1")
    assert answer.excluded is not None
    assert "the limit of 1 pairing of mentors from IT is reached" in answer.sentence


def test_limits_and_decisions_hold_together(run_matching: Run) -> None:
    people = cohort_of(20, seed=12)
    asked = programme(
        rules=HardRules(mentors_per_department=3), quotas=[Quota(same="department", at_most=0.2)], fair=True
    )
    first = run_matching(people, asked)
    one, other = first.proposals[0], first.proposals[1]
    run = run_matching(
        people,
        asked,
        rules=(pin(one.mentor_id, one.mentee_id),),
        declined_pairs=frozenset({(other.mentor_id, other.mentee_id)}),
    )

    facts = {p.id: p.department for p in people}
    assert max(Counter(facts[p.mentor_id] for p in run.proposals).values()) <= 3
    same = sum(facts[p.mentor_id] == facts[p.mentee_id] for p in run.proposals)
    assert same <= 0.2 * len(run.proposals)
    assert (one.mentor_id, one.mentee_id) in {(p.mentor_id, p.mentee_id) for p in run.proposals}
    assert (other.mentor_id, other.mentee_id) not in {(p.mentor_id, p.mentee_id) for p in run.proposals}
