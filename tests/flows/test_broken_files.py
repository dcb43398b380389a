"""A file of the home that cannot be used stops what needs it, and nothing else: least of all a person's rights."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from factories import a_goal, a_mentor, a_pairing, a_proposal, a_run, a_session, an_executive

from companion.bootstrap import assemble
from companion.cli.main import group
from companion.config import Settings
from companion.domain.access import ModelCall
from companion.errors import InvalidInput
from companion.services.companion import Companion
from companion.store import StoredCalls

ELSEWHERE = "name = 'Ours'\nsupport_contact = 'Zoë'\nsessions = 99\n[retention]\nmodel_texts = 7\n"
NO_TOML = "name = Ours\n[retention]\nmodel_texts = 7\n"
MISSPELT = "[retentoin]\nmodel_texts = 7\n"
WRONG = "[retention]\nmodel_texts = 0\n"
SAID = "! programme.toml cannot be used: companion programme validate explains why.\n"


@pytest.fixture
def companion(own_home: Path) -> Iterator[Companion]:
    """One pair, and a call of a model eight days ago."""
    own_home.mkdir(parents=True)
    (own_home / "companion.toml").write_text('model = "none"\n')
    one = assemble(own_home, settings=Settings(model="none"))
    with one.store.get().write() as tx:
        tx.people.save([a_mentor(), an_executive()])
        tx.matches.save_run(a_run(a_proposal()))
        tx.pairings.add(a_pairing(), [a_goal()])
        tx.sessions.add([a_session()])
    at = datetime.now(UTC) - timedelta(days=8)
    call = ModelCall(id="call-1", at=at, task="t", model="m", destination="", remote=False, payload=b"words")
    StoredCalls(one.store.get()).started(call)
    yield one
    one.close()


def run(*words: str) -> Result:
    return CliRunner().invoke(group, words)


def break_programme(companion: Companion, text: str) -> None:
    companion.home.programmes[0].write_text(text)


@pytest.mark.embedder
@pytest.mark.parametrize("text", [ELSEWHERE, NO_TOML, MISSPELT, WRONG])
def test_rights_do_not_hang_on_the_programme_file(companion: Companion, text: str) -> None:
    break_programme(companion, text)
    for words in (("audit", "verify"), ("privacy", "opt-out", "m1"), ("export-me", "e1"), ("forget", "e1", "--yes")):
        done = run(*words)
        assert (done.exit_code, done.stderr) == (0, SAID), words
    [receipt] = json.loads(run("forget", "--receipts", "--json").stdout)
    assert receipt["finished_at"]
    with companion.store.get().read() as tx:
        assert [person.id for person in tx.people.all()] == ["m1"]


@pytest.mark.parametrize(
    ("text", "programme", "kept"),
    [(ELSEWHERE, "Ours", "The texts: 7 days."), (NO_TOML, "Reverse mentoring", "could not be read on this day")],
)
def test_what_a_person_is_given_says_what_can_be_read(
    companion: Companion, tmp_path: Path, text: str, programme: str, kept: str
) -> None:
    break_programme(companion, text)
    assert run("export-me", "e1", "--to", str(tmp_path / "to")).exit_code == 0
    given = json.loads((tmp_path / "to" / "everything.json").read_text())
    assert given["programme"] == programme
    assert kept in " ".join(holding["kept"] for holding in given["holdings"])


@pytest.mark.embedder
def test_retention_needs_its_own_section_alone(companion: Companion) -> None:
    break_programme(companion, ELSEWHERE)
    shown = run("retention")
    assert (shown.exit_code, shown.stderr) == (0, SAID)
    assert "7 days" in shown.stdout
    assert "texts for models" in run("retention", "--apply").stdout


@pytest.mark.parametrize(("text", "where"), [(NO_TOML, "line 1"), (MISSPELT, "line 1, retentoin"), (WRONG, "line 2")])
def test_nothing_is_removed_after_periods_that_nobody_can_read(companion: Companion, text: str, where: str) -> None:
    break_programme(companion, text)
    for words in (("retention",), ("retention", "--apply")):
        error = run(*words).exception
        assert isinstance(error, InvalidInput)
        assert f"programme.toml, {where}" in error.message


@pytest.mark.parametrize("text", [WRONG, "[retention]\nreports = 'soon'\n", "[retention]\ndocumnets = 9\n"])
def test_a_wrong_period_stops_retention_and_what_tells_of_it_alone(companion: Companion, text: str) -> None:
    break_programme(companion, text)
    for words in (("report",), ("privacy", "show"), ("arc", "show"), ("survey", "open", "baseline")):
        done = run(*words)
        assert (done.exit_code, done.exception, SAID in done.stderr) == (0, None, True), words
    for words in (("retention",), ("retention", "--apply"), ("programme", "show"), ("programme", "explain")):
        error = run(*words).exception
        assert isinstance(error, InvalidInput), words
        assert "programme.toml, line 2, retention." in error.message


@pytest.mark.embedder
def test_a_session_is_prepared_and_delivered_and_people_are_matched_without_periods(companion: Companion) -> None:
    break_programme(companion, f"session_minutes = 30\n{WRONG}")
    for words in (("prepare", "amira", "--no-model"), ("deliver", "amira"), ("tip", "--note", "He was late.")):
        assert run(*words).exit_code == 0, words
    assert companion.criteria.session_minutes == 30


def test_a_broken_privacy_section_stops_what_goes_by_it(companion: Companion) -> None:
    break_programme(companion, "name = 'Ours'\n[privacy]\nnotes = 'perhaps'\n")
    error = run("privacy", "show").exception
    assert isinstance(error, InvalidInput)
    assert "programme.toml, line 3, privacy.notes" in error.message
    assert run("report").exit_code == 0


def test_dashboard_and_report_do_not_hang_on_the_arc(companion: Companion) -> None:
    companion.home.arc.write_text("longer = ['[/]x']\n")
    for words in (("dashboard",), ("report",), ("pairings",)):
        done = run(*words)
        assert done.exit_code == 0, words
        assert "! arc.toml cannot be used: companion arc validate explains why.\n" in done.stderr
    assert isinstance(run("arc", "show").exception, InvalidInput)
    assert isinstance(run("prepare", "amira").exception, InvalidInput)


def test_what_needs_the_programme_names_what_is_wrong_once(companion: Companion) -> None:
    break_programme(companion, ELSEWHERE)
    for words in (("arc", "show"), ("programme", "show"), ("programme", "explain")):
        done = run(*words)
        assert isinstance(done.exception, InvalidInput), words
        assert "programme.toml, line 3, sessions" in done.exception.message
        assert SAID not in done.stderr
