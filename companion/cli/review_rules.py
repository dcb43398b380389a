"""Commands for what every matching keeps: pin, forbid, swap, rules."""

from __future__ import annotations

import click

from companion.cli.run import Context, json_option, print_json, print_rows, progress_line

reason_option = click.option("--reason", default="", help="One sentence; kept with the rule.")


@click.command(short_help="Keep two people together in every following run.")
@click.argument("mentor")
@click.argument("executive")
@reason_option
@click.pass_obj
def pin(context: Context, mentor: str, executive: str, reason: str) -> None:
    """Pair MENTOR and EXECUTIVE (ids or names) in every following run, whatever the scores say.

    It still needs your approval; companion match computes everybody else around it.
    """
    from companion.services import review_rules

    with context.companion() as companion:
        rule = review_rules.pin(companion, mentor, executive, reason)
        click.echo(f"Pinned ({rule.id}). companion match computes the others around it; companion undo takes it back.")


@click.command(short_help="Never pair two people.")
@click.argument("mentor")
@click.argument("executive")
@reason_option
@click.pass_obj
def forbid(context: Context, mentor: str, executive: str, reason: str) -> None:
    """Never pair MENTOR and EXECUTIVE (ids or names); an open proposal of the two is declined with it."""
    from companion.services import review_rules

    with context.companion() as companion:
        rule = review_rules.forbid(companion, mentor, executive, reason)
        click.echo(f"Ruled out ({rule.id}). companion undo takes it back.")


@click.command(short_help="Exchange two mentors, or take the runner-up.")
@click.argument("proposal")
@click.argument("other", required=False)
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.pass_obj
def swap(context: Context, proposal: str, other: str | None, yes: bool) -> None:
    """Exchange the mentors of PROPOSAL and OTHER (numbers or ids); without OTHER, give PROPOSAL its runner-up.

    You see what it costs everybody before anything is done. The new pairs are pinned.
    """
    from companion.cli.match_output import named, show_comparison
    from companion.services import review_matches, swap_matches

    with context.companion() as companion:
        queue = review_matches.queue(companion)
        one, two = named(queue, proposal).id, named(queue, other).id if other else ""
        with progress_line() as progress:
            planned = swap_matches.consider(companion, one, two, progress=progress)
        show_comparison(queue, planned.changes)
        if not (yes or click.confirm("Swap?")):
            click.echo("Nothing was changed.")
            return
        swap_matches.confirm(companion, planned)
        click.echo("Swapped and pinned. companion undo takes it back.")


@click.group(invoke_without_command=True, short_help="The rules made in reviews; lift one.")
@click.option("--all", "everything", is_flag=True, help="Also those that were lifted.")
@json_option
@click.pass_context
def rules(context: click.Context, everything: bool, as_json: bool) -> None:
    """List the rules that every matching keeps: what you pinned, forbade, and gave as reasons when declining.

    companion rules lift RULE lets one no longer count; companion undo takes that back.
    """
    if context.invoked_subcommand is not None:
        return
    from companion.domain.rule_sentences import rule_sentence
    from companion.services import review_matches, review_rules

    with context.obj.companion() as companion:
        found = review_rules.rules(companion, lifted=everything)
        people = review_matches.queue(companion).people
        if as_json:
            print_json([rule.model_dump(mode="json") | {"sentence": rule_sentence(rule, people)} for rule in found])
            return
        if not found:
            click.echo("There are no rules. companion pin, companion forbid and companion decline make some.")
            return
        print_rows(
            ("rule", "since", "what", ""),
            [
                (
                    rule.id,
                    f"{rule.made_at.astimezone():%d %b %Y}",
                    rule_sentence(rule, people),
                    "lifted" if rule.lifted_at else "",
                )
                for rule in found
            ],
        )


@rules.command("lift", short_help="Let a rule no longer count.")
@click.argument("rule")
@click.pass_obj
def lift(context: Context, rule: str) -> None:
    """Let RULE (its id, see companion rules) no longer count; it stays on record."""
    from companion.services import review_rules

    with context.companion() as companion:
        review_rules.lift(companion, rule)
        click.echo("Lifted. companion match computes anew; companion undo takes it back.")


COMMANDS = (pin, forbid, swap, rules)
