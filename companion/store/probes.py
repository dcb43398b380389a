"""What probes found out about models, the newest of each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from companion.domain.tiers import ProbeReport
from companion.store.schema import model_probes


class ModelProbes:
    """The `model_probes` table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, model_hash: str) -> ProbeReport | None:
        """The newest report about that model, or None when it was never probed."""
        chosen = select(model_probes.c.body).where(model_probes.c.model_hash == model_hash)
        body = self._connection.execute(chosen).scalar()
        return None if body is None else ProbeReport.model_validate(body)

    def save(self, report: ProbeReport, at: datetime) -> None:
        """Keep a report in place of the one before."""
        self._connection.execute(delete(model_probes).where(model_probes.c.model_hash == report.model_hash))
        row = {"model_hash": report.model_hash, "at": at, "body": report.model_dump(mode="json")}
        self._connection.execute(insert(model_probes).values(row))
