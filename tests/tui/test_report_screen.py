"""The report on screen: six pages by keys and by mouse, no digit that is not in the data, hostile names shown."""

import json
import shutil
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from report_factories import HOSTILE, digits, known_digits, reopened
from summary_factories import FakeCoder
from survey_factories import a_programme

from companion.domain.programme import Programme
from companion.domain.report_pages import Chart, pages
from companion.domain.reports import SealedReport
from companion.errors import StoreError
from companion.lazy import Lazy
from companion.services import report, summarise
from companion.services.companion import Companion
from companion.tui.app import CompanionApp
from companion.tui.report_texts import TITLES, interval_line, page_lines
from companion.tui.screens import report as report_screen
from companion.tui.screens.report import ReportPage, ReportScreen


@pytest.fixture
def with_its_own_coder(lived_programme: tuple[Path, datetime], tmp_path: Path, knowledge: Lazy[Any]) -> Companion:
    home = tmp_path / "home"
    shutil.copytree(lived_programme[0], home)
    companion = reopened(home, lived_programme[1])
    companion.knowledge = knowledge
    companion.programmes = Lazy(lambda: Programme(name=f"Northlight {HOSTILE}"))
    return companion


@pytest.fixture
def programme(with_its_own_coder: Companion) -> Companion:
    with_its_own_coder.coder = Lazy(FakeCoder)
    return with_its_own_coder


def page_text(app: CompanionApp) -> str:
    return "".join(str(page.render()) for page in app.screen.query(ReportPage))


async def at_report(app: CompanionApp, pilot: Any, until: Any) -> ReportPage:
    await until(pilot, lambda: app.screen.query("#surveys-head, #greeting"))
    await pilot.press("v")
    await until(pilot, lambda: isinstance(app.screen, ReportScreen) and app.screen.query(ReportPage))
    page = app.screen.query_one(ReportPage)
    await until(pilot, lambda: page.report is not None and page.report.themes)
    return page


@pytest.mark.parametrize(("size", "area"), [((80, 24), "surveys"), ((120, 40), "today")])
async def test_every_page_by_key_and_nothing_wider_than_the_screen(programme, until, size, area) -> None:
    app = CompanionApp(programme, start_in=area)
    async with app.run_test(size=size) as pilot:
        page = await at_report(app, pilot, until)
        for name in [*list(TITLES)[1:], "overview"]:
            await pilot.press("right")
            await until(pilot, lambda name=name: page.page == name)
            assert "Loading" not in str(page.render())
            assert max(line.cell_length for line in page.lines(page.content_size.width)) <= page.content_size.width
        await pilot.press("left")
        await until(pilot, lambda: page.page == "limits")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ReportScreen))


async def test_a_page_by_mouse(programme, until) -> None:
    app = CompanionApp(programme, start_in="surveys")
    async with app.run_test(size=(100, 30)) as pilot:
        page = await at_report(app, pilot, until)
        await pilot.click("#business")
        await until(pilot, lambda: page.page == "business")
        assert "Hours spent" in str(page.render())


async def test_the_hostile_name_is_shown_as_it_is_and_the_documents_are_written(programme, until) -> None:
    app = CompanionApp(programme, start_in="surveys")
    async with app.run_test(size=(120, 40)) as pilot:
        page = await at_report(app, pilot, until)
        assert "Northlight [/]x <script>alert(1)</script> [b]" in str(page.render())
        await pilot.press("e")
        outbox = programme.home.outbox
        await until(pilot, lambda: list(outbox.glob("report-*/report.pdf")))
        assert report.verify(next(outbox.glob("report-*"))).is_good


async def test_open_hands_the_page_to_the_browser(programme, until, monkeypatch) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(report_screen, "open_with_default", lambda path: opened.append(path) or True)
    app = CompanionApp(programme, start_in="surveys")
    async with app.run_test(size=(120, 40)) as pilot:
        await at_report(app, pilot, until)
        await pilot.press("o")
        await until(pilot, lambda: opened)
        assert opened[0].name == "report.html"
        assert opened[0].is_file()


