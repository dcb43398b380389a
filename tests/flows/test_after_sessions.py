"""After the last planned session: the final survey, ending the pairing, the report, each named when it is next."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from factories import a_goal, a_mentor, a_pairing, a_proposal, a_run, a_session, an_executive
from survey_factories import FakeClock, a_programme, answer, opened

from companion.services import after_sessions, pairings, run_surveys, sessions
from companion.services.after_sessions import CLOSED, NOT_OPENED, NOT_OPENED_MENTOR, NOTHING_LEFT, OPEN, OPEN_MENTOR
from companion.services.companion import Companion


@pytest.fixture
def programme(tmp_path: Path) -> Companion:
    return a_programme(tmp_path / "home", pairs=2, clock=FakeClock())


def said(companion: Companion, me: str = "", pairing: str = "pairing-01") -> str | None:
    companion.settings = replace(companion.settings, me=me)
    return after_sessions.what_next(companion, pairings.view_all(companion, active_only=False)).get(pairing)


def test_each_step_is_named_when_it_is_next(programme: Companion) -> None:
    assert said(programme) == NOT_OPENED
    assert said(programme, "m01") == NOT_OPENED_MENTOR
    # A survey after a session is not the final one.
    opened(programme, "pulse")
    assert said(programme) == NOT_OPENED
    wave = opened(programme)
    assert said(programme) == OPEN.format(day="Tue 16 Mar")
    assert said(programme, "m01") == OPEN_MENTOR
    answer(programme, wave, ["m01", "e01", "m02", "e02"])
    assert said(programme, "m01") == NOTHING_LEFT
    assert said(programme) == OPEN.format(day="Tue 16 Mar")
    run_surveys.close(programme, wave.id)
    assert said(programme) == CLOSED
    assert said(programme, "m01") == NOTHING_LEFT
    pairings.end(programme, "pairing-01")
    assert said(programme) is None


def test_with_a_session_ahead_nothing_is_said(programme: Companion) -> None:
    with programme.store.get().write() as tx:
        tx.sessions.add([a_session("more", number=2, pairing_id="pairing-01")])
    assert said(programme) is None
    sessions.log(programme, "more")
    assert said(programme) == NOT_OPENED


def test_the_final_survey_of_an_earlier_cohort_is_not_theirs(programme: Companion) -> None:
    wave = opened(programme)
    run_surveys.close(programme, wave.id)
    assert said(programme) == CLOSED
    with programme.store.get().write() as tx:
        tx.people.save([a_mentor("m9"), an_executive("e9")])
        tx.matches.save_run(a_run(a_proposal("p9", run_id="run-9", mentor_id="m9", mentee_id="e9"), run_id="run-9"))
        started = programme.clock.now() + timedelta(days=30)
        tx.pairings.add(
            a_pairing("pairing-9", proposal_id="p9", mentor_id="m9", mentee_id="e9", started_at=started),
            [a_goal("goal-9", pairing_id="pairing-9")],
        )
    assert said(programme, pairing="pairing-9") == NOT_OPENED
