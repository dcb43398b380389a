"""What a file says now, whoever changed it; light, because the first screen waits for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from companion.lazy import Lazy

T = TypeVar("T")


class Watched(Lazy[T]):
    """Reads a file again when it is another than at the last look; a look is a few file dates.

    `paths` are the places where it may lie; `read` copes with there being none.
    """

    def __init__(self, paths: Sequence[Path], read: Callable[[], T]) -> None:
        super().__init__(read)
        self._paths = paths
        self._seen: object = None

    def get(self) -> T:
        """What it says. Raises InvalidInput that names every problem of the file."""
        now = self._look()
        if now != self._seen:
            self.reset()
            # Noted before reading: a change during the reading is then seen at the next look.
            self._seen = now
        return super().get()

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        found = []
        for path in self._paths:
            try:
                state = path.stat()
            except OSError:
                continue
            found.append((path.name, state.st_mtime_ns, state.st_size))
        return tuple(found)
