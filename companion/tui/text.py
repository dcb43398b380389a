"""Untrusted text on screen: names, comments and model output are shown as they are, never read as markup."""

from __future__ import annotations

import unicodedata

from rich.text import Text
from textual.content import Content

from companion.domain.text import plain

FIRST_SIGN, LAST_SIGN = "\u2400", "\u2426"
"""Pictures of the control characters, in their order, and of one that has no picture."""
HIDING = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
"""Categories of characters without ink; joiners have their place in scripts and emoji."""
CELL_CHARS = 200
"""A cell is one line of a list; what is longer is cut."""


def shown(text: str, style: str = "") -> Content:
    """Text for every widget but DataTable and Tree; line breaks are kept."""
    return Content.styled(plain(text), style) if style else Content(plain(text))


def cell(text: str, style: str = "") -> Text:
    """Text for a cell of a DataTable or a label of a Tree, on one line: they take Rich text, not Content."""
    line = plain(text[: 4 * CELL_CHARS], one_line=True)
    line = line if len(line) <= CELL_CHARS else f"{line[: CELL_CHARS - 1]}…"
    return Text(line, style=style, no_wrap=True, overflow="ellipsis")


def editable(text: str) -> str:
    """Text for a field to edit: what acts on a terminal or hides from the eye is a sign such as ␛, never itself."""
    if plain(text) == text:
        return text
    return "".join(_sign(char) if unicodedata.category(char) in HIDING else char for char in text)


def edited(text: str) -> str:
    """What was typed into such a field, without the signs."""
    return "".join(char for char in text if not FIRST_SIGN <= char <= LAST_SIGN)


def exact(payload: bytes) -> str:
    """Bytes as text in which every byte can be seen: what has no ink or no character is written as an escape."""
    text = payload.decode("utf-8", "backslashreplace")
    if plain(text) == text:
        return text
    return "".join(char if char in "\n\t" or char.isprintable() else _escape(char) for char in text)


def _sign(char: str) -> str:
    if char in "\n\t\u200c\u200d":
        return char
    return chr(ord(FIRST_SIGN) + ord(char)) if char < " " else LAST_SIGN


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
