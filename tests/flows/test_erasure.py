"""Forgetting somebody after a whole life in the programme: nothing is left, and nothing of others is lost."""

import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from erasure_life import LAURENT, live, residue
from factories import a_mentor, a_proposal, a_run, an_executive
from sqlalchemy import select
from survey_factories import FakeClock

from companion import bootstrap
from companion.config import Settings
from companion.domain.forgetting import FORMER, FORMER_NAME, SHORT
from companion.domain.pairings import PairingStatus
from companion.domain.people import Role
from companion.errors import CompanionError, NotFound
from companion.services import forget_person, pairings, privacy, review_matches, sessions
from companion.services.companion import Companion
from companion.services.match_people import match
from companion.services.sessions import Promise
from companion.store import Transaction, schema
from companion.store.engine import open_engine

pytestmark = pytest.mark.embedder


def opened(home: Path) -> Companion:
    return bootstrap.assemble(home, settings=Settings(model="none", me=LAURENT), clock=FakeClock())


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("lived") / "home"
    companion = opened(home)
    live(companion)
    companion.close()
    return home


@pytest.fixture
def companion(lived: Path, tmp_path: Path) -> Iterator[Companion]:
    home = tmp_path / "home"
    shutil.copytree(lived, home)
    one = opened(home)
    yield one
    one.close()


def test_nothing_is_left_of_somebody_who_was_forgotten(companion: Companion) -> None:
    home = companion.home.root
    before = residue(home)
    assert len({line.split(":")[0] for line in before}) >= 10
    forget_person.forget(companion, LAURENT)
    companion.close()
    assert residue(home) == []


def test_what_others_wrote_stays_without_the_name(companion: Companion) -> None:
    titles = {view.pairing.id: view for view in pairings.view_all(companion)}
    [mine] = [view for view in titles.values() if view.mentee.id == LAURENT]
    forget_person.forget(companion, "laurent petit")
    after = {view.pairing.id: view for view in pairings.view_all(companion, active_only=False)}
    assert after.keys() == titles.keys()
    left = after[mine.pairing.id]
    assert (left.mentee.name, left.pairing.status) == (FORMER_NAME, PairingStatus.ENDED_EARLY)
    assert [goal.text for goal in left.goals] == [goal.text for goal in mine.goals if goal.owner is Role.MENTOR]
    assert [one.text for one in left.commitments] == [f"send {FORMER} three examples"]
    assert (left.counted.held, len(left.sessions), left.agenda) == (1, 6, None)
    others = {view.pairing.id: view for view in after.values() if view.pairing.id != mine.pairing.id}
    for pairing_id, view in others.items():
        assert (view.goals, view.sessions, view.agenda) == (
            titles[pairing_id].goals,
            titles[pairing_id].sessions,
            titles[pairing_id].agenda,
        )
    said = [one.text for view in others.values() for one in view.commitments]
    assert said == [f"show it to {FORMER} and to {FORMER} ({FORMER})"]
    with pytest.raises(NotFound):
        forget_person.plan(companion, LAURENT)


def test_a_promise_that_others_made_in_the_same_words_stays_theirs(companion: Companion) -> None:
    views = pairings.view_all(companion)
    [mine] = [view for view in views if view.mentee.id == LAURENT]
    [promise, *_] = [one for one in mine.commitments if one.owner is Role.MENTEE]
    other = next(view for view in views if view.mentee.id != LAURENT)
    same = promise.model_copy(
        update={"id": "same-words", "pairing_id": other.pairing.id, "session_id": other.sessions[0].id}
    )
    with companion.store.get().write() as tx:
        tx.sessions.add_commitments([same])
    forget_person.forget(companion, LAURENT)
    left = pairings.view(companion, other.pairing.id).commitments
    assert promise.text in [one.text for one in left]


def test_the_programme_goes_on_without_them(companion: Companion) -> None:
    forget_person.forget(companion, LAURENT)
    assert companion.settings.me == ""
    queue = review_matches.queue(companion)
    assert LAURENT not in queue.people
    assert queue.run is not None
    assert all(LAURENT not in proposal.pair for proposal in queue.pending)
    run = match(companion)
    assert run.proposals
    assert "N-0102" not in run.model_dump_json()


def test_the_record_of_model_calls_still_holds(companion: Companion) -> None:
    noted = privacy.verify(companion).seal
    forget_person.forget(companion, LAURENT)
    report = privacy.verify(companion, noted)
    assert (report.problems, report.erased) == ((), 2)
    texts = {call.id: call.payload for call in privacy.calls(companion)[1]}
    assert (texts["call-0"], texts["call-1"]) == (b"", b"")
    assert texts["call-2"]


def test_the_dry_run_says_exactly_what_happens_and_does_nothing(companion: Companion) -> None:
    before = residue(companion.home.root)
    plan = forget_person.plan(companion, LAURENT)
    assert forget_person.plan(companion, LAURENT) == plan
    assert residue(companion.home.root) == before
    receipt = forget_person.forget(companion, LAURENT)
    assert {**receipt.removed, "texts whose vectors were deleted": 0} == {
        **plan.removed,
        "texts whose vectors were deleted": 0,
    }
    assert [one.id for one in forget_person.receipts(companion)] == [receipt.id]
    assert receipt.is_finished
    assert any("1 request" in line for line in receipt.out_of_reach)
    assert plan.out_of_reach == receipt.out_of_reach
    assert any("tell them that the pairing has ended" in line for line in plan.out_of_reach)


