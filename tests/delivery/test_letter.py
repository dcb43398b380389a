import re
import smtplib
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from typing import cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from companion.delivery.documents import documents_for, render, render_cancellation
from companion.delivery.text import letter_text
from companion.domain.documents import Occasion, usable_address
from companion.domain.words import one_line

Build = Callable[..., Occasion]


def _read(content: bytes) -> EmailMessage:
    message = cast(EmailMessage, message_from_bytes(content, policy=policy.default))
    for part in message.walk():
        assert not part.defects, part.defects
        for name, value in part.items():
            assert not getattr(value, "defects", ()), (name, value, value.defects)
    return message


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_letter_holds_text_html_and_the_invitation_twice(an_occasion: Build) -> None:
    documents = documents_for(an_occasion())
    files = render(documents)
    message = _read(files["brief.eml"])
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    assert _body(message, "plain").strip() == letter_text(documents.brief, with_when=True)
    assert _body(message, "html").strip() == files["brief.html"].decode().strip()
    calendar, attachment = list(message.walk())[-2:]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_payload(decode=True) == attachment.get_payload(decode=True) == files["invite.ics"]
    assert attachment.get_filename() == "invite.ics"


def test_letter_opens_as_a_draft_from_the_mentor_to_the_executive(an_occasion: Build) -> None:
    documents = documents_for(an_occasion())
    message = _read(render(documents)["brief.eml"])
    assert message["X-Unsent"] == "1"
    assert message["From"].addresses[0].addr_spec == "amira.haddad@example.com"
    assert message["To"].addresses[0].display_name == "Laurent Petit"
    assert message["Subject"] == documents.brief.subject
    assert parsedate_to_datetime(message["Date"]) == documents.written_at
    assert message["Message-ID"].endswith("@companion.invalid>")


def test_same_documents_make_the_same_letter_and_an_edit_another_message_id(an_occasion: Build) -> None:
    occasion = an_occasion()
    first = render(documents_for(occasion))["brief.eml"]
    assert render(documents_for(occasion))["brief.eml"] == first
    edited = occasion.model_copy(update={"agenda": occasion.agenda.model_copy(update={"revision": 2})})
    assert _read(render(documents_for(edited))["brief.eml"])["Message-ID"] != _read(first)["Message-ID"]


def test_missing_addresses_are_left_to_the_mail_program(an_occasion: Build) -> None:
    message = _read(render(documents_for(an_occasion(mentor={"email": ""}, mentee={"email": "x"})))["brief.eml"])
    assert message["To"] is None
    assert message["From"] is None
    assert message["Subject"]
    assert "text/calendar" not in [part.get_content_type() for part in message.walk()]


def test_cancellation_letter_is_short_and_carries_the_cancel(an_occasion: Build) -> None:
    documents = documents_for(an_occasion())
    message = _read(render_cancellation(documents, documents.written_at)["cancel.eml"])
    assert message["Subject"] == f"Cancelled: {documents.brief.subject}"
    assert "Thursday 26 November 2026, 14:00 (New York time, UTC−5) is cancelled" in _body(message, "plain")
    assert "CANCEL" in {part.get_param("method") for part in message.walk()}


@pytest.mark.parametrize("library", [policy.default, policy.compat32])
def test_a_long_name_with_an_address_in_it_addresses_nobody_else(an_occasion: Build, library: policy.Policy) -> None:
    name = "Laurent Petit of the executive board and of many other things, and also <someone.else@example.org> too"
    message = message_from_bytes(render(documents_for(an_occasion(mentee={"name": name})))["brief.eml"], policy=library)
    assert [address for _, address in getaddresses([str(message["To"])])] == ["laurent.petit@example.com"]


class Mailbox:
    """Keeps what the server was handed."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        return "250 OK"


class AnyPort(Controller):
    """Port 0 asks for any free port; the controller learns which once the server listens."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def mail_server() -> Iterator[Controller]:
    controller = AnyPort(Mailbox(), hostname="127.0.0.1", port=0)
    controller.start()
    yield controller
    controller.stop()


