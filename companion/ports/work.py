"""How slow work is told of and stopped, and what time it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

Cancelled = Callable[[], bool]
"""Asked between small steps of slow work; True means: stop now, keep what is finished."""

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what); total is 0 while it is not known."""


def never_cancelled() -> bool:
    """The default: go on."""
    return False


def no_progress(done: int, total: int, what: str) -> None:
    """The default: tell nobody."""


class Clock(Protocol):
    """The time, so that tests can hold it still."""

    def now(self) -> datetime:
        """The current time, with a time zone."""
        ...
