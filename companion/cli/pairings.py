"""Commands for running pairings: pairings, dashboard, pause, resume, end, rematch."""

from __future__ import annotations

import click

from companion.cli.run import Context, json_option, print_json, print_rows, progress_line, say


@click.command(short_help="End a pairing, without anybody's fault.")
@click.argument("pairing")
@click.pass_obj
def end(context: Context, pairing: str) -> None:
    """End PAIRING (its id, or words of the two names). Its history stays, and both are free to be matched again."""
    from companion.services import pairings as flow

    with context.companion() as companion:
        ended = flow.end(companion, pairing)
        click.echo(f"{ended.id} is {ended.status.value.replace('_', ' ')}.")


@click.command(short_help="List the pairings and where each stands.")
@json_option
@click.pass_obj
def pairings(context: Context, as_json: bool) -> None:
    """List the pairings and where each one stands."""
    from companion.services import pairings as flow

    with context.companion() as companion:
        views = flow.view_all(companion, active_only=False)
        if as_json:
            print_json([view.pairing.model_dump(mode="json") | {"title": view.title} for view in views])
            return
        if not views:
            click.echo("There are no pairings yet. companion match proposes some; companion approve makes them.")
            return
        rows = []
        for view in views:
            session = view.next_session
            date = flow.starts_locally(view, session) if session else ""
            stands = f"{view.place}, {date}" if session else view.place
            ready = ", ".join(what for what, is_done in view.readiness if not is_done) or "ready"
            rows.append((view.pairing.id, view.title, stands, "ready" if ready == "ready" else f"open: {ready}"))
        print_rows(("id", "pair", "next", "readiness"), rows)


@click.command(short_help="Let a pairing rest.")
@click.argument("pairing")
@click.option("--reason", required=True, help="One sentence, such as: on leave until March.")
@click.pass_obj
def pause(context: Context, pairing: str, reason: str) -> None:
    """Let PAIRING (its id, or words of the two names) rest: nothing about it is overdue until companion resume."""
    from companion.services import pairings as flow

    with context.companion() as companion:
        paused = flow.pause(companion, pairing, reason)
        say(f"Paused: {flow.view(companion, paused.id).title}.")


@click.command(short_help="Go on with a pairing that rests.")
@click.argument("pairing")
@click.pass_obj
def resume(context: Context, pairing: str) -> None:
    """Go on with PAIRING (its id, or words of the two names); days are counted from today again."""
    from companion.services import pairings as flow

    with context.companion() as companion:
        resumed = flow.resume(companion, pairing)
        say(f"Going on: {flow.view(companion, resumed.id).title}.")


@click.command(short_help="See which pairings need a look, and what helps.")
@click.option("--find", "words", default="", help="Only rows with these words: a name, a rule, look, on track, paused.")
@click.option("--all", "everything", is_flag=True, help="Also pairings that are over.")
@json_option
@click.pass_obj
def dashboard(context: Context, words: str, everything: bool, as_json: bool) -> None:
    """See how every pairing fares, from what can be counted: sessions held, cancellations, days since contact.

    Nothing of what somebody wrote or answered is looked at, so nobody is watched. Each row that asks for a look says
    what helps, with the practice card about it (companion knowledge) and the command.
    """
    from dataclasses import asdict

    from companion.domain.dashboard import MARKS
    from companion.services import dashboard as flow

    with context.companion() as companion:
        found = flow.fitting(flow.rows(companion, everything=everything), words)
        if as_json:
            print_json([asdict(row) for row in found])
            return
        if not found:
            click.echo("No pairing fits." if words else "There are no running pairings.")
            return
        print_rows(
            ("", "pair", "held", "cancelled", "days since contact", "what happened", "what helps"),
            [
                (
                    MARKS[row.mark],
                    f"{row.mentor} and {row.executive}",
                    f"{row.facts.held}/{row.facts.planned}",
                    str(row.facts.cancelled),
                    row.facts.of_those_left(row.facts.days_since_contact),
                    row.says,
                    f"{row.do} Card {row.card}; companion {row.action}" if row.rule else "",
                )
                for row in found
            ],
        )


@click.command(short_help="End a pairing and propose others for the two.")
@click.argument("pairing")
@click.option("--reason", required=True, help="One sentence; only the audit trail and the rules keep it.")
@click.pass_obj
def rematch(context: Context, pairing: str, reason: str) -> None:
    """End PAIRING (its id, or words of the two names) without anybody's fault, and match the two anew.

    The two are never proposed to one another again (companion rules), and nobody else's pairing is touched.
    """
    from companion.cli.match_output import show_queue
    from companion.services import review_matches
    from companion.services.rematch import rematch as flow

    with context.companion() as companion:
        with progress_line() as progress:
            flow(companion, pairing, reason, progress=progress)
        click.echo("Ended, without anybody's fault. For the two of them:")
        show_queue(review_matches.queue(companion))


COMMANDS = (pairings, dashboard, pause, resume, end, rematch)
