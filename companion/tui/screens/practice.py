"""Practice: choose whom and what, talk, and see which line earned or lost a point. Nothing is stored unless kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Input, OptionList, Static
from textual.widgets.option_list import Option

from companion.domain.practice_rubric import ADVICE
from companion.services import practice, tips
from companion.tui.card_texts import card_text
from companion.tui.commands import KeyCommands
from companion.tui.practice_texts import archetype_line, review_rows, scenario_line, talk_rows
from companion.tui.screens.confirm import ConfirmScreen
from companion.tui.screens.pick import Pick, PickScreen
from companion.tui.screens.reading import ReadingScreen
from companion.tui.slow import Slow, SlowDone, SlowFailed
from companion.tui.text import shown
from companion.tui.tip_texts import Row, route_rows
from companion.tui.widgets.keys import Keys
from companion.tui.widgets.lines import Lines, hanging

if TYPE_CHECKING:
    from companion.domain.cards import Card
    from companion.services.companion import Companion
    from companion.services.practice import Archetype, Scenario, Talk

Stage = Literal["choose", "talk", "review"]
_OWN = "own"
LONG_CHARS = 2000
"""A turn that long is read off the screen's thread."""
FIRST = "Say it as you would say it, then Enter; ... is a silence"
LATER = "Say it as you would say it; an empty line is a silence"
OVER = "This talk is over"


class Rows(Lines):
    """Names or signs on the left, what belongs to them beside them."""

    rows: reactive[Sequence[Row]] = reactive[Sequence[Row]]((), layout=True)

    def lines(self, width: int) -> Sequence[Content]:
        """Every row, its text hanging under its own beginning."""
        return [line for before, text in self.rows for line in hanging(before, text, width)]


