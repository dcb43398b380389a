"""Commands for the installation itself: reindex, knowledge, home."""

from __future__ import annotations

import click

from companion.cli.run import Context, json_option, print_json, print_rows, progress_line


@click.command()
@click.pass_obj
def reindex(context: Context) -> None:
    """Rebuild the search index from the database; unchanged texts are not embedded again."""
    from companion.services import match_people

    with context.companion() as companion, progress_line() as progress:
        done = match_people.reindex(companion, progress=progress)
        progress.clear()
        click.echo(done)


@click.command()
@click.argument("query", required=False)
@json_option
@click.pass_obj
def knowledge(context: Context, query: str | None, as_json: bool) -> None:
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


@click.command()
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
        ("index", place.index),
        ("models", paths.models_dir()),
    ):
        click.echo(f"{what:>10}  {path}")


COMMANDS = (reindex, knowledge, home)
