"""Labelled texts that other people made public; none of them lies in this repository.

`python tests/evals/public_data.py` prints what plain ways are worth on them, and how well companion hears a polarity.

ThemeFinder: 100 answers to a consultation with several of 13 themes each (MIT), read where `shared/data/themefinder`
lies beside a checkout. Hutto: 3,708 sentences from reviews of products, each rated by twenty people from -4 to 4
(MIT; Hutto and Gilbert, ICWSM 2014), fetched from the source package of vaderSentiment and kept in the user's cache.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import platformdirs

from companion.domain.summaries import Polarity, Unit
from companion.domain.waves import Leaning
from companion.evaluation.scores import Summary, summary
from companion.evaluation.summary_baselines import Vectors
from companion.evaluation.summary_runs import Coding

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "vaderSentiment"
VERSION = "3.3.2"
SHA256 = "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9"
_INNER = f"{PACKAGE}-{VERSION}/additional_resources/hutto_ICWSM_2014.tar.gz"
_SENTENCES = "hutto_ICWSM_2014/amazonReviewSnippets_GroundTruth.txt"
_FETCH_SECONDS = 120

Features = Any
"""Float array, shape (answers, features)."""
Labels = Any
"""0-1 array, shape (answers, themes)."""
Learner = Callable[[Features, Labels, Features], Labels]
"""Learns from the first two what the labels of the third are."""


class NotThere(Exception):
    """The data cannot be had, and why."""


# ThemeFinder


@dataclass(frozen=True)
class Consultation:
    """Answers with the themes that people found in them."""

    answers: tuple[str, ...]
    themes: tuple[str, ...]
    """What each theme is, in a sentence."""
    labels: Labels


def consultation() -> Consultation:
    """The answers and their themes. Raises NotThere."""
    folder = next((f for p in ROOT.parents if (f := p / "shared" / "data" / "themefinder").is_dir()), None)
    if folder is None:
        raise NotThere("There is no shared/data/themefinder beside this checkout.")
    themes = json.loads((folder / "themes.json").read_text(encoding="utf-8"))
    place = {theme["topic_id"]: number for number, theme in enumerate(themes)}
    answers = {row["response_id"]: row["response"] for row in _rows(folder / "responses.jsonl")}
    found = {row["response_id"]: row["labels"] for row in _rows(folder / "mapping.jsonl")}
    labels = np.zeros((len(answers), len(themes)), dtype=int)
    for row, response_id in enumerate(answers):
        labels[row, [place[label] for label in found[response_id] if label in place]] = 1
    return Consultation(tuple(answers.values()), tuple(theme["topic"] for theme in themes), labels)


def features(data: Consultation, vectors: Vectors) -> tuple[Features, Features]:
    """Each answer's vector, and its cosines with the themes."""
    embedded = vectors(data.answers)
    return embedded, embedded @ vectors(data.themes).T


def learned_f1(
    data: Consultation, given: Features, learner: Learner, *, learning: int = 80, repeats: int = 20
) -> Summary:
    """Micro-F1 on the answers that a learner did not see, over splits by answer; the interval is over splits."""
    scores = []
    for seed in range(repeats):
        order = random.Random(seed).sample(range(len(data.answers)), len(data.answers))
        seen, unseen = order[:learning], order[learning:]
        scores.append(micro_f1(data.labels[unseen], learner(given[seen], data.labels[seen], given[unseen])))
    return summary(scores)


def nearest_themes(seen: Features, labels: Labels, unseen: Features) -> Labels:
    """No learning but of one threshold: every theme whose cosine is above it, the nearest one in any case.

    The features are the cosines with the themes.
    """

    def above(cosines: Features, threshold: float) -> Labels:
        chosen = (cosines >= threshold).astype(int)
        chosen[np.arange(len(cosines)), cosines.argmax(axis=1)] = 1
        return chosen

    thresholds = np.quantile(seen, np.linspace(0.5, 0.98, 25))
    best = max(thresholds, key=lambda threshold: micro_f1(labels, above(seen, float(threshold))))
    return above(unseen, float(best))


