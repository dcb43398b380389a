"""The whole computation: against an oracle that knows the rules from their wording, and on odd cohorts."""

import itertools
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from factories import NOON, a_mentor, an_executive
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.domain.criteria import Criteria, HardRules, MatchingWeights
from companion.domain.matching import ExclusionReason, MatchRun
from companion.domain.people import FacetKind, Person, Role, facets_from_lists
from companion.domain.programme import Programme
from companion.domain.review_rules import ReviewRule, RuleKind
from companion.errors import Cancelled, SearchError

Run = Callable[..., MatchRun]

ONLY_DIFFERENCE = MatchingWeights(need=0, gain=0, interests=0, department=1, region=1, tenure=1, availability=0)


@st.composite
def review_rules(draw: st.DrawFn, mentors: list[str], mentees: list[str]) -> list[ReviewRule]:
    """A few decisions, but no pin: those that cannot be kept end in an error, which other tests are about."""
    kinds = draw(st.lists(st.sampled_from([RuleKind.NEVER, RuleKind.HOLD, RuleKind.OTHER_DEPARTMENT]), max_size=2))
    rules = []
    for number, kind in enumerate(kinds):
        mentor, mentee = draw(st.sampled_from(mentors)), draw(st.sampled_from(mentees))
        if kind is not RuleKind.NEVER:
            mentor, mentee = draw(st.sampled_from([(mentor, ""), ("", mentee)]))
        rules.append(ReviewRule(id=f"r{number}", kind=kind, mentor_id=mentor, mentee_id=mentee, made_at=NOON))
    return rules


@st.composite
def cohorts(draw: st.DrawFn) -> dict[str, Any]:
    """Up to three people a side with every hard rule drawn at random."""
    people = []
    ids = [f"e{n}" for n in range(draw(st.integers(1, 3)))] + [f"m{n}" for n in range(draw(st.integers(1, 3)))]
    for person_id in ids:
        topics = draw(st.lists(st.sampled_from(["topic1", "topic2", "topic3"]), max_size=2, unique=True))
        mentee = person_id[0] == "e"
        facets = facets_from_lists({FacetKind.NEED if mentee else FacetKind.OFFER: topics})
        people.append(
            Person(
                id=person_id,
                name=f"Person {person_id}",
                email=draw(st.sampled_from(["", "", "", "x@x.example", "y@x.example"])),
                role=Role.MENTEE if mentee else Role.MENTOR,
                department=draw(st.sampled_from(["", "A", "B"])),
                location=draw(st.sampled_from(["", "P", "Q"])),
                tenure_years=draw(st.sampled_from([None, 0, 3, 7, 20])),
                languages=draw(st.sampled_from([(), ("en",), ("fr",), ("en", "fr")])),
                manager_id=draw(st.sampled_from(["", "", "", *ids, "outside", "x@x.example"])),
                capacity=draw(st.integers(0, 2)),
                facets=facets,
                level=draw(st.sampled_from([None, None, 1, 4])),
                region=draw(st.sampled_from(["", "", "N", "S"])),
                time_zone=draw(st.sampled_from(["UTC", "UTC", "Asia/Tokyo"])),
                availability=draw(st.sampled_from([(), ("mon-am",), ("mon-am", "tue-pm")])),
                opted_out=draw(st.integers(0, 7)) == 0,
                not_with=tuple(draw(st.lists(st.sampled_from([*ids, "x@x.example"]), max_size=1)))
                if draw(st.booleans())
                else (),
            )
        )
    pairs = st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=1)
    rules = HardRules(
        blocked_pairs=tuple(draw(pairs)),
        common_language=draw(st.booleans()),
        min_shared_hours=draw(st.sampled_from([0, 0, 3.5])),
        max_hours_apart=draw(st.sampled_from([None, None, 6])),
        location=draw(st.sampled_from(["any", "any", "same", "different"])),
        min_level_gap=draw(st.sampled_from([None, None, 1])),
        repeat_pairs=draw(st.booleans()),
    )
    return {
        "people": draw(st.permutations(people)),
        "hard": rules,
        "rules": tuple(draw(review_rules([i for i in ids if i[0] == "m"], [i for i in ids if i[0] == "e"]))),
        "former_pairs": frozenset(draw(pairs)),
        "joining": draw(st.one_of(st.none(), st.frozensets(st.sampled_from(ids), min_size=1))),
        "active_pairs": frozenset(draw(pairs)),
        "declined_pairs": frozenset(draw(pairs)),
        "taken": draw(st.dictionaries(st.sampled_from(ids), st.integers(0, 2), max_size=2)),
    }


def human(person: Person) -> str:
    return person.email or person.id


