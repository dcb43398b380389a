"""The survey commands as they are typed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from survey_factories import a_programme, executives

from companion.cli.main import group
from companion.errors import InvalidInput


def run(home: Path, *words: str, answers: str = "") -> Result:
    return CliRunner().invoke(group, ["--home", str(home), "survey", *words], input=answers)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    a_programme(tmp_path, 7).close()
    return tmp_path


def test_from_opening_to_results(home: Path) -> None:
    assert "No survey was opened yet" in run(home, "list").output
    done = run(home, "open", "pulse", "--until", "2099-12-31")
    assert "Opened: pulse-s1, until Thursday 31 December 2099." in done.output
    assert "Asked: 7 mentors, 7 executives." in done.output
    for person in executives(1, 6):
        done = run(home, "answer", "--person", person, "pulse", "4", "-1", "5")
        assert done.exit_code == 0, done.output
    assert "Kept for Executive Nr06: 3 of 4 answers to pulse-s1." in done.output
    reminded = run(home, "remind", "pulse-s1").output
    assert "Executives to remind:\n  Executive Nr07  e07@example.org" in reminded
    assert "All mentors, whether they have answered or not:\n  Mentor Nr01" in reminded
    assert "mentors ▒ fewer than 5 of 7; executives 6 of 7" in run(home, "show", "pulse-s1").output
    assert run(home, "close", "pulse-s1", answers="n\n").exit_code == 1
    assert "separated from names" in run(home, "close", "pulse-s1", answers="y\n").output
    results = run(home, "show", "pulse-s1", "--results").output
    assert "-1.0" in results
    assert "▒" in results
    assert "closed" in run(home, "list").output


def test_show_lists_ids_texts_notices_sources_and_limits(home: Path) -> None:
    run(home, "open", "end", "--until", "2099-12-31")
    text = run(home, "show", "end", "--language", "fr").output
    assert "safety_reliance" in text
    assert "Je participerais de nouveau." in text
    assert "Jamais vue seule" in text
    assert "adapted, not validated" in text
    assert "ne peuvent pas faire" in text


def test_json_for_scripts(home: Path) -> None:
    run(home, "open", "pulse", "--until", "2099-12-31")
    [listed] = json.loads(run(home, "list", "--json").output)
    assert listed["asked"] == {"mentor": 7, "executive": 7}
    assert listed["answered"]["mentor"] == {"withheld": "Fewer than 5 people answered."}
    assert json.loads(run(home, "show", "pulse-s1", "--json").output) == listed
    assert len(json.loads(run(home, "remind", "pulse-s1", "--json").output)["mentor"]) == 7


def test_import_shows_what_it_does_and_asks(home: Path) -> None:
    run(home, "open", "pulse", "--until", "2099-12-31")
    path = home / "export.csv"
    path.write_text("id,pulse_useful,Colour\ne01,4,red\ne02,much,blue\nnobody,1,green\n", encoding="utf-8")
    report = home / "problems.csv"
    dry = run(home, "import", "pulse-s1", str(path), "--dry-run", "--save-report", str(report))
    assert "export.csv, line 3, column 'pulse_useful': This is no answer on the scale. (much)" in dry.output
    assert "Not read: Colour" in dry.output
    assert "answers of 1 person, 1 row left out" in dry.output
    assert "line" in report.read_text(encoding="utf-8-sig").lower()
    assert "Kept" not in dry.output
    assert "Kept: the answers of 1 person." in run(home, "import", "pulse-s1", str(path), "--yes").output


def test_a_closed_survey_names_the_one_of_its_kind_that_is_open(home: Path) -> None:
    run(home, "open", "end", "--until", "2099-12-31")
    run(home, "close", "end", "--yes")
    assert "Open now" not in run(home, "close", "end").output
    run(home, "open", "end", "--until", "2099-12-31")
    again = run(home, "close", "end").output
    assert "end was closed already, on" in again
    assert "Open now: end-2." in again
    path = home / "export.csv"
    path.write_text("id,again\ne01,4\n", encoding="utf-8")
    late = run(home, "import", "end", str(path), "--dry-run").output
    assert (
        "! end is closed: these answers come late and count once enough late ones are there. Open now: end-2." in late
    )
    assert "come late" not in run(home, "import", "end-2", str(path), "--dry-run").output


def test_the_last_day_can_be_moved(home: Path) -> None:
    run(home, "open", "end", "--until", "2099-12-31")
    assert "open until Friday 01 January 2100" in run(home, "close", "end", "--on", "2100-01-01").output


def test_a_code_needs_a_person_and_the_app_a_terminal(home: Path) -> None:
    assert "Add --person" in run(home, "answer", "pulse", "4", "1", "5").output
    assert "run this in a terminal" in run(home, "answer").output


def test_a_wrong_code_keeps_nothing(home: Path) -> None:
    run(home, "open", "pulse", "--until", "2099-12-31")
    done = run(home, "answer", "--person", "e01", "pulse", "9", "1", "5")
    assert isinstance(done.exception, InvalidInput)
    assert "Number 1 of the reply code: 9 is not between 1 and 5" in str(done.exception)


def test_who_asks_too_few_is_told_before_they_answer(tmp_path: Path) -> None:
    a_programme(tmp_path, 3).close()
    said = run(tmp_path, "open", "end", "--until", "2099-01-01").output
    assert "! Only 3 mentors are asked, too few to show their answers on their own." in said
    assert "mentors ▒ too few of 3; executives ▒ too few of 3" in run(tmp_path, "show", "end").output
