"""What was handed to which model, byte for byte."""

from __future__ import annotations

import os
from pathlib import Path

from companion.domain.access import ChainReport, EgressSummary, ModelCall
from companion.services.companion import Companion, existing

SHARED = "The programme's data and this record lie on the server that the setting database_url names."


def calls(companion: Companion, limit: int = 100) -> tuple[EgressSummary, list[ModelCall]]:
    """The totals, and the newest calls first."""
    with companion.store.get().read() as tx:
        return tx.calls.summary(), tx.calls.latest(limit)


def call(companion: Companion, call_id: str) -> ModelCall:
    """One call with its exact payload. Raises NotFound."""
    with companion.store.get().read() as tx:
        return existing(tx.calls.get(call_id), "model call", call_id)


def verify(companion: Companion, noted: str = "") -> ChainReport:
    """Check that no record of a call was changed, removed or added since it was made; `noted` is an earlier seal."""
    with companion.store.get().read() as tx:
        return tx.calls.check_chain(noted.strip().lower())


def save_payload(one: ModelCall, path: Path) -> None:
    """Write exactly the bytes a call was handed to a file that only its owner can read. Raises OSError."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(one.payload)
