"""The two-minute log: what is done, what was promised, and that the session took place."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, SelectionList, Static
from textual.widgets.selection_list import Selection

from companion.domain.people import Role
from companion.domain.sessions import Session
from companion.errors import CompanionError
from companion.services import sessions
from companion.services.companion import Companion
from companion.services.pairings import PairingView

LINES = 2
"""Promises per side that the form offers; a session that ends with more ends with none."""


class LogScreen(ModalScreen[bool]):
    """Returns whether something was logged."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "Never mind", id="log.cancel"),
        Binding("ctrl+s", "save", "Save", id="log.save"),
    ]
    DEFAULT_CSS = """
    LogScreen { align: center middle; }
    LogScreen > VerticalScroll { width: 76; max-width: 98%; height: auto; max-height: 95%; padding: 0 2; }
    LogScreen > VerticalScroll { background: $surface; border: round $primary; }
    LogScreen Horizontal { height: auto; }
    LogScreen Button { margin-right: 2; }
    LogScreen SelectionList { height: auto; max-height: 5; }
    LogScreen #log-error { color: $error; height: auto; }
    """

    def __init__(self, companion: Companion, view: PairingView, session: Session) -> None:
        super().__init__()
        self.companion, self.view, self.session = companion, view, session

    def compose(self) -> ComposeResult:
        """Open commitments to tick, two lines per side, and three ways out."""
        with VerticalScroll():
            yield Static(Content(f"Session {self.session.number} of {self.view.title}"), classes="title")
            yield Static("Seen by the two of you; open promises lead the next agenda.", classes="muted")
            if self.view.open_commitments:
                yield Static("Done?")
                yield SelectionList[str](
                    *(Selection(Content(self._who(c.owner) + ": " + c.text), c.id) for c in self.view.open_commitments)
                )
            for role in (Role.MENTOR, Role.MENTEE):
                yield Static(Content(f"{self._who(role)} promised"))
                for number in range(LINES):
                    yield Input(
                        placeholder="send three examples by 2026-12-01" if number == 0 else "",
                        id=f"log-{role.value}-{number}",
                        compact=True,
                        max_length=320,
                    )
            yield Static("", id="log-error")
            with Horizontal():
                yield Button("It took place (Ctrl+S)", variant="primary", id="log-held")
                yield Button("It was cancelled", id="log-cancelled")

    def _who(self, role: Role) -> str:
        return (self.view.mentor if role is Role.MENTOR else self.view.mentee).given_name

    @on(Button.Pressed, "#log-held")
    def action_save(self) -> None:
        """Log the session as held."""
        self._try(self._held)

    @on(Button.Pressed, "#log-cancelled")
    def _pressed_cancelled(self) -> None:
        self._try(lambda: sessions.cancel(self.companion, self.session.id))

    def _held(self) -> None:
        promises = [
            sessions.parse_promise(role, value)
            for role in (Role.MENTOR, Role.MENTEE)
            for number in range(LINES)
            if (value := self.query_one(f"#log-{role.value}-{number}", Input).value.strip())
        ]
        done = [commitment_id for ticks in self.query(SelectionList) for commitment_id in ticks.selected]
        sessions.log(self.companion, self.session.id, promises, done)

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except CompanionError as error:
            self.query_one("#log-error", Static).update(Content(str(error)))
        else:
            self.dismiss(True)
