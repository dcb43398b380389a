"""Boxes to tick whose state is a sign and not a colour alone."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Checkbox, RadioButton


class OneOf(RadioButton):
    """● chosen, ○ not."""

    def render(self) -> Content:
        """With the sign of its state."""
        self.BUTTON_INNER = "●" if self.value else "○"
        return super().render()


class Tick(Checkbox):
    """■ yes, □ no, as elsewhere."""

    def render(self) -> Content:
        """With the sign of its state."""
        self.BUTTON_INNER = "■" if self.value else "□"
        return super().render()
