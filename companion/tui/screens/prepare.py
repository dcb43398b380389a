"""Prepare: from a pairing to an agenda that is worded, checked, edited and delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Literal

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from companion.domain.arc import ArcPlace
from companion.errors import AskFirst
from companion.services import after_sessions, arc, pairings, prepare_agenda
from companion.services.pairings import PairingView
from companion.services.prepare_agenda import Choices, Draft
from companion.tui import session_dialogs
from companion.tui.prepare_texts import all_done, head, pairing_entry, reason
from companion.tui.screens.confirm import ConfirmScreen
from companion.tui.screens.prepare_agenda import AgendaPane
from companion.tui.screens.prepare_choices import ChoicesPane
from companion.tui.screens.prepare_draft import warm_writer
from companion.tui.slow import Slow, SlowDone, SlowFailed
from companion.tui.text import shown
from companion.tui.widgets.frame import AreaScreen
from companion.tui.widgets.searched_list import NameLine, SearchedList

Stage = Literal["waiting", "pick", "choices", "agenda"]


class PrepareScreen(AreaScreen):
    """Pick a pairing, choose, and work on the agenda."""

    AREA = "prepare"
    CSS_PATH = "prepare.tcss"
    AUTO_FOCUS = ""
    FIRST = (
        *("choices.make", "choices.back", "agenda.stop", "agenda.edit", "agenda.minutes", "agenda.undo"),
        *("agenda.brief", "agenda.deliver", "prepare.schedule", "prepare.rehearse"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "schedule", "Date", id="prepare.schedule", tooltip="Agree or move the date of this session"),
        Binding("i", "question", "Question", id="prepare.question", tooltip="Keep the executive's own question"),
        Binding("r", "rehearse", "Rehearse", id="prepare.rehearse", tooltip="Rehearse this session; nothing is kept"),
        Binding("t", "stage", "Stage", id="prepare.arc", tooltip="Why this stage, and another one instead"),
        Binding("k", "cards", "Cards", id="prepare.cards", tooltip="Search and read the practice cards"),
        Binding("p", "pick", "Pairing", id="prepare.pick", tooltip="Prepare another pairing"),
        Binding("escape", "unpick", "Back", id="prepare.unpick", tooltip="Back to the pairing before"),
    ]

    stage: reactive[Stage] = reactive[Stage]("waiting")
    view: reactive[PairingView | None] = reactive(None)

    def __init__(self) -> None:
        super().__init__()
        self._views: tuple[PairingView, ...] = ()
        self._after_last: dict[str, str] = {}
        self._job: Slow[Any] | None = None
        """The newest look-up; what an older one finds is not shown."""
        self._warming: Slow[None] | None = None
        self._shown_session: str | None = None
        self._begun: Callable[[bool], Draft] | None = None
        """What makes the agenda that was asked for last, once more with True when the mentor says so."""
        self._place: ArcPlace | None = None
        """Where the session stands in the arc."""
        self._before: str | None = None
        """The pairing that was on screen before another one is picked."""

    def body(self) -> Iterable[Widget]:
        """Who and when, then one of four stages."""
        yield Static("", id="prepare-head")
        yield Static("", id="prepare-why")
        with ContentSwitcher(initial="waiting", id="prepare-stage"):
            yield Static("Loading …", id="waiting", classes="empty")
            yield SearchedList(NameLine(placeholder="type a few letters of a name", compact=True), id="pick")
            yield ChoicesPane(id="choices")
            yield AgendaPane(id="agenda")

    # What is shown.

    def on_screen_resume(self) -> None:
        """Warm the model while the mentor reads."""
        self._warm()

    def load(self) -> tuple[tuple[PairingView, ...], dict[str, str]]:
        """Read the pairings, and what comes after the last session of each."""
        views = tuple(pairings.view_all(self.companion))
        return views, after_sessions.what_next(self.companion, views)

    def show(self, loaded: tuple[tuple[PairingView, ...], dict[str, str]]) -> None:
        """Show the chosen pairing; the agenda on screen follows when its head moved."""
        self._views, self._after_last = loaded
        wanted = self.companion_app.chosen_pairing
        view = next((v for v in self._views if v.pairing.id == wanted), None)
        if view is None:
            self._pick()
            return
        session = view.next_session
        if session is None or session.id != self._shown_session:
            # What is said about a session goes before the head names another.
            self._place = None
        self.view = view
        if session is None:
            self._shown_session = None
            self._say(all_done(self._after_last.get(view.pairing.id, "")))
        elif session.id != self._shown_session:
            self._open(view)
        elif self.stage == "agenda":
            self._follow(view)

    def _pick(self) -> None:
        self._shown_session, self._place = None, None
        self.view = None
        if not self._views:
            self._say("There are no pairings yet. Approve a proposal under 3 Matches.")
            return
        self.query_one("#pick", SearchedList).offer([pairing_entry(view) for view in self._views])
        self.stage = "pick"

    def _say(self, text: str) -> None:
        self.query_one("#waiting", Static).update(Content(text))
        self.stage = "waiting"

    def _open(self, view: PairingView) -> None:
        """Load the agenda of the next session, or what there is to choose from, off the screen's thread."""
        session = pairings.next_session(view)
        self._shown_session = session.id
        # A pane without a draft has nothing to leave, and may not be laid out yet.
        if (pane := self.query_one(AgendaPane)).draft is not None:
            pane.leave()
        companion = self.companion

        def work(_: Slow[Draft | Choices]) -> Draft | Choices:
            draft = prepare_agenda.open_draft(companion, session.id)
            return draft or prepare_agenda.choices(companion, view.pairing.id)

        self._say("Loading the practice cards …")
        self._look_up("open", work)

    def _follow(self, view: PairingView) -> None:
        """Another window may have changed the agenda, its date or the executive's question."""
        pane = self.query_one(AgendaPane)
        if pane.draft is None or pane.busy or view.agenda is None:
            return
        before, now = pane.draft.brief.session, pairings.next_session(view)
        moved = view.agenda.revision != pane.draft.agenda.revision
        if moved or (before.starts_at, before.executive_question) != (now.starts_at, now.executive_question):
            pane.reload()

    def watch_view(self, view: PairingView | None) -> None:
        """Name the pair and the session."""
        self._show_head()

    @on(AgendaPane.Changed)
    def _show_head(self) -> None:
        draft, minutes, asked = self.query_one(AgendaPane).draft, None, ""
        if draft is not None and draft.agenda.session_id == self._shown_session:
            minutes, self._place = draft.agenda.minutes, draft.brief.place
            own = draft.agenda.own_question if self.stage == "agenda" else None
            asked = own.question.text if own else ""
        self.query_one("#prepare-head", Static).update(head(self.view, minutes, self._place, in_agenda=asked))
        why = reason(self._place)
        self.query_one("#prepare-why", Static).update(shown(why))
        self.query_one("#prepare-why").display = bool(why)

    def watch_stage(self, stage: Stage) -> None:
        """Show the stage, and put the focus where the next key belongs."""
        self.query_one(ContentSwitcher).current = stage
        # The agenda needs the room; the key for the stage shows the whole reason.
        self.query_one("#prepare-why").set_class(stage == "agenda", "-short")
        self._show_head()
        self._focus_stage()
        self.refresh_bindings()

    def _focus_stage(self) -> None:
        match self.stage:
            case "waiting":
                self.set_focus(None)
            case "pick":
                self.query_one("#pick", SearchedList).focus_first()
            case "choices":
                self.query_one(ChoicesPane).focus_first()
            case "agenda":
                self.query_one(AgendaPane).focus_first()

    def on_click(self) -> None:
        """A click on plain text takes the focus away; keys should go on working."""
        if self.focused is None:
            self._focus_stage()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Date and question belong to a session."""
        if action == "rehearse":
            return self.view is not None
        if action in ("schedule", "question", "stage"):
            return self.view is not None and self.view.next_session is not None
        if action == "unpick":
            return self.stage == "pick" and any(view.pairing.id == self._before for view in self._views)
        return action != "pick" or self.stage != "pick"

    def action_rehearse(self) -> None:
        """Rehearse what is hard in this session."""
        if self.view is not None:
            session_dialogs.open_practice(self.companion_app, self.view.pairing.id)

    # Steps.

    @on(SearchedList.Chosen, "#pick")
    def _picked(self, event: SearchedList.Chosen) -> None:
        event.searched.action_clear()
        self.companion_app.chosen_pairing = event.key
        self.show((self._views, self._after_last))

    @on(ChoicesPane.GoalsChanged)
    def _goals_changed(self, event: ChoicesPane.GoalsChanged) -> None:
        if self.view is not None:
            companion, pairing_id = self.companion, self.view.pairing.id
            self._look_up("themes", lambda _: prepare_agenda.choices(companion, pairing_id, event.goal_ids))

    @on(ChoicesPane.Made)
    def _made(self, event: ChoicesPane.Made) -> None:
        if self._shown_session is None:
            return
        companion, session_id, chosen = self.companion, self._shown_session, event

        def begin(anyway: bool) -> Draft:
            return prepare_agenda.begin(
                companion, session_id, chosen.goal_ids, chosen.minutes, chosen.theme_ids, anyway=anyway
            )

        self._begin(begin)

    def _begin(self, begin: Callable[[bool], Draft], name: str = "begin", *, anyway: bool = False) -> None:
        """Make an agenda off the screen's thread; where something speaks against it, the mentor is asked."""
        self._begun = begin
        self._look_up(name, lambda _: begin(anyway))

    def _ask(self, doubt: AskFirst, name: str) -> None:
        def answered(go_on: bool | None) -> None:
            if go_on and self._begun is not None:
                self._begin(self._begun, name, anyway=True)

        text = shown(doubt.message)
        if (draft := self.query_one(AgendaPane).draft) is not None and draft.agenda.session_id == self._shown_session:
            text += Content("\nu brings back the agenda that is there now.")
        self.app.push_screen(ConfirmScreen("Make a new agenda all the same?", text, "Make it"), answered)

    @on(ChoicesPane.Left)
    def _left(self) -> None:
        draft = self.query_one(AgendaPane).draft
        if draft is not None and draft.agenda.session_id == self._shown_session:
            self.stage = "agenda"
        else:
            self.action_pick()

    @on(AgendaPane.AgainWanted)
    def _again(self) -> None:
        if self.view is not None and (draft := self.query_one(AgendaPane).draft) is not None:
            companion, pairing_id, goals = self.companion, self.view.pairing.id, draft.agenda.goal_ids
            self._look_up("again", lambda _: prepare_agenda.choices(companion, pairing_id, goals))

    def action_pick(self) -> None:
        """Choose another pairing."""
        self._before, self.companion_app.chosen_pairing = self.companion_app.chosen_pairing, None
        self.show((self._views, self._after_last))

    def action_unpick(self) -> None:
        """Leave the list for the pairing that was there before."""
        self.companion_app.chosen_pairing = self._before
        self.show((self._views, self._after_last))

    def action_schedule(self) -> None:
        """Ask for the date of the session."""
        if self.view is not None:
            session_dialogs.ask_date(self.companion_app, self.view)

    def action_question(self) -> None:
        """Ask for the executive's own question."""
        if self.view is not None:
            session_dialogs.ask_question(self.companion_app, self.view)

    def action_cards(self) -> None:
        """Browse the cards, from the one under the cursor on."""
        item = self.query_one(AgendaPane).item if self.stage == "agenda" else None
        self.companion_app.action_open_cards(item.card_id if item else "")

    def action_stage(self) -> None:
        """Show why the session is in its stage, and let the mentor choose another; with an agenda, it is made anew."""
        if (place := self._place) is not None and not self.query_one(AgendaPane).busy:
            app = self.companion_app
            app.attempt(lambda: session_dialogs.ask_stage(app, place, self._stage_chosen))

    def _stage_chosen(self, chosen: str | None) -> None:
        session_id, view = self._shown_session, self.view
        if chosen is None or session_id is None or view is None:
            return
        companion, draft = self.companion, self.query_one(AgendaPane).draft
        has_agenda = draft is not None and draft.agenda.session_id == session_id

        def choose() -> None:
            arc.choose_stage(companion, session_id, arc.stage_named(companion.arc, chosen))

        def choices(_: Slow[Choices]) -> Choices:
            choose()
            return prepare_agenda.choices(companion, view.pairing.id)

        if draft is None or not has_agenda:
            self._look_up("open", choices)
            return
        made = draft.agenda

        def begin(anyway: bool) -> Draft:
            if not anyway:
                # Before the stage changes.
                prepare_agenda.ask_first(companion, session_id)
            choose()
            return prepare_agenda.begin(
                companion, session_id, made.goal_ids, made.minutes, made.theme_ids, anyway=anyway
            )

        self._begin(begin, "stage")

    # Slow work.

    def _look_up(self, name: str, work: Callable[[Slow[Any]], Any]) -> None:
        self._job = Slow(name, self, work).start()

    async def on_slow_done(self, message: SlowDone) -> None:
        """Show what a look-up found, unless a newer one is on its way."""
        if message.job is self._warming:
            self._warmed("")
            return
        if message.job is not self._job:
            return
        match message.job.name, message.value:
            case _, Draft() as draft:
                pane = self.query_one(AgendaPane)
                pane.draft = draft
                self.stage = "agenda"
                if message.job.name == "stage":
                    self.notify("The agenda is made again for this stage; u takes it back.", markup=False)
                if message.job.name in ("begin", "stage"):
                    pane.word()
            case "themes", Choices() as choices:
                self._place = choices.place
                await self.query_one(ChoicesPane).offer(choices)
            case "again", Choices() as choices:
                await self._choose_again(choices)
            case _, Choices() as choices:
                self._place = choices.place
                self._show_head()
                await self.query_one(ChoicesPane).show(choices)
                self.stage = "choices"

    async def _choose_again(self, choices: Choices) -> None:
        draft = self.query_one(AgendaPane).draft
        if draft is not None:
            agenda = draft.agenda
            await self.query_one(ChoicesPane).show(choices, agenda.goal_ids, agenda.theme_ids, agenda.minutes)
            self.stage = "choices"

    def on_slow_failed(self, message: SlowFailed) -> None:
        """A model that cannot be had is no error here; the app shows the others."""
        if message.job.owner is not self:
            return
        if message.job is self._warming:
            message.stop()
            self._warmed(str(message.error))
        elif message.job is not self._job:
            message.stop()
        elif isinstance(message.error, AskFirst):
            message.stop()
            self._ask(message.error, message.job.name)
        elif message.job.name == "open":
            message.stop()
            self._shown_session = None
            self._say(f"{message.error.message}\n{message.error.hint}")

    def _warm(self) -> None:
        """Load the model in the background, once; a model that was switched meanwhile is loaded again."""
        companion, pane = self.companion, self.query_one(AgendaPane)
        if self._warming is not None and (not pane.warmed.is_set() or companion.writer.state in ("loading", "ready")):
            return
        pane.warmed.clear()
        self._warming = Slow("warm", self, lambda _: warm_writer(companion)).start()

    def _warmed(self, trouble: str) -> None:
        pane = self.query_one(AgendaPane)
        pane.trouble = f"No model: these are the cards' own words. {trouble}" if trouble else ""
        pane.warmed.set()
