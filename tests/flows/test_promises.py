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
from companion.services import pairings, promises, sessions
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


def test_a_promise_moves_to_another_day_also_to_one_that_is_over(companion: Companion) -> None:
    later = NOON.date() + timedelta(days=9)
    assert promises.move(companion, "amira", "c1", later).due == later
    over = NOON.date() - timedelta(days=1)
    assert promises.move(companion, "amira", "c1", over).is_overdue(NOON.date())
    assert promises.move(companion, "amira", "c1", promises.parse_day(" ", NOON.date())).due is None
    promises.settle(companion, "amira", "c1", CommitmentStatus.DONE)
    with pytest.raises(InvalidInput, match="is done"):
        promises.move(companion, "amira", "c1", later)


@pytest.mark.parametrize("words", ["", "  ", "nothing of the kind", "x" * 10_000, "🙂"])
def test_words_that_fit_no_promise_settle_none(companion: Companion, words: str) -> None:
    with pytest.raises(NotFound):
        promises.settle(companion, "amira", words, CommitmentStatus.DONE)


@pytest.mark.parametrize("day", ["next Friday", "2026-13-01", "5/12", "1" * 5000])
def test_what_is_no_day_is_said(day: str) -> None:
    with pytest.raises(InvalidInput, match="is not a date"):
        promises.parse_day(day, NOON.date())


def run(companion: Companion, *words: str, command: str = "promises") -> str:
    result = CliRunner().invoke(group, ["--home", str(companion.home.root), command, "amira", *words])
    if isinstance(result.exception, CompanionError):
        return str(result.exception)
    return result.output


def test_the_command_lists_settles_and_moves(companion: Companion) -> None:
    assert WATCH in run(companion)
    assert {one["id"]: one["asked"] for one in json.loads(run(companion, "--json"))} == {"c1": 0, "c2": 0}
    over = f"“{WATCH}” is open, due Sun 1 Feb 2026, which is over already.\n"
    assert run(companion, "stand-up", "--by", "2026-02-01").replace(" 2026,", ",") == over.replace(" 2026,", ",")
    assert run(companion, "stand-up", "--by", "2999-12-01") == f"“{WATCH}” is open, due Sun 1 Dec 2999.\n"
    assert run(companion, "stand-up", "--drop") == f"“{WATCH}” is dropped.\n"
    assert "is open again" not in run(companion, "stand-up", "--reopen")
    assert "Name a promise and one of" in run(companion, "stand-up")
    assert "Name a promise and one of" in run(companion, "--drop")
    assert "Name a promise and one of" in run(companion, "stand-up", "--drop", "--by", date.max.isoformat())


def test_a_log_says_what_it_understood(companion: Companion) -> None:
    sessions.schedule(companion, "session-1", NOON + timedelta(days=2))
    typed = ("--mentor", "send [/]x by Friday", "--executive", "ask 🙂", "--executive", "decide by 2026-02-27")
    head, *said, hint, _ = run(companion, *typed, "--anyway", command="log").splitlines()
    assert head.endswith("is held.")
    # The session was on a Wednesday; years depend on when the test runs.
    assert [line.replace(" 2026", "") for line in said[-3:]] == [
        "  Amira promised: send [/]x (due Fri 6 Mar, which is over already)",
        "  Laurent promised: ask 🙂 (no date)",
        "  Laurent promised: decide (due Fri 27 Feb, which is over already)",
    ]
    assert "end it with 'by Friday'" in hint
    said = run(companion, "--mentor", "send [/]x tomorrow", "--correct", command="log").splitlines()
    assert said[1].startswith("  Amira promised: send [/]x tomorrow (due Thu 5 Mar")
    assert {"No longer promised: ask 🙂", "No longer promised: decide"} < set(said)
    assert "'2026-13-01' is not a date" in run(companion, "--mentor", "x by 2026-13-01", "--correct", command="log")


def test_the_day_counts_where_the_mentor_is(companion: Companion) -> None:
    with companion.store.get().write() as tx:
        tx.people.save([a_mentor(time_zone="Pacific/Auckland")])
        tx.sessions.save(a_session().model_copy(update={"starts_at": NOON - timedelta(days=7)}))
    view = pairings.view(companion, "amira")
    assert NOON.date() == date(2026, 3, 2)
    assert sessions.day_of(companion, view, view.sessions[0]) == date(2026, 2, 23 if NOON.hour < 11 else 24)
    assert sessions.day_of(companion, view, a_session()) == sessions.day_of(companion, view)


def test_promises_keep_the_order_in_which_they_were_written(companion: Companion) -> None:
    words = [f"promise number {n}" for n in range(12)]
    sessions.log(companion, "session-1", [sessions.Promise(Role.MENTOR, text) for text in words])
    with companion.store.get().read() as tx:
        kept = [one.text for one in tx.sessions.commitments("pairing-1") if one.text in words]
    assert kept == words
