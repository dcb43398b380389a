"""Open a zip archive somebody was given, read a few of its files into memory, and never trust its sizes."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from companion.errors import InvalidInput

MAX_MEMBERS = 50_000
MAX_MEMBER_BYTES = 5 * 1024 * 1024
"""The tables that are read hold one person's lines; more than this is no honest export."""

_ENCRYPTED = 0x1
_AGAIN = "Download the archive again and choose it as it came."


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, with every way in which it can be broken told as InvalidInput."""
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > MAX_MEMBERS:
                raise InvalidInput(f"{path.name} holds more than {MAX_MEMBERS:,} files.", _AGAIN)
            yield archive
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path.name} is damaged: {error}.", _AGAIN) from None
    except NotImplementedError as error:
        hint = "Unpack it and pack it again as a plain zip file."
        raise InvalidInput(f"{path.name} is packed in a way that cannot be read: {error}.", hint) from None
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error.strerror or error}.", _AGAIN) from None


def members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files by name in small letters, without their folders; of two with one name the one nearest to the top."""
    found: dict[str, zipfile.ZipInfo] = {}
    for info in sorted(archive.infolist(), key=lambda i: (i.filename.count("/"), i.filename)):
        place = PurePosixPath(info.filename.replace("\\", "/"))
        # What macOS adds when it packs a folder: "__MACOSX/._Profile.csv".
        if info.is_dir() or place.name.startswith("._") or "__MACOSX" in place.parts:
            continue
        found.setdefault(place.name.casefold(), info)
    return found


def content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The bytes of one file. Raises InvalidInput when it is locked or larger than a table of one person can be."""
    if info.flag_bits & _ENCRYPTED:
        raise InvalidInput(
            f"{info.filename} is locked with a password.", "Unpack the archive with its password and pack it again."
        )
    with archive.open(info) as file:
        # Read, not asked for: the size an archive states may be a lie.
        data = file.read(MAX_MEMBER_BYTES + 1)
    if len(data) > MAX_MEMBER_BYTES:
        raise InvalidInput(f"{info.filename} is larger than {MAX_MEMBER_BYTES // 1024**2} MB unpacked.", _AGAIN)
    return data
