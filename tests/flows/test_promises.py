"""Promises that stay open: how they come up again, and how one is kept, moved or let go of."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from factories import NOON, a_commitment, a_goal, a_mentor, a_pairing, a_proposal, a_run, a_session, an_executive

from companion.bootstrap import assemble
from companion.cli.main import group
from companion.config import Settings
from companion.domain.people import Role
from companion.domain.sessions import CommitmentStatus
from companion.errors import CompanionError, InvalidInput, NotFound
from companion.services import promises, sessions
from companion.services.companion import Companion

WATCH = "sit in on a stand-up"


class Now:
    def now(self) -> object:
        return NOON


@pytest.fixture
def companion(tmp_path: Path) -> Iterator[Companion]:
    """Amira mentors Laurent, and two things were promised."""
    one = assemble(tmp_path / "home", settings=Settings(model="none"), clock=Now())
    with one.store.get().write() as tx:
        tx.people.save([a_mentor(), an_executive()])
        tx.matches.save_run(a_run(a_proposal()))
        tx.pairings.add(a_pairing(), [a_goal()])
        tx.sessions.add([a_session()])
        tx.sessions.add_commitments(
            [a_commitment("c1", owner=Role.MENTEE, text=WATCH), a_commitment("c2", text="send [/]x sit tight")]
        )
    yield one
    one.close()


def status(companion: Companion, id_: str) -> CommitmentStatus:
    with companion.store.get().read() as tx:
        found = tx.sessions.commitment(id_)
        assert found is not None
        return found.status


def test_a_promise_is_kept_dropped_and_opened_again_by_its_words(companion: Companion) -> None:
    assert promises.settle(companion, "amira", "sit stand-up", CommitmentStatus.DROPPED).id == "c1"
    assert status(companion, "c1") is CommitmentStatus.DROPPED
    # Of two with the same word the open one is meant.
    assert promises.settle(companion, "amira", "sit", CommitmentStatus.DONE).id == "c2"
    with pytest.raises(InvalidInput, match="fits 2 promises"):
        promises.settle(companion, "amira", "sit", CommitmentStatus.OPEN)
    promises.settle(companion, "amira", "c1", CommitmentStatus.OPEN)
    with pytest.raises(InvalidInput, match="open already"):
        promises.settle(companion, "amira", "c1", CommitmentStatus.OPEN)
    with companion.store.get().read() as tx:
        verbs = [entry.verb for entry in tx.audit.latest(3)]
    assert verbs == ["promise opened again", "promise kept", "promise dropped"]


def test_a_promise_moves_to_a_day_that_is_still_to_come(companion: Companion) -> None:
    later = NOON.date() + timedelta(days=9)
    assert promises.move(companion, "amira", "c1", later).due == later
    with pytest.raises(InvalidInput, match="in the past"):
        promises.move(companion, "amira", "c1", NOON.date() - timedelta(days=1))
    assert promises.move(companion, "amira", "c1", promises.parse_day(" ")).due is None
    promises.settle(companion, "amira", "c1", CommitmentStatus.DONE)
    with pytest.raises(InvalidInput, match="is done"):
        promises.move(companion, "amira", "c1", later)


@pytest.mark.parametrize("words", ["", "  ", "nothing of the kind", "x" * 10_000, "🙂"])
def test_words_that_fit_no_promise_settle_none(companion: Companion, words: str) -> None:
    with pytest.raises(NotFound):
        promises.settle(companion, "amira", words, CommitmentStatus.DONE)


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "1" * 5000])
def test_what_is_no_day_is_said(day: str) -> None:
    with pytest.raises(InvalidInput, match="is not a date"):
        promises.parse_day(day)


def run(companion: Companion, *words: str) -> str:
    result = CliRunner().invoke(group, ["--home", str(companion.home.root), "promises", "amira", *words])
    if isinstance(result.exception, CompanionError):
        return str(result.exception)
    return result.output


def test_the_command_lists_settles_and_moves(companion: Companion) -> None:
    assert WATCH in run(companion)
    assert {one["id"]: one["asked"] for one in json.loads(run(companion, "--json"))} == {"c1": 0, "c2": 0}
    assert run(companion, "stand-up", "--by", "2999-12-01") == f"“{WATCH}” is open, due 2999-12-01.\n"
    assert run(companion, "stand-up", "--drop") == f"“{WATCH}” is dropped, due 2999-12-01.\n"
    assert "is open again" not in run(companion, "stand-up", "--reopen")
    assert "Name a promise and one of" in run(companion, "stand-up")
    assert "Name a promise and one of" in run(companion, "--drop")
    assert "Name a promise and one of" in run(companion, "stand-up", "--drop", "--by", date.max.isoformat())


def test_promises_keep_the_order_in_which_they_were_written(companion: Companion) -> None:
    words = [f"promise number {n}" for n in range(12)]
    sessions.log(companion, "session-1", [sessions.Promise(Role.MENTOR, text) for text in words])
    with companion.store.get().read() as tx:
        kept = [one.text for one in tx.sessions.commitments("pairing-1") if one.text in words]
    assert kept == words
