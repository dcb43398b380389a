"""Read one person from the data export a LinkedIn member downloads for themselves.

Only what a mentoring profile needs is read, and it is named here, column by column. Birth date, address, zip code,
maiden name, telephone numbers, handles, contacts, messages and every other file of the archive are never opened or,
where they share a file with something that is needed, never looked at. The column names are those of the export as
members receive it in English.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from companion.domain.imports import PersonDraft, ReadResult, RowProblem
from companion.domain.people import MAX_ENTRY_CHARS, FacetKind, Person
from companion.errors import InvalidInput, UsageError
from companion.importing import archive as archives
from companion.importing import dates, values
from companion.importing.csv_people import MAX_ID_CHARS, Known
from companion.importing.headers import squeeze
from companion.importing.table import Row, read_table
from companion.importing.text import decode
from companion.importing.values import BadValue

PROFILE = "Profile.csv"
POSITIONS = "Positions.csv"
SKILLS = "Skills.csv"
EDUCATION = "Education.csv"
LANGUAGES = "Languages.csv"
EMAILS = "Email Addresses.csv"

READ_COLUMNS: Mapping[str, tuple[str, ...]] = {
    PROFILE: ("First Name", "Last Name", "Headline", "Geo Location"),
    POSITIONS: ("Company Name", "Title", "Location", "Started On", "Finished On"),
    SKILLS: ("Name",),
    EDUCATION: ("Degree Name", "Activities"),
    LANGUAGES: ("Name",),
    EMAILS: ("Email Address", "Confirmed", "Primary"),
}
"""Everything that is ever read."""

MAX_SKILLS = 20
"""Members list up to a hundred skills; the first ones are those they put on top."""
MAX_STUDIES = 5


@dataclass(frozen=True)
class _Entry:
    """One row of one table, holding only the columns that may be read."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass
class _Export:
    """The tables of an archive, cut down to what may be read."""

    tables: dict[str, list[_Entry]] = field(default_factory=dict)
    used: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    def table(self, file: str) -> list[_Entry]:
        return self.tables.get(file, [])

    def warn(self, entry: _Entry, column: str, value: str, reason: str, hint: str = "") -> None:
        self.problems.append(
            RowProblem(
                file=entry.file,
                line=entry.line,
                column=column,
                value=value,
                reason=reason,
                hint=hint,
                severity="warning",
            )
        )


def is_linkedin_export(path: Path) -> bool:
    """Whether a zip archive holds a member's Profile.csv, at any depth. Raises InvalidInput when it is damaged."""
    with archives.opened(path) as archive:
        return PROFILE.casefold() in archives.members(archive)


def read_linkedin(path: Path, known: Known, person_id: str = "") -> ReadResult:
    """Propose one person from an export.

    Skills are proposed as offers and studies as interests, added to what is stored. The e-mail address serves to
    recognise somebody who is stored, and is taken only for a new person: it is often a private one.
    Raises InvalidInput when the archive cannot be read, UsageError when the role or an id is needed and missing.
    """
    with archives.opened(path) as archive:
        export = _read_tables(archive)
    profile = export.table(PROFILE)
    if not profile:
        raise InvalidInput(f"{path.name}: {PROFILE} holds no profile.", "Ask LinkedIn for the export again.")
    addresses = _addresses(export)
    chosen = _chosen_id(person_id.strip(), addresses, known)
    stored = known.existing.get(chosen)
    if stored is None and known.default_role is None:
        raise UsageError(
            "A LinkedIn export does not say whether this is a mentor or an executive.",
            "Choose the role for this import.",
        )
    draft = _draft(export, profile[0], known.today, stored).model_copy(
        update={
            "id": chosen,
            "role": known.default_role if stored is None else None,
            "email": addresses[0] if addresses and not (stored and stored.email) else None,
        }
    )
    return ReadResult(
        source=path.name,
        drafts=(draft,),
        problems=tuple(export.problems),
        columns_used=tuple(export.used),
        columns_ignored=tuple(export.ignored),
    )


