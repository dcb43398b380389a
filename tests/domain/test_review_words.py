"""Small words of a review: filters, rules as sentences, and the doubt of a pair about which there is none."""

import pytest
from factories import NOON, a_mentor, a_proposal, a_run, an_executive

from companion.domain.criteria import Criteria, HardRules
from companion.domain.criteria_words import lines
from companion.domain.fairness import FlipTest, Treatment
from companion.domain.matching import NO_DOUBT, Band, ProposalStatus, Unmatched
from companion.domain.programme import Programme
from companion.domain.review_filter import ReviewFilter, Standing
from companion.domain.review_rules import DeclineCode, ReviewRule, RuleKind
from companion.domain.rule_sentences import rule_sentence
from companion.domain.run_comparison import compare, counts_sentence, sentences, summary
from companion.domain.treatment_sentences import flip_sentence, pair_sentence
from companion.matching.doubts import NOTHING_FOUND

ONE_OF_EACH = HardRules(min_shared_hours=1, min_level_gap=1, mentors_per_department=1)
PEOPLE = {"m1": a_mentor(), "e1": an_executive(need=["read a dashboard", "use AI"])}


def test_the_engine_says_that_there_is_no_doubt_in_these_words() -> None:
    assert NOTHING_FOUND == NO_DOUBT
    assert not a_proposal(doubt=NOTHING_FOUND).is_doubtful


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        (ReviewFilter(), True),
        (ReviewFilter(search="HADDAD petit"), True),
        (ReviewFilter(search="haddad vogel"), False),
        (ReviewFilter(standing=Standing.OPEN), False),
        (ReviewFilter(standing=Standing.DECIDED), True),
        (ReviewFilter(band=Band.WORKABLE), True),
        (ReviewFilter(band=Band.STRONG), False),
        (ReviewFilter(doubtful=True), True),
        (ReviewFilter(search="amira", standing=Standing.DECIDED, band=Band.WORKABLE, doubtful=True), True),
    ],
)
def test_every_condition_of_a_filter_must_hold(wanted: ReviewFilter, kept: bool) -> None:
    proposal = a_proposal(band=Band.WORKABLE, status=ProposalStatus.APPROVED, doubt="Far apart.")
    assert wanted.keeps(proposal, "Amira Haddad and Laurent Petit") is kept
    assert ReviewFilter(doubtful=True).keeps(proposal.model_copy(update={"doubt": NO_DOUBT}), "") is False


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"kind": RuleKind.PIN, "mentor_id": "m1", "mentee_id": "e1"},
            "Amira Haddad and Laurent Petit are paired, whatever the scores say.",
        ),
        (
            {"kind": RuleKind.NEVER, "mentor_id": "m1", "mentee_id": "e1", "reason": "They are married."},
            "Amira Haddad and Laurent Petit are never paired (They are married).",
        ),
        (
            {"kind": RuleKind.HOLD, "mentor_id": "m1", "code": DeclineCode.CHANGING_JOBS},
            "Amira Haddad is left out for now (One of them is about to change jobs).",
        ),
        (
            {"kind": RuleKind.SKIP_ENTRY, "mentee_id": "e1", "entry_id": "need.2"},
            "“use AI” of Laurent Petit does not count for now.",
        ),
        (
            {"kind": RuleKind.OTHER_DEPARTMENT, "mentee_id": "e1"},
            "Laurent Petit is only paired with another department.",
        ),
        ({"kind": RuleKind.HOLD, "mentee_id": "gone"}, "gone is left out for now."),
    ],
)
def test_a_rule_is_a_sentence(changes: dict[str, object], sentence: str) -> None:
    rule = ReviewRule.model_validate({"id": "rule-1", "made_at": NOON} | changes)
    assert rule_sentence(rule, PEOPLE) == sentence


def test_what_the_flip_test_found_is_said_with_its_share() -> None:
    flip = FlipTest(pairs=4, entries_changed=3, changed_without=("p1",), changed_swapped=("p1", "p2"))
    assert "2 of 4 pairs change (50 %)." in flip_sentence(Treatment(flip=flip))
    assert flip_sentence(Treatment(flip_note="Too many people; run it on request.")).startswith("Too many people")
    assert "another one" in pair_sentence(flip, "p2")
    assert "same pair" in pair_sentence(flip, "p3")
    assert pair_sentence(None, "p1") == ""


def test_sums_are_only_compared_when_they_were_weighed_alike() -> None:
    before = a_run(a_proposal(), criteria=("What counts: needs 60 %, gains 40 %.", "There are no quotas."))
    other = a_proposal(id="run-2-1", run_id="run-2", mentor_id="m2")
    alike = compare(before, a_run(other, run_id="run-2", criteria=(before.criteria[0], "A quota.")))
    weighed = compare(before, a_run(other, run_id="run-2", criteria=("What counts: needs 100 %.",)))

    assert "all pairs together are as good as before" in summary(alike)
    assert "as good: " in next(sentences(alike, str))
    assert "cannot be added up alike" in summary(weighed)
    assert next(sentences(weighed, str)).startswith("e1: m2 instead of m1; strong, number 1 of 1 (before: strong")


def test_one_is_one() -> None:
    said = {line.key: line.text for line in lines(Programme(sessions=1, matching=Criteria(rules=ONE_OF_EACH)))}
    assert said["sessions"] == "A pair meets 1 time."
    assert said["matching.rules.min_shared_hours"] == "Two people must share 1 free hour a week."
    assert said["matching.rules.mentors_per_department"] == "One department gives at most 1 pairing."
    assert said["matching.rules.min_level_gap"] == "The executive stands at least 1 level above the mentor."
    assert said["session_minutes"] == "A session lasts 45 minutes."
    assert counts_sentence(a_run(a_proposal(), unmatched=(Unmatched(person_id="m2", reasons=("x",)),))) == (
        "1 proposal, 1 person without one"
    )
