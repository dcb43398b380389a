"""Something to read in a dialog, such as the executive's brief; where its lines come from is a key away."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from companion.domain.agendas import BRIEF_MAX_WORDS
from companion.domain.documents import Documents
from companion.tui.text import shown

WHERE_FROM = "Where each line comes from"


class ReadingScreen(ModalScreen[None]):
    """A title and a text; any of the usual keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,x,f7", "dismiss", "Close", id="reading.close"),
        Binding("y", "origins", "Where it comes from", id="reading.origins"),
    ]
    DEFAULT_CSS = """
    ReadingScreen { align: center middle; }
    ReadingScreen > VerticalScroll { width: 84; max-width: 98%; height: auto; max-height: 95%; padding: 0 2; }
    ReadingScreen > VerticalScroll { background: $surface; border: round $primary; border-title-color: $primary; }
    ReadingScreen > VerticalScroll { border-subtitle-color: $text-muted; }
    """

    def __init__(self, title: str, text: Content, origins: Content | None = None) -> None:
        super().__init__()
        self.heading, self.text, self.origins = title, text, origins

    def compose(self) -> ComposeResult:
        """The text in a frame."""
        with VerticalScroll() as frame:
            frame.border_title = self.heading
            frame.border_subtitle = (
                "[@click=screen.origins]y: where each line comes from[/]  Esc" if self.origins else "Esc"
            )
            yield Static(self.text)

    def action_origins(self) -> None:
        """Show where the lines come from, on top of the text; y again goes back to it."""
        if self.origins is None:
            self.dismiss(None)
        else:
            self.app.push_screen(ReadingScreen(WHERE_FROM, self.origins))


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


def _mail(documents: Documents) -> str:
    return documents.executive.email or "no usable address"
