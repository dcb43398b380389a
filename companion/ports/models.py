"""Language models and what fills in forms with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

from companion.ports.work import Cancelled, Progress, never_cancelled, no_progress

if TYPE_CHECKING:
    # For annotations alone: what the first screen needs must not wait for the whole domain.
    from pydantic import BaseModel

    from companion.domain.access import ModelCall
    from companion.domain.disclosure import Material
    from companion.domain.provenance import Provenance

Form = TypeVar("Form", bound="BaseModel")

MessageRole = Literal["system", "user", "assistant"]


@dataclass(frozen=True)
class Message:
    """One turn of a chat prompt."""

    role: MessageRole
    content: str


@dataclass(frozen=True)
class ModelRequest:
    """One call of a language model."""

    task: str
    """What it is for, such as ``agenda.item``; shown on the Privacy screen."""
    messages: tuple[Message, ...]
    json_schema: Mapping[str, Any] | None = None
    """JSON Schema of the answer; None asks for plain text."""
    max_tokens: int = 200
    temperature: float = 0.0
    seed: int = 7
    timeout_seconds: float = 60.0


@dataclass(frozen=True)
class ModelUsage:
    """The engine's own counters."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    """Prompt tokens taken from an earlier call's prefix instead of being processed again."""
    completion_tokens: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class ModelReply:
    """What a model answered."""

    text: str
    finish_reason: Literal["stop", "length", "cancelled"]
    model: str
    usage: ModelUsage = field(default_factory=ModelUsage)


@dataclass(frozen=True)
class SentPayload:
    """What is handed to a model, exactly, at the moment it goes out."""

    destination: str
    """``this machine`` for an embedded model, otherwise the scheme, host and path it is sent to."""
    remote: bool
    """Whether the bytes leave this machine (a loopback address does not)."""
    body: bytes


class LanguageModel(Protocol):
    """A language model, wherever it runs. Safe to call from any thread; one call at a time is processed."""

    @property
    def name(self) -> str:
        """The model's name as configured, such as ``embedded/qwen2.5-coder-1.5b-instruct``."""
        ...

    @property
    def remote(self) -> bool:
        """Whether what it is sent leaves this machine."""
        ...

    @property
    def tier(self) -> int:
        """0 none, 1 small embedded, 2-3 capable; see the design's section on tiers."""
        ...

    def warm(self, messages: Sequence[Message] = ()) -> None:
        """Load the model and process a static prompt prefix, so that the first real call is quick.

        Blocks; call it in a daemon thread. Raises ModelError.
        """
        ...

    def complete(
        self,
        request: ModelRequest,
        *,
        on_text: Callable[[str], None] | None = None,
        cancelled: Cancelled = never_cancelled,
        on_sent: Callable[[SentPayload], None] | None = None,
    ) -> ModelReply:
        """Answer one request. `on_text` receives each new piece of text as it arrives.

        `on_sent` is called once per attempt, before anything leaves the process; if it raises, nothing is sent.
        When `cancelled()` becomes true the reply has finish_reason "cancelled" and the text so far.
        Raises ModelError.
        """
        ...

    def close(self) -> None:
        """Give back memory and processes. Never blocks for longer than a second; may be called twice."""
        ...


@dataclass(frozen=True)
class Filled(Generic[Form]):
    """A form as a model filled it in; its shape is valid, its content is not yet checked."""

    value: Form
    provenance: Provenance
    usage: ModelUsage


class Writer(Protocol):
    """Fills small typed forms with a language model; every call is on record before it goes out."""

    @property
    def name(self) -> str:
        """The model's name."""
        ...

    @property
    def remote(self) -> bool:
        """Whether what it is given leaves this machine."""
        ...

    @property
    def tier(self) -> int:
        """1 small embedded, 2-3 capable."""
        ...

    def warm(self, prompt_id: str) -> None:
        """Load the model and process the static part of a prompt. Raises ModelError."""
        ...

    def fill(
        self,
        prompt_id: str,
        variables: Mapping[str, str],
        form: type[Form],
        *,
        about: Material | None = None,
        passages: Sequence[str] = (),
        on_text: Callable[[str], None] | None = None,
        cancelled: Cancelled = never_cancelled,
    ) -> Filled[Form]:
        """Render the prompt and have the model fill in the form; `about` is whom it concerns and what is known of them.

        A remote model is sent nothing without `about`. Raises ModelError, KeptHere when the text must stay on this
        machine, Cancelled.
        """
        ...

    def close(self) -> None:
        """Give back memory and processes; never blocks for longer than a second."""
        ...


class Border(Protocol):
    """Decides what may leave this machine."""

    def messages(self, prompt_id: str, variables: Mapping[str, str], about: Material) -> tuple[Message, ...]:
        """What a remote model would be sent, exactly. Raises KeptHere when nothing would be."""
        ...


class CallLog(Protocol):
    """Where model calls are put on record."""

    def started(self, call: ModelCall) -> None:
        """Record a call; on disk when this returns, so that nothing is ever sent unrecorded."""
        ...

    def ended(self, call: ModelCall) -> None:
        """Fill in how it ended."""
        ...


@dataclass(frozen=True)
class ModelOnShelf:
    """One embedded model that can be used here."""

    id: str
    name: str
    licence: str
    size_bytes: int
    installed: bool
    description: str


class ModelShelf(Protocol):
    """The embedded models: which there are, which are here, and how to fetch one."""

    def models(self) -> tuple[ModelOnShelf, ...]:
        """All known models, the default first."""
        ...

    def pull(self, model_id: str, *, progress: Progress = no_progress, cancelled: Cancelled = never_cancelled) -> Path:
        """Fetch and verify a model; does nothing when it is already here. Raises DownloadError, NotFound, Cancelled."""
        ...

    def remove(self, model_id: str) -> None:
        """Delete a model's file. Raises NotFound."""
        ...
