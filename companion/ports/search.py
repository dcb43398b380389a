"""Embedding models and the indexes over people and cards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from companion.ports.work import Cancelled, Progress, never_cancelled, no_progress

if TYPE_CHECKING:
    from companion.domain.card_fit import CardFit
    from companion.domain.cards import Card, Passage
    from companion.domain.people import FacetKind, Person


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

    def forget_others(self, people: Iterable[Person], also: Iterable[str]) -> int:
        """Delete every cached vector that neither an entry of `people` nor one of the texts `also` needs.

        Returns how many texts' vectors went. Kept are the entries as written and as they are compared.
        """
        ...

    def discard(self) -> None:
        """Remove the index from the disk; the next `sync` makes it anew. Raises SearchError."""
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

    def texts(self) -> tuple[str, ...]:
        """All that is embedded for the cards' sake."""
        ...

    def sync(self, *, progress: Progress = no_progress, cancelled: Cancelled = never_cancelled) -> int:
        """Have a vector for every passage, so that searches are quick; returns how many had to be embedded.

        Raises SearchError, Cancelled.
        """
        ...

    def search(
        self, query: str, limit: int = 8, *, where: Callable[[Card], bool] | None = None, dense: bool = True
    ) -> list[CardHit]:
        """Hybrid search: dense and BM25 rankings fused, then diversified; at most one hit per card, best first.

        Without `dense` by words alone: at once, and no embedding model is loaded for it.
        """
        ...

    def fits(
        self, need: str, beside: Sequence[str] = (), *, where: Callable[[Card], bool] | None = None
    ) -> list[CardFit]:
        """How well each card answers a need, best first; `beside` are texts that may tip the balance, such as what
        the mentor offers. Every card takes part, fitting or not."""
        ...


class VectorCache(Protocol):
    """Where vectors are kept by (model, text hash); the store implements it."""

    def load(self, model_id: str, text_hashes: Sequence[str]) -> dict[str, bytes]:
        """The cached ones among the hashes: hash -> little-endian float32 bytes."""
        ...

    def save(self, model_id: str, vectors: Mapping[str, bytes]) -> None:
        """Keep vectors; saving the same hash again changes nothing."""
        ...

    def keep_only(self, text_hashes: Collection[str]) -> int:
        """Delete the vectors of all other texts, of every model; returns how many texts' went."""
        ...
