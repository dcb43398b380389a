"""Pairings and their goals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from companion.domain.pairings import Goal, Pairing, PairingStatus
from companion.store.schema import goals, pairings


class Pairings:
    """The `pairings` and `goals` tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, pairing: Pairing, pairing_goals: Iterable[Goal]) -> None:
        """Keep a new pairing with its first goals."""
        self._connection.execute(insert(pairings).values(pairing.model_dump()))
        for goal in pairing_goals:
            self.add_goal(goal)

    def add_goal(self, goal: Goal) -> None:
        """Keep a new goal."""
        self._connection.execute(insert(goals).values(goal.model_dump()))

    def get(self, pairing_id: str) -> Pairing | None:
        """One pairing, or None."""
        return next(iter(self._load(pairings.c.id == pairing_id)), None)

    def all(self) -> list[Pairing]:
        """Every pairing, oldest first."""
        return self._load(None)

    def of_person(self, person_id: str) -> list[Pairing]:
        """The pairings a person is part of, oldest first."""
        return self._load(or_(pairings.c.mentor_id == person_id, pairings.c.mentee_id == person_id))

    def set_status(
        self, pairing_id: str, status: PairingStatus, at: datetime | None = None, *, pause_reason: str = ""
    ) -> None:
        """Pause, resume, complete or end a pairing."""
        values = {"status": status, "status_since": at, "pause_reason": pause_reason}
        self._connection.execute(update(pairings).where(pairings.c.id == pairing_id).values(values))

    def remove(self, pairing_id: str) -> None:
        """Undo an approval: the pairing goes with its goals and sessions."""
        self._connection.execute(delete(pairings).where(pairings.c.id == pairing_id))

    def goals(self, pairing_id: str) -> list[Goal]:
        """The goals of a pairing, most important first."""
        rows = self._connection.execute(
            select(goals)
            .where(goals.c.pairing_id == pairing_id)
            .order_by(goals.c.priority, goals.c.created_at, goals.c.id)
        )
        return [Goal.model_validate(dict(row)) for row in rows.mappings()]

    def _load(self, condition: Any) -> list[Pairing]:
        chosen = select(pairings).order_by(pairings.c.started_at, pairings.c.id)
        if condition is not None:
            chosen = chosen.where(condition)
        return [Pairing.model_validate(dict(row)) for row in self._connection.execute(chosen).mappings()]
