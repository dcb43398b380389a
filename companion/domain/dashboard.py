"""How each pairing fares, from what can be counted: never from a note, an answer, or what was said in a session.

What a rule may look at is `PairFacts`, and it holds numbers only. There is no field that a note or a pulse would fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from companion.domain.cancellations import in_a_row, runs, tally
from companion.domain.pairings import PairingStatus
from companion.domain.people import Role
from companion.domain.sessions import OPEN_STATUSES, SessionStatus


@dataclass(frozen=True)
class SessionFacts:
    """What may be known of one session: when, and what became of it."""

    status: SessionStatus
    starts_at: datetime | None = None
    minutes: int = 45
    cancelled_by: Role | None = None
    contacts: tuple[datetime, ...] = ()
    """When anything was heard of the two about it: it was logged, answered, moved."""
    delivered_at: datetime | None = None
    answered: bool = False
    """Whether the executive reacted to the brief in any way."""


@dataclass(frozen=True)
class PairFacts:
    """What a rule may look at. Days are whole; 0 where there is nothing to count."""

    held: int = 0
    planned: int = 0
    """All sessions that were not cancelled; see `companion.domain.cancellations.Tally`."""
    cancelled: int = 0
    cancels_in_a_row: int = 0
    executive_cancels_in_a_row: int = 0
    days_since_contact: int = 0
    days_past_date: int = 0
    days_without_date: int = 0
    days_without_first_session: int = 0
    days_brief_unanswered: int = 0

    def of_those_left(self, days: int) -> str:
        """Days to read; a dash when no session is left, since nothing is waited for and none are counted."""
        return str(days) if self.planned > self.held else "–"


class HealthRule(BaseModel):
    """One rule, as it stands in its file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    at_least: Mapping[str, int | Literal["as in the arc"]] = Field(min_length=1)
    """Name of a number of `PairFacts` -> from which value on the rule fires; the arc has a limit for cancellations."""
    says: str
    do: str
    card: str
    action: str

    def fires(self, numbers: Mapping[str, int], in_the_arc: int) -> bool:
        """Whether every number is reached; `in_the_arc` is the arc's limit for cancellations in a row."""
        limits = {name: least if isinstance(least, int) else in_the_arc for name, least in self.at_least.items()}
        return all(numbers[name] >= limit for name, limit in limits.items())


class HealthRules(BaseModel):
    """The file of rules, the most urgent first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[HealthRule, ...]


Mark = Literal["ok", "look", "paused", "over"]
MARKS: Mapping[Mark, str] = {"ok": "✔ on track", "look": "! look", "paused": "‖ paused", "over": "· over"}
"""A sign and a word, so that nothing hangs on a colour."""


@dataclass(frozen=True)
class DashboardRow:
    """One pairing on the dashboard."""

    pairing_id: str
    mentor: str
    executive: str
    mark: Mark
    facts: PairFacts
    rule: str = ""
    """Id of the rule that fired; empty when none did."""
    says: str = ""
    do: str = ""
    card: str = ""
    action: str = ""


def facts_of(sessions: Sequence[SessionFacts], since: datetime, now: datetime) -> PairFacts:
    """Count; `sessions` in their order. No day before `since` counts: the beginning, or the end of a pause."""
    counted = tally(sessions)
    held = [one for one in sessions if one.status is SessionStatus.HELD]
    left = [one for one in sessions if one.status in OPEN_STATUSES]
    upcoming = left[0] if left else None

    def days(*times: datetime | None) -> int:
        return max(0, (now - max([since, *(at for at in times if at and at <= now)])).days)

    met = [at for one in held for at in (*one.contacts, one.starts_at)]
    heard = [*met, *(at for one in sessions for at in one.contacts)]
    ended = _end(upcoming) if upcoming else None
    dated = any(one.starts_at for one in left)
    brief_waits = upcoming is not None and upcoming.delivered_at is not None and not upcoming.answered
    return PairFacts(
        held=counted.held,
        planned=counted.planned,
        cancelled=counted.cancelled,
        cancels_in_a_row=runs(sessions)[-1],
        executive_cancels_in_a_row=runs(sessions, Role.MENTEE)[-1],
        days_since_contact=days(*heard) if left else 0,
        days_past_date=days(ended) if ended and ended <= now else 0,
        days_without_date=0 if dated or not left else days(*met),
        days_without_first_session=0 if held else days(),
        days_brief_unanswered=days(upcoming.delivered_at) if upcoming and brief_waits else 0,
    )


def row(
    pairing_id: str,
    names: tuple[str, str],
    status: PairingStatus,
    facts: PairFacts,
    rules: Iterable[HealthRule],
    in_the_arc: int,
) -> DashboardRow:
    """A pairing with the first rule that fires; while it pauses, or when it is over, none does.

    `in_the_arc` is the arc's limit for cancellations in a row.
    """
    mentor, executive = names
    if status is not PairingStatus.ACTIVE:
        mark: Mark = "paused" if status is PairingStatus.PAUSED else "over"
        return DashboardRow(pairing_id, mentor, executive, mark, facts)
    numbers = asdict(facts)
    fired = next((rule for rule in rules if rule.fires(numbers, in_the_arc)), None)
    if fired is None:
        return DashboardRow(pairing_id, mentor, executive, "ok", facts)
    action = fired.action.replace("PAIRING", pairing_id)
    by_executive, by_anybody = facts.executive_cancels_in_a_row, facts.cancels_in_a_row
    said = fired.says.format(**numbers, by_executive=in_a_row(by_executive), by_anybody=in_a_row(by_anybody))
    return DashboardRow(pairing_id, mentor, executive, "look", facts, fired.id, said, fired.do, fired.card, action)


def _end(session: SessionFacts) -> datetime | None:
    return session.starts_at + timedelta(minutes=session.minutes) if session.starts_at else None
