"""The matching room's fixtures: vectors whose likeness is known, a short way to run, and the real embedding model."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from factories import NOON
from matching_fakes import FakeVectors

from companion.domain.matching import MatchRun
from companion.domain.people import Person
from companion.domain.programme import Programme
from companion.matching.engine import match
from companion.ports import MatchRequest
from companion.search.embedder import SentenceTransformerEmbedder
from companion.search.onnx_embedder import OnnxEmbedder


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
