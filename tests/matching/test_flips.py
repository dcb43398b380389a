"""Each sentence about what would make a runner-up win is tried out: the change is made, and everybody matched anew."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from factories import a_mentor, an_executive

from companion.domain.criteria import Criteria, MatchingWeights
from companion.domain.matching import MatchProposal, MatchRun
from companion.domain.people import Facet, FacetKind, Person
from companion.domain.programme import Programme
from companion.matching import flips

Run = Callable[..., MatchRun]

TERMS = {words: term for term, words in flips.PREFERENCES.items()}
SLOTS = ["mon-am", "mon-pm", "tue-am", "wed-pm", "thu-am", "fri-pm"]


def cohort(seed: int, size: int = 14) -> list[Person]:
    draw = np.random.default_rng(seed)

    def some(most: int) -> list[str]:
        return [f"near-topic{n} in {draw.integers(99)}" for n in draw.choice(6, draw.integers(1, most), replace=False)]

    def facts(person_id: str) -> dict[str, Any]:
        return {
            "name": f"Person {person_id}",
            "department": f"D{draw.integers(3)}",
            "location": f"L{draw.integers(3)}",
            "tenure_years": float(draw.integers(12)),
            "availability": tuple(draw.choice(SLOTS, draw.integers(1, 4), replace=False)),
            "interest": some(3),
            "manager_id": "boss",
        }

    mentors = [a_mentor(f"m{n:02}", offer=some(4), gain=some(3), **facts(f"m{n:02}")) for n in range(size + 3)]
    return mentors + [an_executive(f"e{n:02}", need=some(5), offer=some(3), **facts(f"e{n:02}")) for n in range(size)]


def changed(people: list[Person], person_id: str, **update: Any) -> list[Person]:
    return [person.model_copy(update=update) if person.id == person_id else person for person in people]


def with_need_first(person: Person, start: str) -> tuple[Facet, ...]:
    needs = sorted(person.entries(FacetKind.NEED), key=lambda facet: (not facet.text.startswith(start), facet.position))
    numbered = [facet.model_copy(update={"position": place}) for place, facet in enumerate(needs, start=1)]
    return (*numbered, *(facet for facet in person.facets if facet.kind is not FacetKind.NEED))


def try_out(people: list[Person], proposal: MatchProposal, sentence: str) -> tuple[str, list[Person], Programme]:
    """Which kind of change it is, and the people and programme with the change made."""
    assert proposal.runner_up is not None
    by_id = {person.id: person for person in people}
    rival = by_id[proposal.runner_up.mentor_id]
    assert rival.name in sentence
    if sentence.startswith("With one more place"):
        return "place", changed(people, rival.id, capacity=rival.capacity + 1), Programme()
    if found := re.match(r"With a free half day on (\w+) (morning|afternoon) ", sentence):
        slot = f"{found[1][:3].lower()}-{'am' if found[2] == 'morning' else 'pm'}"
        assert slot not in rival.availability
        return "half day", changed(people, rival.id, availability=(*rival.availability, slot)), Programme()
    if found := re.match(r"If the need “(.+?)( …)?” were stated first", sentence):
        mentee = by_id[proposal.mentee_id]
        return "need", changed(people, mentee.id, facets=with_need_first(mentee, found[1])), Programme()
    found = re.match(r"Without (.+?) Person m\d+ would be proposed", sentence)
    assert found is not None, sentence
    weights = MatchingWeights.model_validate(MatchingWeights().model_dump() | {TERMS[found[1]]: 0})
    return "preference", people, Programme(matching=Criteria(weights=weights))


def test_every_sentence_holds_when_it_is_tried_out(run_matching: Run) -> None:
    tried: Counter[str] = Counter()
    for seed in range(4):
        people = cohort(seed)
        for proposal in run_matching(people).proposals:
            for sentence in proposal.runner_up.would_win if proposal.runner_up else ():
                kind, others, programme = try_out(people, proposal, sentence)
                if tried[kind] >= 12:
                    continue
                tried[kind] += 1
                run = run_matching(others, programme)
                mentors = {p.mentor_id for p in run.proposals if p.mentee_id == proposal.mentee_id}
                assert mentors == {proposal.runner_up.mentor_id}, sentence
    assert set(tried) == {"place", "half day", "need", "preference"}
    assert all(count >= 2 for count in tried.values()), tried


def test_in_a_large_cohort_the_sentence_is_about_the_two_scores(
    run_matching: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flips, "SMALL", 0)
    people, said = cohort(1), 0
    run = run_matching(people)

    for proposal in run.proposals:
        for sentence in proposal.runner_up.would_win if proposal.runner_up else ():
            found = re.match(r"Without (.+?) Person (m\d+) would score higher here\.", sentence)
            assert found is not None
            weights = MatchingWeights.model_validate(MatchingWeights().model_dump() | {TERMS[found[1]]: 0})
            pair = [p for p in people if p.id in (found[2], proposal.mentee_id)]
            shown = [p for p in people if p.id in (proposal.mentor_id, proposal.mentee_id)]
            totals = [
                run_matching(two, Programme(matching=Criteria(weights=weights, need_floor=0))).proposals[0].score.total
                for two in (pair, shown)
            ]
            assert totals[0] == pytest.approx(totals[1], abs=0.05) or totals[0] > totals[1]
            said += 1
    assert said


def test_a_pinned_pair_has_no_rival_to_explain(run_matching: Run) -> None:
    from factories import NOON

    from companion.domain.review_rules import ReviewRule, RuleKind

    people = cohort(2)
    first = run_matching(people).proposals[0]
    pin = ReviewRule(id="r", kind=RuleKind.PIN, mentor_id=first.mentor_id, mentee_id=first.mentee_id, made_at=NOON)
    again = next(p for p in run_matching(people, rules=(pin,)).proposals if p.mentee_id == first.mentee_id)

    assert again.pinned
    assert again.runner_up is not None
    assert again.runner_up.would_win == ()
