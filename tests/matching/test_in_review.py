"""What an admin decided, what runs already, and who joins late: kept, never disturbed, and refused when impossible."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from conftest import FakeVectors
from factories import NOON, a_mentor, an_executive
from test_engine import cohort_of

from companion.domain.criteria import Criteria, Format, HardRules, SensitiveUse
from companion.domain.matching import ExclusionReason, MatchRun
from companion.domain.people import Declared, Person
from companion.domain.programme import Programme
from companion.domain.review_rules import DeclineCode, ReviewRule, RuleKind
from companion.errors import InvalidInput, NotFound
from companion.matching.engine import match
from companion.ports import Matching, MatchRequest

Run = Callable[..., MatchRun]


def a_rule(kind: RuleKind, mentor: str = "", mentee: str = "", **more: Any) -> ReviewRule:
    return ReviewRule(
        id=f"{kind.value} {mentor} {mentee}", kind=kind, mentor_id=mentor, mentee_id=mentee, made_at=NOON, **more
    )


def a_request(people: Sequence[Person], **changes: Any) -> MatchRequest:
    arguments: dict[str, Any] = {
        "programme": Programme(),
        "vectors": FakeVectors(),
        "at": NOON,
        "embedding_model": "fake@1",
    }
    return MatchRequest(people=people, **(arguments | changes))


def pairs(run: MatchRun) -> set[tuple[str, str]]:
    return {(p.mentor_id, p.mentee_id) for p in run.proposals}


def one_who_teaches(**changes: Any) -> Person:
    return a_mentor(offer=["all of topic1"], **changes)


def one_who_asks(**changes: Any) -> Person:
    return an_executive(need=["to learn topic1"], **changes)


TWO_BY_TWO = [
    a_mentor("m1", offer=["all of topic1"]),
    a_mentor("m2", offer=["all of topic1"], name="Two"),
    an_executive("e1", need=["to learn topic1"]),
    an_executive("e2", need=["to learn topic2"], name="Other"),
]


def test_a_pin_holds_whatever_the_scores_say(run_matching: Run) -> None:
    run = run_matching(TWO_BY_TWO, rules=(a_rule(RuleKind.PIN, "m1", "e2"),))

    assert pairs(run) == {("m1", "e2"), ("m2", "e1")}
    pinned = next(p for p in run.proposals if p.mentee_id == "e2")
    assert pinned.pinned
    assert "loose likeness" in pinned.doubt
    assert "Amira Haddad (m1) and Other (e2) are paired, because you said so." in run.criteria


def test_the_criteria_of_a_run_do_not_repeat_why_a_rule_was_made(run_matching: Run) -> None:
    rule = a_rule(RuleKind.HOLD, "m2", code=DeclineCode.CHANGING_JOBS, reason="Leaves in March.")
    run = run_matching(TWO_BY_TWO, rules=(rule,))

    assert run.criteria[-1] == "Two (m2) is left out."


def test_a_pin_of_two_without_any_entry_is_kept_and_doubted(run_matching: Run) -> None:
    people = [a_mentor(offer=[], gain=[]), an_executive(need=[], offer=[])]

    (proposal,) = run_matching(people, rules=(a_rule(RuleKind.PIN, "m1", "e1"),)).proposals
    assert proposal.evidence == ()
    assert "no need and offer that could be compared" in proposal.doubt
    assert "were paired by you" in proposal.rationale


@pytest.mark.parametrize(
    ("people", "more", "said"),
    [
        (
            [a_mentor(manager_id="e1"), an_executive()],
            {},
            "Haddad (m1) and Laurent Petit (e1) are pinned, but a rule rules them out: one stands above the other",
        ),
        ([a_mentor(opted_out=True), an_executive()], {}, "one of them has opted out of matching"),
        ([a_mentor(not_with=("e1",)), an_executive()], {}, "a private wish rules it out"),
        ([a_mentor(), an_executive()], {"never": ("m1", "e1")}, "you ruled that these two are never paired"),
        ([a_mentor(), an_executive()], {"declined_pairs": frozenset({("m1", "e1")})}, "you declined this pair before"),
        ([a_mentor(capacity=0), an_executive()], {}, "Amira Haddad (m1) is pinned once and has no free place."),
        ([a_mentor(), an_executive()], {"taken": {"e1": 1}}, "(e1) is pinned once and has no free place (1 running)."),
        (
            [a_mentor(), an_executive(), an_executive("e2")],
            {"second": ("m1", "e2")},
            "Amira Haddad (m1) is pinned 2 times and has 1 free place.",
        ),
    ],
)
def test_a_pin_that_cannot_be_kept_is_refused_with_names(
    run_matching: Run, people: list[Person], more: dict[str, Any], said: str
) -> None:
    rules = [a_rule(RuleKind.PIN, "m1", "e1")]
    if "never" in more:
        rules.append(a_rule(RuleKind.NEVER, *more.pop("never")))
    if "second" in more:
        rules.append(a_rule(RuleKind.PIN, *more.pop("second")))

    with pytest.raises(InvalidInput) as refused:
        run_matching(people, rules=tuple(rules), **more)
    assert said in refused.value.message
    assert "Lift the pin" in refused.value.hint


def test_pins_of_people_who_left_or_run_already_are_no_obstacle(run_matching: Run) -> None:
    rules = (a_rule(RuleKind.PIN, "m1", "e1"), a_rule(RuleKind.PIN, "gone\x1b[2J", "e2"))
    run = run_matching(TWO_BY_TWO, rules=rules, taken={"m1": 1, "e1": 1}, active_pairs=frozenset({("m1", "e1")}))

    assert "A pin names 'gone', who is not in the programme" in " ".join(run.warnings)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (a_rule(RuleKind.NEVER, "m1", "e1"), ExclusionReason.BLOCKED),
        (a_rule(RuleKind.NEVER, "m1", "e1", code=DeclineCode.CONFLICT), ExclusionReason.DECLINED_BEFORE),
        (a_rule(RuleKind.HOLD, "m1"), ExclusionReason.HELD_BACK),
        (a_rule(RuleKind.HOLD, "", "e1"), ExclusionReason.HELD_BACK),
        (a_rule(RuleKind.OTHER_DEPARTMENT, "m1"), ExclusionReason.SAME_DEPARTMENT),
    ],
)
def test_a_decision_rules_out_what_it_says(run_matching: Run, rule: ReviewRule, reason: ExclusionReason) -> None:
    people = [a_mentor(department="IT"), an_executive(department=" it")]
    run = run_matching(people, rules=(rule,))

    assert run.excluded == ((reason, 1),)
    assert len(run.unmatched) == 2


def test_an_entry_that_was_skipped_counts_nowhere(run_matching: Run) -> None:
    people = [a_mentor(offer=["all of topic1"]), an_executive(need=["to learn topic1", "to learn topic2"])]
    vectors = FakeVectors()
    run = run_matching(people, vectors=vectors, rules=(a_rule(RuleKind.SKIP_ENTRY, "", "e1", entry_id="need.1"),))

    assert run.proposals == ()
    assert "to learn topic1" not in vectors.seen
    assert run.unmatched == run_matching([people[0], an_executive(need=["to learn topic2"])]).unmatched


def test_who_opted_out_is_said_to_have_opted_out(run_matching: Run) -> None:
    people = [a_mentor(opted_out=True), an_executive(), an_executive("e2", not_with=("m1",))]
    run = run_matching(people)

    assert run.excluded == ((ExclusionReason.OPTED_OUT, 2),)
    reasons = {row.person_id: row.reasons for row in run.unmatched}
    assert reasons["e1"] == reasons["e2"] == ("The only mentor has opted out of matching.",)
    assert reasons["m1"] == ("Takes part in no matching until this is taken back.",)


def test_nobody_learns_who_does_not_want_whom(run_matching: Run) -> None:
    people = [a_mentor(email="M1@x.example"), an_executive(not_with=("m1@X.example",))]
    run = run_matching(people)

    assert run.excluded == ((ExclusionReason.NOT_WISHED, 1),)
    said = " ".join([*run.warnings, *(reason for row in run.unmatched for reason in row.reasons)])
    assert "kept apart" in said
    assert "wish" not in said
    blocked = Programme(matching=Criteria(rules=HardRules(blocked_pairs=(("m1", "e1"),))))
    assert run_matching([a_mentor(), an_executive()], programme=blocked).unmatched == run.unmatched
    assert "not_with" not in said
    assert "x.example" not in said.casefold()


def test_running_pairings_are_not_disturbed_by_late_joiners(run_matching: Run) -> None:
    people = cohort_of(25, seed=9)
    first = run_matching(people)
    running = {(p.mentor_id, p.mentee_id) for p in first.proposals}
    taken: dict[str, int] = {}
    for pair in running:
        for id_ in pair:
            taken[id_] = taken.get(id_, 0) + 1
    late = [a_mentor("new1", offer=["topic1"]), an_executive("new2", need=["topic1"]), an_executive("new3")]
    joining = frozenset({"new1", "new2", "new3"})

    run = run_matching([*people, *late], taken=taken, active_pairs=frozenset(running), joining=joining)

    assert not pairs(run) & running
    assert all(joining & set(pair) for pair in pairs(run))
    assert "new2" in {mentee_id for _, mentee_id in pairs(run)}
    assert {row.person_id for row in run.unmatched} <= joining
    by_id = {person.id: person for person in [*people, *late]}
    for id_ in {id_ for pair in pairs(run) for id_ in pair}:
        assert taken.get(id_, 0) + sum(id_ in pair for pair in pairs(run)) <= by_id[id_].capacity


def test_former_pairs_come_back_only_when_the_programme_says_so(run_matching: Run) -> None:
    people, former = [one_who_teaches(), one_who_asks()], {"former_pairs": frozenset({("m1", "e1")})}

    assert run_matching(people, **former).excluded == ((ExclusionReason.PAIRED_BEFORE, 1),)
    again = Programme(matching=Criteria(rules=HardRules(repeat_pairs=True)))
    assert len(run_matching(people, again, **former).proposals) == 1


def test_a_waived_reporting_line_is_said_with_its_reason(run_matching: Run) -> None:
    rules = HardRules(reporting_line=False, reporting_line_waiver="The board asked for it [/]\x1b[2J")
    run = run_matching([one_who_teaches(manager_id="e1"), one_who_asks()], Programme(matching=Criteria(rules=rules)))

    assert len(run.proposals) == 1
    assert "Reporting lines were not looked at in this run. The reason given: The board asked for it [/]" in str(
        run.warnings
    )
    assert "\x1b" not in str(run.warnings)


def test_reciprocal_pairs_need_both_directions(run_matching: Run) -> None:
    both_ways = Programme(matching=Criteria(format=Format.RECIPROCAL))
    good = {"offer": ["all of topic1"], "gain": ["how topic2 works"]}
    people = [
        a_mentor("m1", **good),
        a_mentor("m2", **good | {"gain": ["how topic3 works"]}),
        an_executive(need=["to learn topic1"], offer=["the story of topic2"]),
    ]

    run = run_matching(people, both_ways)
    assert pairs(run) == {("m1", "e1")}
    assert dict(run.excluded)[ExclusionReason.BELOW_FLOOR] == 1
    assert run_matching(people[1:]).proposals
    score = run.proposals[0].score
    assert score.need == score.gain == 1.0
    assert run.format is Format.RECIPROCAL


CONSENT = {"use": "match"}
USE = SensitiveUse(attribute="Gender", purpose="pair women with women in the first year", prefer="same", weight=3)


@pytest.mark.parametrize(
    ("asked", "mine", "yours", "term"),
    [
        ((), CONSENT, CONSENT, 0.0),
        ((USE,), CONSENT, CONSENT, 1.0),
        ((USE,), CONSENT, {}, 0.5),
        ((USE,), {}, {}, 0.5),
        ((USE.model_copy(update={"attribute": "age group"}),), CONSENT, CONSENT, 0.5),
        ((USE.model_copy(update={"prefer": "different"}),), CONSENT, CONSENT, 0.0),
    ],
)
def test_what_is_declared_counts_only_with_purpose_and_consent(
    run_matching: Run, asked: tuple[SensitiveUse, ...], mine: dict[str, Any], yours: dict[str, Any], term: float
) -> None:
    def people(value: str) -> list[Person]:
        return [
            one_who_teaches(declared=(Declared(attribute="gender", value="woman", **mine),)),
            one_who_asks(declared=(Declared(attribute="gender", value=value, **yours),)),
        ]

    programme = Programme(matching=Criteria(sensitive=asked))
    vectors = FakeVectors()
    (proposal,) = run_matching(people("Woman"), programme, vectors=vectors).proposals

    assert proposal.score.sensitive == term
    assert "woman" not in " ".join(vectors.seen).casefold()
    assert "woman" not in proposal.model_dump_json().casefold()
    if not asked or not (mine and yours):
        assert run_matching(people("man"), programme).proposals == (proposal,)


def asked_again(before: Matching, request: MatchRequest) -> MatchRun:
    """Solved from what is known, and the same as from nothing."""

    def nothing(texts: Sequence[str]) -> Any:
        raise AssertionError(f"asked for {texts}")

    quick = match(replace(request, vectors=nothing), before=before).solve("run")
    fresh = match(request).solve("run")
    assert quick.model_dump(exclude={"proposals"}) == fresh.model_dump(exclude={"proposals"})
    assert sum(p.score.total for p in quick.proposals) == pytest.approx(sum(p.score.total for p in fresh.proposals))
    assert len(quick.proposals) == len(fresh.proposals)
    if pairs(quick) == pairs(fresh):
        assert quick == fresh
    return quick


def test_a_decision_is_solved_again_without_reading_a_vector() -> None:
    people = cohort_of(30, seed=7)
    request = a_request(people)
    first = match(request)
    run = first.solve("run")
    one, other, third = [p for p in run.proposals if p.runner_up][:3]
    assert other.runner_up is not None
    rival = other.runner_up.mentor_id

    declined = replace(request, declined_pairs=frozenset({(one.mentor_id, one.mentee_id)}))
    assert (one.mentor_id, one.mentee_id) not in pairs(asked_again(first, declined))
    pinned = replace(request, rules=(a_rule(RuleKind.PIN, rival, other.mentee_id),))
    assert (rival, other.mentee_id) in pairs(asked_again(first, pinned))
    approved = replace(
        request,
        taken={third.mentor_id: 1, third.mentee_id: 1},
        active_pairs=frozenset({(third.mentor_id, third.mentee_id)}),
    )
    assert (third.mentor_id, third.mentee_id) not in pairs(asked_again(first, approved))
    apart = replace(request, rules=(a_rule(RuleKind.OTHER_DEPARTMENT, one.mentor_id),))
    asked_again(first, apart)
    stricter = Programme(matching=Criteria(need_floor=0.999))
    asked_again(first, replace(request, programme=stricter))


def test_changed_people_are_scored_anew() -> None:
    people = cohort_of(6, seed=7)
    first = match(a_request(people))
    first.solve("run")
    changed = [people[0].model_copy(update={"department": "elsewhere"}), *people[1:]]

    assert match(a_request(changed), before=first).solve("run") == match(a_request(changed)).solve("run")


def test_why_not_says_what_it_would_cost() -> None:
    people = cohort_of(20, seed=3)
    request = a_request(people)
    matching = match(request)
    run = matching.solve("run")
    proposed = {p.mentee_id: p for p in run.proposals}
    total = sum(p.score.total for p in run.proposals)

    asked = 0
    for mentee_id, proposal in proposed.items():
        if proposal.runner_up is None:
            continue
        answer = matching.why_not(proposal.runner_up.mentor_id, mentee_id)
        forced = match(
            replace(request, rules=(a_rule(RuleKind.PIN, proposal.runner_up.mentor_id, mentee_id),)), before=matching
        ).solve("forced")
        left_out = len(proposed) - len({p.mentee_id for p in forced.proposals})
        assert answer.left_out == left_out
        if answer.exact and not left_out:
            lost = total - sum(p.score.total for p in forced.proposals)
            assert answer.score_lost == pytest.approx(lost, abs=0.002)
        said = "without a mentor" if left_out else "would cost"
        assert said in answer.sentence
        asked += 1
    assert asked > 5


def test_why_not_names_the_rule_or_the_proposal() -> None:
    matching = match(a_request(TWO_BY_TWO, rules=(a_rule(RuleKind.NEVER, "m2", "e1"),)))

    assert matching.why_not("m1", "e1").proposed
    assert matching.why_not("m2", "e1").excluded is ExclusionReason.BLOCKED
    assert "you ruled that these two are never paired" in matching.why_not("m2", "e1").sentence
    assert matching.why_not("m1", "e2").excluded is ExclusionReason.BELOW_FLOOR
    with pytest.raises(NotFound, match="'e9'"):
        matching.why_not("m1", "e9")
    with pytest.raises(NotFound, match="'e1'"):
        matching.why_not("e1", "e1")