def is_above(one: Person, other: Person, people: list[Person]) -> bool:
    """Whether `one` can be reached from `other` by going from manager to manager."""
    reached, frontier = set(), {human(other)}
    while frontier:
        managers = {p.manager_id for p in people if human(p) in frontier and p.manager_id}
        frontier = {next((human(p) for p in people if m in (p.id, p.email)), m) for m in managers}
        frontier = {key for key in frontier if key not in reached}
        reached |= frontier
    return human(one) in reached


def free_hours(person: Person) -> set[int]:
    """The hours of a week, on one clock, in which somebody is free."""
    ahead = 9 if person.time_zone == "Asia/Tokyo" else 0
    slots = {"mon-am": range(9, 12), "tue-pm": range(24 + 13, 24 + 17)}
    return {(hour - ahead) % 168 for slot in person.availability for hour in slots[slot]}


def ruled_out_by_the_programme(mentor: Person, mentee: Person, hard: HardRules) -> bool:
    both_free = mentor.availability and mentee.availability
    apart = 9 if mentor.time_zone != mentee.time_zone else 0
    both_located = mentor.location and mentee.location
    return bool(
        (
            hard.common_language
            and mentor.languages
            and mentee.languages
            and not {*mentor.languages} & {*mentee.languages}
        )
        or (
            hard.min_shared_hours and both_free and len(free_hours(mentor) & free_hours(mentee)) < hard.min_shared_hours
        )
        or (hard.max_hours_apart is not None and apart > hard.max_hours_apart)
        or (hard.location == "same" and both_located and mentor.location != mentee.location)
        or (hard.location == "different" and both_located and mentor.location == mentee.location)
        or (
            hard.min_level_gap is not None
            and None not in (mentor.level, mentee.level)
            and mentee.level - mentor.level < hard.min_level_gap
        )
    )


def ruled_out_in_review(mentor: Person, mentee: Person, rules: tuple[ReviewRule, ...]) -> bool:
    for rule in rules:
        about = (rule.mentor_id or mentor.id, rule.mentee_id or mentee.id) == (mentor.id, mentee.id)
        if about and rule.kind is RuleKind.OTHER_DEPARTMENT:
            about = bool(mentor.department) and mentor.department == mentee.department
        if about:
            return True
    return False


def unwanted(one: Person, other: Person, people: list[Person]) -> bool:
    keys = {other.id, other.email} | {p.id for p in people if human(p) == human(other)}
    return bool(set(one.not_with) & (keys - {""}))


def allowed(mentor: Person, mentee: Person, cohort: dict[str, Any]) -> bool:
    people, pair = cohort["people"], (mentor.id, mentee.id)
    blocked = {frozenset(p) for p in cohort["hard"].blocked_pairs}
    topics = [{facet.text for facet in person.facets} for person in (mentor, mentee)]
    return not (
        human(mentor) == human(mentee)
        or is_above(mentor, mentee, people)
        or is_above(mentee, mentor, people)
        or ruled_out_by_the_programme(mentor, mentee, cohort["hard"])
        or ruled_out_in_review(mentor, mentee, cohort["rules"])
        or mentor.opted_out
        or mentee.opted_out
        or unwanted(mentor, mentee, people)
        or unwanted(mentee, mentor, people)
        or frozenset(pair) in blocked
        or pair in cohort["active_pairs"]
        or pair in cohort["declined_pairs"]
        or (pair in cohort["former_pairs"] and not cohort["hard"].repeat_pairs)
        or (cohort["joining"] is not None and not cohort["joining"] & set(pair))
        or not topics[0] & topics[1]
    )


def difference(mentor: Person, mentee: Person) -> float:
    def part(one: str, other: str) -> float:
        return 0.5 if not one or not other else float(one != other)

    years = mentor.tenure_years, mentee.tenure_years
    gap = 0.5 if None in years else min(abs(years[0] - years[1]) / 10, 1)
    where = "region" if mentor.region and mentee.region else "location"
    region = part(getattr(mentor, where), getattr(mentee, where))
    return (part(mentor.department, mentee.department) + region + gap) / 3


def best_possible(cohort: dict[str, Any]) -> tuple[int, float]:
    people, taken = cohort["people"], cohort["taken"]
    pairs = [(m, e) for m in people for e in people if m.role is Role.MENTOR and e.role is Role.MENTEE]
    pairs = [pair for pair in pairs if allowed(*pair, cohort)]
    best = (0, 0.0)
    for size in range(len(pairs) + 1):
        for chosen in itertools.combinations(pairs, size):
            load = Counter(person.id for pair in chosen for person in pair)
            if all(load[p.id] + taken.get(p.id, 0) <= p.capacity for p in people if p.id in load):
                newly = {e.id for _, e in chosen if not taken.get(e.id)}
                best = max(best, (len(newly), round(sum(difference(*pair) for pair in chosen), 6)))
    return best


