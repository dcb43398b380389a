"""Several processes on one database: they take turns, and nothing that one of them checked is untrue when it writes."""

import multiprocessing
import threading
from pathlib import Path

import pytest
from databases import Database
from factories import NOON, a_mentor, an_executive
from test_egress_chain import a_call

from companion.bootstrap import assemble
from companion.config import Settings
from companion.errors import InvalidInput, StoreError
from companion.services import review_rules
from companion.store import Store, StoredCalls
from companion.store.database import HEAD
from companion.store.engine import open_engine

SPAWN = multiprocessing.get_context("spawn")
STEPS = 15


def _call_and_decide(url: str, name: str) -> None:
    store = Store(url)
    calls = StoredCalls(store)
    for step in range(STEPS):
        call = a_call(step, id=f"{name}-{step}")
        calls.started(call)
        with store.write() as tx:
            # What another process added in between would be lost if this were not one turn.
            person = tx.people.get("m1")
            assert person is not None
            tx.people.save([person.model_copy(update={"level": (person.level or 0) + 1})])
            tx.audit.add(NOON, "counted", name, step=step)
        calls.ended(call.model_copy(update={"reply": f"{name} {step}", "outcome": "stop"}))


def _run(target: object, arguments: list[tuple[str, ...]]) -> None:
    processes = [SPAWN.Process(target=target, args=one, daemon=True) for one in arguments]  # type: ignore[arg-type]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * len(processes)


def test_two_processes_that_write_at_once_lose_nothing_and_keep_one_chain(database: Database) -> None:
    store = database.open()
    with store.write() as tx:
        tx.people.save([a_mentor(level=0)])
    before = store.revision()
    _run(_call_and_decide, [(database.url, "a"), (database.url, "b")])
    with store.read() as tx:
        person, report, entries = tx.people.get("m1"), tx.calls.check_chain(), tx.audit.latest(100)
    assert person is not None
    assert person.level == 2 * STEPS
    assert (report.links, report.problems) == (4 * STEPS, ())
    assert store.revision() == before + 6 * STEPS
    for name in ("a", "b"):
        assert [e.detail["step"] for e in reversed(entries) if e.subject == name] == list(range(STEPS))


def _open(url: str) -> None:
    Store(url).close()


def test_two_processes_may_make_the_tables_at_once(empty_database: Database) -> None:
    _run(_open, [(empty_database.url,), (empty_database.url,)])
    with empty_database.raw() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == [HEAD]


def test_of_two_windows_that_pin_the_same_mentor_one_is_refused(database: Database, tmp_path: Path) -> None:
    with database.open().write() as tx:
        tx.people.save([a_mentor("m1", capacity=1), an_executive("e1"), an_executive("e2", name="Eve Park")])
    windows = [assemble(tmp_path / n, settings=Settings(model="none", database_url=database.url)) for n in "ab"]
    refused, ready = [], threading.Barrier(2)

    def pin(window: int) -> None:
        windows[window].store.get()
        ready.wait()
        try:
            review_rules.pin(windows[window], "m1", f"e{window + 1}")
        except InvalidInput as error:
            refused.append(error.message)

    threads = [threading.Thread(target=pin, args=(window,)) for window in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert "no place left" in refused[0]
    assert len(review_rules.rules(windows[0])) == 1


def test_a_reader_sees_one_state_from_its_beginning_to_its_end(database: Database) -> None:
    store = database.open()
    with store.read() as tx:
        assert tx.people.all() == []
        with store.write() as other:
            other.people.save([a_mentor()])
        assert tx.people.all() == []
    with store.read() as tx:
        assert len(tx.people.all()) == 1


def test_a_writer_that_waits_too_long_says_why(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.store.engine.BUSY_MS", 100)
    store = database.open()
    with store.write(), pytest.raises(StoreError) as caught, store.write():
        pass
    assert "Another companion is writing" in caught.value.hint


def test_a_connection_that_the_server_closed_is_opened_again(postgresql: str) -> None:
    store = Store(postgresql)
    engine = open_engine(postgresql)
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    engine.dispose()
    assert store.revision() == 0


def test_a_window_that_is_lost_in_the_middle_of_a_write_stops_nobody(
    postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, other = Store(postgresql), Store(postgresql)

    def lose_the_network() -> None:
        with monkeypatch.context() as soon:
            soon.setattr("companion.store.engine.LOST_MS", 100)
            writing = lost.write()
            writing.__enter__()
        with other.write() as tx:
            tx.people.save([a_mentor("m2")])
        writing.__exit__(None, None, None)

    with pytest.raises(StoreError):
        lose_the_network()
    with other.read() as tx:
        assert [person.id for person in tx.people.all()] == ["m2"]
