"""Summary: what people wrote in a closed survey, theme by theme, and where every comment went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Static

from companion.domain.anonymity import Outcome, Released, Withheld
from companion.domain.summaries import Proposal, Summary
from companion.domain.summary_groups import OwnTheme
from companion.domain.surveys import Item, in_language
from companion.errors import CompanionError
from companion.services import summarise
from companion.tui import summary_texts
from companion.tui.slow import Slow
from companion.tui.text import shown
from companion.tui.widgets.frame import AreaScreen
from companion.tui.widgets.list_table import Column, ListTable
from companion.tui.widgets.progress import JobLine


@dataclass(frozen=True)
class Loaded:
    """The questions that ask for words, and what was decided about groups."""

    items: tuple[Item, ...]
    own: tuple[OwnTheme, ...]


class SummaryScreen(AreaScreen):
    """The themes on the left, one on the right; one question at a time."""

    AREA = "surveys"
    STOPPED = "Stopped. What was read is kept: s goes on."
    CSS_PATH = "summary.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next", "Next question", id="summary.next", tooltip="The next question that asks for words"),
        Binding("a", "accept", "Accept", id="summary.accept", tooltip="Make a group a theme, or rename one"),
        Binding("i", "ignore", "Put away", id="summary.ignore", tooltip="Do not propose this group again"),
        Binding("u", "undecide", "Undo", id="summary.undo", tooltip="Take back what was decided about a theme"),
        Binding("s", "again", "Go on", id="summary.again", tooltip="Go on with a summary that was stopped"),
        Binding("escape", "leave", "Back", id="summary.leave", tooltip="Stop, or back to the surveys"),
    ]
    AUTO_FOCUS = "#themes"

    def __init__(self, wave_id: str, title: str) -> None:
        super().__init__()
        self.wave_id, self.wave_title = wave_id, title
        self._loaded_data = Loaded((), ())
        self._outcomes: dict[str, Outcome[Summary]] = {}
        self._at = 0
        self._stopped = False

    def body(self) -> Iterable[Widget]:
        """The question, the themes, one theme, and the line for slow work."""
        columns = (Column("Theme", 18, 1), Column("People", 6), Column("", 12), Column("+", 2), Column("−", 2))
        yield Static("", id="summary-question")
        yield Static("", id="summary-head")
        yield Static("", id="summary-withheld")
        yield Horizontal(
            ListTable(*columns, id="themes").add_class("list"),
            VerticalScroll(Static("", id="summary-text"), classes="details"),
            classes="sides",
        )
        yield JobLine()

    def load(self) -> Loaded:
        """Read the questions."""
        return Loaded(summarise.comment_items(self.companion, self.wave_id), summarise.own_themes(self.companion))

    def show(self, loaded: Loaded) -> None:
        """Repaint, and summarise the question on screen unless that is done."""
        self._loaded_data = loaded
        self.refresh_bindings()
        self._show_question()

    @property
    def item(self) -> Item | None:
        """The question on screen."""
        items = self._loaded_data.items
        return items[self._at % len(items)] if items else None

    @property
    def summary(self) -> Summary | None:
        """Its summary, once there is one."""
        outcome = self._outcomes.get(self.item.id) if self.item else None
        return outcome.value if isinstance(outcome, Released) else None

    def _show_question(self) -> None:
        item = self.item
        if item is None:
            self._say("No question of this survey asks for words.")
            return
        place = f" ({self._at % len(self._loaded_data.items) + 1} of {len(self._loaded_data.items)})"
        self.query_one("#summary-question", Static).update(
            Content.from_markup(
                "[b $primary]$question[/]  [dim]$title$place[/]",
                question=shown(in_language(item.text, "en")),
                title=shown(self.wave_title),
                place=place if len(self._loaded_data.items) > 1 else "",
            )
        )
        outcome = self._outcomes.get(item.id)
        if outcome is None:
            if not self._stopped:
                self._start(item)
        elif isinstance(outcome, Withheld):
            self._say(outcome.said)
        else:
            self.remove_class("-withheld")
            self.query_one("#summary-head", Static).update(summary_texts.head(outcome.value))
            self.query_one(ListTable).fill(summary_texts.rows(outcome.value))
            self._show_chosen()

    def _say(self, reason: str) -> None:
        """A sentence, and nothing else."""
        self.add_class("-withheld")
        self.query_one("#summary-head", Static).update("")
        self.query_one("#summary-withheld", Static).update(shown(reason))

    def _start(self, item: Item) -> None:
        companion, wave_id = self.companion, self.wave_id

        def work(me: Slow[tuple[str, Outcome[Summary]]]) -> tuple[str, Outcome[Summary]]:
            found = summarise.summarise(companion, wave_id, item.id, progress=me.progress, cancelled=me.cancelled)
            return item.id, found

        self._stopped = False
        self.refresh_bindings()
        self.work("summarise", "Reading the comments …", work)

    def worked(self, name: str, value: Any) -> None:
        """Show the summary, or go on with the question that was chosen meanwhile."""
        item_id, outcome = value
        self._outcomes[item_id] = outcome
        self._show_question()

    def failed(self, name: str, error: CompanionError) -> None:
        """Do not begin again by itself."""
        self._stopped = True
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Going on is offered after a stop only, and the next question where there is one."""
        if action == "again":
            return self._stopped
        return action != "next" or len(self._loaded_data.items) > 1

    @on(DataTable.RowHighlighted)
    def _show_chosen(self) -> None:
        summary = self.summary
        if summary is None:
            return
        chosen = self.query_one(ListTable).chosen
        theme = next((one for one in summary.themes if one.theme_id == chosen), None)
        if theme:
            text = summary_texts.theme_text(theme)
        elif proposal := self._proposal():
            text = summary_texts.proposal_text(proposal)
        else:
            text = summary_texts.rest_text(summary, self._loaded_data.own)
        self.query_one("#summary-text", Static).update(text)

    def _proposal(self) -> Proposal | None:
        chosen = self.query_one(ListTable).chosen
        return next((one for one in self.summary.proposals if one.id == chosen), None) if self.summary else None

    def _own(self) -> OwnTheme | None:
        chosen = self.query_one(ListTable).chosen
        return next((one for one in self._loaded_data.own if one.id == chosen), None)

    def action_next(self) -> None:
        """Go to the next question."""
        if len(self._loaded_data.items) > 1 and self.query_one(JobLine).job is None:
            self._at += 1
            self._stopped = False
            self.query_one(ListTable).fill([])
            self.query_one("#summary-text", Static).update("")
            self._show_question()

    def action_again(self) -> None:
        """Go on with a summary that was stopped."""
        if self.item is not None and self.item.id not in self._outcomes:
            self._start(self.item)

    def action_accept(self) -> None:
        """Ask for the name of a group; with it, it is a theme of this programme."""
        from companion.tui.screens.line import LineScreen

        summary, proposal, own = self.summary, self._proposal(), self._own()
        if summary is None or (proposal is None and own is None):
            self.notify("Choose a group with “?” in front, or a theme that you accepted.", markup=False)
            return
        group_id = proposal.id if proposal else own.id if own else ""
        name = proposal.suggested_name if proposal else own.name if own else ""

        def save(line: str) -> None:
            summarise.accept(self.companion, summary, group_id, line)
            self._decided()

        self.app.push_screen(LineScreen("What shall this theme be called?", name, name, save))

    def action_ignore(self) -> None:
        """Do not propose the chosen group again."""
        summary, proposal = self.summary, self._proposal()
        if summary is None or proposal is None:
            self.notify("Choose a group with “?” in front.", markup=False)
        elif self.companion_app.attempt(lambda: summarise.ignore(self.companion, summary, proposal.id)):
            self._decided()

    def action_undecide(self) -> None:
        """Take back what was decided about the chosen theme, else about the group that was put away last."""
        own = self._own() or next((one for one in reversed(self._loaded_data.own) if not one.accepted), None)
        if own is None:
            self.notify("Nothing was decided about a group.", markup=False)
        elif self.companion_app.attempt(lambda: summarise.undecide(self.companion, own.id)):
            self._decided()

    def _decided(self) -> None:
        self._outcomes.clear()
        self.reload()

    def action_leave(self) -> None:
        """Stop the work; without any, go back."""
        if not self.query_one(JobLine).stop():
            self.app.pop_screen()
