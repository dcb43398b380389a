"""Where a line comes from, as it is read in a dialog."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content

from companion.domain.origins import LineOrigin
from companion.domain.words import shortened
from companion.tui.text import shown

TEXT_CHARS = 320


def origins_text(parts: Iterable[tuple[str, Sequence[LineOrigin]]]) -> Content:
    """Every line with who wrote it; what all lines of a part rest on stands once, below them."""
    lines: list[Content] = []
    for title, origins in parts:
        lines += [shown(shortened(title, 100), "bold $primary"), Content("")]
        for origin in origins:
            lines += _line(origin)
        lines += _list("Rests on", dict.fromkeys(fact for origin in origins for fact in origin.rests_on))
        lines.append(Content(""))
    return Content("\n").join(lines[:-1] if lines else [Content("Nothing is here yet.")])


def _line(origin: LineOrigin) -> list[Content]:
    text = shortened(" ".join(origin.text.split()), TEXT_CHARS)
    lines = [
        Content.from_markup("[b]$name[/b]  $text", name=shown(origin.name), text=shown(text)),
        shown(origin.how, "$accent"),
        *(shown(fact, "dim") for fact in origin.asked_with),
    ]
    if origin.checks:
        lines.append(Content.from_markup("[$success]✔[/] [dim]Passed $n checks:[/]", n=len(origin.checks)))
        lines += [Content.from_markup("  [dim]· $text[/]", text=shown(check)) for check in origin.checks]
    return [*lines, Content("")]


def _list(title: str, facts: Iterable[str]) -> list[Content]:
    found = [Content.from_markup("[dim]·[/] $text", text=shown(" ".join(fact.split()))) for fact in facts]
    return [Content.styled(title, "bold"), *found] if found else []
