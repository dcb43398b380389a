"""Read people from a table in text form: one person per row, whatever system it comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from companion.domain.imports import PersonDraft, ReadResult, RowProblem
from companion.domain.people import MAX_ENTRY_CHARS, FacetKind, Person, Role
from companion.errors import Cancelled
from companion.importing import dates, values
from companion.importing.headers import Columns, known_count, match_columns
from companion.importing.managers import Stated, resolve_managers
from companion.importing.rows import RowReader
from companion.importing.table import Row, read_table
from companion.importing.text import decode
from companion.importing.values import BadValue
from companion.importing.wishes import (
    declared,
    local_only,
    not_consented,
    not_with,
    opted_out,
    resolve_not_with,
    unread_objections,
)
from companion.ports import Cancelled as CancelledCheck
from companion.ports import Progress, never_cancelled, no_progress

MAX_ID_CHARS = 80
_STEP = 200
_COMMA_NAME = re.compile(r"^([^,]+),\s*([^,]+)$")
# What may follow a name after a comma without being a given name.
_TITLES = frozenset(
    ("jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "phd", "ph.d.", "md", "m.d.", "mba", "cpa", "dr", "dr.")
)


@dataclass(frozen=True)
class Known:
    """What the reader may take from outside the file."""

    existing: Mapping[str, Person]
    default_role: Role | None
    today: date
    ids_by_email: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, existing: Mapping[str, Person], default_role: Role | None, today: date) -> Known:
        """Index the stored people by e-mail; an address that two people share names neither."""
        owners: dict[str, set[str]] = {}
        for person in existing.values():
            if person.email:
                owners.setdefault(person.email.casefold(), set()).add(person.id)
        ids = {address: next(iter(found)) for address, found in owners.items() if len(found) == 1}
        return cls(existing, default_role, today, ids)


def read_csv(
    data: bytes,
    file: str,
    known: Known,
    *,
    progress: Progress = no_progress,
    cancelled: CancelledCheck = never_cancelled,
) -> ReadResult:
    """Read a table of people. Bad rows become problems and the good ones are kept.

    A value that says who somebody is or what part they play (id, name, e-mail, role) must be right, or the row is an
    error; any other value that cannot be understood is left out with a warning. Raises InvalidInput, Cancelled.
    """
    decoded = decode(data, file)
    table = read_table(decoded.text, file, known_count, cancelled)
    columns = match_columns(table.header.cells, file, table.header.line)
    columns = _role_or_title(columns, table.rows)
    objections = unread_objections(columns, table.rows, file, table.header.line)
    problems = [*objections, *decoded.problems, *columns.problems, *table.problems]
    day_first = _day_first(columns, table.rows)
    headers = _headers_by_field(columns)
    drafts: dict[str, PersonDraft] = {}
    managers: list[Stated] = []
    refused = 0
    total = len(table.rows)
    for done, row in enumerate(table.rows):
        if done % _STEP == 0:
            if cancelled():
                raise Cancelled("The import was stopped while reading.", "Nothing was saved.")
            progress(done, total, "Reading people")
        reader = RowReader(row, columns, file)
        draft = _draft(reader, known, headers, day_first)
        if draft is not None and draft.id in drafts:
            _report_repeated(reader, draft, drafts[draft.id])
        elif draft is not None:
            drafts[draft.id] = draft
            managers += _stated_manager(reader, draft)
        problems += reader.problems
        refused += reader.refused
    progress(total, total, "Reading people")
    resolved, unresolved = resolve_managers(drafts, managers, known.existing, file)
    resolved, unknown = resolve_not_with(resolved, known.existing)
    problems += [*unknown, *not_consented(refused, columns, file)]
    problems += _shared_addresses(resolved, known)
    if not table.rows and not table.problems:
        reason = "There are no people below the header."
        problems.append(RowProblem(file=file, line=table.header.line, reason=reason))
    problems = sorted(problems + unresolved, key=lambda problem: problem.line)
    return ReadResult(
        source=file,
        drafts=tuple(resolved.values()),
        problems=tuple(problems),
        columns_used=columns.used,
        columns_ignored=columns.ignored,
    )


def _role_or_title(columns: Columns, rows: tuple[Row, ...]) -> Columns:
    """A plain "Role" column of an HR system holds job titles: take it as such when no cell names a programme role."""
    if "role" not in columns.places or columns.name_of("role").casefold() not in ("role", "rolle"):
        return columns
    place = columns.places["role"][0]
    cells = [text for row in rows if (text := row.cells[place].strip())]
    if not cells or any(values.known_role(text) for text in cells):
        return columns
    if "title" not in columns.places:
        return columns.moved("role", "title")
    return Columns(columns.header, {f: p for f, p in columns.places.items() if f != "role"}, columns.problems)


def _day_first(columns: Columns, rows: tuple[Row, ...]) -> bool | None:
    places = columns.places.get("hire_date", ())
    return dates.day_comes_first(row.cells[place] for row in rows for place in places)


def _headers_by_field(columns: Columns) -> dict[str, str]:
    headers = {name: columns.name_of(name) for name in columns.places}
    alternatives = {
        "name": ("name", "preferred_name", "first_name", "last_name"),
        "manager_id": ("manager_id", "manager_email", "manager_name"),
        "tenure_years": ("tenure_years", "hire_date"),
    }
    for name, sources in alternatives.items():
        found = next((headers[source] for source in sources if source in headers), "")
        if found:
            headers[name] = found
    return headers


def _draft(reader: RowReader, known: Known, headers: Mapping[str, str], day_first: bool | None) -> PersonDraft | None:
    """What the row says, or None when it must be left out."""
    cells = [reader.row.cells[place] for place in reader.columns.taken]
    if any("\x00" in cell for cell in cells):
        reader.report("", "", "The row holds NUL bytes, so the file is damaged here.", "Export it again.", "error")
        return None
    if damaged := next((cell for cell in cells if "\ufffd" in cell), ""):
        reason = "The row holds bytes that are no letters in this file's encoding."
        reader.report("", damaged, reason, "Correct the row, or save the file as 'CSV UTF-8'.", "error")
        return None
    reader.report_hidden()
    address = reader.value("email", values.email, "error")
    person_id = _id(reader, address, known)
    stored = known.existing.get(person_id) if person_id else None
    name = _name(reader, new=stored is None)
    role = _role(reader, known, stored)
    if reader.failed or person_id is None:
        return None
    return PersonDraft(
        file=reader.file,
        line=reader.row.line,
        columns=headers,
        id=person_id,
        name=name,
        email=address,
        role=role,
        title=reader.value("title", values.one_line),
        department=reader.value("department", values.one_line),
        location=reader.value("location", values.one_line),
        time_zone=reader.value("time_zone", values.time_zone),
        languages=_languages(reader),
        tenure_years=_tenure(reader, known.today, day_first),
        capacity=reader.value("capacity", values.capacity),
        availability=_availability(reader),
        level=reader.value("level", values.level),
        region=reader.value("region", values.one_line),
        work_style=reader.value("work_style", values.one_line),
        opted_out=opted_out(reader),
        local_only=local_only(reader, stored),
        not_with=not_with(reader),
        declared=declared(reader, stored),
        facets={kind: found for kind in FacetKind if (found := _entries(reader, kind))},
    )


def _id(reader: RowReader, address: str | None, known: Known) -> str | None:
    """The stated id; else the stored person with this e-mail; else the e-mail itself in lower case."""
    stated = reader.value("id", lambda text: values.one_line(text, MAX_ID_CHARS), "error")
    if stated is not None:
        return str(stated)
    if reader.failed:
        return None
    if not address:
        reason = "The row has neither an id nor an e-mail address, so nobody can tell whom it means."
        reader.report("", "", reason, "Add one of the two.", "error")
        return None
    if len(address) > MAX_ID_CHARS and address.casefold() not in known.ids_by_email:
        reader.report("email", address, "The address is too long to stand in for an id.", "Add an id column.", "error")
        return None
    return known.ids_by_email.get(address.casefold(), address.lower())


def _name(reader: RowReader, *, new: bool) -> str | None:
    try:
        full = values.one_line(
            full_name(*(reader.cell(f) for f in ("name", "preferred_name", "first_name", "last_name")))
        )
    except BadValue as error:
        reader.report("name", reader.cell("name"), error.reason, error.hint, "error")
        return None
    if not full and new:
        reader.report("name", "", "A new person needs a name.", "Fill in the name.", "error")
    return full or None


def full_name(name: str, preferred: str, first: str, last: str) -> str:
    """One name from the columns a file has; a preferred name goes before the legal given name.

    ``Okafor, Margaret`` is turned round; "Name" beside "First name" means the family name, as in German exports.
    """
    turned = _COMMA_NAME.match(name)
    if turned and turned.group(2).casefold() not in _TITLES:
        name = f"{turned.group(2)} {turned.group(1)}"
    if not last and first and name and first.casefold() not in name.casefold():
        last = name
    given = preferred or first
    if given and last:
        return given if last.casefold() in given.casefold() else f"{given} {last}"
    return name or given or last


def _role(reader: RowReader, known: Known, stored: Person | None) -> Role | None:
    stated = reader.value("role", values.role, "error")
    if isinstance(stated, Role):
        return stated
    if stored is None and known.default_role is None and not reader.cell("role"):
        hint = "Add a column 'Programme role' with mentor or executive, or choose one role for the whole import."
        reader.report("role", "", "The row does not say whether this is a mentor or an executive.", hint, "error")
    return known.default_role if stored is None else None


def _languages(reader: RowReader) -> tuple[str, ...] | None:
    text = reader.joined("languages")
    if values.is_placeholder(text.strip()):
        return None
    codes, unknown = values.languages(text)
    for word in unknown:
        reader.report("languages", word, "This language is not known and was left out.", values.language_hint(word))
    return codes or None


def _tenure(reader: RowReader, today: date, day_first: bool | None) -> float | None:
    stated: float | None = reader.value("tenure_years", values.tenure)
    if stated is not None:
        return stated
    since: float | None = reader.value(
        "hire_date", lambda text: dates.years_since(dates.read_date(text, day_first), today)
    )
    return since


def _availability(reader: RowReader) -> tuple[str, ...] | None:
    slots, unknown = values.availability(reader.cell("availability"))
    for part in unknown:
        reader.report(
            "availability", part, "This names no half day and was left out.", "Write it like 'Tue am; Thu pm'."
        )
    return slots or None


def _entries(reader: RowReader, kind: FacetKind) -> tuple[str, ...]:
    fit, long = values.entries(reader.joined(kind.value))
    for text in long:
        reason = f"One entry is {len(text)} characters long and was left out; {MAX_ENTRY_CHARS} are allowed."
        reader.report(kind.value, text, reason, "Split it into single statements with ';'.")
    return fit


def _stated_manager(reader: RowReader, draft: PersonDraft) -> list[Stated]:
    for name in ("manager_id", "manager_email", "manager_name"):
        if text := " ".join(reader.cell(name).split()):
            return [Stated(draft.id, text, reader.columns.name_of(name), reader.row.line)]
    return []


def _report_repeated(reader: RowReader, draft: PersonDraft, first: PersonDraft) -> None:
    same = draft.model_copy(update={"line": first.line}) == first
    name = "id" if reader.cell("id") else "email"
    if same:
        reason = f"The row says the same as line {first.line} and was passed over."
        reader.report(name, draft.id, reason, severity="warning")
        return
    reason = f"The id '{draft.id}' stands on line {first.line} and again on line {reader.row.line}; the first was kept."
    reader.report(name, draft.id, reason, "Give each person one row and an id of their own.", "error")


def _shared_addresses(drafts: Mapping[str, PersonDraft], known: Known) -> list[RowProblem]:
    """Two people with one address: an invitation would reach the wrong one."""
    owner = dict(known.ids_by_email)
    problems = []
    for draft in drafts.values():
        if not draft.email:
            continue
        other = owner.setdefault(draft.email.casefold(), draft.id)
        if other != draft.id:
            problems.append(
                RowProblem(
                    file=draft.file,
                    line=draft.line,
                    column=draft.columns.get("email", ""),
                    value=draft.email,
                    reason=f"The person with the id '{other}' has the same address.",
                    hint="Check that these are two people; both were kept.",
                    severity="warning",
                )
            )
    return problems
