"""The written codebook of a summary: themes with rules for what belongs to them and what does not."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from companion.domain.surveys import Id, Words
from companion.domain.toml_data import read_model

OTHER = "other"
"""A unit that says something no theme covers."""
NO_REASON = "no_reason"
"""A unit that says nothing to act on, such as "all good" or "n/a"."""
NOT_UNDERSTOOD = "not_understood"
"""A unit in a language that the embedding model does not support, or without words."""
SPECIAL = (OTHER, NO_REASON, NOT_UNDERSTOOD)


class Theme(BaseModel):
    """One theme: what it is about, whatever the comment thinks of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id
    name: Words
    """As the report prints it, such as ``Time and cancellations``."""
    about: Words
    """One sentence."""
    includes: tuple[Words, ...] = Field(min_length=1)
    excludes: tuple[Words, ...] = ()
    """What looks alike, and where it belongs instead."""
    severity: int = Field(ge=1, le=3)
    """How much it endangers a programme when it goes wrong: 3 most. Breaks ties between equally frequent themes."""


class Codebook(BaseModel):
    """All themes, in the order in which the codebook lists them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=1)
    themes: tuple[Theme, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids(self) -> Self:
        ids = [theme.id for theme in self.themes]
        if twice := {one for one in ids if ids.count(one) > 1 or one in SPECIAL}:
            raise ValueError(f"themes: {', '.join(sorted(twice))} is there twice, or reserved")
        return self

    @property
    def digest(self) -> str:
        """SHA-256 of the codebook, hexadecimal; a summary names the one it was made with."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def theme(self, theme_id: str) -> Theme | None:
        """One theme, or None for a special or unknown one."""
        return next((theme for theme in self.themes if theme.id == theme_id), None)


def load_codebook(path: Path) -> Codebook:
    """The codebook in a TOML file. Raises InvalidInput naming file and field."""
    return read_model(path, Codebook)
