"""Commands for the installation itself: reindex, knowledge, home."""

from __future__ import annotations

import os
import sys

import click

from companion.cli.run import Context, json_option, print_document, print_json, print_rows, progress_line


@click.command(short_help="Rebuild the search index.")
@click.pass_obj
def reindex(context: Context) -> None:
    """Rebuild the search index from the database; unchanged texts are not embedded again."""
    from companion.services import match_people

    with context.companion() as companion, progress_line() as progress:
        done = match_people.reindex(companion, progress=progress)
        progress.clear()
        click.echo(done)


class _SearchedByDefault(click.Group):
    """A group whose first word, when it is no subcommand, is what to search for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        wanted = next((word for word in args if not word.startswith("-")), None)
        if wanted not in self.commands and not {"-h", "--help"} & set(args):
            args = ["search", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_SearchedByDefault, short_help="List, search or check the practice cards.")
def knowledge() -> None:
    """List the practice cards, search them, or check them.

    \b
    companion knowledge              list them all
    companion knowledge "bad news"   search them by meaning and words
    companion knowledge lint         check them, your own included

    A programme's own cards lie in the folder "knowledge" of its home; they add to ours, or replace
    one of the same id. Ids from RM-100 on are free for them.
    """


@knowledge.command("search", short_help="List the cards, or search them.")
@click.argument("query", required=False)
@json_option
@click.pass_obj
def search(context: Context, query: str | None, as_json: bool) -> None:
    """List the practice cards, or search them by meaning and words."""
    with context.companion() as companion:
        index = companion.knowledge.get()
        cards = [hit.card for hit in index.search(query)] if query else list(index.cards())
        if as_json:
            print_json([card.model_dump(mode="json") for card in cards])
            return
        print_rows(
            ("card", "title", "topic", "evidence", "when to use"),
            [(c.id, c.title, c.topic.value.replace("_", " "), c.grade.value, c.when_to_use) for c in cards],
        )


@knowledge.command("lint", short_help="Check the cards, your own included.")
@click.pass_obj
def lint(context: Context) -> None:
    """Check every practice card, ours and the programme's own; the exit code is 1 when something is wrong.

    Fields and sources, references to other cards, ideas about age groups, and cards that say the same.
    """
    from companion import bootstrap
    from companion.domain.text import plain

    cards, faults = bootstrap.lint_knowledge(context.home)
    for fault in faults:
        click.echo(f"{plain(fault.message, one_line=True)}\n  {fault.hint}")
    click.echo(f"{cards} cards were read, {len(faults) or 'no'} fault{'' if len(faults) == 1 else 's'} found.")
    if faults:
        raise click.exceptions.Exit(1)


@click.command(short_help="Say where everything lies.")
@click.pass_obj
def home(context: Context) -> None:
    """Say where everything lies."""
    from companion import paths

    place = paths.home(context.home)
    for what, path in (
        ("home", place.root),
        ("database", place.database),
        ("settings", place.settings),
        ("documents", place.outbox),
        ("own cards", place.knowledge),
        ("index", place.index),
        ("models", paths.models_dir()),
    ):
        click.echo(f"{what:>10}  {path}")


@click.command(short_help="Show the main job on an invented programme.")
@click.pass_obj
def demo(context: Context) -> None:
    """Show the whole main job on an invented programme, in a home of its own.

    Give that home with --home; the default is a folder beside your own data, which is never touched.
    Then the app opens on it; without a terminal, or with COMPANION_NO_TUI=1, the agenda is printed.
    """
    from companion import paths
    from companion.services import deliver_agenda
    from companion.services import demo as flow

    if context.home is None:
        context.home = paths.home().root.with_name("companion-demo")
    with context.companion() as companion:
        with progress_line() as progress:

            def say(line: str) -> None:
                progress.clear()
                click.echo(line)

            shown = flow.run(companion, say, progress=progress)
        click.echo(f"\nThe documents lie in {shown.delivered.folder}:")
        for path in shown.delivered.paths:
            click.echo(f"  {path.name}")
        interactive = sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("COMPANION_NO_TUI")
        if not interactive:
            click.echo()
            print_document(deliver_agenda.run_sheet_text(companion, shown.draft))
            return
        click.pause("\nPress a key to open the app ...")
        from companion.tui.app import CompanionApp

        CompanionApp(companion).run()


COMMANDS = (reindex, knowledge, home, demo)
