"""What was decided and by whom, and what was sent to a model."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict


class AuditEntry(BaseModel):
    """One decision or change, in the order in which it happened."""

    model_config = ConfigDict(frozen=True)

    number: int
    at: datetime
    verb: str
    """Past-tense fact: ``proposal approved``, ``people imported`` ..."""
    subject: str
    """Id of what it happened to."""
    detail: dict[str, Any] = {}


class ModelCall(BaseModel):
    """One call of a language model, with the exact bytes it was handed."""

    model_config = ConfigDict(frozen=True)

    id: str
    at: datetime
    task: str
    model: str
    destination: str
    remote: bool
    """Whether the bytes left this machine."""
    payload: bytes
    reply: str = ""
    outcome: str = "sent"
    """``sent`` until it ended, then ``stop``, ``length``, ``cancelled`` or the error's name."""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0


class EgressSummary(BaseModel):
    """How much was sent to models, and how much of it left this machine."""

    model_config = ConfigDict(frozen=True)

    calls: int
    bytes_local: int
    bytes_remote: int
