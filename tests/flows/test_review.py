"""Deciding about proposals on the real store: rules, pins, swaps, undo, re-solving, and two windows at once."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import a_mentor, an_executive
from review_fakes import FakeMatcher, a_reviewed_companion

from companion.domain.criteria import Criteria, Format
from companion.domain.matching import ProposalStatus
from companion.domain.pairings import PairingStatus
from companion.domain.programme import Programme
from companion.domain.review_rules import DeclineCode, RuleKind
from companion.domain.run_comparison import certificates, sentences, summary
from companion.errors import CompanionError, InvalidInput, NotFound, StaleEdit
from companion.lazy import Lazy
from companion.services import compare_runs, match_people, pairings, review_matches, review_rules, swap_matches
from companion.services.companion import Companion
from companion.services.rematch import rematch
from companion.services.undo_decision import undo

SCORES = {("m1", "e1"): 0.9, ("m1", "e2"): 0.6, ("m2", "e1"): 0.5, ("m2", "e2"): 0.8, ("m3", "e1"): 0.4}
NAMES = {"m1": "Amira Haddad", "m2": "Ben Okoye", "m3": "Cleo Ford", "e1": "Laurent Petit", "e2": "Margaret Okafor"}


@pytest.fixture
def reviewed(tmp_path: Path) -> Iterator[tuple[Companion, FakeMatcher]]:
    """Three mentors and two executives; Amira is best for Laurent and Ben for Margaret."""
    people = [a_mentor(f"m{n}", name=NAMES[f"m{n}"], department="IT") for n in (1, 2, 3)]
    people += [
        an_executive("e1", name=NAMES["e1"], need=["read a dashboard", "use AI"]),
        an_executive("e2", name=NAMES["e2"], need=["hybrid meetings"]),
    ]
    one, matcher = a_reviewed_companion(tmp_path / "home", people, SCORES)
    match_people.match(one)
    yield one, matcher
    one.close()


@pytest.fixture
def companion(reviewed: tuple[Companion, FakeMatcher]) -> Companion:
    return reviewed[0]


def proposed(companion: Companion) -> dict[str, str]:
    """Executive -> mentor of the newest run."""
    run = review_matches.queue(companion).run
    assert run is not None
    return {p.mentee_id: p.mentor_id for p in run.proposals}


def proposal_of(companion: Companion, executive: str) -> str:
    run = review_matches.queue(companion).run
    assert run is not None
    return next(p.id for p in run.proposals if p.mentee_id == executive)


def kinds(companion: Companion) -> list[RuleKind]:
    return [rule.kind for rule in review_rules.rules(companion)]


@pytest.mark.parametrize(
    ("code", "about", "made"),
    [
        (DeclineCode.KNOW_EACH_OTHER, "", [RuleKind.NEVER]),
        (DeclineCode.CONFLICT, "", [RuleKind.NEVER]),
        (DeclineCode.ASKED_FOR_OTHER, "", [RuleKind.NEVER]),
        (DeclineCode.OTHER, "", [RuleKind.NEVER]),
        (DeclineCode.TOPIC_NOT_NOW, "need.2", [RuleKind.SKIP_ENTRY]),
        (DeclineCode.CHANGING_JOBS, "m1", [RuleKind.HOLD]),
        (DeclineCode.CHANGING_JOBS, "e1", [RuleKind.HOLD]),
        (DeclineCode.TOO_ALIKE, "", [RuleKind.NEVER, RuleKind.OTHER_DEPARTMENT]),
    ],
)
def test_each_reason_becomes_rules_that_the_next_run_keeps(
    reviewed: tuple[Companion, FakeMatcher], code: DeclineCode, about: str, made: list[RuleKind]
) -> None:
    companion, matcher = reviewed
    rules = review_matches.decline(companion, proposal_of(companion, "e1"), code, "They said so.", about=about)
    assert [rule.kind for rule in rules] == made
    match_people.match(companion)
    assert sorted(rule.kind for rule in matcher.requests[-1].rules) == sorted(made)
    assert matcher.requests[-1].declined_pairs == frozenset(), "the rule alone counts, so that it can be lifted"
    if code is not DeclineCode.TOPIC_NOT_NOW:
        assert proposed(companion).get("e1") != "m1"


def test_a_reason_that_leaves_something_open_asks_for_it(companion: Companion) -> None:
    one = proposal_of(companion, "e1")
    for code, says in (
        (DeclineCode.TOPIC_NOT_NOW, "By number: 1 “read a dashboard”; 2 “use AI”."),
        (DeclineCode.CHANGING_JOBS, "mentor or the executive"),
        (DeclineCode.OTHER, "One sentence is enough"),
    ):
        with pytest.raises(InvalidInput, match=says):
            review_matches.decline(companion, one, code)
    assert kinds(companion) == []
    review_matches.decline(companion, proposal_of(companion, "e2"), DeclineCode.TOPIC_NOT_NOW)
    assert review_rules.rules(companion)[0].entry_id == "need.1", "there is only one"


def test_a_lifted_rule_lets_the_pair_come_back(companion: Companion) -> None:
    (rule,) = review_matches.decline(companion, proposal_of(companion, "e1"), DeclineCode.CONFLICT)
    match_people.match(companion)
    assert proposed(companion)["e1"] == "m3"
    assert "Cleo Ford instead of Amira Haddad, whom you declined; worse" in next(
        sentences(compare_runs.compare(companion), NAMES.__getitem__)
    )
    review_rules.lift(companion, rule.id)
    match_people.match(companion)
    assert proposed(companion)["e1"] == "m1"
    with pytest.raises(NotFound):
        review_rules.lift(companion, rule.id)


def test_a_pin_is_kept_whatever_the_scores_say(companion: Companion) -> None:
    review_rules.pin(companion, "cleo", "laurent")
    match_people.match(companion)
    assert proposed(companion) == {"e1": "m3", "e2": "m2"}
    for mentor, executive, says in (
        ("m3", "e1", "pinned already"),
        ("m1", "e1", "Laurent Petit has no place left"),
        ("m3", "e2", "Cleo Ford has no place left"),
    ):
        with pytest.raises(InvalidInput, match=says):
            review_rules.pin(companion, mentor, executive)
    with pytest.raises(InvalidInput, match="are pinned"):
        review_rules.forbid(companion, "m3", "e1")


def test_a_pin_is_fulfilled_once_the_two_are_a_pair(reviewed: tuple[Companion, FakeMatcher]) -> None:
    companion, matcher = reviewed
    review_rules.pin(companion, "m1", "e1")
    match_people.match(companion)
    assert [rule.kind for rule in matcher.requests[-1].rules] == [RuleKind.PIN]
    match_people.match(companion, only=["margaret"])
    assert matcher.requests[-1].rules == (), "the pinned pair waits in the queue and keeps its places"
    review_matches.approve(companion, proposal_of(companion, "e1"))
    match_people.match(companion)
    assert matcher.requests[-1].rules == ()
    assert proposed(companion) == {"e2": "m2"}


@pytest.mark.parametrize(("code", "about"), [(DeclineCode.CONFLICT, ""), (DeclineCode.CHANGING_JOBS, "m1")])
def test_declining_a_pinned_pair_lets_go_of_the_pin_until_it_is_undone(
    companion: Companion, code: DeclineCode, about: str
) -> None:
    pin = review_rules.pin(companion, "m1", "e1")
    review_matches.decline(companion, proposal_of(companion, "e1"), code, about=about)
    assert RuleKind.PIN not in kinds(companion)
    match_people.match(companion)
    assert proposed(companion)["e1"] != "m1"
    undo(companion)
    assert review_rules.rules(companion) == [pin]


def test_ruling_a_pair_out_declines_its_open_proposal(companion: Companion) -> None:
    review_rules.forbid(companion, "amira", "laurent", "They are married.")
    run = review_matches.queue(companion).run
    assert run is not None
    declined = next(p for p in run.proposals if p.pair == ("m1", "e1"))
    assert (declined.status, declined.decline_reason) == (ProposalStatus.DECLINED, "They are married.")
    with pytest.raises(InvalidInput, match="kept apart"):
        review_rules.pin(companion, "m1", "e1")


def test_undo_goes_back_through_every_kind_of_decision(companion: Companion) -> None:
    before = proposed(companion)
    review_matches.decline(companion, proposal_of(companion, "e1"), DeclineCode.TOO_ALIKE)
    rule = review_rules.pin(companion, "m3", "e1")
    review_rules.lift(companion, rule.id)
    review_rules.forbid(companion, "m2", "e2")
    taken_back = [undo(companion).what for _ in range(4)]
    assert taken_back == ["pair forbidden", "rule lifted", "pair pinned", "proposal declined"]
    queue = review_matches.queue(companion)
    assert queue.rules == ()
    assert len(queue.pending) == 2
    assert proposed(companion) == before
    review_matches.approve(companion, proposal_of(companion, "e1"))
    assert undo(companion).what == "proposal approved"
    with pytest.raises(InvalidInput, match="no decision to undo"):
        undo(companion)


def test_a_swap_says_what_it_costs_before_it_is_done_and_can_be_undone(companion: Companion) -> None:
    before = review_matches.queue(companion)
    one, other = proposal_of(companion, "e1"), proposal_of(companion, "e2")
    swap = swap_matches.consider(companion, one, other)
    assert summary(swap.changes) == "No pair stays, 2 change; all pairs together are 35.3 % worse."
    assert next(sentences(swap.changes, NAMES.__getitem__)) == (
        "Laurent Petit: Ben Okoye instead of Amira Haddad; "
        "worse: workable, number 2 of 3 (before: strong, number 1 of 3)."
    )
    assert review_matches.queue(companion) == before, "working it out changes nothing"
    swap_matches.confirm(companion, swap)
    assert proposed(companion) == {"e1": "m2", "e2": "m1"}
    assert kinds(companion) == [RuleKind.PIN, RuleKind.PIN]
    undo(companion)
    assert review_matches.queue(companion) == before


def test_a_swap_for_the_runner_up_moves_the_others_too(companion: Companion) -> None:
    swap = swap_matches.consider(companion, proposal_of(companion, "e1"))
    swap_matches.confirm(companion, swap)
    assert proposed(companion) == {"e1": "m2", "e2": "m1"}, "Margaret gets who is left"
    assert kinds(companion) == [RuleKind.PIN]


def test_a_swap_is_refused_when_something_was_decided_meanwhile(companion: Companion) -> None:
    swap = swap_matches.consider(companion, proposal_of(companion, "e1"))
    review_matches.approve(companion, proposal_of(companion, "e2"))
    with pytest.raises(StaleEdit):
        swap_matches.confirm(companion, swap)
    assert kinds(companion) == []
    with pytest.raises(InvalidInput, match="Ben Okoye has no place left"):
        swap_matches.consider(companion, proposal_of(companion, "e1"))
    undo(companion)
    again = swap_matches.consider(companion, proposal_of(companion, "e1"))
    match_people.match(companion)
    with pytest.raises(StaleEdit):
        swap_matches.confirm(companion, again)


def test_a_swap_needs_two_proposals_that_are_open(companion: Companion) -> None:
    review_matches.approve(companion, proposal_of(companion, "e2"))
    with pytest.raises(InvalidInput, match="already approved"):
        swap_matches.consider(companion, proposal_of(companion, "e1"), proposal_of(companion, "e2"))


def test_a_new_run_leaves_what_was_approved_alone(reviewed: tuple[Companion, FakeMatcher]) -> None:
    companion, matcher = reviewed
    pairing = review_matches.approve(companion, proposal_of(companion, "e1"))
    match_people.match(companion)
    assert proposed(companion) == {"e2": "m2"}
    assert matcher.before[-1] is not None, "what was scored before is handed on"
    queue = review_matches.queue(companion)
    assert [p.pair for p in queue.earlier] == [("m1", "e1")]
    changes = compare_runs.compare(companion)
    assert summary(changes) == "1 is approved, 1 pair stays; all pairs together are as good as before."
    assert list(certificates(changes)) == ["Before: the best possible, proven.", "Now: the best possible, proven."]
    assert undo(companion).in_newest_run is False
    assert pairings.view_all(companion) == []
    assert pairing.id not in {p.id for p in queue.pending}


def test_a_decision_made_while_it_computes_is_never_overwritten(reviewed: tuple[Companion, FakeMatcher]) -> None:
    companion, matcher = reviewed
    left = [proposal_of(companion, "e1")]

    def decide_meanwhile() -> None:
        if left:
            review_matches.approve(companion, left.pop())

    matcher.before_solving = decide_meanwhile
    match_people.match(companion)
    assert proposed(companion) == {"e2": "m2"}
    assert len(matcher.requests) == 3, "once before, once in vain, once around the decision"


def test_matching_gives_up_when_the_decisions_do_not_stop(reviewed: tuple[Companion, FakeMatcher]) -> None:
    companion, matcher = reviewed
    run = review_matches.queue(companion).run

    def never_stop() -> None:
        undo(companion) if review_rules.rules(companion) else review_rules.forbid(companion, "m3", "e2")

    matcher.before_solving = never_stop
    with pytest.raises(StaleEdit, match="keeps deciding"):
        match_people.match(companion)
    after = review_matches.queue(companion).run
    assert run is not None
    assert after is not None
    assert after.id == run.id


def test_a_proposal_that_a_newer_run_replaced_cannot_be_decided(companion: Companion) -> None:
    old = proposal_of(companion, "e1")
    match_people.match(companion)
    for decide in (
        lambda: review_matches.approve(companion, old),
        lambda: review_matches.decline(companion, old, DeclineCode.CONFLICT),
        lambda: swap_matches.consider(companion, old),
    ):
        with pytest.raises(StaleEdit):
            decide()


def test_approving_looks_at_the_rules_again(tmp_path: Path) -> None:
    people = [a_mentor("m1", capacity=2), an_executive("e1"), an_executive("e2", name="Eve")]
    companion, _ = a_reviewed_companion(tmp_path / "home", people, {})
    match_people.match(companion)
    review_matches.decline(companion, proposal_of(companion, "e1"), DeclineCode.CHANGING_JOBS, about="m1")
    with pytest.raises(InvalidInput, match="Amira Haddad was held back"):
        review_matches.approve(companion, proposal_of(companion, "e2"))


def test_two_windows_that_approve_the_same_mentor_at_once_make_one_pairing(companion: Companion) -> None:
    one, failed, ready = proposal_of(companion, "e1"), [], threading.Barrier(2)

    def decide() -> None:
        ready.wait()
        try:
            review_matches.approve(companion, one)
        except CompanionError as error:
            failed.append(error.message)

    windows = [threading.Thread(target=decide) for _ in range(2)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert failed == ["This proposal was already approved."]
    assert len(pairings.view_all(companion)) == 1


def test_late_joiners_are_matched_without_moving_anybody(reviewed: tuple[Companion, FakeMatcher]) -> None:
    companion, matcher = reviewed
    for executive in ("e1", "e2"):
        review_matches.approve(companion, proposal_of(companion, executive))
    running = pairings.view_all(companion)
    with companion.store.get().write() as tx:
        tx.people.save([an_executive("e3", name="Zoe Lind")])
    match_people.match(companion, only=["zoe"])
    assert matcher.requests[-1].joining == frozenset({"e3"})
    assert proposed(companion) == {"e3": "m3"}
    assert pairings.view_all(companion) == running
    with pytest.raises(NotFound, match="no person 'nobody'"):
        match_people.match(companion, only=["nobody"])


def test_matching_only_some_leaves_the_open_proposals_of_others_in_the_queue(
    reviewed: tuple[Companion, FakeMatcher],
) -> None:
    companion, matcher = reviewed
    with companion.store.get().write() as tx:
        tx.people.save([an_executive("e3", name="Zoe Lind")])
    matcher.scores[("m1", "e3")] = 1.0
    match_people.match(companion, only=["zoe"])
    assert proposed(companion) == {"e3": "m3", "e1": "m1", "e2": "m2"}, "what waits keeps its places"
    assert matcher.requests[-1].taken == {"m1": 1, "e1": 1, "m2": 1, "e2": 1}
    run = review_matches.queue(companion).run
    assert run is not None
    assert "2 open proposals of others were left as they were" in run.warnings[0]
    assert len({p.id for p in run.proposals}) == 3
    review_matches.approve(companion, proposal_of(companion, "e1"))
    match_people.match(companion, only=["margaret"])
    assert proposed(companion) == {"e2": "m2", "e3": "m3"}, "whoever is named is matched anew"


def test_a_rematch_ends_one_pairing_and_proposes_others_for_the_two(companion: Companion) -> None:
    review_rules.pin(companion, "m1", "e1")
    for executive in ("e1", "e2"):
        review_matches.approve(companion, proposal_of(companion, executive))
    with pytest.raises(InvalidInput, match="needs a reason"):
        rematch(companion, "amira", " ")
    rematch(companion, "amira", "Their calendars never met.")
    assert proposed(companion) == {"e1": "m3"}
    ended = [v.pairing for v in pairings.view_all(companion, active_only=False) if v.mentor.id == "m1"]
    assert [pairing.status for pairing in ended] == [PairingStatus.ENDED_EARLY]
    assert [v.mentor.id for v in pairings.view_all(companion)] == ["m2"], "the other pair is left alone"
    assert kinds(companion) == [RuleKind.NEVER], "the pin went with the pairing"
    with pytest.raises(InvalidInput, match="already ended early"):
        rematch(companion, ended[0].id, "Again.")


def test_undo_says_whom_it_was_about(companion: Companion) -> None:
    review_matches.decline(companion, proposal_of(companion, "e1"), DeclineCode.TOO_ALIKE)
    review_rules.pin(companion, "m3", "e1")
    review_matches.approve(companion, proposal_of(companion, "e2"))
    assert [undo(companion).person_ids for _ in range(3)] == [("m2", "e2"), ("m3", "e1"), ("m1", "e1")]


def test_undo_after_a_rematch_takes_back_no_other_approval(companion: Companion) -> None:
    for executive in ("e1", "e2"):
        review_matches.approve(companion, proposal_of(companion, executive))
    rematch(companion, "amira", "Their calendars never met.")
    with pytest.raises(InvalidInput, match="newest decision is a rematch"):
        undo(companion)
    assert [v.mentor.id for v in pairings.view_all(companion)] == ["m2"]


def test_a_circle_is_approved_and_undone_as_one(tmp_path: Path) -> None:
    people: list[Any] = [a_mentor("m1", capacity=4)]
    people += [an_executive(f"e{n}", name=f"Boss {n}") for n in range(1, 5)]
    companion, _ = a_reviewed_companion(tmp_path / "home", people, {})
    companion.programmes = Lazy(lambda: Programme(matching=Criteria(format=Format.CIRCLES)))
    match_people.match(companion)
    assert [len(circle) for circle in review_matches.queue(companion).circles.values()] == [4]
    review_matches.decline(companion, proposal_of(companion, "e4"), DeclineCode.CONFLICT)
    made = review_matches.approve_circle(companion, "m1")
    assert len(made) == 3
    assert len({pairing.circle_id for pairing in made}) == 1
    assert made[0].circle_id
    undone = undo(companion)
    assert len(undone.proposal_ids) == 3
    assert pairings.view_all(companion) == []
    first, second = (review_matches.approve(companion, id_) for id_ in undone.proposal_ids[:2])
    assert first.circle_id == second.circle_id, "who joins later joins the same circle"
    with pytest.raises(InvalidInput, match="Nobody in this circle"):
        review_matches.approve_circle(companion, "m2")


def test_pairs_are_no_circle(companion: Companion) -> None:
    with pytest.raises(InvalidInput, match="proposes no circles"):
        review_matches.approve_circle(companion, "m1")
    assert review_matches.approve(companion, proposal_of(companion, "e1")).circle_id is None


def test_why_not_is_answered_by_the_scored_cohort(companion: Companion) -> None:
    assert match_people.why_not(companion, "ben", "laurent").sentence == "m2 would leave somebody alone."
    with pytest.raises(NotFound, match="no mentor 'laurent'"):
        match_people.why_not(companion, "laurent", "ben")
    for mentor in ("laurent", "e1"):
        with pytest.raises(NotFound) as refused:
            match_people.why_not(companion, mentor, "ben")
        assert "name the mentor first" in refused.value.hint
    with pytest.raises(NotFound) as refused:
        match_people.why_not(companion, "nobody", "laurent")
    assert "name the mentor first" not in refused.value.hint


def test_every_decision_is_in_the_audit_trail(companion: Companion) -> None:
    review_matches.decline(companion, proposal_of(companion, "e1"), DeclineCode.CONFLICT, "  A family \n tie. ")
    with companion.store.get().read() as tx:
        entry = tx.audit.latest(1)[0]
    assert (entry.verb, entry.detail["code"], entry.detail["reason"]) == (
        "proposal declined",
        "conflict of interest",
        "A family tie.",
    )
    assert entry.detail["rules"]


def test_runs_are_listed_and_compared_by_name(companion: Companion) -> None:
    first = compare_runs.runs(companion)[0]
    review_rules.pin(companion, "m3", "e1")
    match_people.match(companion)
    newest, older = compare_runs.runs(companion)
    assert older.id == first.id
    changes = compare_runs.compare(companion, older.id, newest.id)
    assert [c.verdict for c in changes.changed] == ["worse"]
    back = compare_runs.compare(companion, newest.id, older.id)
    assert [c.verdict for c in back.changed] == ["better"]
    for arguments in (("run-nowhere",), (first.id, "run-nowhere"), ("", first.id)):
        with pytest.raises(NotFound):
            compare_runs.compare(companion, *arguments)
