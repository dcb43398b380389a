"""Sessions held and cancelled, by whom and how many in a row: counted here for every screen, so that they agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from companion.domain.people import Role
from companion.domain.sessions import SessionStatus


class Kept(Protocol):
    """What is known of a session: what became of it, and who cancelled it, where that is known."""

    @property
    def status(self) -> SessionStatus:
        """Held, cancelled, or neither yet."""
        ...

    @property
    def cancelled_by(self) -> Role | None:
        """None when nobody said."""
        ...


def was_cancelled(session: Kept, by: Role | None = None) -> bool:
    """Whether it was cancelled, by that side or by anybody; of whom nobody said counts for no side."""
    return session.status is SessionStatus.CANCELLED and (by is None or session.cancelled_by is by)


@dataclass(frozen=True)
class Tally:
    """What became of a pairing's sessions. Held is always told out of `planned`: a cancelled one is in neither."""

    held: int
    """Those that took place."""
    planned: int
    """Those that took place and those still to come."""
    cancelled: int


def tally(sessions: Iterable[Kept]) -> Tally:
    """Count the sessions of one pairing."""
    statuses = Counter(session.status for session in sessions)
    cancelled = statuses[SessionStatus.CANCELLED]
    return Tally(statuses[SessionStatus.HELD], statuses.total() - cancelled, cancelled)


def runs(sessions: Iterable[Kept], by: Role | None = None) -> list[int]:
    """How many sessions in a row were cancelled, each time; the last number is the run up to now, 0 when there is none.

    `sessions` in their order, of one pairing. What was neither held nor cancelled yet is passed over.
    """
    found = [0]
    for session in sessions:
        if was_cancelled(session, by):
            found[-1] += 1
        elif session.status in (SessionStatus.HELD, SessionStatus.CANCELLED):
            found.append(0)
    return found


def in_a_row(count: int) -> str:
    """``2 sessions in a row``, ``the last session``: so many were cancelled, as the end of a sentence."""
    return "the last session" if count == 1 else f"{count} sessions in a row"
