"""What judged needs teach: the reader that ships comes from them, speaks of its own cards only, and in English."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from factories import a_card
from search_fakes import FakeEmbedder, FakeVectorCache

from companion.domain.card_fit import CardFit, cards_about
from companion.domain.cards import Card
from companion.lora.adapter import STEEPNESS, Adapter, load
from companion.paths import knowledge_dir, models_dir
from companion.search.card_reader import LANGUAGES, READER, CardReader
from companion.search.cards import load_cards
from companion.search.knowledge import HybridKnowledgeIndex
from companion.search.needs import JudgedNeed, load_needs
from companion.search.onnx_embedder import OnnxEmbedder

BOAT = a_card("RM-101", title="Boats", asked_as=("sail a boat", "row across the lake"))
BREAD = a_card("RM-102", title="Bread", asked_as=("bake a loaf", "knead the dough"))
OWN = a_card("RM-103", title="Ours", asked_as=("our own oven", "the oven downstairs"))
NEED = "so much yeast"


def a_reader(embedder: FakeEmbedder, *, without: tuple[str, ...] = ()) -> CardReader:
    """Finds bread in what is like "yeast", and boats in nothing."""
    yeast = embedder.embed(["yeast"])[0]
    weights = np.stack([np.zeros_like(yeast), yeast * 10], axis=1) / STEEPNESS
    adapter = Adapter("", ("RM-101", "RM-102"), {}, weights, np.array([-4.0, -4.0]))
    return CardReader(adapter, embedder, FakeVectorCache(), without)


def by_id(fits: list[CardFit]) -> dict[str, float | None]:
    return {fit.card.id: fit.relevance for fit in fits}


def test_a_need_finds_the_card_that_the_reader_knows_for_it(fake_embedder: FakeEmbedder) -> None:
    def found(reader: CardReader | None) -> list[CardFit]:
        return HybridKnowledgeIndex((BOAT, BREAD), fake_embedder, FakeVectorCache(), reader).fits(NEED)

    read, compared = found(a_reader(fake_embedder)), found(None)
    assert read[0].card == BREAD
    assert by_id(read)["RM-102"] > 0.5 > by_id(compared)["RM-102"]
    assert cards_about(NEED, read) == {"RM-102"}
    assert cards_about(NEED, compared) == frozenset()


def test_cards_that_it_was_not_taught_are_judged_by_their_wordings(fake_embedder: FakeEmbedder) -> None:
    shelf = (BOAT, BREAD, OWN)
    index = HybridKnowledgeIndex(shelf, fake_embedder, FakeVectorCache(), a_reader(fake_embedder))
    compared = HybridKnowledgeIndex(shelf, fake_embedder, FakeVectorCache())
    need = "the oven downstairs"
    assert by_id(index.fits(need))["RM-103"] == by_id(compared.fits(need))["RM-103"]
    assert index.fits(need)[0].card == OWN
    assert cards_about(need, index.fits(need)) == {"RM-103"}
    replaced = a_reader(fake_embedder, without=("RM-102",))
    assert replaced.cards == ("RM-101",)
    index = HybridKnowledgeIndex(shelf, fake_embedder, FakeVectorCache(), replaced)
    assert by_id(index.fits(NEED))["RM-102"] == by_id(compared.fits(NEED))["RM-102"]


def test_a_need_in_another_language_is_compared(fake_embedder: FakeEmbedder) -> None:
    need = "chcę piec chleb i nie wiem jak to jest z yeast"
    index = HybridKnowledgeIndex((BOAT, BREAD), fake_embedder, FakeVectorCache(), a_reader(fake_embedder))
    assert index.fits(need) == HybridKnowledgeIndex((BOAT, BREAD), fake_embedder, FakeVectorCache()).fits(need)


def test_a_reader_that_fails_leaves_words(fake_embedder: FakeEmbedder) -> None:
    other = FakeEmbedder()
    index = HybridKnowledgeIndex((BOAT, BREAD), fake_embedder, FakeVectorCache(), a_reader(other))
    other.broken = True
    assert by_id(index.fits("bake a loaf")) == {"RM-101": None, "RM-102": None}
    assert index.problem is not None


@pytest.mark.parametrize("need", ["[/]x", "<script>", "x" * 10_000, "😀", "\u202eabc", "نعم"])
def test_any_text_is_read(fake_embedder: FakeEmbedder, need: str) -> None:
    index = HybridKnowledgeIndex((BOAT, BREAD), fake_embedder, FakeVectorCache(), a_reader(fake_embedder))
    assert all(fit.relevance is None or 0 <= fit.relevance <= 1 for fit in index.fits(need))


@pytest.fixture(scope="module")
def shipped() -> tuple[Card, ...]:
    return load_cards(knowledge_dir())


def test_what_ships_was_learned_from_the_needs_and_cards_that_ship(shipped: tuple[Card, ...]) -> None:
    from companion.search import fit_cards

    cards, adapter = fit_cards.taught(shipped), load(READER)
    digest = fit_cards.digest_of(cards, load_needs(knowledge_dir()))
    assert adapter.data_digest == digest, "run python -m companion.search.fit_cards"
    assert adapter.classes == tuple(card.id for card in cards)
    assert {one.language for one in load_needs(knowledge_dir())} == LANGUAGES
    assert READER.stat().st_size < 2e6


@pytest.mark.embedder
def test_the_same_needs_fit_the_same_and_are_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    from companion.lora.fitting import fitted
    from companion.search import fit_cards
    from companion.search.embedder import bundled_folder

    said = ("dough", "flour", "crust", "crumb", "rolls", "buns", "sour", "rye")
    needs = [JudgedNeed(need=f"too much {word} here", cards={"RM-102": 3}) for word in said]
    task = fit_cards.task([BOAT, BREAD], needs)
    one, other = (fitted(dataclasses.replace(task, epochs=8), bundled_folder()) for _ in range(2))
    assert np.array_equal(one.weights, other.weights)
    reader = CardReader(one, OnnxEmbedder(models_dir() / "embeddings", one.corrections), FakeVectorCache())
    found = reader.relevance("more wheat in the loaves")
    assert found["RM-102"] > found["RM-101"] + 0.2


@pytest.mark.embedder
def test_a_programmes_own_card_is_found_beside_those_that_needs_taught(shipped: tuple[Card, ...]) -> None:
    kestrel = a_card(
        "RM-100",
        title="Kestrel, our own assistant",
        asked_as=("try our assistant Kestrel", "what Kestrel may be told", "write reports with our own assistant"),
    )
    adapter, cache = load(READER), FakeVectorCache()
    place = models_dir() / "embeddings"
    reader = CardReader(adapter, OnnxEmbedder(place, adapter.corrections), cache)
    index = HybridKnowledgeIndex((*shipped, kestrel), OnnxEmbedder(place), cache, reader)
    need = "use Kestrel for my own reports"
    fits = index.fits(need)
    assert kestrel in [fit.card for fit in fits[:3]]
    assert "RM-100" in cards_about(need, fits)
