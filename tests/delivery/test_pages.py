import re
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from shutil import which
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from jinja2 import UndefinedError

from companion.delivery import html
from companion.delivery.documents import documents_for, render
from companion.domain.agendas import BRIEF_MAX_WORDS
from companion.domain.documents import Occasion
from companion.domain.provenance import Origin, Worded

Build = Callable[..., Occasion]
VOID = {"meta", "br", "link", "img", "hr", "input"}


class Page(HTMLParser):
    """Tags, attributes and visible text; complains about tags that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.title = self.style = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "title" in self._open:
            self.title += data
        elif "style" in self._open:
            self.style += data
        else:
            self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def values(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.tags if attribute in attributes]


def check_self_contained(page: Page) -> None:
    """Nothing runs, nothing is fetched."""
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "svg", "video", "audio"}
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert page.values("src") == []
    assert all(link.startswith("mailto:") for link in page.values("href"))
    assert "url(" not in page.style
    assert "@import" not in page.style
    assert all(re.fullmatch(r"width: [\d.]+%", style) for style in page.values("style"))


def _pages(occasion: Occasion) -> tuple[Page, Page]:
    files = render(documents_for(occasion))
    return Page(files["brief.html"].decode()), Page(files["run-sheet.html"].decode())


def test_pages_stand_alone_and_are_structured(an_occasion: Build) -> None:
    for page in _pages(an_occasion()):
        check_self_contained(page)
        assert page.tags[0] == ("html", {"lang": "en"})
        headings = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
        assert headings[0] == 1
        assert headings.count(1) == 1
        assert all(later - earlier <= 1 for earlier, later in pairwise(headings))
        assert page.title
        for query in ("prefers-color-scheme: dark", "@media print", "max-width: 480px"):
            assert query in page.style


def test_brief_page_shows_every_text_once_and_no_other_word(an_occasion: Build) -> None:
    occasion = an_occasion()
    brief = documents_for(occasion).brief
    page, _ = _pages(occasion)
    assert page.title == brief.subject
    expected = [word for text in brief.texts()[1:] for word in text.split()]
    assert sorted(page.words) == sorted(expected)
    assert len(page.words) + len(page.title.split()) <= BRIEF_MAX_WORDS


def test_each_digit_is_a_finished_answer_to_the_mentor(an_occasion: Build) -> None:
    documents = documents_for(an_occasion(mentor={"email": "a.h+x@example.com"}, session={"executive_question": ""}))
    links = Page(html.brief(documents)).values("href")
    assert len(links) == 4
    for link, digit in zip(links, "1234", strict=True):
        assert re.fullmatch(r"[A-Za-z0-9:@.?=&%_~-]+", link)
        parts = urlsplit(link)
        assert unquote(parts.path) == "a.h+x@example.com"
        query = parse_qs(parts.query, strict_parsing=True)
        assert query["subject"][0].startswith(f"{digit} ")
        assert documents.brief.subject in query["subject"][0]
        assert query["body"][0].startswith(f"{digit} ")
        assert query["body"][0].endswith("\r\n")


def test_hostile_topic_adds_no_recipient_to_a_link(an_occasion: Build) -> None:
    base = an_occasion()
    goals = tuple(g.model_copy(update={"text": "x&bcc=a@b.c#?y"}) for g in base.goals)
    page, _ = _pages(base.model_copy(update={"goals": goals}))
    for link in page.values("href"):
        assert set(parse_qs(urlsplit(link).query)) == {"subject", "body"}
        assert urlsplit(link).fragment == ""


def test_without_an_address_the_digits_are_plain_text(an_occasion: Build) -> None:
    page, _ = _pages(an_occasion(mentor={"email": ""}))
    assert page.values("href") == []
    assert "1 keep" in page.text


def test_run_sheet_page_shows_everything_the_mentor_needs(an_occasion: Build) -> None:
    occasion = an_occasion()
    item = occasion.agenda.items[2]
    worded = item.model_copy(update={"why": Worded(text="Because it is theirs.", origin=Origin.EDITED)})
    occasion = occasion.model_copy(update={"agenda": occasion.agenda.with_item(worded)})
    _, page = _pages(occasion)
    sheet = documents_for(occasion).run_sheet
    for item_shown in sheet.items:
        for text in (item_shown.clock, item_shown.span, item_shown.question.text, item_shown.if_stuck):
            assert text in page.text
        assert all(step in page.text for step in item_shown.steps)
        assert all(source in page.text for source in item_shown.sources)
    for text in (*sheet.off_limits, *sheet.parked, sheet.support, sheet.teaching, sheet.success.text, sheet.stage):
        assert text in page.text
    assert "Because it is theirs. edited by hand" in page.text


def test_a_missing_field_is_an_error_and_not_a_blank() -> None:
    with pytest.raises(UndefinedError):
        html.templates().from_string("{{ nothing }}").render()


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_text_colour_has_contrast_aa(an_occasion: Build) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1 against each ground of its scheme that text stands on."""
    for page in _pages(an_occasion()):
        light, _, rest = page.style.partition("@media (prefers-color-scheme: dark)")
        dark = rest.partition("@media print")[0]
        colour = re.compile(r"(?<![-\w])color: (#[0-9a-f]{6})")
        assert len(set(colour.findall(light))) >= 3
        for styles, grounds in ((light, ("#ffffff",)), (dark, ("#1a2127",))):
            for found in set(colour.findall(styles)):
                for ground in grounds:
                    assert _contrast(found, ground) >= 4.5, (found, ground)
    assert _contrast("#874800", "#fbf3e6") >= 4.5
    assert _contrast("#e9b56c", "#2d2619") >= 4.5


CHROMIUM = which("chromium") or which("google-chrome")


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_a_real_browser_lays_the_pages_out_without_scrolling_sideways(an_occasion: Build, tmp_path: Path) -> None:
    long = an_occasion(mentee={"name": "Wolfeschlegelsteinhausenbergerdorff " * 3})
    goals = tuple(g.model_copy(update={"text": "x" * 400}) for g in long.goals)
    files = render(documents_for(long.model_copy(update={"goals": goals})))
    probe = (
        "<script>addEventListener('load', () => { const d = document.querySelector('iframe').contentDocument"
        ".documentElement; document.title = 'measured'; document.body.dataset.wide = d.scrollWidth; })</script>"
    )
    for name in ("brief.html", "run-sheet.html"):
        (tmp_path / name).write_bytes(files[name])
        frame = tmp_path / f"frame-{name}"
        frame.write_text(f'{probe}<body><iframe src="{name}" width="375" height="900" style="border:0">')
        command = [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--allow-file-access-from-files",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=5000",
            "--dump-dom",
            frame.as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
        measured = re.search(r'data-wide="(\d+)"', done.stdout.decode())
        assert measured, done.stderr.decode()[-2000:]
        assert int(measured[1]) <= 375
