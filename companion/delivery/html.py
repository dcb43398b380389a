"""HTML: each document as one file that needs nothing else and runs nothing, for browser, mail reader and printer."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from companion.domain.documents import Documents, Reply, RunSheet


def brief(documents: Documents) -> str:
    """The executive's brief; each digit is a link that opens a finished answer to the mentor, where there is one."""
    replies = [(reply, reply_link(documents, reply)) for reply in documents.brief.replies]
    longest = max((step.minutes for part in documents.brief.parts for step in part.steps), default=0)
    return templates().get_template("brief.html").render(brief=documents.brief, replies=replies, longest=longest)


def run_sheet(document: RunSheet) -> str:
    """The mentor's run-sheet."""
    return templates().get_template("run_sheet.html").render(sheet=document)


def reply_link(documents: Documents, reply: Reply) -> str:
    """A ``mailto:`` address (RFC 6068) with subject and body filled in; empty when the mentor has no address."""
    if not documents.mentor.email:
        return ""
    answer = reply.text.removesuffix("...")
    subject = f"{answer.strip(' :')} (Re: {documents.brief.subject})"
    body = f"{answer}\r\n"
    address = quote(documents.mentor.email, safe="@")
    return f"mailto:{address}?subject={quote(subject, safe='')}&body={quote(body, safe='')}"


@cache
def templates() -> Environment:
    """Where the pages are; everything put into them is escaped."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
