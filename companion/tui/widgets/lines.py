"""A widget that lays out its own lines for the width it gets, so that wrapped text can hang under its beginning."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

MIN_WIDTH = 12


class Lines(Widget):
    """Subclasses say what their `lines` are; the height follows."""

    DEFAULT_CSS = "Lines { height: auto; width: 1fr; }"

    def lines(self, width: int) -> Sequence[Content]:
        """The finished lines, none wider than `width` cells."""
        raise NotImplementedError

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are lines at that width."""
        return max(1, len(self.lines(max(width, MIN_WIDTH))))

    def render(self) -> Content:
        """The lines at the width the widget has."""
        return Content("\n").join(self.lines(max(self.content_size.width, MIN_WIDTH)))


def hanging(before: Content, text: Content, width: int, rest: Content | None = None) -> list[Content]:
    """`text` wrapped beside `before`; the following lines begin with `rest`, or with blanks of the same width."""
    indent = before.cell_length
    blank = rest if rest is not None else Content(" " * indent)
    wrapped = text.wrap(max(width - indent, MIN_WIDTH)) or [Content("")]
    return [(before if number == 0 else blank) + line.rstrip() for number, line in enumerate(wrapped)]
