"""The value report: what the programme has shown so far, on six pages, and written as documents with a key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Static, Tab, Tabs

from companion.domain.report_pages import Pages, pages
from companion.domain.reports import SealedReport
from companion.errors import Cancelled
from companion.services import report
from companion.services.summarise import summarise_wave
from companion.tui.commands import KeyCommands
from companion.tui.report_texts import OVERVIEW, TITLES, page_lines
from companion.tui.screens.delivered import open_with_default
from companion.tui.slow import Slow, SlowDone, SlowFailed, SlowProgress
from companion.tui.text import shown
from companion.tui.widgets.frame import trouble_text
from companion.tui.widgets.keys import Keys
from companion.tui.widgets.lines import Lines
from companion.tui.widgets.progress import JobLine

if TYPE_CHECKING:
    from companion.services.companion import Companion

PAGE_FILE = "report.html"
STOPPED = "Stopped: what people wrote is not in this report. F5 goes on."
NOT_YET = "The report is not made yet."
STILL_READING = "What people wrote is still being read. Esc makes do without it."


class ReportPage(Lines):
    """One page of the report."""

    report: reactive[Pages | None] = reactive(None, layout=True)
    page: reactive[str] = reactive(OVERVIEW, layout=True)

    def lines(self, width: int) -> Sequence[Content]:
        """The page at that width."""
        return page_lines(self.report, self.page, width) if self.report else [Content("")]


class ReportScreen(Screen[None]):
    """Pages on top, one of them below."""

    CSS_PATH = "report.tcss"
    COMMANDS = Screen.COMMANDS | {KeyCommands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "turn(-1)", "Before", key_display="←", id="report.before", tooltip="The page before"),
        Binding("right,l", "turn(1)", "After", key_display="→", id="report.after", tooltip="The page after"),
        Binding("e", "export", "Export", id="report.export", tooltip="Write HTML, PDF, Markdown and data.json"),
        Binding("o", "open", "Open", id="report.open", tooltip="Write it and open the page in your browser"),
        Binding("f5", "reload", "Make again", id="report.reload", tooltip="Make the report again", show=False),
        Binding("escape,q", "leave", "Back", id="report.back", tooltip="Stop, or back to where you came from"),
    ]
    AUTO_FOCUS = "#report-body"

    def __init__(self, companion: Companion) -> None:
        super().__init__()
        self.companion = companion
        self._sealed: SealedReport | None = None
        self._making: Slow[SealedReport] | None = None
        self._reading: Slow[SealedReport] | None = None
        self._writing: Slow[Path] | None = None
        self._opens = False

    def compose(self) -> ComposeResult:
        """The pages' names, the state, and the page."""
        tabs = Tabs(*(Tab(title, id=name) for name, title in TITLES.items()), id="report-tabs")
        tabs.can_focus = False
        yield tabs
        yield Static("", id="report-state")
        with VerticalScroll(id="report-body"):
            yield ReportPage()
        yield JobLine()
        yield Keys()

    def on_mount(self) -> None:
        """Make the report."""
        self.action_reload()

    def on_unmount(self) -> None:
        """Read no further for nobody; what was read is kept."""
        if self._reading is not None:
            self._reading.cancel()

    def action_reload(self) -> None:
        """Make it, off the screen's thread: the figures first, then with what people wrote."""
        if self._making is None and self._reading is None:
            self._state(Content("Looking at sessions, promises and surveys …"))
            self._making = Slow("report", self, lambda _: report.make(self.companion)).start()

    def _read(self) -> None:
        companion = self.companion

        def work(job: Slow[SealedReport]) -> SealedReport:
            return report.make(
                companion,
                summarise=lambda where, wave_id: summarise_wave(
                    where, wave_id, progress=job.progress, cancelled=job.cancelled
                ),
            )

        self._reading = Slow("comments", self, work)
        self.query_one(JobLine).begin(self._reading, "Reading what people wrote …")

    def on_slow_progress(self, message: SlowProgress) -> None:
        """Show how far the reading is."""
        if message.job is self._reading:
            self.query_one(JobLine).show(message.done, message.total, message.what)

    def on_slow_done(self, message: SlowDone) -> None:
        """Show what was made, or say where it was written."""
        if message.job is self._making:
            self._making = None
            self._show(message.value)
            self._read()
        elif message.job is self._reading:
            self._read_no_more()
            self._show(message.value)
        elif message.job is self._writing:
            self._written(message.value)

    def on_slow_failed(self, message: SlowFailed) -> None:
        """What keeps a report from being made stays on the screen; what keeps it from being written is shown once."""
        if message.job is self._making:
            self._making = None
        elif message.job is self._reading:
            self._read_no_more()
        else:
            return
        message.stop()
        self._state(shown(STOPPED) if isinstance(message.error, Cancelled) else trouble_text(message.error))

    def _read_no_more(self) -> None:
        self._reading = None
        self.query_one(JobLine).finish()

    def _show(self, sealed: SealedReport) -> None:
        self._sealed = sealed
        self._state(Content(""))
        self.query_one(ReportPage).report = pages(sealed)

    def _written(self, folder: Path) -> None:
        page = folder / PAGE_FILE
        if self._opens and open_with_default(page):
            return
        self.notify(str(folder), title="Written: HTML, PDF, Markdown and data.json", markup=False)

    @on(Tabs.TabActivated)
    def _turned(self, event: Tabs.TabActivated) -> None:
        self.query_one(ReportPage).page = event.tab.id or OVERVIEW
        self.query_one("#report-body").scroll_home(animate=False)

    def action_turn(self, by: int) -> None:
        """Go to the page before or after."""
        tabs, names = self.query_one(Tabs), list(TITLES)
        tabs.active = names[(names.index(tabs.active) + by) % len(names)]

    def action_leave(self) -> None:
        """Stop the reading; without any, go back."""
        if not self.query_one(JobLine).stop():
            self.dismiss()

    def action_export(self) -> None:
        """Write the documents into the outbox."""
        self._export(opens=False)

    def action_open(self) -> None:
        """Write the documents, and open the page."""
        self._export(opens=True)

    def _export(self, *, opens: bool) -> None:
        sealed, companion = self._sealed, self.companion
        if sealed is None or self._reading is not None:
            self.notify(NOT_YET if sealed is None else STILL_READING, markup=False)
            return

        def write(_: Slow[Path]) -> Path:
            folder = report.folder_for(companion, sealed)
            report.write(sealed, folder)
            return folder

        self._opens = opens
        self._writing = Slow("write-report", self, write).start()

    def _state(self, text: Content) -> None:
        line = self.query_one("#report-state", Static)
        line.update(text)
        line.display = bool(text.plain)
