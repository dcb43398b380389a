"""A private PostgreSQL server for the tests: its own files, a socket that only it has, gone when the tests end."""

import glob
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from companion.store import Store

HOW_TO = (
    "PostgreSQL's server is not installed, and the tests want the real one: tests/system-packages installs it, "
    "COMPANION_TEST_POSTGRES=skip leaves these tests out."
)
# Statements need not survive a power cut, and the sort order is that of a dictionary, unlike SQLite's and Python's.
SETTINGS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses='' -c max_connections=40"
ORDER = ("--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8", "--encoding=UTF8")
TEMPLATE = "companion_template"


class Server:
    """The running server; hands out databases."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self._numbers = count(1)

    def url(self, database: str) -> str:
        return f"postgresql://tests@/{database}?host={self.socket}"

    @contextmanager
    def database(self, template: str = TEMPLATE) -> Iterator[str]:
        """The address of a fresh database, with today's schema unless another template is named."""
        name = f"test_{next(self._numbers)}"
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        yield self.url(name)
        self._run("DROP DATABASE {} WITH (FORCE)", name)

    def make_template(self) -> None:
        self._run("CREATE DATABASE {} TEMPLATE template0", TEMPLATE)
        Store(self.url(TEMPLATE)).close()

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]


@contextmanager
def running_server() -> Iterator[Server]:
    programs = _programs()
    # Not pytest's own folder: a socket's path may have 107 characters at most, and the server may be another user.
    folder = Path(tempfile.mkdtemp(prefix="companion-pg-"))
    # PostgreSQL refuses to run as root.
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if user:
        shutil.chown(folder, "postgres", "postgres")

    def run(program: str, *arguments: str) -> None:
        # Into a file: the server keeps what it is given open, and a pipe would never end.
        with (folder.parent / f"{folder.name}.log").open("a+") as log:
            done = subprocess.run(
                [programs / program, *arguments], stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/", **user
            )
            log.seek(0)
            assert done.returncode == 0, f"{program} failed:\n{log.read()}"

    data = f"--pgdata={folder / 'data'}"
    run("initdb", data, "--username=tests", "--auth=trust", "--no-sync", "--no-instructions", *ORDER)
    run("pg_ctl", data, "--wait", "--timeout=120", f"--options={SETTINGS} -k {folder}", "start")
    try:
        server = Server(folder)
        server.make_template()
        yield server
    finally:
        run("pg_ctl", data, "--wait", "--mode=immediate", "stop")
        shutil.rmtree(folder)
        (folder.parent / f"{folder.name}.log").unlink()


def _programs() -> Path:
    """The folder of the server's programs; Debian keeps it out of the path."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
    assert versions, HOW_TO
    return Path(versions[-1]).parent
