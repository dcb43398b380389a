"""E-mail: the brief as a draft the mentor sends from their own mailbox, with the invitation inside (RFC 5322, 6047)."""

from __future__ import annotations

import hashlib
import re
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime

from companion.delivery import html, ics
from companion.delivery.text import letter_text
from companion.domain import times
from companion.domain.documents import Documents, Invitation, Party

CRLF = "\r\n"
_CALENDAR_METHODS_IN_MAIL = ("REQUEST", "CANCEL")


def letter(documents: Documents) -> bytes:
    """The whole message, lines ending in CRLF. An unknown address leaves its header out; mail programs ask for it."""
    body = EmailMessage(policy=policy.SMTP)
    body.set_content(letter_text(documents.brief, with_when=True), cte="quoted-printable")
    body.add_alternative(html.brief(documents), subtype="html", cte="quoted-printable")
    if documents.invitation is not None:
        _add_invitation(body, documents, documents.invitation, "invite.ics")
    return _message(documents, documents.brief.subject, "brief", body)


def cancellation(documents: Documents, cancelled: Invitation) -> bytes:
    """A short message that takes the session out of the executive's calendar."""
    starts_at = cancelled.starts_at
    body = EmailMessage(policy=policy.SMTP)
    body.set_content(
        f"Our session on {times.long_day(starts_at.date())}, {times.clock(starts_at)} ({times.zone_name(starts_at)}) "
        "is cancelled. The attached file takes it out of your calendar.\n",
        cte="quoted-printable",
    )
    _add_invitation(body, documents, cancelled, "cancel.ics")
    return _message(documents, f"Cancelled: {documents.brief.subject}", f"cancel {cancelled.sequence}", body)


def _add_invitation(body: EmailMessage, documents: Documents, invitation: Invitation, filename: str) -> None:
    content, method = ics.invite(invitation, documents.brief), ics.method(invitation)
    if method in _CALENDAR_METHODS_IN_MAIL:
        # The part that makes mail programs show "Accept / Decline" (RFC 6047, 2.4); base64 keeps it byte for byte.
        body.add_alternative(
            content, maintype="text", subtype="calendar", cte="base64", params={"charset": "utf-8", "method": method}
        )
    body.add_attachment(content, maintype="application", subtype="ics", filename=filename)


def _message(documents: Documents, subject: str, kind: str, body: EmailMessage) -> bytes:
    """The headers, then the body; the same documents give the same bytes, and nothing in them names this machine."""
    written = f"{documents.session_id} {documents.revision} {kind} {documents.written_at.isoformat()}"
    digest = hashlib.sha256(written.encode()).hexdigest()[:32]
    headers = [
        _address("From", documents.mentor),
        _address("To", documents.executive),
        _text("Subject", subject),
        f"Date: {format_datetime(documents.written_at)}",
        f"Message-ID: <{digest}@companion.invalid>",
        # Makes mail programs open the file as a draft that can be changed and sent.
        "X-Unsent: 1",
    ]
    for number, part in enumerate(body.walk()):
        if part.is_multipart():
            # An equals sign before an underscore stands in no encoded body.
            part.set_boundary(f"=_{digest}_{number}")
        if part is not body:
            del part["MIME-Version"]
    return "".join(header + CRLF for header in headers if header).encode("ascii") + body.as_bytes()


def _text(name: str, text: str) -> str:
    """A header of plain text. The older `Header` encodes it: the newer classes lose blanks where they fold."""
    shown = _not_encoded(text)
    return f"{name}: {shown if shown.isascii() else Header(shown, 'utf-8', header_name=name).encode(linesep=CRLF)}"


def _address(name: str, party: Party) -> str:
    """An address header, or nothing without an address.

    The name goes without the characters that need quotation marks (RFC 5322, 3.2.3), because programs that fold or
    decode carelessly would let "Team, and more <x@example.com>" address somebody else.
    """
    if not party.email:
        return ""
    shown = _not_encoded(" ".join(re.sub(r'[()<>\[\]:;@\\,"]', " ", party.name).split()))
    if shown.isascii():
        return f'{name}: "{shown}" <{party.email}>'
    return f"{_text(name, shown)} <{party.email}>"


def _not_encoded(text: str) -> str:
    """Text in which nothing reads as the start of an encoded word (RFC 2047)."""
    return text.replace("=?", "= ?")
