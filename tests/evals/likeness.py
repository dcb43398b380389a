"""How well needs find the offers that answer them: `python tests/evals/likeness.py` prints the whole table.

`--half test` reads the half that nothing was tuned on. `--model` takes what the setting embedding_model takes.

Skills: other label -> label of the same skill, all and hard ones. Programmes: see `skills.Programme`, three of them.
Sentences: `workplace.json`, needs and offers in ordinary sentences, each need with an offer that shares its words and
one on its topic that is no answer; and programmes made of these.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import skills
from ranking import Quality, interval, rank, together

from companion.evaluation.summary_baselines import Vectors, remembering
from companion.matching.calibration import calibrate, cross_cosines
from companion.matching.likeness import Likeness

Texts = Sequence[str]
Compare = Callable[[Texts, Texts], Any]
"""Asked and offered texts in, what each is worth to each out, shape (asked, offered)."""

LANGUAGES = json.loads((Path(__file__).parent / "languages.json").read_text(encoding="utf-8"))
"""Needs of both halves with the offer that answers them in another language; nothing was tuned on them."""
SENTENCES = json.loads((Path(__file__).parent / "workplace.json").read_text(encoding="utf-8"))


def sentences(half: str) -> list[dict[str, str]]:
    """The pairs of one half, split by a hash of the need."""
    return [p for p in SENTENCES if skills.HALVES[hashlib.sha256(p["need"].encode()).digest()[0] % 2] == half]


def ours(vectors: Vectors) -> Compare:
    """What the programme itself does: likeness, then fit."""

    def compare(asked: Texts, offered: Texts) -> Any:
        texts = sorted({*asked, *offered})
        place = {text: row for row, text in enumerate(texts)}
        likeness = Likeness(texts, vectors(texts), vectors, np.ones(len(texts), np.int64))
        rows, columns = (np.array([place[text] for text in some]) for some in (asked, offered))
        distinct = [vectors(sorted(set(some))) for some in (asked, offered)]
        scale = calibrate(vectors).moved(cross_cosines(*distinct))
        return scale.fit(likeness.cosines(rows, columns, scale))

    return compare


def cosine(vectors: Vectors) -> Compare:
    """The plain cosine of two entries."""
    return lambda asked, offered: vectors(asked) @ vectors(offered).T


def bm25(asked: Texts, offered: Texts) -> Any:
    """BM25 with stop words and stems, as in the search of cards."""
    from companion.search.bm25 import WordIndex

    index = WordIndex(offered)
    return np.array([index.scores(text) for text in asked])


def tfidf(analyzer: str, sizes: tuple[int, int]) -> Compare:
    """TF-IDF over words or characters."""

    def compare(asked: Texts, offered: Texts) -> Any:
        from sklearn.feature_extraction.text import TfidfVectorizer

        model = TfidfVectorizer(analyzer=analyzer, ngram_range=sizes, sublinear_tf=True).fit(offered)
        return (model.transform(asked) @ model.transform(offered).T).toarray()

    return compare


def per_entry(compare: Compare, weights: Sequence[float] = (1, 1, 1)) -> Callable[[Any], Any]:
    """Each need meets the best of a mentor's offers, and the needs are averaged."""

    def scores(programme: Any) -> Any:
        offered = sorted({text for offers in programme.offers for text in offers})
        place = {text: row for row, text in enumerate(offered)}
        asked = [text for wants in programme.wants for text in wants]
        worth = compare(asked, offered)
        sizes = [len(offers) for offers in programme.offers]
        flat = [place[text] for offers in programme.offers for text in offers]
        best = np.maximum.reduceat(worth[:, flat], np.cumsum([0, *sizes[:-1]]), axis=1)
        return np.average(best.reshape(len(programme.wants), 3, -1), axis=1, weights=weights)

    return scores


def one_vector(vectors: Vectors, whole: bool) -> Callable[[Any], Any]:
    """One vector for all wishes and one for all offers, or (`whole`) for everything a person states."""

    def scores(programme: Any) -> Any:
        asking = [
            ". ".join((*w, *g) if whole else w) for w, g in zip(programme.wants, programme.given_back, strict=True)
        ]
        offering = [". ".join((*o, *g) if whole else o) for o, g in zip(programme.offers, programme.gains, strict=True)]
        return vectors(asking) @ vectors(offering).T

    return scores


