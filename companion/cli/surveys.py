"""Commands for surveys: survey open, close, list, show, answer, import, remind."""

from __future__ import annotations

import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from companion.cli.run import Context, json_option, print_json, print_rows, refuse_both_or_neither, say

if TYPE_CHECKING:
    from companion.domain.people import Role
    from companion.domain.waves import Wave
    from companion.services.companion import Companion
    from companion.services.import_answers import AnswersPreview
    from companion.services.run_surveys import WaveView

DAYS_OPEN = 14
SHOWN_PROBLEMS = 20
DAY = click.DateTime(["%Y-%m-%d"])


@click.group(short_help="Ask people how it goes, and protect what they say.")
def survey() -> None:
    """Ask mentors and executives how it goes: before, after a session, half-way, at the end, three months later.

    Mentors answer in the app (area 8). Executives answer with a reply code or in another survey tool; you type the
    code or import the tool's CSV. Answers stay under a name only while they can be changed.
    """


@survey.command("list", short_help="List the surveys and how they go.")
@json_option
@click.pass_obj
def list_(context: Context, as_json: bool) -> None:
    """List the surveys that were opened, and those that can be."""
    from companion.services import run_surveys

    with context.companion() as companion:
        views = run_surveys.overview(companion)
        if as_json:
            print_json([_as_json(view) for view in views])
            return
        if views:
            print_rows(
                ("survey", "what", "until", "answered"),
                [(v.wave.id, v.wave.title, _until(v), "; ".join(_counts(v))) for v in views],
            )
        else:
            click.echo("No survey was opened yet.")
        _list_instruments(companion)


@survey.command("open", short_help="Open a survey for everybody in a pairing.")
@click.argument("instrument", metavar="SURVEY")
@click.option("--until", type=DAY, help=f"Last day to answer, such as 2026-12-20 (default: in {DAYS_OPEN} days).")
@click.option(
    "--session", type=click.IntRange(1, 24), help="For a pulse: the session it is about (default: the latest)."
)
@click.pass_obj
def open_(context: Context, instrument: str, until: datetime | None, session: int | None) -> None:
    """Open SURVEY (companion survey list names them) for everybody in a pairing.

    The first survey freezes the thresholds of the programme: people answer under the limits they were shown.
    """
    from companion.services import run_surveys

    with context.companion() as companion:
        wave = run_surveys.open_wave(companion, instrument, _day(companion, until), session)
        view = run_surveys.view(companion, wave.id)
        limits = view.thresholds
        click.echo(f"Opened: {wave.id}, until {wave.closes_on:%A %d %B %Y}.")
        click.echo(f"Asked: {', '.join(f'{n} {_role(role)}s' for role, n in view.invited.items())}.")
        click.echo(
            f"Ratings are shown from {limits.ratings} people upwards, comments from {limits.comments}, "
            f"a theme from {limits.theme}; fixed for good ({limits.digest[:8]})."
        )
        for role, count in view.invited.items():
            if 0 < count < limits.ratings:
                click.echo(f"! Only {count} {_role(role)}s are asked, too few to show their answers on their own.")


@survey.command("close", short_help="Close a survey, or move its last day.")
@click.argument("wave", metavar="SURVEY")
@click.option("--on", "last_day", type=DAY, help="Do not close now: make this the last day.")
@click.option("--yes", is_flag=True, help="Close without asking.")
@click.pass_obj
def close(context: Context, wave: str, last_day: datetime | None, yes: bool) -> None:
    """Close SURVEY now: answers are separated from names for good. It cannot be opened again."""
    from companion.services import run_surveys

    with context.companion() as companion:
        if last_day is not None:
            moved = run_surveys.move_closing_day(companion, wave, last_day.date())
            click.echo(f"{moved.id} is open until {moved.closes_on:%A %d %B %Y}.")
            return
        found = run_surveys.view(companion, wave).wave
        if not yes and found.closed_at is None:
            click.confirm("Close it? Nobody can change an answer then.", default=False, abort=True)
        if found.closed_at is not None:
            say(f"{wave} was closed already, on {found.closed_at:%d %B %Y}.{_open_beside(companion, found)}")
        if run_surveys.close(companion, wave):
            click.echo(f"Closed: {wave}. Answers are separated from names, and what was deleted is overwritten.")
        else:
            click.echo(
                f"Closed: {wave}. Another window of companion was at work, so deleted answers are not overwritten on "
                f"the disk yet: quit it, then companion survey close {wave} again."
            )


