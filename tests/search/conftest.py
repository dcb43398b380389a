"""The search room's fixtures: the real embedding model, fakes that are quick, and a tripwire for the network."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from search_fakes import FakeEmbedder, FakeVectorCache

from companion.search.embedder import SentenceTransformerEmbedder


@pytest.fixture
def cache() -> FakeVectorCache:
    return FakeVectorCache()


@pytest.fixture
def fake_embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def another_embedder() -> FakeEmbedder:
    return FakeEmbedder("fake@000000000002", 16)


@pytest.fixture(scope="session")
def embedder() -> SentenceTransformerEmbedder:
    """The real model, loaded once for all tests that need it."""
    return SentenceTransformerEmbedder()


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Fails every connection that would leave this machine's own sockets; yields what was tried."""
    tried: list[Any] = []

    def refuse(self: socket.socket, address: Any) -> Any:
        if self.family == socket.AF_UNIX:
            return connect(self, address)
        tried.append(address)
        raise OSError(f"a test tried to reach {address}")

    def resolve(host: Any, *rest: Any, **options: Any) -> Any:
        tried.append(host)
        raise socket.gaierror(f"a test tried to resolve {host}")

    connect = socket.socket.connect
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    yield tried
    assert tried == []