def killed(home: Path, step: int, when: str) -> None:
    """In another process: forget, and die before a step or at its end, without a chance to tidy up."""
    companion = opened(home)
    steps = list(forget_person.STEPS)
    what, work = steps[step]

    def dies(one: Companion, receipt_id: str) -> None:
        if when == "within":
            # After everything it would write, and before it is kept.
            write = one.store.get().write

            @contextmanager
            def interrupted() -> Iterator[Transaction]:
                with write() as tx:
                    yield tx
                    os.kill(os.getpid(), signal.SIGKILL)

            one.store.get().write = interrupted  # type: ignore[method-assign]
            work(one, receipt_id)
        os.kill(os.getpid(), signal.SIGKILL)

    steps[step] = (what, dies)
    forget_person.STEPS = tuple(steps)
    forget_person.forget(companion, LAURENT)


@pytest.mark.parametrize("when", ["before", "within"])
@pytest.mark.parametrize("step", range(len(forget_person.STEPS)))
def test_killed_anywhere_it_goes_on(lived: Path, tmp_path: Path, step: int, when: str) -> None:
    home = tmp_path / "home"
    shutil.copytree(lived, home)
    process = multiprocessing.get_context("spawn").Process(target=killed, args=(home, step, when))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    companion = opened(home)
    assert privacy.verify(companion).problems == ()
    assert len(forget_person.receipts(companion)) == 1
    forget_person.resume(companion)
    [receipt] = forget_person.receipts(companion)
    assert (receipt.is_finished, receipt.person_id) == (True, None)
    assert privacy.verify(companion).erased == 2
    companion.close()
    assert residue(home) == []


def test_a_wrong_card_of_the_programme_keeps_nobody_here(companion: Companion) -> None:
    companion.home.knowledge.mkdir(exist_ok=True)
    (companion.home.knowledge / "RM-101-wrong.md").write_text("no front matter")
    again = opened(companion.home.root)
    assert forget_person.forget(again, LAURENT).is_finished
    again.close()
    companion.close()
    assert residue(companion.home.root) == []


def test_two_windows_at_once_erase_once(companion: Companion) -> None:
    other = opened(companion.home.root)
    failures: list[CompanionError] = []

    def forget(one: Companion) -> None:
        try:
            forget_person.forget(one, LAURENT)
        except CompanionError as error:
            failures.append(error)

    threads = [threading.Thread(target=forget, args=(one,)) for one in (companion, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [str(error) for error in failures if not isinstance(error, NotFound)] == []
    [receipt] = forget_person.receipts(companion)
    assert receipt.removed["profiles"] == 1
    other.close()
    companion.close()
    assert residue(companion.home.root) == []


def test_on_a_shared_database_every_computer_forgets(postgresql: str, tmp_path: Path) -> None:
    settings = Settings(model="none", database_url=postgresql)
    one, other = (bootstrap.assemble(tmp_path / name, settings=settings, clock=FakeClock()) for name in ("one", "two"))
    with one.store.get().write() as tx:
        tx.people.save([a_mentor(), an_executive("e1", email="laurent@example.org"), a_mentor("m2", name="Ben Okoye")])
        tx.matches.save_run(a_run(a_proposal()))
    for window in (one, other):
        with window.store.get().read() as tx:
            window.profiles.get().sync(tx.people.all())
    review_matches.approve(one, "proposal-1")
    session = pairings.next_session(pairings.view(one, "amira"))
    sessions.log(one, session.id, [Promise(Role.MENTOR, "call Laurent"), Promise(Role.MENTEE, "read a lot of it")])
    old = {path.name for path in other.home.index.glob("chroma-*")}
    receipt = forget_person.forget(one, "laurent")
    assert receipt.is_finished
    assert any("PostgreSQL" in line for line in receipt.out_of_reach)
    with open_engine(postgresql).connect() as connection:
        rows = [str(row) for table in schema.metadata.sorted_tables for row in connection.execute(select(table))]
    assert [row for row in rows if "Laurent" in row or "laurent" in row] == []
    assert [c.text for c in pairings.view_all(other, active_only=False)[0].commitments] == [f"call {FORMER}"]
    assert {path.name for path in other.home.index.glob("chroma-*")} == old
    forget_person.resume(other)
    assert not old & {path.name for path in other.home.index.glob("chroma-*")}
    forget_person.resume(other)
    for window in (one, other):
        window.close()


def test_texts_at_their_limit_can_still_be_read_afterwards(companion: Companion) -> None:
    """A replacement is longer than most names; what was as long as it may be stays readable."""
    view = next(v for v in pairings.view_all(companion) if v.mentee.id != LAURENT and v.counted.held == 0)
    session = pairings.next_session(view)
    sessions.ask(companion, session.id, ("Laurent " * 63)[:500])
    sessions.log(companion, session.id, [Promise(Role.MENTOR, ("Laurent " * 38)[:300].strip())])
    forget_person.forget(companion, LAURENT)
    after = pairings.view(companion, view.pairing.id)
    assert len(after.commitments[0].text) <= 300
    assert after.sessions[0].executive_question.startswith(SHORT)
    assert review_matches.queue(companion).run is not None
