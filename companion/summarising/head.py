"""A light head on the embeddings: kernel ridge regression, trained in seconds, with an exact look at its own errors.

A statement is compared with every example: by meaning (cosine, and its square, which lets near examples count for
more), by words and pairs of words, and by the words that point to a theme. How much each example says about each theme
is solved in closed form; so is what the head would have said of an example it had not seen, which is what the
thresholds are chosen on (leave-one-out; see Rifkin and Lippert, "Notes on Regularized Least Squares", MIT 2007).
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from companion.domain.summaries import Polarity
from companion.domain.words import rarity, stem, words
from companion.errors import SearchError
from companion.summarising.examples import Tone, TrainingData

FORMAT = 2
WORDS_WEIGHT = 1.0
CUES_WEIGHT = 0.01
TONE_WEIGHT = 0.05
CONSTANT = 1.0
RIDGE = 1.0
MOST_CUES = 3
"""More words that point to one theme do not count."""
NEGATED_WORDS = 4
"""So many words behind a "not" are meant the other way round."""
ALSO = 0.15
"""A second theme must be so far over its threshold."""
COMMON = 0.5
"""So far the threshold of a theme is moved to the mean of all: its own examples are few and follow chance."""
MOST_THEMES = 3
LEAST_EXAMPLES = 2
"""A word that fewer examples use says nothing."""
STEPS = np.linspace(-1, 1, 101)
"""Thresholds that are tried."""


@dataclass(frozen=True)
class Head:
    """What was learned. `vectors` are the examples', so that it works with the embedding model they come from only."""

    model_id: str
    data_digest: str
    classes: tuple[str, ...]
    vectors: Any
    """Shape (examples, dimension), float32."""
    weights: Any
    """Shape (examples, classes + 2): what each example says about each class, then about polarity (negative to
    positive), and last about having none."""
    vocabulary: tuple[str, ...]
    idf: Any
    word_weights: Any
    """Shape (words + classes + 3, classes + 2): the same for words, cues and tone, summed over the examples."""
    thresholds: Any
    """Per class: from which score on a statement is about it."""
    floor: float
    """How far below its threshold the best class may be before a statement is "other"."""
    cut: float
    """Scores of polarity below it are negative."""
    neutral: float
    """From which score on a statement has no polarity."""

    @property
    def digest(self) -> str:
        """12 digits of the SHA-256 of everything that decides a score: model, data, and how it is learned."""
        learned = (FORMAT, WORDS_WEIGHT, CUES_WEIGHT, TONE_WEIGHT, CONSTANT, RIDGE, COMMON)
        return hashlib.sha256(repr((self.model_id, self.data_digest, learned)).encode()).hexdigest()[:12]


def train(data: TrainingData, vectors: Any, model_id: str) -> Head:
    """Learn from the examples; `vectors` are theirs, shape (examples, dimension)."""
    texts = [example.text for example in data.examples]
    vocabulary, idf = _vocabulary(texts, data.tone)
    side = _side_features(texts, vocabulary, idf, data)
    vectors = np.asarray(vectors, dtype=np.float64)
    alike = vectors @ vectors.T
    kernel = alike + alike**2 + side.astype(np.float64) @ side.T.astype(np.float64) + CONSTANT
    targets = _targets(data)
    solved = np.linalg.inv(kernel + RIDGE * np.eye(len(texts)))
    weights = solved @ targets
    unseen = targets - weights / np.diag(solved)[:, None]
    wanted = targets[:, :-2] > 0
    decided = targets[:, -2] != 0
    thresholds = np.array([_best_threshold(unseen[:, k], wanted[:, k]) for k in range(len(data.classes))])
    thresholds[:-2] += COMMON * (thresholds[:-2].mean() - thresholds[:-2])
    return Head(
        model_id,
        data.digest,
        data.classes,
        vectors.astype(np.float32),
        weights.astype(np.float32),
        vocabulary,
        idf.astype(np.float32),
        (side.T @ weights).astype(np.float32),
        thresholds.astype(np.float32),
        _best_floor(unseen[:, :-2] - thresholds, wanted),
        _best_cut(unseen[decided, -2], targets[decided, -2] > 0),
        _best_threshold(unseen[:, -1], targets[:, -1] > 0),
    )


