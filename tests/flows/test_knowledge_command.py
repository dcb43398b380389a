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
