"""Commands for a person's rights over their data, and for what is kept too long: forget, export-me, retention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from companion.cli.run import Context, json_option, print_json, print_rows, progress_line, refuse_both_or_neither, say

if TYPE_CHECKING:
    from companion.domain.receipts import Receipt
    from companion.services.forget_person import Plan


@click.command(short_help="Remove a person and everything about them.")
@click.argument("person", required=False)
@click.option("--dry-run", is_flag=True, help="Only show what would be removed.")
@click.option("--yes", is_flag=True, help="Do it without asking for the name.")
@click.option("--receipts", "show_receipts", is_flag=True, help="List what was erased so far.")
@click.option("--resume", is_flag=True, help="Finish what was interrupted.")
@json_option
@click.pass_obj
def forget(
    context: Context,
    person: str | None,
    dry_run: bool,
    yes: bool,
    show_receipts: bool,
    resume: bool,
    as_json: bool,
) -> None:
    """Remove PERSON (id, e-mail address or name) from this programme: rows, vectors, files, and the name elsewhere.

    You see first what would go, what stays and why, and what companion cannot reach. The receipt at the end holds
    nothing about the person. Interrupted, it goes on with --resume. With --json nothing is asked, so say --dry-run to
    only look, or --yes to remove.
    """
    from companion.services import forget_person as flow

    with context.companion() as companion, progress_line() as progress:
        if show_receipts:
            _print_receipts(flow.receipts(companion), as_json)
            return
        if resume:
            finished = flow.resume(companion, progress=progress)
            progress.clear()
            if finished or as_json:
                _print_receipts(finished, as_json)
            else:
                click.echo("Nothing was left to finish.")
            return
        if not person:
            raise click.UsageError("Name the person, or use --receipts or --resume.")
        refuse_both_or_neither(dry_run=dry_run, yes=yes, as_json=as_json)
        plan = flow.plan(companion, person)
        if as_json and dry_run:
            print_json(_plan_as_json(plan))
            return
        if not as_json:
            _show_plan(plan)
        if dry_run:
            return
        if not yes:
            typed = click.prompt("This cannot be undone. Type the name to go on", default="", show_default=False)
            if not flow.confirmed(plan, typed):
                click.echo("That is not the name; nothing was removed.")
                raise click.exceptions.Exit(1)
        receipt = flow.forget(companion, plan.person.id, progress=progress)
        progress.clear()
        _print_receipts([receipt], as_json)


@click.command("export-me", short_help="Give a person everything held about them.")
@click.argument("person")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write here, not in the home.")
@json_option
@click.pass_obj
def export_me(context: Context, person: str, folder: Path | None, as_json: bool) -> None:
    """Write everything held about PERSON as a page that a person understands, and as JSON.

    For each kind of data: what, why, who sees it and for how long. What is private to somebody else is left out and
    said so. Only you can read the files; hand them over and delete them.
    """
    from companion.services import export_me as flow

    with context.companion() as companion:
        paths = flow.export(companion, person, folder)
        if as_json:
            print_json({path.name: str(path) for path in paths})
            return
        for path in paths:
            say(str(path))


@click.command(short_help="Show and remove what was kept too long.")
@click.option("--apply", "apply_", is_flag=True, help="Remove what is over; without it, it is only shown.")
@json_option
@click.pass_obj
def retention(context: Context, apply_: bool, as_json: bool) -> None:
    """Show how long each kind of data is kept ([retention] in the programme file), and what is over.

    With --apply it is removed, and a receipt says how much. Interrupted, run it again.
    """
    from companion.domain.retention import kept_for
    from companion.services import retention as flow

    with context.companion() as companion, progress_line() as progress:
        if apply_:
            receipt = flow.apply(companion, progress=progress)
            progress.clear()
            if receipt is None and not as_json:
                click.echo("Nothing was kept too long.")
            else:
                _print_receipts([receipt] if receipt else [], as_json)
            return
        found = flow.due(companion)
        if as_json:
            print_json([vars(one) for one in found])
            return
        print_rows(
            ("kind", "kept for", "over now", "next"),
            [
                (one.label, kept_for(one.days), str(one.over), f"{one.next_at:%d %b %Y}" if one.next_at else "")
                for one in found
            ],
        )
        if any(one.over for one in found):
            click.echo("companion retention --apply removes what is over.")


def _plan_as_json(plan: Plan) -> dict[str, object]:
    return {
        "person": plan.person.id,
        "removed": dict(plan.removed),
        "by_hand": [str(path) for path in plan.by_hand],
        "kept": plan.kept,
        "out_of_reach": plan.out_of_reach,
        "namesakes": plan.namesakes,
    }


def _show_plan(plan: Plan) -> None:
    say(f"Forgetting {plan.person.name} ({plan.person.id}) would remove:")
    _counts(plan.removed)
    if plan.namesakes:
        click.echo(f"{plan.namesakes} mentions of a name that others have too would stay: look at them yourself.")
    _lines("Mentioned in files that somebody wrote; change them yourself:", [str(path) for path in plan.by_hand])
    _lines("What stays, and why:", plan.kept)
    _lines("What companion cannot reach:", plan.out_of_reach)


def _print_receipts(receipts: Sequence[Receipt], as_json: bool) -> None:
    if as_json:
        print_json([receipt.model_dump(mode="json") for receipt in receipts])
        return
    if not receipts:
        click.echo("Nothing was erased so far.")
    for receipt in receipts:
        again = "forget --resume" if receipt.kind == "forget" else "retention --apply"
        ended = (
            f"{receipt.finished_at:%Y-%m-%d %H:%M} UTC" if receipt.finished_at else f"NOT FINISHED: companion {again}"
        )
        why = "on request" if receipt.kind == "forget" else "its time was over"
        click.echo(f"{receipt.id}  {ended}  {why}")
        _counts(receipt.removed)
        _lines("Kept, and why:", receipt.kept)
        _lines("Out of reach:", receipt.out_of_reach)


def _counts(counts: Mapping[str, int]) -> None:
    for what, count in counts.items():
        click.echo(f"  {what:<60} {count:>6,}")


def _lines(head: str, lines: Sequence[str | Path]) -> None:
    if lines:
        click.echo(head)
    for line in lines:
        say(f"  - {line}")


COMMANDS = (forget, export_me, retention)
