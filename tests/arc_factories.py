"""The arc that ships, and histories of a pairing in it, for tests."""

from datetime import timedelta
from typing import Any

from agenda_factories import a_brief, plan
from factories import NOON, a_commitment, a_goal, a_session

from companion.domain.agendas import Agenda
from companion.domain.arc import Arc
from companion.domain.arc_course import History
from companion.domain.cards import Stage
from companion.domain.sessions import Session, SessionStatus
from companion.programme_file.arc_file import load, shipped

ARC: Arc = load(shipped())
RULES = frozenset({"RM-010"})


def held(number: int, stage: Stage, **changes: Any) -> Session:
    at = NOON + timedelta(weeks=4 * number)
    return a_session(f"session-{number}", number=number, stage=stage, status=SessionStatus.HELD, held_at=at, **changes)


def cancelled(number: int) -> Session:
    return a_session(f"session-{number}", number=number, status=SessionStatus.CANCELLED)


def to_come(number: int, **changes: Any) -> Session:
    return a_session(f"session-{number}", number=number, **changes)


def an_agenda(session: Session, **changes: Any) -> Agenda:
    """An agenda for a session as the plan makes it: with ground rules in the first stage, with parts to practise."""
    goals = tuple(map(a_goal, changes.pop("goal_ids", ("goal-1",))))
    brief = a_brief(changes.pop("length", 60), session=session, stage=session.stage, goals=goals)
    return plan(brief).model_copy(update={"session_id": session.id, **changes})


def a_history(*sessions: Session, weeks: int = 4, **changes: Any) -> History:
    """The last session was `weeks` ago; every session that was held had an agenda, if nothing else is said."""
    latest = max((one.held_at for one in sessions if one.held_at), default=NOON)
    values: dict[str, Any] = {
        "sessions": sessions,
        "now": latest + timedelta(weeks=weeks),
        "started_at": NOON,
        "agendas": {one.id: an_agenda(one) for one in sessions if one.status is SessionStatus.HELD},
        "goals": (a_goal(), a_goal("goal-2", text="hear bad news early")),
        "ground_rules": RULES,
        "commitments": tuple(
            a_commitment(f"c-{one.number}", session_id=one.id) for one in sessions if one.status is SessionStatus.HELD
        ),
    }
    return History(**(values | changes))
