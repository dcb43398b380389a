"""The card lint tells every fault at once, with file and line; the cards that ship have none."""

from __future__ import annotations

from pathlib import Path

import pytest

from companion import bootstrap, paths
from companion.errors import InvalidInput
from companion.paths import knowledge_dir
from companion.search.card_lint import lint_cards
from companion.search.cards import read_card
from companion.search.onnx_embedder import OnnxEmbedder

ASK = (knowledge_dir() / "RM-017-ask-before-you-tell.md").read_text(encoding="utf-8")
THIS_YEAR = 2026


def a_file(directory: Path, card_id: str, text: str = ASK, title: str = "ask") -> Path:
    directory.mkdir(exist_ok=True)
    path = directory / f"{card_id}-{title}.md"
    path.write_text(text.replace("RM-017", card_id), encoding="utf-8")
    return path


def faults(*directories: Path) -> list[str]:
    return [error.message for error in lint_cards(directories, None, this_year=THIS_YEAR)[1]]


@pytest.mark.embedder
def test_the_cards_that_ship_have_no_fault() -> None:
    cards, found = lint_cards([knowledge_dir()], OnnxEmbedder(paths.models_dir() / "embeddings"), this_year=THIS_YEAR)
    assert cards >= 60
    assert found == []


@pytest.mark.parametrize(
    ("before", "after", "field", "said"),
    [
        ("grade = ", "# grade = ", "grade", "missing"),
        ('grade = "C"', 'grade = "Z"', "grade", "'A', 'B', 'C' or 'D'"),
        ("do_not_say = ", "# do_not_say = ", "do_not_say", "missing"),
        ("year = ", "# year = ", "sources.1.year", "missing"),
        ("minutes = ", "minuts = ", "minuts", "no such field"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(tmp_path: Path, before: str, after: str, field: str, said: str) -> None:
    path = a_file(tmp_path, "RM-101", ASK.replace(before, after, 1))
    message = faults(tmp_path)[0]
    assert str(path) in message
    assert field in message
    assert said in message


def test_all_faults_are_told_with_their_lines(tmp_path: Path) -> None:
    text = ASK.replace("year = ", "year = 2099 # ", 1).replace(
        "## Why it works\n\n", "## Why it works\n\nMillennials are impatient.\n\n"
    )
    a_file(tmp_path, "RM-101", text)
    a_file(tmp_path, "RM-102", "no card at all")
    future, stereotype, broken = (
        next(message for message in faults(tmp_path) if words in message)
        for words in ("still to come", "age group", "front matter")
    )
    line = 1 + next(n for n, row in enumerate(text.split("\n")) if "Millennials" in row)
    assert f"line {line}:" in stereotype
    assert "field sources" in future
    assert "RM-102-ask.md, line 1" in broken


def test_a_card_that_does_not_exist_cannot_contradict(tmp_path: Path) -> None:
    text = ASK.replace('\ngrade = "', '\ncontradicted_by = ["RM-888"]\ngrade = "', 1)
    a_file(tmp_path, "RM-101", text)
    assert any("there is no card RM-888" in message and "line" in message for message in faults(tmp_path))


def test_two_cards_that_say_the_same_are_told(tmp_path: Path) -> None:
    a_file(tmp_path, "RM-101")
    a_file(tmp_path, "RM-102", ASK.replace("Ask before you tell", "Another title"))
    assert any("RM-102" in message and "RM-101" in message for message in faults(tmp_path))


def test_an_id_twice_in_one_directory_is_told(tmp_path: Path) -> None:
    a_file(tmp_path, "RM-101", title="one")
    a_file(tmp_path, "RM-101", title="two")
    assert any("already taken by RM-101-one.md" in message for message in faults(tmp_path))


def test_steps_and_questions_that_do_not_fit_the_page_are_told(tmp_path: Path) -> None:
    long = "- " + "Ask and wait. " * 12
    text = ASK.replace("## What the mentor does\n\n", f"## What the mentor does\n\n{long}\n", 1)
    text = text.replace("questions = [", f"questions = ['Take \"{{goal}}\": {'why ' * 25}?',", 1)
    a_file(tmp_path, "RM-101", text)
    found = faults(tmp_path)
    assert any("has 167 characters" in message for message in found)
    assert any("too little room" in message for message in found)


def test_a_programmes_own_card_replaces_ours_and_others_are_added(own_home: Path) -> None:
    place = paths.home().create()
    mine = ASK.replace("Ask before you tell", "Our own way to ask").replace(
        "As the first piece of content", "When the quarter closes, as the first piece of content"
    )
    a_file(place.knowledge, "RM-017", mine)
    a_file(place.knowledge, "RM-100", ASK.replace("Ask before you tell", "A card of ours"))
    companion = bootstrap.assemble()
    cards = {card.id: card for card in companion.knowledge.get().cards()}
    companion.close()
    assert cards["RM-017"].title == "Our own way to ask"
    assert cards["RM-100"].title == "A card of ours"
    assert "RM-050" in cards


def test_a_broken_card_of_the_programme_is_named_when_cards_are_needed(own_home: Path) -> None:
    a_file(paths.home().create().knowledge, "RM-100", "+++\n")
    with pytest.raises(InvalidInput, match=r"RM-100-ask\.md, line 1"):
        bootstrap.assemble().knowledge.get()


def test_a_card_needs_wordings_of_the_need_it_answers(tmp_path: Path) -> None:
    start, end = ASK.index("asked_as = ["), ASK.index("minutes = ")
    path = a_file(tmp_path, "RM-101", ASK[:start] + ASK[end:])
    assert any(str(path) in fault and "no wordings" in fault and "asked_as" in fault for fault in faults(tmp_path))


def test_one_need_leads_to_one_card(tmp_path: Path) -> None:
    a_file(tmp_path, "RM-101")
    other = a_file(tmp_path, "RM-102", ASK.replace("find out how much", "to find out how very much"), title="other")
    told = [fault for fault in faults(tmp_path) if "is asked of RM-101 too" in fault]
    assert len(told) >= 5
    assert all(str(other) in fault and "line " in fault for fault in told)


@pytest.mark.embedder
def test_a_wording_that_has_a_twin_is_told_once(tmp_path: Path) -> None:
    """Whether its words are the same, its meaning is, or both, and however many twins it has."""
    a_file(tmp_path, "RM-101")
    a_file(tmp_path, "RM-102", ASK.replace("Ask before you tell", "Another title"))
    a_file(tmp_path, "RM-103", ASK.replace("Ask before you tell", "A third title"))
    _, found = lint_cards([tmp_path], OnnxEmbedder(paths.models_dir() / "embeddings"), this_year=THIS_YEAR)
    told = [error.message for error in found if "field asked_as" in error.message]
    wordings = len(read_card(tmp_path / "RM-101-ask.md").asked_as)
    assert len(told) == len(set(told)) == 2 * wordings
    assert all("line " in message for message in told)
