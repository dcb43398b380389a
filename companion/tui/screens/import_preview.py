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

from companion.domain.imports import FIELD_LABELS, FieldChange, ImportPlan, PersonChange, RowProblem
from companion.domain.words import shortened
from companion.services import import_people
from companion.services.import_people import Preview
from companion.tui.text import shown

SHOWN = 300
"""Entries listed on screen; more are counted, and all problems can be saved."""
IGNORED_CHARS = 200


class ImportPreviewScreen(ModalScreen[bool]):
    """Returns whether to save."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "Never mind", id="preview.cancel"),
        Binding("ctrl+s", "save", "Save", id="preview.save"),
        Binding("r", "report", "Save report", id="preview.report"),
        Binding("c", "show('changes')", "Changes", id="preview.changes"),
        Binding("p", "show('problems')", "Problems", id="preview.problems"),
    ]
    DEFAULT_CSS = """
    ImportPreviewScreen { align: center middle; }
    ImportPreviewScreen > Vertical { width: 98%; height: 98%; padding: 0 1; }
    ImportPreviewScreen TabbedContent { height: 1fr; }
    ImportPreviewScreen TabPane { padding: 0; }
    ImportPreviewScreen VerticalScroll { height: 1fr; }
    """

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview = preview

    def compose(self) -> ComposeResult:
        """The counts, the changes, the problems, and what to do."""
        plan = self.preview.plan
        look = plan.unread_objections or (plan.problems and not plan.people_to_save)
        first = "problems" if look else "changes"
        with Vertical(classes="dialog"):
            yield Static(counts(self.preview))
            with TabbedContent(initial=first):
                with TabPane(Content(f"Changes ({len(plan.people_to_save)}) c"), id="changes"), VerticalScroll():
                    yield Static(changes_text(plan))
                with TabPane(Content(f"Problems ({len(plan.problems)}) p"), id="problems"), VerticalScroll():
                    yield Static(problems_text(plan))
            with Horizontal(classes="buttons"):
                some = bool(plan.people_to_save)
                yield Button("Save (Ctrl+S)", variant="primary", id="preview-save", disabled=not some, compact=True)
                yield Button(
                    "Write the problems to a file (r)", id="preview-report", disabled=not plan.problems, compact=True
                )
                yield Button("Never mind (Esc)", id="preview-cancel", compact=True)

    def on_mount(self) -> None:
        """What can be scrolled has the focus, so that the arrow keys read on."""
        self.action_show(self.query_one(TabbedContent).active)

    def action_show(self, tab: str) -> None:
        """Show the changes or the problems."""
        self.query_one(TabbedContent).active = tab
        self.query_one(f"#{tab} VerticalScroll", VerticalScroll).focus()

    @on(Button.Pressed, "#preview-save")
    def action_save(self) -> None:
        """Hand back that it shall be saved."""
        if self.preview.plan.people_to_save:
            self.dismiss(True)

    @on(Button.Pressed, "#preview-cancel")
    def _cancel(self) -> None:
        self.dismiss(False)

    @on(Button.Pressed, "#preview-report")
    def action_report(self) -> None:
        """Write the problems to a CSV in the working folder."""
        if not self.preview.plan.problems:
            return
        path = Path.cwd() / f"{Path(self.preview.plan.source).stem}-problems.csv"
        try:
            import_people.save_report(self.preview, path)
        except OSError as error:
            self.notify(f"{path} cannot be written: {error.strerror}.", severity="error", markup=False)
        else:
            self.notify(f"Written: {path}", markup=False)


def counts(preview: Preview) -> Content:
    """What the file would do, above everything; nothing is saved yet."""
    plan = preview.plan
    parts = [
        f"{len(plan.of_kind('added'))} new",
        f"{len(plan.of_kind('changed'))} changed",
        f"{len(plan.of_kind('unchanged'))} unchanged",
    ]
    text = Content.from_markup(
        "[b $primary]$file[/]  $parts, $left left out\n[b]Nothing is saved yet.[/b]",
        file=shown(plan.source),
        parts=", ".join(parts),
        left=f"{plan.rows_left_out} row{'' if plan.rows_left_out == 1 else 's'}",
    )
    if preview.columns_ignored:
        ignored = shown(shortened(", ".join(preview.columns_ignored), IGNORED_CHARS))
        text += Content.from_markup("  [dim]Not read: $ignored[/dim]", ignored=ignored)
    if plan.objection_warning:
        text += Content.from_markup("\n[$warning b]! $warning[/]", warning=shown(plan.objection_warning))
    return text


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
        lines.append(Content(f"… and {len(plan.problems) - SHOWN} more; the file with all of them: r"))
    return Content("\n").join(lines or [Content("None.")])


def _change(change: PersonChange) -> list[Content]:
    sign = "+" if change.kind == "added" else "~"
    name, id_ = shown(change.person.name), shown(change.person.id)
    lines = [Content.from_markup("[b]$sign $name[/b]  [dim]$id[/dim]", sign=sign, name=name, id=id_)]
    for field in change.changes:
        lines += _field(field, new_person=change.kind == "added")
    return lines


def _field(field: FieldChange, *, new_person: bool) -> list[Content]:
    """One field: a new value, before and after, or for lists the entries that come and go."""
    label = FIELD_LABELS.get(field.field, field.field)
    if new_person:
        return [Content.from_markup("    [dim]$label:[/dim] $after", label=label, after=shown("; ".join(field.after)))]
    if max(len(field.before), len(field.after)) <= 1:
        before, after = "; ".join(field.before) or "nothing", "; ".join(field.after) or "nothing"
        return [
            Content.from_markup(
                "    [dim]$label:[/dim] $before [b $accent]→[/] $after",
                label=label,
                before=shown(before),
                after=shown(after),
            )
        ]
    lines = [Content.from_markup("    [dim]$label:[/dim]", label=label)]
    lines += [
        Content.from_markup("      [$warning]−[/] [dim]$text[/dim]", text=shown(t)) for t in field.entries_removed
    ]
    lines += [Content.from_markup("      [$success]+[/] $text", text=shown(t)) for t in field.entries_added]
    if not field.entries_removed and not field.entries_added:
        lines.append(Content.from_markup("      [dim]the same in another order[/dim]"))
    return lines


def _problem(problem: RowProblem) -> Content:
    value = f" ({problem.value})" if problem.value else ""
    return Content.from_markup(
        "[$warning b]$sign[/] $where: $reason$value [dim]$hint[/dim]",
        sign="! left out" if problem.severity == "error" else "- look at",
        where=shown(problem.where),
        reason=shown(problem.reason),
        value=shown(value),
        hint=shown(problem.hint),
    )
