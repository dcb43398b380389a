"""What an import found in a file and what it would change, before anything is saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from companion.domain.people import Declared, FacetKind, Person, Role, facets_from_lists
from companion.domain.words import listed, one_line, shortened

SHOWN_VALUE_CHARS = 80
"""A value quoted in a problem is cut to this length."""
SHOWN_HEADERS, SHOWN_HEADER_CHARS = 3, 40

DRAFT_FIELDS = (
    "name",
    "email",
    "role",
    "title",
    "department",
    "location",
    "time_zone",
    "languages",
    "manager_id",
    "tenure_years",
    "capacity",
    "availability",
    "level",
    "region",
    "work_style",
    "opted_out",
    "local_only",
    "not_with",
    "declared",
)
"""The fields of a person, apart from id and facets, in the order a preview shows them."""

FIELD_LABELS: Mapping[str, str] = {
    "id": "id",
    "name": "name",
    "email": "e-mail",
    "role": "role",
    "title": "title",
    "department": "department",
    "location": "location",
    "time_zone": "time zone",
    "languages": "languages",
    "manager_id": "manager",
    "tenure_years": "tenure in years",
    "capacity": "capacity",
    "availability": "availability",
    "level": "level",
    "region": "region",
    "work_style": "work style",
    "opted_out": "opted out",
    "local_only": "local model only",
    "not_with": "not with",
    "declared": "declared",
    "need": "needs",
    "offer": "offers",
    "gain": "gains",
    "interest": "interests",
    "off_limits": "off-limits",
}
"""How a preview names each field; facets go by their kind."""

PRIVATE = frozenset({"not_with", "declared"})
"""Fields whose values no preview, list or export shows; only that there are some."""

ProblemSeverity = Literal["error", "warning"]
ChangeKind = Literal["added", "changed", "unchanged"]


class RowProblem(BaseModel):
    """One thing in a file that could not be used.

    An error leaves the row out; a warning keeps the row and leaves the value out, unless the reason says otherwise.
    """

    model_config = ConfigDict(frozen=True)

    file: str
    line: int = Field(ge=0)
    """The physical line, counted from 1, on which the row starts; 0 for the file as a whole."""
    column: str = ""
    """The header as the file writes it; empty when the whole row is meant."""
    value: str = ""
    reason: str
    hint: str = ""
    severity: ProblemSeverity = "error"
    objection: bool = False
    """Whether people may object to something here that was not read: to be seen before anything is saved."""

    @field_validator("value")
    @classmethod
    def _shortened(cls, value: str) -> str:
        line = " ".join(value.split())
        return line if len(line) <= SHOWN_VALUE_CHARS else line[: SHOWN_VALUE_CHARS - 1] + "…"

    @property
    def where(self) -> str:
        """The place in words, such as ``people.csv, line 12, column 'Mgr'``."""
        parts = [self.file]
        if self.line:
            parts.append(f"line {self.line}")
        if self.column:
            parts.append(f"column '{self.column}'")
        return ", ".join(parts)


class PersonDraft(BaseModel):
    """What one row says about one person. None, or a facet that is missing, means: the file does not say.

    What the file does not say, an absent column as well as an empty cell, leaves the stored value alone; so an import
    fills and changes values, but never empties them.
    """

    model_config = ConfigDict(frozen=True)

    file: str = ""
    line: int = Field(default=0, ge=0)
    columns: Mapping[str, str] = Field(default_factory=dict)
    """Which header each field came from, so that a problem can name it."""

    id: str
    name: str | None = None
    email: str | None = None
    role: Role | None = None
    title: str | None = None
    department: str | None = None
    location: str | None = None
    time_zone: str | None = None
    languages: tuple[str, ...] | None = None
    manager_id: str | None = None
    tenure_years: float | None = None
    capacity: int | None = None
    availability: tuple[str, ...] | None = None
    level: int | None = None
    region: str | None = None
    work_style: str | None = None
    opted_out: bool | None = None
    local_only: bool | None = None
    not_with: tuple[str, ...] | None = None
    declared: tuple[Declared, ...] | None = None
    """Everything declared after this row; empty when somebody takes their consent back."""
    facets: Mapping[FacetKind, tuple[str, ...]] = Field(default_factory=dict)
    """The entries of the facets the row fills; each replaces the stored entries of its kind."""

    def without(self, *fields: str) -> PersonDraft:
        """The same draft with some fields (names as in `FieldChange.field`) taken out, as if the file had not said."""
        kept = {kind: texts for kind, texts in self.facets.items() if kind.value not in fields}
        return self.model_copy(update={**{f: None for f in fields if f in DRAFT_FIELDS}, "facets": kept})

    def to_person(self, existing: Person | None = None) -> Person:
        """The person this row makes: `existing` with the stated fields replaced, or a new one.

        Raises pydantic's ValidationError when a stated value is not allowed, or a new person lacks a name or a role.
        """
        values: dict[str, Any] = {} if existing is None else {name: getattr(existing, name) for name in DRAFT_FIELDS}
        values |= {name: value for name in DRAFT_FIELDS if (value := getattr(self, name)) is not None}
        return Person.model_validate({**values, "id": self.id, "facets": self._facets(existing)})

    def _facets(self, existing: Person | None) -> tuple[Any, ...]:
        stated = {kind: list(texts) for kind, texts in self.facets.items() if texts}
        if existing is None:
            return facets_from_lists({kind: stated[kind] for kind in FacetKind if kind in stated})
        kept = tuple(facet for facet in existing.facets if facet.kind not in stated)
        return kept + facets_from_lists(stated)


class ReadResult(BaseModel):
    """Everything a file holds that can be used, and everything that cannot."""

    model_config = ConfigDict(frozen=True)

    source: str
    """The file's name, without its folder."""
    drafts: tuple[PersonDraft, ...]
    problems: tuple[RowProblem, ...] = ()
    columns_used: tuple[str, ...] = ()
    columns_ignored: tuple[str, ...] = ()
    """Columns, or files of an archive, that were not read; only their names are known."""


