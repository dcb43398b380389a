"""Who stands above whom: the whole manager chain, with circles and gaps in the data reported instead of followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from companion.domain.people import Person
from companion.domain.text import plain

_NAMED = 5
"""So many people are named in a warning; the rest are counted."""


@dataclass(frozen=True)
class ReportingLines:
    """What the people's manager fields say."""

    identity: Mapping[str, str]
    """Person id -> one key per human being: two records with one e-mail address are the same person."""
    above: Mapping[str, frozenset[str]]
    """Key -> the keys of everybody above, through the whole chain."""
    warnings: tuple[str, ...]


def reporting_lines(people: Sequence[Person]) -> ReportingLines:
    """Follow every manager chain upwards; a manager may be named by id or by e-mail, and need not take part."""
    people = sorted(people, key=lambda person: (person.id, person.role))
    identity = {person.id: f"id:{person.id}" for person in people}
    identity |= {person.id: _email(person) for person in people if _email(person)}
    known = set(identity.values())
    managers: dict[str, set[str]] = {}
    unknown: dict[str, int] = {}
    own: list[Person] = []
    for person in people:
        manager = person.manager_id.strip()
        if not manager:
            continue
        by_email = manager.casefold() if manager.casefold() in known else f"id:{manager}"
        key = identity.get(manager, by_email)
        if key == identity[person.id]:
            own.append(person)
            continue
        if key not in known:
            unknown[manager] = unknown.get(manager, 0) + 1
        managers.setdefault(identity[person.id], set()).add(key)
    # Those with one manager share one line, and one set.
    lines: dict[frozenset[str], frozenset[str]] = {}
    above: dict[str, frozenset[str]] = {}
    for key in sorted(known):
        next_up = frozenset(managers.get(key, ()))
        if next_up not in lines:
            lines[next_up] = _all_above(next_up, managers)
        above[key] = lines[next_up]
    warnings = [*_circles(above, people, identity), *_gaps(people, unknown)]
    if own:
        are = "is" if len(own) == 1 else "are"
        warnings.append(f"{name_list(own)} {are} recorded as their own manager; that was ignored.")
    return ReportingLines(identity, above, tuple(warnings))


def _email(person: Person) -> str:
    return person.email.strip().casefold()


def _all_above(next_up: frozenset[str], managers: Mapping[str, set[str]]) -> frozenset[str]:
    seen: set[str] = set()
    waiting = list(next_up)
    while waiting:
        manager = waiting.pop()
        if manager not in seen:
            seen.add(manager)
            waiting.extend(managers.get(manager, ()))
    return frozenset(seen)


def _circles(above: Mapping[str, frozenset[str]], people: Sequence[Person], identity: Mapping[str, str]) -> list[str]:
    """One warning per circle; in a circle everybody counts as being above everybody else."""
    warnings: list[str] = []
    done: set[str] = set()
    for key, line in above.items():
        if key in line and key not in done:
            circle = {key} | {other for other in line if key in above.get(other, ())}
            done |= circle
            members = [person for person in people if identity[person.id] in circle]
            warnings.append(
                f"The manager fields run in a circle through {name_list(members)}. "
                "They were kept apart; correct the fields and match again."
            )
    return warnings


def _gaps(people: Sequence[Person], unknown: Mapping[str, int]) -> list[str]:
    warnings: list[str] = []
    if unknown:
        ids = [plain(id_, one_line=True) for id_ in sorted(unknown)]
        shown = ", ".join(ids[:_NAMED]) + (f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else "")
        named = "manager is" if len(ids) == 1 else "managers are"
        warnings.append(
            f"{len(ids)} {named} not in the data ({shown}): who stands above them is unknown, so reporting lines that "
            "run through them cannot be seen."
        )
    without = sum(not person.manager_id.strip() for person in people)
    if without and people:
        who = "anybody" if without == len(people) else f"{without} of {len(people)} people"
        warnings.append(f"No manager is recorded for {who}: add the manager column so that their line can be checked.")
    return warnings


def named(person: Person) -> str:
    """Name and id on one line, safe to show."""
    return f"{plain(person.name, one_line=True)} ({plain(person.id, one_line=True)})"


def name_list(people: Sequence[Person]) -> str:
    """The first few people by name and id, the others as a count."""
    names = [named(person) for person in people[:_NAMED]]
    if len(people) > _NAMED:
        names.append(f"{len(people) - _NAMED} more")
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
