"""People: who takes part, and the import with its preview."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import DataTable, Static

from companion.domain.people import FacetKind, Person, Role
from companion.errors import Cancelled
from companion.services import import_people, people
from companion.services.import_people import Preview
from companion.tui.slow import Slow, SlowDone, SlowFailed, SlowProgress
from companion.tui.text import cell
from companion.tui.widgets.frame import AreaScreen
from companion.tui.widgets.progress import JobLine

FACET_LABELS = {
    FacetKind.NEED: "wants to learn",
    FacetKind.OFFER: "can offer",
    FacetKind.GAIN: "wants to gain",
    FacetKind.INTEREST: "interests",
    FacetKind.OFF_LIMITS: "off limits (never sent to a model elsewhere, never embedded)",
}


class PeopleScreen(AreaScreen):
    """Everybody on the left, one person's profile on the right."""

    AREA = "people"
    CSS_PATH = "people.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "i", "import", "Import", id="people.import", tooltip="Read people from a CSV or a LinkedIn data export"
        ),
        Binding("escape", "stop", "Stop", show=False, id="people.stop"),
    ]

    everybody: reactive[tuple[Person, ...] | None] = reactive(None)
    chosen: reactive[str | None] = reactive(None)

    def body(self) -> Iterable[Widget]:
        """The list, the profile, and the line for slow work."""
        yield Static("", id="people-head", classes="title")
        with Horizontal(id="people-body"):
            yield DataTable(cursor_type="row", zebra_stripes=True, id="people")
            with VerticalScroll(id="person"):
                yield Static("", id="person-text")
        yield JobLine()

    def on_mount(self) -> None:
        """Name the columns."""
        table = self.query_one("#people", DataTable)
        for label, width in (("Name", 20), ("Role", 9), ("Department", 16)):
            table.add_column(label, width=width)
        table.focus()

    def reload(self) -> None:
        """Read everybody."""
        self.everybody = tuple(people.list_people(self.companion_app.companion))

    def watch_everybody(self, everybody: tuple[Person, ...] | None) -> None:
        """Repaint, keeping the cursor where it was."""
        if everybody is None:
            return
        table = self.query_one("#people", DataTable)
        keep = self.chosen
        table.clear()
        for person in everybody:
            role = "mentor" if person.role is Role.MENTOR else "executive"
            table.add_row(cell(person.name), cell(role), cell(person.department), key=person.id)
        if keep is not None and keep in table.rows:
            table.move_cursor(row=table.get_row_index(keep))
        mentors = sum(person.role is Role.MENTOR for person in everybody)
        head = f"{mentors} mentors and {len(everybody) - mentors} executives" if everybody else EMPTY
        self.query_one("#people-head", Static).update(Content(head))
        self._show_chosen()

    @on(DataTable.RowHighlighted)
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        self.chosen = event.row_key.value if event.row_key else None
        self._show_chosen()

    def _show_chosen(self) -> None:
        if not self.is_mounted or self.everybody is None:
            return
        person = next((one for one in self.everybody if one.id == self.chosen), None)
        self.query_one("#person-text", Static).update(person_text(person) if person else Content(""))

    def action_import(self) -> None:
        """Ask for the file, then read it."""
        from companion.tui.screens.import_file import ImportFile, ImportFileScreen

        def chosen(file: ImportFile | None) -> None:
            if file is not None:
                self._read(file.path, file.role, file.person_id)

        self.app.push_screen(ImportFileScreen(), chosen)

    def _read(self, path: Path, role: Role | None, person_id: str) -> None:
        line = self.query_one(JobLine)
        if line.job is not None:
            return
        companion = self.companion_app.companion
        job: Slow[Preview] = Slow(
            "import",
            self,
            lambda me: import_people.preview(
                companion, path, role=role, person_id=person_id, progress=me.progress, cancelled=me.cancelled
            ),
        )
        line.follow(job, f"Reading {path.name} …")
        job.start()

    def action_stop(self) -> None:
        """Stop reading; nothing is saved."""
        self.query_one(JobLine).stop()

    def on_slow_progress(self, message: SlowProgress) -> None:
        """Show how far the reading is."""
        self.query_one(JobLine).show(message.done, message.total, message.what)

    def on_slow_done(self, message: SlowDone) -> None:
        """Show what the import would change."""
        self.query_one(JobLine).finish()
        from companion.tui.screens.import_preview import ImportPreviewScreen

        preview: Preview = message.value

        def decided(save: bool | None) -> None:
            if not save:
                self.notify("Nothing was saved.", markup=False)
                return
            companion = self.companion_app.companion
            if self.companion_app.attempt(lambda: import_people.save(companion, preview)):
                self.reload()
                self.notify(f"{len(preview.plan.people_to_save)} people added or changed.", markup=False)

        self.app.push_screen(ImportPreviewScreen(preview), decided)

    def on_slow_failed(self, message: SlowFailed) -> None:
        """Say that it stopped, or let the app say what went wrong."""
        self.query_one(JobLine).finish()
        if isinstance(message.error, Cancelled):
            message.stop()
            self.notify("Stopped; nothing was saved.", markup=False)


EMPTY = "Nobody is here yet. Press i to import mentors and executives."


def person_text(person: Person) -> Content:
    """One profile."""
    facts = (
        ("role", "mentor" if person.role is Role.MENTOR else "executive"),
        ("title", person.title),
        ("department", person.department),
        ("location", f"{person.location} ({person.time_zone})"),
        ("languages", ", ".join(person.languages) or "not stated"),
        ("manager", person.manager_id or "not stated"),
        ("tenure", "not stated" if person.tenure_years is None else f"{person.tenure_years:g} years"),
        ("capacity", f"{person.capacity} pairing{'' if person.capacity == 1 else 's'}"),
        ("availability", ", ".join(person.availability) or "not stated"),
        ("e-mail", person.email or "none"),
    )
    lines = [Content.from_markup("[b]$name[/b]  [dim]$id[/dim]", name=person.name, id=person.id)]
    lines += [Content.from_markup("[dim]$what[/dim] $value", what=f"{what:<12}", value=value) for what, value in facts]
    for kind, label in FACET_LABELS.items():
        if entries := person.entries(kind):
            lines += [Content(""), Content.from_markup("[b]$label[/b]", label=label)]
            lines += [Content(f"  {facet.text}") for facet in entries]
    return Content("\n").join(lines)
