"""Make both documents of a session and render them into every format they are sent in."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from companion.delivery import markdown
from companion.domain import times
from companion.domain.briefs import executive_brief, topic
from companion.domain.documents import Documents, Invitation, Occasion, Party, call_name
from companion.domain.people import Person
from companion.domain.run_sheets import run_sheet
from companion.domain.sessions import SessionStatus

RUN_SHEET_MD, RUN_SHEET_HTML = "run-sheet.md", "run-sheet.html"
BRIEF_MD, BRIEF_HTML, BRIEF_EML = "brief.md", "brief.html", "brief.eml"
INVITE_ICS = "invite.ics"
CANCEL_ICS, CANCEL_EML = "cancel.ics", "cancel.eml"
FILE_NAMES = (RUN_SHEET_MD, RUN_SHEET_HTML, BRIEF_MD, BRIEF_HTML, INVITE_ICS, BRIEF_EML, CANCEL_ICS, CANCEL_EML)
"""Every name a session's folder may hold."""


def documents_for(occasion: Occasion) -> Documents:
    """Both documents and, when the session has a date, its invitation. Pure: the same occasion, the same documents."""
    mentor, executive = Party.of(occasion.mentor), Party.of(occasion.mentee)
    return Documents(
        session_id=occasion.session.id,
        revision=occasion.agenda.revision,
        mentor=mentor,
        executive=executive,
        written_at=occasion.now,
        run_sheet=run_sheet(occasion),
        brief=executive_brief(occasion),
        invitation=_invitation(occasion, mentor, executive),
        notes=_notes(occasion, mentor, executive),
    )


def render(documents: Documents) -> dict[str, bytes]:
    """File name -> content, UTF-8. Without a date there is no ``invite.ics``, and the mail carries none.

    Of a cancelled session only the cancellation is rendered.
    """
    from companion.delivery import eml, html, ics

    if documents.invitation is not None and documents.invitation.cancelled:
        return _cancellation(documents, documents.invitation)
    files = {
        RUN_SHEET_MD: markdown.run_sheet(documents.run_sheet).encode(),
        RUN_SHEET_HTML: html.run_sheet(documents.run_sheet).encode(),
        BRIEF_MD: markdown.brief(documents.brief).encode(),
        BRIEF_HTML: html.brief(documents).encode(),
        BRIEF_EML: eml.letter(documents),
    }
    if documents.invitation is not None:
        files[INVITE_ICS] = ics.invite(documents.invitation, documents.brief)
    return files


def render_cancellation(documents: Documents, now: datetime) -> dict[str, bytes]:
    """File name -> content of what takes a delivered session out of the executive's calendar; empty without a date."""
    if documents.invitation is None:
        return {}
    return _cancellation(documents, documents.invitation.cancellation(now))


def _cancellation(documents: Documents, cancelled: Invitation) -> dict[str, bytes]:
    from companion.delivery import eml, ics

    return {CANCEL_ICS: ics.invite(cancelled, documents.brief), CANCEL_EML: eml.cancellation(documents, cancelled)}


def _invitation(occasion: Occasion, mentor: Party, executive: Party) -> Invitation | None:
    session = occasion.session
    if session.starts_at is None:
        return None
    return Invitation(
        uid=entry_uid(session.id),
        sequence=session.invite_sequence,
        stamp=occasion.now,
        starts_at=session.starts_at.astimezone(times.zone(occasion.mentee.time_zone)),
        minutes=occasion.agenda.minutes,
        summary=f"{call_name(occasion.mentor, 'Your mentor')}: {topic(occasion)}",
        organiser=mentor,
        attendee=executive,
        cancelled=session.status is SessionStatus.CANCELLED,
    )


def entry_uid(session_id: str) -> str:
    """The calendar entry's lasting name: ``SESSION-ID@companion``."""
    if re.fullmatch(r"[A-Za-z0-9._-]{1,80}", session_id):
        return f"{session_id}@companion"
    return f"{hashlib.sha256(session_id.encode()).hexdigest()[:32]}@companion"


def _notes(occasion: Occasion, mentor: Party, executive: Party) -> tuple[str, ...]:
    notes = []
    for person, party, effect in (
        (occasion.mentee, executive, "the To line is left empty, and the invitation names no guest"),
        (occasion.mentor, mentor, "the From line and the reply links are left out"),
    ):
        if not party.email:
            notes.append(f"{_address_of(person)}: {effect}.")
    for person in (occasion.mentee, occasion.mentor):
        if not times.known_zone(person.time_zone):
            notes.append(f"The time zone of {person.name}, '{person.time_zone}', is not known: times are in UTC.")
    if occasion.session.starts_at is None:
        notes.append("The session has no date yet: no calendar entry was made.")
    return tuple(notes)


def _address_of(person: Person) -> str:
    if person.email:
        return f"The e-mail address of {person.name}, '{person.email}', cannot be used"
    return f"{person.name} has no e-mail address"
