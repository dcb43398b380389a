"""Something to read in a dialog: the executive's brief, or the lines that were left out."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from companion.domain.agendas import BRIEF_MAX_WORDS, Agenda
from companion.domain.documents import Documents
from companion.domain.words import shortened
from companion.tui.text import shown

REMOVED_CHARS = 400


class ReadingScreen(ModalScreen[None]):
    """A title and a text; any of the usual keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,x,v", "dismiss", "Close", id="reading.close"),
    ]
    DEFAULT_CSS = """
    ReadingScreen { align: center middle; }
    ReadingScreen > VerticalScroll { width: 84; max-width: 98%; height: auto; max-height: 95%; padding: 0 2; }
    ReadingScreen > VerticalScroll { background: $surface; border: round $primary; border-title-color: $primary; }
    ReadingScreen > VerticalScroll { border-subtitle-color: $text-muted; }
    """

    def __init__(self, title: str, text: Content) -> None:
        super().__init__()
        self.heading, self.text = title, text

    def compose(self) -> ComposeResult:
        """The text in a frame."""
        with VerticalScroll() as frame:
            frame.border_title = self.heading
            frame.border_subtitle = "Esc"
            yield Static(self.text)


def brief_text(documents: Documents) -> Content:
    """The executive's brief as it will be read, every word of it, and what the mentor should know before sending."""
    brief = documents.brief
    lines: list[Content] = [
        Content.from_markup("[dim]Subject[/]  [b]$text[/]", text=shown(brief.subject)),
        Content.from_markup("[dim]To[/]  $name  [dim]$mail[/]", name=documents.executive.name, mail=_mail(documents)),
        Content(""),
        shown(brief.eyebrow, "dim"),
        shown(brief.heading, "bold"),
        shown(brief.when),
    ]
    for part in brief.parts:
        lines += [Content(""), shown(part.label, "bold $primary")]
        lines += [shown(line) for line in part.lines]
        for step in part.steps:
            lines.append(Content.from_markup("[dim]$length[/]  $label", length=step.length.rjust(7), label=step.label))
        if part.source:
            lines.append(shown(part.source, "dim"))
    replies = "   ".join(reply.text for reply in brief.replies)
    lines += [Content(""), Content.from_markup("$label  [b]$replies[/]", label=brief.reply_label, replies=replies)]
    lines += [shown(brief.goes_to, "dim"), shown(brief.written, "dim")]
    for note in documents.notes:
        lines += [Content(""), Content.from_markup("[$warning]![/] $note", note=note)]
    return Content("\n").join(lines)


def brief_title(documents: Documents) -> str:
    """``What Laurent will read: 142/180 words``"""
    return f"As the executive will read it · {documents.brief.words}/{BRIEF_MAX_WORDS} words"


def removed_text(agenda: Agenda) -> Content:
    """What the model wrote and the gates refused, with the reason, grouped by item."""
    if not agenda.removed:
        return Content("Nothing was left out.")
    lines: list[Content] = []
    titles = {item.id: item.title for item in agenda.items}
    for removed in agenda.removed:
        where = f"{titles.get(removed.item_id, 'An item that is gone')}, {removed.field}"
        lines += [
            shown(shortened(where, 100), "bold"),
            shown(f"“{shortened(removed.text, REMOVED_CHARS)}”"),
            Content.from_markup("[$warning]✗[/] [dim]$reason[/]", reason=removed.reason),
            Content(""),
        ]
    return Content("\n").join(lines[:-1])


def _mail(documents: Documents) -> str:
    return documents.executive.email or "no usable address"
