"""A need leads to the card whose wordings it is near to, with and without an embedding model."""

from __future__ import annotations

import pytest
from factories import a_card
from search_fakes import FakeEmbedder, FakeVectorCache

from companion.domain.card_fit import cards_about, cards_near
from companion.domain.cards import Topic
from companion.search.knowledge import HybridKnowledgeIndex

CHAT = a_card("RM-101", title="Chat", asked_as=("move the team to chat", "answer faster", "less mail"))
QUIET = a_card("RM-102", title="Quiet", asked_as=("why nobody speaks up", "hear bad news", "silent meetings"))
RULES = a_card("RM-103", title="Rules", topic=Topic.CONTRACT, asked_as=("agree on rules", "set limits", "no surprises"))
PLAIN = a_card("RM-104", title="Cooking soup", when_to_use="When somebody is hungry at noon.", asked_as=())
SHELF = (CHAT, QUIET, RULES, PLAIN)


@pytest.fixture
def index(fake_embedder: FakeEmbedder, cache: FakeVectorCache) -> HybridKnowledgeIndex:
    return HybridKnowledgeIndex(SHELF, fake_embedder, cache)


def test_the_card_with_the_nearest_wording_comes_first(index: HybridKnowledgeIndex) -> None:
    fits = index.fits("why nobody speaks up")
    assert fits[0].card == QUIET
    assert [fit.card for fit in fits if fit.card == RULES] == [RULES], "every card takes part"
    assert cards_about("why nobody speaks up", fits) == {"RM-102"}
    assert cards_about("why nobody speaks up", fits) <= cards_near(fits)


def test_a_card_without_wordings_is_found_by_its_title(index: HybridKnowledgeIndex) -> None:
    assert index.fits("cooking soup")[0].card == PLAIN


def test_ground_rules_are_about_no_need(index: HybridKnowledgeIndex) -> None:
    fits = index.fits("agree on rules")
    assert fits[0].card == RULES
    assert "RM-103" not in cards_about("agree on rules", fits) | cards_near(fits)


def test_what_stands_beside_tips_the_balance_and_makes_no_card_fit(index: HybridKnowledgeIndex) -> None:
    alone, beside = index.fits("xyzzy"), index.fits("xyzzy", ["less mail"])
    assert beside[0].card == CHAT
    relevance = {fit.card.id: fit.relevance for fit in alone}
    assert {fit.card.id: fit.relevance for fit in beside} == relevance


def test_a_filter_and_nothing_asked(index: HybridKnowledgeIndex) -> None:
    assert [fit.card.id for fit in index.fits("chat", where=lambda card: card.id == "RM-104")] == ["RM-104"]
    assert index.fits("  ") == []
    assert cards_about("", []) == cards_near([]) == frozenset()


@pytest.mark.parametrize("need", ["👍👍👍", "'", "[/]x", "how do you do it"])
def test_what_names_no_subject_is_about_no_card(index: HybridKnowledgeIndex, need: str) -> None:
    fits = index.fits(need)
    assert fits
    assert cards_about(need, fits) == cards_near(fits) == frozenset()


def test_without_a_model_words_alone_decide(index: HybridKnowledgeIndex, fake_embedder: FakeEmbedder) -> None:
    fake_embedder.broken = True
    fits = index.fits("bad news, please")
    assert fits[0].card == QUIET
    assert all(fit.relevance is None for fit in fits)
    assert cards_about("bad news, please", fits) == {"RM-102"}
    assert cards_near(fits) == frozenset()


@pytest.mark.parametrize("need", ["[/]x", "<script>", "x" * 10_000, "😀", "\u202eabc", "نعم"])
def test_any_text_is_a_need(index: HybridKnowledgeIndex, need: str) -> None:
    assert len(index.fits(need, [need])) == len(SHELF)
