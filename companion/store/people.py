"""People and their facets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from companion.domain.people import Facet, Person, Role
from companion.store.schema import facets, people

BATCH = 500
"""Rows per statement; SQLite allows 32,766 variables in one."""


class People:
    """The `people` and `facets` tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, person_id: str) -> Person | None:
        """The person with that id, also one who stands for somebody forgotten, or None when there is none."""
        return next(iter(self._load(people.c.id == person_id, former=True)), None)

    def some(self, ids: Iterable[str]) -> list[Person]:
        """The people with those ids, in the order of their ids; unknown ids and former participants are left out."""
        wanted, found = sorted(set(ids)), []
        for start in range(0, len(wanted), BATCH):
            found += self._load(people.c.id.in_(wanted[start : start + BATCH]))
        return found

    def all(self, role: Role | None = None) -> list[Person]:
        """Everybody, or everybody with one role, in the order of their ids."""
        return self._load(people.c.role == role.value if role else None)

    def add_former(self, person: Person) -> None:
        """Keep somebody who stands for a forgotten person in the history of others; found by `get` alone."""
        self._connection.execute(insert(people).values(_row(person) | {"former": True}))

    def remove(self, person_id: str) -> None:
        """Delete a person, with everything that refers to them."""
        self._connection.execute(delete(people).where(people.c.id == person_id))

    def save(self, changed: Iterable[Person]) -> None:
        """Add or replace people with all their facets."""
        batch = list(changed)
        for start in range(0, len(batch), BATCH):
            self._save(batch[start : start + BATCH])

    def _save(self, batch: list[Person]) -> None:
        ids = [person.id for person in batch]
        known = set(self._connection.scalars(select(people.c.id).where(people.c.id.in_(ids))))
        for person in batch:
            if person.id in known:
                self._connection.execute(update(people).where(people.c.id == person.id).values(_row(person)))
        if fresh := [_row(person) for person in batch if person.id not in known]:
            self._connection.execute(insert(people), fresh)
        self._connection.execute(delete(facets).where(facets.c.person_id.in_(ids)))
        entries = [
            {"person_id": person.id, "kind": f.kind.value, "position": f.position, "text": f.text}
            for person in batch
            for f in person.facets
        ]
        if entries:
            self._connection.execute(insert(facets), entries)

    def _load(self, condition: Any, *, former: bool = False) -> list[Person]:
        chosen, entries = select(people).order_by(people.c.id), select(facets).order_by(facets.c.position)
        if not former:
            chosen = chosen.where(people.c.former.is_(False))
        if condition is not None:
            chosen = chosen.where(condition)
            entries = entries.where(facets.c.person_id.in_(select(people.c.id).where(condition)))
        stated: dict[str, list[Facet]] = {}
        for row in self._connection.execute(entries):
            stated.setdefault(row.person_id, []).append(Facet(kind=row.kind, position=row.position, text=row.text))
        return [
            Person.model_validate({**row, "facets": tuple(stated.get(row["id"], ()))})
            for row in self._connection.execute(chosen).mappings()
        ]


def _row(person: Person) -> dict[str, Any]:
    return person.model_dump(mode="json", exclude={"facets"})
