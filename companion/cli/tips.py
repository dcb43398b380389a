"""The command that helps a mentor say it: tip."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from companion.cli.run import Context, json_option, print_document, print_json


@click.command(short_help="Help a mentor say it, from a raw note.")
@click.argument("pairing", required=False)
@click.option("--note", metavar="TEXT", help="The note; a shell may remember it, --file and standard input do not.")
@click.option("--file", "file", type=click.Path(dir_okay=False, path_type=Path), help="Read the note from a file.")
@click.option("--other", type=click.IntRange(min=2), help="Word the second (third ...) thing you saw instead.")
@json_option
@click.pass_obj
def tip(
    context: Context, pairing: str | None, note: str | None, file: Path | None, other: int | None, as_json: bool
) -> None:
    """Turn a mentor's raw note into something that can be said to the executive.

    It shows what your note holds (when, what you saw, what it led to, what you ask for), asks for what is missing,
    and words it in up to three ways with your own words only. Without --note or --file it reads what you type.
    PAIRING, its id or words of the two names, says whom the note is about.

    Only you see this. Nothing is kept, and no language model reads your note.
    """
    from companion.services import tips

    if note is not None and file is not None:
        raise click.UsageError("Give the note with --note or with --file, not with both.")
    text = note if note is not None else _read(file)
    with context.companion() as companion:
        whom = tips.about(companion, pairing) if pairing else None
        view = tips.tip(companion, text, whom, observation=(other or 1) - 1)
        if as_json:
            print_json(tips.as_data(view))
        else:
            print_document(tips.sheet(view))


def _read(file: Path | None) -> str:
    """The note from a file or from standard input; letters that cannot be read are replaced, nothing is refused."""
    if file is not None:
        return file.read_bytes().decode("utf-8-sig", "replace")
    if sys.stdin.isatty():
        click.echo("Write your note; a line with Ctrl-D alone ends it.", err=True)
    return sys.stdin.buffer.read().decode("utf-8-sig", "replace")


COMMANDS = (tip,)
