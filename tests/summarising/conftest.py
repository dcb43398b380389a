"""The embedding model that ships, loaded once."""

import pytest

from companion import paths
from companion.search.onnx_embedder import OnnxEmbedder


@pytest.fixture(scope="session")
def embedder() -> OnnxEmbedder:
    return OnnxEmbedder(paths.models_dir() / "embeddings")