class PracticeScreen(Screen[None]):
    """Three stages: choose, talk, review."""

    CSS_PATH = "practice.tcss"
    COMMANDS = Screen.COMMANDS | {KeyCommands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "hint", "Hint", id="practice.hint", tooltip="What could I say now?"),
        Binding("f8", "finish", "Finish", id="practice.finish", tooltip="End the talk and see the points"),
        Binding("a", "again", "Again", id="practice.again", tooltip="The same executive and subject once more"),
        Binding("n", "new", "Another", id="practice.new", tooltip="Choose another executive or subject"),
        Binding("k", "keep", "Keep", id="practice.keep", tooltip="Keep this talk as a file that only you can read"),
        Binding("c", "card", "Card", id="practice.card", tooltip="Read the practice card for the one thing to try"),
        Binding("f7", "kept", "Kept talks", id="practice.kept", tooltip="Read or delete the talks you kept"),
        # With priority, because the line at the bottom takes keys too.
        Binding("escape", "leave", "Back", id="practice.leave", tooltip="Leave; the talk is deleted", priority=True),
    ]
    AUTO_FOCUS = "#archetypes"

    stage: reactive[Stage] = reactive[Stage]("choose")

    def __init__(self, companion: Companion, pairing: str | None = None, about: str = "") -> None:
        super().__init__()
        self.companion, self.pairing, self.about = companion, pairing, about
        self._archetypes: tuple[Archetype, ...] = ()
        self._scenarios: tuple[Scenario, ...] = ()
        self._scenario: Scenario | None = None
        self._talk: Talk | None = None
        self._writer: Any = None
        """The model that may word the executive's lines; None for the written ones."""
        self._job: Slow[Any] | None = None
        self._waiting = ""
        """The turn that a model is answering."""
        self._kept_talk: Talk | None = None

    def compose(self) -> ComposeResult:
        """The head, three stages, and the line that says who sees it."""
        with Horizontal(id="practice-head"):
            yield Static("Practice", id="practice-title")
            yield Static("", id="practice-turn")
        with ContentSwitcher(initial="choose"):
            with VerticalScroll(id="choose"):
                yield Static("With whom, and what they want", id="with-whom", classes="title")
                yield OptionList(id="archetypes")
                yield Static("", id="whom")
                yield Static(
                    Content.from_markup("About what?  [not bold $foreground 70%]Enter begins[/]"),
                    id="about-what",
                    classes="title",
                )
                yield OptionList(id="scenarios")
                yield Input(placeholder="or in your own words, then Enter", id=_OWN, compact=True)
            with Vertical(id="talk"):
                with VerticalScroll(id="talk-scroll"):
                    yield Rows(id="talk-rows")
                yield Static("", id="talk-hint")
                yield Input(placeholder=FIRST, id="turn")
            with VerticalScroll(id="review"):
                yield Rows(id="review-rows")
        yield Static(practice.PRIVATE, id="practice-private")
        yield Static("", id="practice-support")
        yield Keys()

    def on_mount(self) -> None:
        """Read whom and what there is, off the screen's thread."""
        companion, pairing = self.companion, self.pairing
        Slow("practice", self, lambda _: _Choices(companion, pairing)).start()

    def watch_stage(self, stage: Stage) -> None:
        """Show the stage, and put the focus where the next key belongs."""
        self.query_one(ContentSwitcher).current = stage
        self.query_one({"choose": "#archetypes", "talk": "#turn", "review": "#review"}[stage]).focus()
        self._show_head()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only the keys that do something now."""
        match action:
            case "hint" | "finish":
                return self.stage == "talk"
            case "again" | "new":
                return self.stage == "review"
            case "keep":
                return self.stage == "review" and self._talk is not None and self._talk.route is None
            case "card":
                return self.stage == "review" and self._card() is not None
            case "kept":
                return self.stage == "choose"
        return True

    # Choosing.

    def on_slow_done(self, message: SlowDone) -> None:
        """The choices, a model that is ready, or an answer; what nobody waits for any more is let go."""
        if isinstance(message.value, _Choices):
            self._show_choices(message.value)
        elif message.job is self._job and isinstance(message.value, practice.Talk):
            self._job = None
            self._said(message.value)

    def on_slow_failed(self, message: SlowFailed) -> None:
        """The app says what went wrong; the turn stands in the line again."""
        if message.job is self._job:
            self._job = None
            self.query_one("#turn", Input).value = self._waiting
            self._show_talk()

    def _show_choices(self, choices: _Choices) -> None:
        self._archetypes = choices.archetypes
        self._writer = choices.writer
        own = (practice.about_wording(self.about),) if self.about else ()
        self._scenarios = (*own, *choices.scenarios)
        people = self.query_one("#archetypes", OptionList)
        people.set_options(Option(archetype_line(one), id=one.id) for one in self._archetypes)
        subjects = self.query_one("#scenarios", OptionList)
        subjects.set_options(Option(scenario_line(one)) for one in self._scenarios)
        people.highlighted = subjects.highlighted = 0
        private = self.query_one("#practice-private", Static)
        private.update(shown(practice.privacy(self._writer)))
        private.set_class(self._writer is not None and self._writer.remote, "-elsewhere")
        self.query_one("#practice-support", Static).update(shown(choices.support))

    @on(OptionList.OptionHighlighted, "#archetypes")
    def _look(self, event: OptionList.OptionHighlighted) -> None:
        self.query_one("#whom", Static).update(shown(self._archetypes[event.option_index].who))

    @on(OptionList.OptionSelected, "#archetypes")
    def _whom(self) -> None:
        self.query_one("#scenarios").focus()

    @on(OptionList.OptionSelected, "#scenarios")
    def _what(self, event: OptionList.OptionSelected) -> None:
        self._begin(self._scenarios[event.option_index])

    @on(Input.Submitted, f"#{_OWN}")
    def _own_words(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self._begin(practice.about(event.value))

    def _begin(self, scenario: Scenario) -> None:
        chosen = self.query_one("#archetypes", OptionList).highlighted
        if chosen is None:
            return
        self._scenario = scenario
        self._talk, self._kept_talk = practice.begin(self._archetypes[chosen], scenario), None
        self.query_one("#turn", Input).value = ""
        self.stage = "talk"
        self._show_talk()

    # Talking.

    @on(Input.Submitted, "#turn")
    def _turn(self, event: Input.Submitted) -> None:
        if self._talk is None or self._talk.ended or self._job is not None:
            if self._talk is not None and self._talk.ended:
                self.action_finish()
            return
        turn, talk, writer = event.value, self._talk, self._writer
        if not turn.strip() and not talk.mentor_turns:
            self._say_below(shown(practice.NOT_BEGUN))
            return
        self._waiting = turn
        event.input.value = ""
        self.query_one("#talk-hint").remove_class("-shown")
        if writer is None and len(turn) < LONG_CHARS:
            self._said(practice.reply(talk, turn))
            return
        self._job = Slow("reply", self, lambda job: practice.reply(talk, turn, writer, job.cancelled)).start()
        self._show_talk(waiting=turn or " ")

    def _said(self, talk: Talk) -> None:
        self._talk = talk
        if talk.route is not None:
            self.action_finish()
            return
        self._show_talk()

    def _show_talk(self, waiting: str = "") -> None:
        if self._talk is None:
            return
        rows = talk_rows(self._talk, waiting)
        if self._talk.ended:
            rows.append(
                (Content(""), Content.styled("The talk is over. Enter or F8 shows your points.", "bold $accent"))
            )
        self.query_one("#talk-rows", Rows).rows = rows
        prompt = OVER if self._talk.ended else LATER if self._talk.mentor_turns else FIRST
        self.query_one("#turn", Input).placeholder = prompt
        self.query_one("#talk-scroll", VerticalScroll).scroll_end(animate=False)
        self._show_head()

    def _show_head(self) -> None:
        talk, scenario = self._talk, self._scenario
        if self.stage == "choose" or talk is None or scenario is None:
            title, turns = "Practice: rehearse before you meet", ""
        else:
            title = f"Practice with {talk.archetype.called} ({talk.archetype.title.lower()}): {scenario.title}"
            said = len(talk.mentor_turns)
            turns = f"{said} line{'' if said == 1 else 's'}"
        self.query_one("#practice-title", Static).update(shown(title))
        self.query_one("#practice-turn", Static).update(shown(turns))

    def action_hint(self) -> None:
        """Say what could be said now."""
        if self._talk is not None:
            found = practice.hint(self.companion, self._talk)
            self._say_below(Content.from_markup("[b]Hint[/] $text [dim]$card[/]", text=found.text, card=found.card.id))

    def _say_below(self, text: Content) -> None:
        """Say something between the talk and the line, until the next turn."""
        line = self.query_one("#talk-hint", Static)
        line.update(text)
        line.add_class("-shown")
        self.query_one("#talk-scroll", VerticalScroll).scroll_end(animate=False)

    def action_finish(self) -> None:
        """Show the points."""
        if self._talk is None:
            return
        self._stop()
        if (route := practice.route(self.companion, self._talk)) is not None:
            rows = list(route_rows(route))
        else:
            found = practice.review(self._talk.said)
            rows = review_rows(self._talk, found, practice.cards_of(self.companion, found))
        self.query_one("#review-rows", Rows).rows = rows
        self.query_one("#review", VerticalScroll).scroll_home(animate=False)
        self.stage = "review"

    def _stop(self) -> bool:
        """Let a reply go that has not come yet; the executive says the written line. Returns whether there was one."""
        job, self._job = self._job, None
        if job is None or self._talk is None:
            return False
        job.cancel()
        self._said(practice.reply(self._talk, self._waiting))
        return True

    # Afterwards.

    def action_again(self) -> None:
        """The same executive and subject, another talk."""
        if self._scenario is not None:
            self._begin(self._scenario)

    def action_new(self) -> None:
        """Back to the choice."""
        self.stage = "choose"

    def _card(self) -> Card | None:
        if self._talk is None:
            return None
        found = practice.review(self._talk.said)
        cards = practice.cards_of(self.companion, found)
        return cards.get(ADVICE[found.next_try].card_id) if found.next_try else None

    def action_card(self) -> None:
        """Read the card behind the one thing to try."""
        if (card := self._card()) is not None:
            self.app.push_screen(ReadingScreen(f"{card.id} {card.title}", card_text(card)))

    def action_keep(self) -> None:
        """Ask, then write the talk to a file of the mentor's own."""
        text = Content("It is written into your folder, readable by you alone. F7 lists and deletes what you kept.")
        self.app.push_screen(ConfirmScreen("Keep this talk as a file?", text, "Keep"), self._keep)

    def _keep(self, wanted: bool | None) -> None:
        talk = self._talk
        if not wanted or talk is None or talk is self._kept_talk:
            return
        self._kept_talk = talk
        self.app.attempt(self._write)  # type: ignore[attr-defined]  # this screen is only used in the CompanionApp

    def _write(self) -> None:
        assert self._talk is not None
        kept = practice.keep(self.companion, self._talk, self.pairing)
        self.notify(f"Kept, readable by you alone: {kept.path}", markup=False)

    def action_kept(self) -> None:
        """Choose one of the talks that were kept."""
        found = practice.kept(self.companion)
        if not found:
            self.notify("You have kept no talk.")
            return
        picks = [Pick(one.name, one.name) for one in found]
        self.app.push_screen(PickScreen("Which talk?", picks), self._open_kept)

    def _open_kept(self, name: str | None) -> None:
        if name is None:
            return
        picks = (Pick("read", "Read it"), Pick("delete", "Delete it"))

        def do(what: str | None) -> None:
            if what == "read":
                self.app.push_screen(ReadingScreen(name, shown(practice.read_kept(self.companion, name))))
            elif what == "delete":
                practice.forget(self.companion, name)
                self.notify("The talk was deleted.")

        self.app.push_screen(PickScreen(name, picks), do)

    def action_leave(self) -> None:
        """Stop a reply; else go back, and ask first when a talk would be gone."""
        if self._stop():
            return
        if self.stage != "talk" or self._talk is None or not self._talk.mentor_turns:
            self._left(True)
            return
        text = Content("The talk is kept nowhere. F8 shows your points first.")
        self.app.push_screen(ConfirmScreen("Leave, and delete this talk?", text, "Leave", final=True), self._left)

    def _left(self, leaves: bool | None) -> None:
        if leaves:
            self.dismiss(None)


class _Choices:
    """What a rehearsal may be about, with whom, and who words it; read in a thread."""

    def __init__(self, companion: Companion, pairing: str | None) -> None:
        self.archetypes = practice.archetypes(companion)
        self.scenarios = practice.scenarios(companion, pairing)
        self.writer = practice.partner(companion, pairing)
        self.support = tips.support(companion)
