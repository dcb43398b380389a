"""Addresses of databases: which work, and what is said about those that do not."""

import sys

import psycopg
import pytest
from postgresql import Server

from companion.errors import StoreError
from companion.store import Store


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_the_addresses_that_hosts_hand_out_work(postgresql: str, scheme: str) -> None:
    assert Store(postgresql.replace("postgresql", scheme, 1)).revision() == 0


def test_a_missing_driver_is_said_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError) as caught:
        Store("postgresql://db.example.org/companion")
    assert caught.value.message == "The driver for PostgreSQL is not installed."
    assert "companion[postgresql]" in caught.value.hint


@pytest.mark.parametrize("address", ["mysql://db/companion", "postgresl://db/companion", "companion.db", "", "[/]x"])
def test_an_address_of_nothing_known_is_refused(address: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store(address)
    assert "database_url" in caught.value.hint


def test_a_server_that_is_not_there_is_named_without_the_password(tmp_path: object) -> None:
    with pytest.raises(StoreError) as caught:
        Store(f"postgresql://me:secret-word@/companion?host={tmp_path}")
    assert "me:***@" in caught.value.message
    assert "secret-word" not in str(caught.value)
    assert "server runs" in caught.value.hint


def test_a_database_that_is_not_there_is_named(postgresql: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store(postgresql.replace("/test_", "/no_such_"))
    assert "does not exist" in caught.value.message
    assert "database_url" in caught.value.hint


def test_a_user_who_may_not_make_tables_is_told_whom_to_ask(postgresql_server: Server) -> None:
    with postgresql_server.database("template0") as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE ROLE guest LOGIN")
        with pytest.raises(StoreError) as caught:
            Store(url.replace("tests@", "guest@"))
    assert "permission denied" in caught.value.message
    assert "create tables" in caught.value.hint