def _read_tables(archive: zipfile.ZipFile) -> _Export:
    export = _Export()
    found = archives.members(archive)
    for file, columns in READ_COLUMNS.items():
        info = found.pop(file.casefold(), None)
        if info is None:
            continue
        data = archives.content(archive, info)
        try:
            _read_table(export, file, columns, data)
        except InvalidInput as error:
            if file == PROFILE:
                raise
            export.warn(_Entry(file, 0, {}), "", "", f"The file was passed over: {error.message}")
    export.ignored += sorted(info.filename.rpartition("/")[2] for info in found.values())
    return export


def _read_table(export: _Export, file: str, columns: tuple[str, ...], data: bytes) -> None:
    wanted = {squeeze(column): column for column in columns}
    decoded = decode(data, file)
    # Some tables begin with "Notes:" and a paragraph; the header is the first row that names a wanted column.
    table = read_table(decoded.text, file, lambda cells: len({squeeze(cell) for cell in cells} & wanted.keys()))
    if decoded.problems:
        # Not the problem itself: it quotes a word, perhaps from a column that must not be read.
        export.warn(
            _Entry(file, 0, {}), "", "", f"The letters of the file may be wrong; it was read as {decoded.encoding}."
        )
    places = {wanted[squeeze(name)]: i for i, name in enumerate(table.header.cells) if squeeze(name) in wanted}
    export.used += [f"{file}: {column}" for column in columns if column in places]
    export.ignored += [f"{file}: {name}" for name in table.header.cells if squeeze(name) not in wanted]
    # A problem of the table may quote its row, and with it a column that must not be read.
    export.problems += [p.model_copy(update={"value": ""}) for p in table.problems if not _is_preamble(p, table.header)]
    export.tables[file] = []
    for row in table.rows:
        entry = _Entry(file, row.line, {column: values.cleaned(row.cells[place]) for column, place in places.items()})
        export.tables[file].append(entry)
        for column, place in places.items():
            if values.holds_hidden(row.cells[place]):
                export.warn(entry, column, entry[column], values.HIDDEN, values.HIDDEN_HINT)


def _is_preamble(problem: RowProblem, header: Row) -> bool:
    return problem.severity == "warning" and problem.line < header.line


def _addresses(export: _Export) -> list[str]:
    """The confirmed addresses, the primary one first."""
    rows = [row for row in export.table(EMAILS) if row["Confirmed"].casefold() != "no"]
    rows.sort(key=lambda row: row["Primary"].casefold() != "yes")
    found = []
    for row in rows:
        try:
            found.append(values.email(row["Email Address"]))
        except BadValue as error:
            export.warn(row, "Email Address", row["Email Address"], error.reason)
    return found


def _chosen_id(person_id: str, addresses: list[str], known: Known) -> str:
    if len(person_id) > MAX_ID_CHARS:
        raise UsageError(f"The id is longer than {MAX_ID_CHARS} characters.", "Choose a shorter one.")
    if person_id:
        return person_id
    for address in addresses:
        if stored := known.ids_by_email.get(address.casefold()):
            return stored
    if addresses and len(addresses[0]) <= MAX_ID_CHARS:
        return addresses[0].lower()
    raise UsageError(
        "The export holds no e-mail address, so it does not say whose profile this is.",
        "Name the person's id for this import.",
    )


def _draft(export: _Export, profile: _Entry, today: date, stored: Person | None) -> PersonDraft:
    current = _current_position(export, today)
    headline = profile["Headline"]
    offers = _kept_and_new(stored, FacetKind.OFFER, _skills(export))
    interests = _kept_and_new(stored, FacetKind.INTEREST, _studies(export))
    name = " ".join(f"{profile['First Name']} {profile['Last Name']}".split())
    languages = _languages(export)
    if not name and stored is None:
        raise InvalidInput(f"{PROFILE} holds no name.", "Ask LinkedIn for the export again.")
    return PersonDraft(
        file=PROFILE,
        line=profile.line,
        columns={
            "name": "First Name",
            "title": "Title" if current else "Headline",
            "location": "Geo Location",
            "languages": "Languages.csv: Name",
            "tenure_years": "Started On",
            "offer": "Skills.csv: Name",
            "interest": "Education.csv: Degree Name",
        },
        id="",
        name=name or None,
        title=_line(export, current, "Title") if current else _line(export, profile, "Headline") if headline else None,
        location=_line(export, profile, "Geo Location") or (_line(export, current, "Location") if current else None),
        languages=languages or None,
        tenure_years=_tenure(export, current, today) if current else None,
        facets={kind: texts for kind, texts in ((FacetKind.OFFER, offers), (FacetKind.INTEREST, interests)) if texts},
    )


