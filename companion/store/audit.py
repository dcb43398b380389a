"""The audit trail, and the log of what was handed to language models."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, case, func, insert, select, update

from companion.domain.access import (
    FIRST_SEAL,
    AuditEntry,
    CallHead,
    ChainCheck,
    ChainLink,
    ChainReport,
    EgressSummary,
    Event,
    ModelCall,
    erasure_fact,
    fact_of,
    sealed,
)
from companion.domain.text import storable
from companion.store.schema import audit, egress_chain, erasures, model_calls

LINKS_AT_ONCE = 200


class Audit:
    """The `audit` table; entries are only ever added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, at: datetime, verb: str, subject: str, **detail: Any) -> None:
        """Record one fact."""
        self._connection.execute(insert(audit).values(at=at, verb=verb, subject=subject, detail=detail))

    def latest(self, limit: int = 50, *, subject: str | None = None) -> list[AuditEntry]:
        """The newest entries first, of everything or of one subject."""
        chosen = select(audit).order_by(audit.c.number.desc()).limit(limit)
        if subject is not None:
            chosen = chosen.where(audit.c.subject == subject)
        return [AuditEntry.model_validate(dict(row)) for row in self._connection.execute(chosen).mappings()]

    def about(self, subjects: Collection[str]) -> list[AuditEntry]:
        """What happened to these, oldest first."""
        wanted, found = sorted(subjects), []
        for start in range(0, len(wanted), LINKS_AT_ONCE):
            chosen = select(audit).where(audit.c.subject.in_(wanted[start : start + LINKS_AT_ONCE]))
            found += [AuditEntry.model_validate(dict(row)) for row in self._connection.execute(chosen).mappings()]
        return sorted(found, key=lambda entry: entry.number)


class ModelCalls:
    """The `model_calls` table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, call: ModelCall) -> None:
        """Record a call before it goes out."""
        self._connection.execute(insert(model_calls).values(call.model_dump()))
        self._seal(call, "sent")

    def finish(self, call: ModelCall) -> None:
        """Fill in how a recorded call ended."""
        # The seal is over what can be read back, and what was erased while it was on its way stays erased.
        call = call.model_copy(update={"reply": "" if self._is_erased(call.id) else storable(call.reply)})
        ending = {"reply", "outcome", "prompt_tokens", "cached_tokens", "completion_tokens", "seconds"}
        self._connection.execute(
            update(model_calls).where(model_calls.c.id == call.id).values(call.model_dump(include=ending))
        )
        self._seal(call, "ended")

    def latest(self, limit: int = 100, offset: int = 0) -> list[ModelCall]:
        """The newest calls first, from the one at `offset` on."""
        rows = self._connection.execute(
            select(model_calls).order_by(model_calls.c.at.desc(), model_calls.c.id).limit(limit).offset(offset)
        )
        return [ModelCall.model_validate(dict(row)) for row in rows.mappings()]

    def heads(self, limit: int, offset: int = 0) -> list[CallHead]:
        """The newest calls first, from the one at `offset` on, without their bytes."""
        columns = [model_calls.c[name] for name in CallHead.model_fields if name != "size"]
        rows = self._connection.execute(
            select(*columns, func.length(model_calls.c.payload).label("size"))
            .order_by(model_calls.c.at.desc(), model_calls.c.id)
            .limit(limit)
            .offset(offset)
        )
        return [CallHead.model_validate(dict(row)) for row in rows.mappings()]

    def each(self) -> Iterator[ModelCall]:
        """All calls, the newest first, a few at a time: thousands of them need not be in memory."""
        offset = 0
        while found := self.latest(LINKS_AT_ONCE, offset):
            yield from found
            offset += len(found)

    def get(self, call_id: str) -> ModelCall | None:
        """One call, or None."""
        row = self._connection.execute(select(model_calls).where(model_calls.c.id == call_id)).mappings().first()
        return None if row is None else ModelCall.model_validate(dict(row))

    def summary(self) -> EgressSummary:
        """How many calls there were, and how many bytes stayed here or left."""
        size = func.length(model_calls.c.payload)
        row = self._connection.execute(
            select(
                func.count(),
                func.coalesce(func.sum(case((model_calls.c.remote, 0), else_=size)), 0),
                func.coalesce(func.sum(case((model_calls.c.remote, size), else_=0)), 0),
            ).select_from(model_calls)
        ).one()
        return EgressSummary(calls=row[0], bytes_local=row[1], bytes_remote=row[2])

    def erase(self, call: ModelCall, receipt_id: str) -> None:
        """Empty what was sent and what came back, and seal that this was done on account of a receipt."""
        self._connection.execute(update(model_calls).where(model_calls.c.id == call.id).values(payload=b"", reply=""))
        self._link(call.id, "erased", erasure_fact(receipt_id))

    def check_chain(self, noted: str = "") -> ChainReport:
        """Go through the whole chain; `noted` is a seal from an earlier check that must still be in it."""
        check = ChainCheck(noted, set(self._connection.scalars(select(erasures.c.id))))
        last = 0
        while links := self._links_after(last):
            calls = self._by_id({link.call_id for link in links})
            for link in links:
                check.add(link, calls.get(link.call_id))
            last = links[-1].number
        return check.report(self._unsealed())

    def _seal(self, call: ModelCall, event: Literal["sent", "ended"]) -> None:
        self._link(call.id, event, fact_of(call, event))

    def _link(self, call_id: str, event: Event, fact: str) -> None:
        newest = self._connection.execute(
            select(egress_chain.c.number, egress_chain.c.seal).order_by(egress_chain.c.number.desc()).limit(1)
        ).first()
        number, before = newest or (0, FIRST_SEAL)
        link = sealed(number + 1, call_id, event, fact, before)
        self._connection.execute(insert(egress_chain).values(link.model_dump()))

    def _is_erased(self, call_id: str) -> bool:
        entry = select(egress_chain.c.number).where(egress_chain.c.call_id == call_id, egress_chain.c.event == "erased")
        return self._connection.execute(entry.limit(1)).first() is not None

    def _links_after(self, number: int) -> list[ChainLink]:
        rows = self._connection.execute(
            select(egress_chain)
            .where(egress_chain.c.number > number)
            .order_by(egress_chain.c.number)
            .limit(LINKS_AT_ONCE)
        )
        return [ChainLink.model_validate(dict(row)) for row in rows.mappings()]

    def _by_id(self, ids: set[str]) -> dict[str, ModelCall]:
        rows = self._connection.execute(select(model_calls).where(model_calls.c.id.in_(ids)))
        return {row["id"]: ModelCall.model_validate(dict(row)) for row in rows.mappings()}

    def _unsealed(self) -> list[str]:
        has_entry = select(egress_chain.c.call_id).where(egress_chain.c.call_id == model_calls.c.id).exists()
        return list(
            self._connection.scalars(
                select(model_calls.c.id).where(~has_entry).order_by(model_calls.c.at, model_calls.c.id)
            )
        )
