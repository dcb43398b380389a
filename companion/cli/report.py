"""The command that says what the programme is worth: report."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from companion.cli.run import Context, json_option, print_document, progress_line, say

if TYPE_CHECKING:
    from companion.domain.report_value import Outcomes
    from companion.domain.reports import SealedReport
    from companion.services.companion import Companion

SHOWN_PROBLEMS = 20


@click.command(short_help="Say what the programme is worth, honestly.")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write the documents here.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Leave out what happened before this day.")
@click.option(
    "--rate", type=click.FloatRange(0, 1_000_000, min_open=True), help="What an hour costs: adds a decision's cost."
)
@click.option(
    "--outcomes",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV of a personnel department: who stayed, who moved. Counted, never kept.",
)
@click.option("--reword", is_flag=True, help="Let your language model word the first page; code puts the numbers in.")
@click.option("--verify", type=click.Path(file_okay=False, path_type=Path), help="Check the documents of this folder.")
@json_option
@click.pass_obj
def report(
    context: Context,
    folder: Path | None,
    since: datetime | None,
    rate: float | None,
    outcomes: Path | None,
    reword: bool,
    verify: Path | None,
    as_json: bool,
) -> None:
    """Report what the programme has shown so far, and what it has not: engagement, progress, business.

    Printed, or with --to written as HTML, PDF, Markdown and data.json, from which every digit comes. Figures
    carry how many people are behind them and how sure they are; "not enough data" is an answer too. What people wrote
    in the newest surveys is summed up; a long reading that is stopped with Ctrl-C goes on where it was. Reports in
    companion's home are removed when their time is over (companion retention); those elsewhere are yours to delete.

    --outcomes takes one row per person: an id or e-mail, stayed (yes or no), and perhaps moved. Rows of your
    mentors are compared with all rows of people who take no part, 20 of each at least.

    \b
    companion report
    companion report --to spring-report
    companion report --verify spring-report
    """
    from companion.services import report as flow
    from companion.services.summarise import summarise_wave

    if verify is not None:
        _verify(verify)
        return
    if rate is not None and not math.isfinite(rate):
        raise click.UsageError("--rate is no number.")
    with context.companion() as companion:
        counted = _read_outcomes(companion, outcomes) if outcomes else None
        with progress_line() as progress:
            made = flow.make(
                companion,
                since=since.date() if since else None,
                rate=rate,
                outcomes=counted,
                summarise=lambda where, wave_id: summarise_wave(where, wave_id, progress=progress),
            )
        if reword:
            made = _reworded(companion, made)
        if as_json:
            click.echo(flow.data_text(made), nl=False)
        elif folder is None:
            print_document(flow.text(made))
        if folder is not None:
            if not as_json:
                for headline in made.report.headlines:
                    say(made.report.said(headline))
            for path in flow.write(made, folder):
                click.echo(f"Written: {path}", err=as_json)


def _read_outcomes(companion: Companion, path: Path) -> Outcomes:
    from companion.domain.text import plain
    from companion.services import report as flow

    found = flow.read_outcomes(companion, path)
    for line in found.told[:SHOWN_PROBLEMS]:
        click.echo(f"! {plain(line)}", err=True)
    if (more := len(found.told) - SHOWN_PROBLEMS) > 0:
        click.echo(f"! ... and {more} more", err=True)
    return found


def _reworded(companion: Companion, made: SealedReport) -> SealedReport:
    from companion.services import report as flow
    from companion.services import report_sentences

    found = report_sentences.reword(companion, made.report)
    for note in found.notes:
        click.echo(f"- {note}", err=True)
    return flow.with_headlines(made, found.headlines)


def _verify(folder: Path) -> None:
    """Say what was checked; leave with 1 when something is not as it should be."""
    from companion.services import report as flow

    found = flow.verify(folder)
    click.echo("data.json fits its seal." if found.data_is_whole else "! data.json was changed: its seal does not fit.")
    if not found.same_layout:
        click.echo("! The documents were laid out by another version of companion, so they cannot be made again here.")
    for name, same in found.documents.items():
        click.echo(f"{name} is what the data gives." if same else f"! {name} is not what the data gives.")
    if found.same_layout and not found.documents:
        say(f"! There is no document beside it in {folder}.")
    if not found.is_good:
        raise click.exceptions.Exit(1)


COMMANDS = (report,)
