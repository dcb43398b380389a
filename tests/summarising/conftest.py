"""The engines that ship, loaded once, and fewer examples."""

from pathlib import Path

import pytest

from companion import paths
from companion.lora.adapter import load
from companion.search.onnx_embedder import OnnxEmbedder
from companion.summarising.examples import CUES, EXAMPLES
from companion.summarising.steering import STEERING
from companion.summarising.tuned import TUNED, TunedReader

ENGLISH = b'"language": "en"'


@pytest.fixture(scope="session")
def embedder() -> OnnxEmbedder:
    return OnnxEmbedder(paths.models_dir() / "embeddings")


@pytest.fixture(scope="session")
def reader() -> TunedReader:
    tuned = load(TUNED)
    return TunedReader(tuned, OnnxEmbedder(paths.models_dir() / "embeddings", tuned.corrections))


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """A folder with every tenth English example and all others, so that a head is trained in no time."""
    folder = tmp_path / "few"
    folder.mkdir()
    for name in ("codebook.toml", CUES, STEERING):
        (folder / name).write_bytes((paths.knowledge_dir() / "summaries" / name).read_bytes())
    lines = (paths.knowledge_dir() / "summaries" / EXAMPLES).read_bytes().splitlines(keepends=True)
    (folder / EXAMPLES).write_bytes(
        b"".join(line for n, line in enumerate(lines) if n % 10 == 0 or ENGLISH not in line)
    )
    return folder
