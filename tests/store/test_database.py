import multiprocessing
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from databases import Database
from factories import NOON, a_goal, a_mentor, a_pairing, a_proposal, a_run, a_session, an_executive

from companion.domain.agendas import Agenda, AgendaItem
from companion.domain.cards import Block
from companion.domain.matching import ProposalStatus
from companion.domain.pairings import PairingStatus
from companion.domain.people import FacetKind, Role
from companion.domain.provenance import Origin, Worded
from companion.errors import StaleEdit, StoreError
from companion.store import Store, StoredVectors
from companion.store.database import HEAD
from companion.store.migrate import configuration
from companion.store.schema import metadata


@pytest.fixture
def store(database: Database) -> Store:
    return database.open()


def with_pairing(store: Store) -> None:
    with store.write() as tx:
        tx.people.save([a_mentor(), an_executive()])
        tx.matches.save_run(a_run(a_proposal()))
        tx.pairings.add(a_pairing(), [a_goal()])
        tx.sessions.add([a_session()])


def an_agenda(changed: str = "prepared") -> Agenda:
    words = Worded(text="What have you tried?", origin=Origin.CARD)
    item = AgendaItem(
        id="i1",
        block=Block.EXPLORE,
        minutes=45,
        title="Ask",
        card_id="RM-017",
        question=words,
        why=words,
        citations=("goal:goal-1",),
    )
    return Agenda(
        session_id="session-1",
        minutes=45,
        goal_ids=("goal-1",),
        success_condition=words,
        items=(item,),
        changed=changed,
        at=NOON,
    )


def test_the_migrations_make_exactly_the_schema_in_the_code(store: Store) -> None:
    with store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_head_is_the_newest_migration(store: Store) -> None:
    assert ScriptDirectory.from_config(configuration(store._engine)).get_current_head() == HEAD


def test_people_come_back_as_they_were_saved(store: Store) -> None:
    amira = a_mentor(languages=("en", "fr"), availability=("tue-am",), tenure_years=2.5, off_limits=["pay"])
    with store.write() as tx:
        tx.people.save([amira, an_executive()])
    with store.read() as tx:
        assert tx.people.get("m1") == amira
        assert [p.id for p in tx.people.all()] == ["e1", "m1"]
        assert [p.id for p in tx.people.all(Role.MENTEE)] == ["e1"]


def test_saving_a_person_again_replaces_the_facets(store: Store) -> None:
    with store.write() as tx:
        tx.people.save([a_mentor(offer=["one", "two"])])
        tx.people.save([a_mentor(offer=["two"])])
    with store.read() as tx:
        person = tx.people.get("m1")
        assert person is not None
        assert [f.text for f in person.facets if f.kind is FacetKind.OFFER] == ["two"]


def test_a_failed_write_leaves_nothing(store: Store) -> None:
    before = store.revision()

    def fail() -> None:
        with store.write() as tx:
            tx.people.save([a_mentor()])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.read() as tx:
        assert tx.people.all() == []
    assert store.revision() == before


def test_every_write_moves_the_revision(store: Store) -> None:
    before = store.revision()
    with store.write() as tx:
        tx.people.save([a_mentor()])
    assert store.revision() == before + 1


def test_another_window_sees_the_change(store: Store, database: Database) -> None:
    other = database.open()
    before = other.revision()
    with store.write() as tx:
        tx.people.save([a_mentor()])
    assert other.revision() == before + 1
    with other.read() as tx:
        assert tx.people.get("m1") is not None


def test_writers_in_threads_wait_for_each_other(store: Store) -> None:
    def write(number: int) -> None:
        for step in range(10):
            with store.write() as tx:
                tx.people.save([a_mentor(f"m{number}-{step}")])

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as tx:
        assert len(tx.people.all()) == 40


def test_proposals_and_decisions_come_back(store: Store) -> None:
    with_pairing(store)
    with store.write() as tx:
        tx.matches.decide("proposal-1", ProposalStatus.DECLINED, "They know each other.", NOON)
    with store.read() as tx:
        proposal = tx.matches.get("proposal-1")
        assert proposal is not None
        assert (proposal.status, proposal.decline_reason, proposal.decided_at) == (
            "declined",
            "They know each other.",
            NOON,
        )
        assert [proposal.pair for proposal in tx.matches.declined()] == [("m1", "e1")]
        run = tx.matches.latest_run()
        assert run is not None
        assert run.proposals == (proposal,)


def test_removing_a_pairing_takes_its_goals_and_sessions(store: Store) -> None:
    with_pairing(store)
    with store.write() as tx:
        tx.pairings.remove("pairing-1")
    with store.read() as tx:
        assert tx.pairings.goals("pairing-1") == []
        assert tx.sessions.of_pairing("pairing-1") == []


def test_a_proposal_becomes_a_pairing_only_once(store: Store) -> None:
    with_pairing(store)
    with pytest.raises(StoreError), store.write() as tx:
        tx.pairings.add(a_pairing("pairing-2"), [])


