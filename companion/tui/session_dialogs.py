"""The dialogs about one session that several screens offer: its date, its stage, the executive's question, the log."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from companion.domain.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from companion.domain.arc import ArcPlace
    from companion.services.pairings import PairingView
    from companion.tui.app import CompanionApp

NAME_CHARS = 40
DAYS_AHEAD = 7
"""The example date lies a week ahead."""
WHEN = "%Y-%m-%d %H:%M"


def ask_date(app: CompanionApp, view: PairingView) -> None:
    """Agree or move the date of the next session; does nothing when there is none."""
    from companion.domain import times
    from companion.services import sessions
    from companion.tui.screens.line import LineScreen

    if (session := view.next_session) is None:
        return
    companion, name = app.companion, view.mentor.time_zone
    zone = times.zone(name)
    before = session.starts_at.astimezone(zone).strftime(WHEN) if session.starts_at else ""
    example = (companion.clock.now().astimezone(zone) + timedelta(days=DAYS_AHEAD)).replace(hour=14, minute=0)
    app.push_screen(
        LineScreen(
            f"When is session {session.number} with {short_name(view.mentee.given_name)}? ({zone.key})",
            f"{example:{WHEN}}",
            before,
            lambda text: sessions.schedule(companion, session.id, sessions.parse_when(text, zone.key)),
        )
    )


def ask_question(app: CompanionApp, view: PairingView) -> None:
    """Keep the executive's own question for the next session; does nothing when there is none."""
    from companion.services import sessions
    from companion.tui.screens.line import LineScreen

    if (session := view.next_session) is None:
        return
    companion = app.companion
    app.push_screen(
        LineScreen(
            f"What does {short_name(view.mentee.given_name)} want to ask in session {session.number}?",
            "one line, in their words; it leads the next agenda",
            session.executive_question,
            lambda text: sessions.ask(companion, session.id, text),
        )
    )


def ask_stage(app: CompanionApp, place: ArcPlace, then: Callable[[str | None], None]) -> None:
    """Show why a session is in its stage and let the mentor choose another; `then` gets its id, None for no change.

    Raises InvalidInput when the arc cannot be read.
    """
    from companion.tui.screens.pick import Pick, PickScreen

    marks = {place.planned: "as the arc has it", place.stage: "now"}
    if not place.is_chosen:
        marks[place.stage] = "now, as the arc has it"
    picks = [
        Pick(stage.id.value, stage.name, f"({mark}) {stage.purpose}" if mark else stage.purpose)
        for stage in app.companion.arc.stages
        for mark in [marks.get(stage.id, "")]
    ]
    app.push_screen(
        PickScreen(f"Which stage? {place.reason}", picks, chosen=place.stage.value),
        lambda chosen: then(None if chosen == place.stage.value else chosen),
    )


def open_log(app: CompanionApp, view: PairingView) -> None:
    """The two-minute log of the next session; does nothing when there is none."""
    from companion.tui.screens.log import LogScreen

    if view.next_session is not None:
        app.push_screen(LogScreen(app.companion, view, view.next_session))


def open_say_it(app: CompanionApp, view: PairingView) -> None:
    """Help the mentor of a pairing to say something to the executive."""
    from companion.services.tips import About
    from companion.tui.screens.say_it import SayItScreen

    app.push_screen(SayItScreen(app.companion, About((view.mentee.name,), view.mentee.given_name)))


def short_name(name: str) -> str:
    """A name that fits into a sentence."""
    name = plain(name, one_line=True)
    return name if len(name) <= NAME_CHARS else f"{name[: NAME_CHARS - 1]}…"
