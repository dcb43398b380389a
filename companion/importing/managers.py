"""Find out which person a manager cell means, whether it holds an id, an e-mail address or a name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from companion.domain.imports import PersonDraft, RowProblem
from companion.domain.people import Person
from companion.importing.values import MAX_LINE_CHARS, plain

_IN_BRACKETS = re.compile(r"^(.*?)\s*[(\[<]([^()\[\]<>]+)[)\]>]\s*$")
LOOKS_LIKE_ID = re.compile(r"^(?=\S*\d)[^\s@]+$")
ENOUGH_TO_JUDGE = 5
"""From this many managers on, not finding a single one means that the ids are of another kind."""


@dataclass(frozen=True)
class Stated:
    """One manager cell as the file has it."""

    person_id: str
    text: str
    column: str
    line: int


@dataclass
class Directory:
    """Everybody whom a cell may mean by an id, an address or a name."""

    ids: dict[str, str] = field(default_factory=dict)
    emails: dict[str, set[str]] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, drafts: Mapping[str, PersonDraft], existing: Mapping[str, Person]) -> Directory:
        """Everybody in a file and in the programme."""
        directory = cls()
        for person in existing.values():
            directory.add(person.id, person.name, person.email)
        for draft in drafts.values():
            stored = existing.get(draft.id)
            directory.add(draft.id, draft.name or (stored.name if stored else ""), draft.email or "")
        return directory

    def add(self, person_id: str, name: str, email: str) -> None:
        """Make somebody known."""
        self.ids.setdefault(person_id.casefold(), person_id)
        if email:
            self.emails.setdefault(email.casefold(), set()).add(person_id)
        if name:
            self.names.setdefault(plain(name), set()).add(person_id)

    def find(self, text: str) -> set[str]:
        """The ids a cell may mean: one when it is clear, none when nobody is called so."""
        bracketed = _IN_BRACKETS.match(text)
        for part in (text, *(bracketed.groups()[::-1] if bracketed else ())):
            folded = part.strip().casefold()
            if folded in self.ids:
                return {self.ids[folded]}
            family, comma, given = part.partition(",")
            turned = f"{given} {family}" if comma else part
            if found := self.emails.get(folded) or self.names.get(plain(part)) or self.names.get(plain(turned)):
                return found
        return set()


def resolve_managers(
    drafts: Mapping[str, PersonDraft], stated: Sequence[Stated], existing: Mapping[str, Person], file: str
) -> tuple[dict[str, PersonDraft], list[RowProblem]]:
    """The drafts with the ids of their managers, and what could not be told.

    A name or address that means nobody, or more than one person, is kept as it stands, with a warning. An id that means
    nobody is kept silently, because a manager need not take part, unless no id in the file means anybody.
    """
    directory = Directory.of(drafts, existing)
    resolved = dict(drafts)
    problems: list[RowProblem] = []
    strangers: list[Stated] = []
    for cell in stated:
        found = directory.find(cell.text)
        manager = next(iter(found)) if len(found) == 1 else cell.text
        if not found and LOOKS_LIKE_ID.match(cell.text):
            strangers.append(cell)
        elif problem := _doubt(cell, found, file):
            problems.append(problem)
        if manager == cell.person_id or len(manager) > MAX_LINE_CHARS:
            continue
        resolved[cell.person_id] = resolved[cell.person_id].model_copy(update={"manager_id": manager})
    if len(strangers) == len(stated) >= ENOUGH_TO_JUDGE:
        problems.append(_nobody_found(strangers, file))
    return resolved, problems


def _doubt(cell: Stated, found: set[str], file: str) -> RowProblem | None:
    hint = "Write the manager's id, so that reporting lines can be kept apart when people are matched."
    if found == {cell.person_id}:
        reason, hint = "The person is named as their own manager; this was left out.", ""
    elif len(found) > 1:
        reason = f"This may mean any of {', '.join(sorted(found)[:5])}."
    elif not found and len(cell.text) > MAX_LINE_CHARS:
        reason = "This is too long to name a manager and was left out."
    elif not found:
        reason = "Nobody in this file or in the programme is called so; it was kept as it stands."
    else:
        return None
    return RowProblem(
        file=file, line=cell.line, column=cell.column, value=cell.text, reason=reason, hint=hint, severity="warning"
    )


def _nobody_found(strangers: Sequence[Stated], file: str) -> RowProblem:
    return RowProblem(
        file=file,
        line=0,
        column=strangers[0].column,
        value=", ".join(sorted({cell.text for cell in strangers})[:5]),
        reason=f"None of the {len(strangers)} managers is in this file or in the programme.",
        hint="If their ids are of another kind than the ids of the people, reporting lines cannot be told.",
        severity="warning",
    )