def test_agenda_revisions_are_kept_and_undo_moves_between_them(store: Store) -> None:
    with_pairing(store)
    with store.write() as tx:
        first = tx.agendas.save(an_agenda("prepared"), based_on=None)
        second = tx.agendas.save(an_agenda("edited"), based_on=first.revision)
        third = tx.agendas.save(an_agenda("reordered"), based_on=second.revision)
        assert (first.revision, second.revision, third.revision) == (1, 2, 3)
        assert tx.agendas.undo("session-1") == second
        assert tx.agendas.undo("session-1") == first
        assert tx.agendas.undo("session-1") is None
        assert tx.agendas.redo("session-1") == second
        branch = tx.agendas.save(an_agenda("shortened"), based_on=2)
        assert branch.revision == 4
        assert tx.agendas.head("session-1") == branch
        assert tx.agendas.undo("session-1") == second
        assert len(tx.agendas.history("session-1")) == 4


def test_an_edit_on_an_old_agenda_is_refused(store: Store) -> None:
    with_pairing(store)
    with store.write() as tx:
        tx.agendas.save(an_agenda(), based_on=None)
    with pytest.raises(StaleEdit), store.write() as tx:
        tx.agendas.save(an_agenda(), based_on=None)


def test_a_naive_time_is_refused(store: Store) -> None:
    with_pairing(store)
    with pytest.raises(StoreError), store.write() as tx:
        tx.audit.add(datetime(2026, 1, 1), "x", "y")


def test_times_come_back_aware(store: Store) -> None:
    starts = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)
    with_pairing(store)
    with store.write() as tx:
        tx.sessions.save(a_session(starts_at=starts))
    with store.read() as tx:
        assert [s.starts_at for s in tx.sessions.of_pairing("pairing-1")] == [starts]


def test_vectors_are_kept_per_model(store: Store) -> None:
    cache = StoredVectors(store)
    cache.save("a@1", {"h1": b"1111", "h2": b"2222"})
    cache.save("a@1", {"h1": b"other", "h3": b"3333"})
    assert cache.load("a@1", ["h1", "h2", "h3", "h4"]) == {"h1": b"1111", "h2": b"2222", "h3": b"3333"}
    assert cache.load("b@1", ["h1"]) == {}


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "companion.db"
    path.write_bytes(b"this is not a database, it is a letter" * 200)
    with pytest.raises(StoreError) as caught:
        Store.at(path)
    assert "companion.db" in caught.value.message
    assert "restore a copy" in caught.value.hint


def test_a_database_of_a_newer_version_is_refused(store: Store, database: Database) -> None:
    store.close()
    database.tamper("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer version"):
        database.open()


def _write_until_killed(url: str, acknowledged: "multiprocessing.Queue[int]") -> None:
    store = Store(url)
    for number in range(100_000):
        with store.write() as tx:
            tx.people.save([a_mentor(f"m{number:06}", offer=[f"offer {number}", "two"])])
        acknowledged.put(number)


@pytest.mark.parametrize("confirmed_first", [5, 19])
def test_kill_at_any_moment_loses_nothing_that_was_confirmed(database: Database, confirmed_first: int) -> None:
    context = multiprocessing.get_context("spawn")
    acknowledged = context.Queue()
    process = context.Process(target=_write_until_killed, args=(database.url, acknowledged), daemon=True)
    process.start()
    confirmed = max(acknowledged.get(timeout=60) for _ in range(confirmed_first))
    process.kill()
    process.join()
    store = database.open()
    with store.read() as tx:
        people = tx.people.all()
    assert len(people) >= confirmed + 1
    assert all(len(person.entries(FacetKind.OFFER)) == 2 for person in people)
    with store.write() as tx:
        tx.people.save([a_mentor("next")])
    store.close()
    if database.is_sqlite:
        with database.raw() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_somebody_who_stands_for_a_forgotten_person_is_found_only_where_they_are_referred_to(store: Store) -> None:
    with store.write() as tx:
        tx.people.save([a_mentor()])
        tx.people.add_former(an_executive("former-1", name="Former participant"))
    with store.read() as tx:
        assert tx.people.get("former-1") is not None
        assert [person.id for person in tx.people.all()] == ["m1"]
        assert tx.people.some(["former-1", "m1"]) == tx.people.all()


def test_a_rehearsal_shows_what_would_be_and_changes_nothing(store: Store) -> None:
    with_pairing(store)
    before = store.revision()
    with store.rehearse() as tx:
        tx.people.remove("e1")
        assert tx.pairings.all() == []
    with store.read() as tx:
        assert len(tx.pairings.all()) == 1
    assert store.revision() == before


def test_an_ended_pairing_from_before_knows_since_when(database: Database) -> None:
    store = database.open()
    with_pairing(store)
    with store.write() as tx:
        tx.pairings.set_status("pairing-1", PairingStatus.ENDED_EARLY)
        tx.audit.add(NOON + timedelta(days=9), "pairing ended_early", "pairing-1")
    store.close()
    database.go_back("0006")
    with database.open().read() as tx:
        pairing = tx.pairings.get("pairing-1")
    assert pairing is not None
    assert (pairing.status_since, pairing.pause_reason) == (NOON + timedelta(days=9), "")


def test_vectors_that_no_text_needs_are_deleted(store: Store) -> None:
    with store.write() as tx:
        tx.vectors.save("a@1", {"one": b"1", "two": b"2"})
        tx.vectors.save("b@1", {"two": b"2", "three": b"3"})
        assert tx.vectors.keep_only({"one"}) == 2
        assert tx.vectors.load("a@1", ["one", "two"]) == {"one": b"1"}
        assert tx.vectors.load("b@1", ["two", "three"]) == {}
