"""What an import would change, field by field, and every row that cannot be used; nothing is saved yet."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static, TabbedContent, TabPane

from companion.domain.imports import FIELD_LABELS, ImportPlan, PersonChange, RowProblem
from companion.services import import_people
from companion.services.import_people import Preview

SHOWN = 300
"""Entries listed on screen; more are counted, and all problems can be saved."""


class ImportPreviewScreen(ModalScreen[bool]):
    """Returns whether to save."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "Never mind", id="preview.cancel"),
        Binding("ctrl+s", "dismiss(True)", "Save", id="preview.save"),
        Binding("r", "report", "Save report", id="preview.report"),
    ]
    DEFAULT_CSS = """
    ImportPreviewScreen { align: center middle; }
    ImportPreviewScreen > Vertical { width: 98%; height: 96%; padding: 0 1; }
    ImportPreviewScreen > Vertical { background: $surface; border: round $primary; }
    ImportPreviewScreen TabbedContent { height: 1fr; }
    ImportPreviewScreen VerticalScroll { height: 1fr; }
    ImportPreviewScreen Horizontal { height: auto; }
    ImportPreviewScreen Button { margin-right: 2; }
    """

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview = preview

    def compose(self) -> ComposeResult:
        """The counts, the changes, the problems, and what to do."""
        plan = self.preview.plan
        with Vertical():
            yield Static(Content(counts(self.preview)), classes="title")
            with TabbedContent(initial="changes" if plan.people_to_save or not plan.problems else "problems"):
                with TabPane(f"Changes ({len(plan.people_to_save)})", id="changes"), VerticalScroll():
                    yield Static(changes_text(plan))
                with TabPane(f"Problems ({len(plan.problems)})", id="problems"), VerticalScroll():
                    yield Static(problems_text(plan))
            with Horizontal():
                yield Button("Save (Ctrl+S)", variant="primary", id="preview-save", disabled=not plan.people_to_save)
                yield Button("Save the report (r)", id="preview-report", disabled=not plan.problems)
                yield Button("Never mind (Esc)", id="preview-cancel")

    @on(Button.Pressed, "#preview-save")
    def _save(self) -> None:
        self.dismiss(True)

    @on(Button.Pressed, "#preview-cancel")
    def _cancel(self) -> None:
        self.dismiss(False)

    @on(Button.Pressed, "#preview-report")
    def action_report(self) -> None:
        """Write the problems to a CSV in the working folder."""
        path = Path.cwd() / f"{Path(self.preview.plan.source).stem}-problems.csv"
        app = self.app
        try:
            import_people.save_report(self.preview, path)
        except OSError as error:
            app.notify(f"{path} cannot be written: {error.strerror}.", severity="error", markup=False)
        else:
            app.notify(f"Written: {path}", markup=False)


def counts(preview: Preview) -> str:
    """One line above everything."""
    plan = preview.plan
    parts = [
        f"{len(plan.of_kind('added'))} new",
        f"{len(plan.of_kind('changed'))} changed",
        f"{len(plan.of_kind('unchanged'))} unchanged",
    ]
    ignored = f" · not read: {', '.join(preview.columns_ignored)}" if preview.columns_ignored else ""
    return f"{plan.source}: {', '.join(parts)}, {len(plan.errors)} rows left out{ignored}"


def changes_text(plan: ImportPlan) -> Content:
    """Every new and changed person, with the fields that differ."""
    changed = [change for change in plan.changes if change.kind != "unchanged"]
    lines = [line for change in changed[:SHOWN] for line in _change(change)]
    if len(changed) > SHOWN:
        lines.append(Content(f"… and {len(changed) - SHOWN} more"))
    return Content("\n").join(lines or [Content("Everybody is here already, exactly as the file says.")])


def problems_text(plan: ImportPlan) -> Content:
    """Every problem with its place, reason and hint."""
    lines = [_problem(problem) for problem in plan.problems[:SHOWN]]
    if len(plan.problems) > SHOWN:
        lines.append(Content(f"… and {len(plan.problems) - SHOWN} more; the report has all of them"))
    return Content("\n").join(lines or [Content("None.")])


def _change(change: PersonChange) -> list[Content]:
    sign, name = ("+" if change.kind == "added" else "~"), change.person.name
    lines = [Content.from_markup("[b]$sign $name[/b]  [dim]$id[/dim]", sign=sign, name=name, id=change.person.id)]
    for field in change.changes:
        label, after = FIELD_LABELS.get(field.field, field.field), "; ".join(field.after) or "nothing"
        if change.kind == "added":
            lines.append(Content.from_markup("    [dim]$label:[/dim] $after", label=label, after=after))
        else:
            before = "; ".join(field.before) or "nothing"
            lines.append(
                Content.from_markup(
                    "    [dim]$label:[/dim] $before [dim]→[/dim] $after", label=label, before=before, after=after
                )
            )
    return lines


def _problem(problem: RowProblem) -> Content:
    value = f" ({problem.value})" if problem.value else ""
    return Content.from_markup(
        "[$warning]$sign[/] $where: $reason$value [dim]$hint[/dim]",
        sign="!" if problem.severity == "error" else "-",
        where=problem.where,
        reason=problem.reason,
        value=value,
        hint=problem.hint,
    )