def logistic_head(seen: Features, labels: Labels, unseen: Features) -> Labels:
    """A logistic regression per theme, and one threshold from five folds of what was seen."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import KFold
    from sklearn.multiclass import OneVsRestClassifier

    def likely(x: Features, y: Labels, z: Features) -> Any:
        kept = y.any(axis=0) & ~y.all(axis=0)
        found = np.tile(y.mean(axis=0), (len(z), 1)).astype(float)
        head = OneVsRestClassifier(LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000))
        found[:, kept] = head.fit(x, y[:, kept]).predict_proba(z)
        return found

    held_out = np.zeros(labels.shape)
    for train, test in KFold(5, shuffle=True, random_state=0).split(seen):
        held_out[test] = likely(seen[train], labels[train], seen[test])
    best = max(np.linspace(0.1, 0.9, 33), key=lambda t: micro_f1(labels, (held_out >= t).astype(int)))
    return (likely(seen, labels, unseen) >= best).astype(int)


def micro_f1(gold: Labels, found: Labels) -> float:
    """F1 over all answers and themes together."""
    both = int((gold & found).sum())
    return 2 * both / max(1, int(gold.sum() + found.sum()))


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


# Hutto


def review_sentences(cache: Path | None = None) -> list[tuple[str, float]]:
    """Sentences with their mean rating. Fetched once from the package registry. Raises NotThere."""
    folder = cache or Path(platformdirs.user_cache_dir("companion-evals"))
    kept = folder / f"{PACKAGE}-{VERSION}.tar.gz"
    if not kept.is_file():
        _fetch(kept)
    if hashlib.sha256(kept.read_bytes()).hexdigest() != SHA256:
        raise NotThere(f"{kept} is not the package that was expected; remove it.")
    with tarfile.open(kept) as outer:
        inner = outer.extractfile(_INNER)
        assert inner is not None
        with tarfile.open(fileobj=io.BytesIO(inner.read())) as data:
            lines = data.extractfile(_SENTENCES)
            assert lines is not None
            rows = [line.split("\t", 2) for line in lines.read().decode("utf-8", "replace").splitlines() if line]
    return [(text.strip(), float(rating)) for _, rating, text in rows]


def _fetch(kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"{PACKAGE}=={VERSION}"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        try:
            subprocess.run(
                [*command, "--no-binary", ":all:", wanted, "-d", folder],
                check=True,
                capture_output=True,
                timeout=_FETCH_SECONDS,
            )
        except (subprocess.SubprocessError, OSError) as error:
            raise NotThere(f"{wanted} could not be fetched: {error}.") from None
        (found,) = Path(folder).iterdir()
        kept.write_bytes(found.read_bytes())


def clear_sentences(count: int = 300, *, least: float = 1.0) -> list[tuple[str, bool]]:
    """Sentences that people found clearly good or bad, drawn by lot but always the same; True for good."""
    clear = [(text, rating > 0) for text, rating in review_sentences() if abs(rating) >= least]
    return random.Random(0).sample(clear, count)


@dataclass(frozen=True)
class Answered:
    """How often a coder is right about the sentences it is surest of."""

    share: float
    """Of all sentences."""
    right: float | None


def polarities(way: Coding, sentences: Sequence[tuple[str, bool]]) -> tuple[float | None, float]:
    """Right among those it answers, and the share it answers; "mixed" and "neutral" are no answers."""
    units = [
        Unit(id=f"c{n}#0", comment_id=f"c{n}", author=f"a{n}", start=0, end=len(text), text=text)
        for n, (text, _) in enumerate(sentences)
    ]
    codes = way.code(units, {unit.comment_id: Leaning.UNKNOWN for unit in units})
    wanted = {True: Polarity.POSITIVE, False: Polarity.NEGATIVE}
    told = [
        code.polarity is wanted[good]
        for code, (_, good) in zip(codes, sentences, strict=True)
        if code.polarity in wanted.values()
    ]
    return (fmean(told) if told else None), len(told) / len(sentences)


def abstention(
    scores: Sequence[float], sentences: Sequence[tuple[str, bool]], shares: Sequence[float] = (1, 0.9, 0.8, 0.7, 0.5)
) -> list[Answered]:
    """For signed scores: how often the sign is right when only the largest are answered; 0 is no answer."""
    by_size = sorted(zip(scores, sentences, strict=True), key=lambda pair: -abs(pair[0]))
    answered = []
    for part in shares:
        told = [(score > 0) is good for score, (_, good) in by_size[: round(part * len(by_size))] if score]
        answered.append(Answered(part, fmean(told) if told else None))
    return answered


def vader_scores(texts: Sequence[str], cache: Path | None = None) -> list[float]:
    """The lexicon's own compound score, from the same package. Raises NotThere."""
    review_sentences(cache)
    folder = cache or Path(platformdirs.user_cache_dir("companion-evals"))
    with tempfile.TemporaryDirectory() as place:
        with tarfile.open(folder / f"{PACKAGE}-{VERSION}.tar.gz") as package:
            package.extractall(place, filter="data")
        sys.path.insert(0, f"{place}/{PACKAGE}-{VERSION}")
        try:
            from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # type: ignore[import-not-found]

            analyser = SentimentIntensityAnalyzer()
        finally:
            sys.path.pop(0)
    return [analyser.polarity_scores(text)["compound"] for text in texts]


def main() -> None:
    """Print what plain ways are worth, and companion's own where it can be compared."""
    from companion import paths
    from companion.evaluation.report import NO_MODEL, own_companion
    from companion.evaluation.summary_pipeline import Shipped
    from companion.search.onnx_embedder import OnnxEmbedder

    try:
        data = consultation()
    except NotThere as error:
        print(error)
    else:
        embedded, cosines = features(data, OnnxEmbedder(paths.models_dir() / "embeddings").embed)
        print(f"ThemeFinder, {len(data.answers)} answers, {len(data.themes)} themes. Micro-F1 on 20 unseen answers:")
        print(f"  similarity, a threshold learned     {learned_f1(data, cosines, nearest_themes)}")
        both = np.hstack([embedded, cosines])
        for learning in (20, 40, 80):
            found = learned_f1(data, both, logistic_head, learning=learning, repeats=10)
            print(f"  logistic head on {learning:2} answers         {found}")
    try:
        sentences = clear_sentences()
    except NotThere as error:
        print(error)
        return
    print(f"Hutto, {len(sentences)} clear sentences. Right, when so many are answered:")
    majority = fmean(good for _, good in sentences)
    print(f"  always the same answer  {max(majority, 1 - majority):.2f}")
    told = abstention(vader_scores([text for text, _ in sentences]), sentences)
    print("  VADER                   " + ", ".join(f"{one.share:.0%}: {one.right:.2f}" for one in told))
    with own_companion(NO_MODEL) as companion:
        right, answered = polarities(Shipped(companion), sentences)
    print(f"  companion               {answered:.0%}: {right:.2f}")


if __name__ == "__main__":
    main()
