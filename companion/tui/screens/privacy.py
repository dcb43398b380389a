"""Privacy: what was handed to which model, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import DataTable, Static

from companion.domain.access import EgressSummary, ModelCall
from companion.services import privacy
from companion.tui.text import cell, shown
from companion.tui.widgets.frame import AreaScreen

SHOWN_CALLS = 200


class PrivacyScreen(AreaScreen):
    """The calls on the left, the exact bytes of one on the right."""

    AREA = "privacy"
    CSS_PATH = "privacy.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "r", "toggle_reply", "Payload / reply", id="privacy.reply", tooltip="Show what was sent, or what came back"
        ),
    ]

    calls: reactive[tuple[EgressSummary, list[ModelCall]] | None] = reactive(None)
    chosen: reactive[str | None] = reactive(None)
    show_reply: reactive[bool] = reactive(False)

    def body(self) -> Iterable[Widget]:
        """The totals, the calls, and one call's bytes."""
        yield Static("", id="privacy-head", classes="title")
        with Horizontal(id="privacy-body"):
            yield DataTable(cursor_type="row", zebra_stripes=True, id="calls")
            with VerticalScroll(id="payload"):
                yield Static("", id="payload-text")

    def on_mount(self) -> None:
        """Name the columns."""
        table = self.query_one("#calls", DataTable)
        for label, width in (("When", 14), ("Task", 12), ("Bytes", 6), ("Where", 14)):
            table.add_column(label, width=width)
        table.focus()

    def reload(self) -> None:
        """Read the newest calls."""
        self.calls = privacy.calls(self.companion_app.companion, SHOWN_CALLS)

    def watch_calls(self, calls: tuple[EgressSummary, list[ModelCall]] | None) -> None:
        """Repaint."""
        if calls is None:
            return
        summary, entries = calls
        table = self.query_one("#calls", DataTable)
        keep = self.chosen
        table.clear()
        for call in entries:
            table.add_row(
                cell(f"{call.at.astimezone():%d %b %H:%M:%S}"),
                cell(call.task),
                cell(f"{len(call.payload):,}"),
                cell("LEFT" if call.remote else "stayed here"),
                key=call.id,
            )
        if keep is not None and keep in table.rows:
            table.move_cursor(row=table.get_row_index(keep))
        self.query_one("#privacy-head", Static).update(Content(totals(summary)))
        self._show_chosen()

    @on(DataTable.RowHighlighted)
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        self.chosen = event.row_key.value if event.row_key else None
        self._show_chosen()

    def action_toggle_reply(self) -> None:
        """Switch between what was sent and what came back."""
        self.show_reply = not self.show_reply
        self._show_chosen()

    def _show_chosen(self) -> None:
        if not self.is_mounted or self.calls is None:
            return
        call = next((c for c in self.calls[1] if c.id == self.chosen), None)
        self.query_one("#payload-text", Static).update(call_text(call, self.show_reply) if call else Content(NOTHING))


NOTHING = (
    "Nothing was sent to any language model yet.\n\n"
    "Every call is put on record here before it goes out, with its exact bytes, whether the model\n"
    "runs inside companion or elsewhere."
)


def totals(summary: EgressSummary) -> str:
    """The first line: what left this machine."""
    return (
        f"{summary.bytes_remote:,} bytes left this machine · {summary.bytes_local:,} bytes went to a model on it"
        f" · {summary.calls} calls"
    )


def call_text(call: ModelCall, reply: bool) -> Content:
    """One call: where it went, the engine's counters, and the bytes."""
    reused = f", {call.cached_tokens} of them reused" if call.cached_tokens else ""
    head = Content.from_markup(
        "[b]$model[/b]  →  $where\n[dim]$outcome, $seconds s; $prompt prompt tokens$reused, $written written[/dim]\n",
        model=call.model,
        where=call.destination,
        outcome=call.outcome,
        seconds=f"{call.seconds:.1f}",
        prompt=call.prompt_tokens,
        reused=reused,
        written=call.completion_tokens,
    )
    text = call.reply or "(no reply)" if reply else call.payload.decode("utf-8", "backslashreplace")
    return Content("\n").join([head, shown(text)])
