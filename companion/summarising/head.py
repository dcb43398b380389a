"""A light head on the embeddings: kernel ridge regression, trained at once, and as small with any number of examples.

A statement is compared with every example: by meaning (cosine, and its square, which lets near examples count for
more), by words and pairs of words, by the words that point to a theme, and by tone. How much each example says about
each theme is solved in closed form. Summed over the examples that is one matrix per theme and one weight per word,
which say exactly the same, so the examples need not be kept.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from companion.domain.summaries import Polarity
from companion.domain.words import rarity, stem, words
from companion.errors import SearchError
from companion.summarising.examples import Tone, TrainingData

FORMAT = 3
CUES_WEIGHT = 0.01
TONE_WEIGHT = 0.05
CONSTANT = 1.0
RIDGE = 1.0
MOST_CUES = 3
"""More words that point to one theme do not count."""
NEGATED_WORDS = 4
"""So many words behind a "not" are meant the other way round."""
ALSO = 0.0
"""From this score on a second theme is named. Of an example's own themes the target is 1, of all others -1."""
MOST_THEMES = 3
SOLVED = 1e-3
"""How exactly the examples' targets are met, as a share of their length."""
LEAST_EXAMPLES = 2
"""A word that fewer examples use says nothing."""
_ARRAYS = ("square", "linear", "term_weights", "hint_weights", "idf")


@dataclass(frozen=True)
class Head:
    """What was learned; it works with the embedding model it was trained with only.

    Outputs are one score per class, then that of polarity (negative to positive), and last that of having none.
    """

    model_id: str
    data_digest: str
    classes: tuple[str, ...]
    square: Any
    """Shape (outputs, dimension, dimension): vector . square . vector is what the squared cosines say."""
    linear: Any
    """Shape (dimension + 1, outputs): what the cosines say, and last what all examples say together."""
    vocabulary: tuple[str, ...]
    idf: Any
    term_weights: Any
    """Shape (words, outputs)."""
    hint_weights: Any
    """Shape (classes + 3, outputs): of words that point to each class, and of tone."""


def digest_of(model_id: str, data_digest: str) -> str:
    """12 digits of the SHA-256 of everything that decides a head: model, data, and how it is learned."""
    learned = (FORMAT, CUES_WEIGHT, TONE_WEIGHT, CONSTANT, RIDGE, MOST_CUES, NEGATED_WORDS, LEAST_EXAMPLES)
    return hashlib.sha256(repr((model_id, data_digest, learned)).encode()).hexdigest()[:12]


def train(data: TrainingData, vectors: Any, model_id: str) -> Head:
    """Learn from the examples; `vectors` are theirs, shape (examples, dimension)."""
    texts = [example.text for example in data.examples]
    vocabulary, idf = _vocabulary(texts, data.tone)
    used = _by_term([_terms_used(text, vocabulary, idf, data.tone) for text in texts])
    hints = _hints(texts, data)
    vectors = np.asarray(vectors, dtype=np.float32)
    kernel = vectors @ vectors.T
    kernel += kernel**2
    kernel += hints @ hints.T + np.float32(CONSTANT)
    for rows, values in used.values():
        kernel[np.ix_(rows, rows)] += np.outer(values, values)
    kernel[np.diag_indices_from(kernel)] += np.float32(RIDGE)
    # What each example says about each output.
    weights = _solved(kernel, _targets(data))
    term_weights = np.zeros((len(vocabulary), weights.shape[1]), dtype=np.float32)
    for place, (rows, values) in used.items():
        term_weights[place] = values @ weights[rows]
    return Head(
        model_id,
        data.digest,
        data.classes,
        np.stack([(vectors.T * column) @ vectors for column in weights.T]),
        np.vstack([vectors.T @ weights, CONSTANT * weights.sum(axis=0)]),
        tuple(vocabulary),
        idf,
        term_weights,
        hints.T @ weights,
    )


def _solved(matrix: Any, wanted: Any) -> Any:
    """What times `matrix` (symmetric, positive definite) gives `wanted`, column by column.

    By conjugate gradients (Hestenes and Stiefel, 1952): a factorisation would hold the matrix twice and take several
    times as long. A column of zeros is its own answer.
    """
    found = np.zeros_like(wanted)
    if not (told := wanted.any(axis=0)).all():
        found[:, told] = _solved(matrix, wanted[:, told])
        return found
    rest = wanted.copy()
    direction, length = rest.copy(), (rest**2).sum(axis=0)
    enough = SOLVED**2 * length
    while (length > enough).any():
        moved = matrix @ direction
        step = length / (direction * moved).sum(axis=0)
        found += step * direction
        rest -= step * moved
        before, length = length, (rest**2).sum(axis=0)
        direction = rest + length / before * direction
    return found


