"""Agenda -> documents: the mentor's run-sheet, the executive's brief, the calendar entry and the ready-made mail."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from companion.domain.briefs import listening_card
from companion.domain.documents import Documents, Occasion
from companion.domain.people import Role
from companion.domain.run_sheets import run_sheet
from companion.domain.sessions import Session, SessionStatus
from companion.errors import InvalidInput, StaleEdit
from companion.services import pairings, prepare_agenda, sessions
from companion.services.companion import Companion
from companion.services.prepare_agenda import Draft

if TYPE_CHECKING:
    from companion.store import Transaction

DELIVERED = "agenda delivered"


@dataclass(frozen=True)
class Delivered:
    """What was written, where, and what the mentor should know about it."""

    folder: Path
    paths: tuple[Path, ...]
    notes: tuple[str, ...]


def deliver(
    companion: Companion, name: str, folder: Path | None = None, *, checked: bool = False, anyway: bool = False
) -> Delivered:
    """Write the documents of a pairing's next session into the outbox (or `folder`); delivering again updates them.

    The calendar entry keeps its identity: a change raises its SEQUENCE, so that it moves instead of doubling.
    `checked` says that the mentor has read it, and only then does the brief say so.
    Raises NotFound, InvalidInput (no agenda yet, or one that breaks a rule), StaleEdit (it changed meanwhile),
    CompanionError when the disk refuses, and, unless `anyway`, AskFirst when the pairing pauses.
    """
    from companion.delivery.documents import render
    from companion.delivery.writing import write

    draft = _checked(companion, name, anyway)
    session = _with_sequence(companion, draft)
    documents = _documents(companion, draft, session, checked=checked)
    paths = write(documents, render(documents), folder or companion.home.create().outbox)
    with companion.store.get().write() as tx:
        now_stored, head = tx.sessions.get(session.id), tx.agendas.head(session.id)
        if now_stored != draft.brief.session or head is None or head.revision != draft.agenda.revision:
            raise StaleEdit("The session changed while its documents were written.", "Deliver it again.")
        tx.sessions.save(session.model_copy(update={"status": SessionStatus.DELIVERED}))
        tx.audit.add(companion.clock.now(), DELIVERED, session.id, **_state(draft, session))
    over = session.starts_at is not None and session.starts_at < companion.clock.now()
    past = ("The date of this session is over: agree a new one (companion schedule), then deliver again.",)
    return Delivered(paths[0].parent, tuple(paths), (*documents.notes, *(past if over else ())))


def cancel(companion: Companion, name: str, by: Role | None = None) -> Delivered | None:
    """Cancel the next session of a pairing, `by` one of the two where that is known; the rest is planned anew.

    When the executive holds an invitation, what takes it out of their calendar is written too and returned.
    Raises NotFound, InvalidInput when no session is left.
    """
    from companion.delivery.documents import render_cancellation
    from companion.delivery.writing import write

    view = pairings.view(companion, name)
    session = pairings.next_session(view)
    with companion.store.get().read() as tx:
        invited = _last_delivery(tx, session.id) is not None
    draft = prepare_agenda.open_draft(companion, session.id)
    sessions.cancel(companion, session.id, by)
    if draft is None or not invited:
        return None
    made = _documents(companion, draft, session, checked=False)
    paths = write(made, render_cancellation(made, companion.clock.now()), companion.home.create().outbox)
    return (
        Delivered(paths[0].parent, tuple(paths), ("Send cancel.eml, so that the entry leaves their calendar.",))
        if paths
        else None
    )


def documents(companion: Companion, draft: Draft) -> Documents:
    """Both documents as they would be delivered now; writes nothing."""
    return _documents(companion, draft, draft.brief.session, checked=False)


def run_sheet_text(companion: Companion, draft: Draft) -> str:
    """The mentor's run-sheet as Markdown."""
    from companion.delivery import markdown

    return markdown.run_sheet(run_sheet(_occasion(companion, draft, draft.brief.session, checked=False)))


def _checked(companion: Companion, name: str, anyway: bool) -> Draft:
    view = pairings.view(companion, name)
    draft = prepare_agenda.open_draft(companion, pairings.next_session(view).id)
    if draft is None:
        raise InvalidInput(f"The next session of {view.title} has no agenda yet.", "Prepare it first.")
    errors = [finding.message for finding in draft.findings if finding.severity == "error"]
    if errors:
        raise InvalidInput(f"The agenda is not ready: {' '.join(errors)}", "Mend it in the app, or prepare it again.")
    if not anyway:
        pairings.ask_first(view.pairing, (), "the documents are written")
    return draft


def _with_sequence(companion: Companion, draft: Draft) -> Session:
    """The session with the next SEQUENCE when the delivered entry would change."""
    session = draft.brief.session
    with companion.store.get().read() as tx:
        before = _last_delivery(tx, session.id)
    if before is None or before == _state(draft, session):
        return session
    return session.model_copy(update={"invite_sequence": session.invite_sequence + 1})


def _last_delivery(tx: Transaction, session_id: str) -> dict[str, object] | None:
    return next((e.detail for e in tx.audit.latest(200, subject=session_id) if e.verb == DELIVERED), None)


def _state(draft: Draft, session: Session) -> dict[str, object]:
    """What the calendar entry shows: a change of any of it is a new SEQUENCE."""
    starts_at = session.starts_at.isoformat() if session.starts_at else None
    return {"revision": draft.agenda.revision, "starts_at": starts_at, "minutes": session.minutes}


def _documents(companion: Companion, draft: Draft, session: Session, *, checked: bool) -> Documents:
    from companion.delivery.documents import documents_for

    return documents_for(_occasion(companion, draft, session, checked=checked))


def _occasion(companion: Companion, draft: Draft, session: Session, *, checked: bool) -> Occasion:
    cards = companion.knowledge.get().cards()
    return Occasion(
        mentor=draft.brief.mentor,
        mentee=draft.brief.mentee,
        session=session,
        agenda=draft.agenda,
        goals=draft.brief.goals,
        open_commitments=draft.brief.open_commitments,
        programme=companion.programme_parts("name", "sessions", "support_contact"),
        place=draft.brief.place,
        cards={card.id: card for card in cards},
        listening_card=listening_card(cards, session),
        now=companion.clock.now(),
        checked_by_mentor=checked,
    )
