"""Commands for a pairing's sessions: schedule, prepare, deliver, reply, log, promises."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from companion.cli.run import Context, json_option, print_document, print_json, print_rows, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from companion.domain.people import Role
    from companion.services.amend_log import LastLog
    from companion.services.companion import Companion
    from companion.services.pairings import PairingView
    from companion.services.prepare_agenda import Choices, Draft
    from companion.services.promises import Promised

pairing_argument = click.argument("pairing")
PAIRING_HELP = "PAIRING is its id, or words of the two names: companion prepare 'amira laurent'."


@click.command(epilog=PAIRING_HELP, short_help="Agree or move the date of the next session.")
@pairing_argument
@click.argument("when")
@click.option("--minutes", type=click.IntRange(15, 180), help="Length of the session.")
@click.pass_obj
def schedule(context: Context, pairing: str, when: str, minutes: int | None) -> None:
    """Agree or move the date of the next session of PAIRING.

    WHEN is a local time in the mentor's time zone such as 2026-11-26T14:00, or one with an offset.
    """
    from companion.services import pairings, sessions

    with context.companion() as companion:
        view = pairings.view(companion, pairing)
        session = pairings.next_session(view)
        starts_at = sessions.parse_when(when, view.mentor.time_zone)
        session = sessions.schedule(companion, session.id, starts_at, minutes)
        click.echo(
            f"Session {session.number} of {view.title}: {starts_at:%A %d %B %Y, %H:%M} ({view.mentor.time_zone})."
        )


@click.command(epilog=PAIRING_HELP, short_help="Prepare the agenda of the next session.")
@pairing_argument
@click.option("--goal", "goals", multiple=True, metavar="TEXT", help="Words of a goal, or its id; may be repeated.")
@click.option("--minutes", type=click.IntRange(15, 180), help="Length of the session (default: as planned).")
@click.option("--theme", "themes", multiple=True, metavar="CARD", help="A theme's card id; may be repeated, up to 3.")
@click.option("--stage", metavar="STAGE", help="Another stage than the arc has (companion arc show); auto: back to it.")
@click.option("--show-choices", is_flag=True, help="Only list goals and themes to choose from; changes nothing.")
@click.option("--sources", is_flag=True, help="Only show where each line of the agenda that is there comes from.")
@click.option("--no-model", is_flag=True, help="Leave everything in the cards' own words.")
@click.option("--anyway", is_flag=True, help="Also over an agenda that was edited or delivered, and in a pause.")
@json_option
@click.pass_obj
def prepare(
    context: Context,
    pairing: str,
    goals: tuple[str, ...],
    minutes: int | None,
    themes: tuple[str, ...],
    stage: str | None,
    show_choices: bool,
    sources: bool,
    no_model: bool,
    anyway: bool,
    as_json: bool,
) -> None:
    """Prepare the agenda of the next session of PAIRING.

    The time-boxed skeleton from practice cards appears at once; then the language model words it item by item.
    Ctrl-C stops the wording and keeps what has arrived. Edit the result in the app.
    """
    from companion.services import agenda_briefs, arc, prepare_agenda

    with context.companion() as companion:
        if sources:
            _show_sources(prepare_agenda.look_ahead(companion, pairing), as_json)
            return
        choices = prepare_agenda.choices(companion, pairing)
        chosen = [prepare_agenda.goal_named(choices, text).id for text in goals]
        if show_choices:
            _show_choices(prepare_agenda.choices(companion, pairing, chosen, stage=stage), as_json)
            return
        if not anyway:
            # Before the stage changes; begin asks again, as somebody may edit meanwhile.
            prepare_agenda.ask_first(companion, choices.session.id)
        if stage is not None:
            if themes:
                # Raises when there is no such card: a slip beside it leaves the stage as it was.
                agenda_briefs.brief_of(companion, choices.session.id, chosen or choices.suggested, 60, themes)
            arc.choose_stage(companion, choices.session.id, arc.stage_named(companion.arc, stage))
        if chosen or stage is not None:
            choices = prepare_agenda.choices(companion, pairing, chosen)
        length = minutes or choices.session.minutes
        offered = themes or choices.suggested_themes
        draft = prepare_agenda.begin(companion, choices.session.id, choices.suggested, length, offered, anyway=anyway)
        if not as_json:
            click.echo(f"Skeleton ready: {len(draft.agenda.items)} items, {draft.agenda.minutes} minutes.", err=True)
        if not no_model:
            draft = _word(companion, draft)
        if as_json:
            print_json(draft.agenda.model_dump(mode="json"))
        else:
            _show_draft(companion, draft)


@click.command(epilog=PAIRING_HELP, short_help="Write the documents of the next session.")
@pairing_argument
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write here, not in the outbox.")
@click.option("--checked", is_flag=True, help="You have read it; only then does the brief say so.")
@click.option("--open", "open_brief", is_flag=True, help="Open the ready-made mail in your mail program.")
@click.option("--anyway", is_flag=True, help="Also while the pairing is paused.")
@json_option
@click.pass_obj
def deliver(
    context: Context, pairing: str, folder: Path | None, checked: bool, open_brief: bool, anyway: bool, as_json: bool
) -> None:
    """Write the documents of the prepared session of PAIRING: run-sheet, executive's brief, calendar entry, mail.

    You send the mail from your own mailbox; the executive needs nothing but a mail reader.
    """
    from companion.services import deliver_agenda

    with context.companion() as companion:
        delivered = deliver_agenda.deliver(companion, pairing, folder, checked=checked, anyway=anyway)
        if as_json:
            print_json({path.name: str(path) for path in delivered.paths})
        else:
            click.echo(f"Written to {delivered.folder}:")
            for path in delivered.paths:
                click.echo(f"  {path.name}")
            for note in delivered.notes:
                click.echo(f"! {note}")
        if open_brief:
            click.launch(str(delivered.folder / "brief.eml"))


@click.command(epilog=PAIRING_HELP, short_help="Take the executive's one-digit answer.")
@pairing_argument
@click.argument("answer", metavar="DIGIT", type=click.Choice(["1", "2", "3", "4", "private"], case_sensitive=False))
@click.argument("text", required=False, default="")
@click.pass_obj
def reply(context: Context, pairing: str, answer: str, text: str) -> None:
    """Take the executive's one-digit answer to a brief: 1 keep, 2 make it 15 minutes, 3 move, 4 other topic: TEXT.

    TEXT is their question in their own words, at most 500 characters; it leads the next agenda in a part of its own.

    The word "private" in place of a digit: nothing about the executive is sent to a model elsewhere any more.
    """
    from companion.services import answer_brief

    with context.companion() as companion:
        click.echo(answer_brief.take(companion, pairing, answer, text))


@click.command(epilog=PAIRING_HELP, short_help="Log a session as held, with its promises.")
@pairing_argument
@click.option("--mentor", multiple=True, metavar="TEXT", help="What the mentor promised: 'send it by Friday'.")
@click.option("--executive", multiple=True, metavar="TEXT", help="What the executive promised: '... by 2026-12-01'.")
@click.option("--done", multiple=True, metavar="COMMITMENT", help="Id of an earlier commitment that is done.")
@click.option("--cancelled", is_flag=True, help="The session did not take place.")
@click.option(
    "--cancelled-by", type=click.Choice(["mentor", "executive"]), help="It did not take place; who cancelled it."
)
@click.option("--anyway", is_flag=True, help="Also when its date is still to come, in a pause, or to empty it.")
@click.option("--correct", is_flag=True, help="Write the last log anew, with exactly what is given here.")
@click.pass_obj
def log(
    context: Context,
    pairing: str,
    mentor: tuple[str, ...],
    executive: tuple[str, ...],
    done: tuple[str, ...],
    cancelled: bool,
    cancelled_by: str | None,
    anyway: bool,
    correct: bool,
) -> None:
    """Log the next session of PAIRING as held, with what was promised; open commitments lead the next agenda.

    A day in plain English counts from the session's day (tomorrow, Friday, next week, the end of the month,
    5 December); what was read is printed. companion promises moves a date or takes one away.

    companion undo PAIRING takes the last log back, --correct writes it anew.
    """
    from companion.domain.people import Role
    from companion.services import amend_log, arc, deliver_agenda, pairings, sessions

    typed = (*((Role.MENTOR, text) for text in mentor), *((Role.MENTEE, text) for text in executive))
    with context.companion() as companion:
        if correct:
            if cancelled or cancelled_by:
                raise click.UsageError("To log it as cancelled, take the log back first: companion undo PAIRING.")
            _correct(companion, pairing, typed, done, anyway)
            return
        view = pairings.view(companion, pairing)
        session = pairings.next_session(view)
        if cancelled or cancelled_by:
            by = {"mentor": Role.MENTOR, "executive": Role.MENTEE}.get(cancelled_by or "")
            withdrawn = deliver_agenda.cancel(companion, view.pairing.id, by)
            say(f"Session {session.number} of {view.title} is cancelled.")
            if (place := arc.course(companion, view.pairing.id).place) is not None:
                say(f"Next: {place.name}. {place.reason}")
            if withdrawn:
                click.echo(f"To take it out of the executive's calendar, send {withdrawn.folder / 'cancel.eml'}.")
            return
        day = sessions.day_of(companion, view, session)
        promises = [sessions.parse_promise(owner, text, day) for owner, text in typed]
        sessions.log(companion, session.id, promises, done, anyway=anyway)
        say(f"Session {session.number} of {view.title} is held{'' if promises else '; nothing was promised'}.")
        _say_what_was_read(companion, amend_log.last(companion, view.pairing.id))
        click.echo("companion undo takes it back; companion log PAIRING --correct writes it anew.")


def _correct(
    companion: Companion, pairing: str, typed: Sequence[tuple[Role, str]], done: Sequence[str], anyway: bool
) -> None:
    """Write the last log anew and say what it holds now, and which promise it holds no more."""
    from companion.errors import AskFirst
    from companion.services import amend_log, pairings, sessions

    before = amend_log.to_correct(companion, pairing)
    if not (typed or done or anyway) and (before.promises or before.done):
        raise AskFirst(
            f"Nothing is given, so the log of session {before.session.number} would hold no promise any more.",
            "--mentor, --executive and --done say what it is to hold; with --anyway it is emptied all the same.",
        )
    day = sessions.day_of(companion, pairings.view(companion, before.pairing.id), before.session)
    promises = [sessions.parse_promise(owner, text, day) for owner, text in typed]
    written = amend_log.correct(companion, pairing, promises, done, before)
    stay = {one.id for one in written.promises}
    say(f"The log of session {written.session.number} of {written.title} is corrected.")
    _say_what_was_read(companion, written)
    for one in before.promises:
        if one.id not in stay:
            say(f"No longer promised: {one.text}")
    for sentence in written.stays:
        say(sentence)


def _say_what_was_read(companion: Companion, log: LastLog) -> None:
    """The promises of a log as they were understood, and what to do about one without a date."""
    from companion.services import amend_log

    for line in amend_log.receipt(companion, log):
        say(f"  {line}")
    if any(one.due is None for one in log.promises):
        click.echo("To give one a date, end it with 'by Friday' or 'by 2026-12-05', or use companion promises --by.")


@click.command(epilog=PAIRING_HELP, short_help="See the promises, and keep, move or drop one.")
@pairing_argument
@click.argument("promise", required=False)
@click.option("--done", "settled", flag_value="done", help="It was kept.")
@click.option("--drop", "settled", flag_value="dropped", help="Let it go; it no longer comes up.")
@click.option("--reopen", "settled", flag_value="open", help="It is open after all.")
@click.option("--by", "day", metavar="DAY", help="Another date: 2026-12-01, Friday; '' for none.")
@json_option
@click.pass_obj
def promises(
    context: Context, pairing: str, promise: str | None, settled: str | None, day: str | None, as_json: bool
) -> None:
    """List the promises of PAIRING, or settle or move one: PROMISE is its id, or words of it.

    The next agenda follows; one that is there already stays as it is.
    """
    from companion.domain.due_dates import due_words
    from companion.domain.sessions import CommitmentStatus
    from companion.services import pairings, sessions
    from companion.services import promises as flow

    if (settled is None and day is None) != (promise is None) or (settled is not None and day is not None):
        raise click.UsageError("Name a promise and one of --done, --drop, --reopen, --by; or only the pairing.")
    with context.companion() as companion:
        if promise is None:
            _show_promises(*flow.promised(companion, pairing), as_json)
            return
        today = sessions.day_of(companion, pairings.view(companion, pairing))
        if settled is not None:
            one = flow.settle(companion, pairing, promise, CommitmentStatus(settled))
        else:
            one = flow.move(companion, pairing, promise, flow.parse_day(day or "", today))
        if as_json:
            print_json(one.model_dump(mode="json"))
        else:
            due = f", {due_words(one.due, today)}" if one.due and one.status is CommitmentStatus.OPEN else ""
            say(f"“{one.text}” is {one.status.value}{due}.")


def _show_promises(view: PairingView, found: tuple[Promised, ...], as_json: bool) -> None:
    from companion.domain.people import Role

    if as_json:
        print_json([one.commitment.model_dump(mode="json") | {"asked": one.asked} for one in found])
    elif not found:
        click.echo("Nothing was promised yet.")
    else:
        names = {Role.MENTOR: view.mentor.given_name, Role.MENTEE: view.mentee.given_name}
        rows = []
        for one in found:
            kept = one.commitment
            due, since = (str(kept.due) if kept.due else ""), f"{kept.created_at:%d %b %Y}"
            rows.append((kept.id, names[kept.owner], kept.text, kept.status.value, due, since, one.often))
        print_rows(("id", "who", "promise", "stands", "due", "since", "asked"), rows)


def _word(companion: Companion, draft: Draft) -> Draft:
    """Word a draft, showing each item as it is finished; Ctrl-C stops and keeps what has arrived."""
    import signal

    from companion.services import prepare_agenda

    stopped = False

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True

    earlier = signal.signal(signal.SIGINT, stop)
    try:
        for event in prepare_agenda.word(companion, draft, cancelled=lambda: stopped):
            match event:
                case prepare_agenda.ItemStarted(item_id):
                    click.echo(f"  writing: {draft.agenda.item(item_id).title} ...", err=True)
                case prepare_agenda.ItemWorded(current, item_id):
                    item = current.agenda.item(item_id)
                    click.echo(f"  {item.question.origin.value:>6}: {item.question.text}", err=True)
                    draft = current
                case prepare_agenda.Finished(current):
                    draft = current
    finally:
        signal.signal(signal.SIGINT, earlier)
    return draft


def _show_choices(choices: Choices, as_json: bool) -> None:
    if as_json:
        goals = [goal.model_dump(mode="json") | {"suggested": goal.id in choices.suggested} for goal in choices.goals]
        themes = [vars(theme) for theme in choices.themes]
        place_data = choices.place.model_dump(mode="json")
        print_json({"session": choices.session.id, "place": place_data, "goals": goals, "themes": themes})
        return
    place = choices.place
    click.echo(f"Session {choices.session.number}: {place.name}. {place.reason}")
    say("\n".join(place.so_far))
    click.echo("Goals:")
    for goal in choices.goals:
        new = " (not worked on yet)" if place.so_far and goal.id in place.untouched else ""
        say(f"  {'*' if goal.id in choices.suggested else ' '} {goal.id}  {goal.text}{new}")
    click.echo("Themes:")
    for theme in choices.themes:
        click.echo(f"    {theme.card_id}  {theme.title} (evidence {theme.grade.value}): {theme.reason}")


def _show_sources(draft: Draft, as_json: bool) -> None:
    """Every line with who worded it, what it rests on and what it was checked for."""
    from companion.domain.origins import agenda_origins

    parts = agenda_origins(draft.agenda, draft.brief)
    if as_json:
        print_json([{"part": title, "lines": [vars(line) for line in lines]} for title, lines in parts])
        return
    for title, lines in parts:
        say(f"== {title}")
        for line in lines:
            say(f"{line.name}: {line.text}\n    {line.how}")
            for fact in line.asked_with:
                say(f"    {fact}")
            if line.checks:
                say(f"    Passed {len(line.checks)} checks: {' '.join(line.checks)}")
        for fact in dict.fromkeys(fact for line in lines for fact in line.rests_on):
            say(f"  - {fact}")
        click.echo()


def _show_draft(companion: Companion, draft: Draft) -> None:
    from companion.services import deliver_agenda

    # The run-sheet holds the agenda's note.
    print_document(deliver_agenda.run_sheet_text(companion, draft))
    if draft.agenda.removed:
        count = len(draft.agenda.removed)
        click.echo(f"- {'1 line of the model was' if count == 1 else f'{count} lines of the model were'} not used:")
        for removed in draft.agenda.removed:
            say(f"    {f'“{removed.text}” ' if removed.text else ''}{removed.reason}")
    for finding in draft.findings:
        click.echo(f"{'!' if finding.severity == 'error' else '-'} {finding.message}")


COMMANDS = (schedule, prepare, deliver, reply, log, promises)
