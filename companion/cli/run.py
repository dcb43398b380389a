"""What all commands share: the open companion, errors with exit codes, progress, and output for scripts."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from companion.errors import Cancelled, CompanionError

if TYPE_CHECKING:
    from companion.services.companion import Companion


@dataclass
class Context:
    """The options given before the command."""

    home: Path | None
    debug: bool

    @contextmanager
    def companion(self) -> Iterator[Companion]:
        """The installation this command works on; closed at the end.

        A command that got by without a file that cannot be used says so.
        """
        from companion import bootstrap

        companion = bootstrap.assemble(self.home)
        try:
            yield companion
            for sentence in companion.broken_files():
                click.echo(f"! {sentence}", err=True)
        finally:
            companion.close()


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")


def refuse_both_or_neither(*, dry_run: bool, yes: bool, as_json: bool = False) -> None:
    """For a command that asks before it changes anything: a script says itself whether it is to look or to go on.

    Raises click.UsageError when it says both, or with --json, which asks nothing, neither.
    """
    if dry_run and yes:
        raise click.UsageError("--dry-run only looks and --yes goes on: choose one.")
    if as_json and not (dry_run or yes):
        raise click.UsageError("With --json nothing is asked: add --dry-run to only look, or --yes to go on.")


def print_json(value: Any) -> None:
    """Print a value as indented JSON, letters as they are."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def say(text: str) -> None:
    """Print what holds names or words of people, without what hides or acts in a terminal."""
    from companion.domain.text import plain

    click.echo(plain(text))


def print_rows(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print rows in columns that fit the terminal; long cells wrap."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*heads, box=SIMPLE, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(soft_wrap=False, highlight=False, width=None if sys.stdout.isatty() else 120).print(table)


def print_document(markdown: str) -> None:
    """Print a Markdown document: laid out in a terminal, as it is for a pipe or a file."""
    if not sys.stdout.isatty():
        click.echo(markdown)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(width=min(100, Console().width)).print(Markdown(markdown))


class ProgressLine:
    """One line on stderr that is rewritten in place; silent when stderr is no terminal."""

    def __init__(self) -> None:
        self._shown = False

    def __call__(self, done: int, total: int, what: str) -> None:
        """Show (done, total, what); see `companion.ports.Progress`."""
        if not sys.stderr.isatty():
            return
        share = f"{100 * done // total:3d} %" if total else "  ... "
        bar = "█" * (20 * done // total) if total else ""
        sys.stderr.write(f"\r\x1b[2K{share} {bar:<20} {what[:60]}")
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()


@contextmanager
def progress_line() -> Iterator[ProgressLine]:
    """A progress line that is gone when the work is done or has failed."""
    line = ProgressLine()
    try:
        yield line
    finally:
        line.clear()


def run(command: click.Command) -> int:
    """Run the command line; returns the exit code. Users see a sentence and a hint, never a traceback."""
    debug = "--debug" in sys.argv
    sys.argv[1:] = map(_readable, sys.argv[1:])
    try:
        # An exit code that a command leaves with is returned here; no command returns anything else.
        code = command.main(standalone_mode=False)
    except CompanionError as error:
        return _report(error, debug)
    except click.Abort:
        return _report(Cancelled("Stopped.", "What was finished before is kept."), debug)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output (head, less) went away; that is not an error.
        sys.stderr.close()
        return 0
    except OSError as error:
        what = f"{error.filename or 'A file'}: {error.strerror or error}."
        return _report(CompanionError(what, "Check that the place exists, is yours and has space left."), debug)
    except Exception as error:  # noqa: BLE001 - the last line of defence: a bug is reported as one, with its place
        return _report_bug(error, debug)
    return code or 0


def _readable(argument: str) -> str:
    """The argument with U+FFFD for bytes that are no text in this terminal's encoding, unless it names a file."""
    from companion.domain.text import storable

    return argument if os.path.lexists(argument) else storable(argument)


def _report(error: CompanionError, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    click.echo(f"companion: {error.message}", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)
    return error.exit_code


def _report_bug(error: Exception, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    click.echo(
        f"companion: this is a bug in companion: {type(error).__name__}: {error} ({place.name}, line {place.lineno}).\n"
        "  Nothing that was saved is lost. Run again with --debug and report what it prints.",
        err=True,
    )
    return 70
