"""What judged needs teach: quickly with made-up vectors, and that strangers' needs are ranked better for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from factories import a_card
from search_fakes import FakeEmbedder, FakeVectorCache

from companion.domain.card_fit import CardFit, cards_about, wordings
from companion.domain.cards import Card
from companion.evaluation.agenda_scorers import ndcg
from companion.paths import knowledge_dir, models_dir
from companion.search.card_fits import CardTexts
from companion.search.card_head import CardHead, digest_of, kept, learned, save
from companion.search.cards import load_cards
from companion.search.knowledge import HybridKnowledgeIndex
from companion.search.needs import NOTHING_JUDGED, JudgedNeed, JudgedNeeds, load_needs
from companion.search.onnx_embedder import OnnxEmbedder

BOAT = a_card("RM-101", title="Boats", asked_as=("sail a boat", "row across the lake"))
BREAD = a_card("RM-102", title="Bread", asked_as=("bake a loaf", "knead the dough"))
OWN = a_card("RM-103", title="Ours", asked_as=("our own oven", "the oven downstairs"))
NEEDS = (
    JudgedNeed(need="the kitchen smells of yeast", cards={"RM-102": 3}),
    JudgedNeed(need="yeast in the kitchen", cards={"RM-102": 2, "RM-101": 1}),
    JudgedNeed(need="an oven for the kitchen", cards={"RM-102": 3}),
)
BOTH = frozenset({"RM-101", "RM-102"})


def head(cards: tuple[Card, ...], judged: JudgedNeeds, embedder: FakeEmbedder) -> CardHead:
    stated = [text for card in cards for text in wordings(card)]
    needs = [one.need for one in judged.needs]
    digest = digest_of(cards, judged, embedder.model_id)
    return learned(cards, judged, embedder.embed(needs), embedder.embed(stated), digest)


def scores(one: CardHead, need: str, embedder: FakeEmbedder) -> list[float]:
    return one.scores(need, embedder.embed([need])[0]).tolist()


def test_a_judged_need_leads_to_its_card_in_words_that_no_wording_has(fake_embedder: FakeEmbedder) -> None:
    cards = (BOAT, BREAD)
    taught = head(cards, JudgedNeeds(NEEDS, BOTH), fake_embedder)
    boat, bread = scores(taught, "so much yeast", fake_embedder)
    _, before = scores(head(cards, NOTHING_JUDGED, fake_embedder), "so much yeast", fake_embedder)
    assert bread > boat
    assert bread > before + 0.1


def test_wordings_teach_too(fake_embedder: FakeEmbedder) -> None:
    boat, bread = scores(head((BOAT, BREAD), NOTHING_JUDGED, fake_embedder), "sail a boat", fake_embedder)
    assert boat > bread + 0.1


def test_needs_that_were_judged_without_a_card_do_not_speak_against_it(fake_embedder: FakeEmbedder) -> None:
    cards = (BOAT, BREAD, OWN)
    need = "an oven for the kitchen"
    apart = scores(head(cards, JudgedNeeds(NEEDS, BOTH), fake_embedder), need, fake_embedder)
    against = scores(head(cards, JudgedNeeds(NEEDS, BOTH | {"RM-103"}), fake_embedder), need, fake_embedder)
    assert apart[2] > against[2] + 0.01
    assert apart[:2] == pytest.approx(against[:2], abs=1e-5)


def test_no_card_at_all_and_any_text(fake_embedder: FakeEmbedder) -> None:
    texts = CardTexts((), NOTHING_JUDGED)
    assert texts.fits("x", [], None) == []
    taught = head((BOAT, BREAD), JudgedNeeds(NEEDS, BOTH), fake_embedder)
    for need in ("", "😀", "[/]x", "<script>", "\u202eabc", "x" * 10_000, "yeast " * 10_000):
        assert np.isfinite(scores(taught, need, fake_embedder)).all()


def test_what_was_learned_is_kept_until_something_changes(tmp_path: Path, fake_embedder: FakeEmbedder) -> None:
    path = tmp_path / "heads" / "cards-fake.npz"

    def found(*cards: Card, needs: tuple[JudgedNeed, ...] = NEEDS) -> tuple[list[CardFit], int]:
        before = len(fake_embedder.seen)
        texts = CardTexts(cards, JudgedNeeds(needs, BOTH))
        texts.learn(fake_embedder.model_id, fake_embedder.embed, path)
        need = "so much yeast"
        fits = texts.fits(need, [], fake_embedder.embed([need]))
        return fits, sum(text in texts.needs for text in fake_embedder.seen[before:])

    first, asked = found(BOAT, BREAD)
    assert asked == len(NEEDS)
    written = path.read_bytes()
    assert found(BOAT, BREAD) == (first, 0), "kept"
    for cards, needs in (((BOAT, BREAD, OWN), NEEDS), ((BOAT, BREAD), NEEDS[:2])):
        assert found(*cards, needs=needs)[1] == len(needs), "learned anew"
    assert found(BOAT, BREAD)[1] == len(NEEDS)
    for damaged in (b"", b"PK", written[:500], written[:-40]):
        path.write_bytes(damaged)
        assert found(BOAT, BREAD)[0] == first
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_where_nothing_can_be_kept_it_is_learned_all_the_same(tmp_path: Path, fake_embedder: FakeEmbedder) -> None:
    in_the_way = tmp_path / "heads"
    in_the_way.write_text("a file")
    texts = CardTexts((BOAT, BREAD), JudgedNeeds(NEEDS, BOTH))
    texts.learn(fake_embedder.model_id, fake_embedder.embed, in_the_way / "cards-fake.npz")
    assert texts.ready


def test_a_kept_head_scores_as_before(tmp_path: Path, fake_embedder: FakeEmbedder) -> None:
    one = head((BOAT, BREAD), JudgedNeeds(NEEDS, BOTH), fake_embedder)
    save(one, tmp_path / "one.npz")
    again = kept(tmp_path / "one.npz", one.learned_from)
    assert again is not None
    assert scores(again, "yeast on a boat", fake_embedder) == scores(one, "yeast on a boat", fake_embedder)
    assert kept(tmp_path / "one.npz", "something else") is None


@pytest.fixture(scope="module")
def shipped() -> tuple[Card, ...]:
    return load_cards(knowledge_dir())


@pytest.mark.embedder
def test_needs_it_has_not_seen_are_ranked_better(shipped: tuple[Card, ...]) -> None:
    """One half teaches, the other asks: the halves are far apart in the file, and most of each by another author."""
    ids = [card.id for card in shipped]
    needs = load_needs(knowledge_dir(), ids).needs
    teaching, asking = needs[: len(needs) // 2], needs[len(needs) // 2 :: 4]
    embedder = OnnxEmbedder(models_dir() / "embeddings")
    queries = embedder.embed([one.need for one in asking])

    def quality(judged: JudgedNeeds) -> float:
        texts = CardTexts([card for card in shipped if card.blocks and not card.opt_in], judged)
        texts.learn(embedder.model_id, embedder.embed, None)
        found = [texts.fits(one.need, [], [query]) for one, query in zip(asking, queries, strict=True)]
        ranked = [[fit.card.id for fit in fits] for fits in found]
        return float(np.mean([ndcg(order, one.cards) for order, one in zip(ranked, asking, strict=True)]))

    taught, untaught = quality(JudgedNeeds(teaching, frozenset(ids))), quality(NOTHING_JUDGED)
    print(f"nDCG@3 {untaught:.3f} without judged needs, {taught:.3f} with them")
    assert taught >= 0.45
    assert taught >= untaught + 0.04


@pytest.mark.embedder
def test_a_programmes_own_card_is_found_beside_those_that_needs_taught(shipped: tuple[Card, ...]) -> None:
    kestrel = a_card(
        "RM-100",
        title="Kestrel, our own assistant",
        asked_as=("try our assistant Kestrel", "what Kestrel may be told", "write reports with our own assistant"),
    )
    judged = load_needs(knowledge_dir(), {card.id for card in shipped})
    embedder = OnnxEmbedder(models_dir() / "embeddings")
    index = HybridKnowledgeIndex((*shipped, kestrel), embedder, FakeVectorCache(), judged)
    need = "use Kestrel for my own reports"
    fits = index.fits(need)
    assert fits[0].card == kestrel
    assert "RM-100" in cards_about(need, fits)
