"""Look people up."""

from __future__ import annotations

from companion.domain.people import Person, Role
from companion.services.companion import Companion


def list_people(companion: Companion, role: Role | None = None) -> list[Person]:
    """Everybody, or everybody with one role, by name."""
    with companion.store.get().read() as tx:
        return sorted(tx.people.all(role), key=lambda person: (person.name.casefold(), person.id))
