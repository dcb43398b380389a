"""File -> people: read, preview field by field, then save; nobody is deleted by an import."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from companion.domain.imports import ImportPlan, plan_import
from companion.domain.people import Person, Role
from companion.errors import InvalidInput, StaleEdit
from companion.ports import Cancelled, Progress, never_cancelled, no_progress
from companion.services.companion import Companion


@dataclass(frozen=True)
class Preview:
    """What an import would do, and what the stored people looked like when that was found out."""

    plan: ImportPlan
    columns_ignored: tuple[str, ...]
    before: dict[str, Person]
    """The stored people that saving would change, as the preview saw them."""


def preview(
    companion: Companion,
    path: Path,
    *,
    role: Role | None = None,
    person_id: str = "",
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
) -> Preview:
    """Read a CSV or a LinkedIn data export and compare it with who is stored; saves nothing.

    `role` is for files that do not say it (a LinkedIn export never does), `person_id` for an export of one person.
    Raises InvalidInput when the file as a whole cannot be read, Cancelled.
    """
    from companion.importing import read_people

    with companion.store.get().read() as tx:
        existing = {person.id: person for person in tx.people.all()}
    found = read_people(
        path,
        existing=existing,
        default_role=role,
        person_id=person_id,
        today=companion.clock.now().date(),
        progress=progress,
        cancelled=cancelled,
    )
    if not found.drafts and not found.problems:
        raise InvalidInput(f"{path.name}: there is nobody in this file.")
    plan = plan_import(found.drafts, existing, source=found.source, problems=found.problems)
    before = {person.id: existing[person.id] for person in plan.people_to_save if person.id in existing}
    return Preview(plan, found.columns_ignored, before)


def save(companion: Companion, found: Preview) -> int:
    """Save what the preview showed, all or nothing; returns how many people were added or changed.

    Raises StaleEdit when people changed since the preview, so that nothing unseen is overwritten.
    """
    people = found.plan.people_to_save
    if not people:
        return 0
    with companion.store.get().write() as tx:
        if {person.id: person for person in tx.people.some(p.id for p in people)} != found.before:
            raise StaleEdit("The people changed since this preview.", "Make the preview again.")
        tx.people.save(people)
        added = len(found.plan.of_kind("added"))
        tx.audit.add(
            companion.clock.now(),
            "people imported",
            found.plan.source[:80],
            added=added,
            changed=len(people) - added,
            problems=len(found.plan.problems),
        )
    return len(people)


def save_report(found: Preview, path: Path) -> None:
    """Write every problem of a preview to a CSV that a spreadsheet opens safely. Raises OSError."""
    from companion.importing import problems_csv

    path.write_text(problems_csv(found.plan.problems), encoding="utf-8-sig")
