"""What screens and widgets tell each other: past-tense facts."""

from __future__ import annotations

from textual.message import Message


class StoreChanged(Message):
    """The data is there, or cannot be had, or something was saved here or in another window; screens reload."""
