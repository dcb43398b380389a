"""The dialogs about one session that several screens offer: its date, its stage, the executive's question, the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from companion.domain.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from companion.domain.arc import ArcPlace
    from companion.domain.sessions import Session
    from companion.services.pairings import PairingView
    from companion.tui.app import CompanionApp

NAME_CHARS = 40
DAYS_AHEAD = 7
"""The example date lies a week ahead."""
WHEN = "%Y-%m-%d %H:%M"


def _session_ahead(app: CompanionApp, view: PairingView) -> Session | None:
    """The next session of a pairing; says what comes instead when it has none."""
    from companion.services import after_sessions

    if view.next_session is None:

        def say() -> None:
            after = after_sessions.what_next(app.companion, [view]).get(view.pairing.id, "")
            app.notify(f"All planned sessions of this pairing are done. {after}".rstrip(), markup=False)

        app.attempt(say)
    return view.next_session


def ask_date(app: CompanionApp, view: PairingView) -> None:
    """Agree or move the date of the next session."""
    from companion.domain import times
    from companion.services import sessions
    from companion.tui.screens.line import LineScreen

    if (session := _session_ahead(app, view)) is None:
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
    """Keep the executive's own question for the next session."""
    from companion.services import sessions
    from companion.tui.screens.line import LineScreen

    if (session := _session_ahead(app, view)) is None:
        return
    companion = app.companion
    app.push_screen(
        LineScreen(
            f"What does {short_name(view.mentee.given_name)} want to ask in session {session.number}? "
            "In their words; it leads the next agenda.",
            "How do juniors choose tools?",
            session.executive_question,
            lambda text: sessions.ask(companion, session.id, text),
            keeps=True,
        )
    )


def ask_answer(app: CompanionApp, view: PairingView) -> None:
    """Take the executive's one-digit answer to the brief, and say what it did."""
    from companion.services import answer_brief
    from companion.tui.screens.line import LineScreen
    from companion.tui.screens.pick import Pick, PickScreen

    if _session_ahead(app, view) is None:
        return
    companion, pairing_id = app.companion, view.pairing.id
    picks = [
        Pick(answer_brief.KEEP, "Keep it as it is"),
        Pick(answer_brief.SHORTEN, "Make it 15 minutes"),
        Pick(answer_brief.MOVE, "Move it to another date"),
        Pick(answer_brief.OTHER_TOPIC, "Another topic"),
    ]

    def take(digit: str, text: str = "") -> None:
        app.notify(answer_brief.take(companion, pairing_id, digit, text), markup=False)

    def chosen(digit: str | None) -> None:
        if digit == answer_brief.OTHER_TOPIC:
            example = "How do juniors choose tools?"
            app.push_screen(LineScreen("Which topic, in their words?", example, "", lambda text: take(digit, text)))
        elif digit is not None:
            app.attempt(lambda: take(digit))

    app.push_screen(PickScreen(f"What did {short_name(view.mentee.given_name)} answer?", picks), chosen)


def ask_pause(app: CompanionApp, view: PairingView) -> None:
    """Let a pairing rest, with a reason."""
    from companion.services import pairings
    from companion.tui.screens.line import LineScreen

    companion, pairing_id = app.companion, view.pairing.id
    app.push_screen(
        LineScreen(
            f"Pause {pair_names(view)}: why? Nothing about it is overdue meanwhile.",
            "on leave until March",
            "",
            lambda reason: pairings.pause(companion, pairing_id, reason),
        )
    )


def ask_end(app: CompanionApp, view: PairingView, then: Callable[[], object]) -> None:
    """End a pairing after a question; `then` is called when it has ended."""
    from textual.content import Content

    from companion.services import pairings
    from companion.tui.screens.confirm import ConfirmScreen

    companion, pairing_id = app.companion, view.pairing.id
    left = sum(session.is_open for session in view.sessions)

    def decided(go_on: bool | None) -> None:
        if go_on and app.attempt(lambda: pairings.end(companion, pairing_id)):
            then()

    what = (
        "It counts as completed: no session is left." if not left else f"{left} planned sessions will not take place."
    )
    text = Content(f"{what}\nIts history stays, and both can be matched again. Nobody is told by companion.")
    app.push_screen(ConfirmScreen(f"End {pair_names(view)}, without anybody's fault?", text, "End it"), decided)


def ask_stage(app: CompanionApp, place: ArcPlace, then: Callable[[str | None], None]) -> None:
    """Show why a session is in its stage and let the mentor choose another; `then` gets its id, None for no change.

    Raises InvalidInput when the arc cannot be read.
    """
    from companion.tui.screens.pick import Pick, PickScreen

    marks = {place.planned: "as planned", place.stage: "now"}
    if not place.is_chosen:
        marks[place.stage] = "now, as planned"
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
    """The two-minute log of the next session."""
    from companion.tui.screens.log import LogScreen

    if (session := _session_ahead(app, view)) is not None:
        app.push_screen(LogScreen(app.companion, view, session))


