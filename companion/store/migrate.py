"""Bring a database to the current schema. Apart, because Alembic is only needed when something has to change."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from filelock import FileLock
from sqlalchemy import Engine

from companion.errors import StoreError


def configuration(engine: Engine) -> Config:
    """Alembic's configuration, pointing at the migrations beside this module."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["engine"] = engine
    return config


def migrate(engine: Engine, url: str) -> None:
    """Run the missing migrations. Two processes that start at once take turns. Raises StoreError."""
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    with FileLock(f"{file}.migrating") if file and file != ":memory:" else nullcontext():
        try:
            command.upgrade(configuration(engine), "head")
        except CommandError as error:
            raise StoreError(
                f"The database {url} cannot be brought up to date: {error}.",
                "It was probably written by a newer version: update companion.",
            ) from error
