from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.matching.calibration import (
    CLOSE,
    RELATED,
    calibrate,
    cross_cosines,
    fit_at,
    from_unrelated,
)
from companion.matching.reference import UNRELATED_STATEMENTS

NORMAL = np.random.default_rng(1).normal(0.3, 0.1, size=20_000)


def test_percentiles_are_the_share_of_unrelated_pairs_less_alike() -> None:
    scale = from_unrelated(NORMAL)

    for share in (0.5, 0.8, 0.9, 0.95, 0.99):
        assert scale.percentile(float(np.quantile(NORMAL, share))) == pytest.approx(share, abs=0.01)


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_more_alike_never_fits_less(one: float, other: float) -> None:
    low, high = sorted((one, other))
    scale = from_unrelated(NORMAL)

    assert 0 <= float(scale.fit(low)) <= float(scale.fit(high)) <= 1
    assert 0 <= scale.percentile(low) <= scale.percentile(high) < 1


def test_words_follow_the_percentile() -> None:
    scale = from_unrelated(NORMAL)
    words = {scale.word(cosine): scale.percentile(cosine) for cosine in np.linspace(1, -1, 2001)}

    assert words["close"] == pytest.approx(CLOSE, abs=0.001)
    assert words["related"] == pytest.approx(RELATED, abs=0.001)
    assert fit_at(0.99) == pytest.approx(2 / 12)


def test_the_upper_half_tells_apart_what_rarity_cannot() -> None:
    scale = from_unrelated(0.05 + 0.07 * np.random.default_rng(1).normal(size=20_000))
    once_in_a_million = scale.cosine_at(1 - 1e-6)

    assert float(scale.fit(once_in_a_million)) == pytest.approx(0.5)
    assert float(scale.fit((once_in_a_million + 0.93) / 2)) == pytest.approx(0.75, abs=0.01)
    assert float(scale.fit(1.0)) == float(scale.moved(np.full(9_000, 0.9)).fit(1.0)) == 1.0
    assert float(scale.fit(0.95)) > 2 * float(scale.fit(0.4)), "one need met exactly outweighs two half met"


def test_the_cosine_of_a_share_is_found_again() -> None:
    scale = from_unrelated(NORMAL)

    for share in (0.5, 0.9, RELATED, CLOSE):
        assert scale.percentile(scale.cosine_at(share)) == pytest.approx(share)


def test_the_same_model_on_another_scale_says_the_same() -> None:
    squeezed = from_unrelated(0.75 + NORMAL / 10)
    plain = from_unrelated(NORMAL)

    for cosine in (0.2, 0.4, 0.5, 0.6, 0.7):
        assert squeezed.percentile(0.75 + cosine / 10) == pytest.approx(plain.percentile(cosine), abs=1e-6)


def test_a_cohort_moves_the_middle_with_its_size_and_by_one_spread_at_most() -> None:
    scale = from_unrelated(NORMAL)

    few = scale.moved(np.full(10, scale.median + 0.05))
    many = scale.moved(np.full(5_000, scale.median + 0.05))
    assert scale.median < few.median < many.median < scale.median + 0.05
    assert scale.moved(np.full(5_000, 0.9)).median == pytest.approx(scale.median + scale.spread)
    assert scale.moved(np.array([])) is scale


def test_a_model_for_which_all_texts_are_equal_is_survived() -> None:
    scale = from_unrelated(np.ones(100))

    assert np.isfinite(scale.fit(np.array([-1.0, 0.0, 1.0]))).all()


def test_a_sample_of_pairs_is_the_same_every_time() -> None:
    draw = np.random.default_rng(3)
    one, other = (draw.normal(size=(size, 8)).astype(np.float32) for size in (300, 200))

    assert len(cross_cosines(one, other)) == 20_000
    assert (cross_cosines(one, other) == cross_cosines(one, other)).all()
    assert len(cross_cosines(one[:20], other[:30])) == 600


def test_the_reference_statements_differ() -> None:
    assert len({text.casefold() for text in UNRELATED_STATEMENTS}) == len(UNRELATED_STATEMENTS) == 80


@pytest.mark.embedder
def test_the_figures_in_the_docstring_are_those_of_the_model_that_ships(real_vectors: Callable[..., Any]) -> None:
    scale = calibrate(real_vectors)

    assert scale.median == pytest.approx(0.053, abs=0.005)
    assert scale.spread == pytest.approx(0.069, abs=0.005)
    for cosine, share in ((0.22, 1 / 20), (0.29, 1 / 100), (0.39, 1 / 1_000)):
        assert 1 - scale.percentile(cosine) == pytest.approx(share, rel=0.25)
