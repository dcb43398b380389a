"""The dry run of a match: what a programme's criteria do to invented people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from companion.cli.run import Context, print_json, progress_line

if TYPE_CHECKING:
    from companion.domain.people import Role
    from companion.domain.programme import Programme
    from companion.services.dry_run import DryRun

PEOPLE, SEED = 40, 7
SHOWN_UNMATCHED = 5


def dry_run(context: Context, people: int | None, seed: int | None, *, as_json: bool) -> None:
    """Match invented people and print what came of it."""
    from companion.services.dry_run import dry_run as run

    with context.companion() as companion:
        with progress_line() as progress:
            done = run(
                companion, PEOPLE if people is None else people, SEED if seed is None else seed, progress=progress
            )
        print_dry_run(done, companion.criteria, as_json=as_json)


def print_dry_run(done: DryRun, programme: Programme, *, as_json: bool) -> None:
    """What each rule and quota did, how many people have a partner, and what is proven about it."""
    from companion.domain.criteria_words import lines
    from companion.domain.people import Role

    sides = {"executives": Role.MENTEE, "mentors": Role.MENTOR}
    if as_json:
        print_json(_as_json(done, sides))
        return
    run = done.run
    counts = {side: done.count(role) for side, role in sides.items()}
    invented = " and ".join(f"{count} {side}" for side, count in counts.items())
    click.echo(f"A dry run with {invented}, all invented (seed {done.seed}). Nothing is stored.\n")
    changed = [line for line in lines(programme) if line.key.startswith("matching") and not line.default]
    click.echo("Your criteria (what is not listed is at its default; companion programme show has all):")
    for line in changed:
        click.echo(f"  {line.text}")
    if not changed:
        click.echo("  Everything is at its default.")
    pairs = counts["executives"] * counts["mentors"]
    click.echo(f"\nWhat the rules did to {pairs} possible pairs:")
    for reason, count in run.excluded:
        click.echo(f"  {count:7d}  {100 * count / pairs:5.1f} %  {reason.value}")
    left = pairs - sum(count for _, count in run.excluded)
    click.echo(f"  {left:7d}  {100 * left / pairs:5.1f} %  possible")
    click.echo("\nWhat came of it:")
    for side, role in sides.items():
        click.echo(f"  {done.covered(role)} of {counts[side]} {side} have a proposal")
    bands = ", ".join(f"{count} {band.value}" for band, count in done.bands.items())
    click.echo(f"  {len(run.proposals)} proposals: {bands}")
    if run.certificate:
        click.echo(f"  Together they are {run.certificate.sentence}")
    for kept in done.quotas:
        sign = "kept" if kept.kept else "! NOT KEPT"
        click.echo(
            f"  Same {kept.quota.same}: {100 * kept.share:.0f} % of the pairs, at most "
            f"{100 * kept.quota.at_most:g} %: {sign}"
        )
    for warning in run.warnings:
        click.echo(f"  ! {warning}")
    names = {person.id: person.name for person in done.people}
    for unmatched in run.unmatched[:SHOWN_UNMATCHED]:
        click.echo(f"  Without: {names[unmatched.person_id]}. {' '.join(unmatched.reasons)}")
    if len(run.unmatched) > SHOWN_UNMATCHED:
        click.echo(f"  ... and {len(run.unmatched) - SHOWN_UNMATCHED} more without a proposal")


def _as_json(done: DryRun, sides: Mapping[str, Role]) -> dict[str, object]:
    return {
        "seed": done.seed,
        "people": {side: done.count(role) for side, role in sides.items()},
        "covered": {side: done.covered(role) for side, role in sides.items()},
        "bands": {band.value: count for band, count in done.bands.items()},
        "quotas": [
            {"same": kept.quota.same, "at_most": kept.quota.at_most, "share": kept.share, "kept": kept.kept}
            for kept in done.quotas
        ],
        "run": done.run.model_dump(mode="json"),
    }
