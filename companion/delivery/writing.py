"""Write a session's documents into its folder of the outbox: each file whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from companion.delivery.documents import BRIEF_EML, FILE_NAMES, INVITE_ICS, RUN_SHEET_MD
from companion.domain.documents import Documents
from companion.errors import CompanionError, InvalidInput

MAX_SLUG_CHARS = 30
INVITING = (INVITE_ICS, BRIEF_EML)
"""What must not lie about once a session is cancelled."""


def write(documents: Documents, files: Mapping[str, bytes], outbox: Path) -> list[Path]:
    """Put the files into the session's folder and return their paths, in the order given.

    Writing again replaces what is there, follows a changed date, and takes away what no longer holds.
    Raises InvalidInput for a file name that is not one of the documents', CompanionError when the disk refuses.
    """
    for name in files:
        if name not in FILE_NAMES:
            raise InvalidInput(f"'{name}' is not the name of a document.")
    try:
        folder = _folder(documents, outbox)
        paths = [write_file(folder / name, content) for name, content in files.items()]
        for name in set(FILE_NAMES if RUN_SHEET_MD in files else INVITING) - set(files):
            (folder / name).unlink(missing_ok=True)
        _sync(folder)
    except OSError as error:
        raise CompanionError(
            f"The documents could not be written to {outbox}: {error.strerror or error}.",
            "Check that the folder exists, is yours and has space left, then deliver again.",
        ) from None
    return paths


def folder_name(documents: Documents) -> str:
    """``2026-11-26-amira-laurent-1f0c2a9b``: the end belongs to the session alone, so that no two share a folder."""
    return "-".join([_when(documents), slug(documents.mentor.name, "mentor"), _tail(documents)])


def slug(name: str, otherwise: str) -> str:
    """The given name in lower-case ASCII letters and digits, or `otherwise` when nothing is left of it."""
    first = next(iter(name.split()), "")
    folded = unicodedata.normalize("NFKD", first).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "", folded)[:MAX_SLUG_CHARS] or otherwise


def folders_of(session_ids: Iterable[str], outbox: Path) -> list[Path]:
    """The folders that the documents of these sessions lie in."""
    tails = {_own(session_id) for session_id in session_ids}
    return sorted(path for path in outbox.glob("*-*") if path.is_dir() and path.name.rpartition("-")[2] in tails)


def _own(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()[:8]


def _when(documents: Documents) -> str:
    return documents.invitation.starts_at.date().isoformat() if documents.invitation else "undated"


def _tail(documents: Documents) -> str:
    return f"{slug(documents.executive.name, 'executive')}-{_own(documents.session_id)}"


def _folder(documents: Documents, outbox: Path) -> Path:
    """The session's folder, made or renamed from the date it had before."""
    outbox.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = outbox / folder_name(documents)
    own = folder.name.rpartition("-")[2]
    earlier = sorted(path for path in outbox.glob(f"*-{own}") if path.is_dir() and path != folder)
    if earlier and not folder.exists():
        earlier[0].rename(folder)
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def write_file(path: Path, content: bytes) -> Path:
    """Write a file so that it is there whole or not at all; returns its path. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def write_page(path: Path, text: str) -> Path:
    """Write a document somebody asked for by name, as `write_all` does; returns its path."""
    return write_all(path.parent, {path.name: text.encode("utf-8")})[0]


def write_all(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder that is made where it is missing, each whole or not at all; returns their paths.

    Raises CompanionError when the disk refuses, naming the file.
    """
    paths, at = [], folder
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, content in files.items():
            at = folder / name
            paths.append(write_file(at, content))
    except OSError as error:
        raise CompanionError(
            f"{at} could not be written: {error.strerror or error}.", "Check that the folder is yours and has space."
        ) from None
    return paths


def _sync(folder: Path) -> None:
    """Make the new names last; where a directory cannot be opened (Windows) the system does it by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
