"""Read people from files: tables from any HR system, and a member's own LinkedIn export."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from companion.domain.imports import ReadResult
from companion.domain.people import Person, Role
from companion.errors import Cancelled, InvalidInput, UsageError
from companion.importing import archive, csv_people, linkedin
from companion.importing.csv_people import Known
from companion.importing.report import problems_csv
from companion.ports import Cancelled as CancelledCheck
from companion.ports import Progress, never_cancelled, no_progress

__all__ = ["MAX_FILE_BYTES", "problems_csv", "read_people"]

MAX_FILE_BYTES = 50 * 1024 * 1024


def read_people(
    path: Path,
    *,
    existing: Mapping[str, Person] | None = None,
    default_role: Role | None = None,
    person_id: str = "",
    today: date | None = None,
    progress: Progress = no_progress,
    cancelled: CancelledCheck = never_cancelled,
) -> ReadResult:
    """Read people from a file, whatever its name: a zip archive with a Profile.csv, or else a table in text form.

    `existing` are the stored people by id: a row without an id is recognised by its e-mail address, managers are found
    among them, and they need no role in the file. `default_role` is for new people whose role the file does not say;
    `person_id` is for a LinkedIn export; `today` is what a hire date is counted to.

    An empty cell leaves the stored value alone, as an absent column does.
    Raises InvalidInput (nothing in the file can be used), UsageError (an argument is missing), Cancelled.
    """
    known = Known.of(existing or {}, default_role, today or date.today())
    if cancelled():
        raise Cancelled("The import was stopped.", "Nothing was saved.")
    if path.is_dir():
        raise InvalidInput(f"{path.name} is a folder.", "Choose a CSV file, or the LinkedIn archive as it came (zip).")
    if path.exists() and not path.is_file():
        raise InvalidInput(
            f"{path.name} is not a file.", "Choose a CSV file, or the LinkedIn archive as it came (zip)."
        )
    try:
        packed = zipfile.is_zipfile(path)
        size = path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from None
    if packed:
        if not linkedin.is_linkedin_export(path):
            raise _other_archive(path)
        progress(0, 1, "Reading the LinkedIn export")
        result = linkedin.read_linkedin(path, known, person_id)
        progress(1, 1, "Reading the LinkedIn export")
        return result
    if person_id:
        raise UsageError(
            "An id can only be chosen for a LinkedIn export.", "A table names the id of each person itself."
        )
    if size > MAX_FILE_BYTES:
        raise InvalidInput(
            f"{path.name} is {size / 1024**2:.0f} MB large; {MAX_FILE_BYTES // 1024**2} MB can be read.",
            "Leave out columns that are not needed, or split the file.",
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None
    return csv_people.read_csv(data, path.name, known, progress=progress, cancelled=cancelled)


def _unreadable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(f"{path} cannot be read: {error.strerror or error}.", "Check the name and the permissions.")


def _other_archive(path: Path) -> InvalidInput:
    with archive.opened(path) as opened:
        names = archive.members(opened)
    if "workbook.xml" in names:
        return InvalidInput(f"{path.name} is an Excel workbook.", "Save it as 'CSV UTF-8' and import that file.")
    if "content.xml" in names:
        return InvalidInput(f"{path.name} is an office document.", "Save it as CSV (UTF-8) and import that file.")
    return InvalidInput(
        f"{path.name} is a zip archive without a Profile.csv.",
        "For a table, unpack it first; from LinkedIn, ask for an archive that holds your profile.",
    )