def scores(head: Head, data: TrainingData, texts: Sequence[str], vectors: Any) -> Any:
    """Shape (texts, classes + 2): one score per class, then that of polarity, then that of having none."""
    alike = np.asarray(vectors, dtype=np.float32) @ head.vectors.T
    side = _side_features(texts, head.vocabulary, head.idf, data)
    return (alike + alike**2) @ head.weights + side @ head.word_weights + CONSTANT * head.weights.sum(axis=0)


def chosen(head: Head, margins: Any) -> list[str]:
    """The classes of one statement by its margins over the thresholds, the surest first.

    Special classes stand alone, and only where nothing else is as sure. A statement of which nothing is sure is about
    the likeliest theme if that is close, and else "other".
    """
    themes = len(head.classes) - 2
    order = [int(k) for k in np.argsort(-margins, kind="stable")]
    if order[0] >= themes:
        return [head.classes[order[0]]]
    sure = [k for k in order if k < themes and margins[k] >= 0]
    if sure:
        return [head.classes[k] for place, k in enumerate(sure) if not place or margins[k] >= ALSO][:MOST_THEMES]
    return [head.classes[order[0]] if margins[order[0]] >= -head.floor else head.classes[-1]]


def save(head: Head, path: Path) -> None:
    """Write a head; the same head gives the same bytes. The vectors are rounded to bytes."""
    # A power of two, so that what is read back is written the same again.
    step = 2.0 ** math.ceil(math.log2(max(float(np.abs(head.vectors).max()), 1e-6) / 127))
    about = {
        "format": FORMAT,
        "model_id": head.model_id,
        "data_digest": head.data_digest,
        "classes": head.classes,
        "vocabulary": head.vocabulary,
        "floor": head.floor,
        "cut": head.cut,
        "neutral": head.neutral,
        "step": step,
    }
    arrays = {
        "vectors": np.rint(head.vectors / step).astype(np.int8),
        "weights": head.weights,
        "idf": head.idf,
        "word_weights": head.word_weights.astype(np.float16),
        "thresholds": head.thresholds,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("about.json"), json.dumps(about))
        for name, array in arrays.items():
            raw = io.BytesIO()
            np.save(raw, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), raw.getvalue(), zipfile.ZIP_DEFLATED)


