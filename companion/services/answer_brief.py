"""The executive's one-digit answer to a brief, typed in by the mentor who received it."""

from __future__ import annotations

from companion.domain.agenda_edits import shorten
from companion.domain.agendas import RESCUE_MINUTES
from companion.domain.sessions import Session
from companion.errors import InvalidInput
from companion.services import pairings, prepare_agenda, privacy, sessions
from companion.services.companion import Companion
from companion.services.pairings import PairingView

REPLIED = "reply taken"
KEEP, SHORTEN, MOVE, OTHER_TOPIC, PRIVATE = "1", "2", "3", "4", "private"


def take(companion: Companion, name: str, digit: str, text: str = "") -> str:
    """Act on an answer and say what was done and what is left to do, in a sentence or two.

    Raises InvalidInput for a digit that means nothing, or for "other topic" without the topic.
    """
    view = pairings.view(companion, name)
    session = pairings.next_session(view)
    said = _act(companion, view, session, digit, text)
    with companion.store.get().write() as tx:
        tx.audit.add(companion.clock.now(), REPLIED, session.id, answer=digit)
    return said


def _act(companion: Companion, view: PairingView, session: Session, digit: str, text: str) -> str:
    executive = view.mentee.given_name
    if digit == KEEP:
        return f"{executive} keeps the session as it is. Nothing to do."
    if digit == SHORTEN:
        draft = prepare_agenda.open_draft(companion, session.id)
        if draft is None:
            raise InvalidInput("This session has no agenda to shorten yet.", "Prepare it with 15 minutes.")
        if draft.agenda.minutes <= RESCUE_MINUTES:
            return f"{executive} wants 15 minutes, and that is what it is. Nothing to do."
        prepare_agenda.revise(companion, draft, lambda agenda: shorten(agenda, draft.brief))
        return f"Shortened to 15 minutes for {executive}, keeping what matters most. Deliver it again."
    if digit == MOVE:
        sessions.ask_to_move(companion, session.id)
        return f"{executive} asks to move. Agree a new time, then: companion schedule and companion deliver."
    if digit == OTHER_TOPIC:
        if not text.strip():
            raise InvalidInput("Which topic?", "Add it: companion reply PAIRING 4 'how do juniors choose tools?'")
        sessions.ask(companion, session.id, text)
        return f"Kept as {executive}'s question; it leads the next agenda. Prepare the session again."
    if digit == PRIVATE:
        return privacy.opt_out(companion, view.mentee.id)[1]
    known = "1 keep, 2 make it 15 minutes, 3 move, 4 other topic, private: send nothing to a model elsewhere."
    raise InvalidInput(f"'{digit}' is no answer.", known)
