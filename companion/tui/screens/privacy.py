"""Privacy: what was handed to which model, byte for byte; what may be sent to one elsewhere, and what would be."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Input, Static

from companion.domain.access import ModelCall
from companion.errors import CompanionError
from companion.services import pairings, privacy
from companion.services.privacy import CallPage, WouldSend
from companion.tui.privacy_texts import NOTHING, VIEWS, View, call_row, call_text, head_text, would_send_text
from companion.tui.slow import Slow
from companion.tui.widgets.frame import AreaScreen
from companion.tui.widgets.list_table import Column, ListTable
from companion.tui.widgets.progress import JobLine


class PrivacyScreen(AreaScreen):
    """The totals on top, the calls on the left, one call on the right."""

    AREA = "privacy"
    FIRST = ("privacy.view", "privacy.allow", "privacy.preview", "privacy.find")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "view", "View", id="privacy.view", tooltip="What was sent, what came back, or technical details"),
        Binding("a", "allow", "Allowed", id="privacy.allow", tooltip="What a model elsewhere may be told"),
        Binding("w", "preview", "Would send", id="privacy.preview", tooltip="See what would be sent, before it is"),
        Binding("slash", "find", "Find", id="privacy.find", tooltip="Find calls by what was sent or came back"),
        Binding("right_square_bracket", "turn(1)", "Older", id="privacy.older", tooltip="Older calls", key_display="]"),
        Binding("left_square_bracket", "turn(-1)", "Newer", id="privacy.newer", tooltip="Newer calls", key_display="["),
        Binding("c", "copy", "Copy", id="privacy.copy", tooltip="Copy exactly what was sent"),
        Binding("s", "save", "Save", id="privacy.save", tooltip="Write exactly what was sent to a file"),
        Binding("e", "export", "Export", id="privacy.export", tooltip="Write all calls that were found to a file"),
        Binding("escape", "stop", "Stop", show=False, id="privacy.stop"),
    ]
    DEFAULT_CSS = """
    PrivacyScreen #privacy-find { display: none; }
    PrivacyScreen #privacy-find.-on { display: block; }
    """
    AUTO_FOCUS = "#calls"

    def __init__(self) -> None:
        super().__init__()
        self._page: CallPage | None = None
        self._start = 0
        self._wanted = ""
        self._view: View = "sent"
        self._shown: ModelCall | None = None

    def body(self) -> Iterable[Widget]:
        """The totals, the calls, and one call's bytes."""
        columns = (Column("When", 15), Column("What for", 11, 1), Column("Where", 11))
        yield Static("", id="privacy-head", classes="head")
        yield Horizontal(
            Vertical(
                Input(placeholder="words that were sent or came back; Enter finds", id="privacy-find", compact=True),
                ListTable(*columns, id="calls"),
                classes="list",
            ),
            VerticalScroll(Static("", id="payload-text"), classes="details"),
            classes="sides",
        )
        yield JobLine()

    def load(self) -> CallPage:
        """Read the calls that are looked at."""
        found = privacy.page(self.companion, self._wanted, self._start)
        if not found.calls and self._start:
            # There are fewer than there were.
            self._start = 0
            found = privacy.page(self.companion, self._wanted)
        return found

    def show(self, loaded: CallPage) -> None:
        """Repaint."""
        self._page = loaded
        self.query_one(ListTable).fill([call_row(head) for head in loaded.calls])
        statement, shared = privacy.statement(self.companion), self.companion.data_is_shared
        head = head_text(loaded, statement, shared=shared, wanted=self._wanted)
        self.query_one("#privacy-head", Static).update(head)
        self._show_chosen()
        self.refresh_bindings()

    @on(DataTable.RowHighlighted)
    def _show_chosen(self) -> None:
        call = self._chosen()
        nothing = Content("No call holds these words." if self._wanted else NOTHING)
        self.query_one("#payload-text", Static).update(call_text(call, self._view) if call else nothing)

    def _chosen(self) -> ModelCall | None:
        """The call under the cursor, read when the cursor comes to it."""
        key = self.query_one(ListTable).chosen
        if key is None or self._page is None:
            return None
        head = next((one for one in self._page.calls if one.id == key), None)
        if self._shown is None or self._shown.id != key or (head is not None and head.outcome != self._shown.outcome):
            self._shown = None
            self.companion_app.attempt(lambda: self._read(key))
        return self._shown

    def _read(self, call_id: str) -> None:
        self._shown = privacy.call(self.companion, call_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is an older or a newer page only where there are so many calls."""
        if action == "turn" and isinstance(parameters[0], int):
            return self._page is not None and self._on_page(parameters[0]) is not None
        return True

    def _on_page(self, by: int) -> int | None:
        """Where the next page begins; None when there is none."""
        start = self._start + by * privacy.PAGE
        return start if self._page is not None and 0 <= start < self._page.found else None

    def action_turn(self, by: int) -> None:
        """Go to older or newer calls."""
        if (start := self._on_page(by)) is not None:
            self._start = start
            self.reload()

    def action_find(self) -> None:
        """Show the line to type into."""
        find = self.query_one("#privacy-find", Input)
        find.add_class("-on")
        find.focus()

    @on(Input.Submitted, "#privacy-find")
    def _find(self, event: Input.Submitted) -> None:
        self._wanted, self._start = event.value.strip(), 0
        self.query_one(ListTable).focus()
        self.reload()

    def action_stop(self) -> None:
        """Show all calls again."""
        find = self.query_one("#privacy-find", Input)
        if not self.query_one(JobLine).stop() and find.has_class("-on"):
            find.remove_class("-on")
            find.value = self._wanted = ""
            self._start = 0
            self.query_one(ListTable).focus()
            self.reload()

    def action_view(self) -> None:
        """Go on from what was sent to what came back to the technical details."""
        views = list(VIEWS)
        self._view = views[(views.index(self._view) + 1) % len(views)]
        self._show_chosen()

    def action_copy(self) -> None:
        """Copy what was sent."""
        if call := self._chosen():
            self.app.copy_to_clipboard(call.payload.decode("utf-8", "backslashreplace"))
            self.notify("What was sent is copied.", markup=False)

    def action_save(self) -> None:
        """Write what was sent to a file in the working folder."""
        if (call := self._chosen()) is None:
            return
        path = Path.cwd() / f"companion-{call.at:%Y%m%d-%H%M%S}-{call.id[-6:]}.txt"
        try:
            privacy.save_payload(call, path)
        except OSError as error:
            self._unwritable(path, error)
        else:
            self.notify(f"Written, readable by you alone: {path}", markup=False)

    def action_export(self) -> None:
        """Write every call that was found to a file in the working folder."""
        companion, wanted = self.companion, self._wanted
        path = Path.cwd() / f"companion-calls-{companion.clock.now():%Y%m%d-%H%M%S}.jsonl"

        def work(_: Slow[str]) -> str:
            try:
                count = privacy.export(companion, path, wanted)
            except OSError as error:
                raise CompanionError(f"{path} cannot be written: {error.strerror}.") from None
            return f"{count:,} call{'' if count == 1 else 's'} written, readable by you alone: {path}"

        self.work("export", "Writing the calls …", work, can_stop=False)

    def _unwritable(self, path: Path, error: OSError) -> None:
        self.notify(f"{path} cannot be written: {error.strerror}.", severity="error", markup=False)

    def action_allow(self) -> None:
        """Decide what a model elsewhere may be told."""
        from companion.tui.screens.privacy_rules import PrivacyRulesScreen

        def closed(_: object) -> None:
            self.reload()

        self.companion_app.attempt(lambda: self.app.push_screen(PrivacyRulesScreen(self.companion), closed))

    def action_preview(self) -> None:
        """Choose a pairing, then show what would be sent for its next agenda."""
        from companion.tui.screens.pick import Pick, PickScreen

        views = list(pairings.view_all(self.companion))
        if not views:
            self.notify("There is no pairing yet, so nothing would be sent.", markup=False)
        elif len(views) == 1:
            self._preview(views[0].pairing.id)
        else:
            picks = [Pick(view.pairing.id, view.title) for view in views]
            question = "Whose next agenda? Nothing is sent; you see what would be."
            self.app.push_screen(PickScreen(question, picks), self._preview)

    def _preview(self, pairing_id: str | None) -> None:
        if pairing_id is not None:
            companion = self.companion
            self.work("preview", "Looking …", lambda _: privacy.preview(companion, pairing_id), can_stop=False)

    def worked(self, name: str, value: Any) -> None:
        """Show what would be sent, or where the file is."""
        if name == "export":
            self.notify(str(value), markup=False)
            return
        from companion.tui.screens.reading import ReadingScreen

        lines: tuple[WouldSend, ...] = value
        self.app.push_screen(ReadingScreen("What a model elsewhere would be sent", would_send_text(lines)))
