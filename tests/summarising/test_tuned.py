"""The model fitted to the themes: what ships comes from the examples, changes no other vector, and helps in English."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from search_fakes import FakeEmbedder
from summary_factories import a_comment

from companion import paths
from companion.domain.codebook import load_codebook
from companion.domain.comment_units import units
from companion.errors import SearchError
from companion.lora.adapter import Adapter, load, save
from companion.search.onnx_embedder import OnnxEmbedder
from companion.summarising.coder import HeadCoder
from companion.summarising.examples import TrainingData, load_training_data
from companion.summarising.tuned import SIDES, TUNED, TunedReader

FOLDER = paths.knowledge_dir() / "summaries"
DATA = load_training_data(FOLDER, load_codebook(FOLDER / "codebook.toml"))
TEXTS = ["Our sessions were cancelled again and again.", "I did not dare to tell her the truth."]


def test_what_ships_was_learned_from_the_examples_that_ship() -> None:
    shipped = load(TUNED)
    assert shipped.data_digest == DATA.digest, "run python -m companion.summarising.tune"
    assert shipped.classes == DATA.classes
    assert TUNED.stat().st_size < 2e6


def test_it_survives_writing_and_reading(tmp_path: Path) -> None:
    save(load(TUNED), tmp_path / "a.npz")
    one, other = load(TUNED), load(tmp_path / "a.npz")
    assert one.classes == other.classes
    assert np.array_equal(one.weights, other.weights)
    for name, factors in one.corrections.items():
        assert all(map(np.array_equal, factors, other.corrections[name])), name
    (tmp_path / "b.npz").write_bytes(b"damaged")
    with pytest.raises(SearchError, match=r"b\.npz cannot be read"):
        load(tmp_path / "b.npz")


@pytest.mark.embedder
def test_corrections_make_another_model(embedder: OnnxEmbedder, tmp_path: Path) -> None:
    published, tuned = embedder.embed(TEXTS), load(TUNED)
    nothing = {name: (outer * 0, inner) for name, (outer, inner) in tuned.corrections.items()}
    same = OnnxEmbedder(tmp_path, nothing)
    other = OnnxEmbedder(tmp_path, tuned.corrections)
    assert len({embedder.model_id, same.model_id, other.model_id}) == 3
    assert np.allclose(same.embed(TEXTS), published, atol=1e-4)
    assert (np.sum(other.embed(TEXTS) * published, axis=1) < 0.95).all()
    assert np.allclose(OnnxEmbedder(tmp_path, tuned.corrections).embed(TEXTS), other.embed(TEXTS))


@pytest.mark.embedder
def test_it_speaks_on_the_scale_of_a_head(reader: TunedReader) -> None:
    said = reader.scores(TEXTS)
    assert said.shape == (2, len(DATA.classes) + 2)
    assert (np.abs(said) <= 1).all()
    assert [DATA.classes[k] for k in said[:, :-2].argmax(axis=1)] == ["time", "speaking_up"]
    assert (said[:, -2] < 0).all()


@pytest.mark.embedder
def test_the_same_examples_tune_the_same(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from companion.summarising import tune

    monkeypatch.setattr(tune, "EPOCHS", 1)
    data = load_training_data(few, load_codebook(few / "codebook.toml"))
    some = TrainingData(data.classes, data.examples[:64], data.cues, data.tone, data.digest)
    one, other = tune.tuned(some), tune.tuned(some)
    assert np.array_equal(one.weights, other.weights)
    assert any(np.abs(outer).max() > 0 for outer, _ in one.corrections.values())
    assert one.corrections.keys() == load(TUNED).corrections.keys()


def test_a_reader_of_other_themes_is_not_asked(tmp_path: Path, few: Path) -> None:
    fake = FakeEmbedder()
    outputs = len(DATA.classes) + len(SIDES)
    ours = Adapter("", DATA.classes, {}, np.zeros((fake.dimension, outputs)), np.eye(outputs)[3] * 50)
    said = units(a_comment("1", "He moved our session three times."))
    alone = HeadCoder(fake, few, tmp_path)
    helped = HeadCoder(fake, few, tmp_path, TunedReader(ours, fake))
    astray = HeadCoder(fake, few, tmp_path, TunedReader(replace(ours, classes=("one", "two")), fake))
    assert astray.name == alone.name != helped.name
    assert astray.code(said, {}) == alone.code(said, {}) != helped.code(said, {})
