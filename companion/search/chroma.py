"""The Chroma directory on disk: one owner at a time, sealed after every change, rebuilt when it cannot be trusted.

Layout under the root::

    lock                 held by whoever reads or writes, for as long as one operation takes
    current              JSON: which directory counts, its model, a generation number, and the seal
    chroma-<n>-<random>  the Chroma database itself

Two windows of companion share the directory by taking turns. A client stays open between turns and is reopened when
the generation number moved, because an open Chroma client does not see what another process wrote.

The seal is the checksum of every vector file, taken after a write. It is missing while a write goes on, so a process
that was killed leaves an unsealed directory behind. Without the seal a damaged file could not be told from a good one
before it is loaded, and loading one can crash the whole process. Everything here can be written again from the cached
vectors within seconds, so whatever is missing, unsealed, damaged or of another model is thrown away, never mended.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from companion.errors import Cancelled, CompanionError, SearchError
from companion.ports import Cancelled as IsCancelled
from companion.ports import Progress, never_cancelled, no_progress
from companion.search.seals import blank_unused, digest, fingerprint, is_sound

SCHEMA = 1
"""Grows when collections, ids or metadata change their meaning; an older directory is rebuilt."""

BATCH = 500
"""Entries written between two looks at `cancelled`: a quarter of a second of work."""
_POLL_SECONDS = 0.05
_PATIENCE_OF_A_SEARCH = 0.2
"""Seconds a search waits for its turn before it goes another way."""

MISSING = "The search index was not there, so it was built."
OTHER_MODEL = "The search index was built with another embedding model ({old}), so it was rebuilt for {new}."
OTHER_SCHEMA = "The search index was written by another version of companion, so it was rebuilt."
INTERRUPTED = "Writing the search index had been interrupted, so it was rebuilt."
DAMAGED = "The search index was damaged, so it was rebuilt."
ASKED = "The search index was rebuilt as asked."

Wanted = Mapping[str, Mapping[str, str]]
"""Collection name -> entry id -> person key."""
VectorsOf = Callable[[str, Sequence[str]], Any]
"""(collection name, entry ids) -> their vectors, shape (len(ids), dimension), float32."""


class IndexBusy(SearchError):
    """Another window or thread is using the directory."""


@dataclass(frozen=True)
class Update:
    """What bringing the directory up to date did."""

    added: int
    removed: int
    rebuilt: str = ""
    """Why everything was written afresh; empty when it was not."""


@dataclass(frozen=True)
class _Current:
    directory: str
    generation: int
    model: str
    seal: dict[str, str] | None
    schema: int = SCHEMA
    holds: str = ""
    """A digest of the ids in it, so that nobody has to open Chroma to see that nothing changed; empty: not known."""


class ChromaDirectory:
    """The vectors of one embedding model in Chroma collections, with ids and person keys that name nobody.

    Safe to use from any thread and from several processes. `wait_seconds` is how long an update waits for its turn.
    """

    def __init__(self, root: Path, *, wait_seconds: float = 60.0) -> None:
        self._root = root
        self._wait = wait_seconds
        self._turn = threading.Lock()
        self._file = FileLock(str(root / "lock"), thread_local=False)
        self._client: Any = None
        self._opened: tuple[str, int] | None = None

    def update(
        self,
        model_id: str,
        wanted: Wanted,
        vectors_of: VectorsOf,
        *,
        rebuild: bool = False,
        progress: Progress = no_progress,
        cancelled: IsCancelled = never_cancelled,
    ) -> Update:
        """Make the collections hold exactly the wanted ids; an id that is there already is left as it is.

        A rebuild is written into a fresh directory that takes the old one's place at the end, so a cancelled rebuild
        leaves the old one. Raises SearchError (IndexBusy when the wait was too long), Cancelled.
        """
        with self._owned(self._wait, cancelled):
            current = self._read_current()
            self._sweep(current)
            reason = ASKED if rebuild else self._distrust(current, model_id, check_files=True)
            if current is not None and not reason:
                if current.holds == digest(wanted):
                    return Update(0, 0)
                try:
                    return self._change(current, wanted, vectors_of, progress, cancelled)
                except _failures():
                    reason = DAMAGED
            return self._write_afresh(current, model_id, wanted, vectors_of, reason, progress, cancelled)

    def nearest(self, model_id: str, collection: str, vector: Any, count: int) -> list[tuple[str, float]]:
        """The ids nearest to a unit vector with their cosine similarity, best first.

        Raises SearchError when it is somebody else's turn or the directory cannot be used.
        """
        with self._owned(_PATIENCE_OF_A_SEARCH, never_cancelled):
            current = self._read_current()
            if reason := self._distrust(current, model_id, check_files=False):
                raise SearchError(reason, _REINDEX)
            assert current is not None
            try:
                client = self._open(current)
                found = client.get_collection(collection, embedding_function=None).query(
                    query_embeddings=[vector], n_results=count, include=["distances"]
                )
                blank_unused(self._root / current.directory)
            except _failures() as error:
                self._close_client()
                raise SearchError(f"The search index cannot be read: {_line(error)}", _REINDEX) from error
        return [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def discard(self) -> None:
        """Remove everything that was written. Raises SearchError."""
        with self._owned(self._wait, never_cancelled):
            self._close_client()
            (self._root / "current").unlink(missing_ok=True)
            self._sweep(None)

    def close(self) -> None:
        """Give back the open files; may be called twice, and the directory can be used again afterwards."""
        with self._turn:
            self._close_client()

    @contextmanager
    def _owned(self, patience: float, cancelled: IsCancelled) -> Iterator[None]:
        """Hold the directory, first against other threads and then against other processes."""
        busy = IndexBusy(
            "Another companion window is updating the search index.",
            "Nothing is lost, and matching works meanwhile. Run companion reindex when the other window is done.",
        )
        deadline = time.monotonic() + patience
        while not self._turn.acquire(timeout=_POLL_SECONDS):
            if cancelled():
                raise Cancelled("Stopped while waiting for the search index.")
            if time.monotonic() >= deadline:
                raise busy
        try:
            try:
                self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._file.acquire(
                    timeout=max(0.0, deadline - time.monotonic()), poll_interval=_POLL_SECONDS, cancel_check=cancelled
                )
            except Timeout:
                if cancelled():
                    raise Cancelled("Stopped while waiting for the search index.") from None
                raise busy from None
            except (OSError, NotImplementedError) as error:
                raise SearchError(f"The search index cannot be locked: {error}.", _PLACE) from None
            try:
                yield
            finally:
                self._file.release()
        finally:
            self._turn.release()

    def _distrust(self, current: _Current | None, model_id: str, *, check_files: bool) -> str:
        """Why the directory must not be used, or an empty string."""
        if current is None or not (self._root / current.directory).is_dir():
            return MISSING
        if current.schema != SCHEMA:
            return OTHER_SCHEMA
        if current.model != model_id:
            return OTHER_MODEL.format(old=current.model, new=model_id)
        if current.seal is None:
            return INTERRUPTED
        newly_opened = self._opened != (current.directory, current.generation)
        if (check_files or newly_opened) and not is_sound(self._root / current.directory, current.seal):
            return DAMAGED
        return ""

    def _change(
        self,
        current: _Current,
        wanted: Wanted,
        vectors_of: VectorsOf,
        progress: Progress,
        cancelled: IsCancelled,
    ) -> Update:
        client = self._open(current)
        collections = {name: client.get_collection(name, embedding_function=None) for name in wanted}
        present = {name: set(collection.get(include=[])["ids"]) for name, collection in collections.items()}
        missing = {name: sorted(wanted[name].keys() - present[name]) for name in wanted}
        vanished = {name: sorted(present[name] - wanted[name].keys()) for name in wanted}
        added, removed = (sum(map(len, some.values())) for some in (missing, vanished))
        if added + removed == 0:
            blank_unused(self._root / current.directory)
            self._write_current(replace(current, holds=digest(wanted)))
            return Update(0, 0)
        # Unsealed from here on: other windows see that they must reopen, and a crash is noticed.
        unsealed = replace(current, generation=current.generation + 1, seal=None, holds="")
        self._write_current(unsealed)
        try:
            for name, ids in vanished.items():
                for some in _chunks(ids):
                    collections[name].delete(ids=some)
            _add(collections, missing, wanted, vectors_of, progress, cancelled)
        except CompanionError:  # cancelled, or no vectors: what was written so far is good
            self._settle(unsealed, collections)
            raise
        self._settle(replace(unsealed, holds=digest(wanted)), collections)
        return Update(added, removed)

    def _write_afresh(
        self,
        old: _Current | None,
        model_id: str,
        wanted: Wanted,
        vectors_of: VectorsOf,
        reason: str,
        progress: Progress,
        cancelled: IsCancelled,
    ) -> Update:
        generation = (old.generation if old is not None else 0) + 1
        # Never a name used before: Chroma keeps what it knows of a path for as long as the process lives.
        fresh = _Current(f"chroma-{generation}-{secrets.token_hex(4)}", generation, model_id, None)
        self._close_client()
        finished = False
        try:
            client = self._open(fresh)
            collections = {name: _create(client, name) for name in wanted}
            missing = {name: sorted(entries) for name, entries in wanted.items()}
            _add(collections, missing, wanted, vectors_of, progress, cancelled)
            self._settle(replace(fresh, holds=digest(wanted)), collections)
            finished = True
        except _failures() as error:
            raise SearchError(f"The search index cannot be written: {_line(error)}", _PLACE) from error
        finally:
            if not finished:
                self._close_client()
                shutil.rmtree(self._root / fresh.directory, ignore_errors=True)
        self._sweep(fresh)
        return Update(sum(map(len, wanted.values())), 0, reason)

    def _settle(self, unsealed: _Current, collections: Mapping[str, Any]) -> None:
        """Let Chroma finish its own files, which it does when it is asked something, and seal them."""
        for collection in collections.values():
            sample = collection.get(limit=1, include=["embeddings"])["embeddings"]
            if len(sample):
                collection.query(query_embeddings=[sample[0]], n_results=1, include=["distances"])
        blank_unused(self._root / unsealed.directory)
        self._write_current(replace(unsealed, seal=fingerprint(self._root / unsealed.directory)))

    def _open(self, current: _Current) -> Any:
        """The client of the current directory as it is now."""
        if self._opened != (current.directory, current.generation):
            self._close_client()
            self._client = _client(self._root / current.directory)
            self._opened = (current.directory, current.generation)
        return self._client

    def _close_client(self) -> None:
        client, self._client, self._opened = self._client, None, None
        if client is not None:
            client.close()

    def _read_current(self) -> _Current | None:
        """What counts, or None when nothing does yet or the file makes no sense."""
        try:
            return _Current(**json.loads((self._root / "current").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def _write_current(self, current: _Current) -> None:
        fresh = self._root / "current.new"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(vars(current), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, self._root / "current")
        if self._opened is not None and self._opened[0] == current.directory:
            self._opened = (current.directory, current.generation)

    def _sweep(self, current: _Current | None) -> None:
        """Remove directories that do not count: replaced ones, and what a crash left behind."""
        for directory in self._root.glob("chroma-*"):
            if current is None or directory.name != current.directory:
                if self._opened is not None and self._opened[0] == directory.name:
                    self._close_client()
                shutil.rmtree(directory, ignore_errors=True)


_REINDEX = "Run companion reindex; nothing is lost, the index is made from the database."
_PLACE = "Check that the home directory is writable and the disk is not full, then run companion reindex."


def _client(directory: Path) -> Any:
    """A Chroma client that listens to no environment variable or .env file, sends nothing and embeds nothing."""
    import chromadb
    from chromadb.config import Settings

    settings = Settings(
        _env_file=None,
        anonymized_telemetry=False,
        chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
        chroma_otel_collection_endpoint="",
        allow_reset=False,
    )
    return chromadb.PersistentClient(path=str(directory), settings=settings)


def _create(client: Any, name: str) -> Any:
    return client.create_collection(name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}})


def _add(
    collections: Mapping[str, Any],
    missing: Mapping[str, Sequence[str]],
    wanted: Wanted,
    vectors_of: VectorsOf,
    progress: Progress,
    cancelled: IsCancelled,
) -> None:
    total, done = sum(map(len, missing.values())), 0
    for name, ids in missing.items():
        for some in _chunks(ids):
            if cancelled():
                raise Cancelled(f"Stopped after {done} of {total} entries.", "Run companion reindex to go on.")
            collections[name].add(
                ids=list(some),
                embeddings=vectors_of(name, some),
                metadatas=[{"person": wanted[name][entry]} for entry in some],
            )
            done += len(some)
            progress(done, total, "entries indexed")


def _failures() -> tuple[type[Exception], ...]:
    """What Chroma raises about files it cannot work with."""
    from chromadb.errors import ChromaError

    return (ChromaError, ValueError, TypeError, KeyError, RuntimeError, OSError, sqlite3.Error)


def _chunks(ids: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), BATCH):
        yield list(ids[start : start + BATCH])


def _line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
