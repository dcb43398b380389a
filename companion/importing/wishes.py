"""What people wish for themselves: to be left out, not to be paired with somebody, and what of them may be used."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from companion.domain.imports import PersonDraft, RowProblem
from companion.domain.people import Declared, Person
from companion.importing import consent, values
from companion.importing.consent import PREFIX
from companion.importing.headers import Columns, squeeze
from companion.importing.managers import LOOKS_LIKE_ID, Directory
from companion.importing.objections import Objection, objection_in
from companion.importing.rows import RowReader
from companion.importing.table import Row
from companion.importing.values import MAX_LINE_CHARS


def stated_wish(text: str) -> bool:
    """What a cell answers; in doubt nobody's wish is guessed, and that is said. Raises BadValue."""
    try:
        return values.yes_or_no(text)
    except values.BadValue as bad:
        raise values.BadValue(f"{bad.reason} Nothing was changed, so ask them what they wish.", bad.hint) from None


def opted_out(reader: RowReader) -> bool | None:
    """Whether the person is to be left out, from an opt-out column or the opposite of an opt-in column."""
    stated: bool | None = reader.value("opted_out", stated_wish)
    if stated is not None:
        return stated
    joined: bool | None = reader.value("opted_in", stated_wish)
    return None if joined is None else not joined


def local_only(reader: RowReader, stored: Person | None) -> bool | None:
    """Whether nothing about the person is to be sent to a model elsewhere; None leaves it as it is.

    A file can say that somebody wishes so; that somebody does not says nothing against what they told us.
    """
    stated: bool | None = reader.value("local_only", stated_wish)
    if stated is False and stored is not None and stored.local_only:
        reason = "The earlier yes stays, as no file can lift it: nothing about them is sent to a model elsewhere."
        hint = f"If they wish otherwise now: companion privacy opt-out {stored.id} --undo, or the key o in People."
        reader.report("local_only", reader.cell("local_only"), reason, hint)
    return stated or None


def not_with(reader: RowReader) -> tuple[str, ...] | None:
    """Whom the person does not want to be paired with, as the file writes them."""
    parts = [" ".join(part.split()) for part in re.split(r"[;|\n]", reader.joined("not_with"))]
    stated = tuple(dict.fromkeys(part for part in parts if part and not values.is_placeholder(part)))
    if any(len(part) > MAX_LINE_CHARS for part in stated):
        reader.report("not_with", "", "An entry is too long to name anybody and was left out.")
        stated = tuple(part for part in stated if len(part) <= MAX_LINE_CHARS)
    return stated or None


def resolve_not_with(
    drafts: Mapping[str, PersonDraft], existing: Mapping[str, Person]
) -> tuple[dict[str, PersonDraft], list[RowProblem]]:
    """The drafts with ids in place of names and addresses, where these mean one person.

    What means nobody is kept, with a warning that does not repeat it: only the person's own row shows whom they named.
    """
    if not any(draft.not_with for draft in drafts.values()):
        return dict(drafts), []
    directory = Directory.of(drafts, existing)
    resolved = dict(drafts)
    problems = []
    for draft in drafts.values():
        if not draft.not_with:
            continue
        found: list[str] = []
        unclear = 0
        for text in draft.not_with:
            meant = directory.find(text)
            several = [directory.find(part) for part in text.split(",")] if not meant and "," in text else []
            if several and all(len(one) == 1 for one in several):
                found += [person_id for one in several for person_id in one]
                continue
            unclear += len(meant) > 1 or not (meant or "@" in text or LOOKS_LIKE_ID.match(text))
            found.append(next(iter(meant)) if len(meant) == 1 else text)
        others = tuple(person_id for person_id in dict.fromkeys(found) if person_id != draft.id)
        resolved[draft.id] = draft.model_copy(update={"not_with": others or None})
        if unclear:
            problems.append(_unclear(draft, unclear))
    return resolved, problems


def _unclear(draft: PersonDraft, count: int) -> RowProblem:
    return RowProblem(
        file=draft.file,
        line=draft.line,
        column=draft.columns.get("not_with", ""),
        reason=f"{count} of the people named here cannot be told; they were kept as written and have no effect yet.",
        hint="Write their ids or e-mail addresses.",
        severity="warning",
    )


def declared(reader: RowReader, stored: Person | None) -> tuple[Declared, ...] | None:
    """Everything that holds after this row, or None when it says nothing about consent."""
    if "consent" not in reader.columns.places:
        return None
    fields = [field for field in reader.columns.places if field.startswith(PREFIX)]
    answer = reader.value("consent", consent.consent)
    if answer in (None, "no"):
        reader.refused = any(reader.cell(field) for field in fields)
        # An empty cell says nothing; only a no takes back what was allowed before.
        return () if answer == "no" else None
    if not _is_about_declared(reader.columns):
        return None
    stated = {field.removeprefix(PREFIX): text for field in fields if (text := reader.cell(field))}
    items, long = consent.declared(stated, answer, stored.declared if stored else ())
    for attribute in long:
        reader.report(PREFIX + attribute, "", f"More than {consent.MAX_CHARS} characters; it was not read.")
    return items


def _is_about_declared(columns: Columns) -> bool:
    """Whether the consent is surely to the use of declared attributes: by the documented name, or beside some."""
    return squeeze(columns.name_of("consent")) == consent.TO_USE or any(
        field.startswith(PREFIX) for field in columns.places
    )


def not_consented(refused: int, columns: Columns, file: str) -> list[RowProblem]:
    """Say once how many people declared something that was not read."""
    if not refused:
        return []
    whose = "one person" if refused == 1 else f"{refused} people"
    return [
        RowProblem(
            file=file,
            line=0,
            column=columns.name_of("consent"),
            reason=f"What {whose} declared was not read: they did not consent.",
            severity="warning",
        )
    ]


def unread_objections(columns: Columns, rows: Sequence[Row], file: str, line: int) -> list[RowProblem]:
    """Columns that may say what people object to, that somebody filled in, and that nothing was read from."""
    suspects = {
        place: objection
        for place, name in enumerate(columns.header)
        if place not in columns.taken and (objection := objection_in(name))
    }
    unsure = () if _is_about_declared(columns) else columns.places.get("consent", ())
    suspects |= dict.fromkeys(unsure, Objection.DATA)
    problems = []
    for place, objection in sorted(suspects.items()):
        filled = [text for row in rows if (text := row.cells[place].strip()) and not values.is_placeholder(text)]
        if filled:
            whose = "one person" if len(filled) == 1 else f"{len(filled)} people"
            read = "Only a no was read, as taking back what was declared" if place in unsure else "It was not read"
            problems.append(
                RowProblem(
                    file=file,
                    line=line,
                    column=columns.header[place],
                    reason=f"This may say what people object to. {read}, though it is filled in for {whose}.",
                    hint=objection.value,
                    severity="warning",
                    objection=True,
                )
            )
    return problems
