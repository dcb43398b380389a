"""Commands for language models and privacy: model list, pull, use, probe, key; privacy; audit verify."""

from __future__ import annotations

import click

from companion.cli.run import Context, json_option, print_json, print_rows, progress_line


@click.group(short_help="Choose, fetch and check the language model.")
def model() -> None:
    """Choose and fetch the language model.

    The default runs inside companion on this machine. Any LiteLLM name works too (ollama_chat/qwen3,
    anthropic/..., openai/...); then what is sent leaves this machine and is listed under companion privacy.
    """


@model.command("list")
@json_option
@click.pass_obj
def list_models(context: Context, as_json: bool) -> None:
    """List the embedded models and say which one is in use."""
    from companion.services import models

    with context.companion() as companion:
        shelf = models.on_shelf(companion)
        if as_json:
            print_json(
                [vars(entry) | {"in_use": companion.settings.model == f"embedded/{entry.id}"} for entry in shelf]
            )
            return
        rows = [
            (
                "*" if companion.settings.model == f"embedded/{entry.id}" else "",
                f"embedded/{entry.id}",
                "here" if entry.installed else "not here",
                f"{entry.size_bytes / 1e6:,.0f} MB",
                entry.licence,
                entry.description,
            )
            for entry in shelf
        ]
        print_rows(("", "model", "", "size", "licence", "what it is"), rows)
        if not companion.settings.model.startswith("embedded/"):
            click.echo(f"In use: {companion.settings.model}")


@model.command()
@click.argument("name", required=False)
@click.pass_obj
def pull(context: Context, name: str | None) -> None:
    """Fetch and verify an embedded model (default: the one in use). Ctrl-C is safe; the next call goes on."""
    from companion.services import models

    with context.companion() as companion, progress_line() as progress:
        path = models.pull(companion, name, progress=progress)
        progress.clear()
        click.echo(f"Ready: {path}")


@model.command()
@click.argument("name")
@click.option("--api-base", help="Address of an OpenAI-compatible server.")
@click.pass_obj
def use(context: Context, name: str, api_base: str | None) -> None:
    """Use the model NAME from now on: embedded/..., none, or any LiteLLM name such as ollama_chat/qwen3."""
    from companion.services import models

    with context.companion() as companion:
        click.echo(models.use(companion, name, api_base))


@model.command()
@click.argument("name", required=False)
@json_option
@click.pass_obj
def probe(context: Context, name: str | None, as_json: bool) -> None:
    """Check what a model can be trusted with and print its tier."""
    from companion import bootstrap

    with context.companion() as companion:
        with progress_line() as progress:
            report = bootstrap.probe(companion, name, progress=progress)
        if as_json:
            print_json(report.model_dump(mode="json"))
            return
        for check in report.checks:
            click.echo(f"{'pass' if check.passed else 'FAIL'}  {check.name}: {check.detail}")
        click.echo(f"{report.model}: tier {report.tier}")


@model.command()
@click.argument("provider")
@click.option("--delete", is_flag=True, help="Forget the key.")
def key(provider: str, delete: bool) -> None:
    """Keep the API key of PROVIDER in the system keyring (never in a file of companion's)."""
    from companion import bootstrap

    if delete:
        bootstrap.forget_key(provider)
        click.echo(f"The key of {provider} is forgotten.")
        return
    bootstrap.keep_key(provider, click.prompt(f"API key of {provider}", hide_input=True))
    click.echo(f"The key of {provider} is in the system keyring.")


@click.command(short_help="Show what was sent to which model.")
@click.argument("call", required=False)
@json_option
@click.pass_obj
def privacy(context: Context, call: str | None, as_json: bool) -> None:
    """Show what was sent to which model; with a CALL id, its exact bytes."""
    from companion.services import privacy as flow

    with context.companion() as companion:
        if call:
            click.echo(flow.call(companion, call).payload)
            return
        summary, calls = flow.calls(companion)
        if as_json:
            print_json({"summary": summary.model_dump(), "calls": [c.model_dump(exclude={"payload"}) for c in calls]})
            return
        click.echo(
            f"{summary.bytes_remote:,} bytes left this machine. "
            f"{summary.bytes_local:,} bytes were handed to a model on it."
        )
        if companion.data_is_shared:
            click.echo(flow.SHARED)
        rows = [
            (
                c.id,
                f"{c.at.astimezone():%d %b %H:%M:%S}",
                c.task,
                c.model,
                c.destination,
                f"{len(c.payload):,}",
                c.outcome,
            )
            for c in calls[:20]
        ]
        if rows:
            print_rows(("call", "when", "task", "model", "to", "bytes", "outcome"), rows)


@click.group(short_help="Check the records of this installation.")
def audit() -> None:
    """Check the records of this installation."""


@audit.command()
@click.option(
    "--noted", default="", metavar="SEAL", help="A seal from an earlier check; it must still be in the chain."
)
@json_option
@click.pass_obj
def verify(context: Context, noted: str, as_json: bool) -> None:
    """Check that no record of a model call was changed, removed or added afterwards.

    Every call is sealed together with all calls before it. Note the newest seal outside this machine: with
    --noted it proves later that the records up to then are complete.
    """
    from companion.errors import CompanionError
    from companion.services import privacy as flow

    with context.companion() as companion:
        report = flow.verify(companion, noted)
        if as_json:
            print_json(report.model_dump())
        else:
            for problem in report.problems:
                click.echo(f"! {problem}")
            click.echo(f"{report.links} entries; newest seal: {report.seal}")
            if report.erased:
                what = "1 payload was" if report.erased == 1 else f"{report.erased} payloads were"
                click.echo(f"{what} erased, on request or because the time was over; each has a receipt.")
        if report.problems:
            count = "1 problem" if len(report.problems) == 1 else f"{len(report.problems)} problems"
            raise CompanionError(
                f"The records of model calls do not hold: {count}.",
                "Restore the database from a copy, and find out who had access to it.",
            )
        if not as_json:
            nothing = "Nothing else" if report.erased else "Nothing"
            click.echo(f"{nothing} was changed, removed or added since it was recorded.")


COMMANDS = (model, privacy, audit)
