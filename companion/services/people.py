"""Look people up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from companion.domain.people import Facet, FacetKind, Person, Role
from companion.domain.typed_words import finds
from companion.errors import InvalidInput, NotFound
from companion.services.companion import Companion

if TYPE_CHECKING:
    from companion.store import Transaction

ROLE_WORDS = {Role.MENTOR: "mentor", Role.MENTEE: "executive"}
"""As screens and documents say it."""


def list_people(companion: Companion, role: Role | None = None) -> list[Person]:
    """Everybody, or everybody with one role, by name."""
    with companion.store.get().read() as tx:
        return sorted(tx.people.all(role), key=lambda person: (person.name.casefold(), person.id))


def find(tx: Transaction, name: str, role: Role | None = None) -> Person:
    """The person with that id or e-mail address, or the only one (with that role) whose name contains all its words.

    Raises NotFound, or InvalidInput when several fit.
    """
    what = ROLE_WORDS[role] if role else "person"
    if (person := tx.people.get(name)) and role in (None, person.role):
        return person
    wanted, everybody = name.strip().casefold(), tx.people.all(role)
    words = wanted.replace(",", " ").strip()
    fitting = [one for one in everybody if wanted and one.email.casefold() == wanted] or [
        one for one in everybody if words and finds(words, one.name)
    ]
    if not fitting:
        hint = "See companion people; a name or an id will do."
        if role and any(one.id == name or (words and finds(words, one.name)) for one in tx.people.all()):
            hint = "Somebody of the other side is called so: name the mentor first, then the executive."
        raise NotFound(f"There is no {what} '{name}'.", hint)
    if len(fitting) > 1:
        raise InvalidInput(
            f"'{name}' fits {len(fitting)} people.", f"Use an id: {', '.join(one.id for one in fitting[:5])}."
        )
    return fitting[0]


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
