"""Commands for the programme and the installation: programme, reindex, knowledge, home, demo."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from companion.cli.run import Context, json_option, print_document, print_json, print_rows, progress_line


@click.group(short_help="See, check and change what a good match is.")
def programme() -> None:
    """See, check and change the programme: how long it runs, and what decides who is matched with whom.

    It is kept in programme.toml (or programme.yaml) in the home; without one the defaults count. companion match
    --dry-run shows on invented people what it does.
    """


@programme.command("init", short_help="Write a commented file to start from.")
@click.pass_obj
def init(context: Context) -> None:
    """Write programme.toml with everything that can be set, explained; a file that is there is left alone."""
    from companion import paths
    from companion.services import programme as flow

    click.echo(f"Written: {flow.create(paths.home(context.home))}")


@programme.command("show", short_help="Say what counts, a sentence each.")
@json_option
@click.pass_obj
def show(context: Context, as_json: bool) -> None:
    """Say what counts, one sentence for each rule; defaults are marked."""
    from companion.domain.criteria_words import lines

    with context.companion() as companion:
        said = lines(companion.programme)
        if as_json:
            print_json([{"key": line.key, "says": line.text, "default": line.default} for line in said])
            return
        print_rows(("key", "what counts", ""), [(o.key, o.text, "default" if o.default else "") for o in said])


@programme.command("explain", short_help="Answer a works council: purpose, data, checks.")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def explain(context: Context, file: Path | None, as_json: bool) -> None:
    """Say what the matching is for, what enters a score and what never does, from the criteria in force.

    Written to FILE (.html to print, or .md), otherwise printed. For a works council and for data protection.
    """
    from dataclasses import asdict

    from companion.delivery.intended_use import markdown_text
    from companion.domain.criteria_words import criteria_sentences
    from companion.services import intended_use as flow

    with context.companion() as companion:
        statement = flow.explain(companion, criteria_sentences(companion.programme.matching))
        written = flow.write(statement, file) if file else None
        if as_json:
            print_json(asdict(statement) | {"written": str(written) if written else None})
        else:
            click.echo(f"Written: {written}" if written else markdown_text(statement))


@programme.command("validate", short_help="Explain every mistake in the file.")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def validate(context: Context, file: Path | None, as_json: bool) -> None:
    """Check the programme file of this home, or FILE, and explain every mistake with its line.

    What may be meant but is worth a second look is said too: rules on what nobody states, ids nobody has.
    The exit code is 4 when the file cannot be used.
    """
    from companion import bootstrap, paths
    from companion.domain.programme import Programme
    from companion.errors import InvalidInput
    from companion.services import programme as flow

    path = file or flow.find(paths.home(context.home))
    reading = flow.read(path) if path else None
    name = path.name if path else ""
    problems = reading.problems if reading else ()
    concerns: list[tuple[int, str, str]] = []
    if not problems:
        sound = reading.programme if reading and reading.programme else Programme()
        companion = bootstrap.assemble(context.home, programme=sound)
        for concern in flow.look_over(companion, sound):
            concerns.append((reading.parsed.line_of(concern.path) if reading else 0, concern.key, concern.text))
        companion.close()
    if as_json:
        found = [{"line": p.line, "key": p.key, "reason": p.reason, "hint": p.hint} for p in problems]
        noted = [{"line": line, "key": key, "text": text} for line, key, text in concerns]
        print_json({"file": name, "problems": found, "concerns": noted})
    else:
        for problem in problems:
            click.echo(f"! {problem.sentence(name)}")
        for line, key, text in concerns:
            click.echo(f"- {', '.join(part for part in (name, f'line {line}' if line else '', key) if part)}: {text}")
    if problems:
        many = "one thing" if len(problems) == 1 else f"{len(problems)} things"
        raise InvalidInput(f"{name} cannot be used: {many} must be mended.")
    if not as_json:
        seen = f"{name} is sound" if path else "There is no programme file, so the defaults count"
        click.echo(f"{seen}{f'; {len(concerns)} worth a second look' if concerns else ''}.")


@programme.command("set", short_help="Change one value, keeping the comments.")
@click.argument("key")
@click.argument("value")
@click.pass_obj
def set_(context: Context, key: str, value: str) -> None:
    """Change KEY, such as matching.rules.min_level_gap, to VALUE; an empty VALUE goes back to the default."""
    from companion.services import programme as flow

    with context.companion() as companion:
        click.echo(flow.set_value(companion, key, value))


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
    companion knowledge show RM-017  read one whole, with its sources
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


@knowledge.command("show", short_help="Read one card whole.")
@click.argument("card")
@json_option
@click.pass_obj
def show_card(context: Context, card: str, as_json: bool) -> None:
    """Read CARD (such as RM-017) whole: questions, text, evidence, what not to say, and where agendas use it."""
    from companion.domain.text import plain
    from companion.services import browse_cards as flow

    with context.companion() as companion:
        shelf = flow.shelf(companion)
        found = flow.card_named(shelf, card)
        if as_json:
            uses = [vars(use) for use in shelf.uses.get(found.id, ())]
            print_json(found.model_dump(mode="json") | {"own": found.id in shelf.own, "uses": uses})
        else:
            print_document(plain(flow.sheet(shelf, found)))


@knowledge.command("lint", short_help="Check the cards, your own included.")
@json_option
@click.pass_obj
def lint(context: Context, as_json: bool) -> None:
    """Check every practice card, ours and the programme's own; the exit code is 1 when something is wrong.

    Fields and sources, references to other cards, ideas about age groups, cards that say the same, and the judged
    needs from which it is learned which card answers what.
    """
    from companion import bootstrap
    from companion.domain.text import plain

    cards, faults = bootstrap.lint_knowledge(context.home)
    if as_json:
        print_json({"cards": cards, "faults": [{"message": one.message, "hint": one.hint} for one in faults]})
    else:
        for fault in faults:
            click.echo(f"{plain(fault.message, one_line=True)}\n  {fault.hint}")
        click.echo(f"{cards} cards were read, {len(faults) or 'no'} fault{'' if len(faults) == 1 else 's'} found.")
    if faults:
        raise click.exceptions.Exit(1)


@click.command(short_help="Say where everything lies.")
@json_option
@click.pass_obj
def home(context: Context, as_json: bool) -> None:
    """Say where everything lies."""
    from companion import config, paths

    place = paths.home(context.home)
    elsewhere = config.load(place.settings).database_url
    places = {
        "home": place.root,
        # Not the address itself, which may hold a password.
        "database": "where the setting database_url says" if elsewhere else place.database,
        "settings": place.settings,
        "programme": next((path for path in place.programmes if path.exists()), place.programmes[0]),
        "arc": place.arc if place.arc.exists() else "the one that ships",
        "documents": place.outbox,
        "own cards": place.knowledge,
        "index": place.index,
        "models": paths.models_dir(),
    }
    if as_json:
        print_json({what.replace(" ", "_"): str(path) for what, path in places.items()})
        return
    for what, path in places.items():
        click.echo(f"{what:>10}  {path}")


@click.command(short_help="Show the main job on an invented programme.")
@click.option("--with-history", is_flag=True, help="Let it have lived: six sessions, all surveys, ready to report.")
@click.pass_obj
def demo(context: Context, with_history: bool) -> None:
    """Show the whole main job on an invented programme, in a home of its own.

    With --with-history its pairs have met for half a year and answered every survey, all of it invented, so
    that companion report has something to say; every page says that it is invented.

    Give that home with --home; the default is a folder beside your own data, which is never touched.
    Then the app opens on it; without a terminal, or with COMPANION_NO_TUI=1, the agenda is printed.
    """
    from companion import paths
    from companion.services import deliver_agenda
    from companion.services import demo as flow

    if context.home is None:
        name = "companion-demo-history" if with_history else "companion-demo"
        context.home = paths.home().root.with_name(name)
    with context.companion() as companion:
        with progress_line() as progress:

            def say(line: str) -> None:
                progress.clear()
                click.echo(line)

            if with_history:
                flow.run_with_history(companion, say, progress=progress)
                progress.clear()
                click.echo(f"\nReady: companion --home {context.home} report")
                return
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


COMMANDS = (programme, reindex, knowledge, home, demo)
