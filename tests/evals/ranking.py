"""How good a ranking is, and how sure one can be of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

CUT = 10
_RESAMPLES = 1_000


class Quality(NamedTuple):
    """One value per query, for the queries that have an answer at all."""

    ndcg: Any
    recall: Any
    """Relevant ones among the first ten, of as many as ten places can hold."""
    mrr: Any


def rank(gains: Any, scores: Any) -> Quality:
    """Compare scores, shape (queries, answers), with what each answer is worth; equal scores are put in a fixed order.

    nDCG@10 with the gain itself as relevance, recall@10 and the reciprocal rank of the first relevant answer.
    """
    shuffled = np.random.default_rng(7).permutation(scores.shape[1])
    gains, scores = gains[:, shuffled], scores[:, shuffled]
    order = np.argsort(-scores, axis=1, kind="stable")
    found = np.take_along_axis(gains, order, axis=1)
    discount = 1 / np.log2(np.arange(2, CUT + 2))
    ideal = -np.sort(-gains, axis=1)[:, :CUT]
    answered = gains.max(axis=1) > 0
    width = min(CUT, gains.shape[1])
    ndcg = (found[:, :width] * discount[:width]).sum(1) / np.maximum((ideal * discount[:width]).sum(1), 1e-12)
    recall = (found[:, :width] > 0).sum(1) / np.clip((gains > 0).sum(1), 1, CUT)
    mrr = np.where(answered, 1 / (1 + (found > 0).argmax(axis=1)), 0)
    return Quality(ndcg[answered], recall[answered], mrr[answered])


def together(parts: list[Quality]) -> Quality:
    """The queries of several simulations as one."""
    return Quality(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def interval(values: Any) -> tuple[float, float, float]:
    """Mean, and the ends of its 95 % interval by bootstrap."""
    draw = np.random.default_rng(2_026)
    means = [values[draw.integers(len(values), size=len(values))].mean() for _ in range(_RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(values.mean()), float(low), float(high)
