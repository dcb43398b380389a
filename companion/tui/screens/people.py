"""People: who takes part, and the import with its preview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Input, Static

from companion.domain.people import FacetKind, Person, Role
from companion.domain.receipts import Receipt
from companion.domain.typed_words import finds
from companion.services import import_people, people, privacy
from companion.services.forget_person import Plan
from companion.services.import_people import Preview
from companion.tui.slow import Slow
from companion.tui.text import cell, shown
from companion.tui.widgets.frame import AreaScreen
from companion.tui.widgets.list_table import Column, ListTable, Row
from companion.tui.widgets.progress import JobLine

SHOWN_PEOPLE = 500
"""Rows on screen; more are counted, and / finds them."""
FACET_LABELS = {
    FacetKind.NEED: "wants to learn",
    FacetKind.OFFER: "can offer",
    FacetKind.GAIN: "wants to gain",
    FacetKind.INTEREST: "interests",
    FacetKind.OFF_LIMITS: "off limits (never sent to a model elsewhere, never used in matching)",
}


class PeopleScreen(AreaScreen):
    """Everybody on the left, one person's profile on the right."""

    AREA = "people"
    STOPPED = "Stopped; nothing was saved."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "import", "Import", id="people.import", tooltip="Read a CSV or a LinkedIn data export"),
        Binding("o", "opt_out", "Opt out", id="people.opt_out", tooltip="Send nothing about them to a model elsewhere"),
        Binding("slash", "find", "Find", id="people.find", tooltip="Find by name, title, department or id"),
        Binding("x", "export", "Export", id="people.export", tooltip="Give this person everything held about them"),
        Binding("f", "forget", "Forget", id="people.forget", tooltip="Remove this person and everything about them"),
        Binding("escape", "stop", "Stop", show=False, id="people.stop"),
    ]
    DEFAULT_CSS = """
    PeopleScreen #people-find { display: none; }
    PeopleScreen #people-find.-on { display: block; }
    """
    AUTO_FOCUS = "#people"

    def __init__(self) -> None:
        super().__init__()
        self._everybody: dict[str, Person] = {}

    def body(self) -> Iterable[Widget]:
        """The list, the profile, and the line for slow work."""
        yield Static("", id="people-head", classes="head")
        yield Horizontal(
            Vertical(
                Input(placeholder="find a name, title, department or id", id="people-find", compact=True),
                ListTable(Column("Name", 18, 2), Column("Role", 9), Column("Department", 10, 1), id="people"),
                classes="list",
            ),
            VerticalScroll(Static("", id="person-text"), classes="details"),
            classes="sides",
        )
        yield JobLine()

    def load(self) -> dict[str, Person]:
        """Read everybody."""
        return {person.id: person for person in people.list_people(self.companion)}

    def show(self, loaded: dict[str, Person]) -> None:
        """Repaint, keeping the cursor where it was."""
        self._everybody = loaded
        self._show_list()

    def _show_list(self) -> None:
        wanted = self.query_one("#people-find", Input).value.strip()
        found = [person for person in self._everybody.values() if _fits(person, wanted)]
        self.query_one(ListTable).fill([_row(person) for person in found[:SHOWN_PEOPLE]])
        self.query_one("#people-head", Static).update(head_line(self._everybody, len(found), bool(wanted)))
        self._show_chosen()

    @on(DataTable.RowHighlighted)
    def _show_chosen(self) -> None:
        person = self._everybody.get(self.query_one(ListTable).chosen or "")
        text = person_text(person, self._everybody) if person else Content("" if self._everybody else EMPTY)
        self.query_one("#person-text", Static).update(text)

    def action_find(self) -> None:
        """Show the line to type into."""
        find = self.query_one("#people-find", Input)
        find.add_class("-on")
        find.focus()

    @on(Input.Changed, "#people-find")
    def _narrow(self) -> None:
        self._show_list()

    @on(Input.Submitted, "#people-find")
    def _found(self) -> None:
        self.query_one(ListTable).focus()

    def action_opt_out(self) -> None:
        """Send nothing about this person to a model elsewhere, or take that back."""
        person = self._everybody.get(self.query_one(ListTable).chosen or "")
        if person is not None:
            self.companion_app.attempt(lambda: self._opt_out(person))

    def _opt_out(self, person: Person) -> None:
        changed, said = privacy.opt_out(self.companion, person.id, undo=person.local_only)
        self._everybody[changed.id] = changed
        self._show_list()
        self.notify(said, markup=False)

    def action_import(self) -> None:
        """Ask for the file, then read it."""
        from companion.tui.screens.import_file import ImportFile, ImportFileScreen

        def chosen(file: ImportFile | None) -> None:
            if file is not None:
                self._read(file.path, file.role, file.person_id)

        self.app.push_screen(ImportFileScreen(), chosen)

    def _read(self, path: Path, role: Role | None, person_id: str) -> None:
        companion = self.companion

        def work(me: Slow[Preview]) -> Preview:
            return import_people.preview(
                companion, path, role=role, person_id=person_id, progress=me.progress, cancelled=me.cancelled
            )

        self.work("import", f"Reading {path.name} …", work)

    def _save(self, preview: Preview) -> None:
        companion = self.companion
        self.work("save", "Saving …", lambda _: import_people.save(companion, preview), can_stop=False)

    def action_export(self) -> None:
        """Write everything held about the chosen person into a folder of the home."""
        companion, chosen = self.companion, self.query_one(ListTable).chosen
        if chosen is not None:
            from companion.services import export_me

            self.work("export", "Collecting …", lambda _: export_me.export(companion, chosen), can_stop=False)

    def action_forget(self) -> None:
        """Find out what forgetting the chosen person would remove, and ask."""
        companion, chosen = self.companion, self.query_one(ListTable).chosen
        if chosen is not None:
            from companion.services import forget_person

            self.work(
                "plan", "Looking what is there …", lambda _: forget_person.plan(companion, chosen), can_stop=False
            )

    def _confirm_forgetting(self, plan: Plan) -> None:
        from companion.services import forget_person
        from companion.tui.screens.forget import ForgetScreen

        companion, person_id = self.companion, plan.person.id

        def work(me: Slow[Receipt]) -> Receipt:
            return forget_person.forget(companion, person_id, progress=me.progress)

        def decided(go_on: bool | None) -> None:
            if go_on:
                self.work("forget", "Forgetting …", work, can_stop=False)
            else:
                self.notify("Nothing was removed.", markup=False)

        self.app.push_screen(ForgetScreen(plan), decided)

    def action_stop(self) -> None:
        """Stop reading (nothing is saved), else show everybody again."""
        find = self.query_one("#people-find", Input)
        if not self.query_one(JobLine).stop() and find.has_class("-on"):
            find.value = ""
            find.remove_class("-on")
            self.query_one(ListTable).focus()

    def worked(self, name: str, value: Any) -> None:
        """Show what the import or the forgetting would change, or that it is done."""
        if name == "export":
            self.notify(f"Written, readable by you alone: {value[0].parent}", markup=False)
            return
        if name == "plan":
            self._confirm_forgetting(value)
            return
        if name == "forget":
            from companion.tui.screens.forget import receipt_text
            from companion.tui.screens.reading import ReadingScreen

            self.reload()
            self.app.push_screen(ReadingScreen("Everything was removed", receipt_text(value)))
            return
        if name == "save":
            self.reload()
            self.notify(f"{value} {'person' if value == 1 else 'people'} added or changed.", markup=False)
            return
        from companion.tui.screens.import_preview import ImportPreviewScreen

        preview: Preview = value

        def decided(save: bool | None) -> None:
            if save:
                self._save(preview)
            else:
                self.notify("Nothing was saved.", markup=False)

        self.app.push_screen(ImportPreviewScreen(preview), decided)


