"""What was written for the executive and the mentor, where it lies, and the ready-made mail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from companion.services.deliver_agenda import Delivered
from companion.tui.text import shown

MAIL = "brief.eml"
WHAT = {
    "brief.eml": "the mail to send, with the invitation in it",
    "brief.html": "the brief as a page",
    "brief.md": "the brief as text",
    "invite.ics": "the calendar entry",
    "run-sheet.html": "your run-sheet as a page",
    "run-sheet.md": "your run-sheet as text",
}


class DeliveredScreen(ModalScreen[None]):
    """Shows the folder and offers to open the mail."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", id="delivered.close"),
        Binding("o", "open_mail", "Open the mail", id="delivered.mail", tooltip="In your mail program"),
        Binding("f", "open_folder", "Open the folder", id="delivered.folder", tooltip="In your file manager"),
        Binding("c", "copy", "Copy the path", id="delivered.copy", tooltip="Copy the folder's path"),
    ]
    DEFAULT_CSS = """
    DeliveredScreen { align: center middle; }
    DeliveredScreen > Vertical { width: 84; max-width: 98%; height: auto; max-height: 95%; padding: 0 2; }
    DeliveredScreen > Vertical { background: $surface; border: round $primary; }
    DeliveredScreen VerticalScroll { height: auto; max-height: 16; margin-top: 1; }
    DeliveredScreen Horizontal { height: 1; margin-top: 1; }
    DeliveredScreen Button { margin-right: 2; }
    """

    def __init__(self, delivered: Delivered) -> None:
        super().__init__()
        self.delivered = delivered

    def compose(self) -> ComposeResult:
        """Folder, files, notes, and what to do next."""
        lines = [shown(str(self.delivered.folder)), Content("")]
        for path in sorted(self.delivered.paths, key=_rank):
            what = WHAT.get(path.name, "")
            lines.append(Content.from_markup("$name  [dim]$what[/]", name=path.name.ljust(15), what=what))
        for note in self.delivered.notes:
            lines += [Content(""), Content.from_markup("[$warning]![/] $note", note=note)]
        with Vertical():
            yield Static("Written. You send it from your own mailbox.", classes="title")
            with VerticalScroll(can_focus=False):
                yield Static(Content("\n").join(lines))
            with Horizontal():
                yield Button("Open the mail (o)", variant="primary", id="open-mail", compact=True)
                yield Button("Open the folder (f)", id="open-folder", compact=True)
                yield Button("Close (Esc)", id="close", compact=True)

    @on(Button.Pressed, "#open-mail")
    def action_open_mail(self) -> None:
        """Open the ready-made mail."""
        self._open(next((path for path in self.delivered.paths if path.name == MAIL), self.delivered.folder))

    @on(Button.Pressed, "#open-folder")
    def action_open_folder(self) -> None:
        """Open the folder."""
        self._open(self.delivered.folder)

    @on(Button.Pressed, "#close")
    def _close_pressed(self) -> None:
        self.dismiss()

    def action_copy(self) -> None:
        """Copy the folder's path."""
        self.app.copy_to_clipboard(str(self.delivered.folder))
        self.notify("The path is copied.", markup=False)

    def _open(self, path: Path) -> None:
        if not open_with_default(path):
            self.notify(f"Open it yourself: {path}", title="No program answered.", severity="warning", markup=False)


def open_with_default(path: Path) -> bool:
    """Hand a file or folder to the program it belongs to; returns whether one was started."""
    opener = {"darwin": "open", "win32": ""}.get(sys.platform, "xdg-open")
    try:
        if not opener:
            os.startfile(path)  # type: ignore[attr-defined,unused-ignore]  # Windows only
        else:
            quiet = subprocess.DEVNULL
            subprocess.Popen([opener, str(path)], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    except OSError:
        return False
    return True


def _rank(path: Path) -> tuple[int, str]:
    order = list(WHAT)
    return (order.index(path.name) if path.name in order else len(order), path.name)
