"""How calls of models look on screen: the totals, one call in plain words and in its bytes, and what would be sent."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Literal

from textual.content import Content

from companion.domain.access import CallHead, EgressSummary, ModelCall
from companion.domain.call_words import ending_of, purpose_of, who_got_it
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

View = Literal["sent", "reply", "details"]
VIEWS: dict[View, str] = {
    "sent": "What was sent",
    "reply": "What came back",
    "details": "Technical details, byte for byte",
}
ERASED = "The text was erased, on request or because its time was over."
HEADINGS = {
    "user": "What the model was given",
    "system": "The instruction with it, which is the same every time",
    "assistant": "What it is meant to have answered before",
}
"""What a message of a request is, by its role."""

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
        "\n[dim]$calls on record; $n bytes were handed to models on this machine.[/dim]",
        calls=calls,
        n=f"{summary.bytes_local:,}",
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
            cell(purpose_of(call.task).short),
            cell("! LEFT" if call.remote else "stayed here"),
        ),
    )


def call_text(call: ModelCall, view: View) -> Content:
    """One call: why there was one, who got it, how it ended, and then what `view` names."""
    went = "[$warning b]! $who[/]" if call.remote else "[$success]✔[/] $who"
    views = list(VIEWS)
    following = VIEWS[views[(views.index(view) + 1) % len(views)]]
    head = Content.from_markup(
        f"[b]$why[/b]\n{went}\n$ended.\n\n[b $primary]$title[/]  [dim]v: $following[/dim]",
        why=purpose_of(call.task).why,
        who=shown(who_got_it(call)),
        ended=ending_of(call.outcome).capitalize(),
        title=VIEWS[view],
        following=following.partition(",")[0].lower(),
    )
    match view:
        case "sent":
            text = shown(ERASED) if call.is_erased else readable(call.payload)
        case "reply":
            text = shown(ERASED if call.is_erased else call.reply[:SHOWN_CHARS] or "Nothing.")
        case "details":
            text = _details(call)
    if len(call.payload) > SHOWN_CHARS:
        text += Content.from_markup("\n[dim]… and more; s writes all of it to a file[/dim]")
    return Content("\n").join([head, text])


def _details(call: ModelCall) -> Content:
    reused = f" ({call.cached_tokens} reused)" if call.cached_tokens else ""
    tokens = f"{call.prompt_tokens} tokens read{reused}, {call.completion_tokens} written"
    lines = (
        f"{call.id} · {call.task} · {call.outcome} after {call.seconds:.1f} s",
        f"{tokens} · {len(call.payload):,} bytes sent",
        "",
    )
    # The bytes not through `shown`, which leaves out what has no ink: here it is written as an escape.
    return Content("\n").join([*(shown(line, "dim") for line in lines), Content(exact(call.payload[:SHOWN_CHARS]))])


def readable(payload: bytes) -> Content:
    """The messages of a request, what it is about first; anything else as it is."""
    text = payload.decode("utf-8", "backslashreplace")
    try:
        request = json.loads(text)
    except ValueError:
        return shown(text[:SHOWN_CHARS])
    messages = request.get("messages") if isinstance(request, dict) else None
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        return shown(text[:SHOWN_CHARS])
    lines = []
    for message in sorted(messages, key=lambda one: bool(one.get("role") == "system")):
        role, said = str(message.get("role", "")), str(message.get("content", ""))
        lines += [shown(HEADINGS.get(role, role), "b"), shown(said[:SHOWN_CHARS]), Content("")]
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
