"""The command for rehearsing with an executive in a plain terminal dialogue: practice."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from companion.cli.run import Context, print_document, print_rows, say
from companion.errors import UsageError

if TYPE_CHECKING:
    from companion.services.companion import Companion
    from companion.services.practice import Archetype, Partner, Scenario, Talk

COMMANDS_IN_TALK = {"/hint": "what could I say?", "/end": "finish and see the points"}


@click.command(short_help="Rehearse with an executive before meeting one.")
@click.argument("archetype", required=False)
@click.option("--pairing", metavar="PAIRING", help="Take what to talk about from this pairing's coming session.")
@click.option("--about", metavar="TEXT", help="What to talk about, in your own words.")
@click.option("--scenario", type=click.IntRange(min=1), help="What to talk about, by its number in --list.")
@click.option("--seed", type=click.IntRange(min=0), help="The same number gives the same executive again.")
@click.option("--list", "listed", is_flag=True, help="Show whom you can rehearse with, and about what.")
@click.option("--keep", is_flag=True, help="Keep the talk as a file that only you can read.")
@click.option("--kept", is_flag=True, help="List the talks you kept.")
@click.option("--show", metavar="NAME", help="Show a talk you kept.")
@click.option("--forget", metavar="NAME", help="Delete a talk you kept.")
@click.pass_obj
def practice(
    context: Context,
    archetype: str | None,
    pairing: str | None,
    about: str | None,
    scenario: int | None,
    seed: int | None,
    listed: bool,
    keep: bool,
    kept: bool,
    show: str | None,
    forget: str | None,
) -> None:
    """Rehearse a talk with an invented executive, then see which of your lines earned or lost a point.

    ARCHETYPE is one of rushed, defensive, charming, silent, over_eager, or one of your programme's own.
    Type what you would say; after your first words an empty line is a silence, and sometimes the best thing you can do;
    ... always is one.
    /hint says what could be said now, /end or Ctrl-D finishes. A talk may also be piped in, one turn a line.

    Only you see this; it is deleted when you leave, unless you say --keep.
    """
    from companion.services import practice as flow

    with context.companion() as companion:
        if kept or show or forget:
            _old_talks(companion, show, forget)
            return
        choices = flow.scenarios(companion, pairing)
        if listed or archetype is None:
            _print_choices(flow.archetypes(companion), choices, with_hint=not listed)
            return
        who = flow.archetype(companion, archetype)
        if about is not None and scenario is not None:
            raise click.UsageError("Say what to talk about with --about or with --scenario, not with both.")
        what = flow.about(about) if about else _chosen(choices, scenario)
        writer = flow.partner(companion, pairing)
        talk = _talk(companion, flow.begin(who, what, seed), what, writer)
        _finish(companion, talk)
        if keep:
            click.echo(f"Kept, readable by you alone: {flow.keep(companion, talk, pairing).path}")


def _talk(companion: Companion, talk: Talk, what: Scenario, writer: Partner | None) -> Talk:
    """The dialogue, until somebody ends it."""
    from companion.services import practice as flow

    who = talk.archetype
    for line in (who.who, f"{who.called} wants: {who.wants}", f"About: {what.title}", flow.privacy(writer), ""):
        _print(line)
    _print(f"{who.called}: {talk.said[-1].text}")
    for turn in _turns():
        match turn.strip():
            case "/end":
                break
            case "/hint":
                found = flow.hint(companion, talk)
                _print(f"  ({found.text} Card {found.card.id}.)")
                continue
        if not turn.strip() and not talk.mentor_turns and sys.stdin.isatty():
            _print(f"  ({flow.NOT_BEGUN})")
            continue
        before = len(talk.said)
        talk = flow.reply(talk, turn, writer)
        for one in talk.said[before + 1 :]:
            _print(f"{who.called}: {one.text}")
        if talk.ended:
            break
    return talk


def _print(text: str) -> None:
    """Print a line, wrapped between words where somebody reads it in a terminal."""
    wide = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    say(text if wide is None else textwrap.fill(text, min(wide, 100), subsequent_indent="  "))


def _turns() -> Iterator[str]:
    """What the mentor types, or what is piped in, echoed so that the talk can be read."""
    if sys.stdin.isatty():
        while True:
            try:
                yield input("You: ")
            except (EOFError, KeyboardInterrupt):
                click.echo()
                return
    for line in sys.stdin.buffer:
        turn = line.decode("utf-8", "replace").rstrip("\r\n")
        say(f"You: {turn}" if turn.strip() else "You: (silence)")
        yield turn


def _finish(companion: Companion, talk: Talk) -> None:
    from companion.services import practice as flow
    from companion.services import tips

    if (route := flow.route(companion, talk)) is not None:
        click.echo()
        print_document(tips.sheet(route))
    elif talk.mentor_turns:
        click.echo()
        print_document(flow.sheet(companion, talk))


def _chosen(choices: tuple[Scenario, ...], number: int | None) -> Scenario:
    if number is not None and number > len(choices):
        raise UsageError(f"There is no scenario {number}.", f"There are {len(choices)}; --list shows them.")
    return choices[(number or 1) - 1]


def _print_choices(archetypes: tuple[Archetype, ...], choices: tuple[Scenario, ...], *, with_hint: bool) -> None:
    print_rows(("archetype", "who it is"), [(one.id, one.who) for one in archetypes])
    rows = [(str(number), one.title, one.source) for number, one in enumerate(choices, start=1)]
    print_rows(("scenario", "about", "from"), rows)
    if with_hint:
        click.echo("Begin with: companion practice rushed --scenario 2")


def _old_talks(companion: Companion, show: str | None, forget: str | None) -> None:
    from companion.services import practice as flow

    if forget:
        flow.forget(companion, forget)
        click.echo("Deleted.")
    elif show:
        print_document(flow.read_kept(companion, show))
    else:
        found = flow.kept(companion)
        for one in found:
            say(one.name)
        if not found:
            click.echo("You have kept no rehearsal.")


COMMANDS = (practice,)
