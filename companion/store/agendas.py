"""Agendas: every revision is kept, and a head points at the one in use, so that undo only moves the head."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from companion.domain.agendas import Agenda
from companion.errors import StaleEdit
from companion.store.schema import agenda_heads, agenda_revisions


class Agendas:
    """The `agenda_revisions` and `agenda_heads` tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def head(self, session_id: str) -> Agenda | None:
        """The agenda in use, or None when the session has none yet."""
        revision = self._head(session_id)
        return None if revision is None else self._get(session_id, revision)

    def heads(self) -> list[Agenda]:
        """The agendas in use of all sessions that have one."""
        rows = self._connection.execute(
            select(agenda_revisions.c.body)
            .join(
                agenda_heads,
                (agenda_heads.c.session_id == agenda_revisions.c.session_id)
                & (agenda_heads.c.revision == agenda_revisions.c.revision),
            )
            .order_by(agenda_revisions.c.session_id)
        )
        return [Agenda.model_validate(body) for body in rows.scalars()]

    def save(self, agenda: Agenda, *, based_on: int | None) -> Agenda:
        """Keep a new revision on top of the one it is based on, and return it with its number.

        `based_on` is the head the editor saw, None for the first. Raises StaleEdit when the head has moved since.
        """
        head = self._head(agenda.session_id)
        if head != based_on:
            raise StaleEdit(
                "This agenda was changed in another window.", "Reload it to see the other change, then repeat yours."
            )
        newest = self._connection.execute(
            select(func.max(agenda_revisions.c.revision)).where(agenda_revisions.c.session_id == agenda.session_id)
        ).scalar()
        numbered = agenda.model_copy(update={"revision": (newest or 0) + 1})
        self._connection.execute(
            insert(agenda_revisions).values(
                session_id=numbered.session_id,
                revision=numbered.revision,
                parent=head,
                at=numbered.at,
                body=numbered.model_dump(mode="json"),
            )
        )
        self._point(numbered.session_id, numbered.revision, known=head is not None)
        return numbered

    def undo(self, session_id: str) -> Agenda | None:
        """Move the head back by one and return the agenda there; None when there is nothing to undo."""
        head = self._head(session_id)
        if head is None:
            return None
        parent = self._connection.execute(
            select(agenda_revisions.c.parent).where(
                agenda_revisions.c.session_id == session_id, agenda_revisions.c.revision == head
            )
        ).scalar()
        return None if parent is None else self._move(session_id, parent)

    def redo(self, session_id: str) -> Agenda | None:
        """Move the head to its newest successor; None when there is none."""
        child = self._connection.execute(
            select(func.max(agenda_revisions.c.revision)).where(
                agenda_revisions.c.session_id == session_id, agenda_revisions.c.parent == self._head(session_id)
            )
        ).scalar()
        return None if child is None else self._move(session_id, child)

    def steps(self, session_id: str) -> list[tuple[int, str]]:
        """The revisions that led to the one in use, the newest first, each with what it did: edited, prepared ..."""
        rows = self._connection.execute(
            select(agenda_revisions.c.revision, agenda_revisions.c.parent, agenda_revisions.c.body).where(
                agenda_revisions.c.session_id == session_id
            )
        )
        known = {row.revision: (row.parent, str(row.body["changed"])) for row in rows}
        found: list[tuple[int, str]] = []
        at = self._head(session_id)
        while at is not None:
            parent, changed = known[at]
            found.append((at, changed))
            at = parent
        return found

    def back_to(self, session_id: str, revision: int) -> Agenda:
        """Move the head to an earlier revision and return the agenda there."""
        return self._move(session_id, revision)

    def history(self, session_id: str) -> list[Agenda]:
        """Every revision ever kept, oldest first."""
        rows = self._connection.execute(
            select(agenda_revisions.c.body)
            .where(agenda_revisions.c.session_id == session_id)
            .order_by(agenda_revisions.c.revision)
        )
        return [Agenda.model_validate(body) for body in rows.scalars()]

    def first_made(self) -> dict[str, datetime]:
        """When the first agenda of each session was there, by session."""
        first = select(agenda_revisions.c.session_id, func.min(agenda_revisions.c.at)).group_by(
            agenda_revisions.c.session_id
        )
        return {row[0]: row[1] for row in self._connection.execute(first)}

    def _head(self, session_id: str) -> int | None:
        return self._connection.execute(
            select(agenda_heads.c.revision).where(agenda_heads.c.session_id == session_id)
        ).scalar()

    def _get(self, session_id: str, revision: int) -> Agenda:
        body = self._connection.execute(
            select(agenda_revisions.c.body).where(
                agenda_revisions.c.session_id == session_id, agenda_revisions.c.revision == revision
            )
        ).scalar_one()
        return Agenda.model_validate(body)

    def _move(self, session_id: str, revision: int) -> Agenda:
        self._point(session_id, revision, known=True)
        return self._get(session_id, revision)

    def _point(self, session_id: str, revision: int, *, known: bool) -> None:
        if known:
            change = update(agenda_heads).where(agenda_heads.c.session_id == session_id).values(revision=revision)
            self._connection.execute(change)
        else:
            self._connection.execute(insert(agenda_heads).values(session_id=session_id, revision=revision))