@settings(max_examples=200, deadline=None, derandomize=True)
@given(cohort=cohorts())
def test_no_assignment_that_keeps_every_rule_is_better(run_matching: Run, cohort: dict[str, Any]) -> None:
    programme = Programme(matching=Criteria(weights=ONLY_DIFFERENCE, rules=cohort["hard"]))
    people = {person.id: person for person in cohort["people"]}

    run = run_matching(
        cohort["people"],
        programme,
        taken=cohort["taken"],
        active_pairs=cohort["active_pairs"],
        declined_pairs=cohort["declined_pairs"],
        former_pairs=cohort["former_pairs"],
        rules=cohort["rules"],
        joining=cohort["joining"],
    )

    chosen = [(people[p.mentor_id], people[p.mentee_id]) for p in run.proposals]
    assert all(allowed(*pair, cohort) for pair in chosen)
    load = Counter(person.id for pair in chosen for person in pair)
    assert all(count + cohort["taken"].get(id_, 0) <= people[id_].capacity for id_, count in load.items())
    newly = {mentee.id for _, mentee in chosen if not cohort["taken"].get(mentee.id)}
    total = sum(difference(*pair) for pair in chosen)
    assert (len(newly), pytest.approx(total, abs=1e-4)) == best_possible(cohort)
    listed = {row.person_id for row in run.unmatched}
    assert not listed & set(load)
    if cohort["joining"] is None:
        assert listed | set(load) >= {p.id for p in people.values() if not cohort["taken"].get(p.id)}
    pairs = sum(p.role is Role.MENTOR for p in people.values()) * sum(p.role is Role.MENTEE for p in people.values())
    possible = sum(count for _, count in run.excluded)
    assert possible <= pairs


def cohort_of(size: int, seed: int) -> list[Person]:
    draw = np.random.default_rng(seed)

    def some(most: int) -> list[str]:
        return [
            f"near-topic{n} {draw.integers(1_000)}" for n in draw.choice(32, size=draw.integers(1, most), replace=False)
        ]

    shared: Callable[[], dict[str, Any]] = lambda: {  # noqa: E731
        "department": f"D{draw.integers(5)}",
        "location": f"L{draw.integers(4)}",
        "tenure_years": float(draw.integers(200)) / 10,
        "languages": ("en",) if draw.random() < 0.8 else ("fr",),
        "interest": some(3),
        "capacity": int(draw.integers(0, 3)),
        "manager_id": f"m{draw.integers(size)}" if draw.random() < 0.3 else "boss",
    }
    mentors = [a_mentor(f"m{n}", offer=some(5), gain=some(3), **shared()) for n in range(size)]
    return mentors + [an_executive(f"e{n}", need=some(4), offer=some(3), **shared()) for n in range(size)]


def test_the_order_of_the_people_makes_no_difference(run_matching: Run) -> None:
    people = cohort_of(40, seed=1)
    first = run_matching(people)

    for seed in range(3):
        random.Random(seed).shuffle(people)
        assert run_matching(people) == first
    assert len(first.proposals) > 15


def test_names_and_ids_are_labels_only(run_matching: Run) -> None:
    people = cohort_of(30, seed=2)
    fresh = {p.id: f"{p.role.value}{n:03}" for n, p in enumerate(random.Random(5).sample(people, len(people)))}
    renamed = [
        p.model_copy(
            update={
                "id": fresh[p.id],
                "name": f"Other Name {n}",
                "email": f"mail{n}@x.example",
                "title": "Countess",
                "manager_id": fresh.get(p.manager_id, p.manager_id),
            }
        )
        for n, p in enumerate(people)
    ]
    before, after = run_matching(people), run_matching(renamed)

    pairs = {(p.mentor_id, p.mentee_id): p for p in after.proposals}
    assert {(fresh[p.mentor_id], fresh[p.mentee_id]) for p in before.proposals} == set(pairs)
    assert after.excluded == before.excluded
    for proposal in before.proposals:
        twin = pairs[fresh[proposal.mentor_id], fresh[proposal.mentee_id]]
        assert twin.score.total == pytest.approx(proposal.score.total, abs=2e-4)
        assert (twin.band, twin.doubt, twin.mentor_rank) == (proposal.band, proposal.doubt, proposal.mentor_rank)


