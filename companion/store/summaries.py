"""Summaries that were made, codes of one that is under way, and the programme's own themes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from companion.domain.summaries import Summary
from companion.domain.summary_groups import OwnTheme
from companion.store.summary_tables import summaries, summary_codes, summary_themes

BATCH = 500


class Summaries:
    """The tables whose names begin with ``summar``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, wave_id: str, item_id: str, made_from: str) -> Summary | None:
        """The summary of a question, if it was made from exactly this (a digest); else None."""
        chosen = select(summaries.c.body).where(
            summaries.c.wave_id == wave_id, summaries.c.item_id == item_id, summaries.c.made_from == made_from
        )
        body = self._connection.execute(chosen).scalar()
        return None if body is None else Summary.model_validate(body)

    def save(self, summary: Summary, made_from: str) -> None:
        """Keep a summary in place of the earlier one of its question."""
        where = (summaries.c.wave_id == summary.wave_id, summaries.c.item_id == summary.item_id)
        self._connection.execute(delete(summaries).where(*where))
        self._connection.execute(
            insert(summaries).values(
                wave_id=summary.wave_id,
                item_id=summary.item_id,
                made_from=made_from,
                body=summary.model_dump(mode="json"),
            )
        )

    def codes(self, wave_id: str, keys: Iterable[str]) -> dict[str, Any]:
        """What was coded already, by key."""
        wanted, found = list(keys), {}
        for start in range(0, len(wanted), BATCH):
            chosen = select(summary_codes.c.text_key, summary_codes.c.body).where(
                summary_codes.c.wave_id == wave_id, summary_codes.c.text_key.in_(wanted[start : start + BATCH])
            )
            found.update({row.text_key: row.body for row in self._connection.execute(chosen)})
        return found

    def save_codes(self, wave_id: str, fresh: Mapping[str, Any]) -> None:
        """Keep codes until the summary is done."""
        known = self.codes(wave_id, fresh)
        rows = [{"wave_id": wave_id, "text_key": k, "body": body} for k, body in fresh.items() if k not in known]
        if rows:
            self._connection.execute(insert(summary_codes), rows)

    def drop_codes(self, wave_id: str) -> None:
        """Forget the codes of a survey."""
        self._connection.execute(delete(summary_codes).where(summary_codes.c.wave_id == wave_id))

    def own_themes(self) -> tuple[OwnTheme, ...]:
        """What was decided about groups of other points, by id."""
        rows = self._connection.execute(select(summary_themes).order_by(summary_themes.c.id)).mappings()
        return tuple(OwnTheme.model_validate(dict(row)) for row in rows)

    def decide(self, theme: OwnTheme) -> None:
        """Keep a decision in place of the earlier one about the same group."""
        self.undecide(theme.id)
        self._connection.execute(insert(summary_themes).values(theme.model_dump(mode="json")))

    def undecide(self, theme_id: str) -> bool:
        """Take a decision back; returns whether there was one."""
        return bool(self._connection.execute(delete(summary_themes).where(summary_themes.c.id == theme_id)).rowcount)
