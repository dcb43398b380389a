"""Files of the home that hold something of one person: those companion wrote, and those only their owner may change."""

from __future__ import annotations

import html
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from pathlib import Path

from companion.domain.forgetting import Forgetting, texts_in
from companion.domain.people import Person
from companion.errors import CompanionError
from companion.paths import Home, below

READ_AS_TEXT = 2_000_000
"""Bytes; of what is larger, such as a copy of a database, only the names as such are looked for."""
_BOMS = (b"\xff\xfe", b"\xfe\xff")
_ZIP = b"PK\x03\x04"
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
_IN_WORDS = {
    "outbox": "delivered documents",
    "rehearsals": "kept rehearsals",
    "exports": "exports",
    "backups": "backups, each as a whole",
}
"""Folders that companion writes into: what lies there is removed where it holds something of the person."""
REPORTS = "reports"
_NOT_LOOKED_AT = ("index", "models", "heads")
"""The index is cleaned by itself, as the database is; models, and what they learn from examples, hold nobody."""


@dataclass(frozen=True)
class PersonalFiles:
    """What lies in the home about one person."""

    folders: tuple[Path, ...]
    """Of delivered documents: a session's folder goes as a whole."""
    files: tuple[Path, ...]
    by_hand: tuple[Path, ...]
    """Written by somebody else: only they can say what is to be done."""

    def counts(self, home: Home) -> Counter[str]:
        """How much would go, in words: files, and each report once, whatever it consists of."""
        inside = [path for folder in self.folders for path in below(folder) if path.is_file()]
        words = ((_in_words(home, path), path) for path in (*inside, *self.files))
        return Counter(word for word, _ in {(word, path.parent if word == REPORTS else path) for word, path in words})


def find(
    home: Home, person: Person, forgetting: Forgetting, sessions: Iterable[str], ids: Iterable[str]
) -> PersonalFiles:
    """Look through the home for one person; `sessions` are theirs, `ids` are those of their pairings and sessions."""
    from companion.delivery.report_files import DATA, reports_in
    from companion.delivery.writing import folders_of

    folders = set(folders_of(sessions, home.outbox))
    concerns = _look(home, person, forgetting, ids)
    reports = {file: files for files in reports_in(home.root).values() for file in files}
    files, by_hand = set[Path](), []
    for path in _others(home):
        if any(folder in path.parents for folder in folders) or not concerns(path):
            continue
        top = path.relative_to(home.root).parts[0]
        if top == "outbox" and path.parent != home.outbox:
            folders.add(home.outbox / path.relative_to(home.outbox).parts[0])
        elif path in reports:
            # The PDF beside it says the same, in letters that cannot be searched.
            files.update(reports[path])
        elif top in _IN_WORDS or path == home.log:
            files.add(path)
        else:
            by_hand.append(path)
    # By its data a report is known, so that goes last: interrupted, the rest is found again.
    last = sorted(files, key=lambda path: (path.name == DATA, path))
    return PersonalFiles(tuple(sorted(folders)), tuple(last), tuple(sorted(by_hand)))


def _in_words(home: Home, path: Path) -> str:
    if path == home.log:
        return "log files"
    return _IN_WORDS.get(path.relative_to(home.root).parts[0], REPORTS)


def remove(home: Home, found: PersonalFiles) -> Counter[str]:
    """Delete what companion wrote; returns what went, in words. Raises CompanionError when the disk refuses."""
    counts = found.counts(home)
    try:
        for folder in found.folders:
            _remove_whole(folder)
        for path in found.files:
            _remove(path)
            _leave_no_empty_folder(path.parent)
    except OSError as error:
        raise CompanionError(
            f"{error.filename} cannot be removed: {error.strerror}.",
            "Close what has it open, see that it is yours, then: companion forget --resume.",
        ) from None
    return counts


def remove_folders(home: Home, sessions: Iterable[str]) -> Counter[str]:
    """Delete the delivered documents of these sessions; returns what went, in words. Raises CompanionError."""
    from companion.delivery.writing import folders_of

    return remove(home, PersonalFiles(tuple(folders_of(sessions, home.outbox)), (), ()))


def _remove(path: Path) -> None:
    """Remove one file or empty folder; another window may have been quicker."""
    with suppress(FileNotFoundError):
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()


def _remove_whole(folder: Path) -> None:
    """Remove a folder and what is in it; where another window removes it at the same time, look again."""
    while folder.is_dir():
        with suppress(FileNotFoundError):
            for path in sorted(below(folder), reverse=True):
                _remove(path)
            _remove(folder)


def _leave_no_empty_folder(folder: Path) -> None:
    """A folder's name may be a person's too."""
    with suppress(FileNotFoundError):
        while folder.name not in _IN_WORDS and folder.is_dir() and not any(folder.iterdir()):
            _remove(folder)
            folder = folder.parent


def _others(home: Home) -> Iterator[Path]:
    """Every file of the home but the database and what is derived from it."""
    if not home.root.is_dir():
        return
    for path in sorted(below(home.root)):
        top = path.relative_to(home.root).parts[0]
        if top in _NOT_LOOKED_AT or top.startswith(home.database.name) or path.is_symlink():
            continue
        if path.is_file():
            yield path


def _look(home: Home, person: Person, forgetting: Forgetting, ids: Iterable[str]) -> Callable[[Path], bool]:
    """Whether a file, or its name, holds something of the person."""
    known = {one.encode() for one in ids}
    names = {needle for name in {person.name, person.email} - {""} for needle in _spelt(name)}

    def concerns(path: Path) -> bool:
        inside = path.relative_to(home.root)
        if forgetting.concerns(" ".join(inside.parts).replace("-", " ").replace("_", " ").title()):
            return True
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CompanionError(f"{path} cannot be read: {error.strerror}.", "See that it is yours.") from None
        if any(one in content or one.decode() in inside.parts for one in known):
            return True
        if len(content) > READ_AS_TEXT or (b"\0" in content and not content.startswith((*_BOMS, _ZIP))):
            return any(name in content for name in names)
        return any(forgetting.concerns(text) for text in _texts(path.name, content))

    return concerns


def _spelt(name: str) -> Iterator[bytes]:
    """A name as it may stand in a file that is not text."""
    for spelling in {name, name.lower(), name.upper(), name.title()}:
        for encoding in _ENCODINGS:
            yield spelling.encode(encoding, "replace")


def _texts(name: str, content: bytes) -> Iterator[str]:
    """What a file says, also packed in an archive, a mail or a page."""
    if content.startswith(_ZIP) and zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for entry in archive.infolist():
                yield entry.filename
                if entry.file_size <= READ_AS_TEXT and not entry.flag_bits & 1:
                    yield from _texts(entry.filename, archive.read(entry))
        return
    if name.endswith(".eml"):
        for part in message_from_bytes(content, policy=default).walk():
            if part.get_content_maintype() == "text":
                yield html.unescape(str(part.get_content()))
    for text in texts_in(content):
        unfolded = text.replace("\r\n ", "")
        yield html.unescape(unfolded)
