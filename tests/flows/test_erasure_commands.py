"""The commands for a person's rights and for the admin's look at the pairings, as they are typed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from factories import a_goal, a_mentor, a_pairing, a_proposal, a_run, a_session, an_executive

from companion.bootstrap import assemble
from companion.cli.main import group
from companion.config import Settings
from companion.errors import CompanionError
from companion.services import people
from companion.services.companion import Companion


@pytest.fixture
def companion(own_home: Path) -> Iterator[Companion]:
    own_home.mkdir(parents=True)
    (own_home / "companion.toml").write_text('model = "none"\n')
    one = assemble(own_home, settings=Settings(model="none"))
    with one.store.get().write() as tx:
        tx.people.save([a_mentor(), an_executive("e1", name="Laurent [/]x <b>")])
        tx.matches.save_run(a_run(a_proposal()))
        tx.pairings.add(a_pairing(), [a_goal()])
        tx.sessions.add([a_session()])
    yield one
    one.close()


def run(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(group, words, input=typed)


@pytest.mark.embedder
def test_forget_asks_for_the_name_and_keeps_a_receipt(companion: Companion) -> None:
    shown = run("forget", "laurent", "--dry-run")
    assert shown.exit_code == 0
    assert "Forgetting Laurent [/]x <b> (e1) would remove:" in shown.output
    assert "What companion cannot reach:" in shown.output
    wrong = run("forget", "laurent", typed="nobody\n")
    assert wrong.exit_code == 1
    assert "nothing was removed" in wrong.output
    assert len(people.list_people(companion)) == 2
    right = run("forget", "laurent", typed="laurent  [/]X <b>\n")
    assert right.exit_code == 0, right.output
    assert len(people.list_people(companion)) == 1
    assert isinstance(run("forget", "laurent", "--yes").exception, CompanionError)
    [receipt] = json.loads(run("forget", "--receipts", "--json").stdout)
    assert receipt["finished_at"]
    assert receipt["removed"]["profiles"] == 1
    assert "Laurent" not in json.dumps(receipt)
    assert "receipt-" in run("forget", "--receipts").output
    assert "Nothing was left to finish." in run("forget", "--resume").output


def test_forget_in_scripts(companion: Companion) -> None:
    plan = json.loads(run("forget", "e1", "--dry-run", "--json").stdout)
    assert plan["removed"]["pairings ended"] == 1
    assert len(people.list_people(companion)) == 2
    assert run("forget").exit_code == 2
    for words in ((), ("--dry-run", "--yes")):
        assert run("forget", "e1", "--json", *words).exit_code == 2
    assert len(people.list_people(companion)) == 2
    assert "Nothing was erased so far." in run("forget", "--receipts").output


def test_export_me_says_where(companion: Companion, tmp_path: Path) -> None:
    found = json.loads(run("export-me", "amira", "--to", str(tmp_path / "for amira"), "--json").stdout)
    assert json.loads(Path(found["everything.json"]).read_text())["name"] == "Amira Haddad"
    assert "everything.html" in run("export-me", "e1").output


def test_retention_is_shown_and_applied(companion: Companion) -> None:
    table = run("retention")
    assert table.exit_code == 0
    assert "Texts for models" in table.output
    assert "2 years" in table.output
    assert "Nothing was kept too long." in run("retention", "--apply").output
    assert json.loads(run("retention", "--json").stdout)[0]["kind"] == "model_texts"


def test_the_dashboard_pause_and_resume(companion: Companion) -> None:
    rows = json.loads(run("dashboard", "--json").stdout)
    assert [(row["pairing_id"], row["rule"]) for row in rows] == [("pairing-1", "not-started")]
    assert set(rows[0]["facts"]) >= {"held", "planned", "cancelled", "days_since_contact"}
    assert "Laurent [/]x <b>" in run("dashboard").output
    assert "No pairing fits." in run("dashboard", "--find", "nobody").output
    assert run("pause", "amira", "--reason", "leave").output == "Paused: Amira Haddad and Laurent [/]x <b>.\n"
    assert "‖ paused" in run("dashboard").output
    assert run("resume", "amira").output == "Going on: Amira Haddad and Laurent [/]x <b>.\n"
    assert isinstance(run("resume", "amira").exception, CompanionError)
    assert run("log", "amira", "--cancelled-by", "executive").exit_code == 0
    [row] = json.loads(run("dashboard", "--json").stdout)
    assert row["facts"]["executive_cancels_in_a_row"] == 1


def test_a_file_that_somebody_wrote_is_named_and_left(companion: Companion) -> None:
    notes = [companion.home.root / name for name in ("index of people.md", "notes.md")]
    for path in notes:
        path.write_text("Laurent is away in May.")
    assert "change them yourself" in run("forget", "e1", "--dry-run").output
    assert json.loads(run("forget", "e1", "--dry-run", "--json").stdout)["by_hand"] == [str(path) for path in notes]


def test_what_companion_learned_from_examples_is_nobodys_file(companion: Companion) -> None:
    companion.home.heads.mkdir()
    # Numbers, read as text, look like any short name.
    (companion.home.heads / "cards.npz").write_bytes(b"L. [/]x <b>, Laurent")
    assert json.loads(run("forget", "e1", "--dry-run", "--json").stdout)["by_hand"] == []


@pytest.mark.embedder
def test_a_report_that_names_the_person_goes_with_its_pdf_and_others_are_said_to_stay(companion: Companion) -> None:
    for name, programme in (("board", "Laurent [/]x <b> and all"), ("spring", "Northlight")):
        folder = companion.home.root / name
        folder.mkdir()
        (folder / "data.json").write_text(json.dumps({"seal": "", "layout": "", "report": {"programme": programme}}))
        (folder / "report.pdf").write_bytes(b"%PDF-1.7 with letters that cannot be searched")
        (folder / "notes.md").write_text("Ours.")
    plan = json.loads(run("forget", "e1", "--dry-run", "--json").stdout)
    assert (plan["removed"]["reports"], plan["by_hand"]) == (1, [])
    assert "Reports that were written: figures of groups" in " ".join(plan["kept"])
    assert "Documents, reports and exports written to a folder outside" in " ".join(plan["out_of_reach"])
    assert run("forget", "e1", "--yes").exit_code == 0
    assert [path.name for path in sorted((companion.home.root / "board").iterdir())] == ["notes.md"]
    assert len([*(companion.home.root / "spring").iterdir()]) == 3
