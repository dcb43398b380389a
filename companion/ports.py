"""What the flows need from the slow engines, as protocols; `bootstrap` plugs in the real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    # For annotations alone: what the first screen needs must not wait for the whole domain.
    from pydantic import BaseModel

    from companion.domain.access import ModelCall
    from companion.domain.cards import Card, Passage
    from companion.domain.matching import MatchRun, WhyNot
    from companion.domain.people import FacetKind, Person
    from companion.domain.programme import Programme
    from companion.domain.provenance import Provenance
    from companion.domain.review_rules import ReviewRule

Form = TypeVar("Form", bound="BaseModel")

MessageRole = Literal["system", "user", "assistant"]

Cancelled = Callable[[], bool]
"""Asked between small steps of slow work; True means: stop now, keep what is finished."""

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what); total is 0 while it is not known."""


def never_cancelled() -> bool:
    """The default: go on."""
    return False


def no_progress(done: int, total: int, what: str) -> None:
    """The default: tell nobody."""


class Clock(Protocol):
    """The time, so that tests can hold it still."""

    def now(self) -> datetime:
        """The current time, with a time zone."""
        ...


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


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def model_id(self) -> str:
        """Name and digest of the model: vectors with different ids must never be compared."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Any:
        """Vectors of shape (len(texts), dimension), float32, each of length 1. Raises SearchError."""
        ...


@dataclass(frozen=True)
class IndexReport:
    """What an indexing run did."""

    embedded: int
    """Texts that had to be embedded."""
    reused: int
    """Texts whose vector was already cached."""
    removed: int
    rebuilt: str = ""
    """Why the whole index was rebuilt; empty when it was not."""


@dataclass(frozen=True)
class EntryHit:
    """One facet entry found by a search."""

    person_id: str
    entry_id: str
    similarity: float


class ProfileIndex(Protocol):
    """The facet entries of all people, searchable by meaning. Derived: it can always be rebuilt."""

    def sync(
        self,
        people: Iterable[Person],
        *,
        progress: Progress = no_progress,
        cancelled: Cancelled = never_cancelled,
        rebuild: bool = False,
    ) -> IndexReport:
        """Make the index hold exactly the matched facets of `people`; unchanged texts are not embedded again.

        `rebuild` writes a fresh directory and swaps it in. Raises SearchError, Cancelled.
        """
        ...

    def search(self, text: str, kind: FacetKind, limit: int = 10) -> list[EntryHit]:
        """The entries of one facet nearest in meaning to `text`, best first."""
        ...

    def vectors(self, texts: Sequence[str]) -> Any:
        """Cached vectors of texts, embedding those that are missing; shape (len(texts), dimension), float32."""
        ...

    @property
    def model_id(self) -> str:
        """The embedding model behind the index."""
        ...


@dataclass(frozen=True)
class CardHit:
    """A card found by a search, with the passage that carried it."""

    card: Card
    passage: Passage
    score: float
    similarity: float | None = None
    """Cosine of the query with the card's nearest passage; None when only words were compared."""


class KnowledgeIndex(Protocol):
    """The practice cards, searchable by meaning and by words."""

    def cards(self) -> tuple[Card, ...]:
        """All cards, by id."""
        ...

    def sync(self, *, progress: Progress = no_progress, cancelled: Cancelled = never_cancelled) -> int:
        """Have a vector for every passage, so that searches are quick; returns how many had to be embedded.

        Raises SearchError, Cancelled.
        """
        ...

    def search(self, query: str, limit: int = 8, *, where: Callable[[Card], bool] | None = None) -> list[CardHit]:
        """Hybrid search: dense and BM25 rankings fused, then diversified; at most one hit per card, best first."""
        ...


class VectorCache(Protocol):
    """Where vectors are kept by (model, text hash); the store implements it."""

    def load(self, model_id: str, text_hashes: Sequence[str]) -> dict[str, bytes]:
        """The cached ones among the hashes: hash -> little-endian float32 bytes."""
        ...

    def save(self, model_id: str, vectors: Mapping[str, bytes]) -> None:
        """Keep vectors; saving the same hash again changes nothing."""
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
        passages: Sequence[str] = (),
        on_text: Callable[[str], None] | None = None,
        cancelled: Cancelled = never_cancelled,
    ) -> Filled[Form]:
        """Render the prompt and have the model fill in the form. Raises ModelError, Cancelled."""
        ...

    def close(self) -> None:
        """Give back memory and processes; never blocks for longer than a second."""
        ...


class CallLog(Protocol):
    """Where model calls are put on record."""

    def started(self, call: ModelCall) -> None:
        """Record a call; on disk when this returns, so that nothing is ever sent unrecorded."""
        ...

    def ended(self, call: ModelCall) -> None:
        """Fill in how it ended."""
        ...


Pairs = frozenset[tuple[str, str]]
"""(mentor id, mentee id)."""


@dataclass(frozen=True)
class MatchRequest:
    """Everything a matching depends on."""

    people: Sequence[Person]
    programme: Programme
    vectors: Callable[[Sequence[str]], Any]
    """Texts in, unit vectors of shape (texts, dimension) out, all from `embedding_model`."""
    at: datetime
    embedding_model: str
    taken: Mapping[str, int] = field(default_factory=dict)
    """Running pairings per person id."""
    active_pairs: Pairs = frozenset()
    former_pairs: Pairs = frozenset()
    """Pairs whose pairing has ended."""
    declined_pairs: Pairs = frozenset()
    rules: tuple[ReviewRule, ...] = ()
    """What the admin decided in reviews, without the lifted ones."""
    joining: frozenset[str] | None = None
    """Only pairs with one of these people are proposed (late joiners, a rematch); None is everybody."""


class Matching(Protocol):
    """A cohort that is scored; it can be solved and asked about."""

    def solve(
        self, run_id: str, *, progress: Progress = no_progress, cancelled: Cancelled = never_cancelled
    ) -> MatchRun:
        """One optimum over everybody with free capacity, explained.

        Raises InvalidInput when pins contradict each other, a rule or the room there is, naming the people; Cancelled.
        """
        ...

    def why_not(self, mentor_id: str, mentee_id: str) -> WhyNot:
        """What the whole programme would lose by pairing these two; solves first when nothing is solved yet.

        Raises NotFound for people who are not in the cohort.
        """
        ...


class Matcher(Protocol):
    """Scores cohorts."""

    def __call__(
        self,
        request: MatchRequest,
        *,
        before: Matching | None = None,
        progress: Progress = no_progress,
        cancelled: Cancelled = never_cancelled,
    ) -> Matching:
        """Score the cohort. What has not changed since `before` is not computed again, so that a decision in a
        review is solved anew in about a second. Raises InvalidInput for an id used twice in one role, Cancelled.
        """
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
