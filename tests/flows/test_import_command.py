"""companion import on the command line: what is asked, and what is said, before anything is saved."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from companion.cli.main import group

TABLE = "ID,Name,Programme role,{header}\nm1,Ada Byron,mentor,yes\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "plain.csv").write_text(TABLE.format(header="Shoe size"))
    (tmp_path / "wish.csv").write_text(TABLE.format(header="No AI"))
    return tmp_path


def run(home: Path, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(group, ["--home", str(home / "home"), *words], input=typed)


def stored(home: Path) -> int:
    return len(json.loads(run(home, "people", "--json").stdout))


def test_an_enter_does_not_save_over_an_objection_that_was_not_read(home: Path) -> None:
    said = run(home, "import", str(home / "wish.csv"), typed="\n")
    assert "line 1, column 'No AI': This may say what people object to." in said.output
    assert "name it 'Local model only'" in said.output
    assert "! Look before you save: what people object to may stand unread in 'No AI'." in said.output
    assert "Save 1 person? [y/N]" in said.output
    assert stored(home) == 0
    assert "Save 1 person? [Y/n]" in run(home, "import", str(home / "plain.csv"), typed="\n").output
    assert stored(home) == 1


def test_a_script_says_whether_to_look_or_to_save(home: Path) -> None:
    file = str(home / "wish.csv")
    for words in (("--json",), ("--json", "--yes", "--dry-run"), ("--yes", "--dry-run")):
        assert run(home, "import", file, *words).exit_code == 2, words
    looked = run(home, "import", file, "--json", "--dry-run")
    assert json.loads(looked.stdout)["problems"][0]["objection"]
    assert "! Look before you save" in looked.stderr
    assert stored(home) == 0
    saved = run(home, "import", file, "--json", "--yes")
    assert json.loads(saved.stdout)["changes"][0]["kind"] == "added"
    assert "Saved: 1 person added or changed." in saved.stderr
    assert stored(home) == 1