class FieldChange(BaseModel):
    """One field before and after, as lists: a single value is a list of one, nothing is an empty list."""

    model_config = ConfigDict(frozen=True)

    field: str
    """A name of `DRAFT_FIELDS`, or a facet's kind such as ``need``; `FIELD_LABELS` words it."""
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def entries_added(self) -> tuple[str, ...]:
        """What is in the new list and not in the old one."""
        return tuple(text for text in self.after if text not in self.before)

    @property
    def entries_removed(self) -> tuple[str, ...]:
        """What is in the old list and not in the new one."""
        return tuple(text for text in self.before if text not in self.after)


class PersonChange(BaseModel):
    """What the import does to one person."""

    model_config = ConfigDict(frozen=True)

    kind: ChangeKind
    person: Person
    """The person as they are after the import; the stored one itself when nothing changes."""
    changes: tuple[FieldChange, ...] = ()


class ImportPlan(BaseModel):
    """A preview: nothing in it has been saved yet. Nobody is ever deleted by an import."""

    model_config = ConfigDict(frozen=True)

    source: str
    changes: tuple[PersonChange, ...]
    problems: tuple[RowProblem, ...] = ()

    def of_kind(self, kind: ChangeKind) -> tuple[PersonChange, ...]:
        """The changes of one kind, in the order of the file."""
        return tuple(change for change in self.changes if change.kind == kind)

    @property
    def people_to_save(self) -> tuple[Person, ...]:
        """The people who are new or different."""
        return tuple(change.person for change in self.changes if change.kind != "unchanged")

    @property
    def errors(self) -> tuple[RowProblem, ...]:
        """The problems that left a row out."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def unread_objections(self) -> tuple[RowProblem, ...]:
        """The columns that may say what people object to, and that were not read."""
        return tuple(problem for problem in self.problems if problem.objection)

    @property
    def objection_warning(self) -> str:
        """What to look at before saving, in a sentence; empty when there is nothing."""
        names = [f"'{shortened(one_line(problem.column), SHOWN_HEADER_CHARS)}'" for problem in self.unread_objections]
        more = [f"{len(names) - SHOWN_HEADERS} more"] if len(names) > SHOWN_HEADERS else []
        columns = listed([*names[:SHOWN_HEADERS], *more])
        return f"Look before you save: what people object to may stand unread in {columns}." if names else ""

    @property
    def rows_left_out(self) -> int:
        """How many rows have at least one error; a problem of the file as a whole is no row."""
        return len({problem.line for problem in self.errors if problem.line})

    @property
    def warnings(self) -> tuple[RowProblem, ...]:
        """The problems that left a value out, or that somebody should look at."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")


