"""The head that ships: made by the script from the data, better than nearness to the theme's description, stable."""

import json
from pathlib import Path

import numpy as np
import pytest
from search_fakes import FakeEmbedder
from summary_factories import a_comment

from companion import paths
from companion.domain.codebook import load_codebook
from companion.domain.comment_units import units
from companion.domain.summaries import Polarity, UnitCode
from companion.domain.waves import Leaning
from companion.errors import Cancelled, SearchError
from companion.search.onnx_embedder import OnnxEmbedder
from companion.summarising import coder as coder_module
from companion.summarising import kept_head, steering
from companion.summarising.coder import SHIPPED, HeadCoder, polarity_of
from companion.summarising.examples import TrainingData, load_training_data
from companion.summarising.head import load, save
from companion.summarising.kept_head import trained
from companion.summarising.tuned import TunedReader

FOLDER = paths.knowledge_dir() / "summaries"
DATA = load_training_data(FOLDER, load_codebook(FOLDER / "codebook.toml"))
THEMEFINDER = Path(__file__).parents[3] / "shared" / "data" / "themefinder"

SAID = (
    ("He moved our session three times.", "time", Polarity.NEGATIVE),
    ("I did not dare to tell her the truth.", "speaking_up", Polarity.NEGATIVE),
    ("She asked good questions and let me finish.", "listening", Polarity.POSITIVE),
    ("He talked the whole hour and never asked me anything.", "listening", Polarity.NEGATIVE),
    ("We were a perfect match, her field is exactly what I wanted.", "match", Polarity.POSITIVE),
    ("There was no agenda and no goal.", "structure", Polarity.NEGATIVE),
    ("I learned how to use AI tools for my reports.", "learning", Polarity.POSITIVE),
    ("He promised a lot and nothing happened.", "follow_through", Polarity.NEGATIVE),
    ("I am much more confident when I present now.", "growth", Polarity.POSITIVE),
    ("We get on very well and trust each other.", "relationship", Polarity.POSITIVE),
    ("What I said in the session came back to me through my boss.", "confidentiality", Polarity.NEGATIVE),
    ("The training for mentors was very helpful.", "support", Polarity.POSITIVE),
    ("I understand now how people in the branches live.", "perspective", Polarity.POSITIVE),
    ("All good, thank you.", "no_reason", Polarity.POSITIVE),
    ("The parking garage is always full.", "other", Polarity.NEGATIVE),
)


@pytest.fixture(scope="module")
def coder(embedder: OnnxEmbedder, reader: TunedReader, tmp_path_factory: pytest.TempPathFactory) -> HeadCoder:
    return HeadCoder(embedder, FOLDER, tmp_path_factory.mktemp("heads"), reader)


def code(coder: HeadCoder, *texts: str, leaning: Leaning = Leaning.UNKNOWN) -> list[UnitCode]:
    said = [unit for n, text in enumerate(texts) for unit in units(a_comment(str(n), text))]
    return coder.code(said, {unit.comment_id: leaning for unit in said})


@pytest.mark.embedder
@pytest.mark.parametrize(
    ("path", "data"),
    [(SHIPPED, DATA), (steering.SHIPPED, steering.steering_data(FOLDER, DATA))],
    ids=["themes", "orders"],
)
def test_the_shipped_head_is_what_the_script_makes(path: Path, data: TrainingData, embedder: OnnxEmbedder) -> None:
    shipped, made = load(path), trained(data, embedder)
    assert (shipped.model_id, shipped.data_digest, shipped.classes) == (made.model_id, data.digest, data.classes)
    assert shipped.vocabulary == made.vocabulary
    for name in ("square", "linear", "term_weights", "hint_weights", "idf"):
        assert np.allclose(getattr(shipped, name), getattr(made, name), atol=0.03), name


