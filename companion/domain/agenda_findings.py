"""What the linter says: one broken rule each, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict

from companion.domain.agendas import Agenda, AgendaBrief, AgendaItem

Severity = Literal["error", "warning"]


class LintFinding(BaseModel):
    """One broken rule."""

    model_config = ConfigDict(frozen=True)

    rule: str
    """Stable id, such as ``time.exact``."""
    severity: Severity
    item_id: str | None
    """The item it is about; None for the agenda as a whole."""
    message: str
    hint: str


Rule = Callable[[Agenda, AgendaBrief], Iterator[LintFinding]]


def error(rule: str, message: str, hint: str, item: AgendaItem | None = None) -> LintFinding:
    """A broken rule that keeps an agenda from being delivered unread."""
    return LintFinding(rule=rule, severity="error", item_id=item.id if item else None, message=message, hint=hint)


def warning(rule: str, message: str, hint: str, item: AgendaItem | None = None) -> LintFinding:
    """Something to look at again."""
    return LintFinding(rule=rule, severity="warning", item_id=item.id if item else None, message=message, hint=hint)


def texts(agenda: Agenda, steps: bool) -> Iterator[tuple[AgendaItem | None, str]]:
    """The line about the end, then each item's texts as one, with or without the mentor's steps."""
    yield None, agenda.success_condition.text
    for item in agenda.items:
        yield item, " · ".join((item.title, item.question.text, item.why.text, *(item.mentor_does if steps else ())))


def stated(brief: AgendaBrief) -> tuple[str, ...]:
    """What the two people brought up themselves."""
    return (
        *(goal.text for goal in brief.goals),
        *(commitment.text for commitment in brief.open_commitments),
        brief.session.executive_question,
    )
