"""Change what a person may configure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from companion import config
from companion.services.companion import Companion


def change(companion: Companion, **changes: Any) -> None:
    """Save some settings and use them from now on. Raises InvalidInput naming the setting."""
    config.save(companion.home.create().settings, **changes)
    companion.settings = replace(companion.settings, **changes)
