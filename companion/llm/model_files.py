"""The model files on this machine: where they lie, whether they are whole, what an unfinished download left."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path

from companion.errors import Cancelled as PersonCancelled
from companion.errors import DownloadError, ModelMissing
from companion.llm.registry import ModelEntry
from companion.ports import Cancelled, Progress, never_cancelled, no_progress

_MAGIC = b"GGUF"
_CHUNK = 1 << 22


def path_of(entry: ModelEntry, models_dir: Path) -> Path:
    """Where the file of `entry` lies once it is installed."""
    return models_dir / entry.file_name


def installed(entry: ModelEntry, models_dir: Path) -> Path | None:
    """The file if it is there with the right size and header, else None; a quick look, not a full check."""
    path = path_of(entry, models_dir)
    try:
        if path.stat().st_size != entry.size_bytes:
            return None
        with path.open("rb") as file:
            return path if file.read(len(_MAGIC)) == _MAGIC else None
    except OSError:
        return None


def verify(
    entry: ModelEntry,
    models_dir: Path,
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    anew: bool = False,
) -> Path:
    """Check the installed file against its SHA-256; a file that has not changed since its last check is not read.

    `anew` reads it whatever was checked before. Raises ModelMissing when there is no file, DownloadError when it
    is not the published one, Cancelled.
    """
    path = path_of(entry, models_dir)
    try:
        stat = path.stat()
    except OSError:
        raise ModelMissing(f"The model {entry.name} is not installed.", how_to_pull(entry)) from None
    marker = marker_of(entry, models_dir)
    if not anew and read_json(marker) == _stamp(entry, stat) and installed(entry, models_dir) is not None:
        return path
    reason = mismatch(entry, path, progress, cancelled)
    if reason:
        marker.unlink(missing_ok=True)
        raise DownloadError(
            f"{path} is damaged: {reason}.", f"Fetch it again: companion model pull {entry.id} replaces it."
        )
    with contextlib.suppress(OSError):  # a models directory that is read-only only costs the next check its shortcut
        write_json(marker, _stamp(entry, stat))
    return path


def mark_verified(entry: ModelEntry, models_dir: Path) -> None:
    """Remember that the installed file was just checked as a whole. Raises OSError."""
    write_json(marker_of(entry, models_dir), _stamp(entry, path_of(entry, models_dir).stat()))


def _stamp(entry: ModelEntry, stat: os.stat_result) -> dict[str, object]:
    return {"sha256": entry.sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def mismatch(entry: ModelEntry, path: Path, progress: Progress, cancelled: Cancelled) -> str:
    """Why the file at `path` is not the published one; empty when it is. Reads all of it. Raises Cancelled."""
    size = path.stat().st_size
    if size != entry.size_bytes:
        return f"it has {size:,} bytes instead of {entry.size_bytes:,}"
    digest = hashlib.sha256()
    done = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            progress(done, size, "checking")
            if cancelled():
                raise PersonCancelled("The check was stopped.", "Nothing was lost; start it again at any time.")
    if digest.hexdigest() != entry.sha256:
        return f"its SHA-256 is {digest.hexdigest()[:12]}… instead of {entry.sha256[:12]}…"
    return ""


def partial_of(entry: ModelEntry, models_dir: Path) -> Path:
    """Where a download grows until it is whole."""
    return models_dir / f"{entry.file_name}.partial"


def state_of(entry: ModelEntry, models_dir: Path) -> Path:
    """Where a download keeps how far it is."""
    return models_dir / f"{entry.file_name}.partial.json"


def marker_of(entry: ModelEntry, models_dir: Path) -> Path:
    """Where it is kept that the file was checked, with its size and time of change."""
    return models_dir / f"{entry.file_name}.verified.json"


def how_to_pull(entry: ModelEntry) -> str:
    """The hint for whoever lacks the file."""
    return f"Fetch it with: companion model pull {entry.id}"


def read_json(path: Path) -> dict[str, object]:
    """The object in a small state file; empty when it is missing or damaged."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def write_json(path: Path, value: dict[str, object]) -> None:
    """Replace a small state file in one step. Raises OSError."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)


def sync_directory(directory: Path) -> None:
    """Make a rename in `directory` survive a power cut, where the system offers that."""
    if os.name == "posix":
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
