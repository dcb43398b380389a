"""A programme of any size with sessions held, on real SQLite, and answers to put into it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from factories import NOON, a_goal, a_mentor, a_pairing, a_proposal, a_run, a_session, an_executive

from companion.bootstrap import assemble
from companion.config import Settings
from companion.domain.answers import SurveyResponse
from companion.domain.people import Role
from companion.domain.sessions import SessionStatus
from companion.domain.waves import Wave
from companion.services import answer_survey, run_surveys
from companion.services.companion import Companion

TODAY = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
LAST_DAY = date(2027, 3, 16)


class FakeClock:
    """Stands still until a test moves it."""

    def __init__(self, at: datetime = TODAY) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def forward(self, **delta: int) -> None:
        self.at += timedelta(**delta)


def a_programme(home: Path, pairs: int = 1, clock: FakeClock | None = None) -> Companion:
    """`pairs` pairs, each with a goal per side and session 1 held; mentors m01 ..., executives e01 ..."""
    companion = assemble(home, settings=Settings(model="none"), clock=clock or FakeClock())
    numbers = [f"{n:02}" for n in range(1, pairs + 1)]
    with companion.store.get().write() as tx:
        tx.people.save(
            [a_mentor(f"m{n}", name=f"Mentor Nr{n}", department=f"dept {int(n) % 3}") for n in numbers]
            + [an_executive(f"e{n}", name=f"Executive Nr{n}", email=f"e{n}@example.org") for n in numbers]
        )
        tx.matches.save_run(a_run(*(a_proposal(f"p{n}", mentor_id=f"m{n}", mentee_id=f"e{n}") for n in numbers)))
        for n in numbers:
            tx.pairings.add(
                a_pairing(f"pairing-{n}", proposal_id=f"p{n}", mentor_id=f"m{n}", mentee_id=f"e{n}", started_at=NOON),
                [
                    a_goal(f"goal-e{n}", pairing_id=f"pairing-{n}"),
                    a_goal(f"goal-m{n}", pairing_id=f"pairing-{n}", owner=Role.MENTOR, text="how budgets are made"),
                ],
            )
            tx.sessions.add([a_session(f"session-{n}", pairing_id=f"pairing-{n}", status=SessionStatus.HELD)])
    return companion


def opened(companion: Companion, instrument: str = "end", closes_on: date = LAST_DAY) -> Wave:
    return run_surveys.open_wave(companion, instrument, closes_on)


def answer(companion: Companion, wave: Wave, people: Iterable[str], **changes: object) -> None:
    """Send an answer of each person: by default they would all take part again, with 4 of 5."""
    for person_id in people:
        values: dict[str, object] = {"ratings": {"again": 4}, "sent": True}
        answer_survey.save(companion, wave.id, person_id, SurveyResponse.model_validate(values | changes))


def mentors(start: int, end: int) -> list[str]:
    return [f"m{n:02}" for n in range(start, end + 1)]


def executives(start: int, end: int) -> list[str]:
    return [f"e{n:02}" for n in range(start, end + 1)]
