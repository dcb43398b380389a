"""Commands for people: import, people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from companion.cli.run import Context, json_option, print_json, print_rows, progress_line, refuse_both_or_neither, say

if TYPE_CHECKING:
    from companion.services.import_people import Preview

ROLES = ("mentor", "executive")
SHOWN_CHANGES = 20


@click.command("import", short_help="Read people from a CSV or a LinkedIn data export.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--role", type=click.Choice(ROLES), help="For files that do not say it (LinkedIn exports never do).")
@click.option("--id", "person_id", default="", help="Id of the person in a LinkedIn export.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--yes", is_flag=True, help="Save without asking.")
@click.option("--save-report", type=click.Path(dir_okay=False, path_type=Path), help="Write the problems to this CSV.")
@json_option
@click.pass_obj
def import_(
    context: Context,
    file: Path,
    role: str | None,
    person_id: str,
    dry_run: bool,
    yes: bool,
    save_report: Path | None,
    as_json: bool,
) -> None:
    """Read people from FILE: a CSV from any HR system, or the ZIP of a member's own LinkedIn data export.

    Headers are matched leniently (Employee ID, Mgr, Manager Email ...); lists are split on ; or |.
    You see what would change, field by field, before anything is saved. Bad rows are named with their line
    and column; the good rows are kept. Nobody is ever deleted by an import. With --json nothing is asked, so say
    --dry-run to only look, or --yes to save.

    Declared attributes (Gender, Disability, Nationality ...) are read only from columns named so and only of people
    for whom a column 'Consent to use' says report or match; a no takes back what was stored.
    """
    from companion.domain.imports import PRIVATE
    from companion.domain.people import Role
    from companion.importing import problems_csv
    from companion.services import import_people

    refuse_both_or_neither(dry_run=dry_run, yes=yes, as_json=as_json)
    with context.companion() as companion:
        with progress_line() as progress:
            chosen = {"mentor": Role.MENTOR, "executive": Role.MENTEE}.get(role or "")
            preview = import_people.preview(companion, file, role=chosen, person_id=person_id, progress=progress)
        if save_report:
            save_report.write_text(problems_csv(preview.plan.problems), encoding="utf-8-sig")
        if as_json:
            hidden = {"changes": {"__all__": {"person": set(PRIVATE)}}}
            print_json(preview.plan.model_dump(mode="json", exclude=hidden))
            if warning := preview.plan.objection_warning:
                click.echo(f"! {warning}", err=True)
        else:
            _show(preview)
        if dry_run or not preview.plan.people_to_save:
            return
        if not yes:
            count = len(preview.plan.people_to_save)
            question = f"Save {count} {'person' if count == 1 else 'people'}?"
            click.confirm(question, default=not preview.plan.unread_objections, abort=True)
        saved = import_people.save(companion, preview)
        click.echo(f"Saved: {saved} {'person' if saved == 1 else 'people'} added or changed.", err=as_json)


@click.command(short_help="List who takes part, or search by meaning.")
@click.option("--role", type=click.Choice(ROLES), help="Only mentors, or only executives.")
@click.option("--offering", metavar="TEXT", help="Who offers something like TEXT, by meaning.")
@click.option("--needing", metavar="TEXT", help="Who needs something like TEXT, by meaning.")
@json_option
@click.pass_obj
def people(context: Context, role: str | None, offering: str | None, needing: str | None, as_json: bool) -> None:
    """List everybody who takes part, or search what they offer and need by meaning."""
    from companion.domain.imports import PRIVATE
    from companion.domain.people import FacetKind, Role
    from companion.services import people as flow

    with context.companion() as companion:
        if wanted := offering or needing:
            found = flow.search(companion, wanted, FacetKind.OFFER if offering else FacetKind.NEED)
            if as_json:
                print_json(
                    [{"person": f.person.id, "entry": f.facet.entry_id, "similarity": f.similarity} for f in found]
                )
            else:
                print_rows(("name", "entry", "text"), [(f.person.name, f.facet.entry_id, f.facet.text) for f in found])
            return
        chosen = {"mentor": Role.MENTOR, "executive": Role.MENTEE}.get(role or "")
        everybody = flow.list_people(companion, chosen)
        if as_json:
            print_json([person.model_dump(mode="json", exclude=set(PRIVATE)) for person in everybody])
            return
        if not everybody:
            click.echo("Nobody is here yet. companion import people.csv brings them in.")
            return
        rows = []
        for person in everybody:
            kind = FacetKind.OFFER if person.role is Role.MENTOR else FacetKind.NEED
            stated = "; ".join(facet.text for facet in person.entries(kind)) or "nothing stated"
            role_name = "mentor" if person.role is Role.MENTOR else "executive"
            rows.append((person.id, person.name, role_name, person.title, person.department, stated))
        print_rows(("id", "name", "role", "title", "department", "offers / needs"), rows)


def _show(preview: Preview) -> None:
    from companion.domain.imports import FIELD_LABELS

    plan = preview.plan
    for change in plan.changes[:SHOWN_CHANGES]:
        if change.kind == "unchanged":
            continue
        say(f"{'+' if change.kind == 'added' else '~'} {change.person.name} ({change.person.id})")
        if change.kind == "changed":
            for field in change.changes:
                before, after = "; ".join(field.before) or "nothing", "; ".join(field.after) or "nothing"
                say(f"    {FIELD_LABELS.get(field.field, field.field)}: {before}  →  {after}")
    if len(plan.changes) > SHOWN_CHANGES:
        say(f"  ... and {len(plan.changes) - SHOWN_CHANGES} more (--json lists all)")
    for problem in plan.problems[:SHOWN_CHANGES]:
        sign, value = "!" if problem.severity == "error" else "-", f" ({problem.value})" if problem.value else ""
        say(f"{sign} {problem.where}: {problem.reason}{value} {problem.hint}".rstrip())
    if len(plan.problems) > SHOWN_CHANGES:
        say(f"  ... and {len(plan.problems) - SHOWN_CHANGES} more problems (--save-report FILE lists all)")
    if preview.columns_ignored:
        say(f"Not read: {', '.join(preview.columns_ignored)}")
    counts = [f"{len(plan.of_kind(kind))} {kind}" for kind in ("added", "changed", "unchanged")]
    say(f"{plan.source}: {', '.join(counts)}, {plan.rows_left_out} rows left out.")
    if warning := plan.objection_warning:
        say(f"! {warning}")


COMMANDS = (import_, people)
