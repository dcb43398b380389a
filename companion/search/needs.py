"""Reads the judged needs: lines in which somebody who knows the cards says which of them answer a need.

One JSON object per line: ``{"need": "why bad news reaches me late", "author": "b", "cards": {"RM-019": 3}}``; 3 is a
card made for the need, 2 a useful one, 1 an arguable one, and what is not named answers it not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from companion.errors import InvalidInput
from companion.search.cards import fault, read_text

NEEDS = "needs.jsonl"
MAX_NEED_CHARS = 160
_HINT = 'Write it as {"need": "...", "cards": {"RM-019": 3}}, with 1 to 3 for each card.'


class JudgedNeed(BaseModel):
    """A need as somebody states it, and how well some cards answer it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    need: str = Field(min_length=1, max_length=MAX_NEED_CHARS)
    author: str = Field(default="", max_length=20)
    """Who judged it: what one author's needs teach is measured with another's."""
    language: str = Field(default="en", pattern="^[a-z]{2}$")
    """ISO 639-1."""
    cards: dict[str, Annotated[int, Field(ge=1, le=3)]] = Field(min_length=1)
    """Card id -> 3 made for it, 2 useful, 1 arguable."""


def load_needs(folder: Path) -> list[JudgedNeed]:
    """The judged needs of a folder. Raises InvalidInput for the first line that cannot be used, with file and line."""
    needs = []
    for _, one in read_needs(folder / NEEDS):
        if isinstance(one, InvalidInput):
            raise one
        needs.append(one)
    return needs


def read_needs(path: Path) -> Iterator[tuple[int, JudgedNeed | InvalidInput]]:
    """Each line's number, with the need or what is wrong with it. Raises InvalidInput when the file cannot be read."""
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield number, JudgedNeed.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            yield number, fault(path, f"the need cannot be used: {first['msg']}", _HINT, field=field, line=number)