def test_letter_arrives_byte_for_byte_through_a_real_server(an_occasion: Build, mail_server: Controller) -> None:
    question = ".\n.. a line of dots and é 👩‍💻 " + "long " * 60
    content = render(documents_for(an_occasion(mentor={"name": "Łucja Ōe"}, session={"executive_question": question})))[
        "brief.eml"
    ]
    message = _read(content)
    with smtplib.SMTP("127.0.0.1", mail_server.port) as client:
        refused = client.sendmail(
            message["From"].addresses[0].addr_spec, [message["To"].addresses[0].addr_spec], content
        )
    assert refused == {}
    (envelope,) = cast(Mailbox, mail_server.handler).envelopes
    assert envelope.content == content
    assert envelope.rcpt_tos == ["laurent.petit@example.com"]
    received = _read(cast(bytes, envelope.content))
    calendar = next(part for part in received.walk() if part.get_content_type() == "text/calendar")
    assert len(Calendar.from_ical(cast(bytes, calendar.get_payload(decode=True))).walk("VEVENT")) == 1


def _header_text(text: str) -> str:
    return text.replace("=?", "= ?")


names = st.one_of(
    st.text(min_size=1, max_size=120),
    st.text('aé漢"\\,;:<>@()[] .=?_\r\n👩‍💻', min_size=1, max_size=120),
    st.sampled_from(("Amira\r\nBcc: x@y.z", '=?utf-8?q?hi?= "quoted" <a@b.c>', "O'Brien, Jr.", "א" * 150, "é" * 200)),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=names, goal=names)
def test_no_name_or_topic_breaks_a_header(an_occasion: Build, name: str, goal: str) -> None:
    name = name.encode("utf-8", "ignore").decode().strip() or "x"
    base = an_occasion(mentor={"name": name})
    goals = tuple(g.model_copy(update={"text": goal}) for g in base.goals)
    documents = documents_for(base.model_copy(update={"goals": goals}))
    content = render(documents)["brief.eml"]
    head, _, _ = content.partition(b"\r\n\r\n")
    assert all(len(line) <= 998 and line.isascii() for line in content.split(b"\r\n"))
    message = _read(content)
    assert [key for key in message if key in ("Bcc", "Cc")] == []
    assert (
        len(message.keys()) == len(set(message.keys())) == len([x for x in head.split(b"\r\n") if x[:1] not in b" \t"])
    )
    assert message["From"].addresses[0].addr_spec == "amira.haddad@example.com"
    # The older decoder, because the newer one puts blanks between encoded words (RFC 2047, 6.2 wants none).
    older = message_from_bytes(content)
    sender = str(make_header(decode_header(older["From"]))).rpartition(" <")[0]
    bare = " ".join(re.sub(r'[()<>\[\]:;@\\,"]', " ", documents.mentor.name).split())
    assert sender.removeprefix('"').removesuffix('"').strip() == _header_text(bare)
    subject = str(make_header(decode_header(older["Subject"])))
    assert one_line(subject) == _header_text(documents.brief.subject)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amira@example.com", "amira@example.com"),
        (" a.b+c@EXAMPLE.com ", "a.b+c@example.com"),
        ("amira@bücher.example", "amira@xn--bcher-kva.example"),
        ("", ""),
        ("amira", ""),
        ("a b@example.com", ""),
        ("a@b@example.com", ""),
        ("a@example.com\r\nBcc: x@y.z", ""),
        ("a@example..com", ""),
        ("a@-x.com", ""),
        ("amirá@example.com", ""),
        ("x" * 65 + "@example.com", ""),
        ("a@" + "x" * 64 + ".com", ""),
        ("<a@example.com>", ""),
    ],
)
def test_only_addresses_mail_can_be_sent_to_are_used(text: str, expected: str) -> None:
    assert usable_address(text) == expected
