"""The practice cards, searchable by meaning and by words at once.

Each passage is embedded and indexed together with its card's title and its "when to use", each everyday wording of the
need ("asked as") by itself. The cards are few, so the
dense ranking compares the query with every passage, exactly, with vectors from the same cache that holds those of the
people: nothing is embedded twice, no second index has to be kept in step, and no approximation is involved. Both
rankings are fused by reciprocal rank (Cormack, Clarke and Büttcher, 2009), which needs no common scale, and the result
is diversified by maximal marginal relevance (Carbonell and Goldstein, 1998), so that three cards that say the same do
not fill an agenda.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from companion.domain.card_fit import CardFit
from companion.domain.cards import Card, Passage
from companion.domain.words import content_stems
from companion.errors import SearchError
from companion.ports import Cancelled as IsCancelled
from companion.ports import CardHit, Embedder, Progress, VectorCache, never_cancelled, no_progress
from companion.search.vectors import CachedVectors

if TYPE_CHECKING:
    from companion.search.bm25 import WordIndex
    from companion.search.card_fits import CardTexts
    from companion.search.card_reader import CardReader

RRF_K = 60
"""The constant of reciprocal rank fusion, as in its paper."""
RELEVANCE_SHARE = 0.7
"""How much relevance counts against being different from what was chosen already."""
ASKED_AS = "Asked as"
_POOL = 3
"""Candidates per wanted hit from which diversification chooses."""


class HybridKnowledgeIndex:
    """A KnowledgeIndex over cards that are in memory; works by words alone when no embedding model does.

    Safe to call from any thread. The first search loads the embedding model unless the query's vector is cached.
    """

    def __init__(
        self,
        cards: Iterable[Card],
        embedder: Embedder,
        cache: VectorCache,
        reader: CardReader | None = None,
    ) -> None:
        """`reader` was taught by judged needs which cards answer one; without it they are only compared."""
        self._cards = tuple(sorted(cards, key=lambda card: card.id))
        self._passages = tuple(passage for card in self._cards for passage in _passages(card))
        by_id = {card.id: card for card in self._cards}
        self._card_of = tuple(by_id[passage.card_id] for passage in self._passages)
        self._texts = tuple(map(_text, self._card_of, self._passages))
        self._reader = reader
        self._vectors = CachedVectors(embedder, cache)
        self._lock = threading.Lock()
        self._matrix: Any = None
        self._problem: SearchError | None = None

    @cached_property
    def _words(self) -> WordIndex:
        """Built for the first search: bringing the vectors up to date needs none."""
        from companion.search.bm25 import WordIndex

        return WordIndex(self._texts)

    @cached_property
    def _short(self) -> CardTexts:
        from companion.search.card_fits import CardTexts

        return CardTexts(self._cards)

    @property
    def dense_available(self) -> bool:
        """False after the embedding model failed: searches go by words alone until `sync` succeeds."""
        return self._problem is None

    @property
    def problem(self) -> SearchError | None:
        """Why searches go by words alone, or None when they do not."""
        return self._problem

    def cards(self) -> tuple[Card, ...]:
        """All cards, by id."""
        return self._cards

    def texts(self) -> tuple[str, ...]:
        """All that is embedded: the passages, and the short texts by which a need finds cards."""
        return (*self._texts, *self._short.texts)

    def sync(self, *, progress: Progress = no_progress, cancelled: IsCancelled = never_cancelled) -> int:
        """Have a cached vector for every passage; returns how many had to be embedded. Raises SearchError, Cancelled.

        Not required: the first search does the same. A failed model gets another chance.
        """
        embedded, _ = self._vectors.ensure(self.texts(), progress=progress, cancelled=cancelled)
        self._problem = None
        return embedded

    def search(
        self, query: str, limit: int = 8, *, where: Callable[[Card], bool] | None = None, dense: bool = True
    ) -> list[CardHit]:
        """Cards for a query, the most relevant first, each with the passage that carried it; at most one hit per card.

        `where` decides which cards take part at all. A hit's score is its fused rank as a share of the best possible,
        above 0 up to 1; the order also weighs how much a hit adds to those before it. The same query, cards and
        model always give the same list. Without an embedding model, or without `dense`, only cards that share a word
        are found.
        """
        chosen = [n for n, card in enumerate(self._card_of) if where is None or where(card)]
        if limit <= 0 or not chosen or not query.strip():
            return []
        similarities = self._similarities(query) if dense else None
        rankings = [self._ranked(chosen, self._words.scores(query), floor=0.0)]
        if similarities is not None:
            rankings.append(self._ranked(chosen, similarities, floor=-2.0))
        fused = _fused([[self._card_of[n].id for n in ranking] for ranking in rankings])
        carried = {self._card_of[n].id: n for ranking in rankings for n in ranking}
        pool = sorted(fused, key=lambda card_id: (-fused[card_id], card_id))[: _POOL * limit]
        order = self._diversified([(carried[card_id], fused[card_id]) for card_id in pool], limit)
        nearest = {} if similarities is None else self._nearest(chosen, similarities)
        hits = [(self._card_of[n], self._passages[n], score) for n, score in order]
        return [CardHit(card, passage, score, nearest.get(card.id)) for card, passage, score in hits]

    def fits(
        self, need: str, beside: Sequence[str] = (), *, where: Callable[[Card], bool] | None = None
    ) -> list[CardFit]:
        """How well each card answers a need, best first; every card takes part, fitting or not.

        `beside` are texts that may tip the balance, such as what the mentor offers; they make no card one that is
        about the need. The same texts, cards and model always give the same list. Without an embedding model, and for
        a need without a word that names a subject, words alone decide.
        """
        if not need.strip():
            return []
        read: dict[str, float] = {}

        def compared() -> Any:
            if self._reader:
                read.update(self._reader.relevance(need))
            return self._queries((need, *beside))

        # Whatever is nearest to a smiley or a dash is near by chance.
        queries = self._or_none(compared) if content_stems(need) else None
        found = self._short.fits(need, beside, queries, read)
        return [fit for fit in found if where is None or where(fit.card)]

    def _queries(self, texts: Sequence[str]) -> Any:
        """A vector per text; those of the cards' short texts are there before."""
        with self._lock:
            if not self._short.ready:
                self._short.learn(self._vectors.of)
        return [self._vectors.of_query(text) for text in texts]

    def _or_none(self, ask: Callable[[], Any]) -> Any:
        """What `ask` returns, or None when the model failed, now or before; `problem` says why."""
        if self._problem is not None:
            return None
        try:
            return ask()
        except SearchError as error:
            self._problem = error
            return None

    def _nearest(self, chosen: list[int], similarities: Any) -> dict[str, float]:
        """Card id -> the similarity of its best passage."""
        best: dict[str, float] = {}
        for n in chosen:
            card_id = self._card_of[n].id
            best[card_id] = max(best.get(card_id, -1.0), float(similarities[n]))
        return best

    def _similarities(self, query: str) -> Any:
        """Cosine of the query with every passage, or None when there is no model to tell; `problem` says why."""

        def compared() -> Any:
            with self._lock:
                if self._matrix is None:
                    self._matrix = self._vectors.of(self._texts)
            return self._matrix @ self._vectors.of_query(query)

        return self._or_none(compared)

    def _ranked(self, chosen: list[int], scores: Any, *, floor: float) -> list[int]:
        """The best passage of every card that scores above the floor, best first; equals by passage id."""
        order = sorted(chosen, key=lambda n: (-round(float(scores[n]), 6), self._passages[n].id))
        best: dict[str, int] = {}
        for n in order:
            if scores[n] > floor:
                best.setdefault(self._card_of[n].id, n)
        return list(best.values())

    def _diversified(self, pool: list[tuple[int, float]], limit: int) -> list[tuple[int, float]]:
        """Take from the pool, one by one, what is relevant and unlike what was taken before."""
        if not pool:
            return []
        top, bottom = pool[0][1], pool[-1][1]
        span = (top - bottom) or 1.0
        taken: list[tuple[int, float]] = []
        rest = list(pool)
        while rest and len(taken) < limit:

            def worth(candidate: tuple[int, float]) -> tuple[float, str]:
                n, score = candidate
                repeated = max((self._alike(n, other) for other, _ in taken), default=0.0)
                value = RELEVANCE_SHARE * (score - bottom) / span - (1 - RELEVANCE_SHARE) * repeated
                return (-round(value, 6), self._passages[n].id)

            best = min(rest, key=worth)
            rest.remove(best)
            taken.append(best)
        return taken

    def _alike(self, one: int, other: int) -> float:
        if self._matrix is not None:
            return float(self._matrix[one] @ self._matrix[other])
        return self._words.overlap(one, other)


def _fused(rankings: list[list[str]]) -> dict[str, float]:
    """Card id -> the sum of its reciprocal ranks, as a share of being first everywhere."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, card_id in enumerate(ranking, start=1):
            scores[card_id] = scores.get(card_id, 0.0) + (RRF_K + 1) / (RRF_K + rank) / len(rankings)
    return scores


def _passages(card: Card) -> tuple[Passage, ...]:
    """The card's passages and wordings; a card without sections is found by when to use it."""
    whole = Passage(id=f"{card.id}#when-to-use", card_id=card.id, heading="When to use", text=card.when_to_use)
    return (
        *(card.passages() or (whole,)),
        *(
            Passage(id=f"{card.id}#asked-as-{number}", card_id=card.id, heading=ASKED_AS, text=text)
            for number, text in enumerate(card.asked_as, start=1)
        ),
    )


def _text(card: Card, passage: Passage) -> str:
    """What is embedded: a wording by itself, a section with the card it belongs to."""
    return passage.text if passage.heading == ASKED_AS else f"{card.title}. {card.when_to_use} {passage.text}"
