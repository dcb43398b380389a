"""Puts the calls of a rehearsal on record without its words, as long as they stay on this machine."""

from __future__ import annotations

from companion.domain.access import ModelCall
from companion.ports import CallLog

NOT_KEPT = b"(a rehearsal; its words are not kept)"


class WordlessCalls:
    """A `CallLog` that keeps the words of remote calls only: what left this machine is always shown byte for byte."""

    def __init__(self, log: CallLog) -> None:
        self._log = log

    def started(self, call: ModelCall) -> None:
        """Record a call; on disk when this returns."""
        self._log.started(call if call.remote else call.model_copy(update={"payload": NOT_KEPT}))

    def ended(self, call: ModelCall) -> None:
        """Fill in how it ended."""
        self._log.ended(call if call.remote else call.model_copy(update={"payload": NOT_KEPT, "reply": ""}))