class SentenceProgramme:
    """As `skills.Programme`, of ordinary sentences: mentors offer three to six answers and look-alikes.

    With `joined` 2 or 3 each entry holds so many of them.
    """

    def __init__(self, half: str, seed: int, executives: int = 200, mentors: int = 500, joined: int = 1) -> None:
        draw = np.random.default_rng([seed, 77])
        pairs = sentences(half)
        pool = [pair[kind] for kind in ("offer", "same_words", "same_topic") for pair in pairs]
        sizes = draw.integers(3, 7, size=mentors)
        offered = [draw.choice(len(pool), size=joined * -(-size // joined), replace=False) for size in sizes]
        wanted = [draw.choice(len(pairs), size=3, replace=False) for _ in range(executives)]
        self.wants = [[pairs[n]["need"] for n in some] for some in wanted]
        self.offers = [[". ".join(pool[n] for n in entry) for entry in some.reshape(-1, joined)] for some in offered]
        # The offer that answers need n has the number n.
        self.worth = np.array([[len(set(w) & set(o)) for o in offered] for w in wanted], dtype=float)


def single(compare: Compare, half: str, *, hard: bool) -> Quality:
    """Other label -> label, among the labels of all skills."""
    names, places, are_hard = skills.other_names(half)
    chosen = [n for n, is_hard in enumerate(are_hard) if is_hard or not hard]
    truth = np.zeros((len(chosen), len(skills.concepts())))
    truth[np.arange(len(chosen)), [places[n] for n in chosen]] = 1
    return rank(truth, compare([names[n] for n in chosen], [concept.label for concept in skills.concepts()]))


def need_to_offer(compare: Compare, half: str) -> tuple[Quality, float, float]:
    """Need -> the offer that answers it, among all offers and look-alikes; and how often it beats its own two."""
    pairs = sentences(half)
    offered = [pair[kind] for kind in ("offer", "same_words", "same_topic") for pair in pairs]
    worth = compare([pair["need"] for pair in pairs], offered)
    size = len(pairs)
    right, words, topic = (np.diagonal(worth[:, n * size : (n + 1) * size]) for n in range(3))
    truth = np.eye(size, 3 * size)
    return rank(truth, worth), float((right > words).mean()), float((right > topic).mean())


def other_languages(compare: Compare) -> tuple[Quality, Quality]:
    """Need -> the offer in another language, among 250 English look-alikes and all such offers; and in English."""
    english = {pair["need"]: pair["offer"] for pair in SENTENCES}
    alike = [pair[kind] for pair in SENTENCES for kind in ("same_words", "same_topic")]
    needs = [pair["need"] for pair in LANGUAGES]
    truth = np.eye(len(needs), len(needs) + len(alike))
    foreign, same = (
        rank(truth, compare(needs, [*offers, *alike]))
        for offers in ([pair["offer"] for pair in LANGUAGES], [english[need] for need in needs])
    )
    return foreign, same


def programmes(
    make: Any, half: str, seeds: int, scores: Callable[[Any], Any], *, worth: str = "worth", **size: int
) -> Quality:
    """Several simulated programmes, as one."""
    made = [make(half, seed, **size) for seed in range(seeds)]
    return together([rank(getattr(programme, worth), scores(programme)) for programme in made])


def model(name: str) -> Vectors:
    """The embedding model that this setting names."""
    from companion import bootstrap, paths
    from companion.config import Settings

    with tempfile.TemporaryDirectory() as folder:
        return remembering(bootstrap._embedder(paths.home(Path(folder)), Settings(embedding_model=name)).embed)


def main() -> None:
    """Print the table."""
    from companion.config import DEFAULT_EMBEDDING_MODEL

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=skills.HALVES, default="dev")
    parser.add_argument("--model", default=DEFAULT_EMBEDDING_MODEL)
    parser.add_argument("--seeds", type=int, default=3)
    chosen = parser.parse_args()
    vectors = model(chosen.model)
    comparing: dict[str, Compare] = {
        "BM25": bm25,
        "TF-IDF, words": tfidf("word", (1, 2)),
        "TF-IDF, characters": tfidf("char_wb", (3, 5)),
        "cosine": cosine(vectors),
        "companion": ours(vectors),
    }
    print(f"{chosen.model}, {chosen.half} half; nDCG@10 [95 % interval]  recall@10  MRR")
    for hard in (False, True):
        print(f"\nSkill by {'a hard' if hard else 'another'} label")
        for name, compare in comparing.items():
            _line(name, single(compare, chosen.half, hard=hard))
    ways = {name: per_entry(compare) for name, compare in comparing.items()}
    more = {
        "whole-profile vector": one_vector(vectors, whole=True),
        "vector per facet": one_vector(vectors, whole=False),
    }
    print("\nSimulated programmes of skills, entry by entry unless said otherwise")
    for name, scores in (more | ways).items():
        _line(name, programmes(skills.Programme, chosen.half, chosen.seeds, scores))
    print("\nThe same where wishes count 1, 1/2, 1/3, as in a match")
    for name in ("cosine", "companion"):
        scores = per_entry(comparing[name], (1, 1 / 2, 1 / 3))
        _line(name, programmes(skills.Programme, chosen.half, chosen.seeds, scores, worth="worth_in_order"))
    print("\nNeed and offer in sentences (how often before the one with its words, the one on its topic)")
    for name, compare in comparing.items():
        quality, words, topic = need_to_offer(compare, chosen.half)
        _line(name, quality, f"{words:6.2f}{topic:6.2f}")
    print("\nOffers in other languages among English look-alikes; then the same offers in English")
    for name in ("cosine", "companion"):
        for quality in other_languages(comparing[name]):
            _line(name, quality)
    for joined, said in ((1, "one sentence"), (2, "two sentences"), (3, "three sentences")):
        print(f"\nSimulated programmes, {said} in an entry, entry by entry")
        for name, scores in ways.items():
            _line(name, programmes(SentenceProgramme, chosen.half, chosen.seeds, scores, joined=joined))


def _line(name: str, quality: Quality, more: str = "") -> None:
    mean, low, high = interval(quality.ndcg)
    rest = f"{quality.recall.mean():8.3f}{quality.mrr.mean():8.3f}"
    print(f"  {name:38}{mean:6.3f} [{low:.3f}, {high:.3f}]{rest}{more}", flush=True)


if __name__ == "__main__":
    main()
