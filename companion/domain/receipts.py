"""What is left to show of an erasure: counts and reasons, nothing about the person."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Receipt(BaseModel):
    """One erasure, for a person's request or because a period was over."""

    model_config = ConfigDict(frozen=True)

    id: str
    """Random; says nothing about anybody."""
    kind: Literal["forget", "retention"]
    started_at: datetime
    finished_at: datetime | None = None
    """None while it was interrupted and goes on later."""
    person_id: str | None = None
    """Who is to be forgotten, for only as long as their rows are there."""
    removed: Mapping[str, int] = {}
    """What was removed or replaced, in words, with how often."""
    kept: tuple[str, ...] = ()
    """What stays, and why."""
    out_of_reach: tuple[str, ...] = ()
    """What companion cannot remove."""

    @property
    def is_finished(self) -> bool:
        """Whether everything was done."""
        return self.finished_at is not None

    def with_removed(self, counts: Mapping[str, int]) -> Receipt:
        """The same receipt with more removed; what is nothing is not listed."""
        total = dict(self.removed)
        for what, count in counts.items():
            if count:
                total[what] = total.get(what, 0) + count
        return self.model_copy(update={"removed": total})


def new_receipt(kind: Literal["forget", "retention"], at: datetime, person_id: str | None = None) -> Receipt:
    """A receipt of an erasure that begins now."""
    return Receipt(id=f"receipt-{secrets.token_hex(5)}", kind=kind, started_at=at, person_id=person_id)
