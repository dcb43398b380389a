"""The tables of summaries. All of it goes with the survey, but for what was decided about themes.

Codes are kept while a long summary is under way, so that it can go on after a stop: by a digest of the text, without
its author.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, String, Table

from companion.store.schema import metadata

summary_themes = Table(
    "summary_themes",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("key_words", JSON, nullable=False),
    Column("accepted", Boolean, nullable=False),
)

summaries = Table(
    "summaries",
    metadata,
    Column("wave_id", String(80), ForeignKey("survey_waves.id", ondelete="CASCADE"), primary_key=True),
    Column("item_id", String(64), primary_key=True),
    Column("made_from", String(64), nullable=False),
    Column("body", JSON, nullable=False),
)

summary_codes = Table(
    "summary_codes",
    metadata,
    Column("wave_id", String(80), ForeignKey("survey_waves.id", ondelete="CASCADE"), primary_key=True),
    Column("text_key", String(64), primary_key=True),
    Column("body", JSON, nullable=False),
)
