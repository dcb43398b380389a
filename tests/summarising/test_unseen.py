"""The head that ships on statements that no example resembles: indirect, ironic, terse, in many voices."""

import json
from pathlib import Path

import pytest

from companion import paths
from companion.domain.codebook import SPECIAL, load_codebook
from companion.domain.summaries import Polarity, Unit
from companion.evaluation.scores import f1
from companion.search.onnx_embedder import OnnxEmbedder
from companion.summarising.coder import HeadCoder
from companion.summarising.examples import load_training_data
from companion.summarising.tuned import TunedReader

FOLDER = paths.knowledge_dir() / "summaries"
LINES = (Path(__file__).with_name("unseen.jsonl")).read_text(encoding="utf-8").splitlines()
UNSEEN = [json.loads(line) for line in LINES]


def test_nothing_unseen_is_an_example() -> None:
    examples = load_training_data(FOLDER, load_codebook(FOLDER / "codebook.toml")).examples
    assert not {one.text.casefold() for one in examples} & {one["text"].casefold() for one in UNSEEN}


@pytest.mark.embedder
def test_indirect_statements_are_read_well_enough(embedder: OnnxEmbedder, reader: TunedReader, tmp_path: Path) -> None:
    units = [
        Unit(id=str(n), comment_id=str(n), author="a", start=0, end=len(one["text"]), text=one["text"], language="en")
        for n, one in enumerate(UNSEEN)
    ]
    codes = HeadCoder(embedder, FOLDER, tmp_path, reader).code(units, {})
    pairs = [(set(one["themes"]), set(code.themes)) for one, code in zip(UNSEEN, codes, strict=True)]
    right, said, wanted = (sum(map(len, sets)) for sets in zip(*((a & b, b, a) for a, b in pairs), strict=True))
    themes = f1(right, said - right, wanted - right) or 0.0
    assert themes >= 0.79, f"F1 of the themes is {themes:.3f}"
    sides = [
        code.polarity.value == one["polarity"]
        for one, code in zip(UNSEEN, codes, strict=True)
        if one["polarity"] in ("positive", "negative")
        and code.polarity is not Polarity.NEUTRAL
        and not set(one["themes"]) & set(SPECIAL)
    ]
    share = sum(sides) / len(sides)
    assert share >= 0.82, f"{share:.3f} of the polarities are right, with no rating to help"