@pytest.mark.embedder
def test_plain_statements_are_read_right(coder: HeadCoder) -> None:
    found = code(coder, *(text for text, _, _ in SAID))
    assert [one.themes[0] for one in found] == [theme for _, theme, _ in SAID]
    # Whether people who give no reason are content is nowhere counted.
    sides = [(one.polarity, polarity) for one, (_, _, polarity) in zip(found[:13], SAID[:13], strict=True)]
    told = [(said, meant) for said, meant in sides if said is not Polarity.NEUTRAL]
    assert all(said is meant for said, meant in told)
    assert len(told) >= 12


@pytest.mark.embedder
def test_a_statement_is_read_the_same_alone_and_among_others(coder: HeadCoder) -> None:
    texts = [text for text, _, _ in SAID]
    together = code(coder, *texts, *("Something else altogether." for _ in range(70)))
    for text, one in zip(texts, together, strict=False):
        (alone,) = code(coder, text)
        assert (alone.themes, alone.polarity) == (one.themes, one.polarity)


@pytest.mark.embedder
def test_what_else_a_comment_says_tells_what_a_short_statement_is_about(coder: HeadCoder) -> None:
    assert code(coder, "It was the same the next time.")[0].themes != ("listening",)
    comment = "She talked the whole hour and never asked me a question. It was the same the next time."
    assert [one.themes for one in code(coder, comment)] == [("listening",), ("listening",)]
    # The neighbours in other comments say nothing.
    assert code(coder, "It was the same the next time.", comment)[0] == code(coder, "It was the same the next time.")[0]


@pytest.mark.embedder
def test_what_cannot_be_understood_is_said_to_be(coder: HeadCoder) -> None:
    found = code(coder, "Il n'a jamais eu le temps pour nos séances.", "😡", "[/]x", "n/a")
    assert [one.themes for one in found] == [
        ("not_understood",), ("not_understood",), found[2].themes, ("no_reason",)
    ]  # fmt: skip
    assert found[2].themes[0] in ("other", "no_reason")


@pytest.mark.embedder
def test_the_head_beats_nearness_on_another_codebook(embedder: OnnxEmbedder) -> None:
    if not THEMEFINDER.is_dir():
        pytest.skip("the data set is not here")
    from companion.domain.summaries import Polarity as Side
    from companion.summarising.examples import Example, Tone
    from companion.summarising.head import chosen, scores, train

    topics = json.loads((THEMEFINDER / "themes.json").read_text())
    ids = [topic["topic_id"] for topic in topics]
    said = [json.loads(line) for line in (THEMEFINDER / "responses.jsonl").read_text().splitlines()]
    marked = {row["response_id"]: row["labels"] for row in map(json.loads, (THEMEFINDER / "mapping.jsonl").open())}
    wanted = np.array([[one in marked[row["response_id"]] for one in ids] for row in said])
    texts = [row["response"][:400] for row in said]
    vectors, about = embedder.embed(texts), embedder.embed([topic["topic_description"] for topic in topics])

    def f1(guess: np.ndarray, truth: np.ndarray) -> float:
        return float(2 * (guess & truth).sum() / (guess.sum() + truth.sum()))

    near = max(f1((vectors @ about.T >= step)[80:], wanted[80:]) for step in np.arange(0, 0.9, 0.02))
    classes = (*ids, "no_reason", "other")
    examples = tuple(
        Example(text=text, themes=tuple(np.array(ids)[row]) or ("other",), polarity=side)
        for text, row, side in zip(texts[:80], wanted[:80], (Side.POSITIVE, Side.NEGATIVE) * 40, strict=True)
    )
    nothing = Tone(frozenset(), frozenset(), frozenset())
    data = TrainingData(classes, examples, dict.fromkeys(classes, frozenset()), nothing, "x")
    head = train(data, vectors[:80], "x")
    said = [chosen(classes, one[:-2]) for one in scores(head, data, texts[80:], vectors[80:])]
    learned = np.array([[one in themes for one in ids] for themes in said])
    assert f1(learned, wanted[80:]) > near + 0.05


