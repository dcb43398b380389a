"""Open the database, bring it up to date, and hand out transactions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError, SQLAlchemyError

from companion.domain.access import ModelCall
from companion.errors import StoreError
from companion.store import schema
from companion.store.agendas import Agendas
from companion.store.audit import Audit, ModelCalls
from companion.store.engine import BUSY_MS, open_engine
from companion.store.erasures import Erasures
from companion.store.kept_too_long import KeptTooLong
from companion.store.matches import Matches
from companion.store.pairings import Pairings
from companion.store.people import People
from companion.store.probes import ModelProbes
from companion.store.review_rules import ReviewRules
from companion.store.sessions import Sessions
from companion.store.summaries import Summaries
from companion.store.surveys import Surveys
from companion.store.vectors import Vectors

HEAD = "0008"
"""The schema revision this version of companion works with; a test keeps it equal to the newest migration."""

SCRUB_WAIT_MS = 500
"""Scrubbing can be done again at any time, so it does not wait long for other windows."""


_LOCK_NOT_AVAILABLE = "55P03"
"""What PostgreSQL answers when a lock was waited for in vain, whatever language its messages are in."""


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
        self.probes = ModelProbes(connection)
        self.audit = Audit(connection)
        self.vectors = Vectors(connection)
        self.surveys = Surveys(connection)
        self.erasures = Erasures(connection)
        self.kept_too_long = KeptTooLong(connection)
        self.summaries = Summaries(connection)


class Store:
    """The one source of truth. Safe to use from any thread and from several processes at once."""

    def __init__(self, url: str) -> None:
        """Open `url` (an SQLAlchemy URL) and migrate it to the current schema. Raises StoreError."""
        self._engine = open_engine(url)
        # Without the password, which an address may hold.
        shown = self._engine.url.render_as_string(hide_password=True)
        with translated(shown):
            _migrate_if_needed(self._engine, shown)

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

    @contextmanager
    def rehearse(self) -> Iterator[Transaction]:
        """Do what `write` would, to see what it does, and undo it."""
        engine = self._engine.execution_options(writes=True)
        with translated(), engine.connect() as connection:
            yield Transaction(connection)
            connection.rollback()

    def revision(self) -> int:
        """A number that grows with every write by any process; compare two readings to see whether to reload."""
        with translated(), self._engine.connect() as connection:
            return int(connection.execute(select(schema.store_revision.c.number)).scalar_one())

    def scrub(self, *, everything: bool = False) -> bool:
        """Overwrite what was deleted, in the database and in its log; False when another window was in the way.

        Raises StoreError. On PostgreSQL only the survey's tables are written anew, with `everything` all of them by
        VACUUM FULL, which other transactions that are still open may hinder; its log and backups are the server's.
        """
        try:
            if self._engine.dialect.name == "sqlite":
                return self._scrub_sqlite()
            self._scrub_server()
            if everything:
                self._vacuum_server()
        except OperationalError as error:
            if _is_busy(error):
                return False
            with translated():
                raise
        return True

    def _scrub_sqlite(self) -> bool:
        engine = self._engine.execution_options(isolation_level="AUTOCOMMIT", outside_transaction=True)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {SCRUB_WAIT_MS}")
            try:
                connection.exec_driver_sql("VACUUM")
                return not connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_MS}")

    def _scrub_server(self) -> None:
        # Not VACUUM: it keeps the deleted rows that any open transaction, such as a backup's, could still look at.
        engine = self._engine.execution_options(writes=True, wait_ms=SCRUB_WAIT_MS)
        tables = (schema.survey_responses, schema.survey_comments)
        with engine.begin() as connection:
            connection.execute(text(f"LOCK TABLE {', '.join(table.name for table in tables)} IN ACCESS EXCLUSIVE MODE"))
            for table in tables:
                order = ", ".join(column.name for column in table.primary_key)
                connection.execute(text(f"CREATE TEMPORARY TABLE kept AS SELECT * FROM {table.name} ORDER BY {order}"))
                connection.execute(text(f"TRUNCATE {table.name}"))
                connection.execute(text(f"INSERT INTO {table.name} SELECT * FROM kept"))
                connection.execute(text("DROP TABLE kept"))

    def _vacuum_server(self) -> None:
        engine = self._engine.execution_options(isolation_level="AUTOCOMMIT", outside_transaction=True)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SET lock_timeout = {SCRUB_WAIT_MS}")
            try:
                for table in schema.metadata.sorted_tables:
                    connection.exec_driver_sql(f"VACUUM FULL {table.name}")
            finally:
                connection.exec_driver_sql("SET lock_timeout = DEFAULT")

    def close(self) -> None:
        """Give the connections back; the store can be used again afterwards."""
        self._engine.dispose()


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
        raise StoreError(f"The change does not fit what is stored: {_reason(error)}.") from error
    except DatabaseError as error:
        reason = _reason(error)
        raise StoreError(f"The database{' ' + url if url else ''} does not work: {reason}.", _advice(reason)) from error
    except SQLAlchemyError as error:
        raise StoreError(f"The database does not work: {error}.") from error


def _reason(error: DatabaseError) -> str:
    return " ".join(str(error.orig).split()).rstrip(".")


def _is_busy(error: DatabaseError) -> bool:
    return "locked" in str(error.orig) or getattr(error.orig, "sqlstate", "") == _LOCK_NOT_AVAILABLE


def _advice(reason: str) -> str:
    for sign, advice in (
        ("lock timeout", "Another companion is writing; wait a moment and try again."),
        ("password", "Check the user and the password; a password may stand in ~/.pgpass or in PGPASSWORD."),
        ("permission denied", "Ask whoever runs the server to let this user create tables in the database."),
        ("does not exist", "Ask whoever runs the server, or check the setting database_url."),
        ("connection", "Check that the server runs, that the network is there, and the setting database_url."),
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

    def keep_only(self, text_hashes: Collection[str]) -> int:
        """Delete all others; returns how many went."""
        with self._store.write() as tx:
            return tx.vectors.keep_only(text_hashes)


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
