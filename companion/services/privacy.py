"""What was handed to which model, byte for byte."""

from __future__ import annotations

from companion.domain.access import EgressSummary, ModelCall
from companion.services.companion import Companion, existing


def calls(companion: Companion, limit: int = 100) -> tuple[EgressSummary, list[ModelCall]]:
    """The totals, and the newest calls first."""
    with companion.store.get().read() as tx:
        return tx.calls.summary(), tx.calls.latest(limit)


def call(companion: Companion, call_id: str) -> ModelCall:
    """One call with its exact payload. Raises NotFound."""
    with companion.store.get().read() as tx:
        return existing(tx.calls.get(call_id), "model call", call_id)
