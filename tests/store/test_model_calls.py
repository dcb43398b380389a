"""Calls of models: their heads without the bytes, and all of them a few at a time."""

from datetime import UTC, datetime, timedelta

from databases import Database

from companion.domain.access import CallHead, ModelCall
from companion.store.audit import LINKS_AT_ONCE

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_call(number: int) -> ModelCall:
    return ModelCall(
        id=f"call-{number:04}",
        at=NOON + timedelta(seconds=number),
        task="agenda_item",
        model="openai/x",
        destination="https://api.example/v1",
        remote=number % 2 == 0,
        payload=b"\xff\x00" + b"x" * number,
    )


def test_heads_say_everything_but_what_was_said_and_each_call_comes_once(database: Database) -> None:
    calls = [a_call(number) for number in range(LINKS_AT_ONCE + 3)]
    store = database.open()
    with store.write() as tx:
        for call in calls:
            tx.calls.add(call)
    newest = calls[::-1]
    with store.read() as tx:
        assert tx.calls.heads(2) == [CallHead.of(call) for call in newest[:2]]
        assert tx.calls.heads(10, len(calls) - 1) == [CallHead.of(calls[0])]
        assert tx.calls.heads(10, len(calls)) == []
        assert tx.calls.heads(1)[0].size == len(newest[0].payload)
        assert list(tx.calls.each()) == newest
    store.close()
