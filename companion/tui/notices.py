"""What the app says beside its screens: two notices at most, the newest on top, and the last ones to be read again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from textual.content import Content
from textual.notifications import SeverityLevel

from companion.domain.text import plain
from companion.domain.words import shortened
from companion.tui.text import shown

ON_SCREEN = 2
SECONDS = 6.0
"""How long one stays when nobody presses a key."""
KEPT = 30
CHARS = 160
"""Of a title and of a text on screen: a notice lies over what one works on."""
KEPT_CHARS = 2000
READ_AGAIN = "F12 shows it again."
READ_ALL = "F12 shows all of it."


@dataclass(frozen=True)
class Notice:
    """One thing that was said."""

    at: datetime
    title: str
    text: str
    severity: SeverityLevel

    @property
    def brief(self) -> tuple[str, str]:
        """Title and text as a notice; how to read it again where it matters or is cut."""
        title, text = shortened(plain(self.title, one_line=True), CHARS), shortened(plain(self.text), CHARS)
        is_cut = (title, text) != (plain(self.title, one_line=True), plain(self.text))
        if is_cut or self.severity == "error":
            text = f"{text}\n{READ_ALL if is_cut else READ_AGAIN}"
        return title, text


class Notices:
    """The last notices, newest first."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._said: deque[Notice] = deque(maxlen=KEPT)
        self._fresh = 0
        """How many of the newest are on screen."""

    def __iter__(self) -> Iterator[Notice]:
        return iter(self._said)

    def add(self, text: str, title: str, severity: SeverityLevel) -> None:
        """Keep one; it joins what is on screen."""
        self._said.appendleft(Notice(self._now(), title[:KEPT_CHARS], text[:KEPT_CHARS], severity))
        self._fresh = min(self._fresh + 1, ON_SCREEN)

    def on_screen(self) -> list[Notice]:
        """The newest ones that nobody has pressed a key since, unless their time is over."""
        since = self._now() - timedelta(seconds=SECONDS)
        return [one for one in list(self._said)[: self._fresh] if one.at > since]

    def take_away(self) -> bool:
        """A key was pressed. Returns whether anything was on screen."""
        was, self._fresh = self._fresh, 0
        return was > 0


def notices_text(notices: Notices) -> Content:
    """All that was said, with the time of day here, the newest first."""
    lines: list[Content] = []
    for one in notices:
        sign = Content.styled("" if one.severity == "information" else "! ", "$warning")
        head = Content.from_markup("[dim]$at[/]  ", at=f"{one.at.astimezone():%H:%M}")
        parts = [part for part in (shown(one.title, "bold"), shown(one.text)) if part.plain]
        lines += [head + sign + Content("\n").join(parts), Content("")]
    return Content("\n").join(lines[:-1]) if lines else Content("Nothing yet.")
