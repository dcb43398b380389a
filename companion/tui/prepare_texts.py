"""What Prepare says about a pairing: its line in the list, and the head above its agenda."""

from __future__ import annotations

from textual.content import Content

from companion.domain import times
from companion.domain.arc import ArcPlace
from companion.domain.pairings import PairingStatus
from companion.domain.words import shortened
from companion.services.pairings import PairingView
from companion.tui.text import shown
from companion.tui.widgets.searched_list import Entry

NAME_CHARS = 34
QUESTION_CHARS = 140
STAGE_REASON_CHARS = 400
REASON_CHARS = 100
"""Why a pairing pauses: two lines of a small window, with the key that goes on."""


def head(
    view: PairingView | None, minutes: int | None = None, place: ArcPlace | None = None, *, in_agenda: str = ""
) -> Content:
    """The pair, the session (as long as its agenda, when it has one), and what the executive asks.

    What they ask is left out where it is `in_agenda`, the question that stands below in a part of its own.
    """
    if view is None:
        return Content.from_markup("[b $primary]Prepare[/]\n[dim]Which pairing?[/]")
    names = Content.from_markup(
        "[b $primary]$mentor[/] with [b $primary]$mentee[/]",
        mentor=shown(shortened(view.mentor.name, NAME_CHARS)),
        mentee=shown(shortened(view.mentee.name, NAME_CHARS)),
    )
    session = view.next_session
    if session is None:
        return names + Content("\n")
    when = "no date yet (h)"
    if session.starts_at is not None:
        mine = session.starts_at.astimezone(times.zone(view.mentor.time_zone))
        when = f"{times.short_day(mine.date())} {times.clock(mine)}"
    facts = [view.place, *([place.name] if place else []), when]
    lines = [names, shown(" · ".join([*facts, f"{minutes or session.minutes} min"]))]
    if view.pairing.status is PairingStatus.PAUSED:
        why = shortened(" ".join(view.pairing.pause_reason.split()), REASON_CHARS)
        lines.append(Content.from_markup("[$warning]![/] Paused: $why [dim](w under 4 goes on)[/]", why=shown(why)))
    if session.executive_question and session.executive_question != in_agenda:
        lines.append(
            Content.from_markup(
                "[$accent]?[/] $who asks: “$text”",
                who=shown(shortened(view.mentee.given_name, NAME_CHARS)),
                text=shown(shortened(" ".join(session.executive_question.split()), QUESTION_CHARS)),
            )
        )
    return Content("\n").join(lines)


def reason(place: ArcPlace | None) -> str:
    """Why the session is in its stage, as much as there is room for; the key for the stage shows the whole."""
    return shortened(place.reason, STAGE_REASON_CHARS) if place is not None else ""


def all_done(after_last: str) -> str:
    """That no session is ahead, and what comes next."""
    return f"All planned sessions of this pairing are done.\n{after_last}".rstrip()


def pairing_entry(view: PairingView) -> Entry:
    """A pairing to pick, found by the names of its two."""
    return Entry(view.pairing.id, pairing_line(view), f"{view.mentor.name} {view.mentee.name}")


def pairing_line(view: PairingView) -> Content:
    """A pair and how far it is, on one line."""
    session = view.next_session
    state = "all sessions done" if session is None else f"session {session.number}, {session.status.value}"
    state += ", paused" if view.pairing.status is PairingStatus.PAUSED else ""
    return Content.from_markup(
        "$mentor with $mentee  [dim]$state[/]",
        mentor=shown(shortened(view.mentor.name, NAME_CHARS)),
        mentee=shown(shortened(view.mentee.name, NAME_CHARS)),
        state=state,
    )
