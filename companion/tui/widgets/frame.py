"""What every screen has around it: the areas on top, what goes wrong, the engines' state and the keys at the bottom."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from companion.errors import Cancelled
from companion.tui.commands import KeyCommands
from companion.tui.slow import Slow, SlowDone, SlowFailed, SlowProgress
from companion.tui.text import shown
from companion.tui.widgets.keys import Keys
from companion.tui.widgets.progress import JobLine

if TYPE_CHECKING:
    from companion.errors import CompanionError
    from companion.services.companion import Companion
    from companion.tui.app import CompanionApp

STATE_SECONDS = 0.5
STATE_WORDS = {"idle": "not loaded", "loading": "loading …", "ready": "ready", "failed": "not available"}
LOCAL_MODELS = ("embedded/", "none")
MODEL_CHARS = 24
HERE, SHARED, ELSEWHERE = "stays on this machine", "data on a shared server", "! MODEL ELSEWHERE"


class AreaTab(Static):
    """One area's name; a click goes there."""

    def __init__(self, key: str, mode: str, label: str, here: bool) -> None:
        super().__init__(
            Content.assemble((key, "" if here else "$foreground 70%"), " ", label), classes="-here" if here else ""
        )
        self.mode = mode
        self.tooltip = f"{label} (key {key})"

    async def on_click(self) -> None:
        """Go to the area."""
        self.app.switch_mode(self.mode)


class AreaBar(Horizontal):
    """The areas of the app; the one on screen is marked."""

    def __init__(self, here: str) -> None:
        super().__init__()
        self.here = here

    def compose(self) -> ComposeResult:
        """One tab per area."""
        from companion.tui.app import AREAS

        for key, mode, label, _ in AREAS:
            yield AreaTab(key, mode, label, mode == self.here)


class StatusBar(Horizontal):
    """The state of each engine on the left; on the right, whether anything leaves this machine."""

    def compose(self) -> ComposeResult:
        """Two texts; the second is never cut."""
        yield Static("", id="engines")
        yield Static("", id="egress")

    def on_mount(self) -> None:
        """Look at the engines now and then; cheap, they only hold a word each."""
        self._shown: tuple[str, str] = ("", "")
        self.show_state()
        self.set_interval(STATE_SECONDS, self.show_state)

    def show_state(self) -> None:
        """Repaint what is different."""
        app: CompanionApp = self.app  # type: ignore[assignment]  # this widget is only used in the CompanionApp
        state = engines_text(app.companion), egress_text(app.companion)
        if state == self._shown:
            return
        self._shown = state
        self.query_one("#engines", Static).update(Content(state[0]))
        egress = self.query_one("#egress", Static)
        egress.update(Content(state[1]))
        egress.set_class(state[1] == ELSEWHERE, "-elsewhere")


def engines_text(companion: Companion) -> str:
    """``data and cards ready · qwen2.5-coder-1.5b not loaded``"""
    data, cards = STATE_WORDS[companion.store.state], STATE_WORDS[companion.knowledge.state]
    parts = [f"data and cards {data}"] if data == cards else [f"data {data}", f"cards {cards}"]
    model = companion.settings.model
    if model == "none":
        return " · ".join([*parts, "no model"])
    name = model.rsplit("/", 1)[-1].removesuffix("-instruct")
    name = name if len(name) <= MODEL_CHARS else f"{name[: MODEL_CHARS - 1]}…"
    return " · ".join([*parts, f"{name} {STATE_WORDS[companion.writer.state]}"])


def egress_text(companion: Companion) -> str:
    """Whether anything leaves this machine; a model that is not loaded yet is not trusted to be here."""
    writer = companion.writer.peek()
    remote = not companion.settings.model.startswith(LOCAL_MODELS) if writer is None else writer.remote
    if remote:
        return ELSEWHERE
    return SHARED if companion.data_is_shared else HERE


