"""The commands for the programme, on a real home."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from factories import a_mentor, an_executive

from companion.bootstrap import assemble
from companion.cli.main import group
from companion.domain.programme import Programme
from companion.errors import CompanionError, InvalidInput, NotFound
from companion.services import programme as flow


def run(home: Path, *words: str) -> tuple[str, CompanionError | None]:
    result = CliRunner().invoke(group, ["--home", str(home), "programme", *words])
    if result.exception is not None and not isinstance(result.exception, CompanionError):
        raise result.exception
    return result.stdout, result.exception


def test_a_template_is_written_once_and_is_sound(tmp_path: Path) -> None:
    assert "programme.toml" in run(tmp_path, "init")[0]
    assert isinstance(run(tmp_path, "init")[1], InvalidInput)
    assert run(tmp_path, "validate") == ("programme.toml is sound.\n", None)
    assert not (tmp_path / "companion.db").exists()


def test_validating_without_a_file_says_that_the_defaults_count(tmp_path: Path) -> None:
    assert "the defaults count" in run(tmp_path / "nowhere", "validate")[0]
    assert not (tmp_path / "nowhere").exists()


def test_every_mistake_of_another_file_is_listed_even_when_the_own_one_is_broken(tmp_path: Path) -> None:
    (tmp_path / "programme.toml").write_text("sessions = 'x'")
    other = tmp_path / "next-year.yaml"
    other.write_text("sesions: 5\nmatching:\n  rules:\n    location: mars\n")
    said, error = run(tmp_path, "validate", str(other))
    assert [line.split(":")[0] for line in said.splitlines()] == [
        "! next-year.yaml, line 1, sesions",
        "! next-year.yaml, line 4, matching.rules.location",
    ]
    assert error is not None
    assert (error.exit_code, "2 things" in error.message) == (4, True)
    found = json.loads(run(tmp_path, "validate", str(other), "--json")[0])
    assert [problem["line"] for problem in found["problems"]] == [1, 4]


def test_what_the_people_do_not_state_is_said_with_its_line(tmp_path: Path) -> None:
    with assemble(tmp_path).store.get().write() as tx:
        tx.people.save([a_mentor(), an_executive()])
    (tmp_path / "programme.toml").write_text('[matching.rules]\n\nblocked_pairs = [["m1", "e9"]]\n')
    said, error = run(tmp_path, "validate")
    assert error is None
    assert "- programme.toml, line 3, matching.rules.blocked_pairs[1]: Nobody has the id 'e9'." in said


def test_a_value_is_set_and_shown(tmp_path: Path) -> None:
    assert "at least 2 levels" in run(tmp_path, "set", "matching.rules.min_level_gap", "2")[0]
    assert "98.5 %" in run(tmp_path, "set", "matching.need_floor", "98,5 %")[0]
    shown = json.loads(run(tmp_path, "show", "--json")[0])
    changed = {line["key"] for line in shown if not line["default"]}
    assert changed == {"matching.rules.min_level_gap", "matching.need_floor"}
    assert "default" in run(tmp_path, "show")[0]
    assert "No gap" in run(tmp_path, "set", "matching.rules.min_level_gap", "")[0]
    companion = assemble(tmp_path)
    assert companion.programme.matching.need_floor == 0.985
    with companion.store.get().read() as tx:
        assert [entry.verb for entry in tx.audit.latest()] == ["programme changed"] * 3


@pytest.mark.parametrize(
    ("key", "value", "error", "part"),
    [
        ("matching.rules.min_level_gap", "99", InvalidInput, "from 0 to 20"),
        ("matching.rules.min_level_gap", "[/]x", InvalidInput, "Write a number"),
        ("matching.rules.reporting_line", "no", InvalidInput, "reporting_line_waiver"),
        ("matching.rules.repeat_pairs", "perhaps", InvalidInput, "yes or no"),
        ("matching.format", "squares", InvalidInput, "pairs, circles, reciprocal"),
        ("matching.rules.blocked_pairs", "a", InvalidInput, "plus between them"),
        ("sessions", "2.5", InvalidInput, "whole number"),
        ("min_level_gap", "1", NotFound, "Did you mean matching.rules.min_level_gap?"),
        ("k" * 10_000, "1", NotFound, "in an editor"),
    ],
)
def test_what_cannot_be_set_is_explained_and_leaves_no_file(
    tmp_path: Path, key: str, value: str, error: type[Exception], part: str
) -> None:
    said = run(tmp_path, "set", key, value)[1]
    assert isinstance(said, error)
    assert part in str(said)
    assert not list(tmp_path.glob("programme.*"))


def test_a_change_counts_in_a_companion_that_is_running(tmp_path: Path) -> None:
    companion = assemble(tmp_path)
    assert companion.programme == Programme()
    run(tmp_path, "set", "sessions", "4")
    assert companion.programme.sessions == 4


def test_a_change_is_taken_back_to_the_letter(tmp_path: Path) -> None:
    companion = assemble(tmp_path)
    (tmp_path / "programme.toml").write_text("# ours\nsessions = 5 # five\n")
    before = flow.open_file(companion)
    after = flow.change(companion, before, {("sessions",): 7})
    assert flow.restore(companion, after, before) == before


def test_the_statement_for_a_works_council_is_printed_or_written(tmp_path: Path) -> None:
    said, error = run(tmp_path, "explain")
    assert error is None
    assert "## What never enters it" in said
    assert "Nobody is matched with somebody above or below them" in said
    page = tmp_path / "out" / "matching.html"
    assert run(tmp_path, "explain", str(page)) == (f"Written: {page}\n", None)
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert isinstance(run(tmp_path, "explain", str(tmp_path / "matching.pdf"))[1], InvalidInput)
    told = json.loads(run(tmp_path, "explain", "--json")[0])
    assert "What never enters it" in [part["heading"] for part in told["parts"]]
    assert told["written"] is None
    assert json.loads(run(tmp_path, "explain", str(page), "--json")[0])["written"] == str(page)


def test_where_everything_lies_is_said_to_scripts_too(tmp_path: Path) -> None:
    said = CliRunner().invoke(group, ["--home", str(tmp_path), "home", "--json"]).stdout
    places = json.loads(said)
    assert (places["home"], places["own_cards"]) == (str(tmp_path), str(tmp_path / "knowledge"))
    plain = CliRunner().invoke(group, ["--home", str(tmp_path), "home"]).stdout
    assert all(path in plain for path in places.values())
