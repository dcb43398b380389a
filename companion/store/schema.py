"""The tables. Times are UTC in ISO 8601 text; bodies that are only ever read whole are JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept as ISO 8601 text in UTC so that every database sorts and compares it the same way."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Refuse a naive time: guessing a zone would move meetings."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone cannot be stored")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Back to an aware datetime in UTC."""
        return None if value is None else datetime.fromisoformat(value)


def _id(name: str = "id", **options: Any) -> Column[Any]:
    return Column(name, String(80), **options)


def _to(target: str) -> ForeignKey:
    return ForeignKey(target, ondelete="CASCADE")


store_revision = Table(
    "store_revision",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one_row"), primary_key=True),
    Column("number", Integer, nullable=False),
)

people = Table(
    "people",
    metadata,
    _id(primary_key=True),
    Column("name", String(200), nullable=False),
    Column("email", String(200), nullable=False),
    Column("role", String(10), nullable=False, index=True),
    Column("title", String(200), nullable=False),
    Column("department", String(200), nullable=False),
    Column("location", String(200), nullable=False),
    Column("time_zone", String(200), nullable=False),
    Column("languages", JSON, nullable=False),
    Column("manager_id", String(200), nullable=False),
    Column("tenure_years", Float),
    Column("capacity", Integer, nullable=False),
    Column("availability", JSON, nullable=False),
    Column("level", Integer),
    Column("region", String(200), nullable=False),
    Column("work_style", String(200), nullable=False),
    Column("opted_out", Boolean, nullable=False),
    Column("local_only", Boolean, nullable=False),
    Column("not_with", JSON, nullable=False),
    Column("declared", JSON, nullable=False),
    # Stands in the history of others for somebody who was forgotten.
    Column("former", Boolean, nullable=False, server_default=false()),
)

