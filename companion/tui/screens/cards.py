"""Cards: what is known about doing this well, to search, to read and to take a question from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import DataTable, Input, Static

from companion.domain.cards import Card, Stage, Topic
from companion.domain.words import one_line
from companion.services import browse_cards
from companion.services.browse_cards import Shelf, Wanted
from companion.tui.card_texts import card_text, question_text, words
from companion.tui.commands import KeyCommands
from companion.tui.screens.pick import Pick, PickScreen
from companion.tui.slow import Slow, SlowDone, SlowEvent, SlowFailed
from companion.tui.text import cell, shown
from companion.tui.widgets.keys import Keys
from companion.tui.widgets.list_table import Column, ListTable, Row

if TYPE_CHECKING:
    from companion.services.companion import Companion

TYPING_SECONDS = 0.15
"""How long the typing rests before the list follows."""
ANY = "any"


class CardsScreen(Screen[None]):
    """A line to search in, the cards on the left, the one under the cursor on the right."""

    CSS_PATH = "cards.tcss"
    COMMANDS = Screen.COMMANDS | {KeyCommands}
    AUTO_FOCUS = "#card-search"
    # Letters go into the search line, so every key here is another kind of key.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "copy", "Copy", id="cards.copy", tooltip="Copy one of this card's questions"),
        Binding("f3", "stage", "Stage", id="cards.stage", tooltip="Only cards of one stage"),
        Binding("f4", "topic", "Topic", id="cards.topic", tooltip="Only cards of one topic"),
        Binding("f6", "contradicted", "Other view", id="cards.other", tooltip="Read what contradicts this card"),
        Binding("f7", "back", "Card before", id="cards.back", tooltip="Back to the card you jumped from"),
        Binding("down", "move(1)", show=False, id="cards.down", priority=True),
        Binding("up", "move(-1)", show=False, id="cards.up", priority=True),
        Binding("pagedown", "read(1)", "Read on", id="cards.read", tooltip="Scroll the card", priority=True),
        Binding("pageup", "read(-1)", show=False, id="cards.read_up", priority=True),
        Binding("escape", "leave", "Back", id="cards.leave", tooltip="Clear the search, or leave", priority=True),
    ]

    def __init__(self, companion: Companion, card_id: str = "") -> None:
        super().__init__()
        self.companion = companion
        self._shelf: Shelf | None = None
        self._found: tuple[Card, ...] = ()
        self._wanted = Wanted()
        self._start = card_id
        self._moved = False
        """Whether the person has gone to a card since the last search: then the cursor stays where it is."""
        self._trail: list[str] = []
        self._job: Slow[list[Card]] | None = None
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The search line with what is filtered, then list and card."""
        with Horizontal(id="cards-head"):
            yield Input(placeholder="Search the practice cards", id="card-search", compact=True)
            yield Static("Loading …", id="cards-count")
        with Horizontal(classes="sides"):
            yield ListTable(
                Column("Card", 6),
                Column("Title", 16, 1),
                Column("Topic", 11),
                Column("Stages", 6),
                Column("Ev.", 3),
                id="cards-list",
            ).add_class("list")
            with VerticalScroll(classes="details", id="card-scroll", can_focus=False):
                yield Static("", id="card-text")
        yield Keys()

    def on_mount(self) -> None:
        """Read the shelf in a thread: first the cards, which are quick, then where agendas use them."""
        companion = self.companion

        def work(me: Slow[Shelf]) -> Shelf:
            me.tell(browse_cards.shelf(companion, with_uses=False))
            return browse_cards.shelf(companion)

        Slow("shelf", self, work).start()

    # What is found.

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._look_for(Wanted(event.value, self._wanted.stage, self._wanted.topic))

    def _look_for(self, wanted: Wanted) -> None:
        self._wanted, self._moved = wanted, False
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(TYPING_SECONDS, self._search)

    def _search(self) -> None:
        """By words at once; then by meaning, in the same thread, which may load the embedding model first."""
        if (shelf := self._shelf) is None:
            return
        companion, wanted = self.companion, self._wanted

        def work(me: Slow[list[Card]]) -> list[Card]:
            me.tell(browse_cards.by_words(companion, shelf, wanted))
            return browse_cards.by_meaning(companion, shelf, wanted)

        self._job = Slow("cards", self, work).start()

    def on_slow_event(self, message: SlowEvent) -> None:
        """The quick half of an answer."""
        if isinstance(message.event, Shelf):
            self._shelf = message.event
            self._search()
        elif message.job is self._job:
            self._show(message.event)

    def on_slow_done(self, message: SlowDone) -> None:
        """The whole answer, unless something else is looked for by now."""
        if isinstance(message.value, Shelf):
            self._shelf = message.value
            self._show_card()
        elif message.job is self._job:
            self._show(message.value)

    def on_slow_failed(self, message: SlowFailed) -> None:
        """What words have found stays; the app says what went wrong, unless nobody waits for it any more."""
        if message.job.name == "cards" and message.job is not self._job:
            message.stop()
        elif self._shelf is None:
            self.query_one("#cards-count", Static).update("")
            self.query_one("#card-text", Static).update(shown(f"{message.error.message}\n{message.error.hint}"))

    def _show(self, found: Sequence[Card]) -> None:
        self._found = tuple(found)
        own = self._shelf.own if self._shelf else frozenset()
        rows = [
            Row(
                card.id,
                (
                    cell(card.id),
                    cell(f"{'* ' if card.id in own else ''}{one_line(card.title)}"),
                    cell(words(card.topic.value)),
                    cell("".join("●" if stage in card.stages else "·" for stage in Stage)),
                    cell(card.grade.value),
                ),
            )
            for card in found
        ]
        table = self.query_one(ListTable)
        first = found[0].id if found and self._wanted.words.strip() and not self._moved else None
        table.fill(rows, self._start or first)
        self._moved, self._start = self._moved or bool(self._start), ""
        self.query_one("#cards-count", Static).update(Content(self._count()))
        self._show_card()

    def _count(self) -> str:
        own = len(self._shelf.own) if self._shelf else 0
        filters = [words(value.value) for value in (self._wanted.stage, self._wanted.topic) if value is not None]
        many = f"{len(self._found)} card{'' if len(self._found) == 1 else 's'}"
        return " · ".join([many, *filters, *(["* = your programme's own"] if own else [])])

    @property
    def card(self) -> Card | None:
        """The card under the cursor."""
        chosen = self.query_one(ListTable).chosen
        return self._shelf.cards.get(chosen) if self._shelf and chosen else None

    @on(DataTable.RowHighlighted)
    def _show_card(self) -> None:
        card, shelf = self.card, self._shelf
        text = Content("Nothing found. Other words, or Esc for all cards." if shelf else "")
        if card is not None and shelf is not None:
            uses = [(use.session, use.question) for use in shelf.uses.get(card.id, ())]
            text = card_text(card, own=card.id in shelf.own, against=shelf.against(card), uses=uses)
        self.query_one("#card-text", Static).update(text)
        self.query_one("#card-scroll", VerticalScroll).scroll_home(animate=False)
        self.refresh_bindings()

    # Keys.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only the keys that do something now."""
        card = self.card if self.is_mounted else None
        match action:
            case "copy":
                return card is not None and bool(card.questions)
            case "contradicted":
                return card is not None and bool(self._others())
            case "back":
                return bool(self._trail)
        return True

    def _others(self) -> list[tuple[str, str]]:
        card = self.card
        return [one for one in self._shelf.against(card) if one[0]] if card and self._shelf else []

    @on(DataTable.RowSelected)
    def _clicked(self) -> None:
        self._moved = True

    def action_move(self, by: int) -> None:
        """Move in the list without leaving the search line."""
        table = self.query_one(ListTable)
        self._moved = True
        if by > 0:
            table.action_cursor_down()
        else:
            table.action_cursor_up()

    def action_read(self, by: int) -> None:
        """Scroll the card."""
        area = self.query_one("#card-scroll", VerticalScroll)
        if by > 0:
            area.scroll_page_down(animate=False)
        else:
            area.scroll_page_up(animate=False)

    def action_copy(self) -> None:
        """Copy a question; where there are several, ask which."""
        if (card := self.card) is None or not card.questions:
            return
        questions = [question_text(question) for question in card.questions]
        if len(questions) == 1:
            self._copied(questions[0])
        else:
            self.app.push_screen(
                PickScreen("Copy which question?", [Pick(one, one) for one in questions]), self._copied
            )

    def _copied(self, question: str | None) -> None:
        if question is not None:
            self.app.copy_to_clipboard(question)
            self.notify("The question is copied.", markup=False)

    def action_contradicted(self) -> None:
        """Jump to the card that contradicts this one; where there are several, ask which."""
        others = self._others()
        if len(others) == 1:
            self.action_jump(others[0][0])
        elif others:
            picks = [Pick(card_id, f"{card_id} {title}") for card_id, title in others]
            self.app.push_screen(PickScreen("Which one?", picks), self._jumped)

    def _jumped(self, card_id: str | None) -> None:
        if card_id is not None:
            self.action_jump(card_id)

    def action_jump(self, card_id: str) -> None:
        """Go to a card, whatever is searched for; the key for the card before leads back."""
        if self._shelf is None or card_id not in self._shelf.cards:
            return
        if (card := self.card) is not None:
            self._trail.append(card.id)
        self._go_to(card_id)

    def action_back(self) -> None:
        """Back to the card that was jumped from."""
        if self._trail:
            self._go_to(self._trail.pop())

    def _go_to(self, card_id: str) -> None:
        self._moved = True
        if card_id in self.query_one(ListTable).keys:
            self.query_one(ListTable).choose(card_id)
            self.refresh_bindings()
            return
        # It is not among those found: show all, with the cursor on it.
        self._start = card_id
        with self.prevent(Input.Changed):
            self.query_one("#card-search", Input).value = ""
        self._look_for(Wanted())

    def action_stage(self) -> None:
        """Choose a stage to see the cards of."""
        picks = [Pick(ANY, "All stages"), *(Pick(stage.value, words(stage.value).capitalize()) for stage in Stage)]
        self.app.push_screen(PickScreen("Cards of which stage?", picks), self._stage_chosen)

    def _stage_chosen(self, chosen: str | None) -> None:
        if chosen is not None:
            stage = None if chosen == ANY else Stage(chosen)
            self._look_for(Wanted(self._wanted.words, stage, self._wanted.topic))

    def action_topic(self) -> None:
        """Choose a topic to see the cards of."""
        picks = [Pick(ANY, "All topics"), *(Pick(topic.value, words(topic.value).capitalize()) for topic in Topic)]
        self.app.push_screen(PickScreen("Cards of which topic?", picks), self._topic_chosen)

    def _topic_chosen(self, chosen: str | None) -> None:
        if chosen is not None:
            topic = None if chosen == ANY else Topic(chosen)
            self._look_for(Wanted(self._wanted.words, self._wanted.stage, topic))

    def action_leave(self) -> None:
        """Clear what is searched for; with nothing to clear, leave."""
        if self._wanted == Wanted():
            self.dismiss(None)
            return
        with self.prevent(Input.Changed):
            self.query_one("#card-search", Input).value = ""
        self._look_for(Wanted())
