"""The knowledge index: both rankings, their fusion, diversity, filters, and what is left without a model."""

import threading
from typing import Any

import numpy as np
import pytest
from factories import a_card
from search_fakes import FakeEmbedder, FakeVectorCache

from companion.domain.cards import Card, Topic
from companion.errors import SearchError
from companion.paths import knowledge_dir
from companion.search import knowledge
from companion.search.bm25 import WordIndex, stem, words
from companion.search.cards import load_cards
from companion.search.knowledge import HybridKnowledgeIndex
from companion.search.vectors import text_hash


def a_reading_card(card_id: str, title: str, when: str, *sections: tuple[str, str], **changes: Any) -> Card:
    plain = {"blocks": (), "questions": (), "minutes": None, "why": None}
    return a_card(card_id, title=title, when_to_use=when, sections=sections, **(plain | changes))


CARDS = (
    a_reading_card(
        "RM-003", "Tomatoes", "When somebody gardens.", ("Soil", "Compost and water"), ("Sun", "Much light")
    ),
    a_reading_card("RM-001", "Meetings", "When meetings are too long.", ("Shorter", "Cut the meeting in half")),
    a_reading_card("RM-002", "Silence", "When nobody speaks up in meetings.", ("Listen", "Wait for an answer")),
    a_reading_card("RM-004", "Chess", "When somebody plays chess alone."),
)


@pytest.fixture
def index(fake_embedder: FakeEmbedder, cache: FakeVectorCache) -> HybridKnowledgeIndex:
    return HybridKnowledgeIndex(CARDS, fake_embedder, cache)


@pytest.fixture(scope="module")
def shipped() -> tuple[Card, ...]:
    return load_cards(knowledge_dir())


def test_cards_come_by_id(index: HybridKnowledgeIndex) -> None:
    assert [card.id for card in index.cards()] == ["RM-001", "RM-002", "RM-003", "RM-004"]


def test_a_card_is_hit_once_with_the_passage_that_carried_it(index: HybridKnowledgeIndex) -> None:
    hits = index.search("compost and water")
    assert hits[0].card.id == "RM-003"
    assert hits[0].passage.id == "RM-003#soil"
    assert len({hit.card.id for hit in hits}) == len(hits) == 4
    assert all(0 < hit.score <= 1 for hit in hits)
    assert hits[0].score == 1, "first in both rankings"


def test_a_card_without_sections_is_found_by_when_to_use_it(index: HybridKnowledgeIndex) -> None:
    hit = index.search("chess", 1)[0]
    assert (hit.card.id, hit.passage.id, hit.passage.text) == ("RM-004", "RM-004#when-to-use", CARDS[3].when_to_use)


def test_a_filter_decides_before_the_limit(index: HybridKnowledgeIndex) -> None:
    hits = index.search("meetings", 1, where=lambda card: card.id in ("RM-003", "RM-004"))
    assert [hit.card.id for hit in hits] in (["RM-003"], ["RM-004"])
    assert index.search("meetings", 8, where=lambda card: False) == []


@pytest.mark.parametrize(("query", "limit"), [("", 8), (" \n", 8), ("meetings", 0), ("meetings", -1)])
def test_nothing_asked_nothing_found(index: HybridKnowledgeIndex, query: str, limit: int) -> None:
    assert index.search(query, limit) == []


def test_no_cards_at_all(fake_embedder: FakeEmbedder, cache: FakeVectorCache) -> None:
    assert HybridKnowledgeIndex((), fake_embedder, cache).search("anything") == []


def test_passages_are_embedded_once_and_queries_are_not_kept(
    index: HybridKnowledgeIndex, fake_embedder: FakeEmbedder, cache: FakeVectorCache
) -> None:
    passages = index.sync()
    assert passages > len(CARDS)
    assert index.sync() == 0
    index.search("meetings")
    index.fits("silence", ["chess"])
    assert len(cache.rows) == passages
    assert fake_embedder.seen[passages:] == ["meetings", "silence", "chess"]
    again = HybridKnowledgeIndex(CARDS, fake_embedder, cache)
    assert again.sync() == 0
    assert again.search("meetings") == index.search("meetings")


def test_all_texts_that_are_embedded_are_named(
    index: HybridKnowledgeIndex, fake_embedder: FakeEmbedder, cache: FakeVectorCache
) -> None:
    """Whoever tidies the cache keeps them."""
    index.fits("silence")
    index.search("silence")
    assert {text_hash(text) for text in index.texts()} == {digest for _, digest in cache.rows}


def test_a_query_whose_vector_is_cached_needs_no_model(
    index: HybridKnowledgeIndex, fake_embedder: FakeEmbedder, cache: FakeVectorCache
) -> None:
    """A goal that began as a stated need was embedded with its person."""
    index.sync()
    vector = fake_embedder.embed(["why nobody speaks up"])[0]
    cache.save(fake_embedder.model_id, {text_hash("why nobody speaks up"): vector.tobytes()})
    fake_embedder.broken = True
    assert index.search("why nobody speaks up", 1)[0].card.id == "RM-002"
    assert index.dense_available


