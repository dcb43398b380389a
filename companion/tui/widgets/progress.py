"""One line that shows slow work on its way, with a way to stop it."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, ProgressBar, Static

from companion.tui.slow import Slow


class JobLine(Horizontal):
    """Hidden until `begin` is called; gone again when the work is done."""

    DEFAULT_CSS = """
    JobLine { height: 1; padding: 0 1; display: none; }
    JobLine.-working { display: block; }
    JobLine #job-what { width: 1fr; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    JobLine ProgressBar { width: 38; margin-right: 1; }
    JobLine Button { height: 1; min-width: 12; border: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.job: Slow[Any] | None = None

    def compose(self) -> ComposeResult:
        """What is done, how far it is, and a way out."""
        yield Static("", id="job-what")
        yield ProgressBar(total=None, show_eta=False)
        yield Button("Stop (Esc)", id="job-stop", compact=True)

    def begin(self, job: Slow[Any], what: str, *, can_stop: bool = True) -> bool:
        """Start a job and show it; one at a time, so False (and nothing) while another is at work."""
        if self.job is not None:
            return False
        self.follow(job, what)
        self.query_one(Button).display = can_stop
        job.start()
        return True

    def follow(self, job: Slow[Any], what: str) -> None:
        """Show a job that somebody else starts."""
        self.job = job
        self.query_one(Button).display = True
        self.add_class("-working")
        self.show(0, 0, what)

    def show(self, done: int, total: int, what: str) -> None:
        """Repaint; total 0 means that it is not known."""
        self.query_one("#job-what", Static).update(Content(what))
        self.query_one(ProgressBar).update(total=total or None, progress=done)

    def finish(self) -> None:
        """Hide again."""
        self.job = None
        self.remove_class("-working")

    def stop(self) -> bool:
        """Ask the work to stop; returns whether there was any that can be stopped."""
        if self.job is None or not self.query_one(Button).display:
            return False
        self.job.cancel()
        self.query_one("#job-what", Static).update("Stopping …")
        return True

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The mouse's way to stop."""
        event.stop()
        self.stop()
