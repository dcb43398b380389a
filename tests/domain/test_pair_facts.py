"""What the dashboard counts, which rule fires on it, and what it cannot even be given."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import get_type_hints

import pytest

from companion.domain.dashboard import DashboardRow, HealthRule, PairFacts, SessionFacts, facts_of, row
from companion.domain.pairings import PairingStatus
from companion.domain.people import Role
from companion.domain.sessions import SessionStatus

NOW = datetime(2027, 3, 2, 9, tzinfo=UTC)
PLANNED, HELD, CANCELLED = SessionStatus.PLANNED, SessionStatus.HELD, SessionStatus.CANCELLED


def days_ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def session(status: SessionStatus, days: int | None = None, **changes: object) -> SessionFacts:
    return SessionFacts(status, None if days is None else days_ago(days), **changes)  # type: ignore[arg-type]


def test_sessions_are_counted() -> None:
    facts = facts_of([session(HELD, 40), session(CANCELLED, 20), session(PLANNED), session(PLANNED)], days_ago(60), NOW)
    assert (facts.held, facts.planned, facts.cancelled, facts.cancels_in_a_row) == (1, 3, 1, 1)
    assert (facts.days_since_contact, facts.days_without_date, facts.days_without_first_session) == (40, 40, 0)


@pytest.mark.parametrize(
    ("by", "streak"),
    [
        ((Role.MENTEE, Role.MENTEE), 2),
        ((Role.MENTEE, Role.MENTOR), 0),
        ((Role.MENTOR, Role.MENTEE), 1),
        ((None, None), 0),
    ],
)
def test_only_what_the_executive_called_off_counts_against_them(by: tuple[Role | None, ...], streak: int) -> None:
    cancelled = [session(CANCELLED, cancelled_by=one) for one in by]
    facts = facts_of([session(HELD, 50), *cancelled, session(PLANNED)], days_ago(60), NOW)
    assert (facts.executive_cancels_in_a_row, facts.cancels_in_a_row) == (streak, 2)


def test_a_session_that_was_held_ends_a_streak() -> None:
    facts = facts_of([session(CANCELLED, cancelled_by=Role.MENTEE), session(HELD, 1)], days_ago(60), NOW)
    assert facts.executive_cancels_in_a_row == 0


def test_days_begin_again_after_a_pause() -> None:
    sessions = [session(HELD, 90), session(PLANNED, 50, delivered_at=days_ago(60))]
    before, after = facts_of(sessions, days_ago(100), NOW), facts_of(sessions, days_ago(2), NOW)
    assert (before.days_since_contact, before.days_past_date, before.days_brief_unanswered) == (90, 49, 60)
    assert (after.days_since_contact, after.days_past_date, after.days_brief_unanswered) == (2, 2, 2)


def test_a_date_to_come_and_an_answered_brief_are_nothing_to_look_at() -> None:
    facts = facts_of([session(PLANNED, -5, delivered_at=days_ago(9), answered=True)], days_ago(3), NOW)
    assert (facts.days_past_date, facts.days_brief_unanswered, facts.days_without_date) == (0, 0, 0)


def test_nothing_is_overdue_when_everything_was_held() -> None:
    facts = facts_of([session(HELD, 90)], days_ago(100), NOW)
    assert facts == PairFacts(held=1, planned=1)


def test_days_are_a_dash_where_no_session_is_left_that_they_would_count_towards() -> None:
    over = facts_of([session(HELD, 90), session(CANCELLED)], days_ago(100), NOW)
    running = facts_of([session(HELD, 90), session(PLANNED)], days_ago(100), NOW)
    assert over.of_those_left(over.days_since_contact) == "–"
    assert running.of_those_left(running.days_since_contact) == "90"


@pytest.mark.parametrize(("status", "mark"), [("paused", "paused"), ("completed", "over"), ("ended_early", "over")])
def test_rules_are_quiet_about_a_pairing_that_rests_or_is_over(status: str, mark: str) -> None:
    rule = HealthRule(
        id="r", at_least={"cancelled": 0}, says="{cancelled}", do="x", card="RM-040", action="log PAIRING"
    )
    quiet = row("p1", ("A", "B"), PairingStatus(status), PairFacts(), [rule], 2)
    assert (quiet.mark, quiet.rule) == (mark, "")
    assert row("p1", ("A", "B"), PairingStatus.ACTIVE, PairFacts(), [rule], 2).action == "log p1"


def test_there_is_no_field_that_a_note_or_an_answer_would_fit() -> None:
    assert set(get_type_hints(PairFacts).values()) == {int}
    words = {field.name for field in fields(DashboardRow) if field.type in ("str", str)}
    assert words == {"pairing_id", "mentor", "executive", "rule", "says", "do", "card", "action"}
    assert {field.name for field in fields(SessionFacts)} == {
        "status",
        "starts_at",
        "minutes",
        "cancelled_by",
        "contacts",
        "delivered_at",
        "answered",
    }
