"""Match runs and their proposals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from companion.domain.criteria import Format
from companion.domain.matching import MatchProposal, MatchRun, ProposalStatus
from companion.domain.pairings import PairingStatus
from companion.store.schema import match_runs, pairings, proposals

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
        run_id = self.latest_run_id()
        return None if run_id is None else self.run(run_id)

    def latest_run_id(self) -> str | None:
        """The newest run's id, or None before the first."""
        newest = select(match_runs.c.id).order_by(match_runs.c.at.desc(), match_runs.c.id.desc()).limit(1)
        return self._connection.execute(newest).scalar()

    def run(self, run_id: str) -> MatchRun | None:
        """One run with its proposals as they stand now, or None."""
        row = self._connection.execute(select(match_runs).where(match_runs.c.id == run_id)).first()
        if row is None:
            return None
        return MatchRun.model_validate(
            {**row.body, "id": row.id, "at": row.at, "embedding_model": row.embedding_model}
            | {"proposals": self.of_run(row.id)}
        )

    def format_of(self, run_id: str) -> Format:
        """The shape of the pairings a run proposes."""
        body = self._connection.execute(select(match_runs.c.body).where(match_runs.c.id == run_id)).scalar() or {}
        return Format(body.get("format", Format.PAIRS))

    def run_counts(self) -> list[tuple[str, datetime, dict[ProposalStatus, int]]]:
        """Every run, newest first: its id, when it was made, and how many of its proposals stand where."""
        counted = self._connection.execute(
            select(proposals.c.run_id, proposals.c.status, func.count()).group_by(
                proposals.c.run_id, proposals.c.status
            )
        )
        counts: dict[str, dict[ProposalStatus, int]] = {}
        for run_id, status, count in counted:
            counts.setdefault(run_id, {})[ProposalStatus(status)] = count
        runs = select(match_runs.c.id, match_runs.c.at).order_by(match_runs.c.at.desc(), match_runs.c.id.desc())
        return [(row.id, row.at, counts.get(row.id, {})) for row in self._connection.execute(runs)]

    def remove_undecided_run(self, run_id: str) -> bool:
        """Take a run back on which nothing was decided; returns False, and keeps it, when something was."""
        decided = select(proposals.c.id).where(
            proposals.c.run_id == run_id, proposals.c.status != ProposalStatus.PENDING
        )
        if self._connection.execute(decided.limit(1)).first() is not None:
            return False
        self._connection.execute(delete(match_runs).where(match_runs.c.id == run_id))
        return True

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

    def declined(self) -> list[MatchProposal]:
        """Every proposal that was ever declined."""
        return self._where(proposals.c.status == ProposalStatus.DECLINED)

    def about(self, person_id: str) -> tuple[list[MatchProposal], int]:
        """The proposals a person is part of, and how many others have them as the next best choice."""
        own = (proposals.c.mentor_id == person_id) | (proposals.c.mentee_id == person_id)
        others = self._connection.execute(select(proposals.c.body).where(~own)).scalars()
        considered = sum((body.get("runner_up") or {}).get("mentor_id") == person_id for body in others)
        return self._where(own), considered

    def approved_before(self, run_id: str) -> list[MatchProposal]:
        """Approved proposals of other runs whose pairing is still running."""
        running = select(pairings.c.proposal_id).where(
            pairings.c.status.in_((PairingStatus.ACTIVE, PairingStatus.PAUSED))
        )
        return self._where(proposals.c.id.in_(running) & (proposals.c.run_id != run_id))

    def _where(self, condition: Any) -> list[MatchProposal]:
        chosen = select(proposals).where(condition).order_by(proposals.c.decided_at, proposals.c.id)
        return [_proposal(row) for row in self._connection.execute(chosen)]


def _proposal(row: Row[Any]) -> MatchProposal:
    return MatchProposal.model_validate({**row.body, **{name: getattr(row, name) for name in _COLUMNS}})