@survey.command(
    "answer", short_help="Take a reply code, or answer in the app.", context_settings={"ignore_unknown_options": True}
)
@click.option("--person", metavar="NAME", help="Whose reply code it is: an id, or words of the name.")
@click.argument("code", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def answer(context: Context, person: str | None, code: tuple[str, ...]) -> None:
    """Take the reply CODE of --person; without a code the app opens, where you answer yourself.

    \b
    companion survey answer --person laurent pulse 4 +1 5
    companion survey answer --person laurent "pulse 4 - 5 contact: it was loud"

    One number per question in the order of the letter, - for one that was skipped; then perhaps contact (please call
    me), quote (you may quote me) and share (show it to my partner), and words after a colon. A second code replaces
    the first until the survey closes.
    """
    if not code:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise click.UsageError("Give the code and --person, or run this in a terminal to answer in the app.")
        from companion.tui.app import CompanionApp

        with context.companion() as companion:
            CompanionApp(companion, start_in="surveys").run()
        return
    if not person:
        raise click.UsageError("Whose code is it? Add --person NAME.")
    from companion.services import answer_survey

    with context.companion() as companion:
        form = answer_survey.take_code(companion, person, " ".join(code))
        click.echo(f"Kept for {form.person.name}: {form.answered} of {len(form.questions)} answers to {form.wave.id}.")
        if form.wave.closed_at is not None:
            click.echo(f"It came late; it counts once {form.thresholds.ratings} late answers are there.")


@survey.command("import", short_help="Read answers from another survey tool's CSV.")
@click.argument("wave", metavar="SURVEY")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only show what would be kept.")
@click.option("--yes", is_flag=True, help="Keep without asking.")
@click.option("--save-report", type=click.Path(dir_okay=False, path_type=Path), help="Write the problems to this CSV.")
@click.pass_obj
def import_(context: Context, wave: str, file: Path, dry_run: bool, yes: bool, save_report: Path | None) -> None:
    """Read answers to SURVEY from FILE, the CSV export of another survey tool: one person per row.

    Columns are found by a question's id or text (companion survey show SURVEY lists both), people by id, e-mail or
    name. Cells that cannot be used are named with line and column; everything else is kept.
    """
    from companion.services import import_answers

    refuse_both_or_neither(dry_run=dry_run, yes=yes)
    with context.companion() as companion:
        preview = import_answers.preview(companion, wave, file)
        _show_preview(preview, file.name)
        if preview.wave.closed_at is not None:
            late = f"{wave} is closed: these answers come late and count once enough late ones are there."
            say(f"! {late}{_open_beside(companion, preview.wave)}")
        if save_report:
            from companion.importing import problems_csv

            save_report.write_text(problems_csv(preview.problems), encoding="utf-8-sig")
        if dry_run or not preview.responses:
            return
        if not yes:
            click.confirm(f"Keep the answers of {_people(len(preview.responses))}?", default=True, abort=True)
        click.echo(f"Kept: the answers of {_people(import_answers.save(companion, preview))}.")
        click.echo(f"{file} holds them under their names: delete it when you no longer need it.")


@survey.command("remind", short_help="List whom to remind.")
@click.argument("wave", metavar="SURVEY")
@json_option
@click.pass_obj
def remind(context: Context, wave: str, as_json: bool) -> None:
    """List who has not answered SURVEY yet.

    While fewer than the threshold of a role have answered, everybody of that role is listed: who has answered must
    not be seen.
    """
    from companion.services import run_surveys

    with context.companion() as companion:
        found = run_surveys.reminders(companion, wave)
        if as_json:
            print_json({_role(role): [p.id for p in people] for role, people in found.people.items()})
            return
        for role, people in found.people.items():
            everybody = role in found.everybody
            head = (
                f"All {_role(role)}s, whether they have answered or not" if everybody else f"{_role(role)}s to remind"
            )
            click.echo(f"{head[0].upper()}{head[1:]}:" if people else f"All {_role(role)}s have answered.")
            for person in people:
                click.echo(f"  {person.name}  {person.email}".rstrip())


@survey.command("show", short_help="Show a survey: its questions, who sees what, how it goes.")
@click.argument("wave", metavar="SURVEY")
@click.option("--language", metavar="CODE", default="en", help="Language of the questions, such as fr.")
@click.option("--results", is_flag=True, help="Show ratings by role, as far as the limits allow; goes on record.")
@json_option
@click.pass_obj
def show(context: Context, wave: str, language: str, results: bool, as_json: bool) -> None:
    """Show SURVEY: its questions with their ids, who will see the answers, and how many answered.

    Make companion report before you look at --results: what was shown here can forbid a change there.
    """
    from companion.services import run_surveys

    with context.companion() as companion:
        view = run_surveys.view(companion, wave)
        if as_json:
            print_json(_as_json(view))
        elif results:
            _show_results(companion, view)
        else:
            _show_questions(view, language)


def _list_instruments(companion: Companion) -> None:
    from companion.services import run_surveys

    click.echo("\nYou can open (companion survey open SURVEY):")
    for name, form in run_surveys.questionnaires(companion).items():
        minutes = form.instrument.seconds / 60
        length = f"{minutes:.0f} min" if minutes >= 1 else f"{form.instrument.seconds} s"
        languages = ", ".join(form.languages)
        click.echo(f"  {name:<12}{form.instrument.title.get('en', ''):<24}{length:<8}{languages}")


def _day(companion: Companion, until: datetime | None) -> date:
    return until.date() if until else companion.clock.now().date() + timedelta(days=DAYS_OPEN)


def _role(role: Role) -> str:
    return "mentor" if role.value == "mentor" else "executive"


def _open_beside(companion: Companion, wave: Wave) -> str:
    """A sentence that names the survey of the same kind that is open, for who meant that one; else nothing."""
    from companion.services import run_surveys

    other = run_surveys.open_beside(companion, wave)
    return f" Open now: {other}." if other else ""


def _until(view: WaveView) -> str:
    if view.wave.closed_at is None:
        return f"{view.wave.closes_on:%d %b %Y}"
    return f"closed {view.wave.closed_at:%d %b %Y}"


def _counts(view: WaveView) -> list[str]:
    from companion.domain.anonymity import Released

    lines = []
    for role, outcome in view.answered.items():
        shown = str(outcome.value) if isinstance(outcome, Released) else f"▒ fewer than {view.thresholds.ratings}"
        asked = view.invited[role]
        lines.append(f"{_role(role)}s {shown if asked >= view.thresholds.ratings else '▒ too few'} of {asked}")
    return lines


def _as_json(view: WaveView) -> dict[str, Any]:
    from companion.domain.anonymity import Released

    return {
        "survey": view.wave.id,
        "title": view.wave.title,
        "closes_on": view.wave.closes_on.isoformat(),
        "closed_at": view.wave.closed_at,
        "asked": {_role(role): n for role, n in view.invited.items()},
        "answered": {
            _role(role): outcome.value if isinstance(outcome, Released) else {"withheld": outcome.reason}
            for role, outcome in view.answered.items()
        },
        "thresholds": view.thresholds.model_dump(),
        "questions": {item.id: dict(item.text) for item in view.wave.form.items},
    }


def _show_questions(view: WaveView, language: str) -> None:
    from companion.domain.surveys import PhraseId, in_language

    wave, form = view.wave, view.wave.form
    click.echo(f"{wave.title} ({wave.id}), {_until(view)}")
    click.echo("; ".join(_counts(view)))
    if view.wants_contact:
        click.echo(f"Asks to be contacted: {', '.join(view.wants_contact)}")
    notice = ""
    for item in form.items:
        fresh = form.notice(item, view.thresholds, language)
        if fresh != notice:
            notice = fresh
            click.echo(f"\n  {notice}")
        who = ", ".join(_role(role) for role in item.answered_by)
        click.echo(f"    {item.id:<22}{in_language(item.text, language)}  [{who}]")
    sources = {f"{source.citation}. {source.note}" for source in form.sources.values()}
    if sources:
        click.echo("\nTopics after:")
    for source in sorted(sources):
        click.echo(f"  {source}")
    click.echo(f"\n{form.phrase(PhraseId.LIMITS, language)}")


def _show_results(companion: Companion, view: WaveView) -> None:
    from statistics import fmean

    from companion.domain.anonymity import Released
    from companion.services import release_answers

    rows = []
    for item in view.wave.form.items:
        scale = view.wave.form.scale_of(item)
        if scale is None:
            continue
        by = release_answers.Attribute.ROLE if len(item.answered_by) > 1 else None
        table = release_answers.ratings(companion, view.wave.id, [item.id], by)
        named = {("executive" if name == "mentee" else name): cell for name, cell in table.cells.items()}
        for who, outcome in (*named.items(), ("everybody asked", table.total)):
            if isinstance(outcome, Released):
                shown = f"{fmean(outcome.value):.1f}" if scale.ordered else "/".join(_tally(outcome.value, scale))
                rows.append((item.id, who, shown, str(outcome.respondents)))
            else:
                rows.append((item.id, who, "▒", outcome.reason))
    print_rows(("question", "who", "mean", "people, or why hidden"), rows)


def _tally(values: tuple[float, ...], scale: Any) -> list[str]:
    return [str(sum(value == step for value in values)) for step in range(scale.low, scale.high + 1)]


def _show_preview(preview: AnswersPreview, name: str) -> None:
    for problem in preview.problems[:SHOWN_PROBLEMS]:
        sign, value = "!" if problem.severity == "error" else "-", f" ({problem.value})" if problem.value else ""
        say(f"{sign} {problem.where}: {problem.reason}{value} {problem.hint}".rstrip())
    if len(preview.problems) > SHOWN_PROBLEMS:
        say(f"  ... and {len(preview.problems) - SHOWN_PROBLEMS} more (--save-report FILE lists all)")
    if preview.columns_ignored:
        say(f"Not read: {', '.join(preview.columns_ignored)}")
    replaced = f", {preview.replaced} of them in place of an earlier one" if preview.replaced else ""
    rows = f"{preview.rows_left_out} row{'' if preview.rows_left_out == 1 else 's'}"
    say(f"{name}: answers of {_people(len(preview.responses))}{replaced}, {rows} left out.")


def _people(count: int) -> str:
    return f"{count} {'person' if count == 1 else 'people'}"


COMMANDS = (survey,)