def scores(head: Head, data: TrainingData, texts: Sequence[str], vectors: Any) -> Any:
    """Shape (texts, outputs)."""
    vectors = np.asarray(vectors, dtype=np.float32)
    said = vectors @ head.linear[:-1] + head.linear[-1] + _hints(texts, data) @ head.hint_weights
    for output, square in enumerate(head.square):
        said[:, output] += ((vectors @ square) * vectors).sum(axis=1)
    places = {term: place for place, term in enumerate(head.vocabulary)}
    for row, text in enumerate(texts):
        if used := _terms_used(text, places, head.idf, data.tone):
            said[row] += np.array(list(used.values()), dtype=np.float32) @ head.term_weights[list(used)]
    return said


def chosen(classes: Sequence[str], found: Any) -> list[str]:
    """The classes of one statement by its scores, the surest first: the likeliest, and other themes that are sure.

    The two special classes, which come last, stand alone.
    """
    themes = len(classes) - 2
    first, *others = (int(k) for k in np.argsort(-found, kind="stable"))
    if first >= themes:
        return [classes[first]]
    also = [k for k in others if k < themes and found[k] >= ALSO]
    return [classes[k] for k in (first, *also)][:MOST_THEMES]


def save(head: Head, path: Path) -> None:
    """Write a head, rounded to half precision; the same head gives the same bytes."""
    about = {
        "format": FORMAT,
        "model_id": head.model_id,
        "data_digest": head.data_digest,
        "classes": head.classes,
        "vocabulary": head.vocabulary,
    }
    rows, columns = np.triu_indices(head.square.shape[1])
    arrays = {name: getattr(head, name) for name in _ARRAYS} | {"square": head.square[:, rows, columns]}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("about.json"), json.dumps(about), zipfile.ZIP_DEFLATED)
        for name, array in arrays.items():
            raw = io.BytesIO()
            np.save(raw, array.astype(np.float16), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), raw.getvalue(), zipfile.ZIP_DEFLATED)


def load(path: Path) -> Head:
    """Read a head. Raises SearchError for a file that is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            about = json.loads(archive.read("about.json"))
            if about["format"] != FORMAT:
                raise ValueError(f"format {about['format']}")
            arrays = {
                name: np.load(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False).astype(np.float32)
                for name in _ARRAYS
            }
        half = arrays["square"]
        size = len(arrays["linear"]) - 1
        arrays["square"] = np.zeros((len(half), size, size), dtype=np.float32)
        rows, columns = np.triu_indices(size)
        arrays["square"][:, rows, columns] = arrays["square"][:, columns, rows] = half
        return Head(
            model_id=about["model_id"],
            data_digest=about["data_digest"],
            classes=tuple(about["classes"]),
            vocabulary=tuple(about["vocabulary"]),
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
        ],
        dtype=np.float32,
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


def _vocabulary(texts: Sequence[str], tone: Tone) -> tuple[dict[str, int], Any]:
    """Terms with their places, and how telling each is."""
    rare = rarity([_terms(text, tone) for text in texts], LEAST_EXAMPLES)
    return {term: place for place, term in enumerate(rare)}, np.array(list(rare.values()), dtype=np.float32)


def _terms_used(text: str, places: Mapping[str, int], idf: Any, tone: Tone) -> dict[int, float]:
    """Place of each known term -> its TF-IDF, of length 1 all together; empty where no term is known."""
    counts = Counter(place for term in _terms(text, tone) if (place := places.get(term)) is not None)
    values = {place: (1 + math.log(count)) * float(idf[place]) for place, count in counts.items()}
    length = math.hypot(*values.values())
    return {place: value / length for place, value in values.items()}


def _by_term(used: Sequence[Mapping[int, float]]) -> dict[int, tuple[Any, Any]]:
    """Place of each term -> the rows of the texts that use it, and its value there."""
    found: dict[int, tuple[list[int], list[float]]] = {}
    for row, values in enumerate(used):
        for place, value in values.items():
            rows, there = found.setdefault(place, ([], []))
            rows.append(row)
            there.append(value)
    return {place: (np.array(rows), np.array(there, dtype=np.float32)) for place, (rows, there) in found.items()}


def _hints(texts: Sequence[str], data: TrainingData) -> Any:
    """How many words point to each class, and the tone, each with its weight; shape (texts, classes + 3)."""
    hints = np.zeros((len(texts), len(data.classes) + 3), dtype=np.float32)
    for row, text in enumerate(texts):
        said = set(_stems(text))
        hints[row, :-3] = [min(len(said & data.cues[name]), MOST_CUES) for name in data.classes]
        hints[row, -3:] = _tone(text, data.tone)
    hints[:, :-3] *= math.sqrt(CUES_WEIGHT)
    hints[:, -3:] *= math.sqrt(TONE_WEIGHT)
    return hints


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
