"""The matching room's fixtures: vectors whose likeness is known, a short way to run, and the real embedding model."""

import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from factories import NOON

from companion.domain.matching import MatchRun
from companion.domain.people import Person
from companion.domain.programme import Programme
from companion.matching.engine import match
from companion.ports import MatchRequest
from companion.search.embedder import SentenceTransformerEmbedder
from companion.search.onnx_embedder import OnnxEmbedder


class FakeVectors:
    """Unit vectors: the same topic word is the same direction, everything without one is noise near nothing else.

    A topic is a word such as ``topic1``; ``near-topic1`` and ``half-topic1`` have cosines of 0.7 and 0.4 with it.
    """

    dimension = 96

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, texts: Sequence[str]) -> Any:
        self.seen.extend(texts)
        return np.array([self._vector(text) for text in texts], dtype=np.float32)

    def _vector(self, text: str) -> Any:
        noise = np.random.default_rng(zlib.crc32(text.encode("utf-8", "surrogatepass"))).normal(size=self.dimension)
        noise[:32] = 0
        noise /= np.linalg.norm(noise)
        vector = np.zeros(self.dimension)
        for word in text.casefold().split():
            if "topic" in word:
                vector[int(word.rsplit("topic", 1)[1]) % 32] += 1
                vector += noise * (1 if word.startswith("near-") else 2 if word.startswith("half-") else 0)
        return vector / np.linalg.norm(vector) if vector.any() else noise


@pytest.fixture
def fake_vectors() -> FakeVectors:
    return FakeVectors()


@pytest.fixture(scope="session")
def run_matching() -> Callable[..., MatchRun]:
    """Call the engine with defaults for everything but the people."""

    def run(people: Sequence[Person], programme: Programme | None = None, **changes: Any) -> MatchRun:
        asked = {name: changes.pop(name) for name in ("progress", "cancelled") if name in changes}
        arguments: dict[str, Any] = {"at": NOON, "embedding_model": "fake@1", "vectors": FakeVectors()}
        request = MatchRequest(people=people, programme=programme or Programme(), **(arguments | changes))
        return match(request, **asked).solve("run", **asked)

    return run


@pytest.fixture(scope="session")
def real_vectors() -> Callable[[Sequence[str]], Any]:
    """The embedding model that ships, with what it has embedded remembered."""
    embedder = SentenceTransformerEmbedder()
    known: dict[str, Any] = {}

    def vectors(texts: Sequence[str]) -> Any:
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(fresh, embedder.embed(fresh), strict=True))
        return np.array([known[text] for text in texts])

    return vectors


@pytest.fixture(scope="session")
def shipped_vectors(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Sequence[str]], Any]:
    """The same model as a laptop runs it, in 8-bit integers, with what it has embedded remembered."""
    embedder = OnnxEmbedder(tmp_path_factory.mktemp("embeddings"))
    known: dict[str, Any] = {}

    def vectors(texts: Sequence[str]) -> Any:
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(fresh, embedder.embed(fresh), strict=True))
        return np.array([known[text] for text in texts])

    return vectors
