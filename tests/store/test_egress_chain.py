"""The chain of seals over model calls: whatever is done to the records afterwards is noticed."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.access import FIRST_SEAL, ChainCheck, ModelCall, fact_of, sealed
from companion.store import Store, StoredCalls
from companion.store.audit import LINKS_AT_ONCE

BEFORE = "0003"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_call(number: int, **changes: object) -> ModelCall:
    values = {
        "id": f"call-{number:04}",
        "at": NOON + timedelta(seconds=number),
        "task": "agenda.item",
        "model": "ollama_chat/qwen3",
        "destination": "http://127.0.0.1:11434/api/chat",
        "remote": False,
        "payload": f"payload {number} \x1b[31m".encode(),
    }
    return ModelCall.model_validate(values | changes)


@dataclass
class Home:
    path: Path

    def record(self, *numbers: int) -> None:
        store = Store.at(self.path)
        calls = StoredCalls(store)
        for number in numbers:
            calls.started(a_call(number))
            calls.ended(a_call(number, reply=f"answer {number} é", outcome="stop"))
        store.close()

    def tamper(self, statement: str) -> None:
        with sqlite3.connect(self.path) as connection:
            assert connection.execute(statement).rowcount > 0

    def check(self, noted: str = "") -> tuple[int, str, tuple[str, ...]]:
        store = Store.at(self.path)
        with store.read() as tx:
            report = tx.calls.check_chain(noted)
        store.close()
        return report.links, report.seal, report.problems


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "companion.db")
    home.record(1, 2, 3)
    return home


def test_untouched_records_hold(home: Home) -> None:
    links, seal, problems = home.check()

    assert (links, problems) == (6, ())
    home.record(4)
    assert home.check(noted=seal)[2] == ()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE model_calls SET payload = 'other' WHERE id = 'call-0002'", "what was sent"),
        ("UPDATE model_calls SET remote = 1 WHERE id = 'call-0002'", "what was sent"),
        ("UPDATE model_calls SET destination = 'x' WHERE id = 'call-0002'", "what was sent"),
        ("UPDATE model_calls SET reply = 'other' WHERE id = 'call-0002'", "how it ended"),
        ("DELETE FROM model_calls WHERE id = 'call-0002'", "no longer stored"),
        ("DELETE FROM egress_chain WHERE call_id = 'call-0002'", "does not follow"),
        ("DELETE FROM egress_chain WHERE call_id = 'call-0002'", "has no entry"),
        ("DELETE FROM egress_chain WHERE number = 1", "does not follow"),
        ("UPDATE egress_chain SET fact = replace(fact, 'qwen3', 'qwen4') WHERE number = 3", "does not follow"),
        ("UPDATE egress_chain SET number = 100 - number", "does not follow"),
    ],
)
def test_every_change_is_noticed(home: Home, statement: str, said: str) -> None:
    home.tamper(statement)

    assert any(said in problem for problem in home.check()[2])


def test_records_that_were_cut_off_at_the_end_are_noticed_by_the_noted_seal(home: Home) -> None:
    _, seal, _ = home.check()
    home.tamper("DELETE FROM egress_chain WHERE call_id = 'call-0003'")
    home.tamper("DELETE FROM model_calls WHERE id = 'call-0003'")

    assert home.check()[2] == ()
    assert any("cut off" in problem for problem in home.check(noted=seal)[2])


def test_calls_from_before_the_chain_are_sealed_when_the_database_is_brought_up_to_date(home: Home) -> None:
    home.tamper("DELETE FROM egress_chain")
    assert home.check()[2]
    with sqlite3.connect(home.path) as connection:
        connection.execute("DROP TABLE egress_chain")
        connection.execute(f"UPDATE alembic_version SET version_num = '{BEFORE}'")

    assert home.check()[::2] == (6, ())


def test_a_chain_longer_than_one_page_is_checked_whole(tmp_path: Path) -> None:
    home = Home(tmp_path / "companion.db")
    count = LINKS_AT_ONCE // 2 + 5
    home.record(*range(count))
    assert home.check()[::2] == (2 * count, ())
    home.tamper(f"UPDATE model_calls SET task = 'x' WHERE id = 'call-{count - 1:04}'")
    assert len(home.check()[2]) == 1


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=8), st.data())
def test_no_entry_can_be_moved_dropped_or_altered(payloads: list[bytes], data: st.DataObject) -> None:
    calls = [a_call(number, payload=payload) for number, payload in enumerate(payloads)]
    links, seal = [], FIRST_SEAL
    for number, call in enumerate(calls, start=1):
        links.append(sealed(number, call.id, "sent", fact_of(call, "sent"), seal))
        seal = links[-1].seal
    place = data.draw(st.integers(0, len(links) - 1))
    changes: dict[str, Callable[[], None]] = {
        "drop": lambda: links.pop(place) and None,
        "repeat": lambda: links.insert(place, links[place]),
        "alter": lambda: links.__setitem__(place, links[place].model_copy(update={"fact": "{}"})),
        "remake": lambda: links.__setitem__(place, sealed(place + 1, "other", "sent", "{}", FIRST_SEAL)),
    }
    changes[data.draw(st.sampled_from(sorted(changes)))]()
    check = ChainCheck(noted=seal)
    for link in links:
        check.add(link, next((call for call in calls if call.id == link.call_id), None))

    assert check.report().problems
