"""What every test gets: a home of its own and no stray configuration."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh home for every test, and none of the developer's own settings."""
    import os

    for name in [n for n in os.environ if n.startswith("COMPANION_") and n != "COMPANION_MODELS"]:
        monkeypatch.delenv(name)
    home = tmp_path / "companion-home"
    monkeypatch.setenv("COMPANION_HOME", str(home))
    return home
