"""Slow work off the screen's thread: progress, cancel, and an instant quit.

A daemon thread and not a Textual worker: a worker's executor is waited for when the app ends, so an import or a
download in it would hold the terminal; a daemon thread is simply left behind (see `companion.lazy`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from textual.message import Message
from textual.widget import Widget

from companion.errors import CompanionError

T = TypeVar("T")


class SlowProgress(Message):
    """Slow work got a step further."""

    def __init__(self, job: Slow[Any], done: int, total: int, what: str) -> None:
        self.job, self.done, self.total, self.what = job, done, total, what
        super().__init__()


class SlowDone(Message):
    """Slow work ended well; `value` is what it returned."""

    def __init__(self, job: Slow[Any], value: Any) -> None:
        self.job, self.value = job, value
        super().__init__()


class SlowFailed(Message):
    """Slow work ended with an error a person can read."""

    def __init__(self, job: Slow[Any], error: CompanionError) -> None:
        self.job, self.error = job, error
        super().__init__()


class SlowEvent(Message):
    """Slow work has something to show on its way."""

    def __init__(self, job: Slow[Any], event: Any) -> None:
        self.job, self.event = job, event
        super().__init__()


@dataclass(eq=False)
class Slow(Generic[T]):
    """One piece of slow work; its messages go to the widget that started it.

    The work gets this object: it may call `progress` and `tell`, and should ask `cancelled` between small steps.
    """

    name: str
    owner: Widget
    work: Callable[[Slow[T]], T]
    _stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> Slow[T]:
        """Begin."""
        threading.Thread(target=self._run, name=f"companion-{self.name}", daemon=True).start()
        return self

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._stop.set()

    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stop.is_set()

    def progress(self, done: int, total: int, what: str) -> None:
        """Post progress; see `companion.ports.Progress`."""
        self._post(SlowProgress(self, done, total, what))

    def tell(self, event: Any) -> None:
        """Post an intermediate result."""
        self._post(SlowEvent(self, event))

    def _run(self) -> None:
        try:
            value = self.work(self)
        except CompanionError as error:
            self._post(SlowFailed(self, error))
        except Exception as error:  # noqa: BLE001 - a bug in a thread must be shown, not die with the thread
            self._post(SlowFailed(self, _as_bug(error)))
        else:
            self._post(SlowDone(self, value))

    def _post(self, message: Message) -> None:
        # The screen may have been left meanwhile; then nobody waits for the news.
        if self.owner.is_attached:
            self.owner.post_message(message)


def _as_bug(error: Exception) -> CompanionError:
    return CompanionError(
        f"This is a bug in companion: {type(error).__name__}: {error}.",
        "Nothing that was saved is lost. Start companion with --debug and report what it prints.",
    )