def test_without_a_model_words_alone_find_cards(index: HybridKnowledgeIndex, fake_embedder: FakeEmbedder) -> None:
    fake_embedder.broken = True
    assert index.dense_available, "not known before it was tried"
    hits = index.search("meeting", 8)
    assert [hit.card.id for hit in hits] == ["RM-001", "RM-002"], "the others share no word with the query"
    assert not index.dense_available
    assert index.problem is not None
    assert index.problem.hint == "Mend it."
    assert index.search("zebra") == []
    with pytest.raises(SearchError):
        index.sync()
    fake_embedder.broken = False
    assert index.search("zebra") == [], "a broken model is not tried again at every search"
    index.sync()
    assert index.dense_available
    assert len(index.search("zebra")) == 4


def test_near_repetitions_do_not_fill_the_list(fake_embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    same = [
        a_reading_card(f"RM-01{n}", "Run a short meeting", "When a meeting runs long.", ("How", f"End early {n}"))
        for n in range(5)
    ]
    other = a_reading_card("RM-020", "A meeting of few", "When a meeting is run by few.", ("How", "Ask in writing"))
    cards = [*same, other, *CARDS]
    index = HybridKnowledgeIndex(cards, fake_embedder, FakeVectorCache())
    with_model = [hit.card.id for hit in index.search("run a short meeting", 4)]
    fake_embedder.broken = True
    by_words = HybridKnowledgeIndex(cards, fake_embedder, FakeVectorCache()).search("run a short meeting", 4)
    for found in (with_model, [hit.card.id for hit in by_words]):
        assert found[0].startswith("RM-01"), "the most relevant stays first"
        assert "RM-020" in found[1:]
    fake_embedder.broken = False
    monkeypatch.setattr(knowledge, "RELEVANCE_SHARE", 1.0)
    assert "RM-020" not in [hit.card.id for hit in index.search("run a short meeting", 4)]


def test_ties_are_broken_by_id(fake_embedder: FakeEmbedder, cache: FakeVectorCache) -> None:
    twins = [a_reading_card(f"RM-00{n}", "Twins", "When two are the same.", ("How", "Equal")) for n in (5, 2, 9)]
    index = HybridKnowledgeIndex(twins, fake_embedder, cache)
    assert [hit.card.id for hit in index.search("twins")] == ["RM-002", "RM-005", "RM-009"]


def test_searching_from_several_threads_embeds_the_passages_once(
    index: HybridKnowledgeIndex, fake_embedder: FakeEmbedder
) -> None:
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(index.search("meetings"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(hits == found[0] for hits in found)
    assert len(fake_embedder.seen) == 5 + 4


def test_hostile_queries_are_queries(index: HybridKnowledgeIndex) -> None:
    for query in ("\ud800", "[bold]{goal}[/]", "\x00\x1b[2J", "x" * 20_000, "'; DROP TABLE cards; --", "!!!"):
        assert len(index.search(query, 2)) == 2


def test_word_forms_meet() -> None:
    for forms in (("ignore", "ignores", "ignored", "ignoring"), ("plan", "plans", "planned", "planning")):
        assert len({stem(form) for form in forms}) == 1, forms
    assert stem("stories") == stem("story")
    assert [stem(word) for word in ("this", "bus", "class", "ring", "feed")] == ["this", "bus", "class", "ring", "feed"]
    assert words("The juniors are ignoring OUR intranet") == words("junior ignored our intranets")


def test_scores_by_words() -> None:
    index = WordIndex(["meeting rooms", "a quiet room", "", "the of and"])
    scores = index.scores("meetings")
    assert scores.shape == (4,)
    assert scores[0] > 0
    assert np.count_nonzero(scores) == 1
    assert np.count_nonzero(index.scores("nothing known")) == np.count_nonzero(WordIndex([""]).scores("x")) == 0
    assert index.overlap(0, 1) == pytest.approx(1 / 3)
    assert index.overlap(2, 3) == 0


@pytest.mark.embedder
@pytest.mark.parametrize(
    ("query", "card_id"),
    [
        ("juniors ignore our intranet", "RM-052"),
        ("understand why juniors ignore our internal channels", "RM-052"),
        ("nobody tells me bad news", "RM-019"),
        ("confidentiality agreement", "RM-010"),
        ("why do young talents leave the company", "RM-053"),
        ("our brand on social media", "RM-051"),
        ("practise a difficult conversation", "RM-029"),
        ("measure whether the programme works", "RM-061"),
        ("my e-mails sound harsh", "RM-057"),
    ],
)
def test_the_shipped_cards_answer_what_executives_ask(
    query: str, card_id: str, shipped, embedder, real_cache, no_network
) -> None:
    index = HybridKnowledgeIndex(shipped, embedder, real_cache)
    assert card_id in [hit.card.id for hit in index.search(query, 3)]
    assert index.dense_available


@pytest.fixture(scope="module")
def real_cache() -> FakeVectorCache:
    return FakeVectorCache()


def test_the_shipped_cards_answer_by_words_alone(shipped, fake_embedder: FakeEmbedder, cache: FakeVectorCache) -> None:
    fake_embedder.broken = True
    index = HybridKnowledgeIndex(shipped, fake_embedder, cache)
    hits = index.search("What do we keep confidential between the two of us?", 5)
    assert len(hits) == 5
    speaking = index.search("silence", 3, where=lambda card: card.topic is Topic.SPEAKING_UP)
    assert {hit.card.topic for hit in speaking} == {Topic.SPEAKING_UP}
    assert not index.dense_available


def test_words_alone_load_no_model(index: HybridKnowledgeIndex, fake_embedder: FakeEmbedder) -> None:
    assert [hit.card.id for hit in index.search("meetings", dense=False)] == ["RM-001", "RM-002"]
    assert fake_embedder.seen == []
    assert index.dense_available
