"""Needs find the offers that answer them: better than by words, by whole profiles and by plain cosines."""

from collections.abc import Callable, Sequence
from typing import Any

import likeness
import numpy as np
import pytest
import skills
from likeness import SentenceProgramme, cosine, need_to_offer, one_vector, ours, per_entry, programmes, single
from ranking import Quality, interval, rank

pytestmark = pytest.mark.embedder

Vectors = Callable[[Sequence[str]], Any]
SMALL = {"executives": 80, "mentors": 1_500}


def mean(quality: Quality) -> float:
    return float(quality.ndcg.mean())


def test_a_ranking_is_measured_by_what_the_first_ten_are_worth() -> None:
    worth = np.array([[3.0, 0, 1, 0], [0, 0, 0, 0], [0, 1, 0, 0]])

    perfect = rank(worth, worth)
    assert [values.tolist() for values in perfect] == [[1, 1], [1, 1], [1, 1]], "a query without an answer is left out"
    second = rank(worth[2:], np.array([[9.0, 5, 1, 1]]))
    assert second.ndcg[0] == pytest.approx(1 / np.log2(3))
    assert second.mrr[0] == 0.5
    low, high = interval(np.array([0.0, 1.0] * 50))[1:]
    assert 0.35 < low < 0.5 < high < 0.65


def test_the_halves_share_no_skill_and_no_need() -> None:
    needs = [{pair["need"] for pair in likeness.sentences(half)} for half in skills.HALVES]
    assert len(needs[0] | needs[1]) == len(needs[0]) + len(needs[1]) == len(likeness.SENTENCES) >= 120
    halves = [concept.half for concept in skills.concepts()]
    assert 0.45 < halves.count("test") / len(halves) < 0.55
    assert all(skills.concepts()[n].half == "test" for want in skills.Programme("test", 0).wanted for n in want)


def test_small_programmes_of_skills(vectors: Vectors) -> None:
    found = {
        name: mean(programmes(skills.Programme, "dev", 1, scores, **SMALL))
        for name, scores in {
            "ours": per_entry(ours(vectors)),
            "cosine": per_entry(cosine(vectors)),
            "words": per_entry(likeness.bm25),
            "facet": one_vector(vectors, whole=False),
            "whole": one_vector(vectors, whole=True),
        }.items()
    }

    assert found["ours"] >= 0.80
    assert found["ours"] >= found["cosine"] + 0.04
    assert found["ours"] >= found["words"] + 0.05


def test_sentences_are_not_worse_for_it(vectors: Vectors) -> None:
    plain, mended = (mean(need_to_offer(compare, "dev")[0]) for compare in (cosine(vectors), ours(vectors)))
    assert mended >= 0.99 * plain
    plain, mended = (
        mean(programmes(SentenceProgramme, "dev", 1, per_entry(compare), **SMALL))
        for compare in (cosine(vectors), ours(vectors))
    )
    assert mended >= plain
    plain, mended = (
        mean(programmes(SentenceProgramme, "dev", 1, per_entry(compare), executives=80, mentors=200, joined=3))
        for compare in (cosine(vectors), ours(vectors))
    )
    assert mended >= plain + 0.03, "an entry counts with its best statement"


@pytest.mark.eval
@pytest.mark.parametrize("half", skills.HALVES)
def test_the_aim_is_reached_on_either_half(vectors: Vectors, half: str) -> None:
    plain, mended = (programmes(skills.Programme, half, 3, per_entry(c)) for c in (cosine(vectors), ours(vectors)))
    assert interval(mended.ndcg)[1] >= 0.80
    assert mean(mended) >= mean(plain) + 0.05
    facet, whole = (mean(programmes(skills.Programme, half, 1, one_vector(vectors, whole=w))) for w in (False, True))
    assert mean(plain) > facet > whole
    one, other = (mean(single(compare, half, hard=False)) for compare in (cosine(vectors), ours(vectors)))
    assert other >= one - 0.002
    one, other = (mean(programmes(SentenceProgramme, half, 3, per_entry(c))) for c in (cosine(vectors), ours(vectors)))
    assert other >= one - 0.005


@pytest.mark.eval
def test_eight_bits_rank_as_well_as_the_original(vectors: Vectors) -> None:
    original = likeness.model("sentence-transformers/all-MiniLM-L6-v2")
    for compare in (cosine, ours):
        for measure in (
            lambda c: single(c, "dev", hard=False),
            lambda c: programmes(skills.Programme, "dev", 2, per_entry(c)),
        ):
            assert mean(measure(compare(vectors))) >= 0.995 * mean(measure(compare(original)))
