"""Where a piece of text comes from."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Origin(StrEnum):
    """Who wrote the words."""

    CARD = "card"
    """The card's own wording, with its slots filled by code."""
    MODEL = "model"
    """A language model, behind the gates."""
    EDITED = "edited"
    """A person."""
    EXECUTIVE = "executive"
    """The executive's own question, word for word."""
    RULES = "rules"
    """Code, from what the record says: no card and no model has a part in it."""


class Provenance(BaseModel):
    """What a model was asked with, so that its words can be explained later."""

    model_config = ConfigDict(frozen=True)

    prompt_id: str
    prompt_digest: str
    """SHA-256 of the prompt file, hexadecimal."""
    model: str
    model_hash: str = ""
    """SHA-256 that tells this very model from another of the same name; empty when it was not noted."""
    remote: bool = False
    """Whether the model ran elsewhere."""
    checks: tuple[str, ...] = ()
    """Names of the gates that the text passed."""
    passages: tuple[str, ...] = ()
    at: datetime


class Worded(BaseModel):
    """A text together with who wrote it."""

    model_config = ConfigDict(frozen=True)

    text: str
    origin: Origin
    provenance: Provenance | None = None
    """Present exactly when the origin is the model."""
    by: str = ""
    """Id of the person who edited or asked it, where that is known."""
    at: datetime | None = None
    """When it was edited or asked, where that is known."""
