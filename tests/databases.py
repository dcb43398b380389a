"""A database of either kind, as the tests of the store want it: opened as a store, or changed behind its back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from companion.store import Store
from companion.store.engine import open_engine

ADDED = {
    "0004": ("DROP TABLE egress_chain",),
    "0005": ("ALTER TABLE sessions DROP COLUMN chosen_stage", "ALTER TABLE sessions DROP COLUMN held_at"),
    "0006": ("DROP TABLE model_probes", "ALTER TABLE people DROP COLUMN local_only"),
    "0007": (
        "DROP TABLE erasures",
        "ALTER TABLE people DROP COLUMN former",
        "ALTER TABLE sessions DROP COLUMN cancelled_by",
        "ALTER TABLE pairings DROP COLUMN status_since",
        "ALTER TABLE pairings DROP COLUMN pause_reason",
    ),
    "0008": ("DROP TABLE summary_codes", "DROP TABLE summaries", "DROP TABLE summary_themes"),
}
"""What takes back what a migration added, by its revision."""


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

    def go_back(self, revision: str) -> None:
        """Take the tables back to how they were at a revision, so that opening them brings them up to date again."""
        with self.raw() as connection:
            for later in sorted(ADDED, reverse=True):
                for statement in ADDED[later] if later > revision else ():
                    connection.exec_driver_sql(statement)
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")

    def tamper(self, statement: str) -> None:
        """Run a statement that changes something."""
        with self.raw() as connection:
            assert connection.exec_driver_sql(statement).rowcount != 0