def test_off_limits_topics_change_nothing(run_matching: Run) -> None:
    people = cohort_of(15, seed=3)
    with_topics = [
        p.model_copy(update={"facets": p.facets + facets_from_lists({FacetKind.OFF_LIMITS: ["topic1", "salaries"]})})
        for p in people
    ]

    assert run_matching(with_topics) == run_matching(people)


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([], "no people in the programme yet"),
        ([an_executive()], "no mentors in the programme"),
        ([a_mentor()], "no executives in the programme"),
        ([a_mentor(capacity=0), an_executive()], "No mentor has a free place (every capacity is 0)"),
        ([a_mentor(), an_executive(capacity=0)], "No executive has a free place"),
        ([a_mentor(manager_id="e1"), an_executive()], "Every pair is forbidden by a hard rule"),
        ([a_mentor(offer=["topic1"]), an_executive(need=["topic2"])], "1 pairs are allowed, but in none of them"),
        ([a_mentor(offer=[]), an_executive(need=[])], "states no need, and cannot be matched without"),
    ],
)
def test_a_cohort_without_any_pair_says_why(run_matching: Run, people: list[Person], said: str) -> None:
    run = run_matching(people)

    assert run.proposals == ()
    assert said in " ".join(run.warnings)
    assert {row.person_id for row in run.unmatched} == {person.id for person in people}


def test_full_is_not_unmatched(run_matching: Run) -> None:
    run = run_matching([a_mentor(), an_executive()], taken={"m1": 1, "e1": 1}, active_pairs={("m1", "e1")})

    assert (run.proposals, run.unmatched) == ((), ())
    assert "every place is taken" in run.warnings[0]


def test_without_any_entry_no_model_is_asked(run_matching: Run) -> None:
    def broken(texts: Any) -> Any:
        raise SearchError("not now")

    silent = [a_mentor(offer=[], gain=[]), an_executive(need=[], offer=[])]

    assert run_matching(silent, vectors=broken).proposals == ()
    with pytest.raises(SearchError):
        run_matching([a_mentor(), an_executive()], vectors=broken)


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_stopping_at_any_step_gives_no_result(run_matching: Run, after: int) -> None:
    asked = iter(range(100))

    with pytest.raises(Cancelled):
        run_matching(cohort_of(5, seed=4), cancelled=lambda: next(asked) >= after)


def test_stopping_while_the_pairs_are_chosen_gives_no_result(run_matching: Run) -> None:
    steps: list[str] = []

    with pytest.raises(Cancelled):
        run_matching(
            cohort_of(5, seed=4),
            progress=lambda done, total, what: steps.append(what),
            cancelled=lambda: bool(steps) and steps[-1].startswith("choosing"),
        )


def test_a_second_mentor_comes_after_somebody_elses_first(run_matching: Run) -> None:
    people = [
        a_mentor("m1", offer=["topic1"], department="IT"),
        an_executive("e1", need=["topic1"], capacity=2, department="Sales"),
        an_executive("e2", need=["topic1"], department="IT"),
    ]

    (proposal,) = run_matching(people, taken={"e1": 1}).proposals
    assert proposal.mentee_id == "e2"


def test_progress_tells_what_is_done(run_matching: Run) -> None:
    steps: list[tuple[int, int, str]] = []
    run_matching(cohort_of(5, seed=4), progress=lambda *step: steps.append(step))

    assert [*dict.fromkeys(what for _, _, what in steps)] == [
        "reading vectors",
        "comparing needs and offers",
        "choosing the best pairs for everybody together",
        "comparing everybody with everybody",
        "looking for better pairs",
        "finding out where everybody stands",
        "explaining the pairs",
        "looking for words about identity",
    ]
    assert all(0 <= done <= max(total, 0) for done, total, _ in steps)


def test_bad_data_is_told_not_followed(run_matching: Run) -> None:
    people = [
        a_mentor("m1", manager_id="m2", time_zone="Mars/Base", availability=("tue-am",)),
        a_mentor("m2", manager_id="m1", name="Two"),
        an_executive(manager_id="gone"),
    ]
    warnings = " ".join(run_matching(people).warnings)

    assert "run in a circle through Amira Haddad (m1) and Two (m2)" in warnings
    assert "1 manager is not in the data (gone)" in warnings
    assert "has a time zone nobody knows" in warnings


def test_counts_of_excluded_pairs_add_up(run_matching: Run) -> None:
    people = cohort_of(20, seed=6)
    run = run_matching(people)
    counts = dict(run.excluded)

    assert counts[ExclusionReason.NO_COMMON_LANGUAGE] > 0
    assert counts[ExclusionReason.BELOW_FLOOR] > 0
    assert sum(counts.values()) < 400
