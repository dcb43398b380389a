"""The chain of seals over model calls: whatever is done to the records afterwards is noticed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from databases import Database
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.access import FIRST_SEAL, ChainCheck, ModelCall, fact_of, sealed
from companion.domain.receipts import new_receipt
from companion.store import StoredCalls
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


def record(database: Database, *numbers: int) -> None:
    store = database.open()
    calls = StoredCalls(store)
    for number in numbers:
        calls.started(a_call(number))
        calls.ended(a_call(number, reply=f"answer {number} é", outcome="stop"))
    store.close()


def check(database: Database, noted: str = "") -> tuple[int, str, tuple[str, ...]]:
    store = database.open()
    with store.read() as tx:
        report = tx.calls.check_chain(noted)
    store.close()
    return report.links, report.seal, report.problems


@pytest.fixture
def recorded(database: Database) -> Database:
    record(database, 1, 2, 3)
    return database


def test_untouched_records_hold(recorded: Database) -> None:
    links, seal, problems = check(recorded)

    assert (links, problems) == (6, ())
    record(recorded, 4)
    assert check(recorded, noted=seal)[2] == ()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE model_calls SET payload = 'other' WHERE id = 'call-0002'", "what was sent"),
        ("UPDATE model_calls SET remote = true WHERE id = 'call-0002'", "what was sent"),
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
def test_every_change_is_noticed(recorded: Database, statement: str, said: str) -> None:
    recorded.tamper(statement)

    assert any(said in problem for problem in check(recorded)[2])


def test_records_that_were_cut_off_at_the_end_are_noticed_by_the_noted_seal(recorded: Database) -> None:
    _, seal, _ = check(recorded)
    recorded.tamper("DELETE FROM egress_chain WHERE call_id = 'call-0003'")
    recorded.tamper("DELETE FROM model_calls WHERE id = 'call-0003'")

    assert check(recorded)[2] == ()
    assert any("cut off" in problem for problem in check(recorded, noted=seal)[2])


def test_calls_from_before_the_chain_are_sealed_when_the_database_is_brought_up_to_date(recorded: Database) -> None:
    recorded.tamper("DELETE FROM egress_chain")
    assert check(recorded)[2]
    recorded.go_back(BEFORE)

    assert check(recorded)[::2] == (6, ())


def test_a_chain_longer_than_one_page_is_checked_whole(database: Database) -> None:
    count = LINKS_AT_ONCE // 2 + 5
    record(database, *range(count))
    assert check(database)[::2] == (2 * count, ())
    database.tamper(f"UPDATE model_calls SET task = 'x' WHERE id = 'call-{count - 1:04}'")
    assert len(check(database)[2]) == 1


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


def an_erasure(database: Database, call_id: str, *, receipt: bool = True) -> None:
    store = database.open()
    with store.write() as tx:
        made = new_receipt("forget", NOON)
        if receipt:
            tx.erasures.add(made)
        call = tx.calls.get(call_id)
        assert call is not None
        tx.calls.erase(call, made.id)
    store.close()


def test_what_was_erased_with_a_receipt_leaves_the_chain_whole(recorded: Database) -> None:
    noted = check(recorded)[1]
    an_erasure(recorded, "call-0002")
    store = recorded.open()
    with store.read() as tx:
        report = tx.calls.check_chain(noted)
        erased = tx.calls.get("call-0002")
    assert (report.problems, report.erased) == ((), 1)
    assert erased is not None
    assert (erased.payload, erased.reply, erased.destination) == (b"", "", a_call(2).destination)
    store.close()


def test_a_call_that_ends_after_it_was_erased_stays_erased(database: Database) -> None:
    store = database.open()
    calls = StoredCalls(store)
    calls.started(a_call(1))
    an_erasure(database, "call-0001")
    calls.ended(a_call(1, reply="Laurent said so", outcome="stop"))
    with store.read() as tx:
        assert tx.calls.latest()[0].reply == ""
        report = tx.calls.check_chain()
    assert (report.problems, report.erased) == ((), 1)
    store.close()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE model_calls SET payload = '', reply = '' WHERE id = 'call-0003'", "was changed"),
        ("UPDATE model_calls SET reply = 'again' WHERE id = 'call-0002'", "has a text again"),
        ("UPDATE model_calls SET destination = 'x' WHERE id = 'call-0002'", "was changed"),
        ("DELETE FROM erasures", "without a receipt"),
        ("DELETE FROM egress_chain WHERE event = 'erased'", "was changed"),
    ],
)
def test_an_erasure_hides_no_other_change(recorded: Database, statement: str, said: str) -> None:
    an_erasure(recorded, "call-0002")
    recorded.tamper(statement)
    assert any(said in problem for problem in check(recorded)[2])


def test_an_erasure_without_a_receipt_is_noticed(recorded: Database) -> None:
    an_erasure(recorded, "call-0002", receipt=False)
    assert any("without a receipt" in problem for problem in check(recorded)[2])
