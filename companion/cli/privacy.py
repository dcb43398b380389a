"""Commands for privacy: what was sent to which model, what may be, what would be, and who opted out."""

from __future__ import annotations

from pathlib import Path

import click

from companion.cli.run import Context, json_option, print_json, print_rows, say

SHOWN = 20
search_option = click.option("--search", default="", metavar="TEXT", help="Only calls that hold all words of TEXT.")


class _CallByDefault(click.Group):
    """A group whose first word, when it is no subcommand, is the id of a call."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        wanted = next((word for word in args if not word.startswith("-")), None)
        if wanted is not None and wanted not in self.commands and not {"-h", "--help"} & set(args):
            args = ["call", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=_CallByDefault, invoke_without_command=True, short_help="What was, may be and would be sent to a model."
)
@json_option
@click.pass_context
def privacy(context: click.Context, as_json: bool) -> None:
    """Show what leaves this machine for a language model, and decide what may.

    With an embedded model, which is the default, nothing leaves this machine. With a model elsewhere only what
    companion privacy show allows is sent, with placeholders for names, and every byte is kept here to be read.

    \b
    companion privacy                      the newest calls, byte counts, where they went
    companion privacy call ID              exactly what one call was handed
    companion privacy preview "amira l"    what a model elsewhere would be sent, before it is
    companion privacy forbid goals         keep something on this machine from now on
    companion privacy opt-out PERSON       send nothing about somebody, ever
    """
    if context.invoked_subcommand is None:
        _show_calls(context.obj, "", 1, as_json)


@privacy.command("calls", short_help="List or search the calls, page by page.")
@search_option
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, help="Twenty calls a page.")
@json_option
@click.pass_obj
def calls(context: Context, search: str, page: int, as_json: bool) -> None:
    """List the calls of language models, local and remote, the newest first."""
    _show_calls(context, search, page, as_json)


@privacy.command("call", short_help="Show exactly what one call was handed.")
@click.argument("call_id", metavar="ID")
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), help="Write the bytes to this file instead.")
@click.pass_obj
def call(context: Context, call_id: str, save: Path | None) -> None:
    """Show exactly what one call was handed, byte for byte."""
    from companion.services import privacy as flow

    with context.companion() as companion:
        one = flow.call(companion, call_id)
        if save is None:
            click.echo(one.payload)
        else:
            flow.save_payload(one, save)
            click.echo(f"Written, readable by you alone: {save}")


@privacy.command("export", short_help="Write the calls to a file of your own.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@search_option
@click.pass_obj
def export(context: Context, file: Path, search: str) -> None:
    """Write every call with its exact bytes to FILE, one JSON object a line, readable by you alone."""
    from companion.services import privacy as flow

    with context.companion() as companion:
        count = flow.export(companion, file, search)
        click.echo(f"Written, readable by you alone: {count:,} call{'' if count == 1 else 's'} in {file}")


@privacy.command("show", short_help="Say what a model elsewhere may be told.")
@json_option
@click.pass_obj
def show(context: Context, as_json: bool) -> None:
    """Say, kind by kind, what may be sent to a model that runs elsewhere, and who opted out."""
    from companion.domain.privacy_rules import LABELS, NEVER, Kind
    from companion.services import privacy as flow

    with context.companion() as companion:
        rules, away = companion.programme_parts("privacy").privacy, flow.opted_out(companion)
        if as_json:
            print_json({"allowed": rules.model_dump(), "opted_out": [person.id for person in away]})
            return
        click.echo(f"{flow.statement(companion)}\n")
        for kind in Kind:
            click.echo(f"{'may be sent ' if rules.allows(kind) else 'stays here  '}  {kind.value:<12} {LABELS[kind]}")
        click.echo(f"\n{NEVER}")
        if away:
            say(f"Nothing at all about: {', '.join(person.name for person in away)}.")


@privacy.command("allow", short_help="Let something be sent to a model elsewhere.")
@click.argument("kind")
@click.pass_obj
def allow(context: Context, kind: str) -> None:
    """Let texts of one KIND be sent to a model that runs elsewhere; companion privacy show names the kinds."""
    from companion.services import privacy as flow

    with context.companion() as companion:
        click.echo(flow.allow(companion, kind, True))


@privacy.command("forbid", short_help="Keep something on this machine.")
@click.argument("kind")
@click.pass_obj
def forbid(context: Context, kind: str) -> None:
    """Keep texts of one KIND on this machine; companion privacy show names the kinds."""
    from companion.services import privacy as flow

    with context.companion() as companion:
        click.echo(flow.allow(companion, kind, False))


@privacy.command("opt-out", short_help="Send nothing about somebody to a model elsewhere.")
@click.argument("person")
@click.option("--undo", is_flag=True, help="Take it back.")
@click.pass_obj
def opt_out(context: Context, person: str, undo: bool) -> None:
    """Send nothing about PERSON (an id, or words of the name) to a model elsewhere from now on.

    Their pairings use the model on this machine, or the practice cards' own words.
    """
    from companion.services import privacy as flow

    with context.companion() as companion:
        say(flow.opt_out(companion, person, undo=undo)[1])


@privacy.command("preview", short_help="Show what would be sent, without sending it.")
@click.argument("pairing")
@json_option
@click.pass_obj
def preview(context: Context, pairing: str, as_json: bool) -> None:
    """Show what a model elsewhere would be sent for the next agenda of PAIRING; nothing is sent."""
    from companion.services import privacy as flow

    with context.companion() as companion:
        lines = flow.preview(companion, pairing)
        if as_json:
            print_json([vars(line) for line in lines])
            return
        shown = set[str]()
        for line in lines:
            say(f"== {line.title}")
            if line.kept:
                say(f"Stays here. {line.kept}\n")
            for role, text in line.sent:
                say(f"[{role}]\n{'(as above)' if text in shown else text}\n")
                shown.add(text)


def _show_calls(context: Context, search: str, page: int, as_json: bool) -> None:
    from companion.domain.call_words import ending_of, purpose_of
    from companion.services import privacy as flow

    with context.companion() as companion:
        found = flow.page(companion, search, (page - 1) * SHOWN, SHOWN)
        if as_json:
            heads = [head.model_dump() for head in found.calls]
            print_json({"summary": found.summary.model_dump(), "found": found.found, "calls": heads})
            return
        click.echo(
            f"{found.summary.bytes_remote:,} bytes left this machine. "
            f"{found.summary.bytes_local:,} bytes were handed to a model on it."
        )
        click.echo(flow.statement(companion))
        if companion.data_is_shared:
            click.echo(flow.SHARED)
        rows = [
            (
                c.id,
                f"{c.at.astimezone():%d %b %H:%M:%S}",
                purpose_of(c.task).short,
                c.model,
                c.destination,
                f"{c.size:,}",
                ending_of(c.outcome),
            )
            for c in found.calls
        ]
        if rows:
            print_rows(("call", "when", "what for", "model", "to", "bytes", "how it ended"), rows)
        last = found.start + len(found.calls)
        if last < found.found:
            click.echo(f"{found.start + 1} to {last} of {found.found:,}; --page {page + 1} goes on.")


COMMANDS = (privacy,)
