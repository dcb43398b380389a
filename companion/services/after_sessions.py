"""What comes when all planned sessions of a pairing are done: the final survey, closing the pairing, the report."""

from __future__ import annotations

from collections.abc import Iterable

from companion.domain import times
from companion.domain.surveys import Occasion
from companion.domain.waves import Wave
from companion.services.companion import Companion
from companion.services.pairings import PairingView

NOT_OPENED = "Next: open the final survey (8, then o), then end the pairing and read the report."
OPEN = "The final survey is open until {day}. Next: end the pairing (4, then e)."
CLOSED = "Next: end the pairing (4, then e), then read the report (1, then v)."
NOT_OPENED_MENTOR = "Next comes the final survey, when whoever runs the programme opens it."
OPEN_MENTOR = "Next: answer the final survey (8, then a)."
NOTHING_LEFT = "Nothing is left for you to do: whoever runs the programme ends the pairing."


def what_next(companion: Companion, views: Iterable[PairingView]) -> dict[str, str]:
    """A sentence for each running pairing without a session ahead, by id.

    It is for the mentor named in the setting `me`, or for whoever runs the programme when that is empty.
    """
    done = [view.pairing for view in views if view.next_session is None and view.pairing.is_running]
    if not done:
        return {}
    me, today = companion.settings.me, companion.clock.now().date()
    with companion.store.get().read() as tx:
        finals = [wave for wave in tx.surveys.all() if wave.form.instrument.occasion is Occasion.END]
        sent = {wave.id for wave in finals if me for one in tx.surveys.responses(wave.id, me).values() if one.counts}
    found: dict[str, str] = {}
    for pairing in done:
        # One that was closed before they began was another cohort's.
        final = next((wave for wave in finals if wave.closed_at is None or wave.closed_at > pairing.started_at), None)
        accepts = final is not None and final.accepts(today)
        found[pairing.id] = _for_mentor(final, accepts, sent) if me else _for_admin(final, accepts)
    return found


def _for_mentor(final: Wave | None, accepts: bool, sent: set[str]) -> str:
    if final is None:
        return NOT_OPENED_MENTOR
    return OPEN_MENTOR if accepts and final.id not in sent else NOTHING_LEFT


def _for_admin(final: Wave | None, accepts: bool) -> str:
    if final is None:
        return NOT_OPENED
    return OPEN.format(day=times.short_day(final.closes_on)) if accepts else CLOSED
