"""What is kept too long goes when its time is over, kind by kind; what is not stays."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from agenda_factories import a_brief, plan
from factories import a_commitment, a_run
from survey_factories import TODAY, FakeClock, a_programme, answer, mentors, opened

from companion.domain.access import ModelCall
from companion.domain.retention import PERIODS, Retention, kept_for
from companion.domain.sessions import SessionStatus
from companion.errors import CompanionError, StoreError
from companion.programme_file.reading import read
from companion.services import pairings, privacy, release_answers, report, retention, run_surveys
from companion.services.companion import Companion
from companion.store import StoredCalls


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def companion(tmp_path: Path, clock: FakeClock) -> Iterator[Companion]:
    """Something of every kind, all of it of today; the run of the pairings and their start are a year older."""
    one = a_programme(tmp_path, 2, clock)
    calls = StoredCalls(one.store.get())
    calls.started(ModelCall(id="call-1", at=TODAY, task="t", model="m", destination="", remote=False, payload=b"words"))
    wave = opened(one, "pulse")
    answer(one, wave, mentors(1, 2), comments={"pulse_words": "short notice"}, ratings={"pulse_useful": 3}, share=True)
    run_surveys.close(one, wave.id)
    with one.store.get().write() as tx:
        tx.sessions.add_commitments([a_commitment(pairing_id="pairing-01", session_id="session-01")])
        tx.matches.save_run(a_run(run_id="newest", at=TODAY))
        tx.audit.add(TODAY, "proposal declined", "p", code="other", reason="They have met.")
    pairings.end(one, "pairing-01")
    for folder in (
        one.home.outbox / "2027-03-02-amira-laurent-1f0c2a9b",
        one.home.rehearsals,
        one.home.exports,
        one.home.backups,
    ):
        folder.mkdir(parents=True)
        (folder / "file").write_text("words")
        os.utime(folder / "file", (TODAY.timestamp(), TODAY.timestamp()))
    for name in ("brief.eml", "brief.html"):
        beside = one.home.outbox / "2027-03-02-amira-laurent-1f0c2a9b" / name
        beside.write_text("words")
        os.utime(beside, (TODAY.timestamp(), TODAY.timestamp()))
    yield one
    one.close()


def over(companion: Companion) -> dict[str, int]:
    return {one.kind: one.over for one in retention.due(companion) if one.over}


def test_each_kind_goes_when_its_own_time_is_over(companion: Companion, clock: FakeClock) -> None:
    assert over(companion) == {}
    for days, kinds in (
        (31, {"model_texts", "exports", "matches"}),
        (91, {"documents", "practice", "backups"}),
        (366, {"pairings"}),
        (731, {"comments"}),
        (1096, {"reasons"}),
    ):
        clock.at = TODAY + timedelta(days=days)
        shown = over(companion)
        assert set(shown) - {"agendas"} == kinds, days
        receipt = retention.apply(companion)
        assert receipt is not None
        assert receipt.removed == {PERIODS[kind].label.lower(): count for kind, count in shown.items()}
        assert receipt.is_finished
        assert over(companion) == {}
        assert retention.apply(companion) is None
    report = privacy.verify(companion)
    assert (report.problems, report.erased) == ((), 1)
    view = pairings.view(companion, "pairing-01")
    assert (view.goals, view.commitments, view.counted.held) == ((), (), 1)
    assert pairings.view(companion, "pairing-02").goals
    with companion.store.get().read() as tx:
        assert tx.surveys.comments("pulse-s1") == []
        assert [entry.detail for entry in tx.audit.latest() if entry.verb == "proposal declined"] == [
            {"code": "other", "reason": ""}
        ]
    assert release_answers.comments(companion, "pulse-s1", "pulse_words").total == release_answers.TIME_IS_OVER
    assert not [*companion.home.root.rglob("file")]


def test_an_agenda_of_a_session_that_is_still_to_come_is_not_too_old(companion: Companion, clock: FakeClock) -> None:
    agenda = plan(a_brief()).model_copy(update={"session_id": "session-02", "at": TODAY})
    with companion.store.get().write() as tx:
        tx.agendas.save(agenda, based_on=None)
        session = tx.sessions.get("session-02")
        assert session is not None
        tx.sessions.save(session.model_copy(update={"status": SessionStatus.PREPARED}))
    clock.forward(days=200)
    assert "agendas" not in over(companion)
    with companion.store.get().write() as tx:
        tx.sessions.save(session)
    assert over(companion)["agendas"] == 1
    retention.apply(companion)
    with companion.store.get().read() as tx:
        assert tx.agendas.history("session-02") == []


def test_what_was_interrupted_goes_on(companion: Companion, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.forward(days=400)
    before = over(companion)

    def fails(_: Companion) -> None:
        raise StoreError("The power went.")

    with monkeypatch.context() as patch:
        patch.setattr(retention, "overwrite", fails)
        with pytest.raises(StoreError):
            retention.apply(companion)
    assert over(companion) == {}
    receipt = retention.apply(companion)
    assert receipt is not None
    assert receipt.is_finished
    assert {PERIODS[kind].label.lower() for kind in before} <= receipt.removed.keys()
    assert retention.apply(companion) is None


def test_a_report_goes_wherever_in_the_home_it_lies_and_nothing_beside_it(
    companion: Companion, clock: FakeClock
) -> None:
    sealed, home = report.make(companion), companion.home
    ours_too = home.root / "models for the board"
    folders = (report.folder_for(companion, sealed), home.root / "board" / "spring", home.exports, ours_too)
    for folder in folders:
        for path in report.write(sealed, folder):
            os.utime(path, (TODAY.timestamp(), TODAY.timestamp()))
    ours = home.root / "board" / "spring" / "notes.txt"
    ours.write_text("[/]x for the board")
    theirs = home.root / "board" / "data.json"
    theirs.write_text('{"report": "of something else"}')
    clock.forward(days=729)
    assert "reports" not in over(companion)
    retention.apply(companion)
    assert all(report.verify(folder).is_good for folder in folders)
    clock.forward(days=2)
    assert over(companion)["reports"] == 4
    receipt = retention.apply(companion)
    assert receipt is not None
    assert receipt.removed["reports"] == 4
    assert not [path for folder in folders for path in folder.glob("*") if path != ours]
    assert not folders[0].exists()
    assert (ours.exists(), theirs.exists()) == (True, True)


@pytest.mark.parametrize("data", [None, "{", "[]"])
def test_the_documents_of_a_report_go_without_its_data(
    companion: Companion, clock: FakeClock, data: str | None
) -> None:
    folder = companion.home.root / "board"
    written = report.write(report.make(companion), folder)
    for path in written:
        if path.name == "data.json":
            path.unlink() if data is None else path.write_text(data)
        if path.exists():
            os.utime(path, (TODAY.timestamp(), TODAY.timestamp()))
    clock.forward(days=731)
    assert over(companion)["reports"] == 1
    retention.apply(companion)
    assert not folder.exists()


def test_a_report_that_went_half_way_goes_on(
    companion: Companion, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = companion.home.root / "board"
    for path in report.write(report.make(companion), folder):
        os.utime(path, (TODAY.timestamp(), TODAY.timestamp()))
    clock.forward(days=731)
    left = 2
    unlink = Path.unlink

    def fails(path: Path, missing_ok: bool = False) -> None:
        nonlocal left
        if path.parent == folder:
            left -= 1
        if left < 0:
            raise OSError(5, "Input/output error", str(path))
        unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", fails)
        with pytest.raises(CompanionError, match="cannot be removed"):
            retention.apply(companion)
    assert len([*folder.iterdir()]) == 2
    assert over(companion)["reports"] == 1
    assert retention.apply(companion)
    assert not folder.exists()


def test_the_next_one_is_told(companion: Companion) -> None:
    found = {one.kind: one for one in retention.due(companion)}
    assert list(found) == list(PERIODS) == list(Retention.model_fields)
    assert found["model_texts"].next_at == TODAY + timedelta(days=30)
    assert (kept_for(30), kept_for(365), kept_for(730), kept_for(1)) == ("30 days", "1 year", "2 years", "1 day")


def test_a_period_that_cannot_be_used_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "programme.toml"
    path.write_text('name = "X"\n[retention]\nagendas = 0\ncoments = 3\n')
    found = read(path)
    assert found.programme is None
    said = [problem.sentence("programme.toml") for problem in found.problems]
    assert "programme.toml, line 3" in said[0]
    assert "from 1 to 3650" in said[0]
    assert "line 4" in said[1]
    assert "comments" in said[1]
