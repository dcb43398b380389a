"""Today: the next session, how ready it is, what was promised, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from companion.tui.text import shown
from companion.tui.widgets.frame import AreaScreen

if TYPE_CHECKING:
    from companion.domain.sessions import Commitment
    from companion.services.pairings import PairingView
    from companion.services.today import Step, Today
    from companion.tui.app import CompanionApp

SHOWN_CARDS = 20
"""More pairings are counted; Pairings lists them all."""
SHOWN_PROMISES = 3
STEP_KEYS: dict[Step, str] = {"schedule": "h", "prepare": "p", "deliver": "p", "log": "l", "wait": "l"}


class SessionCard(Static, can_focus=True):
    """One pairing's next session. Enter does what the card says is next."""

    DEFAULT_CSS = """
    SessionCard { padding: 0 1; margin: 0 0 1 1; border-left: thick $panel; height: auto; }
    SessionCard:focus { border-left: thick $primary; background: $surface; }
    SessionCard { link-style: none; link-color: $accent; link-color-hover: $accent; }
    SessionCard { link-style-hover: underline; link-background-hover: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next_step", "Do next", id="today.next_step", tooltip="Do what this card says is next"),
        Binding("p", "prepare", "Prepare", id="today.prepare", tooltip="Prepare the next session of this pairing"),
        Binding("h", "schedule", "Date", id="today.schedule", tooltip="Agree or move the date of the next session"),
        Binding("l", "log", "Log", id="today.log", tooltip="Two minutes: what was promised, what is done"),
        Binding("i", "question", "Question", id="today.question", tooltip="Keep the executive's own question"),
        Binding("down", "app.focus_next", "Next", show=False, id="today.down"),
        Binding("up", "app.focus_previous", "Previous", show=False, id="today.up"),
    ]

    def __init__(self, today: Today, view: PairingView) -> None:
        super().__init__(card_text(today, view))
        self.today, self.view = today, view

    def update_from(self, today: Today, view: PairingView) -> None:
        """Show the newest state of the same pairing."""
        self.today, self.view = today, view
        self.update(card_text(today, view))

    @property
    def _app(self) -> CompanionApp:
        assert isinstance(self.screen, AreaScreen)
        return self.screen.companion_app

    def action_next_step(self) -> None:
        """Do what the card says is next."""
        match self.today.next_step(self.view).step:
            case "schedule":
                self.action_schedule()
            case "prepare" | "deliver":
                self.action_prepare()
            case "log" | "wait":
                self.action_log()

    def action_prepare(self) -> None:
        """Go and prepare the session."""
        self._app.prepare(self.view.pairing.id)

    def action_schedule(self) -> None:
        """Ask for the date."""
        from companion.tui import session_dialogs

        session_dialogs.ask_date(self._app, self.view)

    def action_log(self) -> None:
        """Log the session."""
        from companion.tui import session_dialogs

        session_dialogs.open_log(self._app, self.view)

    def action_question(self) -> None:
        """Ask for the executive's own question."""
        from companion.tui import session_dialogs

        session_dialogs.ask_question(self._app, self.view)


class TodayScreen(AreaScreen):
    """The first thing a mentor sees."""

    AREA = "today"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "app.open_report", "Report", id="today.report", tooltip="What the programme has shown so far"),
        Binding("k", "app.open_cards", "Cards", id="today.cards", tooltip="Search and read the practice cards"),
    ]
    DEFAULT_CSS = """
    TodayScreen #greeting { padding: 1 2; }
    TodayScreen #cards { padding: 0 1; }
    """

    def body(self) -> Iterable[Widget]:
        """A line of totals and the cards."""
        yield Static("", id="greeting", classes="head")
        yield VerticalScroll(id="cards", can_focus=False)

    def load(self) -> Today:
        """Read the pairings."""
        from companion.services import today

        return today.today(self.companion)

    async def show(self, loaded: Today) -> None:
        """Repaint; the same pairings in the same order keep their cards, and the focus stays."""
        self.query_one("#greeting", Static).update(greeting(loaded))
        area = self.query_one("#cards", VerticalScroll)
        views, cards = loaded.pairings[:SHOWN_CARDS], list(area.query(SessionCard))
        if views and [card.view.pairing.id for card in cards] == [view.pairing.id for view in views]:
            for card, view in zip(cards, views, strict=True):
                card.update_from(loaded, view)
            return
        focused = self.focused.view.pairing.id if isinstance(self.focused, SessionCard) else None
        async with self.batch():
            await area.remove_children()
            await area.mount_all([SessionCard(loaded, view) for view in views] or [Static(EMPTY, classes="empty")])
            if more := len(loaded.pairings) - len(views):
                await area.mount(Static(f"… and {more} more under 4 Pairings", classes="empty"))
        if self.focused is None or focused is not None:
            fresh = list(area.query(SessionCard))
            for card in [card for card in fresh if card.view.pairing.id == focused] or fresh[:1]:
                card.focus(scroll_visible=focused is not None)


