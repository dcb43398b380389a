"""Decisions on their way to the store: one after another, off the screen's thread, so that no key waits for a lock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.content import Content
from textual.widgets import Static

from companion.tui.slow import Slow, SlowDone, SlowFailed
from companion.tui.text import shown


@dataclass(frozen=True)
class Decision:
    """What to do, what to say when it is done, and which proposals it is about."""

    work: Callable[[], Any]
    said: Callable[[Any], str]
    """Given what the work returned."""
    proposal_ids: tuple[str, ...] = ()


class Deciding(Static):
    """One line that says what was decided last; `under_way` are the proposals whose decision is being saved."""

    DEFAULT_CSS = """
    Deciding { height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, settled: Callable[[], None]) -> None:
        """`settled` is called when the last decision is saved, or one could not be."""
        super().__init__("")
        self._settled = settled
        self._waiting: deque[Decision] = deque()
        self._job: Slow[Any] | None = None

    @property
    def under_way(self) -> frozenset[str]:
        """Ids of the proposals that are being decided."""
        return frozenset(id_ for decision in self._waiting for id_ in decision.proposal_ids)

    def put(self, decision: Decision) -> None:
        """Have a decision saved after those that wait already."""
        self._waiting.append(decision)
        self._go_on()

    def say(self, text: str) -> None:
        """Show a line."""
        self.update(shown(text))

    def _go_on(self) -> None:
        if self._job is None and self._waiting:
            decision = self._waiting[0]
            self._job = Slow("decide", self, lambda _: decision.work()).start()

    def on_slow_done(self, message: SlowDone) -> None:
        """It is on disk."""
        message.stop()
        self.say(self._ended().said(message.value))
        if not self._waiting:
            self._settled()
        self._go_on()

    def on_slow_failed(self, message: SlowFailed) -> None:
        """Nothing was changed; the app says why, and what follows is still saved."""
        self._ended()
        self.update(Content(""))
        self._settled()
        self._go_on()

    def _ended(self) -> Decision:
        self._job = None
        return self._waiting.popleft()
