"""What a probe found out about a model, and what each tier may word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

CheckName = Literal["json_echo", "id_copy", "negation", "exemplar", "injection", "language", "polarity", "latency"]

UNPROVEN = 1
"""The tier of a model that nobody has probed yet: short lines behind gates, nothing freer."""
WORDS_LINES, WORDS_REPLIES = 1, 2
"""From which tier on a model words the lines of an agenda, and whole replies in a rehearsal."""

MAY_WORD: Mapping[int, str] = {
    0: "words nothing: it cannot fill in a form, so practice cards speak for themselves",
    1: "words the questions of an agenda, one line at a time and behind the gates",
    2: "words the lines of an agenda, and may speak freely in a rehearsal",
    3: "words the lines of an agenda, may speak freely in a rehearsal, and leaves hidden instructions alone",
}


class ProbeCheck(BaseModel):
    """One check and how it went."""

    model_config = ConfigDict(frozen=True)

    name: CheckName
    passed: bool
    detail: str
    seconds: float


class ProbeReport(BaseModel):
    """What a probe found out about a model."""

    model_config = ConfigDict(frozen=True)

    model: str
    model_hash: str = ""
    """Tells this very model from another of the same name: of its file, or of its name and address."""
    tier: int
    checks: tuple[ProbeCheck, ...]
