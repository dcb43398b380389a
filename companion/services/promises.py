"""Promises outside a log: what is open, how often it has come up, and to keep, move or let go of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from companion.domain import arc_course
from companion.domain.due_dates import day_meant
from companion.domain.sessions import Commitment, CommitmentStatus
from companion.domain.words import how_often
from companion.errors import InvalidInput, NotFound
from companion.services import arc, pairings
from companion.services.companion import Companion
from companion.services.pairings import PairingView

VERBS = {
    CommitmentStatus.DONE: "promise kept",
    CommitmentStatus.DROPPED: "promise dropped",
    CommitmentStatus.OPEN: "promise opened again",
}


@dataclass(frozen=True)
class Promised:
    """A promise with how often it has come up."""

    commitment: Commitment
    asked: int
    """How many sessions that were held had it on their agenda."""

    @property
    def often(self) -> str:
        """``twice``; empty when it has not come up."""
        return how_often(self.asked) if self.asked else ""


def promised(companion: Companion, name: str) -> tuple[PairingView, tuple[Promised, ...]]:
    """A pairing and all its promises, the open ones first, the oldest first. Raises NotFound, InvalidInput."""
    view = pairings.view(companion, name)
    with companion.store.get().read() as tx:
        history = arc.history_of(companion, tx, view.pairing)
    asked = arc_course.times_asked(history, view.sessions[-1]) if view.sessions else {}
    ordered = sorted(view.commitments, key=lambda one: one.status is not CommitmentStatus.OPEN)
    return view, tuple(Promised(one, asked.get(one.id, 0)) for one in ordered)


def settle(companion: Companion, name: str, text: str, status: CommitmentStatus) -> Commitment:
    """Say that a promise, meant by its id or words of it, is kept, let go of, or open again.

    An agenda that is there stays as it is; the next one follows. Raises NotFound, InvalidInput (words that fit
    several, or it stands so already).
    """
    with companion.store.get().write() as tx:
        pairing = pairings.find(tx, name)
        one = _named(tx.sessions.commitments(pairing.id), text)
        if one.status is status:
            raise InvalidInput(f"“{one.text}” is {status.value} already.")
        tx.sessions.set_commitment(one.id, status)
        arc.replan(companion, tx, pairing.id)
        tx.audit.add(companion.clock.now(), VERBS[status], one.session_id, promise=one.id)
    return one.model_copy(update={"status": status})


def move(companion: Companion, name: str, text: str, due: date | None) -> Commitment:
    """Give an open promise another date, or none; as in a log, it may be over. Raises NotFound, InvalidInput."""
    with companion.store.get().write() as tx:
        pairing = pairings.find(tx, name)
        one = _named(tx.sessions.commitments(pairing.id), text)
        if one.status is not CommitmentStatus.OPEN:
            raise InvalidInput(f"“{one.text}” is {one.status.value}.", "Open it again first.")
        moved = one.model_copy(update={"due": due})
        tx.sessions.save_commitment(moved)
        tx.audit.add(companion.clock.now(), "promise moved", one.session_id, promise=one.id)
    return moved


def parse_day(text: str, today: date) -> date | None:
    """A day as typed, such as ``2026-12-01`` or ``Friday``; None for an empty text. Raises InvalidInput."""
    said = " ".join(text.split()).removeprefix("by ")
    if not said:
        return None
    try:
        due = day_meant(said, today)
    except ValueError:
        due = None
    if due is None:
        raise InvalidInput(f"'{said[:40]}' is not a date, or could be two.", "Write it as 2026-12-01.")
    return due


def _named(commitments: Sequence[Commitment], text: str) -> Commitment:
    """The one with that id, or the only one with these words; open ones come before those that are settled."""
    words = text.casefold().split()
    fitting = [one for one in commitments if one.id == text]
    fitting = fitting or [one for one in commitments if words and all(word in one.text.casefold() for word in words)]
    still_open = [one for one in fitting if one.status is CommitmentStatus.OPEN]
    if len(fitting) > 1 and len(still_open) == 1:
        fitting = still_open
    if not fitting:
        raise NotFound(f"There is no promise '{text[:60]}'.", "companion promises PAIRING lists them.")
    if len(fitting) > 1:
        raise InvalidInput(f"'{text[:60]}' fits {len(fitting)} promises.", "Add a word, or use the promise's id.")
    return fitting[0]
