"""How calls of models look on screen: the totals, one call byte for byte, and what would be sent."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Literal

from textual.content import Content

from companion.domain.access import CallHead, EgressSummary, ModelCall
from companion.services import privacy
from companion.services.privacy import CallPage, WouldSend
from companion.tui.text import cell, exact, shown
from companion.tui.widgets.list_table import Row

SHOWN_CHARS = 100_000
"""More of a payload is not painted; saving it keeps every byte."""

WOULD_SEND = (
    "Nothing was sent. These messages would be, letter for letter; with them go only the form of the answer and "
    "settings such as its length."
)

View = Literal["readable", "exact", "reply"]
VIEWS: dict[View, str] = {
    "readable": "What was sent, as text",
    "exact": "What was sent, byte for byte",
    "reply": "What came back",
}

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


def head_text(page: CallPage, statement: str, *, shared: bool = False, wanted: str = "") -> Content:
    """The totals, what leaves this machine in two sentences, and where in a long list one is."""
    lines = [totals(page.summary, shared=shared), shown(statement)]
    last = page.start + len(page.calls)
    where = f"{page.start + 1:,} to {last:,} of {page.found:,}" if page.found > len(page.calls) else ""
    if wanted:
        found = f"{page.found:,} call{'' if page.found == 1 else 's'} found"
        lines.append(Content.from_markup("[$accent]$text[/]  [dim]Esc shows all[/]", text=where or found))
    elif where:
        lines.append(shown(f"Calls {where}, the newest first", "dim"))
    return Content("\n").join(lines)


def call_row(call: CallHead) -> Row:
    """A call in the list."""
    return Row(
        call.id,
        (
            cell(f"{call.at.astimezone():%d %b %H:%M:%S}"),
            cell(call.task),
            cell(f"{call.size:,}"),
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


def would_send_text(lines: Iterable[WouldSend]) -> Content:
    """Part by part: every message that would go out, or why nothing would. What all parts share stands once."""
    texts, said = [Content.styled(WOULD_SEND, "dim")], set[str]()
    for line in lines:
        texts += [Content(""), shown(line.title, "bold $primary")]
        if line.kept:
            texts.append(Content.from_markup("[$success]✔ stays here[/] [dim]$why[/]", why=shown(line.kept)))
        for role, text in line.sent:
            if text in said:
                texts.append(Content.from_markup("[dim]$role: as above[/]", role=role))
                continue
            said.add(text)
            texts += [Content.from_markup("[$warning]! would leave[/] [b]$role[/b]", role=role), shown(text)]
    return Content("\n").join(texts)
