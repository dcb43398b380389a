"""Look people up."""

from __future__ import annotations

from dataclasses import dataclass

from companion.domain.people import Facet, FacetKind, Person, Role
from companion.services.companion import Companion


def list_people(companion: Companion, role: Role | None = None) -> list[Person]:
    """Everybody, or everybody with one role, by name."""
    with companion.store.get().read() as tx:
        return sorted(tx.people.all(role), key=lambda person: (person.name.casefold(), person.id))


@dataclass(frozen=True)
class Found:
    """An entry found by a search, with whoever stated it."""

    person: Person
    facet: Facet
    similarity: float
    """Cosine; only good for ordering, its scale differs from model to model."""


def search(companion: Companion, text: str, kind: FacetKind, limit: int = 10) -> list[Found]:
    """The entries of one facet nearest in meaning to `text`, best first. Raises SearchError."""
    with companion.store.get().read() as tx:
        people = {person.id: person for person in tx.people.all()}
    profiles = companion.profiles.get()
    profiles.sync(people.values())
    found = []
    for hit in profiles.search(text, kind, limit):
        person = people[hit.person_id]
        facet = next(facet for facet in person.facets if facet.entry_id == hit.entry_id)
        found.append(Found(person, facet, hit.similarity))
    return found
