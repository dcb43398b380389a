"""The keys at the bottom: as many as fit with their whole names, the most needed first, and always Help."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

ROOMY = 100
"""Cells from which on the keys stand apart; see `HORIZONTAL_BREAKPOINTS` of the app."""
CLOSE_CELLS, APART_CELLS = 2, 3
"""What a key takes besides its own name and that of what it does."""
PALETTE_EDGES = 3
"""The line before it, the gap in it and the room after it."""
KEPT = ("app.help", "help")
"""Help names the keys that have no room, so that it never goes itself."""


class Keys(Footer):
    """Textual's footer, without what would be cut."""

    def compose(self) -> ComposeResult:
        """The keys that fit, Help after them where some do not, and the command palette."""
        all_of_them = list(super().compose())
        palette = [one for one in all_of_them if one.has_class("-command-palette")]
        keys = [one for one in all_of_them if one not in palette]
        room = self._cells - sum(_cells(one, PALETTE_EDGES) for one in palette)
        yield from _fitting(keys, room, CLOSE_CELLS if self.compact else APART_CELLS)
        yield from palette

    @property
    def _cells(self) -> int:
        # Before the first layout a footer has no width; it will be the app's.
        return self.size.width or self.app.size.width

    def on_mount(self) -> None:
        """Closer together from the beginning, where there is little room."""
        self.compact = self._cells < ROOMY

    async def on_resize(self, event: events.Resize) -> None:
        """Choose anew what fits."""
        self.compact = event.size.width < ROOMY
        await self.recompose()


def _fitting(keys: list[Widget], room: int, gap: int) -> list[Widget]:
    if sum(_cells(key, gap) for key in keys) <= room:
        return keys
    kept = [key for key in keys if _action(key) in KEPT]
    room -= sum(_cells(key, gap) for key in kept)
    fitting: list[Widget] = []
    for key in keys:
        if key in kept:
            continue
        room -= _cells(key, gap)
        if room < 0:
            break
        fitting.append(key)
    return [*fitting, *kept]


def _cells(key: Widget, more: int) -> int:
    return cell_len(f"{key.key_display}{key.description}") + more if isinstance(key, FooterKey) else 0


def _action(key: Widget) -> str:
    return key.action if isinstance(key, FooterKey) else ""