def load(path: Path) -> Head:
    """Read a head. Raises SearchError for a file that is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            about = json.loads(archive.read("about.json"))
            arrays = {
                name: np.load(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False).astype(np.float32)
                for name in ("vectors", "weights", "idf", "word_weights", "thresholds")
            }
        if about["format"] != FORMAT:
            raise ValueError(f"format {about['format']}")
        arrays["vectors"] *= np.float32(about["step"])
        return Head(
            model_id=about["model_id"],
            data_digest=about["data_digest"],
            classes=tuple(about["classes"]),
            vocabulary=tuple(about["vocabulary"]),
            floor=about["floor"],
            cut=about["cut"],
            neutral=about["neutral"],
            **arrays,
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile) as error:
        raise SearchError(f"{path} is not a trained head: {error}.", "Delete it; it is made again.") from error


def _targets(data: TrainingData) -> Any:
    """1 or -1 for each example and class, then its polarity as -1, 0 or 1, then 1 or -1 for having none."""
    signs = {Polarity.POSITIVE: 1.0, Polarity.NEGATIVE: -1.0}
    return np.array(
        [
            [1.0 if name in example.themes else -1.0 for name in data.classes]
            + [signs.get(example.polarity, 0.0), 1.0 if example.polarity is Polarity.NEUTRAL else -1.0]
            for example in data.examples
        ]
    )


def _stems(text: str) -> list[str]:
    return [stem(word) for word in words(text)]


def _terms(text: str, tone: Tone) -> list[str]:
    """Words, pairs of words, and words behind a "not"."""
    said = _stems(text)
    turned = [f"not {one}" for one, negated in zip(said, _negated(text, tone), strict=True) if negated]
    return [*said, *(f"{a} {b}" for a, b in pairwise(said)), *turned]


def _negated(text: str, tone: Tone) -> list[bool]:
    """For each word whether a "not" stands shortly before it."""
    negators = [tone.negates(word) for word in words(text)]
    return [any(negators[max(0, place - NEGATED_WORDS) : place]) for place in range(len(negators))]


def _vocabulary(texts: Sequence[str], tone: Tone) -> tuple[tuple[str, ...], Any]:
    rare = rarity([_terms(text, tone) for text in texts], LEAST_EXAMPLES)
    return tuple(rare), np.array(list(rare.values()))


def _side_features(texts: Sequence[str], vocabulary: Sequence[str], idf: Any, data: TrainingData) -> Any:
    """Words (TF-IDF, length 1), how many words point to each class, and the tone, each with its weight."""
    places = {term: place for place, term in enumerate(vocabulary)}
    size = len(vocabulary)
    features = np.zeros((len(texts), size + len(data.classes) + 3), dtype=np.float32)
    for row, text in enumerate(texts):
        for term, count in Counter(_terms(text, data.tone)).items():
            if (place := places.get(term)) is not None:
                features[row, place] = (1 + math.log(count)) * idf[place]
        said = set(_stems(text))
        for k, name in enumerate(data.classes):
            features[row, size + k] = min(len(said & data.cues[name]), MOST_CUES)
        features[row, -3:] = _tone(text, data.tone)
    lengths = np.linalg.norm(features[:, :size], axis=1, keepdims=True)
    features[:, :size] *= math.sqrt(WORDS_WEIGHT) / np.where(lengths, lengths, 1)
    features[:, size:-3] *= math.sqrt(CUES_WEIGHT)
    features[:, -3:] *= math.sqrt(TONE_WEIGHT)
    return features


def _tone(text: str, tone: Tone) -> tuple[float, float, float]:
    """How much praise, how much complaint and how many negations; "not bad" is half a praise."""
    praise = complaint = negations = 0.0
    for word, negated in zip(words(text), _negated(text, tone), strict=True):
        if tone.negates(word):
            negations += 1
        elif stem(word) in tone.praise:
            praise, complaint = (praise, complaint + 1) if negated else (praise + 1, complaint)
        elif stem(word) in tone.complaint:
            praise, complaint = (praise + 0.5, complaint) if negated else (praise, complaint + 1)
    return min(praise, MOST_CUES), min(complaint, MOST_CUES), min(negations, 2)


def _f1(said: Any, wanted: Any) -> float:
    return float(2 * (said & wanted).sum() / max(1, said.sum() + wanted.sum()))


def _best_threshold(unseen: Any, wanted: Any) -> float:
    """The middle of the thresholds that tell best; a single best one would follow chance."""
    found = np.array([_f1(unseen >= step, wanted) for step in STEPS])
    return float(STEPS[found >= found.max() - 0.01].mean())


def _best_floor(margins: Any, wanted: Any) -> float:
    """How far below all thresholds the likeliest class is still right more often than "other" would be."""
    none = margins.max(axis=1) < 0
    best = margins.argmax(axis=1)
    rows = np.arange(len(margins))
    right = wanted[rows, best]
    last = margins.shape[1] - 1
    found = []
    for step in np.linspace(0, 1, 51):
        near = none & (margins.max(axis=1) >= -step)
        found.append((float((right & near).sum() + (wanted[:, last] & none & ~near).sum()), -step))
    return float(-max(found)[1])


def _best_cut(unseen: Any, positive: Any) -> float:
    """The middle of the cuts that put most examples on their side."""
    found = np.array([float(((unseen > step) == positive).mean()) for step in STEPS])
    return float(STEPS[found >= found.max() - 0.005].mean())
