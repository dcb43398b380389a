"""The figures of an agenda beside what the linter says: minutes, who teaches, which goals are covered."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from companion.domain.agenda_minutes import teaching_share
from companion.domain.agendas import TAUGHT_BY, Agenda, total_minutes
from companion.domain.people import Role


class LintSummary(BaseModel):
    """The figures beside the findings."""

    model_config = ConfigDict(frozen=True)

    minutes: int
    target: int
    mentor_minutes: int
    """Minutes in which the mentor teaches."""
    teaching_minutes: int
    """Minutes in which anybody teaches."""
    teaching_share: float
    """The mentor's part of them, 0 to 1; 1 when nobody teaches."""
    covered_goals: tuple[str, ...]
    goals: tuple[str, ...]


def summarise(agenda: Agenda) -> LintSummary:
    """Minutes, teaching share and goals of an agenda."""
    taught = [(item, TAUGHT_BY[item.block]) for item in agenda.items if TAUGHT_BY[item.block] is not None]
    return LintSummary(
        minutes=total_minutes(agenda.items),
        target=agenda.minutes,
        mentor_minutes=sum(item.minutes for item, role in taught if role is Role.MENTOR),
        teaching_minutes=sum(item.minutes for item, _ in taught),
        teaching_share=teaching_share((item.block, item.minutes) for item in agenda.items),
        covered_goals=agenda.covered_goals,
        goals=agenda.goal_ids,
    )
