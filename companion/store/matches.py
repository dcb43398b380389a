"""Match runs and their proposals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from companion.domain.matching import MatchProposal, MatchRun, ProposalStatus
from companion.store.schema import match_runs, proposals

_COLUMNS = ("id", "run_id", "mentor_id", "mentee_id", "status", "decline_reason", "decided_at")
_RUN_COLUMNS = ("id", "at", "embedding_model")


class Matches:
    """The `match_runs` and `proposals` tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save_run(self, run: MatchRun) -> None:
        """Keep a run with all its proposals."""
        body = run.model_dump(mode="json", exclude={*_RUN_COLUMNS, "proposals"})
        self._connection.execute(
            insert(match_runs).values(id=run.id, at=run.at, embedding_model=run.embedding_model, body=body)
        )
        rows = [
            {
                **{name: getattr(proposal, name) for name in _COLUMNS},
                "place": place,
                "body": proposal.model_dump(mode="json", exclude=set(_COLUMNS)),
            }
            for place, proposal in enumerate(run.proposals)
        ]
        if rows:
            self._connection.execute(insert(proposals), rows)

    def latest_run(self) -> MatchRun | None:
        """The newest run with its proposals as they stand now, or None before the first."""
        row = self._connection.execute(select(match_runs).order_by(match_runs.c.at.desc()).limit(1)).first()
        if row is None:
            return None
        return MatchRun.model_validate(
            {**row.body, "id": row.id, "at": row.at, "embedding_model": row.embedding_model}
            | {"proposals": self.of_run(row.id)}
        )

    def of_run(self, run_id: str) -> list[MatchProposal]:
        """The proposals of one run, best first."""
        rows = self._connection.execute(
            select(proposals).where(proposals.c.run_id == run_id).order_by(proposals.c.place)
        )
        return [_proposal(row) for row in rows]

    def get(self, proposal_id: str) -> MatchProposal | None:
        """One proposal, or None."""
        row = self._connection.execute(select(proposals).where(proposals.c.id == proposal_id)).first()
        return None if row is None else _proposal(row)

    def decide(self, proposal_id: str, status: ProposalStatus, reason: str, at: datetime | None) -> None:
        """Set the decision on a proposal."""
        self._connection.execute(
            update(proposals)
            .where(proposals.c.id == proposal_id)
            .values(status=status, decline_reason=reason, decided_at=at)
        )

    def declined_pairs(self) -> set[tuple[str, str]]:
        """(mentor, mentee) of every pair that was ever declined."""
        rows = self._connection.execute(
            select(proposals.c.mentor_id, proposals.c.mentee_id).where(proposals.c.status == ProposalStatus.DECLINED)
        )
        return {(row.mentor_id, row.mentee_id) for row in rows}


def _proposal(row: Row[Any]) -> MatchProposal:
    return MatchProposal.model_validate({**row.body, **{name: getattr(row, name) for name in _COLUMNS}})
