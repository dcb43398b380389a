"""What screens and widgets tell each other: past-tense facts."""

from __future__ import annotations

from textual.message import Message


class StoreChanged(Message):
    """Something was saved, here or in another window; screens reload what they show."""


class PairingChosen(Message):
    """The person wants to work on a pairing."""

    def __init__(self, pairing_id: str) -> None:
        self.pairing_id = pairing_id
        super().__init__()