@pytest.mark.parametrize(
    ("score", "neutral", "leaning", "polarity"),
    [
        (1.4, False, Leaning.LOW, Polarity.POSITIVE),  # clear words stand against the rating
        (-0.9, False, Leaning.HIGH, Polarity.NEGATIVE),
        (0.9, False, Leaning.LOW, Polarity.MIXED),
        (-0.4, False, Leaning.HIGH, Polarity.MIXED),
        (0.3, False, Leaning.LOW, Polarity.NEGATIVE),  # words that say little follow the rating
        (0.05, False, Leaning.HIGH, Polarity.POSITIVE),
        (0.4, False, Leaning.UNKNOWN, Polarity.POSITIVE),
        (-0.1, False, Leaning.UNKNOWN, Polarity.NEUTRAL),
        (0.4, False, Leaning.MIDDLE, Polarity.NEUTRAL),  # praise must be clearer beside a rating in the middle
        (-0.05, False, Leaning.MIDDLE, Polarity.NEGATIVE),
        (0.6, True, Leaning.HIGH, Polarity.NEUTRAL),
    ],
)
def test_rating_and_words_are_weighed_together(
    score: float, neutral: bool, leaning: Leaning, polarity: Polarity
) -> None:
    assert polarity_of(score, neutral, leaning) is polarity


def test_another_model_gets_a_head_of_its_own_which_is_kept(tmp_path: Path, few: Path) -> None:
    heads = tmp_path / "heads"
    fake = FakeEmbedder()
    first = HeadCoder(fake, few, heads)
    said = [text for text, _, _ in SAID]
    codes = code(first, *said)
    assert len(fake.seen) > 400
    again = HeadCoder(fresh := FakeEmbedder(), few, heads)
    assert again.name == first.name
    assert not fresh.seen
    assert code(again, *said) == codes
    assert len(fresh.seen) == len(said)
    for kept in heads.iterdir():
        kept.write_bytes(b"damaged")
    assert code(HeadCoder(FakeEmbedder(), few, heads), *said) == codes


def test_a_head_survives_writing_and_reading(tmp_path: Path) -> None:
    shipped = load(SHIPPED)
    save(shipped, tmp_path / "a.npz")
    save(load(tmp_path / "a.npz"), tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    with pytest.raises(SearchError, match="not a trained head"):
        load(FOLDER / "codebook.toml")


def test_it_can_be_stopped_between_two_batches(tmp_path: Path, few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coder_module, "BATCH", 2)
    monkeypatch.setattr(kept_head, "BATCH", 2)
    coder = HeadCoder(FakeEmbedder(), few, tmp_path)
    said = [unit for n in range(5) for unit in units(a_comment(str(n), "He was late."))]
    with pytest.raises(Cancelled, match="examples"):
        coder.code(said, {}, cancelled=lambda: True)
    read: list[tuple[int, int, str]] = []
    coder.code(said[:1], {}, progress=lambda *step: read.append(step))
    assert [what for _, _, what in read[-2:]] == ["examples read", "statements read"]
    assert read[-2][0] == read[-2][1] > 400
    steps: list[int] = []
    with pytest.raises(Cancelled, match="after 4 of 5"):
        coder.code(said, {}, progress=lambda done, total, what: steps.append(done), cancelled=lambda: len(steps) == 2)
    assert steps == [2, 4]


@pytest.mark.embedder
def test_a_multilingual_model_reads_other_languages(tmp_path: Path, few: Path) -> None:
    from companion.search.multilingual import MultilingualEmbedder

    coder = HeadCoder(MultilingualEmbedder(), few, tmp_path)
    assert coder.supports("fr")
    assert not coder.supports("he")
    found = code(
        coder,
        "Les séances ont été reportées sans arrêt.",
        "Ce que je lui ai confié a été répété à mon chef.",
        "Die Termine wurden ständig verschoben und er hat nie zugehört.",
    )
    assert [one.themes[0] for one in found][:2] == ["time", "confidentiality"]
    assert "time" in found[2].themes
