"""Connect so that SQLite and PostgreSQL keep the same promises: writers take turns, readers see one state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError

from companion.domain.text import storable
from companion.errors import StoreError

BUSY_MS = 15_000
"""How long a writer waits for another one."""

LOST_MS = 60_000
"""How long a server waits for the rest of a write before it undoes it: the window may have lost its network."""

_CONNECT_SECONDS = 10
_WRITERS = 0x636F6D70616E
"""The advisory lock that writers on PostgreSQL hold; any number that no other program takes in the same database."""


def open_engine(url: str) -> Engine:
    """An engine for `url`; nothing is connected yet. Raises StoreError when the address or its driver cannot be used.

    A connection with the execution option `writes` waits for other writers at its start, for `wait_ms` at most. With
    `outside_transaction` it begins nothing, and the isolation level must be AUTOCOMMIT.
    """
    try:
        address = _with_driver(make_url(url))
        if address.get_backend_name() not in ("sqlite", "postgresql"):
            raise StoreError(
                f"companion does not work with the database {address.get_backend_name()!r}.",
                "The setting database_url names one of SQLite or PostgreSQL.",
            )
        engine = create_engine(address, json_serializer=_json, **_options(address))
    except ImportError:
        # A missing psycopg raises ModuleNotFoundError, one without its compiled half ImportError.
        raise StoreError(
            "The driver for PostgreSQL is not installed.", "pip install 'companion[postgresql]' installs it."
        ) from None
    except SQLAlchemyError as error:
        raise StoreError(f"The database address cannot be used: {error}.", "Check the setting database_url.") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
    event.listen(engine, "before_cursor_execute", _make_storable, retval=True)
    return engine


def _with_driver(address: URL) -> URL:
    """Choose our driver for the addresses that hosts of databases hand out."""
    plain = address.drivername in ("postgres", "postgresql")
    return address.set(drivername="postgresql+psycopg") if plain else address


def _options(address: URL) -> dict[str, Any]:
    if address.drivername.startswith("sqlite"):
        return {"connect_args": {"timeout": BUSY_MS / 1000}}
    if address.drivername != "postgresql+psycopg":
        return {}
    return {
        # A window may stay open for days, and the server or the network between may have dropped its connection.
        "pool_pre_ping": True,
        # No prepared statements: poolers hand a transaction to any connection, and a migration changes their results.
        "connect_args": {"connect_timeout": _CONNECT_SECONDS, "prepare_threshold": None},
    }


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
    options = connection.get_execution_options()
    if not options.get("outside_transaction", False):
        # A write takes the lock at its start: two windows then wait for each other instead of failing half-way.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("writes", False):
        # What a flow checks before it writes must still hold when it writes, as on SQLite: one writer at a time.
        connection.exec_driver_sql(
            f"SET LOCAL lock_timeout = {int(options.get('wait_ms', BUSY_MS))}; "
            f"SET LOCAL idle_in_transaction_session_timeout = {LOST_MS}; "
            f"SELECT pg_advisory_xact_lock({_WRITERS})"
        )
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _json(value: Any) -> str:
    return json.dumps(_storable(value))


def _make_storable(
    _connection: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
) -> tuple[str, Any]:
    return statement, _storable(parameters)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {_storable(name): _storable(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_storable(one) for one in value)
    return value