class AreaScreen(Screen[None]):
    """A screen of one area.

    Subclasses set `AREA` and compose their `body`; what `load` reads in a thread, `show` paints. A screen with a
    `JobLine` in its body starts slow work with `work`; then `worked` or `failed` is called, or `STOPPED` is said.
    """

    AREA: ClassVar[str] = ""
    STOPPED: ClassVar[str] = "Stopped."
    """What is said when the person stopped the slow work."""
    FIRST: ClassVar[tuple[str, ...]] = ()
    """Ids of the keys that stand first at the bottom; a small window has no room for the others, F1 shows them all."""
    COMMANDS = Screen.COMMANDS | {KeyCommands}

    def __init__(self) -> None:
        super().__init__()
        self._loading: Slow[Any] | None = None
        self._load_again = False

    def compose(self) -> ComposeResult:
        """The frame with the screen's own body in it."""
        yield AreaBar(self.AREA)
        yield Static("Loading …" if self._loads else "", id="state-line", classes="muted" if self._loads else "-gone")
        yield from self.body()
        yield StatusBar()
        yield Keys()

    def body(self) -> Iterable[Widget]:
        """The screen's own widgets."""
        return ()

    def load(self) -> Any:
        """Read what the screen shows; called in a thread. Raises CompanionError."""

    def show(self, loaded: Any) -> Awaitable[None] | None:
        """Paint what `load` has read; may be asynchronous."""
        return None

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now: those in `FIRST`, the others, how to leave, and last what moves the cursor."""
        places = {id_: place for place, id_ in enumerate(self.FIRST)}

        def place(key: ActiveBinding) -> tuple[int, bool, bool]:
            id_ = key.binding.id or ""
            # A key without a tooltip is one that everybody knows, such as an arrow.
            return places.get(id_, len(places)), not key.tooltip, id_ == "app.quit"

        return dict(sorted(super().active_bindings.items(), key=lambda key: place(key[1])))

    @property
    def _loads(self) -> bool:
        return type(self).load is not AreaScreen.load

    def reload(self) -> None:
        """Load and show; called when the store is ready, has changed, or the screen comes back."""
        if not self._loads:
            return
        if self._loading is not None:
            self._load_again = True
            return
        self._load_again = False
        self._loading = Slow("load", self, lambda _: self.load()).start()

    @property
    def companion_app(self) -> CompanionApp:
        """The app, by its own type."""
        from companion.tui.app import CompanionApp

        assert isinstance(self.app, CompanionApp)
        return self.app

    @property
    def companion(self) -> Companion:
        """What the flows work with."""
        return self.companion_app.companion

    def on_screen_resume(self) -> None:
        """Show what changed while another screen was on top."""
        if self.companion.store.state in ("ready", "failed"):
            self.companion_app.attempt(self.reload)

    def work(self, name: str, what: str, work: Callable[[Slow[Any]], object], *, can_stop: bool = True) -> bool:
        """Do slow work off the screen's thread, shown on the job line; False (and nothing) while other work is on."""
        return self.query_one(JobLine).begin(Slow(name, self, work), what, can_stop=can_stop)

    def worked(self, name: str, value: Any) -> None:
        """Slow work of that name ended well with that value."""

    def failed(self, name: str, error: CompanionError) -> None:
        """Slow work of that name ended with an error, which the app shows."""

    def action_stop(self) -> None:
        """Stop the slow work at its next step."""
        self.query_one(JobLine).stop()

    def on_slow_progress(self, message: SlowProgress) -> None:
        """Show how far the work is."""
        if self._at_work(message.job):
            self.query_one(JobLine).show(message.done, message.total, message.what)

    async def on_slow_done(self, message: SlowDone) -> None:
        """Paint what was read, or take what the slow work made."""
        if message.job is self._loading:
            await self._loaded(message.value)
        elif self._at_work(message.job):
            self.query_one(JobLine).finish()
            self.worked(message.job.name, message.value)

    def on_slow_failed(self, message: SlowFailed) -> None:
        """Say on the screen itself what is wrong with the data: it stays until it is mended."""
        if message.job is self._loading:
            message.stop()
            self._loading = None
            self._state_line(trouble_text(message.error))
        elif self._at_work(message.job):
            self.query_one(JobLine).finish()
            if isinstance(message.error, Cancelled):
                message.stop()
                self.notify(self.STOPPED, markup=False)
            self.failed(message.job.name, message.error)

    def _at_work(self, job: Slow[Any]) -> bool:
        line = self.query(JobLine)
        return job.owner is self and bool(line) and line.first().job is job

    async def _loaded(self, value: Any) -> None:
        self._loading = None
        self._state_line(Content(""))
        if (painting := self.show(value)) is not None:
            await painting
        if self._load_again:
            self.reload()

    def _state_line(self, text: Content) -> None:
        line = self.query_one("#state-line", Static)
        line.update(text)
        line.set_class(not text.plain, "-gone")
        line.remove_class("muted")
        self.query_one(StatusBar).show_state()


def trouble_text(error: CompanionError) -> Content:
    """What is wrong, what to do, and the key that tries again."""
    return Content.from_markup(
        "[$error b]![/] [b]$what[/b] $hint [dim]F5 tries again, Ctrl+Q leaves.[/dim]",
        what=shown(error.message),
        hint=shown(error.hint),
    )
