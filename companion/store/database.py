"""Open the database, bring it up to date, and hand out transactions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError, SQLAlchemyError

from companion.domain.access import ModelCall
from companion.errors import StoreError
from companion.store import schema
from companion.store.agendas import Agendas
from companion.store.audit import Audit, ModelCalls
from companion.store.matches import Matches
from companion.store.pairings import Pairings
from companion.store.people import People
from companion.store.review_rules import ReviewRules
from companion.store.sessions import Sessions
from companion.store.vectors import Vectors

HEAD = "0002"
"""The schema revision this version of companion works with; a test keeps it equal to the newest migration."""

BUSY_SECONDS = 15.0


class Transaction:
    """The tables as the flows see them, inside one database transaction."""

    def __init__(self, connection: Connection) -> None:
        self.people = People(connection)
        self.matches = Matches(connection)
        self.review_rules = ReviewRules(connection)
        self.pairings = Pairings(connection)
        self.sessions = Sessions(connection)
        self.agendas = Agendas(connection)
        self.calls = ModelCalls(connection)
        self.audit = Audit(connection)
        self.vectors = Vectors(connection)


class Store:
    """The one source of truth. Safe to use from any thread and from several processes at once."""

    def __init__(self, url: str) -> None:
        """Open `url` (an SQLAlchemy URL) and migrate it to the current schema. Raises StoreError."""
        self._engine = _engine(url)
        with translated(url):
            _migrate_if_needed(self._engine, url)

    @classmethod
    def at(cls, path: Path) -> Store:
        """The SQLite file at `path`, made when it is not there."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(f"The folder {path.parent} cannot be made: {error.strerror}.") from None
        return cls(f"sqlite:///{path}")

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A consistent view; nothing done in it is kept."""
        with translated(), self._engine.connect() as connection:
            yield Transaction(connection)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """All or nothing: kept, on disk, when the block ends well; undone when it raises."""
        engine = self._engine.execution_options(writes=True)
        with translated(), engine.begin() as connection:
            yield Transaction(connection)
            connection.execute(update(schema.store_revision).values(number=schema.store_revision.c.number + 1))

    def revision(self) -> int:
        """A number that grows with every write by any process; compare two readings to see whether to reload."""
        with translated(), self._engine.connect() as connection:
            return int(connection.execute(select(schema.store_revision.c.number)).scalar_one())

    def close(self) -> None:
        """Give the connections back; the store can be used again afterwards."""
        self._engine.dispose()


def _engine(url: str) -> Engine:
    try:
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS} if url.startswith("sqlite") else {})
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        raise StoreError(f"The database address cannot be used: {error}.", "Check the setting database_url.") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling begins too late to take the write lock; see _begin_sqlite.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        # FULL: a confirmed change survives a power cut, not only a crash of the process.
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A write takes the lock at its start: two windows then wait for each other instead of failing half-way.
    immediate = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _migrate_if_needed(engine: Engine, url: str) -> None:
    if _schema_revision(engine) == HEAD:
        return
    from companion.store.migrate import migrate

    migrate(engine, url)
    found = _schema_revision(engine)
    if found != HEAD:
        raise StoreError(
            f"The database has schema {found}, but this companion knows {HEAD}.",
            "It was written by a newer version: update companion.",
        )


def _schema_revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, "alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


@contextmanager
def translated(url: str = "") -> Iterator[None]:
    """Turn the database library's errors into StoreError with advice."""
    try:
        yield
    except IntegrityError as error:
        raise StoreError(f"The change does not fit what is stored: {error.orig}.") from error
    except DatabaseError as error:
        reason = str(error.orig)
        raise StoreError(f"The database{' ' + url if url else ''} does not work: {reason}.", _advice(reason)) from error
    except SQLAlchemyError as error:
        raise StoreError(f"The database does not work: {error}.") from error


def _advice(reason: str) -> str:
    for sign, advice in (
        ("locked", "Another companion is writing; wait a moment and try again."),
        ("not a database", "The file is damaged or something else: move it away and restore a copy."),
        ("malformed", "The file is damaged: move it away and restore a copy."),
        ("full", "The disk is full: make room and try again; nothing half-done was kept."),
        ("readonly", "The file or its folder cannot be written: check its permissions."),
        ("unable to open", "Check that the folder exists and can be written."),
    ):
        if sign in reason:
            return advice
    return "Run the command with --debug to see more."


class StoredVectors:
    """The vector cache of the search room, kept in the store (see `companion.ports.VectorCache`)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def load(self, model_id: str, text_hashes: Sequence[str]) -> dict[str, bytes]:
        """The cached ones among the hashes."""
        with self._store.read() as tx:
            return tx.vectors.load(model_id, text_hashes)

    def save(self, model_id: str, vectors: Mapping[str, bytes]) -> None:
        """Keep vectors; on disk when this returns."""
        with self._store.write() as tx:
            tx.vectors.save(model_id, vectors)


class StoredCalls:
    """The record of model calls, kept in the store (see `companion.ports.CallLog`)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def started(self, call: ModelCall) -> None:
        """Record a call; on disk when this returns."""
        with self._store.write() as tx:
            tx.calls.add(call)

    def ended(self, call: ModelCall) -> None:
        """Fill in how it ended."""
        with self._store.write() as tx:
            tx.calls.finish(call)
