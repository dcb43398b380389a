"""Makes the heads that ship: ``python -m companion.summarising.train``. The same files give the same heads."""

from __future__ import annotations

from companion import paths
from companion.domain.codebook import load_codebook
from companion.summarising import steering
from companion.summarising.coder import SHIPPED
from companion.summarising.examples import load_training_data
from companion.summarising.head import save
from companion.summarising.kept_head import trained
from companion.summarising.steering import steering_data


def main() -> None:
    """Train with the default embedding model and replace the files that ship."""
    from companion.search.onnx_embedder import OnnxEmbedder

    folder = paths.knowledge_dir() / "summaries"
    themes = load_training_data(folder, load_codebook(folder / "codebook.toml"))
    embedder = OnnxEmbedder(paths.models_dir() / "embeddings")
    for data, path in ((themes, SHIPPED), (steering_data(folder, themes), steering.SHIPPED)):
        save(trained(data, embedder), path)
        print(f"{path.name}: {len(data.examples)} examples, {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
