"""Seals of the search index: whether its files are the ones that were written, and which entries they hold."""

from __future__ import annotations

import hashlib
import sqlite3
import struct
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

_HEADER = struct.Struct("=IQQQQ")
"""The beginning of an index's header: version, where vectors begin, how many there is room for, how many there are,
and the bytes of each."""
_VERSION, _LENGTH_BYTES = 1, 4


def digest(wanted: Mapping[str, Mapping[str, str]]) -> str:
    """One line that stands for these ids in these collections."""
    found = hashlib.sha256()
    for name in sorted(wanted):
        found.update("\0".join([name, *sorted(wanted[name])]).encode())
    return found.hexdigest()


def fingerprint(directory: Path) -> dict[str, str]:
    """Checksums of the vector files by their place.

    A segment without its metadata file was not written out yet: Chroma makes its files anew from SQLite whenever it
    opens it, with whatever was in memory as padding. The SQLite file changes when it is read, and checks itself.
    """
    segments = sorted(metadata.parent for metadata in directory.glob("*/index_metadata.pickle"))
    files = (file for segment in segments for file in sorted(segment.iterdir()))
    return {file.relative_to(directory).as_posix(): _sha256(file) for file in files}


def blank_unused(directory: Path) -> None:
    """Overwrite the room for vectors that are not there yet: Chroma fills it with whatever was in memory, names too.

    Does nothing to files that do not look as those of the version of Chroma that companion uses.
    """
    for header in directory.glob("*/header.bin"):
        found = header.read_bytes()[: _HEADER.size]
        if len(found) < _HEADER.size:
            continue
        version, _, room, used, size = _HEADER.unpack(found)
        for name, each in (("data_level0.bin", size), ("length.bin", _LENGTH_BYTES)):
            file = header.with_name(name)
            if version == _VERSION and file.is_file() and file.stat().st_size == room * each:
                _blank_from(file, used * each)


def _blank_from(file: Path, place: int) -> None:
    with file.open("r+b") as stream:
        stream.seek(place)
        rest = stream.read()
        if rest.strip(b"\0"):
            stream.seek(place)
            stream.write(bytes(len(rest)))


def is_sound(directory: Path, seal: Mapping[str, str]) -> bool:
    """Whether the files of a Chroma directory are those that were sealed, and its database can be read."""
    database = directory / "chroma.sqlite3"
    try:
        if fingerprint(directory) != seal:
            return False
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            # An empty file passes the check too; it has no collections.
            connection.execute("SELECT count(*) FROM collections")
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except (OSError, sqlite3.Error, ValueError):  # a damaged database may even answer in broken UTF-8
        return False


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
