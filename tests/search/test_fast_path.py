"""What keeps a search and a match quick: no filter in Chroma, vectors in blocks, and no model while all is cached."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from factories import a_mentor, an_executive
from search_fakes import FakeEmbedder, FakeVectorCache

from companion.domain.people import MATCHED_FACETS, FacetKind
from companion.matching.calibration import calibrate
from companion.matching.reference import UNRELATED_STATEMENTS
from companion.search.profiles import ChromaProfileIndex
from companion.search.vectors import _LOOKUP, CachedVectors

SAMPLE = Path(__file__).resolve().parents[2] / "companion" / "sample" / "people.csv"


def test_each_model_and_facet_has_a_collection_and_no_search_filters_in_one(
    tmp_path: Path, fake_embedder: FakeEmbedder, cache: FakeVectorCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chromadb.api.models.Collection import Collection

    asked: list[tuple[str, dict[str, Any]]] = []
    query = Collection.query

    def recorded(self: Any, **options: Any) -> Any:
        asked.append((self.name, options))
        return query(self, **options)

    index = ChromaProfileIndex(tmp_path / "index", fake_embedder, cache)
    index.sync(
        [a_mentor(f"m{n}", offer=[f"offer {n}"], interest=[f"pastime {n}"]) for n in range(200)]
        + [an_executive(f"e{n}", need=[f"need {n}"]) for n in range(200)]
    )
    names = {collection.name for collection in index._directory._client.list_collections()}
    assert len(names) == len(MATCHED_FACETS)
    monkeypatch.setattr(Collection, "query", recorded)

    assert len(index.search("offer 7", FacetKind.OFFER, limit=5)) == 5
    index.close()

    ((name, options),) = asked
    assert name.startswith("offer__")
    assert options["n_results"] > 3 * 5, "more than asked for: the nearest few are found more surely"
    assert {"where", "where_document", "query_texts"}.isdisjoint(options)
    assert options["include"] == ["distances"]


def test_cached_vectors_are_read_in_blocks(fake_embedder: FakeEmbedder) -> None:
    class Counting(FakeVectorCache):
        def load(self, model_id: str, text_hashes: Sequence[str]) -> dict[str, bytes]:
            sizes.append(len(text_hashes))
            return super().load(model_id, text_hashes)

    sizes: list[int] = []
    vectors = CachedVectors(fake_embedder, Counting())
    texts = [f"text {number}" for number in range(2 * _LOOKUP + 1)]
    assert vectors.of(texts).shape == (len(texts), fake_embedder.dimension)
    fake_embedder.seen.clear()
    sizes.clear()
    vectors.of(texts)

    assert sizes == [_LOOKUP, _LOOKUP, 1]
    assert fake_embedder.seen == []


def test_a_models_scale_is_kept_with_its_vectors(
    fake_embedder: FakeEmbedder, another_embedder: FakeEmbedder, cache: FakeVectorCache
) -> None:
    """The statements it is measured with are cached like any text, by model; measuring again embeds nothing."""
    first = calibrate(CachedVectors(fake_embedder, cache).of)
    assert len(fake_embedder.seen) == len(UNRELATED_STATEMENTS)
    fake_embedder.broken = True

    again = calibrate(CachedVectors(fake_embedder, cache).of)
    assert (again.median, again.spread) == (first.median, first.spread)
    assert (again.knots == first.knots).all()
    assert calibrate(CachedVectors(another_embedder, cache).of).median != first.median


@pytest.mark.embedder
def test_a_match_with_everything_cached_loads_no_embedding_model(tmp_path: Path) -> None:
    """Neither torch nor the quick engine: the second match reads entries, scale and cards from the store."""
    environment = {**os.environ, "COMPANION_HOME": str(tmp_path)}
    code = (
        "import json, sys\n"
        "from companion.cli import main\n"
        "from companion.search.onnx_embedder import OnnxEmbedder\n"
        "loads, load = [], OnnxEmbedder._load\n"
        "OnnxEmbedder._load = lambda self: (loads.append(1), load(self))[1]\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "slow = {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
        "print(json.dumps([len(loads), sorted(slow)]))\n"
    )

    def run(*arguments: str) -> list[Any]:
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout.splitlines()[-1]))

    run("import", str(SAMPLE), "--yes")
    assert run("match")[0] > 0, "the first match embeds"
    assert run("match") == [0, []]
