"""The `companion` command: the terminal app without arguments, a flow with one."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

import click

from companion import __version__
from companion.cli import (
    arc,
    erasure,
    evaluation,
    matches,
    models,
    pairings,
    people,
    practice,
    privacy,
    programme,
    report,
    review_rules,
    sessions,
    summaries,
    surveys,
    tips,
)
from companion.cli.run import Context

SECTIONS: Mapping[str, Sequence[ModuleType]] = {
    "People and pairs": (people, matches, review_rules, pairings),
    "Sessions": (sessions, tips, practice),
    "How it goes": (surveys, summaries, report),
    "The programme": (programme, arc),
    "Models, privacy and data": (models, privacy, erasure),
    "Quality": (evaluation,),
}


class SectionedGroup(click.Group):
    """Lists the commands by what they are for, in the order in which they are needed."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one list for each section."""
        for title, modules in SECTIONS.items():
            commands = [command for module in modules for command in module.COMMANDS]
            width = formatter.width - 4 - max(len(command.name) for command in commands)
            with formatter.section(title):
                formatter.write_dl([(command.name, command.get_short_help_str(width)) for command in commands])


@click.group(
    cls=SectionedGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
First steps:
  companion import people.csv      read people from a CSV or a LinkedIn data export
  companion match                  propose pairs, with evidence and doubts
  companion matches                see the proposals
  companion approve PROPOSAL       make a pair of one
  companion prepare "amira laurent"   prepare their next session
  companion deliver "amira laurent"   write the executive's brief and the calendar entry
""",
)
@click.version_option(__version__, prog_name="companion")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder with everything this installation knows (also: COMPANION_HOME).",
)
@click.option("--debug", is_flag=True, help="Show the full traceback when something fails.")
@click.pass_context
def group(context: click.Context, home: Path | None, debug: bool) -> None:
    """Companion prepares reverse mentoring: a junior mentors an executive, and both come prepared.

    Without a command it opens the terminal app. Everything runs and stays on this machine
    unless you configure a remote model or a shared database.
    """
    context.obj = Context(home=home, debug=debug or bool(os.environ.get("COMPANION_DEBUG")))
    if context.invoked_subcommand is None:
        open_app(context.obj)


@group.command("app", hidden=True)
@click.pass_obj
def app_command(context: Context) -> None:
    """Open the terminal app."""
    open_app(context)


def open_app(context: Context) -> None:
    """Open the terminal app, or say what to do where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("The app needs a terminal. Use a command instead: companion --help lists them.")
    from companion.tui.app import CompanionApp

    with context.companion() as companion:
        CompanionApp(companion).run()


for modules in SECTIONS.values():
    for module in modules:
        for command in module.COMMANDS:
            group.add_command(command)


def main() -> None:
    """Run the command line and leave with its exit code."""
    from companion.cli.run import run

    sys.exit(run(group))
