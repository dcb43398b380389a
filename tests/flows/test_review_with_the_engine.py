"""A review on the sample people with the real embedding model and the real engine: decide, solve anew, compare."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from companion import bootstrap, paths
from companion.config import Settings
from companion.domain.matching import MatchRun, ProposalStatus
from companion.domain.review_rules import DeclineCode
from companion.domain.run_comparison import sentences
from companion.errors import InvalidInput
from companion.services import (
    compare_runs,
    import_people,
    match_people,
    pairings,
    review_matches,
    review_rules,
    swap_matches,
)
from companion.services.companion import Companion
from companion.services.rematch import rematch
from companion.services.undo_decision import undo

pytestmark = [
    pytest.mark.embedder,
    pytest.mark.skipif(find_spec("companion.matching.why_not") is None, reason="this engine keeps no review rules"),
]

SAMPLE = Path(paths.__file__).parent / "sample" / "people.csv"


@pytest.fixture
def companion(tmp_path: Path) -> Iterator[Companion]:
    one = bootstrap.assemble(tmp_path / "home", settings=Settings(model="none"))
    import_people.save(one, import_people.preview(one, SAMPLE))
    match_people.match(one)
    yield one
    one.close()


def newest(companion: Companion) -> MatchRun:
    run = review_matches.queue(companion).run
    assert run is not None
    return run


def pairs(companion: Companion) -> set[tuple[str, str]]:
    return {proposal.pair for proposal in newest(companion).proposals}


def test_what_was_decided_is_kept_and_what_changed_is_said(companion: Companion) -> None:
    one, two, three, *_ = (p for p in newest(companion).proposals if p.runner_up)
    review_matches.approve(companion, one.id)
    review_matches.decline(companion, two.id, DeclineCode.KNOW_EACH_OTHER)
    review_matches.decline(companion, three.id, DeclineCode.CHANGING_JOBS, about=three.mentor_id)
    match_people.match(companion)
    now = pairs(companion)
    assert not now & {one.pair, two.pair}
    assert three.mentor_id not in {mentor_id for mentor_id, _ in now}
    changes = compare_runs.compare(companion)
    assert [p.status for p in changes.settled] == [ProposalStatus.APPROVED]
    told = {change.mentee_id for change in (*changes.changed, *changes.gone)}
    assert {two.mentee_id, three.mentee_id} <= told
    assert len(list(sentences(changes, str))) == len(changes.changed) + len(changes.new) + len(changes.gone)
    assert newest(companion).certificate is not None


def test_a_swap_is_solved_around_and_undone(companion: Companion) -> None:
    before = newest(companion)
    one = next(p for p in before.proposals if p.runner_up)
    assert one.runner_up is not None
    swap = swap_matches.consider(companion, one.id)
    swap_matches.confirm(companion, swap)
    assert (one.runner_up.mentor_id, one.mentee_id) in pairs(companion)
    match_people.match(companion)
    assert (one.runner_up.mentor_id, one.mentee_id) in pairs(companion), "a swap is pinned"
    undo(companion)
    match_people.match(companion)
    assert pairs(companion) == {p.pair for p in before.proposals}


def test_a_pin_that_a_hard_rule_forbids_is_refused_and_nothing_is_kept(companion: Companion) -> None:
    before, (mentee, mentor) = newest(companion), ("N-0211", "N-1010")
    with pytest.raises(InvalidInput, match="share no language"):
        review_rules.pin(companion, mentor, mentee)
    assert review_rules.rules(companion) == []
    match_people.match(companion)
    assert {p.pair for p in newest(companion).proposals} == {p.pair for p in before.proposals}


def test_a_run_that_proposes_nobody_leaves_the_proposals_that_wait(companion: Companion) -> None:
    before = newest(companion)
    with companion.store.get().write() as tx:
        tx.people.save([person.model_copy(update={"capacity": 0}) for person in tx.people.all()])
    with pytest.raises(InvalidInput, match=f"{len(before.proposals)} proposals that wait were kept.*free place"):
        match_people.match(companion)
    assert newest(companion) == before


def test_a_rematch_and_a_late_joiner_leave_everybody_else_alone(companion: Companion) -> None:
    first, second, *_ = newest(companion).proposals
    ended = review_matches.approve(companion, first.id)
    review_matches.approve(companion, second.id)
    waiting = {p.pair for p in review_matches.queue(companion).pending}
    rematch(companion, ended.id, "Their calendars never met.")
    assert waiting <= pairs(companion)
    assert first.pair not in pairs(companion)
    assert [(v.mentor.id, v.mentee.id) for v in pairings.view_all(companion)] == [second.pair]


def test_why_not_is_answered_in_a_sentence(companion: Companion) -> None:
    answer = match_people.why_not(companion, "Ben Whitaker", "Laurent Petit")
    assert answer.sentence
    assert not answer.proposed
