"""The programme's criteria as a form: each field explained, checked while one types, saved with the file's comments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Static

from companion.domain.criteria_check import Concern, concerns
from companion.domain.criteria_words import Path, Setting, lines, value_at, worded
from companion.domain.people import Person
from companion.domain.programme import Programme
from companion.errors import CompanionError, StaleEdit
from companion.services import people as people_flow
from companion.services import programme as flow
from companion.services.programme_form import SENSITIVE, Checked, ProgrammeForm
from companion.tui.commands import KeyCommands
from companion.tui.slow import Slow, SlowDone, SlowFailed
from companion.tui.widgets.keys import Keys
from companion.tui.widgets.setting_row import SettingRow, sentence

if TYPE_CHECKING:
    from companion.services.companion import Companion
    from companion.tui.app import CompanionApp

SHOWN_CHANGES = 12


class ProgrammeScreen(Screen[None]):
    """Nothing is saved before Ctrl+S; leaving with changes asks once."""

    CSS_PATH = "programme.tcss"
    COMMANDS = Screen.COMMANDS | {KeyCommands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="programme.save", tooltip="Save the changes", priority=True),
        Binding("ctrl+z", "undo", "Undo", id="programme.undo", tooltip="Take back the last change", priority=True),
        Binding("f6", "add", "Add attribute", id="programme.add", tooltip="Use a declared attribute"),
        Binding("escape", "leave", "Back", id="programme.leave", tooltip="Back to where you came from"),
        Binding("down", "app.focus_next", "Next", show=False, id="programme.next"),
        Binding("up", "app.focus_previous", "Previous", show=False, id="programme.previous"),
    ]
    AUTO_FOCUS = "SettingRow Input"

    def __init__(self, companion: Companion) -> None:
        super().__init__()
        self.companion = companion
        self.form = ProgrammeForm(flow.open_file(companion))
        self._here: Path = ("name",)
        self._people: list[Person] = []
        self._leaving = False

    def compose(self) -> ComposeResult:
        """The fields on one side, what they mean and what would change on the other."""
        yield Static("", id="programme-head")
        with Horizontal(id="programme-body"):
            yield VerticalScroll(*self._fields(), id="programme-fields", can_focus=False)
            with VerticalScroll(id="programme-side", can_focus=False):
                yield Static("", id="programme-help")
        yield Keys()

    def _fields(self) -> Iterable[Widget]:
        for place, (title, about, settings) in enumerate(self.form.sections()):
            yield _title(title, about, first=place == 0)
            yield from (self._row(setting) for setting in settings)
        yield _title("Declared attributes", "Only for a stated purpose, and only of people who consented.")
        for number, settings in self.form.declared():
            yield from (self._row(setting) for setting in settings)
            yield Button("Do not use it any more", name=str(number), classes="take-out", compact=True)
        yield Button("Use a declared attribute (F6)", id="programme-add", compact=True)

    def _row(self, setting: Setting) -> SettingRow:
        default = "" if setting.path[:2] in (SENSITIVE, ("matching", "quotas")) else _default(setting)
        return SettingRow(setting, self.form.text(setting.path), default)

    def on_mount(self) -> None:
        """Read who is here, to say which rules have nothing to work on."""
        self._show()
        companion = self.companion
        Slow("people", self, lambda _: people_flow.list_people(companion)).start()

    def on_slow_done(self, message: SlowDone) -> None:
        """The people are known."""
        self._people = list(message.value)
        self._show()

    def on_slow_failed(self, message: SlowFailed) -> None:
        """The form works without them; the areas behind it say what is wrong with the data."""
        message.stop()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Explain the field that has the focus."""
        row = next((one for one in event.widget.ancestors_with_self if isinstance(one, SettingRow)), None)
        if row is not None:
            self._here = row.setting.path
            self._show()

    @on(SettingRow.Edited)
    def _edited(self, event: SettingRow.Edited) -> None:
        self._leaving = False
        self._here = event.row.setting.path
        self.form.type(self._here, event.text)
        self._show()

    def _show(self) -> None:
        """Mark what differs and what is wrong, and explain the field in focus."""
        checked = self.form.check()
        for row in self.query(SettingRow):
            path = row.setting.path
            changed = self.form.text(path) != self.form.before(path)
            row.mark(changed=changed, wrong=path in checked.wrong)
        pending = self.form.pending()
        self.query_one("#programme-help", Static).update(self._help(checked, pending))
        self.query_one("#programme-head", Static).update(self._head(checked, len(pending)))

    def _head(self, checked: Checked, pending: int) -> Content:
        state = "everything is saved" if not pending else f"{pending} change{'s' * (pending != 1)} not saved"
        if checked.wrong or checked.also_wrong:
            state += ", ! to be mended first"
        where = self.form.file.path.name if self.form.file.content is not None else "defaults, no file yet"
        return Content.from_markup("[b $primary]Programme[/]  $where  [dim]$state[/dim]", where=where, state=state)

    def _help(self, checked: Checked, pending: tuple[str, ...]) -> Content:
        setting = self.form.setting(self._here)
        parts = [
            Content.from_markup("[b]$label[/b]  [dim]$key[/dim]", label=setting.label, key=setting.key),
            Content(setting.help),
        ]
        if setting.choices and (choice := self.form.text(self._here)) in setting.choices:
            parts.append(sentence(setting.choices[choice], "→", "$primary"))
        elif checked.programme is not None:
            parts.append(sentence(_reading(setting, checked.programme), "→", "$primary"))
        if here := checked.wrong.get(self._here):
            parts.append(sentence(here, "!", "$error b"))
        parts += [sentence(text, "!", "$error b") for text in checked.also_wrong]
        if checked.programme is not None:
            parts += [sentence(c.text, "-", "$warning b") for c in self._concerns(checked.programme)]
        if pending:
            parts.append(Content.from_markup("[b]Saving would change[/b]"))
            parts += [sentence(line, "·", "dim") for line in pending[:SHOWN_CHANGES]]
            if len(pending) > SHOWN_CHANGES:
                parts.append(Content(f"… and {len(pending) - SHOWN_CHANGES} more"))
        return Content("\n").join(part for part in parts if part.plain)

    def _concerns(self, programme: Programme) -> list[Concern]:
        """What is worth a second look about the field in focus."""
        return [c for c in concerns(programme, self._people) if c.path[: len(self._here)] == self._here]

    def action_save(self) -> None:
        """Save, or say what has to be mended first; nothing typed is lost either way."""
        checked = self.form.check()
        if checked.wrong:
            self._here = next(iter(checked.wrong))
            row = next(row for row in self.query(SettingRow) if row.setting.path == self._here)
            row.editor.focus()
            self.notify(checked.wrong[self._here], title="Not saved", severity="warning", markup=False)
            return
        if checked.also_wrong:
            self.notify("\n".join(checked.also_wrong[:3]), title="Not saved", severity="warning", markup=False)
            return
        if not checked.changes:
            self.notify("Everything is saved already.", markup=False)
            return
        try:
            self.form.save(self.companion)
        except StaleEdit as error:
            self._follow(error)
        except CompanionError as error:
            self._app.show_error(error)
        else:
            self._repaint()
            self.notify("Saved; it counts from the next match on. Ctrl+Z takes it back.", markup=False)

    def _follow(self, error: StaleEdit) -> None:
        """Somebody else saved: show their file with what was typed here on top of it."""
        if self._app.attempt(lambda: self.form.follow(self.companion)):
            self._repaint()
            hint = "Your changes are still here: look at them once more, then save again."
            self.notify(hint, title=error.message, severity="warning", markup=False)

    def action_undo(self) -> None:
        """Take back the last change, or the last save when nothing was changed since."""
        if self.form.undo():
            self._repaint()
        elif self.form.can_take_back:
            if self._app.attempt(lambda: self.form.take_back(self.companion)):
                self._repaint()
                self.notify("The last save was taken back.", markup=False)
        else:
            self.notify("There is nothing to take back.", markup=False)

    @on(Button.Pressed, "#programme-add")
    def action_add(self) -> None:
        """Fields for one more declared attribute."""
        place = self.form.add_declared()
        self._repaint(focus=(*SENSITIVE, place, "attribute"))

    @on(Button.Pressed, ".take-out")
    def _take_out(self, event: Button.Pressed) -> None:
        self.form.take_out(int(event.button.name or 0))
        self._repaint()

    def action_leave(self) -> None:
        """Back; with changes that are not saved only at the second time."""
        if self.form.pending() and not self._leaving:
            self._leaving = True
            self.notify(
                "Ctrl+S saves them, Esc once more leaves them behind.",
                title="There are changes that are not saved",
                severity="warning",
                markup=False,
            )
            return
        self.dismiss()

    def _repaint(self, focus: Path | None = None) -> None:
        """Show every field as the form has it now; the declared attributes may be others than before."""
        rows = {row.setting.path: row for row in self.query(SettingRow)}
        declared = {setting.path for _, settings in self.form.declared() for setting in settings}
        if {path for path in rows if path[:2] == SENSITIVE} != declared:
            self.run_worker(self._rebuild(focus or self._here), exclusive=True)
            return
        for path, row in rows.items():
            row.show(self.form.text(path))
        self._show()

    async def _rebuild(self, focus: Path) -> None:
        fields = self.query_one("#programme-fields", VerticalScroll)
        async with fields.batch():
            await fields.remove_children()
            await fields.mount_all(self._fields())
        rows = {row.setting.path: row for row in self.query(SettingRow)}
        self._here = focus if focus in rows else ("name",)
        rows[self._here].editor.focus()
        self._show()

    @property
    def _app(self) -> CompanionApp:
        from companion.tui.app import CompanionApp

        assert isinstance(self.app, CompanionApp)
        return self.app


def _title(title: str, about: str, *, first: bool = False) -> Static:
    text = Content.from_markup("[b $primary]$title[/]  [not bold $foreground 70%]$about[/]", title=title, about=about)
    return Static(text, classes=f"title{' -first' if first else ''}")


def _default(setting: Setting) -> str:
    value = worded(setting.kind, value_at(Programme(), setting.path))
    return f"default: {value}" if value else "none"


def _reading(setting: Setting, programme: Programme) -> str:
    """How the field reads in the programme as it would be."""
    if setting.path[:2] == ("matching", "weights"):
        return next(line.text for line in lines(programme) if line.key == "matching.weights")
    if setting.path[:2] == ("matching", "quotas"):
        same = setting.path[-1]
        shares = [quota.at_most for quota in programme.matching.quotas if quota.same == same]
        return setting.sentence(min(shares)) if shares else ""
    if setting.path[:2] == SENSITIVE:
        return ""
    return setting.sentence(value_at(programme, setting.path))
