"""What a mentor should see first: the next session, what it still needs, and what was promised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from companion.domain import times
from companion.domain.pairings import PairingStatus
from companion.domain.people import Person
from companion.domain.sessions import SessionStatus
from companion.services import after_sessions, dashboard, forget_person, pairings, retention
from companion.services.companion import Companion
from companion.services.pairings import PairingView

ALL_DONE = "All planned sessions are done."
Step = Literal["schedule", "prepare", "deliver", "log", "wait", "done"]


@dataclass(frozen=True)
class NextStep:
    """What a mentor should do next for one pairing."""

    step: Step
    text: str


@dataclass(frozen=True)
class Today:
    """The pairings of one mentor, or of everybody when it is not known who sits here."""

    me: Person | None
    pairings: tuple[PairingView, ...]
    """The one with the nearest session first."""
    now: datetime
    need_a_look: int = 0
    """Pairings of the dashboard that ask for it; counted for whoever looks after everybody."""
    kept_too_long: int = 0
    """Things whose time is over; see `companion.services.retention`."""
    broken: tuple[str, ...] = ()
    """A sentence for each file that cannot be used."""
    after_last: Mapping[str, str] = field(default_factory=dict)
    """What comes next for each pairing without a session ahead, by id."""
    erasure_waits: bool = False
    """Whether forgetting somebody was interrupted and something is still in the way."""

    def when(self, view: PairingView) -> str:
        """When the next session is, in the mentor's time zone and in days from now."""
        session = view.next_session
        if session is None:
            return "all sessions done"
        if session.starts_at is None:
            return "no date yet"
        zone = times.zone(view.mentor.time_zone)
        starts_at = session.starts_at.astimezone(zone)
        days = (starts_at.date() - self.now.astimezone(zone).date()).days
        near = {0: "today", 1: "tomorrow", -1: "yesterday"}
        distance = near.get(days, f"in {days} days" if days > 0 else f"{-days} days ago")
        return f"{times.short_day(starts_at.date())} {times.clock(starts_at)}, {distance}"

    def next_step(self, view: PairingView) -> NextStep:
        """The one thing that brings the next session of a pairing forward."""
        session, executive = view.next_session, view.mentee.given_name
        if view.pairing.status is PairingStatus.PAUSED:
            return NextStep("done", f"Paused: {view.pairing.pause_reason}")
        if session is None:
            return NextStep("done", self.after_last.get(view.pairing.id, ALL_DONE))
        if session.starts_at is not None and self.now >= times.after(session.starts_at, session.minutes):
            return NextStep("log", f"Say how session {session.number} went: two minutes")
        if session.starts_at is None:
            return NextStep("schedule", f"Agree a date with {executive}")
        if view.agenda is None:
            return NextStep("prepare", "Prepare the agenda")
        if session.status is not SessionStatus.DELIVERED:
            return NextStep("deliver", f"Check the agenda and deliver {executive}'s brief")
        return NextStep("wait", "All is ready; log it when it took place")


def today(companion: Companion) -> Today:
    """Today for the mentor named in the setting `me`, or for all pairings when it is empty or unknown."""
    views = pairings.view_all(companion)
    me = None
    if companion.settings.me:
        with companion.store.get().read() as tx:
            me = tx.people.get(companion.settings.me)
        if me is not None:
            views = [view for view in views if view.mentor.id == companion.settings.me]
    now, broken = companion.clock.now(), companion.broken_files()
    after_last = after_sessions.what_next(companion, views)
    if me is not None:
        return Today(me, tuple(views), now, broken=broken, after_last=after_last)
    look = sum(row.mark == "look" for row in dashboard.rows(companion))
    waits = any(one.kind == "forget" and not one.is_finished for one in forget_person.receipts(companion))
    return Today(me, tuple(views), now, look, retention.overdue(companion), broken, after_last, waits)
