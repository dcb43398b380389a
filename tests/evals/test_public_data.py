"""Public texts: the protocol is sound, and, with `-m eval`, what is known about them holds."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import public_data
import pytest
from keyword_summaries import KeywordSummaries
from public_data import (
    Answered,
    Consultation,
    NotThere,
    abstention,
    clear_sentences,
    consultation,
    features,
    learned_f1,
    logistic_head,
    micro_f1,
    nearest_themes,
    polarities,
    review_sentences,
    vader_scores,
)

SENTENCES = [("Great.", True), ("Awful.", False), ("It broke.", False), ("I like it.", True)]


def test_the_rulers_agree_with_a_count_by_hand() -> None:
    gold = np.array([[1, 0, 1], [0, 1, 0]])
    assert micro_f1(gold, gold) == 1
    assert micro_f1(gold, np.array([[1, 0, 0], [0, 1, 1]])) == pytest.approx(2 * 2 / (3 + 3))
    assert micro_f1(gold, np.zeros((2, 3), dtype=int)) == 0


def test_the_curve_answers_the_surest_first_and_skips_what_has_no_sign() -> None:
    found = abstention([0.9, -0.8, 0.1, 0.0], SENTENCES, shares=(1, 0.5))
    assert found == [Answered(1, pytest.approx(2 / 3)), Answered(0.5, 1.0)]


def test_a_coder_that_only_knows_ratings_answers_nothing() -> None:
    assert polarities(KeywordSummaries(), SENTENCES) == (None, 0)


def test_a_learner_never_sees_what_it_is_asked() -> None:
    seen_rows: list[set[float]] = []

    def spy(seen: Any, labels: Any, unseen: Any) -> Any:
        seen_rows.append(set(seen[:, 0]) & set(unseen[:, 0]))
        return np.zeros((len(unseen), labels.shape[1]), dtype=int)

    data = Consultation(tuple("abcdefghij"), ("x", "y"), np.eye(2, dtype=int)[[0, 1] * 5])
    found = learned_f1(data, np.arange(10.0).reshape(10, 1), spy, learning=6, repeats=4)
    assert seen_rows == [set()] * 4
    assert found.mean == 0


def test_both_learners_learn_what_is_easy() -> None:
    draw = np.random.default_rng(0)
    labels = np.eye(3, dtype=int)[draw.integers(0, 3, 60)]
    easy = labels + draw.normal(0, 0.1, labels.shape)
    data = Consultation(tuple(map(str, range(60))), ("x", "y", "z"), labels)
    assert learned_f1(data, easy, nearest_themes, learning=40, repeats=1).mean > 0.9
    assert learned_f1(data, easy, logistic_head, learning=40, repeats=1).mean > 0.9


def test_another_package_than_the_pinned_one_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "vaderSentiment-3.3.2.tar.gz", "w:gz") as package:
        package.addfile(tarfile.TarInfo("x"), io.BytesIO())
    with pytest.raises(NotThere, match="not the package"):
        review_sentences(tmp_path)


def test_what_cannot_be_fetched_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_data.sys, "executable", str(tmp_path / "nothing"))
    with pytest.raises(NotThere, match="could not be fetched"):
        review_sentences(tmp_path)


# With the data


@pytest.fixture(scope="module")
def answers() -> Consultation:
    try:
        return consultation()
    except NotThere as error:
        pytest.skip(str(error))


@pytest.mark.eval
@pytest.mark.embedder
def test_a_head_that_learned_beats_similarity(answers: Consultation, vectors: Callable[..., Any]) -> None:
    embedded, cosines = features(answers, vectors)
    nearest = learned_f1(answers, cosines, nearest_themes, repeats=10)
    learned = learned_f1(answers, np.hstack([embedded, cosines]), logistic_head, repeats=10)
    assert 0.35 < nearest.mean < 0.5
    assert learned.low > nearest.mean


@pytest.mark.eval
def test_the_lexicon_is_better_than_always_the_same_and_surer_is_better() -> None:
    try:
        sentences = clear_sentences()
    except NotThere as error:
        pytest.skip(str(error))
    told = abstention(vader_scores([text for text, _ in sentences]), sentences)
    assert (told[0].right or 0) > 0.75
    assert (told[-1].right or 0) > (told[0].right or 0)
