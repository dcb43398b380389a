"""Everything held about one person, arranged so that they understand it: what, why, who sees it, for how long."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

Facts = tuple[tuple[str, str], ...]
"""Label and value, in the order to read them."""


class Holding(BaseModel):
    """One kind of data."""

    model_config = ConfigDict(frozen=True)

    title: str
    why: str
    seen_by: str
    kept: str
    entries: tuple[Facts, ...]
    left_out: str = ""
    """What of this kind is not given, and why (Art. 15(4) GDPR: the rights of others)."""


class OwnData(BaseModel):
    """What one person is given."""

    model_config = ConfigDict(frozen=True)

    programme: str
    person_id: str
    name: str
    made_at: datetime
    holdings: tuple[Holding, ...]
    contact: str = ""

    @property
    def count(self) -> int:
        """How many things are held."""
        return sum(len(holding.entries) for holding in self.holdings)


def facts(*pairs: tuple[str, object]) -> Facts:
    """The pairs whose value says something, as text."""
    return tuple((label, str(value)) for label, value in pairs if value not in ("", None, ()))
