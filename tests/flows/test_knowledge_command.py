"""Listing, searching and checking the practice cards as a user does."""

import json
from pathlib import Path

import pytest

from companion import paths
from companion.cli.main import group
from companion.cli.run import run


def called(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["companion", *arguments])
    code = run(group)
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.embedder
def test_lint_is_content_with_what_ships_and_fails_on_a_broken_card_of_ones_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = called(capsys, monkeypatch, "knowledge", "lint")
    assert code == 0
    assert "no faults" in out
    own: Path = paths.home().create().knowledge
    own.mkdir()
    (own / "RM-100-ours.md").write_text("+++\nid = 'RM-100'\n+++\n", encoding="utf-8")
    code, out, _ = called(capsys, monkeypatch, "knowledge", "lint")
    assert code == 1
    assert "RM-100-ours.md" in out
    assert "1 fault " in out
    code, out, _ = called(capsys, monkeypatch, "knowledge", "lint", "--json")
    (fault,) = json.loads(out)["faults"]
    assert (code, "RM-100-ours.md" in fault["message"]) == (1, True)


@pytest.mark.embedder
@pytest.mark.parametrize("arguments", [("bad news",), ("search", "bad news"), ("--json", "bad news")])
def test_a_word_that_is_no_command_is_searched_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    code, out, _ = called(capsys, monkeypatch, "knowledge", *arguments)
    assert code == 0
    assert "RM-019" in out
    if "--json" in arguments:
        assert "RM-019" in {card["id"] for card in json.loads(out)}


def test_help_says_where_ones_own_cards_go(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = called(capsys, monkeypatch, "knowledge", "--help")
    assert code == 0
    assert "RM-100" in out
    assert "lint" in out


OURS = """+++
id = "RM-100"
title = "Ours [/]x"
topic = "risk"
stages = ["practice"]
when_to_use = "When our own programme has something to say."
grade = "D"
do_not_say = "Do not say [b]anything[/b]."
contradicted_by = ["RM-019", "A book from 2020 says otherwise."]

[[sources]]
title = "Our own proposal"
year = 2026
n = 12
+++

## The rule

It is ours.
"""


def test_a_card_is_read_whole_in_capitals_or_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = paths.home().create().knowledge
    own.mkdir()
    (own / "RM-100-ours.md").write_text(OURS, encoding="utf-8")
    code, out, _ = called(capsys, monkeypatch, "knowledge", "show", "rm-100")
    assert code == 0
    assert out.startswith("# RM-100 Ours \\[/\\]x\n")
    assert "A card of your programme" in out
    assert "- RM-019 Five reasons why people stay silent" in out
    assert "- Our own proposal (2026, n=12)" in out
    code, out, _ = called(capsys, monkeypatch, "knowledge", "show", "RM-100", "--json")
    assert (json.loads(out)["own"], json.loads(out)["uses"]) == (True, [])
    code, _, err = called(capsys, monkeypatch, "knowledge", "show", "RM-999")
    assert code != 0
    assert "There is no practice card 'RM-999'" in err
