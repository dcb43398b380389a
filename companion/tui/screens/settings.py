"""Settings: who sits here, which model, light or dark."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Select, Static

from companion.domain.people import Role
from companion.services import models, people, settings
from companion.tui.slow import Slow, SlowDone, SlowFailed, SlowProgress
from companion.tui.theme import THEMES
from companion.tui.widgets.frame import AreaScreen
from companion.tui.widgets.progress import JobLine

OTHER = "other"


class SettingsScreen(AreaScreen):
    """A short form; every change is saved at once."""

    AREA = "settings"
    CSS_PATH = "settings.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", "Stop", show=False, id="settings.stop"),
    ]

    def body(self) -> Iterable[Widget]:
        """The form; it is filled when the data is there."""
        with VerticalScroll(id="settings-form"):
            yield Static("Who sits here", classes="title")
            yield Static("Today shows only this mentor's sessions.", classes="muted")
            yield Select[str]([], prompt="everybody", id="settings-me")
            yield Static("Language model", classes="title")
            yield Static(Content(LOCAL), classes="muted", id="settings-model-note")
            yield Select[str]([], allow_blank=False, id="settings-model")
            yield Input(placeholder="PROVIDER/MODEL, such as ollama_chat/qwen3", id="settings-other")
            yield Input(placeholder="address of an OpenAI-compatible server, if it is your own", id="settings-base")
            yield Button("Fetch this model", id="settings-pull", variant="primary")
            yield Static("Colours", classes="title")
            yield Select[str](
                [(theme.name.removeprefix("companion-"), theme.name) for theme in THEMES],
                allow_blank=False,
                value=THEMES[0].name,
                id="settings-theme",
            )
        yield JobLine()

    def reload(self) -> None:
        """Fill the form from what is stored, without acting on it or on what is being typed."""
        if isinstance(self.focused, Input):
            return
        companion = self.companion_app.companion
        mentors = people.list_people(companion, Role.MENTOR)
        shelf = models.on_shelf(companion)
        current = companion.settings.model
        names = {f"embedded/{m.id}": f"{m.name}{'' if m.installed else '  (not here yet)'}" for m in shelf}
        names["none"] = "no model: practice cards alone"
        names[OTHER] = "another one, through LiteLLM …"
        with self.prevent(Select.Changed):
            me = self.query_one("#settings-me", Select)
            me.set_options([(Content(person.name), person.id) for person in mentors])
            if companion.settings.me in {person.id for person in mentors}:
                me.value = companion.settings.me
            choice = self.query_one("#settings-model", Select)
            choice.set_options([(Content(label), name) for name, label in names.items()])
            choice.value = current if current in names else OTHER
            self.query_one("#settings-theme", Select).value = (
                self.app.theme if self.app.theme in {theme.name for theme in THEMES} else THEMES[0].name
            )
        if current not in names:
            self.query_one("#settings-other", Input).value = current
            self.query_one("#settings-base", Input).value = companion.settings.model_api_base
        self._show_model_fields()

    @on(Select.Changed, "#settings-me")
    def _me_changed(self, event: Select.Changed) -> None:
        me = "" if event.value is Select.NULL else str(event.value)
        self.companion_app.attempt(lambda: settings.change(self.companion_app.companion, me=me))

    @on(Select.Changed, "#settings-theme")
    def _theme_changed(self, event: Select.Changed) -> None:
        theme = str(event.value)
        if self.companion_app.attempt(lambda: settings.change(self.companion_app.companion, theme=theme)):
            self.app.theme = theme

    @on(Select.Changed, "#settings-model")
    def _model_changed(self, event: Select.Changed) -> None:
        self._show_model_fields()
        if event.value == OTHER:
            self.query_one("#settings-other", Input).focus()
        else:
            self._use(str(event.value))

    @on(Input.Submitted)
    def _other_entered(self) -> None:
        name = self.query_one("#settings-other", Input).value.strip()
        if name:
            self._use(name, self.query_one("#settings-base", Input).value.strip())

    def _use(self, name: str, api_base: str | None = None) -> None:
        companion = self.companion_app.companion
        told: list[str] = []
        if self.companion_app.attempt(lambda: told.append(models.use(companion, name, api_base))):
            self.notify(told[0], markup=False)
            self._show_model_fields()

    def _show_model_fields(self) -> None:
        choice = self.query_one("#settings-model", Select).value
        self.query_one("#settings-other", Input).display = choice == OTHER
        self.query_one("#settings-base", Input).display = choice == OTHER
        here = {f"embedded/{m.id}": m.installed for m in models.on_shelf(self.companion_app.companion)}
        self.query_one("#settings-pull", Button).display = not here.get(str(choice), True)
        note = REMOTE if choice == OTHER else LOCAL
        self.query_one("#settings-model-note", Static).update(Content(note))

    @on(Button.Pressed, "#settings-pull")
    def _pull(self) -> None:
        line = self.query_one(JobLine)
        if line.job is not None:
            return
        companion, name = self.companion_app.companion, str(self.query_one("#settings-model", Select).value)
        job: Slow[object] = Slow(
            "pull", self, lambda me: models.pull(companion, name, progress=me.progress, cancelled=me.cancelled)
        )
        line.follow(job, "Fetching the model …")
        job.start()

    def action_stop(self) -> None:
        """Stop fetching; the next time goes on from there."""
        self.query_one(JobLine).stop()

    def on_slow_progress(self, message: SlowProgress) -> None:
        """Show how far the download is."""
        self.query_one(JobLine).show(message.done, message.total, message.what)

    def on_slow_done(self, message: SlowDone) -> None:
        """The model is here."""
        self.query_one(JobLine).finish()
        self.notify("The model is here and verified.", markup=False)
        self.reload()

    def on_slow_failed(self, message: SlowFailed) -> None:
        """Hide the line; the app says what went wrong."""
        self.query_one(JobLine).finish()


LOCAL = "It runs inside companion; nothing leaves this machine."
REMOTE = (
    "If it runs elsewhere, what it is sent leaves this machine: Privacy shows every byte. The key comes from the\n"
    "environment or the system keyring (companion model key PROVIDER), never from a file. Enter to switch."
)
