"""Sessions and the commitments made in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from companion.domain.sessions import Commitment, CommitmentStatus, Session, SessionStatus
from companion.store.schema import commitments, sessions


class Sessions:
    """The `sessions` and `commitments` tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, fresh: Iterable[Session]) -> None:
        """Keep new sessions."""
        for session in fresh:
            self._connection.execute(insert(sessions).values(session.model_dump()))

    def save(self, session: Session) -> None:
        """Replace a session that is already there."""
        self._connection.execute(
            update(sessions).where(sessions.c.id == session.id).values(session.model_dump(exclude={"id"}))
        )

    def get(self, session_id: str) -> Session | None:
        """One session, or None."""
        row = self._connection.execute(select(sessions).where(sessions.c.id == session_id)).mappings().first()
        return None if row is None else Session.model_validate(dict(row))

    def of_pairing(self, pairing_id: str) -> list[Session]:
        """The sessions of a pairing, by number."""
        rows = self._connection.execute(
            select(sessions).where(sessions.c.pairing_id == pairing_id).order_by(sessions.c.number)
        )
        return [Session.model_validate(dict(row)) for row in rows.mappings()]

    def by_pairing(self) -> dict[str, list[Session]]:
        """Every session, by pairing and number."""
        found: dict[str, list[Session]] = {}
        rows = self._connection.execute(select(sessions).order_by(sessions.c.pairing_id, sessions.c.number))
        for row in rows.mappings():
            found.setdefault(row["pairing_id"], []).append(Session.model_validate(dict(row)))
        return found

    def held_by(self, number: int) -> frozenset[str]:
        """The ids of the pairings that held their session of that number."""
        is_it = (sessions.c.number == number) & (sessions.c.status == SessionStatus.HELD.value)
        return frozenset(self._connection.scalars(select(sessions.c.pairing_id).where(is_it)))

    def latest_held(self) -> int | None:
        """The highest number of a session that any pairing held; None when none was."""
        held = sessions.c.status == SessionStatus.HELD.value
        number = self._connection.execute(select(func.max(sessions.c.number)).where(held)).scalar()
        return None if number is None else int(number)

    def add_commitments(self, fresh: Iterable[Commitment]) -> None:
        """Keep new commitments."""
        for commitment in fresh:
            self._connection.execute(insert(commitments).values(commitment.model_dump()))

    def set_commitment(self, commitment_id: str, status: CommitmentStatus) -> None:
        """Mark a commitment done, dropped or open again."""
        self._connection.execute(update(commitments).where(commitments.c.id == commitment_id).values(status=status))

    def save_commitment(self, commitment: Commitment) -> None:
        """Replace a commitment that is already there."""
        self._connection.execute(
            update(commitments).where(commitments.c.id == commitment.id).values(commitment.model_dump(exclude={"id"}))
        )

    def remove_commitments(self, commitment_ids: Iterable[str]) -> None:
        """Let commitments go that were noted by mistake."""
        self._connection.execute(delete(commitments).where(commitments.c.id.in_(list(commitment_ids))))

    def commitment(self, commitment_id: str) -> Commitment | None:
        """One commitment, or None."""
        return next(iter(self._commitments(commitments.c.id == commitment_id)), None)

    def commitments(self, pairing_id: str) -> list[Commitment]:
        """All commitments of a pairing, oldest first."""
        return self._commitments(commitments.c.pairing_id == pairing_id)

    def _commitments(self, condition: Any) -> list[Commitment]:
        rows = self._connection.execute(
            select(commitments).where(condition).order_by(commitments.c.created_at, commitments.c.id)
        )
        return [Commitment.model_validate(dict(row)) for row in rows.mappings()]