async def test_an_empty_programme_says_what_is_missing(tmp_path, knowledge, until) -> None:
    companion = a_programme(tmp_path / "home", 0)
    companion.knowledge = knowledge
    app = CompanionApp(companion, start_in="surveys")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query("#surveys-head"))
        await pilot.press("v")
        await until(pilot, lambda: "Not enough data" in page_text(app))


async def test_what_keeps_it_from_being_made_stays_on_the_screen(programme, until, seen, monkeypatch) -> None:
    def broken(_: Companion, **__: Any) -> SealedReport:
        raise StoreError("The database [/]x cannot be read.", "Restore a copy.")

    monkeypatch.setattr(report, "make", broken)
    app = CompanionApp(programme, start_in="surveys")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query("#surveys-head"))
        await pilot.press("v")
        await until(pilot, lambda: "The database [/]x cannot be read." in seen(app.screen))
        monkeypatch.undo()
        await pilot.press("f5")
        await until(pilot, lambda: app.screen.query_one(ReportPage).report is not None)


async def test_reading_is_shown_stopped_and_taken_up_again(programme, until, seen, monkeypatch) -> None:
    monkeypatch.setattr(summarise, "BATCH", 3)
    waiting, coder = threading.Event(), FakeCoder()

    def slow(*given: Any, **options: Any) -> Any:
        waiting.wait(20)
        return FakeCoder.code(coder, *given, **options)

    monkeypatch.setattr(coder, "code", slow)
    programme.coder = Lazy(lambda: coder)
    app = CompanionApp(programme, start_in="surveys")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query("#surveys-head"))
        await pilot.press("v")
        await until(pilot, lambda: "Sessions held" in page_text(app) and "Reading what" in seen(app.screen))
        await pilot.press("e")
        await until(pilot, lambda: any("still being read" in note.message for note in app._notifications))
        await pilot.press("escape")
        waiting.set()
        await until(pilot, lambda: "F5 goes on" in seen(app.screen))
        assert app.screen.query_one(ReportPage).report.themes == ()
        await pilot.press("f5")
        await until(pilot, lambda: app.screen.query_one(ReportPage).report.themes)
        assert "F5 goes on" not in seen(app.screen)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, ReportScreen))


@pytest.mark.embedder
async def test_what_people_wrote_stands_on_its_page(with_its_own_coder, until) -> None:
    app = CompanionApp(with_its_own_coder, start_in="surveys")
    async with app.run_test(size=(120, 40)) as pilot:
        await at_report(app, pilot, until)
        await pilot.click("#themes")
        await until(pilot, lambda: "What could not be said?" in page_text(app))
        assert "people wrote something. The summary accounts for" in page_text(app)
        assert "Speaking openly" in page_text(app)


def test_every_digit_on_the_screen_is_in_the_data(programme) -> None:
    made = report.make(programme, summarise=summarise.summarise_wave)
    known = known_digits(json.loads(report.data_text(made)))
    laid_out = pages(made)
    # Wide enough that nothing is broken inside a number.
    said = "\n".join(line.plain for page in TITLES for line in page_lines(laid_out, page, 400))
    assert len(digits(said)) > 150
    assert [one for one in digits(said) if one not in known] == []


@pytest.mark.parametrize(
    ("chart", "drawn"),
    [
        (Chart(0.5, 0.25, 0.75, None, "0", "20"), "0 ──━━━●━━━── 20"),
        (Chart(1.0, 0.8, 1.0, None, "0", "20"), "0 ────────━━● 20"),
        (Chart(0.0, None, None, None, "0", "20"), "0 ●────────── 20"),
        (Chart(0.75, 0.45, 1.0, 0.5, "−2", "+2"), "−2 ────┿━━●━━ +2"),
        (Chart(0.9, 0.8, 1.0, 0.5, "−2", "+2"), "−2 ────┼──━●━ +2"),
    ],
)
def test_a_dot_and_its_interval(chart: Chart, drawn: str) -> None:
    assert interval_line(chart, 16).plain == drawn
