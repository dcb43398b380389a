"""Ask which file to import, and for what a LinkedIn export does not say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, DirectoryTree, Input, RadioSet, Static
from textual.widgets.directory_tree import DirEntry
from textual.widgets.tree import TreeNode

from companion.domain.people import Role
from companion.domain.text import plain
from companion.tui.widgets.ticks import OneOf

READABLE = frozenset({".csv", ".tsv", ".txt", ".zip"})


@dataclass(frozen=True)
class ImportFile:
    """What was chosen."""

    path: Path
    role: Role | None
    person_id: str


class ImportTree(DirectoryTree):
    """Folders and the files that can be imported; hidden ones are left out."""

    ICON_NODE, ICON_NODE_EXPANDED, ICON_FILE = "▸ ", "▾ ", "  "

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """What a person would look for."""
        return [p for p in paths if not p.name.startswith(".") and (p.suffix.lower() in READABLE or _is_folder(p))]

    def render_label(self, node: TreeNode[DirEntry], base_style: Style, style: Style) -> Text:
        """File names are untrusted too."""
        label = super().render_label(node, base_style, style)
        label.plain = plain(label.plain, one_line=True) if not label.plain.isprintable() else label.plain
        return label


class ImportFileScreen(ModalScreen[ImportFile | None]):
    """Returns the choice, or None when the person changed their mind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Never mind", id="import.cancel"),
        Binding("ctrl+s", "go", "Preview", id="import.preview"),
    ]
    DEFAULT_CSS = """
    ImportFileScreen { align: center middle; }
    ImportFileScreen > Vertical { width: 78; height: 22; }
    ImportFileScreen DirectoryTree { height: 1fr; background: $surface; scrollbar-size-vertical: 1; margin: 1 0; }
    ImportFileScreen RadioSet { layout: horizontal; border: none; height: 1; width: auto; padding: 0; }
    ImportFileScreen RadioSet RadioButton { width: auto; margin-right: 2; padding: 0; }
    ImportFileScreen .ask { height: 1; }
    ImportFileScreen .ask Static { width: auto; margin-right: 2; }
    ImportFileScreen #import-id { width: 1fr; }
    """

    def compose(self) -> ComposeResult:
        """A path to type or pick, and the role for files that do not say it."""
        with Vertical(classes="dialog"):
            yield Static("Import people from a CSV, or the ZIP of a LinkedIn data export", classes="title")
            yield Input(placeholder="~/people.csv   type a path, or choose below", id="import-path", compact=True)
            yield ImportTree(Path.home())
            with Horizontal(classes="ask"):
                yield Static("They are", classes="muted")
                with RadioSet(id="import-role", compact=True):
                    yield OneOf("as the file says", value=True)
                    yield OneOf("mentors")
                    yield OneOf("executives")
            with Horizontal(classes="ask"):
                yield Static("LinkedIn export: id of the person", classes="muted")
                yield Input(placeholder="such as N-1001", id="import-id", compact=True)
            yield Static("", id="import-error", classes="error")
            with Horizontal(classes="buttons"):
                yield Button("Preview (Enter)", variant="primary", id="import-go", compact=True)
                yield Button("Never mind (Esc)", id="import-cancel", compact=True)

    @on(DirectoryTree.FileSelected)
    def _picked(self, event: DirectoryTree.FileSelected) -> None:
        self.query_one("#import-path", Input).value = str(event.path)
        self.query_one("#import-go", Button).focus()

    @on(Button.Pressed, "#import-cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#import-go")
    @on(Input.Submitted)
    def action_go(self) -> None:
        """Hand the choice back, or say that there is no such file."""
        text = self.query_one("#import-path", Input).value.strip()
        path = _path(text)
        if path is None:
            said = f"There is no file '{plain(text, one_line=True)}'." if text else "Type a path, or choose a file."
            self.query_one("#import-error", Static).update(Content(said))
            self.query_one("#import-path", Input).focus()
            return
        role = (None, Role.MENTOR, Role.MENTEE)[max(0, self.query_one(RadioSet).pressed_index)]
        self.dismiss(ImportFile(path, role, self.query_one("#import-id", Input).value.strip()))


def _path(text: str) -> Path | None:
    """The file meant, or None when there is none; quotes as a file manager copies them are taken off."""
    try:
        path = Path(text.strip("'\"")).expanduser()
        return path if text and path.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
