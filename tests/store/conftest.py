"""Every test of the store runs on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import Database

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A database with today's tables and nothing in them."""
    if request.param == "sqlite":
        return Database(f"sqlite:///{tmp_path / 'companion.db'}")
    return Database(request.getfixturevalue("postgresql"))


@pytest.fixture(params=DATABASES)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    if request.param == "sqlite":
        yield Database(f"sqlite:///{tmp_path / 'old.db'}")
        return
    with request.getfixturevalue("postgresql_server").database("template0") as url:
        yield Database(url)
