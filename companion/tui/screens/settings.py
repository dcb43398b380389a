"""Settings: who sits here, which model, light or dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.theme import Theme
from textual.widget import Widget
from textual.widgets import Button, Input, Select, Static

from companion.domain.people import Person, Role
from companion.domain.words import shortened
from companion.errors import CompanionError
from companion.services import models, people, settings
from companion.tui.slow import Slow
from companion.tui.text import shown
from companion.tui.theme import THEMES
from companion.tui.widgets.frame import AreaScreen, StatusBar
from companion.tui.widgets.progress import JobLine

OTHER = "other"
NAME_CHARS = 60
GIGABYTE = 1_000_000_000


@dataclass(frozen=True)
class Choices:
    """What there is to choose from."""

    mentors: Sequence[Person]
    models: dict[str, Any]
    """The embedded models by the name that switches to them."""


class SettingsScreen(AreaScreen):
    """A short form; every change is saved at once."""

    AREA = "settings"
    STOPPED = "Stopped; the next time goes on from here."
    DEFAULT_CSS = """
    SettingsScreen #settings-form { padding: 1 2; }
    SettingsScreen #settings-form > * { max-width: 90; }
    SettingsScreen #settings-form > .gap { margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "fetch", "Fetch model", id="settings.fetch", tooltip="Fetch the chosen model"),
        Binding("p", "app.open_programme", "Programme", id="settings.programme", tooltip="What a good match is"),
        Binding("escape", "stop", "Stop", show=False, id="settings.stop"),
    ]
    AUTO_FOCUS = "#settings-me"

    def __init__(self) -> None:
        super().__init__()
        self._choices = Choices((), {})

    def body(self) -> Iterable[Widget]:
        """The form; it is filled when the data is there."""
        model, theme = self.companion.settings.model, self.companion.settings.theme
        yield VerticalScroll(
            Static(
                Content.from_markup("[b $primary]Who sits here[/]  [dim]Today shows only this mentor's sessions[/dim]")
            ),
            Select[str]([], prompt="everybody", id="settings-me", classes="gap", compact=True),
            Static(Content.from_markup("[b $primary]Language model[/]")),
            Select[str](
                [(shown(model), model)],
                allow_blank=False,
                value=model,
                id="settings-model",
                classes="gap",
                compact=True,
            ),
            Input(
                placeholder="PROVIDER/MODEL, such as ollama_chat/qwen3",
                id="settings-other",
                classes="gap",
                compact=True,
            ),
            Input(
                placeholder="address of an OpenAI-compatible server, if it is your own",
                id="settings-base",
                classes="gap",
                compact=True,
            ),
            Button("Fetch this model (f)", id="settings-pull", variant="primary", classes="gap", compact=True),
            Static(Content(LOCAL), id="settings-note", classes="gap"),
            Static(
                Content.from_markup("[b $primary]Rehearsals[/]  [dim]who finds the executive's words in Practice[/dim]")
            ),
            Select[str](
                [(Content(label), value) for value, label in PRACTICE.items()],
                allow_blank=False,
                value=self.companion.settings.practice_model,
                id="settings-practice",
                classes="gap",
                compact=True,
            ),
            Static(Content.from_markup("[b $primary]Colours[/]")),
            Select[str](
                _themes(theme), allow_blank=False, value=theme, id="settings-theme", classes="gap", compact=True
            ),
            Static(Content.from_markup("[b $primary]Where everything is kept[/]")),
            Static(shown(str(self.companion.home.root)), classes="muted"),
            id="settings-form",
            can_focus=False,
        )
        yield JobLine()

    def on_mount(self) -> None:
        """The theme may also be changed from the command palette."""
        self.app.theme_changed_signal.subscribe(self, self._show_theme)
        self._show_model()

    def load(self) -> Choices:
        """Read the mentors and the shelf of models."""
        shelf = {f"{models.EMBEDDED}{model.id}": model for model in models.on_shelf(self.companion)}
        return Choices(people.list_people(self.companion, Role.MENTOR), shelf)

    def show(self, loaded: Choices) -> None:
        """Fill the form, without acting on it; a list that is open, or what is being typed, is left alone."""
        if any(select.expanded for select in self.query(Select)) or isinstance(self.focused, Input):
            return
        self._choices = loaded
        current = self.companion.settings.model
        names = {name: _label(model) for name, model in loaded.models.items()} | {"none": NO_MODEL, OTHER: ANOTHER}
        me = self.companion.settings.me
        mentors = [(shown(shortened(person.name, NAME_CHARS)), person.id) for person in loaded.mentors]
        self._offer("#settings-me", mentors, me if me in {person.id for person in loaded.mentors} else None)
        labels = [(Content(label), name) for name, label in names.items()]
        self._offer("#settings-model", labels, current if current in names else OTHER)
        if current not in names:
            self.query_one("#settings-other", Input).value = current
            self.query_one("#settings-base", Input).value = self.companion.settings.model_api_base
        self._show_model()

    def _show_model(self) -> None:
        choice = self.query_one("#settings-model", Select).value
        other = choice == OTHER
        self.query_one("#settings-other", Input).display = other
        self.query_one("#settings-base", Input).display = other
        self.query_one("#settings-pull", Button).display = self._to_fetch() is not None
        note = self.query_one("#settings-note", Static)
        note.update(Content(REMOTE if other else LOCAL))
        note.set_class(other, "warn")
        note.set_class(not other, "muted")
        self.query_one(StatusBar).show_state()
        self.refresh_bindings()

    def _to_fetch(self) -> str | None:
        """The chosen model, when it is an embedded one that is not here."""
        name = str(self.query_one("#settings-model", Select).value)
        model = self._choices.models.get(name)
        return name if model is not None and not model.installed else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Fetching is for models that are not here."""
        return self.is_mounted and self._to_fetch() is not None if action == "fetch" else True

    @on(Select.Changed, "#settings-me")
    def _me_changed(self, event: Select.Changed) -> None:
        me = "" if event.value is Select.NULL else str(event.value)
        if me != self.companion.settings.me:
            self.companion_app.attempt(lambda: settings.change(self.companion, me=me))

    @on(Select.Changed, "#settings-practice")
    def _practice_chosen(self, event: Select.Changed) -> None:
        allowed = str(event.value)
        if allowed != self.companion.settings.practice_model:
            self.companion_app.attempt(lambda: settings.change(self.companion, practice_model=allowed))

    @on(Select.Changed, "#settings-theme")
    def _theme_chosen(self, event: Select.Changed) -> None:
        # The app keeps it, wherever it was chosen.
        self.app.theme = str(event.value)

    def _show_theme(self, theme: Theme) -> None:
        self._offer("#settings-theme", _themes(theme.name), theme.name)

    def _offer(self, selector: str, options: Sequence[tuple[Content, str]], value: str | None) -> None:
        """Give a select its options and its value without acting on it; None leaves it blank."""
        select = self.query_one(selector, Select)
        with self.prevent(Select.Changed):
            select.set_options(options)
            if value is not None:
                select.value = value
            # Its label may be another even when the value is the same.
            select.mutate_reactive(Select.value)  # type: ignore[misc]  # a generic class's reactive

    @on(Select.Changed, "#settings-model")
    def _model_changed(self, event: Select.Changed) -> None:
        self._show_model()
        if event.value == OTHER:
            self.query_one("#settings-other", Input).focus()
        elif event.value != self.companion.settings.model:
            self._use(str(event.value))

    @on(Input.Submitted)
    def _other_entered(self) -> None:
        if name := self.query_one("#settings-other", Input).value.strip():
            self._use(name, self.query_one("#settings-base", Input).value.strip())

    def _use(self, name: str, api_base: str | None = None) -> None:
        """Switch off the screen's thread: a model that is being loaded has to be waited for."""
        companion = self.companion
        self.work("use", "Switching …", lambda _: models.use(companion, name, api_base), can_stop=False)

    @on(Button.Pressed, "#settings-pull")
    def action_fetch(self) -> None:
        """Fetch the chosen model."""
        companion, name = self.companion, self._to_fetch()
        if name is None:
            return

        def work(me: Slow[object]) -> object:
            return models.pull(companion, name, progress=me.progress, cancelled=me.cancelled)

        self.work("pull", "Fetching the model …", work)

    def worked(self, name: str, value: Any) -> None:
        """The model is here, or in use."""
        if name == "pull":
            self.notify("The model is here and verified.", markup=False)
            self.reload()
            return
        said, missing = str(value), self._to_fetch() is not None
        self._show_model()
        self.notify("It is not here yet: f fetches it." if missing else said, markup=False)

    def failed(self, name: str, error: CompanionError) -> None:
        """Show what is in use."""
        self.reload()


def _label(model: Any) -> str:
    size = f"{model.size_bytes / GIGABYTE:.1f} GB"
    return f"{model.name} ({size}{'' if model.installed else ', not here yet'})"


def _themes(current: str) -> list[tuple[Content, str]]:
    names = [theme.name for theme in THEMES]
    return [(Content(name.removeprefix("companion-")), name) for name in dict.fromkeys([*names, current])]


PRACTICE = {
    "no": "the written lines: at once, and no model reads what you type",
    "local": "a capable model, if it runs on this machine",
    "remote": "a capable model, also elsewhere: what you type leaves this machine",
}
NO_MODEL = "no model: practice cards alone"
ANOTHER = "another one, through LiteLLM …"
LOCAL = "It runs inside companion: nothing leaves this machine."
REMOTE = (
    "If it runs elsewhere, what Privacy allows (6, then a) leaves this machine, every byte on record. A gateway on "
    "this machine hands on what it gets: name it litellm_proxy/NAME, so that it counts as elsewhere. Its key comes "
    "from the environment or the system keyring (companion model key PROVIDER), never from a file. Enter switches."
)