facets = Table(
    "facets",
    metadata,
    Column("person_id", String(80), _to("people.id"), primary_key=True),
    Column("kind", String(12), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("text", Text, nullable=False),
)

vectors = Table(
    "vectors",
    metadata,
    Column("model_id", String(120), primary_key=True),
    Column("text_hash", String(64), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

match_runs = Table(
    "match_runs",
    metadata,
    _id(primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("embedding_model", String(120), nullable=False),
    Column("body", JSON, nullable=False),
)

proposals = Table(
    "proposals",
    metadata,
    _id(primary_key=True),
    Column("run_id", String(80), _to("match_runs.id"), nullable=False, index=True),
    Column("place", Integer, nullable=False),
    Column("mentor_id", String(80), _to("people.id"), nullable=False),
    Column("mentee_id", String(80), _to("people.id"), nullable=False),
    Column("status", String(10), nullable=False),
    Column("decline_reason", Text, nullable=False),
    Column("decided_at", UtcDateTime),
    Column("body", JSON, nullable=False),
)

pairings = Table(
    "pairings",
    metadata,
    _id(primary_key=True),
    Column("proposal_id", String(80), _to("proposals.id"), nullable=False, unique=True),
    Column("mentor_id", String(80), _to("people.id"), nullable=False, index=True),
    Column("mentee_id", String(80), _to("people.id"), nullable=False, index=True),
    Column("status", String(12), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("circle_id", String(80)),
    Column("status_since", UtcDateTime),
    Column("pause_reason", Text, nullable=False, server_default=""),
)

review_rules = Table(
    "review_rules",
    metadata,
    _id(primary_key=True),
    Column("kind", String(20), nullable=False),
    # A rule goes with the people it names, and with nothing else: the proposal it was made on is only mentioned.
    Column("mentor_id", String(80), _to("people.id"), index=True),
    Column("mentee_id", String(80), _to("people.id"), index=True),
    Column("entry_id", String(40), nullable=False),
    Column("code", String(30)),
    Column("reason", Text, nullable=False),
    Column("proposal_id", String(80), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("lifted_at", UtcDateTime),
)

goals = Table(
    "goals",
    metadata,
    _id(primary_key=True),
    Column("pairing_id", String(80), _to("pairings.id"), nullable=False, index=True),
    Column("owner", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    _id(primary_key=True),
    Column("pairing_id", String(80), _to("pairings.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("stage", String(12), nullable=False),
    Column("chosen_stage", String(12)),
    Column("starts_at", UtcDateTime),
    Column("minutes", Integer, nullable=False),
    Column("status", String(10), nullable=False),
    Column("held_at", UtcDateTime),
    Column("invite_sequence", Integer, nullable=False),
    Column("executive_question", Text, nullable=False),
    Column("cancelled_by", String(10)),
    UniqueConstraint("pairing_id", "number"),
)

commitments = Table(
    "commitments",
    metadata,
    _id(primary_key=True),
    Column("pairing_id", String(80), _to("pairings.id"), nullable=False, index=True),
    Column("session_id", String(80), _to("sessions.id"), nullable=False),
    Column("owner", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("due", Date),
    Column("status", String(10), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

agenda_revisions = Table(
    "agenda_revisions",
    metadata,
    Column("session_id", String(80), _to("sessions.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("parent", Integer),
    Column("at", UtcDateTime, nullable=False),
    Column("body", JSON, nullable=False),
)

agenda_heads = Table(
    "agenda_heads",
    metadata,
    Column("session_id", String(80), _to("sessions.id"), primary_key=True),
    Column("revision", Integer, nullable=False),
    ForeignKeyConstraint(
        ["session_id", "revision"], ["agenda_revisions.session_id", "agenda_revisions.revision"], ondelete="CASCADE"
    ),
)

model_calls = Table(
    "model_calls",
    metadata,
    _id(primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("task", String(80), nullable=False),
    Column("model", String(200), nullable=False),
    Column("destination", Text, nullable=False),
    Column("remote", Boolean, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("reply", Text, nullable=False),
    Column("outcome", String(40), nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("cached_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("verb", String(80), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("detail", JSON, nullable=False),
    Index("ix_audit_subject", "subject"),
)

egress_chain = Table(
    "egress_chain",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    # No foreign key: an entry outlives the call it speaks of.
    Column("call_id", String(80), nullable=False, index=True),
    Column("event", String(10), nullable=False),
    Column("fact", Text, nullable=False),
    Column("seal", String(64), nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    # Who is to be forgotten, for only as long as their rows are there; no foreign key.
    Column("person_id", String(80)),
    Column("body", JSON, nullable=False),
)

# Surveys. While one is open, answers are kept under their author's name, so that they can be changed. When it closes,
# ratings move to survey_ratings under a pseudonym, which lets a change from one survey to the next be measured, and
# comments to survey_comments, which nothing connects with a person or a pseudonym: no key, no time, no order.

survey_launch = Table(
    "survey_launch",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one_row"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("ratings", Integer, nullable=False),
    Column("comments", Integer, nullable=False),
    Column("theme", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
)

survey_waves = Table(
    "survey_waves",
    metadata,
    _id(primary_key=True),
    Column("session_number", Integer),
    Column("opened_at", UtcDateTime, nullable=False, index=True),
    Column("closes_on", Date, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("scrubbed", Boolean, nullable=False),
    Column("form", JSON, nullable=False),
)

survey_responses = Table(
    "survey_responses",
    metadata,
    Column("wave_id", String(80), _to("survey_waves.id"), primary_key=True),
    Column("person_id", String(80), _to("people.id"), primary_key=True),
    Column("body", JSON, nullable=False),
)

survey_respondents = Table(
    "survey_respondents",
    metadata,
    Column("wave_id", String(80), _to("survey_waves.id"), primary_key=True),
    Column("person_id", String(80), _to("people.id"), primary_key=True),
    Column("way", String(10), nullable=False),
    Column("contact_me", Boolean, nullable=False),
)

survey_pseudonyms = Table(
    "survey_pseudonyms",
    metadata,
    Column("person_id", String(80), _to("people.id"), primary_key=True),
    Column("pseudonym", String(40), nullable=False, unique=True),
)

survey_ratings = Table(
    "survey_ratings",
    metadata,
    Column("wave_id", String(80), _to("survey_waves.id"), primary_key=True),
    Column("item_id", String(40), primary_key=True),
    Column("pseudonym", String(40), primary_key=True),
    Column("goal_id", String(80), primary_key=True),
    Column("role", String(10), nullable=False),
    Column("value", Integer, nullable=False),
    sqlite_with_rowid=False,
)

survey_comments = Table(
    "survey_comments",
    metadata,
    # Without a row id, rows lie in the order of this random key, not in that of their arrival.
    Column("id", String(40), primary_key=True),
    Column("wave_id", String(80), _to("survey_waves.id"), nullable=False, index=True),
    Column("item_id", String(40), nullable=False),
    Column("author", String(40), nullable=False),
    Column("role", String(10), nullable=False),
    Column("leaning", String(10), nullable=False),
    Column("may_quote", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    sqlite_with_rowid=False,
)

survey_shared = Table(
    "survey_shared",
    metadata,
    Column("wave_id", String(80), _to("survey_waves.id"), primary_key=True),
    Column("person_id", String(80), _to("people.id"), primary_key=True),
    Column("body", JSON, nullable=False),
)

survey_releases = Table(
    "survey_releases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("topics", JSON, nullable=False),
    Column("scope", String(200), nullable=False),
    Column("respondents", JSON, nullable=False),
)

model_probes = Table(
    "model_probes",
    metadata,
    Column("model_hash", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("body", JSON, nullable=False),
)
