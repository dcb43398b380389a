"""What a mentor should see first: the next session, what it still needs, and what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from companion.domain.people import Person
from companion.services import pairings
from companion.services.companion import Companion
from companion.services.pairings import PairingView


@dataclass(frozen=True)
class Today:
    """The pairings of one mentor, or of everybody when it is not known who sits here."""

    me: Person | None
    pairings: tuple[PairingView, ...]
    """The one with the nearest session first."""
    now: datetime

    def when(self, view: PairingView) -> str:
        """When the next session is, in the mentor's time zone and in days from now."""
        session = view.next_session
        if session is None:
            return "all sessions done"
        if session.starts_at is None:
            return "no date yet"
        zone = ZoneInfo(view.mentor.time_zone)
        starts_at = session.starts_at.astimezone(zone)
        days = (starts_at.date() - self.now.astimezone(zone).date()).days
        distance = {0: "today", 1: "tomorrow"}.get(
            days, f"in {days} days" if days > 0 else f"{-days} days ago, not logged"
        )
        return f"{starts_at:%a %d %b %H:%M} ({session.minutes} min), {distance}"


def today(companion: Companion) -> Today:
    """Today for the mentor named in the setting `me`, or for all pairings when it is empty or unknown."""
    views = pairings.view_all(companion)
    me = None
    if companion.settings.me:
        with companion.store.get().read() as tx:
            me = tx.people.get(companion.settings.me)
        if me is not None:
            views = [view for view in views if view.mentor.id == companion.settings.me]
    return Today(me, tuple(views), companion.clock.now())
