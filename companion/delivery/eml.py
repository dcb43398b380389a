"""E-mail: the brief as a draft the mentor sends from their own mailbox, with the invitation inside (RFC 5322, 6047)."""

from __future__ import annotations

import hashlib
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from companion.delivery import html, ics
from companion.delivery.text import letter_text
from companion.domain import times
from companion.domain.documents import Documents, Invitation, Party


def letter(documents: Documents) -> bytes:
    """The whole message, lines ending in CRLF. An unknown address leaves its header out; mail programs ask for it."""
    message = _draft(documents, documents.brief.subject, "brief")
    message.set_content(letter_text(documents.brief, with_when=True), cte="quoted-printable")
    message.add_alternative(html.brief(documents), subtype="html", cte="quoted-printable")
    if documents.invitation is not None:
        _add_invitation(message, documents, documents.invitation, "invite.ics")
    return _finished(message)


def cancellation(documents: Documents, cancelled: Invitation) -> bytes:
    """A short message that takes the session out of the executive's calendar."""
    starts_at = cancelled.starts_at
    message = _draft(documents, f"Cancelled: {documents.brief.subject}", f"cancel-{cancelled.sequence}")
    message.set_content(
        f"Our session on {times.long_day(starts_at.date())}, {times.clock(starts_at)} ({times.zone_name(starts_at)}) "
        "is cancelled. The attached file takes it out of your calendar.\n",
        cte="quoted-printable",
    )
    _add_invitation(message, documents, cancelled, "cancel.ics")
    return _finished(message)


def _draft(documents: Documents, subject: str, kind: str) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    if documents.mentor.email:
        message["From"] = _address(documents.mentor)
    if documents.executive.email:
        message["To"] = _address(documents.executive)
    message["Subject"] = _not_encoded(subject)
    message["Date"] = format_datetime(documents.written_at)
    # Derived, so that writing the same documents again gives the same file and names no machine.
    digest = hashlib.sha256(f"{documents.session_id} {documents.revision} {kind} {documents.written_at}".encode())
    message["Message-ID"] = f"<{digest.hexdigest()[:32]}@companion.invalid>"
    # Makes mail programs open the file as a draft that can be changed and sent.
    message["X-Unsent"] = "1"
    return message


def _finished(message: EmailMessage) -> bytes:
    """The message as bytes, with derived part boundaries; an equals sign and underscore stand in no encoded body."""
    digest = str(message["Message-ID"]).strip("<>").partition("@")[0]
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{digest}_{number}")
        if part is not message:
            del part["MIME-Version"]
    return message.as_bytes()


def _address(party: Party) -> Address:
    return Address(display_name=_not_encoded(party.name), addr_spec=party.email)


def _not_encoded(text: str) -> str:
    """Text for a header, in which ``=?`` would be read as the start of an encoded word (RFC 2047)."""
    return text.replace("=?", "= ?")


def _add_invitation(message: EmailMessage, documents: Documents, invitation: Invitation, filename: str) -> None:
    content, method = ics.invite(invitation, documents.brief), ics.method(invitation)
    if method in ("REQUEST", "CANCEL"):
        # The part that makes mail programs show "Accept / Decline" (RFC 6047, 2.4); base64 keeps it byte for byte.
        message.add_alternative(
            content, maintype="text", subtype="calendar", cte="base64", params={"charset": "utf-8", "method": method}
        )
    message.add_attachment(content, maintype="application", subtype="ics", filename=filename)
