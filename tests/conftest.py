"""What every test gets: a home of its own and no stray configuration."""

import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

from postgresql import Server, running_server
from report_factories import lived

# Read before a test's own environment is cleared.
WITHOUT_POSTGRESQL = os.environ.get("COMPANION_TEST_POSTGRES") == "skip"

# Generated examples are the same in every run, so that a red build means a change. COMPANION_TEST_EXPLORE=1 draws new
# ones instead, to go looking for what no run has met.
settings.register_profile("companion", deadline=None, derandomize=not os.environ.get("COMPANION_TEST_EXPLORE"))
settings.load_profile("companion")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh home for every test, and none of the developer's own settings."""
    for name in [n for n in os.environ if n.startswith("COMPANION_") and n != "COMPANION_MODELS"]:
        monkeypatch.delenv(name)
    home = tmp_path / "companion-home"
    monkeypatch.setenv("COMPANION_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """PostgreSQL, started when the first test asks for it."""
    if WITHOUT_POSTGRESQL:
        pytest.skip("COMPANION_TEST_POSTGRES=skip")
    with running_server() as server:
        yield server


@pytest.fixture
def postgresql(postgresql_server: Server) -> Iterator[str]:
    """The address of a PostgreSQL database of the test's own, empty but for the tables."""
    with postgresql_server.database() as url:
        yield url


@pytest.fixture(scope="session")
def lived_programme(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """The home of twenty pairs that went through everything, and the day it is then; copy it before you write."""
    home = tmp_path_factory.mktemp("lived")
    return home, lived(home, 20)
