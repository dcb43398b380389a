"""Today: the next session, how ready it is, and what was promised."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from companion.domain.people import Role
from companion.services import today
from companion.services.pairings import PairingView
from companion.services.today import Today
from companion.tui.widgets.frame import AreaScreen


class SessionCard(Static, can_focus=True):
    """One pairing's next session. Enter or a click prepares it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,p", "prepare", "Prepare", id="today.prepare", tooltip="Prepare the next session of this pairing"
        ),
        Binding("down,j", "app.focus_next", "Next", show=False, id="today.next"),
        Binding("up,k", "app.focus_previous", "Previous", show=False, id="today.previous"),
    ]

    def __init__(self, shown: Today, view: PairingView) -> None:
        super().__init__(card_text(shown, view))
        self.view = view

    def action_prepare(self) -> None:
        """Go and prepare the session."""
        screen = self.screen
        assert isinstance(screen, AreaScreen)
        screen.companion_app.prepare(self.view.pairing.id)

    def on_click(self) -> None:
        """The mouse does what enter does, on a card that already has the focus."""
        if self.has_focus:
            self.action_prepare()


class TodayScreen(AreaScreen):
    """The first thing a mentor sees."""

    AREA = "today"
    CSS_PATH = "today.tcss"

    shown: reactive[Today | None] = reactive(None, recompose=False)

    def body(self) -> Iterable[Widget]:
        """A greeting and the cards."""
        yield Static("Loading …", id="greeting", classes="title")
        yield VerticalScroll(id="cards")

    def reload(self) -> None:
        """Read the pairings."""
        self.shown = today.today(self.companion_app.companion)

    async def watch_shown(self, shown: Today | None) -> None:
        """Repaint when something changed."""
        if shown is None:
            return
        self.query_one("#greeting", Static).update(Content(greeting(shown)))
        cards = self.query_one("#cards", VerticalScroll)
        focused = self.focused.view.pairing.id if isinstance(self.focused, SessionCard) else None
        async with self.batch():
            await cards.remove_children()
            if not shown.pairings:
                await cards.mount(Static(Content(EMPTY), classes="empty"))
            await cards.mount_all([SessionCard(shown, view) for view in shown.pairings])
        for card in cards.query(SessionCard):
            if focused in (None, card.view.pairing.id):
                card.focus()
                break


EMPTY = (
    "There are no pairings yet.\n\n"
    "2  People   import mentors and executives from a CSV or a LinkedIn data export\n"
    "3  Matches  see who fits whom and why, and approve the pairs"
)


def greeting(shown: Today) -> str:
    """One line: who, and how many sessions lie ahead."""
    name = f"{shown.me.given_name}, " if shown.me else ""
    count = sum(view.next_session is not None for view in shown.pairings)
    if not count:
        return f"{name}nothing to prepare.".capitalize() if not name else f"{name}nothing to prepare."
    text = f"{count} session{'s' if count > 1 else ''} to prepare" + (
        "" if name else " (choose who you are in Settings)"
    )
    return f"{name}{text}" if name else text


def card_text(shown: Today, view: PairingView) -> Content:
    """A card: who, when, how ready, and the open commitments of both."""
    session = view.next_session
    head = Content.from_markup("[b]$mentor[/b] with [b]$mentee[/b]", mentor=view.mentor.name, mentee=view.mentee.name)
    number = f"session {session.number} of {len(view.sessions)}, " if session else ""
    lines = [head, Content(f"{number}{shown.when(view)}")]
    if view.readiness:
        marks = [f"{'✔' if is_done else '○'} {what}" for what, is_done in view.readiness]
        lines.append(Content("  ".join(marks)))
    now = shown.now.date()
    for commitment in view.open_commitments:
        who = view.mentor.given_name if commitment.owner is Role.MENTOR else view.mentee.given_name
        late = "  ⚠ overdue" if commitment.is_overdue(now) else ""
        due = f" (by {commitment.due:%d %b})" if commitment.due else ""
        lines.append(
            Content.from_markup("[dim]$who:[/dim] $what$due$late", who=who, what=commitment.text, due=due, late=late)
        )
    return Content("\n").join(lines)
