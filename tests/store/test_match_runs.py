"""Runs and their proposals: which is the newest, what stands where, and what may be taken back."""

from datetime import timedelta

import pytest
from databases import Database
from factories import NOON, a_mentor, a_pairing, a_proposal, a_run, an_executive

from companion.domain.matching import ProposalStatus
from companion.domain.pairings import PairingStatus
from companion.domain.review_rules import ReviewRule, RuleKind
from companion.store import Store


@pytest.fixture
def store(database: Database) -> Store:
    """Two runs: the earlier with one proposal, the later with two."""
    store = database.open()
    with store.write() as tx:
        tx.people.save([a_mentor(), a_mentor("m2"), an_executive(), an_executive("e2")])
        tx.matches.save_run(
            a_run(
                a_proposal("proposal-2", run_id="run-2"),
                a_proposal("proposal-3", run_id="run-2", mentor_id="m2", mentee_id="e2"),
                run_id="run-2",
                at=NOON + timedelta(hours=1),
            )
        )
        tx.matches.save_run(a_run(a_proposal()))
    return store


def test_the_newest_run_is_the_one_made_last_not_the_one_saved_last(store: Store) -> None:
    with store.read() as tx:
        assert tx.matches.latest_run_id() == "run-2"
        newest, earlier = tx.matches.latest_run(), tx.matches.run("run-1")
        assert tx.matches.run("run-nowhere") is None
    assert newest is not None
    assert [p.id for p in newest.proposals] == ["proposal-2", "proposal-3"]
    assert earlier is not None
    assert earlier.at == NOON


def test_runs_are_counted_by_what_was_decided(store: Store) -> None:
    with store.write() as tx:
        tx.matches.decide("proposal-3", ProposalStatus.DECLINED, "No.", NOON)
        tx.matches.save_run(a_run(run_id="run-0", at=NOON - timedelta(days=1)))
    with store.read() as tx:
        assert tx.matches.run_counts() == [
            ("run-2", NOON + timedelta(hours=1), {ProposalStatus.DECLINED: 1, ProposalStatus.PENDING: 1}),
            ("run-1", NOON, {ProposalStatus.PENDING: 1}),
            ("run-0", NOON - timedelta(days=1), {}),
        ]


def test_a_run_is_only_taken_back_while_nothing_was_decided_on_it(store: Store) -> None:
    with store.write() as tx:
        tx.matches.decide("proposal-2", ProposalStatus.APPROVED, "", NOON)
        tx.pairings.add(a_pairing(proposal_id="proposal-2"), [])
        assert not tx.matches.remove_undecided_run("run-2")
        assert tx.matches.remove_undecided_run("run-1")
    with store.read() as tx:
        assert tx.matches.get("proposal-1") is None
        assert tx.pairings.get("pairing-1") is not None


def test_what_was_approved_in_other_runs_counts_while_its_pairing_runs(store: Store) -> None:
    with store.write() as tx:
        tx.matches.decide("proposal-1", ProposalStatus.APPROVED, "", NOON)
        tx.pairings.add(a_pairing(), [])
    with store.read() as tx:
        assert [p.id for p in tx.matches.approved_before("run-2")] == ["proposal-1"]
        assert tx.matches.approved_before("run-1") == []
    with store.write() as tx:
        tx.pairings.set_status("pairing-1", PairingStatus.ENDED_EARLY)
    with store.read() as tx:
        assert tx.matches.approved_before("run-2") == []


def test_a_lifted_rule_can_be_restored(store: Store) -> None:
    rule = ReviewRule(id="rule-1", kind=RuleKind.NEVER, mentor_id="m1", mentee_id="e1", made_at=NOON)
    with store.write() as tx:
        tx.review_rules.add(rule)
        tx.review_rules.lift("rule-1", NOON)
        tx.review_rules.restore("rule-1")
    with store.read() as tx:
        assert tx.review_rules.active() == [rule]
