"""Commands for running pairings: pairings, end, rematch."""

from __future__ import annotations

import click

from companion.cli.run import Context, json_option, print_json, print_rows, progress_line


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
            stands = f"session {session.number} of {len(view.sessions)}, {date}" if session else "all sessions done"
            ready = ", ".join(what for what, is_done in view.readiness if not is_done) or "ready"
            rows.append((view.pairing.id, view.title, stands, "ready" if ready == "ready" else f"open: {ready}"))
        print_rows(("id", "pair", "next", "readiness"), rows)


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


COMMANDS = (pairings, end, rematch)
