"""The command companion summarise: what people wrote in a closed survey, every comment accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from companion.cli.run import Context, json_option, print_json, print_rows, progress_line, say

if TYPE_CHECKING:
    from companion.domain.anonymity import Outcome
    from companion.domain.summaries import Proposal, Summary, ThemeFinding
    from companion.domain.surveys import Item
    from companion.services.companion import Companion

BAR = 16


@click.command(short_help="Summarise the comments of a closed survey.")
@click.argument("wave", metavar="SURVEY")
@click.argument("item", metavar="[QUESTION]", required=False)
@click.option("--accept", metavar="GROUP", help="Make a proposed group a theme of this programme.")
@click.option("--name", metavar="NAME", default="", help="With --accept: the name of the theme.")
@click.option("--ignore", metavar="GROUP", help="Do not propose this group again.")
@json_option
@click.pass_obj
def summarise(
    context: Context, wave: str, item: str | None, accept: str | None, name: str, ignore: str | None, as_json: bool
) -> None:
    """Summarise what people wrote in SURVEY, for one QUESTION or for all that ask for words.

    Counts are of people, by code. A theme is named from the programme's limit upwards (three people or more); below the
    limit for comments nothing is read or shown. Stop a long one with Ctrl-C: the next time it goes on where it was.
    """
    from companion.services import summarise as flow

    with context.companion() as companion:
        if accept or ignore:
            _decide(companion, wave, item, accept, name, ignore)
        items = [one for one in flow.comment_items(companion, wave) if item in (None, one.id)]
        if not items:
            said = "asks nothing in words" if item is None else f"has no question '{item}' that asks for words"
            raise click.UsageError(f"'{wave}' {said}. companion survey show {wave} lists its questions.")
        with progress_line() as progress:
            found = [(one, flow.summarise(companion, wave, one.id, progress=progress)) for one in items]
        if as_json:
            print_json({one.id: _as_json(outcome) for one, outcome in found})
            return
        for one, outcome in found:
            _show(one, outcome)


def _decide(
    companion: Companion, wave: str, item: str | None, accept: str | None, name: str, ignore: str | None
) -> None:
    from companion.domain.anonymity import Released
    from companion.errors import NotFound
    from companion.services import summarise as flow

    for one in flow.comment_items(companion, wave):
        outcome = flow.summarise(companion, wave, one.id) if item in (None, one.id) else None
        if not isinstance(outcome, Released):
            continue
        known = {proposal.id for proposal in outcome.value.proposals}
        known |= {theme.id for theme in flow.own_themes(companion)}
        if accept and accept in known:
            say(f"Accepted: “{flow.accept(companion, outcome.value, accept, name).name}” is a theme of this programme.")
            return
        if ignore and ignore in known:
            say(f"“{flow.ignore(companion, outcome.value, ignore).name}” is not proposed again.")
            return
    raise NotFound(f"There is no group '{accept or ignore}'.", f"companion summarise {wave} lists them.")


def _show(item: Item, outcome: Outcome[Summary]) -> None:
    from companion.domain.anonymity import Withheld
    from companion.domain.summary_texts import HIDDEN_LINE, SIDES, rest_lines, unworded_lines

    say(f"\n{item.text.get('en', item.id)}  ({item.id})")
    if isinstance(outcome, Withheld):
        click.echo(outcome.said)
        return
    summary = outcome.value
    click.echo(f"{summary.respondents} people wrote; the summary {summary.coverage}.")
    if summary.themes:
        heads = ("theme", "people", "", *SIDES.values())
        print_rows(heads, [_row(finding, summary) for finding in summary.themes])
    if any(None in finding.by_polarity.values() for finding in summary.themes):
        click.echo(HIDDEN_LINE)
    for line in unworded_lines(summary):
        say(line)
    for finding in summary.themes:
        say(finding.sentence.text)
        for quote in finding.quotes:
            say(f"  “{' '.join(quote.text.split())}”")
        for action in finding.actions:
            say(f"  → {action.text} [{action.card_id}]")
    click.echo()
    for line in rest_lines(summary):
        say(line)
    for proposal in summary.proposals:
        say(_proposal(proposal))


def _row(finding: ThemeFinding, summary: Summary) -> tuple[str, ...]:
    from companion.domain.summary_texts import bar, sides

    return (
        finding.name,
        str(finding.respondents),
        bar(finding.respondents, summary.respondents, BAR),
        *sides(finding),
    )


def _proposal(one: Proposal) -> str:
    return (
        f"{one.respondents} people use “{', '.join(one.key_words)}” in their other points: "
        f"--accept {one.id} makes it a theme, --ignore {one.id} puts it away."
    )


def _as_json(outcome: Outcome[Summary]) -> object:
    from companion.domain.anonymity import Withheld

    return {"withheld": outcome.reason} if isinstance(outcome, Withheld) else outcome.value.model_dump(mode="json")


COMMANDS = (summarise,)
