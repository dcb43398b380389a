"""A value report as data.json, HTML, Markdown and PDF: made from the data alone, the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Literal

from companion.delivery import markdown
from companion.delivery.html import templates
from companion.delivery.report_files import DATA, DOCUMENTS, HTML, MARKDOWN, PDF
from companion.domain.report_pages import MISSING, Pages, pages
from companion.domain.reports import Report, SealedReport

LAYOUT = ("page.html", "page.css", "lists.html", "report.html", "report.css", "report.md.jinja", "report.typ")
_FOLDER = Path(__file__).parent / "templates"
_BUILT_IN = re.compile(r"[\x00-\u05ff\u1e00-\u1fff\u2000-\u22ff\u25a0-\u25ff\ufb00-\ufb4f]*")
"""Latin, Greek, Cyrillic, Hebrew and common signs: what the PDF's own font can write."""


def seal(report: Report) -> SealedReport:
    """The report with the digest of the layout it is written in, sealed."""
    return SealedReport(layout=layout_digest(), report=report).sealed()


@cache
def layout_digest() -> str:
    """SHA-256 over the templates and the version of the PDF's typesetter, hexadecimal."""
    from importlib.metadata import version

    digest = hashlib.sha256(f"typst {version('typst')}\n".encode())
    for name in LAYOUT:
        digest.update(f"{name}\n".encode() + (_FOLDER / name).read_bytes())
    return digest.hexdigest()


def data_text(sealed: SealedReport) -> str:
    """data.json, to read and to check."""
    body = sealed.model_dump(mode="json")
    return json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"


def render(sealed: SealedReport) -> dict[str, bytes]:
    """File name -> content of data.json and every document."""
    laid_out = pages(sealed)
    return {
        DATA: data_text(sealed).encode(),
        HTML: html_text(laid_out).encode(),
        MARKDOWN: markdown_text(laid_out).encode(),
        PDF: pdf(laid_out),
    }


def html_text(laid_out: Pages) -> str:
    """One file that needs nothing else and runs nothing."""
    return templates().get_template("report.html").render(report=laid_out)


def markdown_text(laid_out: Pages) -> str:
    """The report as Markdown, its charts left out."""
    environment = templates().overlay(autoescape=False)
    environment.filters = {**environment.filters, "md": markdown.escape_line}
    text = environment.get_template("report.md.jinja").render(report=laid_out)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def pdf(laid_out: Pages) -> bytes:
    """The report to print and to send, tagged for screen readers (PDF/UA-1); the same report is the same file.

    The machine's fonts are looked at only for scripts that the built-in one cannot write.
    """
    import typst

    data = json.dumps(asdict(laid_out) | {"missing": MISSING}, ensure_ascii=False)

    def compiled(standard: Literal["ua-1", "1.7"]) -> bytes:
        made: bytes = typst.compile(
            (_FOLDER / "report.typ").read_bytes(),
            sys_inputs={"report": data},
            ignore_system_fonts=_BUILT_IN.fullmatch(data) is not None,
            pdf_standards=standard,
        )
        return made

    try:
        return compiled("ua-1")
    except typst.TypstError:
        # PDF/UA forbids a letter that no font of this machine can write; the rest is still worth printing.
        return compiled("1.7")


def differences(sealed: SealedReport, there: Mapping[str, bytes]) -> dict[str, bool]:
    """Whether each document that is there is what the data gives."""
    made = render(sealed)
    return {name: there[name] == made[name] for name in DOCUMENTS if name in there}
