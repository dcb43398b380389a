"""Commands for language models: model list, pull, use, probe, key; audit verify."""

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
    """Check what a model can be trusted with, print its tier and keep it; it decides what the model may word.

    The checks: filling in a form, copying an id, respecting a "not", finding words of its own instead of copying an
    example, leaving hidden instructions alone, keeping to a language, hearing the tone of a comment, and speed. The
    material is invented; nothing of anybody's is sent.
    """
    from companion import bootstrap
    from companion.domain.tiers import MAY_WORD

    with context.companion() as companion:
        with progress_line() as progress:
            report = bootstrap.probe(companion, name, progress=progress)
        if as_json:
            print_json(report.model_dump(mode="json"))
            return
        for check in report.checks:
            click.echo(f"{'pass' if check.passed else 'FAIL'}  {check.name}: {check.detail}")
        click.echo(f"{report.model}: tier {report.tier}. It {MAY_WORD[report.tier]}.")


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


COMMANDS = (model, audit)
