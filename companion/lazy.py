"""Load a slow engine once, in a daemon thread, while the screen is already usable.

A daemon thread and not a worker of the event loop's executor: quitting waits for executor threads, so an import
that takes six seconds would keep the terminal for six seconds; a daemon thread is simply left behind.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, Literal, TypeVar

T = TypeVar("T")

State = Literal["idle", "loading", "ready", "failed"]


class Lazy(Generic[T]):
    """A value that is made on first use; safe to ask for from any thread."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._state: State = "idle"
        self._value: T | None = None
        self._error: Exception | None = None

    @property
    def state(self) -> State:
        """``idle``, ``loading``, ``ready`` or ``failed``."""
        return self._state

    @property
    def error(self) -> Exception | None:
        """What went wrong, when the state is ``failed``."""
        return self._error

    def start(self, then: Callable[[], None] | None = None) -> None:
        """Begin loading in a daemon thread; `then` is called in that thread when it ended, well or badly."""

        def load() -> None:
            try:
                self.get()
            except Exception:  # noqa: BLE001 - kept in self.error and raised again to whoever asks for the value
                pass
            if then is not None:
                then()

        threading.Thread(target=load, name="companion-lazy", daemon=True).start()

    def get(self) -> T:
        """The value, made now if need be. Raises what making it raised; a later call tries again."""
        with self._lock:
            if self._state != "ready":
                self._state, self._error = "loading", None
                try:
                    self._value = self._make()
                except Exception as error:
                    self._state, self._error = "failed", error
                    raise
                self._state = "ready"
            return self._value  # type: ignore[return-value]  # "ready" means it was made; T may itself be None

    def peek(self) -> T | None:
        """The value if it is ready, else None; never waits."""
        return self._value if self._state == "ready" else None

    def reset(self) -> T | None:
        """Forget the value, so that the next use makes a new one; returns the old one for closing."""
        with self._lock:
            old, self._value, self._state, self._error = self._value, None, "idle", None
            return old
