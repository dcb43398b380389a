"""Untrusted text on screen: names, comments and model output are shown as they are, never read as markup."""

from __future__ import annotations

from rich.text import Text
from textual.content import Content

from companion.domain.text import plain


def shown(text: str, style: str = "") -> Content:
    """Text for every widget but DataTable and Tree; line breaks are kept."""
    return Content.styled(plain(text), style) if style else Content(plain(text))


def cell(text: str, style: str = "") -> Text:
    """Text for a cell of a DataTable or a label of a Tree, on one line: they take Rich text, not Content."""
    return Text(plain(text, one_line=True), style=style, no_wrap=True, overflow="ellipsis")
