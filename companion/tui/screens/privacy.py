"""Privacy: what was handed to which model, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Literal

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Static

from companion.domain.access import EgressSummary, ModelCall
from companion.services import privacy
from companion.tui.text import cell, exact, shown
from companion.tui.widgets.frame import AreaScreen
from companion.tui.widgets.list_table import Column, ListTable, Row

SHOWN_CALLS = 200
SHOWN_CHARS = 100_000
"""More of a payload is not painted; saving it keeps every byte."""

View = Literal["readable", "exact", "reply"]
VIEWS: dict[View, str] = {
    "readable": "What was sent, as text",
    "exact": "What was sent, byte for byte",
    "reply": "What came back",
}


class PrivacyScreen(AreaScreen):
    """The totals on top, the calls on the left, one call on the right."""

    AREA = "privacy"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "view", "Text / bytes / reply", id="privacy.view", tooltip="What was sent, or what came back"),
        Binding("c", "copy", "Copy", id="privacy.copy", tooltip="Copy exactly what was sent"),
        Binding("s", "save", "Save", id="privacy.save", tooltip="Write exactly what was sent to a file"),
    ]
    AUTO_FOCUS = "#calls"

    def __init__(self) -> None:
        super().__init__()
        self._calls: dict[str, ModelCall] = {}
        self._view: View = "readable"

    def body(self) -> Iterable[Widget]:
        """The totals, the calls, and one call's bytes."""
        columns = (Column("When", 15), Column("Task", 10, 1), Column("Bytes", 7), Column("Where", 11))
        yield Static("", id="privacy-head", classes="head")
        yield Horizontal(
            ListTable(*columns, id="calls").add_class("list"),
            VerticalScroll(Static("", id="payload-text"), classes="details"),
            classes="sides",
        )

    def load(self) -> tuple[EgressSummary, list[ModelCall]]:
        """Read the newest calls."""
        return privacy.calls(self.companion, SHOWN_CALLS)

    def show(self, loaded: tuple[EgressSummary, list[ModelCall]]) -> None:
        """Repaint."""
        summary, calls = loaded
        self._calls = {call.id: call for call in calls}
        self.query_one(ListTable).fill([_row(call) for call in calls])
        self.query_one("#privacy-head", Static).update(totals(summary, shared=self.companion.data_is_shared))
        self._show_chosen()

    @on(DataTable.RowHighlighted)
    def _show_chosen(self) -> None:
        call = self._chosen()
        text = call_text(call, self._view) if call else Content("" if self._calls else NOTHING)
        self.query_one("#payload-text", Static).update(text)

    def _chosen(self) -> ModelCall | None:
        return self._calls.get(self.query_one(ListTable).chosen or "")

    def action_view(self) -> None:
        """Go on from the text to the bytes to the reply."""
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
            self.notify(f"{path} cannot be written: {error.strerror}.", severity="error", markup=False)
        else:
            self.notify(f"Written, readable by you alone: {path}", markup=False)


NOTHING = (
    "Nothing was handed to any language model yet.\n\n"
    "Every call is put on record here before it goes out, with its exact bytes, whether the model runs inside "
    "companion or elsewhere."
)


def totals(summary: EgressSummary, *, shared: bool = False) -> Content:
    """The first thing to know: how much left this machine for models, and whether the data is on a server."""
    if summary.bytes_remote:
        head = Content.from_markup("[b $warning]! $n bytes left this machine[/]", n=f"{summary.bytes_remote:,}")
    else:
        head = Content.from_markup("[b $success]✔ 0 bytes left this machine[/]")
    if shared:
        head += Content.from_markup(" [b]for language models[/]\n$where", where=privacy.SHARED)
    calls = f"{summary.calls:,} call{'' if summary.calls == 1 else 's'}"
    return head + Content.from_markup(
        "\n[dim]$calls handed $n bytes to models on this machine.[/dim]", calls=calls, n=f"{summary.bytes_local:,}"
    )


def _row(call: ModelCall) -> Row:
    return Row(
        call.id,
        (
            cell(f"{call.at.astimezone():%d %b %H:%M:%S}"),
            cell(call.task),
            cell(f"{len(call.payload):,}"),
            cell("! LEFT" if call.remote else "stayed here"),
        ),
    )


def call_text(call: ModelCall, view: View) -> Content:
    """One call: where it went, the engine's counters, and what was sent or came back."""
    where = "left this machine for" if call.remote else "stayed:"
    reused = f" ({call.cached_tokens} reused)" if call.cached_tokens else ""
    head = Content.from_markup(
        "[b]$model[/b]  $where $destination\n"
        "[dim]$outcome after $seconds s · $prompt tokens read$reused, $written written[/dim]\n"
        "[$primary]$title[/] [dim](v)[/dim]\n",
        model=shown(call.model),
        where=where,
        destination=shown(call.destination),
        outcome=shown(call.outcome),
        seconds=f"{call.seconds:.1f}",
        prompt=call.prompt_tokens,
        reused=reused,
        written=call.completion_tokens,
        title=VIEWS[view],
    )
    match view:
        case "readable":
            text = readable(call.payload)
        case "exact":
            # Not through `shown`, which leaves out what has no ink: here it is written as an escape.
            text = Content(exact(call.payload[:SHOWN_CHARS]))
        case "reply":
            text = shown(call.reply[:SHOWN_CHARS]) if call.reply else Content("nothing")
    if len(call.payload) > SHOWN_CHARS:
        text += Content.from_markup("\n[dim]… and more; s writes all of it to a file[/dim]")
    return Content("\n").join([head, text])


def readable(payload: bytes) -> Content:
    """The messages of a request one after another, then its other settings; anything else as it is."""
    text = payload.decode("utf-8", "backslashreplace")
    try:
        request = json.loads(text)
    except ValueError:
        return shown(text[:SHOWN_CHARS])
    messages = request.get("messages") if isinstance(request, dict) else None
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        return shown(text[:SHOWN_CHARS])
    lines = []
    for message in messages:
        lines.append(Content.from_markup("[b]$role[/b]", role=shown(str(message.get("role", "")))))
        lines += [shown(str(message.get("content", ""))[:SHOWN_CHARS]), Content("")]
    rest = {key: value for key, value in request.items() if key != "messages"}
    lines.append(Content.from_markup("[b]settings[/b]"))
    lines.append(shown(json.dumps(rest, ensure_ascii=False, indent=1)[:SHOWN_CHARS]))
    return Content("\n").join(lines)
