"""The two-minute log: what is done, what was promised, and that the session took place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import DescendantFocus
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from companion.domain.due_dates import due_words
from companion.domain.people import Role
from companion.domain.sessions import Session
from companion.domain.text import plain
from companion.domain.words import shortened
from companion.errors import AskFirst, CompanionError
from companion.services import amend_log, deliver_agenda, sessions
from companion.services.amend_log import LastLog
from companion.services.companion import Companion
from companion.services.pairings import PairingView
from companion.tui.screens.confirm import ConfirmScreen
from companion.tui.screens.pick import Pick, PickScreen
from companion.tui.session_dialogs import open_say_it, pair_names, short_name
from companion.tui.text import shown
from companion.tui.widgets.choice import Choice

EXAMPLE_DAYS = 7
PROMISE_CHARS = 160
NOBODY = "nobody"
READ_CHARS = 40
LINES = 2
"""Promises per side that the form offers; a session that ends with more ends with none."""


class LogScreen(ModalScreen[bool]):
    """Returns whether something was logged."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Never mind", id="log.cancel"),
        Binding("ctrl+s", "save", "Save", id="log.save"),
        Binding("f8", "say_it", "Say it", id="log.say", tooltip="Find words for something you saw; private"),
    ]
    DEFAULT_CSS = """
    LogScreen { align: center middle; }
    LogScreen > Vertical { width: 78; }
    LogScreen VerticalScroll { height: auto; max-height: 16; }
    LogScreen .who { margin-top: 1; }
    LogScreen .buttons Button { min-width: 8; }
    LogScreen #log-earlier { max-height: 6; }
    LogScreen Choice { padding: 0; border-left: none; }
    LogScreen Choice:focus { border-left: none; background: $block-cursor-background; color: $block-cursor-foreground; }
    """

    def __init__(self, companion: Companion, view: PairingView, session: Session, last: LastLog | None = None) -> None:
        """The log of a session; with `last`, the one that is there, to be corrected."""
        super().__init__()
        self.companion, self.view, self.session, self.last = companion, view, session, last
        self._before = {role: self._promised(role) for role in (Role.MENTOR, Role.MENTEE)}

    def compose(self) -> ComposeResult:
        """Open commitments to tick, two lines per side or more, and the ways out."""
        session, last = self.session, self.last
        title = f"How did session {session.number} of {pair_names(self.view)} go?"
        with Vertical(classes="dialog"):
            yield Static(shown(title), classes="title")
            yield Static("Seen by the two of you; open promises lead the next agenda.", classes="muted")
            with VerticalScroll(can_focus=False):
                ticked, made = (last.done, last.promises) if last else ((), ())
                earlier = [*ticked, *(c for c in self.view.open_commitments if c not in made)]
                if earlier:
                    yield Static("Done since then? Space ticks.", classes="who")
                    with VerticalScroll(id="log-earlier", can_focus=False):
                        for one in earlier:
                            promise = shown(shortened(f"{self._who(one.owner)}: {one.text}", PROMISE_CHARS))
                            yield Choice(one.id, promise, ticked=one in ticked)
                for role, before in self._before.items():
                    yield Static(shown(f"{self._who(role)} promised"), classes="who")
                    for number, text in enumerate((*before, *[""] * (LINES - len(before)))):
                        yield Input(
                            text,
                            placeholder=f"send three examples by {self._example}" if number == 0 else "and",
                            id=f"log-{role.value}-{number}",
                            compact=True,
                            max_length=320,
                        )
                yield from (Static(shown(sentence), classes="muted") for sentence in (last.stays if last else ()))
            yield Static("", id="log-read", classes="muted")
            yield Static("", id="log-error", classes="error")
            with Horizontal(classes="buttons"):
                held = "Correct it (Ctrl+S)" if last else "It took place (Ctrl+S)"
                yield Button(held, variant="primary", id="log-held", compact=True)
                if last is None:
                    yield Button("It was cancelled", id="log-cancelled", compact=True)
                yield Button("Never mind (Esc)" if last else "Not yet (Esc)", id="log-later", compact=True)
                yield Button("Say it", id="log-say", compact=True, tooltip="F8: words for what you saw; private")

    def _promised(self, role: Role) -> tuple[str, ...]:
        """What the log that is corrected holds, as it would be typed."""
        made = [one for one in self.last.promises if one.owner is role] if self.last else []
        texts = ((plain(one.text, one_line=True), one.due) for one in made)
        return tuple(f"{text} by {due}" if due else text for text, due in texts)

    def _typed(self, role: Role) -> tuple[str, ...]:
        """The lines of one side that are not empty."""
        lines = (line for line in self.query(Input) if (line.id or "").startswith(f"log-{role.value}-"))
        return tuple(text for line in lines if (text := line.value.strip()))

    @property
    def _example(self) -> date:
        return self.companion.clock.now().date() + timedelta(days=EXAMPLE_DAYS)

    @on(Button.Pressed, "#log-later")
    def action_leave(self) -> None:
        """Leave; with promises typed, ask first, as they are kept nowhere yet."""
        if all(self._typed(role) in ((), before) for role, before in self._before.items()):
            self.dismiss(False)
            return

        def answered(leaves: bool | None) -> None:
            if leaves:
                self.dismiss(False)

        text = Content("They are kept only when you correct the log, or say that the session took place.")
        self.app.push_screen(ConfirmScreen("Leave, and let these promises go?", text, "Leave"), answered)

    @on(Input.Changed)
    @on(DescendantFocus)
    def _say_what_is_read(self) -> None:
        """What the line is understood to say: whether it has a date, and which."""
        line = self.focused
        text = line.value.strip() if isinstance(line, Input) else ""
        try:
            said = self._read(text) if text else ""
        except CompanionError as error:
            said = error.message
        self.query_one("#log-read", Static).update(shown(said))

    def _read(self, text: str) -> str:
        promise = sessions.parse_promise(Role.MENTOR, text, sessions.day_of(self.companion, self.view, self.session))
        if promise.due is None:
            return "No date is read in it; end it with “by Friday” or “by 2026-12-05” to give one."
        today = sessions.day_of(self.companion, self.view)
        return f"Read as “{shortened(plain(promise.text, one_line=True), READ_CHARS)}”, {due_words(promise.due, today)}"

    @on(Input.Submitted)
    def _next_line(self) -> None:
        self.focus_next()

    def _who(self, role: Role) -> str:
        return short_name((self.view.mentor if role is Role.MENTOR else self.view.mentee).given_name)

    @on(Button.Pressed, "#log-say")
    def action_say_it(self) -> None:
        """Find words for something the mentor saw; the log stays as it is."""
        open_say_it(self.app, self.view)  # type: ignore[arg-type]  # this screen is only used in the CompanionApp

    @on(Button.Pressed, "#log-held")
    def action_save(self) -> None:
        """Log the session as held."""
        self._try(self._held)

    @on(Button.Pressed, "#log-cancelled")
    def _pressed_cancelled(self) -> None:
        """Ask who cancelled it: cancellations by the executive in a row are worth a word with the sponsor."""
        sides = [Pick(role.value, self._who(role)) for role in (Role.MENTEE, Role.MENTOR)]

        def said(chosen: str | None) -> None:
            if chosen is not None:
                by = Role(chosen) if chosen in list(Role) else None
                self._try(lambda: deliver_agenda.cancel(self.companion, self.view.pairing.id, by))

        self.app.push_screen(PickScreen("Who cancelled it?", [*sides, Pick(NOBODY, "nobody in particular")]), said)

    def _held(self, *, anyway: bool = False) -> None:
        day = sessions.day_of(self.companion, self.view, self.session)
        promises = [sessions.parse_promise(role, text, day) for role in self._before for text in self._typed(role)]
        done = [choice.key for choice in self.query(Choice) if choice.ticked]
        if self.last is not None:
            amend_log.correct(self.companion, self.view.pairing.id, promises, done, self.last)
            return
        sessions.log(self.companion, self.session.id, promises, done, anyway=anyway)

    def _ask(self, doubt: AskFirst) -> None:
        """Log it as held only when the mentor says so again."""

        def answered(held: bool | None) -> None:
            if held:
                self._try(lambda: self._held(anyway=True))

        self.app.push_screen(ConfirmScreen("Did it take place all the same?", shown(doubt.message), "It did"), answered)

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except AskFirst as error:
            self._ask(error)
        except CompanionError as error:
            self.query_one("#log-error", Static).update(shown(str(error)))
        else:
            if self.last is None:
                self.notify("Logged. u under Pairings takes it back, L corrects it.", markup=False)
            self.dismiss(True)