def open_correction(app: CompanionApp, view: PairingView) -> None:
    """The last log of a pairing once more, to be corrected. Raises InvalidInput when there is none to correct."""
    from companion.services import amend_log
    from companion.tui.screens.log import LogScreen

    last = amend_log.to_correct(app.companion, view.pairing.id)
    app.push_screen(LogScreen(app.companion, view, last.session, last))


def ask_undo_log(app: CompanionApp, view: PairingView, then: Callable[[], object]) -> None:
    """Say what taking back the last log means, and do it when told. Raises InvalidInput when there is none."""
    from textual.content import Content

    from companion.services import amend_log
    from companion.tui.screens.confirm import ConfirmScreen
    from companion.tui.text import shown

    companion, pairing_id = app.companion, view.pairing.id
    last = amend_log.last(companion, pairing_id)

    def decided(go_on: bool | None) -> None:
        if go_on and app.attempt(lambda: amend_log.undo(companion, pairing_id, last)):
            then()

    text = Content("\n").join(shown(sentence) for sentence in (*last.goes, *last.stays))
    what = "held" if last.session.held_at else "cancelled"
    question = f"Take back that session {last.session.number} of {pair_names(view)} was {what}?"
    # Final: what was typed into the log is kept nowhere else.
    app.push_screen(ConfirmScreen(question, text, "Take it back", final=True), decided)


def ask_promise(app: CompanionApp, view: PairingView, then: Callable[[], object]) -> None:
    """Choose one of the promises, then what becomes of it; `then` is called when it has changed."""
    from companion.domain.due_dates import due_words
    from companion.domain.people import Role
    from companion.domain.sessions import CommitmentStatus
    from companion.services import promises, sessions
    from companion.tui.screens.line import LineScreen
    from companion.tui.screens.pick import Pick, PickScreen

    companion, pairing_id = app.companion, view.pairing.id
    found = {one.commitment.id: one for one in promises.promised(companion, pairing_id)[1]}

    def chosen(promise_id: str | None) -> None:
        if promise_id is None:
            return
        one = found[promise_id].commitment
        picks = [Pick("open", "It is open after all")]
        if one.status is CommitmentStatus.OPEN:
            picks = [Pick("done", "It was kept"), Pick("move", "Another date"), Pick("dropped", "Let it go")]
        app.push_screen(PickScreen(f"“{short_name(one.text)}”", picks), lambda what: settle(promise_id, what))

    def settle(promise_id: str, what: str | None) -> None:
        def move(text: str) -> None:
            today = sessions.day_of(companion, view)
            moved = promises.move(companion, pairing_id, promise_id, promises.parse_day(text, today))
            app.notify(f"“{short_name(moved.text)}”: {due_words(moved.due, today)}.", markup=False)

        if what == "move":
            due = found[promise_id].commitment.due
            example = f"{companion.clock.now() + timedelta(days=DAYS_AHEAD):%Y-%m-%d}, or Friday"
            app.push_screen(LineScreen("By which day? Empty for none.", example, due.isoformat() if due else "", move))
        elif what is not None and app.attempt(
            lambda: promises.settle(companion, pairing_id, promise_id, CommitmentStatus(what))
        ):
            then()

    picks = []
    for id_, one in found.items():
        kept = one.commitment
        who = short_name((view.mentor if kept.owner is Role.MENTOR else view.mentee).given_name)
        often = f", asked {one.often}" if one.often else ""
        picks.append(Pick(id_, kept.text, f"{who}, {kept.status.value} since {kept.created_at:%d %b %Y}{often}"))
    app.push_screen(PickScreen("Which promise?", picks), chosen)


def open_say_it(app: CompanionApp, view: PairingView) -> None:
    """Help the mentor of a pairing to say something to the executive."""
    from companion.services.tips import About
    from companion.tui.screens.say_it import SayItScreen

    app.push_screen(SayItScreen(app.companion, About((view.mentee.name,), view.mentee.given_name)))


def open_practice(app: CompanionApp, pairing_id: str | None, about: str = "") -> None:
    """Rehearse, about what comes up in a pairing's next session or about some words."""
    from companion.tui.screens.practice import PracticeScreen

    app.push_screen(PracticeScreen(app.companion, pairing_id, about))


def pair_names(view: PairingView) -> str:
    """``Amira Haddad and Laurent Petit``, short enough for a sentence."""
    return f"{short_name(view.mentor.name)} and {short_name(view.mentee.name)}"


def short_name(name: str) -> str:
    """A name that fits into a sentence."""
    name = plain(name, one_line=True)
    return name if len(name) <= NAME_CHARS else f"{name[: NAME_CHARS - 1]}…"
