"""The files of a summary fit each other: actions rest on cards and themes that exist, for every theme both ways."""

from collections import Counter
from pathlib import Path

import pytest

from companion import paths
from companion.bootstrap import shipped_cards
from companion.domain.codebook import load_codebook
from companion.domain.summaries import Polarity
from companion.domain.summary_actions import load_actions
from companion.errors import InvalidInput
from companion.summarising.examples import load_training_data

FOLDER = paths.knowledge_dir() / "summaries"


def test_every_theme_has_actions_that_rest_on_real_cards() -> None:
    codebook, cards = load_codebook(FOLDER / "codebook.toml"), {card.id for card in shipped_cards()}
    actions = load_actions(FOLDER / "actions.toml")
    assert {one.card for one in actions.actions} <= cards
    assert {one.theme for one in actions.actions} == {theme.id for theme in codebook.themes}
    for theme in codebook.themes:
        assert actions.for_theme(theme.id, Polarity.POSITIVE)
        assert actions.for_theme(theme.id, None) == actions.for_theme(theme.id, Polarity.NEGATIVE) != ()


def test_every_theme_has_enough_examples_of_both_sides() -> None:
    data = load_training_data(FOLDER, load_codebook(FOLDER / "codebook.toml"))
    english = [one for one in data.examples if one.language == "en"]
    assert min(Counter(theme for one in english for theme in one.themes).values()) >= 60
    for theme in data.classes[:-2]:
        sides = Counter(one.polarity for one in english if theme in one.themes)
        assert min(sides[Polarity.POSITIVE], sides[Polarity.NEGATIVE], 15) == 15, theme
    assert len({one.text for one in data.examples}) == len(data.examples)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("examples.jsonl", '{"text": "x", "themes": ["nonsense"], "polarity": "positive"}', "line 1, themes"),
        ("examples.jsonl", '{"text": "x", "themes": ["time"], "polarity": "sad"}', "line 1, polarity"),
        ("examples.jsonl", "{", "line 1"),
        ("cues.toml", "nonsense = 'x'", "has no 'nonsense'"),
        ("cues.toml", "= 1", "cues.toml"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, name: str, content: str, reason: str) -> None:
    for file in ("examples.jsonl", "cues.toml"):
        (tmp_path / file).write_bytes((FOLDER / file).read_bytes())
    (tmp_path / name).write_text(content)
    with pytest.raises(InvalidInput, match=reason):
        load_training_data(tmp_path, load_codebook(FOLDER / "codebook.toml"))


def test_a_wrong_codebook_or_action_is_named(tmp_path: Path) -> None:
    for load in (load_codebook, load_actions):
        with pytest.raises(InvalidInput, match="No such file"):
            load(tmp_path / "x.toml")
        (tmp_path / "x.toml").write_text("version = 0")
        with pytest.raises(InvalidInput, match=r"x\.toml, field"):
            load(tmp_path / "x.toml")
        (tmp_path / "x.toml").unlink()