EMPTY = Content.from_markup(
    "There are no pairings yet.\n\n"
    "[b]2[/b] People    import mentors and executives from a CSV or a LinkedIn data export\n"
    "[b]3[/b] Matches   see who fits whom and why, and approve the pairs"
)


def greeting(today: Today) -> Content:
    """Whose day it is, with the totals: what is ahead and what was promised."""
    ahead = sum(view.next_session is not None for view in today.pairings)
    promised = sum(len(view.open_commitments) for view in today.pairings)
    late = sum(view.overdue(today.now.date()) for view in today.pairings)
    facts = [
        f"{ahead} session{'' if ahead == 1 else 's'} ahead",
        f"{promised} promise{'' if promised == 1 else 's'} open",
    ]
    head = Content.from_markup(
        "[b $primary]$who[/]  $facts",
        who=shown(today.me.name) if today.me else "Everybody",
        facts=" · ".join(facts),
    )
    if late:
        head += Content.from_markup("[$warning b]  ! $late overdue[/]", late=late)
    if today.need_a_look:
        need = "1 pairing needs" if today.need_a_look == 1 else f"{today.need_a_look} pairings need"
        head += Content.from_markup("\n[$warning b]! $need a look[/] [dim]press 4, then b[/dim]", need=need)
    for sentence in today.broken:
        head += Content.from_markup("\n[$warning b]! $sentence[/]", sentence=sentence)
    if today.erasure_waits:
        head += Content.from_markup(
            "\n[$warning b]! Forgetting somebody is not finished[/] [dim]companion forget --resume[/dim]"
        )
    if today.kept_too_long:
        head += Content.from_markup(
            "\n[$warning b]! $count kept too long[/] [dim]companion retention shows what, --apply removes it[/dim]",
            count=f"{today.kept_too_long} thing{'' if today.kept_too_long == 1 else 's'}",
        )
    if today.me is None and today.pairings:
        head += Content.from_markup("\n[dim]Choose who you are under 7 Settings to see only your own sessions.[/dim]")
    return head


def card_text(today: Today, view: PairingView) -> Content:
    """A card: who and when, how ready, what was promised by whom, and what to do next."""
    session, next_step = view.next_session, today.next_step(view)
    lines = [
        Content.from_markup(
            "[b]$when[/b]  $mentor with [b]$mentee[/b]",
            when=_capital(today.when(view)),
            mentor=shown(view.mentor.name),
            mentee=shown(view.mentee.name),
        )
    ]
    if session is not None:
        marks = "  ".join(f"{'✔' if is_done else '○'} {what}" for what, is_done in view.readiness)
        lines.append(Content(f"{view.place}  {marks}"))
    ordered = sorted(view.open_commitments, key=lambda one: (one.due is None, str(one.due)))
    lines += [_promise(today, view, commitment) for commitment in ordered[:SHOWN_PROMISES]]
    if more := len(ordered) - SHOWN_PROMISES:
        lines += [Content.from_markup("[dim]  … and $more more[/dim]", more=more)] if more > 0 else []
    key = STEP_KEYS.get(next_step.step)
    if key is None:
        lines.append(Content.from_markup("[dim]$what[/dim]", what=shown(next_step.text)))
    else:
        lines.append(
            Content.from_markup(
                "[b $accent]→ [@click=next_step]$what[/][/] [dim]($key)[/dim]", what=shown(next_step.text), key=key
            )
        )
    return Content("\n").join(lines)


def _promise(today: Today, view: PairingView, commitment: Commitment) -> Content:
    from companion.domain import times
    from companion.domain.people import Role

    who = view.mentor.given_name if commitment.owner is Role.MENTOR else view.mentee.given_name
    due = f" (by {times.short_day(commitment.due)})" if commitment.due else ""
    late = "  ! overdue" if commitment.is_overdue(today.now.date()) else ""
    return Content.from_markup(
        "[dim]$who promised:[/dim] $what[dim]$due[/dim][$warning b]$late[/]",
        who=shown(who),
        what=shown(commitment.text),
        due=due,
        late=late,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
