"""What is older than its period, and its removal: each kind of data in its own way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select, update

from companion.domain.matching import ProposalStatus
from companion.domain.pairings import PairingStatus
from companion.domain.receipts import Receipt
from companion.domain.sessions import SessionStatus
from companion.store import schema
from companion.store.audit import ModelCalls
from companion.store.erasures import EMPTIED, emptied_proposal
from companion.store.summary_tables import summaries, summary_codes

_OVER = (SessionStatus.HELD, SessionStatus.CANCELLED)
_ENDED = (PairingStatus.COMPLETED, PairingStatus.ENDED_EARLY)
_OF_A_RUN = ("format", "certificate", "synthetic")
"""What stays of a run's body: nothing in it is about anybody."""


class KeptTooLong:
    """The rows of each kind with a period; `KINDS` names them as `Retention` does."""

    KINDS = ("model_texts", "agendas", "pairings", "matches", "comments", "reasons")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def times(self, kind: str) -> list[datetime]:
        """From when each thing of a kind is counted, oldest first; things already removed are not there."""
        rows = self._connection.execute(self._things(kind)).all()
        if kind in ("matches", "reasons"):
            rows = [row for row in rows if not _is_bare(kind, row)]
        return sorted(row.at for row in rows if row.at is not None)

    def remove(self, kind: str, before: datetime, receipt: Receipt) -> int:
        """Remove what is counted from before that time; returns how many things."""
        rows = [row for row in self._connection.execute(self._things(kind)) if row.at is not None and row.at < before]
        if kind in ("matches", "reasons"):
            rows = [row for row in rows if not _is_bare(kind, row)]
        ids = [row.id for row in rows]
        for start in range(0, len(ids), 500):
            _REMOVE[kind](self, ids[start : start + 500], receipt)
        return len(ids)

    def _things(self, kind: str) -> Select[Any]:
        s = schema
        match kind:
            case "model_texts":
                calls = s.model_calls
                erased = select(s.egress_chain.c.call_id).where(s.egress_chain.c.event == "erased")
                return select(calls.c.id, calls.c.at).where(calls.c.id.not_in(erased))
            case "agendas":
                revisions = s.agenda_revisions
                over = select(s.sessions.c.id).where(s.sessions.c.status.in_(_OVER))
                return (
                    select(revisions.c.session_id.label("id"), func.max(revisions.c.at).label("at"))
                    .where(revisions.c.session_id.in_(over))
                    .group_by(revisions.c.session_id)
                )
            case "pairings":
                said = select(s.goals.c.pairing_id).union(
                    select(s.commitments.c.pairing_id),
                    select(s.sessions.c.pairing_id).where(s.sessions.c.executive_question != ""),
                )
                ended = s.pairings.c.status.in_(_ENDED) & s.pairings.c.id.in_(said)
                return select(s.pairings.c.id, s.pairings.c.status_since.label("at")).where(ended)
            case "matches":
                newest = select(s.match_runs.c.id).order_by(s.match_runs.c.at.desc(), s.match_runs.c.id.desc()).limit(1)
                old = s.match_runs.c.id.not_in(newest)
                return select(s.match_runs.c.id, s.match_runs.c.at, s.match_runs.c.body).where(old)
            case "comments":
                said = select(s.survey_comments.c.wave_id).union(
                    select(s.survey_shared.c.wave_id), select(summaries.c.wave_id), select(summary_codes.c.wave_id)
                )
                return select(s.survey_waves.c.id, s.survey_waves.c.closed_at.label("at")).where(
                    s.survey_waves.c.id.in_(said)
                )
            case "reasons":
                return select(s.audit.c.number.label("id"), s.audit.c.at, s.audit.c.detail)
        raise ValueError(f"there is no kind {kind!r}")

    def _model_texts(self, ids: list[str], receipt: Receipt) -> None:
        calls = ModelCalls(self._connection)
        for call in (calls.get(call_id) for call_id in ids):
            if call is not None:
                calls.erase(call, receipt.id)

    def _agendas(self, ids: list[str], receipt: Receipt) -> None:
        for table in (schema.agenda_heads, schema.agenda_revisions):
            self._connection.execute(delete(table).where(table.c.session_id.in_(ids)))

    def _pairings(self, ids: list[str], receipt: Receipt) -> None:
        for table in (schema.goals, schema.commitments):
            self._connection.execute(delete(table).where(table.c.pairing_id.in_(ids)))
        asked = schema.sessions.c.pairing_id.in_(ids)
        self._connection.execute(update(schema.sessions).where(asked).values(executive_question=""))

    def _matches(self, ids: list[str], receipt: Receipt) -> None:
        proposals, runs = schema.proposals, schema.match_runs
        undecided = proposals.c.run_id.in_(ids) & (proposals.c.status == ProposalStatus.PENDING)
        # A pairing would go with its proposal.
        unused = proposals.c.id.not_in(select(schema.pairings.c.proposal_id))
        self._connection.execute(delete(proposals).where(undecided & unused))
        for row in self._connection.execute(select(proposals).where(proposals.c.run_id.in_(ids))).all():
            bare = {"body": emptied_proposal(row.body), "decline_reason": ""}
            self._connection.execute(update(proposals).where(proposals.c.id == row.id).values(bare))
        for row in self._connection.execute(select(runs).where(runs.c.id.in_(ids))).all():
            self._connection.execute(update(runs).where(runs.c.id == row.id).values(body=_bare_run(row.body)))

    def _comments(self, ids: list[str], receipt: Receipt) -> None:
        # A summary quotes comments.
        for table in (schema.survey_comments, schema.survey_shared, summaries, summary_codes):
            self._connection.execute(delete(table).where(table.c.wave_id.in_(ids)))

    def _reasons(self, ids: Iterable[int], receipt: Receipt) -> None:
        for row in self._connection.execute(select(schema.audit).where(schema.audit.c.number.in_(list(ids)))).all():
            self._connection.execute(
                update(schema.audit)
                .where(schema.audit.c.number == row.number)
                .values(detail=row.detail | {"reason": ""})
            )


def _bare_run(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in _OF_A_RUN if name in body} | {"unmatched": [], "warnings": [EMPTIED]}


def _is_bare(kind: str, row: Any) -> bool:
    if kind == "matches":
        return bool(row.body == _bare_run(row.body))
    return not row.detail.get("reason")


_REMOVE: Mapping[str, Any] = {
    "model_texts": KeptTooLong._model_texts,
    "agendas": KeptTooLong._agendas,
    "pairings": KeptTooLong._pairings,
    "matches": KeptTooLong._matches,
    "comments": KeptTooLong._comments,
    "reasons": KeptTooLong._reasons,
}