def plan_import(
    drafts: Iterable[PersonDraft],
    existing: Mapping[str, Person],
    *,
    source: str = "",
    problems: Iterable[RowProblem] = (),
) -> ImportPlan:
    """Compare what a file says with who is stored (by id) and say, field by field, what saving it would change.

    `problems` are those found while reading; rows that do not make a valid person are added to them and left out.
    """
    changes: list[PersonChange] = []
    found = list(problems)
    for draft in drafts:
        before = existing.get(draft.id)
        try:
            after = draft.to_person(before)
        except ValidationError as error:
            found.extend(_problem_of(draft, detail) for detail in error.errors(include_url=False))
            continue
        fields = field_changes(before, after)
        if before is None:
            changes.append(PersonChange(kind="added", person=after, changes=fields))
        elif fields:
            changes.append(PersonChange(kind="changed", person=after, changes=fields))
        else:
            changes.append(PersonChange(kind="unchanged", person=before))
    return ImportPlan(source=source, changes=tuple(changes), problems=tuple(found))


def field_changes(before: Person | None, after: Person) -> tuple[FieldChange, ...]:
    """Every field in which two states of a person differ; for a new person every field that holds something."""
    changes = []
    for name in (*DRAFT_FIELDS, *(kind.value for kind in FacetKind)):
        old, new = (() if before is None else _shown(before, name)), _shown(after, name)
        if before is not None and name in PRIVATE and getattr(before, name) != getattr(after, name) and old == new:
            new = tuple(f"{text}, another than before" for text in new)
        if old != new:
            changes.append(FieldChange(field=name, before=old, after=new))
    return tuple(changes)


def _shown(person: Person, name: str) -> tuple[str, ...]:
    if name not in DRAFT_FIELDS:
        return tuple(facet.text for facet in person.entries(FacetKind(name)))
    value = getattr(person, name)
    if value is None or value == "":
        return ()
    if name == "declared":
        return tuple(f"{item.attribute}, for {'matching' if item.use == 'match' else 'figures'}" for item in value)
    if name == "not_with":
        return (f"{len(value)} {'person' if len(value) == 1 else 'people'}",) if value else ()
    if value is Role.MENTEE:
        return ("executive",)
    if isinstance(value, bool):
        return ("yes",) if value else ()
    if isinstance(value, tuple):
        return value
    return (f"{value:g}" if isinstance(value, float) else str(value),)


def _problem_of(draft: PersonDraft, detail: Any) -> RowProblem:
    place = [str(part) for part in detail["loc"]]
    name = place[0] if place else ""
    label = FIELD_LABELS.get(name, name)
    if detail["type"] == "missing" or (name == "name" and draft.name is None):
        reason, value = f"A new person needs a {label}.", ""
    else:
        reason, value = f"The {label or 'row'} cannot be used: {detail['msg']}.", str(detail["input"])
    column = draft.columns.get(name, "")
    return RowProblem(file=draft.file, line=draft.line, column=column, value=value, reason=reason)
