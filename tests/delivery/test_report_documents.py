"""Every digit of every document is in data.json, and the documents follow the data; nothing in them runs."""

import io
import json
import shutil
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pypdf
import pytest
from markdown_it import MarkdownIt
from report_factories import HOSTILE, digits, known_digits, numbers, reopened, summarising

from companion.delivery import report as documents
from companion.domain.programme import Programme
from companion.domain.report_pages import pages
from companion.domain.report_value import Group, Outcomes
from companion.domain.reports import SealedReport
from companion.lazy import Lazy
from companion.services import report

READ_ALOUD = ("aria-label", "title", "alt")


class _Visible(HTMLParser):
    """What a reader meets in a page: its text, and what is read aloud instead of pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self._silent = tag == "style"
        self.parts += [value or "" for name, value in attrs if name in READ_ALOUD]

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def visible(html: str) -> _Visible:
    parser = _Visible()
    parser.feed(html)
    return parser


def pdf_text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


@pytest.fixture(scope="module")
def full(lived_programme: tuple[Path, datetime], tmp_path_factory: pytest.TempPathFactory) -> SealedReport:
    """Everything a report can hold, hostile words among it."""
    home = tmp_path_factory.mktemp("full")
    shutil.copytree(lived_programme[0], home, dirs_exist_ok=True)
    companion = reopened(home, lived_programme[1])
    companion.programmes = Lazy(lambda: Programme(name=f"Reverse {HOSTILE}"))
    told = Outcomes(Group(24, 22, 3), Group(140, 118, 9))
    made = report.make(companion, rate=85.5, outcomes=told, summarise=summarising(HOSTILE))
    companion.close()
    return made


def test_every_digit_of_every_document_is_in_the_data(full: SealedReport) -> None:
    known = known_digits(json.loads(documents.data_text(full)))
    made = documents.render(full)
    html = " ".join(visible(made["report.html"].decode()).parts)
    markdown = made["report.md"].decode().replace("\\", "")
    pdf = pdf_text(made["report.pdf"])
    # The seal may be broken over lines.
    assert full.seal in pdf.replace("\n", "")
    pdf = pdf[: pdf.index(full.seal[:12])]
    for name, text in (("html", html), ("markdown", markdown), ("pdf", pdf)):
        assert len(digits(text)) > 150, name
        assert [one for one in digits(text) if one not in known] == [], name


def test_the_check_would_find_a_digit_that_is_not_in_the_data(full: SealedReport) -> None:
    known = known_digits(json.loads(documents.data_text(full)))
    assert [one for one in digits("97.3 % are happy, 4711 more than before") if one not in known] == ["97.3", "4711"]


def test_the_documents_follow_every_number_of_the_data(full: SealedReport) -> None:
    body = json.loads(documents.data_text(full))
    before = visible(documents.html_text(pages(full))).parts
    # The ends of a line are not printed where nothing is drawn; the others are covered by the digits above.
    places = [path for path, _ in numbers(body["report"]) if path[-1] not in ("least", "most") or path[-2] == "values"]
    assert len(places) > 150
    for path in places:
        number = dict(numbers(body["report"]))[path]
        for value in (41.0, 0.37):
            changed = SealedReport.model_validate(_with(body, ("report", *path, "value"), value))
            after = visible(documents.html_text(pages(changed))).parts
            written = number.model_copy(update={"value": value}).written
            assert written in " ".join(after), path
            assert after != before or written == number.written, path
            if written != number.written:
                break
    assert not changed.is_whole


def test_markdown_and_pdf_follow_the_data_too(full: SealedReport) -> None:
    body = json.loads(documents.data_text(full))
    place = next(n for n, figure in enumerate(body["report"]["figures"]) if figure["id"] == "E2")
    way = ("report", "figures", place, "lines", 0, "result", "part", "value")
    changed = pages(SealedReport.model_validate(_with(body, way, 4711)))
    for text in (documents.markdown_text(changed), pdf_text(documents.pdf(changed))):
        assert text.count("4,711 of 120") == 3  # the headline, its sentence and the figure


def _with(body: Any, path: tuple[Any, ...], value: float) -> Any:
    """The same data with one value changed."""
    if not path:
        return value
    if isinstance(body, list):
        return [_with(inner, path[1:], value) if place == path[0] else inner for place, inner in enumerate(body)]
    return body | {path[0]: _with(body[path[0]], path[1:], value)}


def test_the_data_follows_its_schema_and_is_sorted(full: SealedReport) -> None:
    text = documents.data_text(full)
    assert SealedReport.model_validate(json.loads(text)) == full
    assert json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False, indent=1) + "\n" == text


def test_the_same_data_is_the_same_bytes(full: SealedReport) -> None:
    again = SealedReport.model_validate(json.loads(documents.data_text(full)))
    assert documents.render(full) == documents.render(again)


def test_hostile_words_are_shown_and_nothing_runs(full: SealedReport) -> None:
    page = visible(documents.html_text(pages(full)))
    said = " ".join(page.parts)
    assert "script" not in page.tags
    assert not any(name.startswith("on") or name in ("href", "src") for name in page.attributes)
    assert "[/]x <script>alert(1)</script> [b]שלום 😀 #let x = $y$ | `z` & abc" in said
    assert "\u202e" not in said
    rendered = MarkdownIt("commonmark").enable("table").render(documents.markdown_text(pages(full)))
    assert "<script>" not in rendered
    assert "<code>z</code>" not in rendered
    assert "#let x = $y$" in pdf_text(documents.pdf(pages(full)))


def test_a_page_needs_nothing_else_and_prints(full: SealedReport) -> None:
    html = documents.html_text(pages(full))
    assert "default-src 'none'" in html
    assert "@media print" in html
    assert "prefers-color-scheme: dark" in html
    assert html.count("<svg") == html.count("<desc>") > 20


def test_themes_stand_with_rare_views_and_with_what_is_withheld(full: SealedReport) -> None:
    for text in (
        " ".join(visible(documents.html_text(pages(full))).parts),
        documents.markdown_text(pages(full)).replace("\\", ""),
        pdf_text(documents.pdf(pages(full))),
    ):
        flat = " ".join(text.split())
        assert "Time and cancellations" in flat
        assert flat.index("Contrary and rare views") < flat.index("Support around the pair")
        assert "The summary accounts for 43 of 44 comments." in flat
        assert "Nothing is shown: fewer than 10 people answered." in flat
        assert "3 satisfied, 11 critical" in flat
        assert "▒" not in flat.split("Support around the pair")[1][:80], "no row of boxes where no side may be told"


def test_ten_thousand_characters_and_thousands_of_rows_are_laid_out(full: SealedReport) -> None:
    table = full.report.themes[0]
    long = table.themes[0].model_copy(update={"quotes": ("x" * 10_000,), "name": "wo rd " * 2_000})
    many = table.model_copy(update={"themes": (long,) * 60})
    made = documents.render(documents.seal(full.report.model_copy(update={"themes": (many,)})))
    assert made["report.html"].count(b"x" * 10_000) == 60
    assert made["report.pdf"].startswith(b"%PDF")


@pytest.mark.parametrize("name", ["Northlight", "日本 😀 \U000f0000"])
def test_the_pdf_is_tagged_for_screen_readers_wherever_fonts_allow(full: SealedReport, name: str) -> None:
    plain = full.report.model_copy(update={"programme": name, "themes": ()})
    pdf = documents.pdf(pages(documents.seal(plain)))
    # Identification of PDF/UA-1 in the metadata; a letter that no font here knows rules it out, and the PDF is there.
    assert (b"pdfuaid" in pypdf.PdfReader(io.BytesIO(pdf)).xmp_metadata.stream.get_data()) is (name == "Northlight")


def test_no_template_holds_a_digit_of_its_own() -> None:
    folder = Path(documents.__file__).parent / "templates"
    html = visible((folder / "report.html").read_text(encoding="utf-8"))
    words = " ".join(part for part in html.parts if "{" not in part)
    assert digits(words) == []


def test_what_the_first_page_says_is_what_the_figures_say(full: SealedReport) -> None:
    laid_out = pages(full)
    held = next(one for section in laid_out.sections for one in section.figures if one.id == "E2")
    assert laid_out.tops[0].answer == held.rows[0].answer
    assert held.rows[0].answer in laid_out.tops[0].sentence


def test_a_table_of_the_markdown_has_one_width(full: SealedReport) -> None:
    rows = [line for line in documents.markdown_text(pages(full)).splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {6}
