from datetime import timedelta

import pytest
from alembic import command
from databases import Database
from factories import NOON, a_mentor, a_pairing, a_proposal, a_run, an_executive
from sqlalchemy import delete, text

from companion.domain.people import Declared
from companion.domain.review_rules import DeclineCode, ReviewRule, RuleKind
from companion.errors import StoreError
from companion.store import Store
from companion.store.engine import open_engine
from companion.store.migrate import configuration
from companion.store.schema import people

HOSTILE = "[/]x <script>alert(1)</script> '; DROP TABLE people; -- \u202e 🚀 "


@pytest.fixture
def store(database: Database) -> Store:
    store = database.open()
    with store.write() as tx:
        tx.people.save([a_mentor(), an_executive()])
    return store


def a_rule(rule_id: str = "rule-1", **changes: object) -> ReviewRule:
    values = {"id": rule_id, "kind": RuleKind.NEVER, "mentor_id": "m1", "mentee_id": "e1", "made_at": NOON}
    return ReviewRule.model_validate(values | changes)


def test_rules_come_back_as_they_were_made(store: Store) -> None:
    rules = [
        a_rule("rule-1", code=DeclineCode.CONFLICT, reason=HOSTILE + "x" * 10_000, proposal_id="proposal-9"),
        a_rule("rule-2", kind=RuleKind.HOLD, mentee_id="", made_at=NOON + timedelta(minutes=1)),
        a_rule("rule-3", kind=RuleKind.SKIP_ENTRY, mentor_id="", entry_id="need.1", made_at=NOON + timedelta(hours=1)),
    ]
    with store.write() as tx:
        for rule in reversed(rules):
            tx.review_rules.add(rule)
    with store.read() as tx:
        assert tx.review_rules.active() == rules


def test_a_lifted_rule_stays_on_record_and_no_longer_counts(store: Store) -> None:
    later = NOON + timedelta(days=1)
    with store.write() as tx:
        tx.review_rules.add(a_rule())
        assert tx.review_rules.lift("rule-1", later)
        assert not tx.review_rules.lift("rule-1", later + timedelta(days=1))
        assert not tx.review_rules.lift("rule-2", later)
    with store.read() as tx:
        assert tx.review_rules.active() == []
        assert [rule.lifted_at for rule in tx.review_rules.all()] == [later]


def test_a_rule_names_somebody_who_is_there(store: Store) -> None:
    with pytest.raises(StoreError), store.write() as tx:
        tx.review_rules.add(a_rule(mentor_id="nobody"))


def test_a_rule_goes_with_its_people_and_not_with_its_proposal(store: Store) -> None:
    with store.write() as tx:
        tx.matches.save_run(a_run(a_proposal()))
        tx.review_rules.add(a_rule(proposal_id="proposal-1"))
    with store._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM match_runs")
    with store.read() as tx:
        assert len(tx.review_rules.all()) == 1
    with store._engine.begin() as connection:
        connection.execute(delete(people).where(people.c.id == "e1"))
    with store.read() as tx:
        assert tx.review_rules.all() == []


def test_everything_a_person_states_for_the_criteria_comes_back(store: Store) -> None:
    amira = a_mentor(
        level=5,
        region="EMEA",
        work_style=HOSTILE.strip(),
        opted_out=True,
        not_with=("e1", "somebody@example.org"),
        declared=(Declared(attribute="Gender", value="woman", use="match"),),
    )
    with store.write() as tx:
        tx.people.save([amira])
    with store.read() as tx:
        assert tx.people.get("m1") == amira


def test_a_circle_comes_back(store: Store) -> None:
    with store.write() as tx:
        tx.matches.save_run(a_run(a_proposal()))
        tx.pairings.add(a_pairing(circle_id="circle-1"), [])
    with store.read() as tx:
        assert [pairing.circle_id for pairing in tx.pairings.all()] == ["circle-1"]


def test_a_database_of_the_first_schema_is_upgraded_with_all_its_data(empty_database: Database) -> None:
    first = open_engine(empty_database.url)
    command.upgrade(configuration(first), "0001")
    first.dispose()
    with empty_database.raw() as old:
        old.exec_driver_sql(
            "INSERT INTO people VALUES ('m1', 'Amira', '', 'mentor', '', '', '', 'UTC', '[\"fr\"]', '', 2.5, 1, '[]')"
        )
        old.exec_driver_sql(
            "INSERT INTO people VALUES ('e1', 'Laurent', '', 'mentee', '', '', '', 'UTC', '[]', '', 9, 1, '[]')"
        )
        old.exec_driver_sql("INSERT INTO facets VALUES ('m1', 'offer', 1, 'moving a team to chat')")
        old.exec_driver_sql("INSERT INTO match_runs VALUES ('run-1', '2026-03-02T12:00:00+00:00', 'model@1', '{}')")
        old.execute(
            text("INSERT INTO proposals VALUES ('proposal-1', 'run-1', 0, 'm1', 'e1', 'approved', '', NULL, :body)"),
            {"body": a_proposal().model_dump_json()},
        )
        old.exec_driver_sql(
            "INSERT INTO pairings VALUES ('pairing-1', 'proposal-1', 'm1', 'e1', 'active', '2026-03-02T12:00:00+00:00')"
        )
        old.execute(
            text(
                "INSERT INTO model_calls VALUES ('call-1', '2026-03-02T12:00:00.000000+00:00', 'agenda.item', 'model', "
                "'here', false, :payload, 'reply', 'stop', 1, 0, 1, 0.5)"
            ),
            {"payload": b"\x00\xff bytes"},
        )
    with empty_database.open().read() as tx:
        amira = tx.people.get("m1")
        assert amira is not None
        assert [facet.text for facet in amira.facets] == ["moving a team to chat"]
        assert (amira.level, amira.region, amira.opted_out, amira.not_with, amira.declared) == (None, "", False, (), ())
        assert [pairing.id for pairing in tx.pairings.all()] == ["pairing-1"]
        assert tx.review_rules.all() == []
        assert tx.calls.latest()[0].payload == b"\x00\xff bytes"
        report = tx.calls.check_chain()
        assert (report.links, report.problems) == (2, ())


def test_the_way_back_keeps_the_people(empty_database: Database) -> None:
    engine = open_engine(empty_database.url)
    for step in (command.upgrade, command.downgrade):
        step(configuration(engine), "0002" if step is command.upgrade else "0001")
        with engine.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO people (id, name, email, role, title, department, location, time_zone, languages, "
                "manager_id, capacity, availability) "
                f"VALUES ('{step.__name__}', 'A', '', 'mentor', '', '', '', 'UTC', '[]', '', 1, '[]')"
            )
            connection.exec_driver_sql(f"INSERT INTO facets VALUES ('{step.__name__}', 'offer', 1, 'chat')")
    engine.dispose()
    with empty_database.open().read() as tx:
        assert [(person.id, len(person.facets)) for person in tx.people.all()] == [("downgrade", 1), ("upgrade", 1)]
