"""Makes the head that ships: ``python -m companion.summarising.train``. The same files give the same head."""

from __future__ import annotations

from companion import paths
from companion.domain.codebook import load_codebook
from companion.summarising.coder import SHIPPED, trained
from companion.summarising.examples import load_training_data
from companion.summarising.head import save


def main() -> None:
    """Train with the default embedding model and replace the file that ships."""
    from companion.search.onnx_embedder import OnnxEmbedder

    folder = paths.knowledge_dir() / "summaries"
    data = load_training_data(folder, load_codebook(folder / "codebook.toml"))
    made = trained(data, OnnxEmbedder(paths.models_dir() / "embeddings"))
    save(made, SHIPPED)
    print(f"{SHIPPED.name}: {len(data.examples)} examples, {SHIPPED.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
