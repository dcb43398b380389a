"""Text that wants to be markup, a header, a line or a page stays text in every format."""

import io
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import cast

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from markdown_it import MarkdownIt
from markdown_it.token import Token

from companion.delivery.documents import documents_for, render
from companion.delivery.markdown import escape
from companion.domain.documents import Occasion
from companion.domain.pairings import Goal
from companion.domain.people import Facet, FacetKind
from companion.domain.provenance import Origin, Worded
from companion.domain.sessions import Commitment
from companion.domain.words import one_line

Build = Callable[..., Occasion]

HOSTILE = {
    "textual": "[/]x [bold red]y[/]",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "template": "{{ 7 * 7 }}{% raw %}{# x #}",
    "header": "a\r\nBcc: victim@example.com\r\n\r\nbody",
    "calendar": "x\\n;,:\r\nEND:VEVENT\r\nATTENDEE:mailto:evil@example.com",
    "markdown": "# h\n- l\n> q\n[a](http://b) ![i](http://c) `c` *e* **s** _u_ ~~d~~ | t | &lt; <http://d>",
    "link": "https://evil.example/x?y=z www.evil.example javascript:alert(1)",
    "long": "x" * 10_000,
    "words": "word " * 2_000,
    "emoji": "👩‍💻🏳️‍🌈🏴󠁧󠁢󠁳󠁣󠁴󠁿 é",
    "rtl": "שלום \u202eevil\u202c عالم",
    "nul": "n\x00u\x07l\x1b[31m\x7f\x9b2J\ufeff\u2028z",
    "quotes": "\"'“”’<>&^%`",
    "boundary": "--=_0\r\n--=_0--\r\n.\r\n",
}


def _short(text: str, limit: int) -> str:
    return text[:limit].strip() or "x"


def _hostile(base: Occasion, text: str) -> Occasion:
    """The occasion with the text in every place a person or a model can write to."""
    worded = Worded(text=text, origin=Origin.MODEL)
    items = tuple(
        item.model_copy(update={"title": text, "question": worded, "why": worded, "mentor_does": (text, text)})
        for item in base.agenda.items
    )
    agenda = base.agenda.model_copy(update={"items": items, "success_condition": worded, "note": text})
    facets = (Facet(kind=FacetKind.OFF_LIMITS, position=1, text=_short(text, 500)),)
    person = {"name": _short(text, 200), "title": _short(text, 200), "facets": facets}
    goals = tuple(Goal.model_validate({**dict(g), "text": _short(text, 500)}) for g in base.goals)
    promises = tuple(Commitment.model_validate({**dict(c), "text": _short(text, 300)}) for c in base.open_commitments)
    card = {"title": _short(text, 80), "why": _short(text, 160), "sections": (("For the executive", text),)}
    return base.model_copy(
        update={
            "agenda": agenda,
            "mentor": base.mentor.model_copy(update=person),
            "mentee": base.mentee.model_copy(update=person),
            "session": base.session.model_copy(update={"executive_question": _short(text, 500)}),
            "goals": goals,
            "open_commitments": promises,
            "programme": base.programme.model_copy(update={"name": text, "support_contact": text}),
            "cards": {key: value.model_copy(update=card) for key, value in base.cards.items()},
            "listening_card": base.cards["RM-030"].model_copy(update=card),
        }
    )


@pytest.fixture(params=sorted(HOSTILE))
def hostile(request: pytest.FixtureRequest, an_occasion: Build) -> tuple[str, dict[str, bytes]]:
    text = HOSTILE[request.param]
    return text, render(documents_for(_hostile(an_occasion(), text)))


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.names |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data + " "


def test_pages_gain_no_tag_attribute_or_link(hostile: tuple[str, dict[str, bytes]], an_occasion: Build) -> None:
    text, files = hostile
    usual = render(documents_for(an_occasion()))
    for name in ("brief.html", "run-sheet.html"):
        page, ordinary = _Tags(files[name].decode()), _Tags(usual[name].decode())
        assert page.found <= ordinary.found
        assert page.names <= ordinary.names
        assert all(link.startswith("mailto:amira.haddad@example.com?subject=") for link in page.links)
        assert not {chr(code) for code in (*range(9), *range(11, 32), 0x7F, 0x9B, 0x202E)} & set(files[name].decode())
    run_sheet = " ".join(_Tags(files["run-sheet.html"].decode()).text.split())
    assert one_line(text) in run_sheet


def test_markdown_shows_the_text_and_nothing_else(hostile: tuple[str, dict[str, bytes]]) -> None:
    text, files = hostile
    for name in ("brief.md", "run-sheet.md"):
        tokens = list(_walk(MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(files[name].decode())))
        assert not {t.type for t in tokens} & {
            "html_block", "html_inline", "link_open", "image", "code_inline", "code_block", "fence", "s_open",
            "table_open",
        }  # fmt: skip
        if name == "run-sheet.md":
            shown = " ".join(t.content for t in tokens if t.type in ("text", "text_special"))
            assert one_line(text).replace(" ", "") in shown.replace(" ", "")


def _walk(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _walk(token.children or [])


def test_invitation_stays_one_event_with_one_guest(hostile: tuple[str, dict[str, bytes]]) -> None:
    _, files = hostile
    content = files["invite.ics"]
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert not set(range(32)) - {10, 13} & set(content)
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert event["ATTENDEE"] == "mailto:laurent.petit@example.com"
    assert event["UID"] == "session-1@companion"
    other = vobject.readOne(io.StringIO(content.decode(), newline=""))
    assert len(other.vevent_list) == len(other.vevent.attendee_list) == 1
    assert other.vevent.summary.value == event["SUMMARY"]
    assert other.vevent.description.value == event["DESCRIPTION"]


def test_letter_gains_no_header_and_no_part(hostile: tuple[str, dict[str, bytes]], an_occasion: Build) -> None:
    _, files = hostile
    content = files["brief.eml"]
    usual = message_from_bytes(render(documents_for(an_occasion()))["brief.eml"], policy=policy.default)
    message = cast(EmailMessage, message_from_bytes(content, policy=policy.default))
    assert message.keys() == usual.keys()
    assert [p.get_content_type() for p in message.walk()] == [p.get_content_type() for p in usual.walk()]
    assert [a.addr_spec for a in message["To"].addresses] == ["laurent.petit@example.com"]
    assert all(len(line) <= 998 and line.isascii() for line in content.split(b"\r\n"))
    plain = message.get_body(("plain",))
    assert plain is not None
    assert len(str(plain.get_content()).split()) <= 180
    parts = [p.get_payload(decode=True) for p in message.walk() if "ics" in p.get_content_type()]
    assert parts == [files["invite.ics"]]


@settings(max_examples=300, deadline=None)
@given(st.text(min_size=1, max_size=60) | st.text("#-+*_>[]()!`~|&;<=.:0123456789 \\abc", min_size=1, max_size=40))
def test_escaped_markdown_is_the_text_itself(text: str) -> None:
    stated = one_line(text)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(f"before {escape(stated)}")
    (inline,) = [t for t in tokens if t.type == "inline"]
    assert {t.type for t in tokens} == {"paragraph_open", "inline", "paragraph_close"}
    assert {t.type for t in inline.children or []} <= {"text", "text_special"}
    assert "".join(t.content for t in inline.children or []) == f"before {stated}".rstrip()
    alone = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(escape(stated))
    assert {t.type for t in alone} <= {"paragraph_open", "inline", "paragraph_close"}
