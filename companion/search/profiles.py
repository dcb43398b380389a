"""The facet entries of all people, one vector each, searchable by meaning.

One vector per stated skill, need or interest and never one per profile: comparing entry with entry finds the right
mentor far more often than comparing whole profiles. Chroma holds opaque ids and vectors, neither names nor texts nor
person ids. Off-limits topics are never embedded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from companion.domain.identity_words import IdentityWords
from companion.domain.people import MATCHED_FACETS, FacetKind, Person
from companion.errors import SearchError
from companion.ports import Cancelled as IsCancelled
from companion.ports import (
    Embedder,
    EntryHit,
    IndexReport,
    Progress,
    VectorCache,
    never_cancelled,
    no_progress,
)
from companion.search.chroma import ChromaDirectory
from companion.search.vectors import CachedVectors, text_hash


@dataclass(frozen=True)
class _Entry:
    person_id: str
    entry_id: str
    text: str


_Entries = Mapping[FacetKind, Mapping[str, _Entry]]
"""Facet -> opaque id -> entry."""


class ChromaProfileIndex:
    """A ProfileIndex on a Chroma directory, with the vectors themselves in the cache.

    `vectors` uses the cache and the model alone. `search` asks Chroma and, while another window has its turn or the
    directory cannot be used, compares with the cached vectors instead: slower for very many people, and exact.
    Safe to call from any thread. `wait_seconds` is how long `sync` waits for another window.
    """

    def __init__(self, directory: Path, embedder: Embedder, cache: VectorCache, *, wait_seconds: float = 60.0) -> None:
        self._embedder = embedder
        self._vectors = CachedVectors(embedder, cache)
        self._directory = ChromaDirectory(directory, wait_seconds=wait_seconds)
        self._entries: _Entries | None = None

    @property
    def model_id(self) -> str:
        """The embedding model behind the index."""
        return self._vectors.model_id

    def sync(
        self,
        people: Iterable[Person],
        *,
        progress: Progress = no_progress,
        cancelled: IsCancelled = never_cancelled,
        rebuild: bool = False,
    ) -> IndexReport:
        """Make the index hold exactly the matched facets of `people`; unchanged texts are not embedded again.

        `rebuild` writes a fresh directory and swaps it in; do that to erase somebody, because Chroma keeps deleted
        records in its files. Vectors embedded before a cancel are kept. Raises SearchError, Cancelled.
        """
        entries = _entries_of(people)
        self._entries = entries
        texts = (entry.text for of_kind in entries.values() for entry in of_kind.values())
        embedded, reused = self._vectors.ensure(texts, progress=progress, cancelled=cancelled)
        by_collection = {self._collection(kind): of_kind for kind, of_kind in entries.items()}
        update = self._directory.update(
            self.model_id,
            {
                name: {opaque: person_key(entry.person_id) for opaque, entry in of_kind.items()}
                for name, of_kind in by_collection.items()
            },
            lambda name, ids: self._vectors.of([by_collection[name][opaque].text for opaque in ids]),
            rebuild=rebuild,
            progress=progress,
            cancelled=cancelled,
        )
        return IndexReport(embedded=embedded, reused=reused, removed=update.removed, rebuilt=update.rebuilt)

    def search(self, text: str, kind: FacetKind, limit: int = 10) -> list[EntryHit]:
        """The entries of one facet nearest in meaning to `text`, best first; equals are ordered by id.

        Knows the people of the last `sync` in this process. Raises SearchError when there was none, when the facet
        is not indexed, or when the embedding model does not work.
        """
        if kind not in MATCHED_FACETS:
            raise SearchError("Off-limits topics are never indexed.")
        if self._entries is None:
            raise SearchError("The search index has not been brought up to date yet.", "Run companion reindex.")
        entries = self._entries[kind]
        if limit <= 0 or not entries or not text.strip():
            return []
        vector = self._vectors.of_query(text)
        try:
            # More than asked for: ids of people who are gone since are dropped, and recall of the nearest grows.
            count = min(len(entries), 3 * limit + 50)
            found = self._directory.nearest(self.model_id, self._collection(kind), vector, count)
        except SearchError:
            found = self._nearest_of_cached(entries, vector)
        hits = [
            EntryHit(entries[opaque].person_id, entries[opaque].entry_id, max(-1.0, min(1.0, similarity)))
            for opaque, similarity in found
            if opaque in entries
        ]
        return sorted(hits, key=lambda hit: (-round(hit.similarity, 5), hit.person_id, hit.entry_id))[:limit]

    def vectors(self, texts: Sequence[str]) -> Any:
        """Cached vectors of texts, embedding those that are missing; shape (len(texts), dimension), float32."""
        return self._vectors.of(texts)

    def forget_others(self, people: Iterable[Person], also: Iterable[str]) -> int:
        """Delete every cached vector that neither an entry of `people` nor one of the texts `also` needs.

        Returns how many texts' vectors went. Kept are the entries as written and as they are compared.
        """
        everybody = list(people)
        words = IdentityWords(everybody)
        entries = [entry.text for of_kind in _entries_of(everybody).values() for entry in of_kind.values()]
        return self._vectors.keep_only([*entries, *(words.impersonal(text) or " " for text in entries), *also])

    def discard(self) -> None:
        """Remove the index from the disk; the next `sync` makes it anew. Raises SearchError."""
        self._entries = None
        self._directory.discard()

    def close(self) -> None:
        """Give back the open files; may be called twice."""
        self._directory.close()

    def _collection(self, kind: FacetKind) -> str:
        return f"{kind.value}__{hashlib.sha256(self.model_id.encode()).hexdigest()[:8]}"

    def _nearest_of_cached(self, entries: Mapping[str, _Entry], vector: Any) -> list[tuple[str, float]]:
        """Every entry with a cached vector and its similarity."""
        known = self._vectors.cached(entry.text for entry in entries.values())
        found = []
        for opaque, entry in entries.items():
            row = known.get(text_hash(entry.text))
            if row is not None:
                found.append((opaque, float(row @ vector)))
        return found


def person_key(person_id: str) -> str:
    """How a person is written in the index: a digest, so that the files name nobody."""
    return hashlib.sha256(f"person\0{person_id}".encode()).hexdigest()[:16]


def _entries_of(people: Iterable[Person]) -> dict[FacetKind, dict[str, _Entry]]:
    """All entries to index. The opaque id contains the text's hash: the same id means the same vector."""
    entries: dict[FacetKind, dict[str, _Entry]] = {kind: {} for kind in MATCHED_FACETS}
    for person in people:
        for facet in person.facets:
            if facet.kind in entries:
                place = f"{person.id}\0{facet.entry_id}\0{text_hash(facet.text)}"
                opaque = hashlib.sha256(place.encode()).hexdigest()[:32]
                entries[facet.kind][opaque] = _Entry(person.id, facet.entry_id, facet.text)
    return entries
