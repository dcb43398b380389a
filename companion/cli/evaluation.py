"""The command that measures how good the work is: eval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from companion.cli.run import Context, json_option, print_json, print_rows, progress_line

if TYPE_CHECKING:
    from companion.evaluation.report import Report
    from companion.evaluation.spoilt import Spoilt

PARTS = ("agendas", "injections", "gates", "linter", "tips", "practice", "summaries")


@click.command("eval", short_help="Measure the work on written cases (in a checkout).")
@click.option("--model", help="embedded/NAME, PROVIDER/NAME or none; the one in use when left out.")
@click.option("--split", type=click.Choice(["dev", "test", "both"]), default="dev", show_default=True)
@click.option("--part", "parts", type=click.Choice(PARTS), multiple=True, help="Only this part; may be repeated.")
@click.option("--plain", is_flag=True, help="Also ask the same model one plain prompt per agenda and survey.")
@click.option("--limit", type=click.IntRange(min=1), help="Only so many cases of each kind.")
@click.option("--worst", metavar="METRIC", help="Name the cases in which a metric is below 1.")
@json_option
@click.pass_obj
def evaluation(
    context: Context,
    model: str | None,
    split: str,
    parts: tuple[str, ...],
    plain: bool,
    limit: int | None,
    worst: str | None,
    as_json: bool,
) -> None:
    """Measure the work: agendas, hidden instructions, judged lines, spoilt agendas, tips, practice, summaries.

    Every figure is a mean over cases with its 95 % bootstrap interval, and no model judges another.
    The cases lie in tests/evals/ of a checkout; "test" is for looking, never for tuning. Your own
    data is not touched. With the embedded model a split takes about ten minutes, injections another ten.
    """
    from companion import config, paths
    from companion.evaluation import report
    from companion.evaluation.summary_report import evaluate_summaries

    chosen = model or config.load(paths.home(context.home).settings).model
    report.refuse_silent(chosen)
    wanted = parts or PARTS
    reports: dict[str, Report] = {}
    spoilt: list[Spoilt] = []
    splits = report.SPLITS if split == "both" else tuple(s for s in report.SPLITS if s == split)
    with progress_line() as progress:
        if "agendas" in wanted:
            reports["Agendas"] = report.evaluate(chosen, splits, plain=plain, limit=limit, progress=progress)
        if "injections" in wanted:
            reports["Hidden instructions"] = report.evaluate_injections(chosen, limit=limit, progress=progress)
        if "gates" in wanted:
            reports["Lines judged by reading"] = report.evaluate_gates()
        if "linter" in wanted:
            spoilt = report.spoilt_agendas()
        if "tips" in wanted:
            reports["Tips from notes"] = report.evaluate_tips(splits)
        if "practice" in wanted:
            reports["Rehearsals"] = report.evaluate_practice(splits)
        if "summaries" in wanted:
            reports["Summaries of comments"] = evaluate_summaries(
                chosen, splits, plain=plain, limit=limit, progress=progress
            )
    if as_json:
        print_json(
            {"model": chosen, "spoilt": {one.seed.id: one.caught for one in spoilt}}
            | {title: made.scores for title, made in reports.items()}
        )
        return
    _print(chosen, reports, spoilt, worst)


def _print(model: str, reports: dict[str, Report], spoilt: list[Spoilt], worst: str | None) -> None:
    from companion.evaluation.scores import table

    for title, made in reports.items():
        columns = made.summaries()
        click.echo(f"{title} ({model}). Mean [95 % interval], n cases:")
        print_rows(("metric", *columns), list(table(columns)))
        if worst is None:
            continue
        found = list(made.below(worst.replace(" ", "_")))
        for column, case, value in found:
            click.echo(f"  {worst} {value:.2f}  {case}  ({column})")
        if not found:
            click.echo(f"  No case is below 1 in '{worst}'.")
    if spoilt:
        missed = [one for one in spoilt if not one.caught]
        click.echo(f"Spoilt agendas: the linter named the broken rule in {len(spoilt) - len(missed)} of {len(spoilt)}.")
        for one in missed:
            click.echo(f"  not noticed: {one.seed.id} ({one.seed.rule}): {one.seed.gap or 'a rule that used to fire'}")


COMMANDS = (evaluation,)