EMPTY = (
    "Nobody is here yet.\n\n"
    "Press i to import mentors and executives: a CSV from your HR system (the column names may differ), "
    "or the ZIP of a LinkedIn data export. You see every change before anything is saved."
)


def head_line(everybody: Mapping[str, Person], found: int, narrowed: bool) -> Content:
    """Who is there, and how many of them the list shows."""
    mentors = sum(person.role is Role.MENTOR for person in everybody.values())
    text = f"{mentors} mentors and {len(everybody) - mentors} executives"
    if narrowed:
        text += f" · {found} found"
    if found > SHOWN_PEOPLE:
        text += f" · the first {SHOWN_PEOPLE} shown, / finds the others"
    return Content.styled(text, "bold $primary")


def _fits(person: Person, typed: str) -> bool:
    return finds(typed, person.name, person.title, person.department, person.location, person.id, _role(person))


def _row(person: Person) -> Row:
    return Row(person.id, (cell(person.name), cell(_role(person)), cell(person.department)))


def _role(person: Person) -> str:
    return "mentor" if person.role is Role.MENTOR else "executive"


def person_text(person: Person, everybody: Mapping[str, Person]) -> Content:
    """One profile."""
    manager = everybody.get(person.manager_id)
    facts = (
        ("role", _role(person)),
        ("title", person.title or "not stated"),
        ("department", person.department or "not stated"),
        ("location", f"{person.location or 'not stated'} ({person.time_zone})"),
        ("languages", ", ".join(person.languages) or "not stated"),
        ("manager", manager.name if manager else person.manager_id or "not stated"),
        ("level", "not stated" if person.level is None else str(person.level)),
        ("region", person.region or "not stated"),
        ("work style", person.work_style or "not stated"),
        ("tenure", "not stated" if person.tenure_years is None else f"{person.tenure_years:g} years"),
        ("capacity", f"{person.capacity} pairing{'' if person.capacity == 1 else 's'}"),
        ("availability", ", ".join(person.availability) or "not stated"),
        ("e-mail", person.email or "none"),
        *([("takes part", "no: opted out of matching")] if person.opted_out else []),
        *([("privacy", "nothing is sent to a model elsewhere")] if person.local_only else []),
    )
    lines = [Content.from_markup("[b]$name[/b]  [dim]$id[/dim]", name=shown(person.name), id=shown(person.id))]
    for kind, label in FACET_LABELS.items():
        if entries := person.entries(kind):
            lines.append(Content.from_markup("[$primary]$label[/]", label=label))
            lines += [Content.assemble("· ", shown(facet.text)) for facet in entries]
    lines.append(Content(""))
    lines += [
        Content.from_markup("[dim]$what[/dim] $value", what=f"{what:<12}", value=shown(value)) for what, value in facts
    ]
    return Content("\n").join(lines)
