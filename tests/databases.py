"""A database of either kind, as the tests of the store want it: opened as a store, or changed behind its back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from companion.store import Store
from companion.store.engine import open_engine


@dataclass(frozen=True)
class Database:
    url: str

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def open(self) -> Store:
        return Store(self.url)

    @contextmanager
    def raw(self) -> Iterator[Connection]:
        """A connection that is committed at the end."""
        engine = open_engine(self.url)
        with engine.begin() as connection:
            yield connection
        engine.dispose()

    def tamper(self, statement: str) -> None:
        """Run a statement that changes something."""
        with self.raw() as connection:
            assert connection.exec_driver_sql(statement).rowcount != 0
