"""Ask which file to import, and for what a LinkedIn export does not say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, DirectoryTree, Input, RadioButton, RadioSet, Static

from companion.domain.people import Role


@dataclass(frozen=True)
class ImportFile:
    """What was chosen."""

    path: Path
    role: Role | None
    person_id: str


class ImportFileScreen(ModalScreen[ImportFile | None]):
    """Returns the choice, or None when the person changed their mind."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Never mind", id="import.cancel")]
    DEFAULT_CSS = """
    ImportFileScreen { align: center middle; }
    ImportFileScreen > Vertical { width: 76; max-width: 98%; height: 22; max-height: 98%; padding: 0 2; }
    ImportFileScreen > Vertical { background: $surface; border: round $primary; }
    ImportFileScreen DirectoryTree { height: 1fr; background: $surface; }
    ImportFileScreen RadioSet { layout: horizontal; border: none; height: auto; width: auto; }
    ImportFileScreen #import-error { color: $error; height: auto; }
    ImportFileScreen Horizontal { height: auto; }
    ImportFileScreen #import-id { width: 24; }
    """

    def compose(self) -> ComposeResult:
        """A path to type or pick, and the role for files that do not say it."""
        with Vertical():
            yield Static("Which file? A CSV, or the ZIP of a LinkedIn data export", classes="title")
            yield Input(placeholder="~/people.csv", id="import-path", compact=True)
            yield DirectoryTree(Path.home())
            with Horizontal():
                with RadioSet(id="import-role"):
                    yield RadioButton("as the file says", value=True)
                    yield RadioButton("mentor")
                    yield RadioButton("executive")
                yield Input(placeholder="id (LinkedIn only)", id="import-id", compact=True)
            yield Static("", id="import-error")
            yield Button("Preview", variant="primary", id="import-go", compact=True)

    @on(DirectoryTree.FileSelected)
    def _picked(self, event: DirectoryTree.FileSelected) -> None:
        self.query_one("#import-path", Input).value = str(event.path)
        self.query_one("#import-go", Button).focus()

    @on(Button.Pressed, "#import-go")
    @on(Input.Submitted)
    def _go(self) -> None:
        text = self.query_one("#import-path", Input).value.strip()
        path = Path(text).expanduser()
        if not text or not path.is_file():
            self.query_one("#import-error", Static).update(Content(f"There is no file '{text}'."))
            return
        role = (None, Role.MENTOR, Role.MENTEE)[max(0, self.query_one(RadioSet).pressed_index)]
        self.dismiss(ImportFile(path, role, self.query_one("#import-id", Input).value.strip()))
