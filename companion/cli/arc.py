"""Commands for the arc: arc show, init, validate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from companion.cli.run import Context, json_option, print_json, print_rows, say

if TYPE_CHECKING:
    from companion.services.arc import Course


@click.group(short_help="See, check and change what each session is for.")
def arc() -> None:
    """See, check and change the arc: what each session of a pairing is for, and what follows from what happened.

    \b
    companion arc show                    the stages, their aims and their rules
    companion arc show "amira laurent"    where a pairing stands, and why
    companion arc init                    write arc.toml to change them
    companion arc validate                explain every mistake in it

    Six stages ship: agree how you work, get curious, try it out, look at blind spots, decide something, close.
    More sessions than stages repeat some, fewer share a session, and the last one always closes. A stage whose aim
    was not met stays once and then moves on, saying so. After two cancelled sessions in a row the next one begins by
    agreeing afresh, and dashboard and report ask for help; after a long time, with what still matters. All of it
    is text and numbers in arc.toml. Only what is on record counts, and a mentor may choose another stage:
    companion prepare PAIRING --stage STAGE.
    """


@arc.command("show", short_help="Say what the arc is, or where a pairing stands.")
@click.argument("pairing", required=False)
@json_option
@click.pass_obj
def show(context: Context, pairing: str | None, as_json: bool) -> None:
    """Say what each stage is for, or where PAIRING (its id, or words of the two names) stands and why."""
    from companion.services import arc as flow

    with context.companion() as companion:
        if pairing is not None:
            _show_course(flow.course(companion, pairing), as_json)
            return
        if as_json:
            print_json(companion.arc.model_dump(mode="json"))
            return
        sessions = companion.programme_parts("sessions").sessions
        click.echo(f"With {sessions} session{'' if sessions == 1 else 's'}:")
        rows = flow.sentences(companion.arc, sessions)
        print_rows(("session", "stage", "what it is for"), [(n, name, "\n".join(said)) for n, name, said in rows])
        click.echo("Facts count only from what is on record; what it cannot tell holds nobody back.")
        if not companion.home.arc.exists():
            click.echo("This is the arc that ships; companion arc init writes a copy to change.")


def _show_course(course: Course, as_json: bool) -> None:
    if as_json:
        sessions = [session.model_dump(mode="json") | {"stage_name": name} for session, name in course.sessions]
        print_json({"sessions": sessions, "place": course.place.model_dump(mode="json") if course.place else None})
        return
    say(course.title)
    rows = [(str(one.number), name, one.status.value.replace("_", " ")) for one, name in course.sessions]
    print_rows(("session", "stage", ""), rows)
    if (place := course.place) is None:
        click.echo("All planned sessions are done.")
        return
    say(f"Next: {place.name}. {place.purpose}\n{place.reason}")
    if place.so_far:
        say("\n".join(["So far:", *(f"  {line}" for line in place.so_far)]))


@arc.command("init", short_help="Write a commented copy to start from.")
@click.pass_obj
def init(context: Context) -> None:
    """Write arc.toml, a commented copy of the arc that ships, into the home; a file that is there is left alone."""
    from companion import paths
    from companion.services import arc as flow

    click.echo(f"Written: {flow.create(paths.home(context.home))}")


@arc.command("validate", short_help="Explain every mistake in the file.")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def validate(context: Context, file: Path | None, as_json: bool) -> None:
    """Check the arc of this home, or FILE, and explain every mistake with its line.

    Cards it names that do not exist are said too. The exit code is 4 when the file cannot be used.
    """
    from companion import bootstrap, paths
    from companion.errors import InvalidInput
    from companion.services import arc as flow

    home = paths.home(context.home)
    reading = flow.read(home, file)
    name = reading.path.name
    concerns = flow.unknown_cards(bootstrap.cards(home), reading.arc) if reading.arc else ()
    if as_json:
        found = [{"line": p.line, "key": p.key, "reason": p.reason, "hint": p.hint} for p in reading.problems]
        print_json({"file": name, "problems": found, "concerns": concerns})
    else:
        for problem in reading.problems:
            say(f"! {problem.sentence(name)}")
        for concern in concerns:
            say(f"- {name}: {concern}")
    if reading.problems:
        many = "one thing" if len(reading.problems) == 1 else f"{len(reading.problems)} things"
        raise InvalidInput(f"{name} cannot be used: {many} must be mended.")
    if not as_json:
        whose = (
            f"{name} is sound" if file or home.arc.exists() else "There is no arc.toml, so the arc that ships counts"
        )
        click.echo(f"{whose}{f'; {len(concerns)} worth a second look' if concerns else ''}.")


COMMANDS = (arc,)
