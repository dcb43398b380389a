"""The programme as its file says now, whoever changed it; light, because the first screen waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from companion.lazy import Lazy
from companion.paths import Home

if TYPE_CHECKING:
    from companion.domain.programme import Programme


class WatchedProgramme(Lazy["Programme"]):
    """Reads the file again when it is another than at the last look; a look is a few file dates."""

    def __init__(self, home: Home) -> None:
        super().__init__(self._read)
        self._home = home
        self._seen: object = None

    def get(self) -> Programme:
        """The programme. Raises InvalidInput that names every problem of the file."""
        now = self._look()
        if now != self._seen:
            self.reset()
            # Noted before reading: a change during the reading is then seen at the next look.
            self._seen = now
        return super().get()

    def there(self) -> bool:
        """Whether there is a file at all."""
        return bool(self._look())

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        found = []
        for path in self._home.programmes:
            try:
                state = path.stat()
            except OSError:
                continue
            found.append((path.name, state.st_mtime_ns, state.st_size))
        return tuple(found)

    def _read(self) -> Programme:
        from companion.programme_file.reading import load

        return load(self._home)
