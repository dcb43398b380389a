"""A team's programme on a shared PostgreSQL, from the file of people to the survey, in two windows."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from survey_factories import LAST_DAY, FakeClock, answer

from companion import bootstrap, paths
from companion.config import Settings
from companion.domain.anonymity import Released
from companion.domain.review_rules import DeclineCode, RuleKind
from companion.services import (
    compare_runs,
    deliver_agenda,
    import_people,
    match_people,
    pairings,
    prepare_agenda,
    release_answers,
    review_matches,
    review_rules,
    run_surveys,
    sessions,
)
from companion.services.companion import Companion
from companion.services.undo_decision import undo

SAMPLE = Path(paths.__file__).parent / "sample" / "people.csv"


@pytest.fixture
def windows(postgresql: str, tmp_path: Path) -> Iterator[tuple[Companion, Companion]]:
    """Two people's companions, each with a home of its own."""
    settings, clock = Settings(model="none", database_url=postgresql), FakeClock()
    two = tuple(bootstrap.assemble(tmp_path / name, settings=settings, clock=clock) for name in ("one", "other"))
    yield two  # type: ignore[misc]
    for window in two:
        window.close()


@pytest.mark.embedder
def test_a_programme_runs_from_import_to_survey(windows: tuple[Companion, Companion]) -> None:
    one, other = windows
    import_people.save(one, import_people.preview(one, SAMPLE))
    match_people.match(one)
    first, second, third, *_ = review_matches.queue(other).pending
    review_matches.approve(other, first.id)
    assert undo(one).proposal_ids == (first.id,), "the newest decision, whoever made it"
    review_matches.decline(one, second.id, DeclineCode.CONFLICT, "They are married. [/]x")
    pin = review_rules.pin(other, third.mentor_id, third.mentee_id)
    match_people.match(other)
    queue = review_matches.queue(one)
    assert second.pair not in {proposal.pair for proposal in queue.pending}
    assert third.pair in queue.pins
    assert {rule.kind for rule in review_rules.rules(one)} == {RuleKind.PIN, RuleKind.NEVER}
    assert len(compare_runs.runs(one)) == 2
    review_rules.lift(one, pin.id)
    waiting = review_matches.queue(one).pending[:6]
    approved = [review_matches.approve(one, proposal.id).id for proposal in waiting]
    draft = _prepared(other, approved[0])
    assert prepare_agenda.open_draft(one, draft) is not None
    assert deliver_agenda.deliver(one, approved[0]).paths

    wave = run_surveys.open_wave(other, "end", LAST_DAY)
    asked = [person.id for view in pairings.view_all(one) for person in (view.mentor, view.mentee)]
    answer(one, wave, asked[:6], ratings={"again": 3}, comments={"left_unsaid": "to learn 🚀"})
    answer(other, wave, asked[6:], ratings={"again": 4})
    answer(other, wave, asked[:1], ratings={"again": 5}, comments={"left_unsaid": "to learn more"})
    assert run_surveys.close(one, wave.id)
    assert run_surveys.view(other, wave.id).wave.scrubbed
    with other.store.get().read() as tx:
        assert tx.surveys.responses(wave.id) == {}
        assert len(tx.surveys.respondents(wave.id)) == len(asked)
    total = release_answers.ratings(other, wave.id, ["again"]).total
    assert isinstance(total, Released)
    assert total.value == (3.0,) * 5 + (4.0,) * 6 + (5.0,)


def _prepared(companion: Companion, pairing_id: str) -> str:
    choices = prepare_agenda.choices(companion, pairing_id)
    sessions.schedule(companion, choices.session.id, companion.clock.now().replace(year=2027, month=6))
    prepare_agenda.begin(companion, choices.session.id, choices.suggested, 45)
    return choices.session.id


def companion_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from companion.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_the_demo_keeps_out_of_a_teams_database(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_DATABASE_URL", postgresql)
    done = companion_command("demo")
    assert done.returncode == 4
    assert "invented people" in done.stderr
    for command in ("home", "privacy"):
        assert "database_url" in companion_command(command).stdout
    assert json.loads(companion_command("people", "--json").stdout) == []


def test_a_server_that_is_gone_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_DATABASE_URL", f"postgres://me:secret-word@/companion?host={tmp_path}")
    done = companion_command("people")
    assert (done.returncode, done.stdout) == (6, "")
    assert "Check that the server runs" in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret-word" not in done.stderr
