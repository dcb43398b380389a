"""What the measurements need: the modules beside them, the data, and the embedding model."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """The default embedding model, which embeds each text once."""
    from companion.evaluation.summary_baselines import remembering
    from companion.search.onnx_embedder import OnnxEmbedder

    return remembering(OnnxEmbedder(tmp_path_factory.mktemp("embeddings")).embed)