def _line(export: _Export, entry: _Entry, column: str) -> str | None:
    try:
        return values.one_line(entry[column]) or None
    except BadValue as error:
        export.warn(entry, column, entry[column], f"{error.reason} It was left out.")
        return None


def _current_position(export: _Export, today: date) -> _Entry | None:
    """The position without an end that began last; the export lists the newest first."""
    current = [row for row in export.table(POSITIONS) if row["Title"] and not row["Finished On"]]
    begun = [row for row in current if (_start(row) or date.min) <= today]
    return max(begun, key=lambda row: _start(row) or date.min, default=None)


def _start(row: _Entry) -> date | None:
    try:
        return dates.read_date(row["Started On"])
    except BadValue:
        return None


def _tenure(export: _Export, current: _Entry, today: date) -> float | None:
    """Years since the first position with the company somebody works for now."""
    company = values.plain(current["Company Name"])
    same = [row for row in export.table(POSITIONS) if company and values.plain(row["Company Name"]) == company]
    starts = [start for row in same or [current] if (start := _start(row)) is not None]
    try:
        # Asked again for the current one, so that a date nobody can read is reported and not passed over.
        return dates.years_since(min([*starts, dates.read_date(current["Started On"])]), today)
    except BadValue as error:
        export.warn(
            current, "Started On", current["Started On"], f"{error.reason} The tenure was left out.", error.hint
        )
        return None


def _skills(export: _Export) -> list[str]:
    rows = [row for row in export.table(SKILLS) if row["Name"]]
    if len(rows) > MAX_SKILLS:
        first = rows[MAX_SKILLS]
        reason = f"Only the first {MAX_SKILLS} of {len(rows)} skills were proposed as offers."
        export.warn(first, "Name", first["Name"], reason, "Add others that you would really teach by hand.")
    return _entries(export, rows[:MAX_SKILLS], "Name")


def _studies(export: _Export) -> list[str]:
    rows = export.table(EDUCATION)
    activities = [part.strip() for row in rows for part in re.split(r"[;,|\n]", row["Activities"]) if part.strip()]
    degrees = _entries(export, [row for row in rows if row["Degree Name"]], "Degree Name")
    return [text for text in [*degrees, *activities] if len(text) <= MAX_ENTRY_CHARS][:MAX_STUDIES]


def _entries(export: _Export, rows: list[_Entry], column: str) -> list[str]:
    texts = []
    for row in rows:
        text = " ".join(row[column].split())
        if len(text) > MAX_ENTRY_CHARS:
            export.warn(row, column, text, f"The entry is longer than {MAX_ENTRY_CHARS} characters and was left out.")
        else:
            texts.append(text)
    return texts


def _languages(export: _Export) -> tuple[str, ...]:
    codes: list[str] = []
    for row in export.table(LANGUAGES):
        found, unknown = values.languages(row["Name"])
        codes += [code for code in found if code not in codes]
        for word in unknown:
            export.warn(row, "Name", word, "This language is not known and was left out.", values.language_hint(word))
    return tuple(codes)


def _kept_and_new(stored: Person | None, kind: FacetKind, proposed: list[str]) -> tuple[str, ...]:
    """What somebody wrote about themselves stays, in front; the export only adds to it."""
    own = [facet.text for facet in stored.entries(kind)] if stored else []
    known = {text.casefold() for text in own}
    new = [text for text in proposed if text.casefold() not in known]
    return (*own, *new) if new else ()
