"""What a model elsewhere may be told: one line a kind, Enter or a click changes it, saved at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from companion.domain.privacy_rules import LABELS, NEVER, Kind
from companion.errors import CompanionError
from companion.services import privacy
from companion.tui.text import shown

if TYPE_CHECKING:
    from companion.services.companion import Companion

SHOWN_NAMES = 5


class PrivacyRulesScreen(ModalScreen[None]):
    """The kinds of text, and below them what is never sent and about whom nothing is."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,a", "dismiss", "Close", show=False, id="rules.close")]
    DEFAULT_CSS = """
    PrivacyRulesScreen { align: center middle; }
    PrivacyRulesScreen > Vertical { width: 76; max-width: 98%; height: auto; max-height: 98%; padding: 0 2; }
    PrivacyRulesScreen > Vertical { background: $surface; border: round $primary; border-title-color: $primary; }
    PrivacyRulesScreen > Vertical { border-subtitle-color: $text-muted; }
    PrivacyRulesScreen OptionList { height: auto; margin: 1 0; border: none; background: $surface; padding: 0; }
    PrivacyRulesScreen OptionList:focus { border: none; }
    PrivacyRulesScreen #rules-said { color: $error; height: auto; }
    """

    def __init__(self, companion: Companion) -> None:
        """Raises InvalidInput when the programme file cannot be used."""
        super().__init__()
        self.companion = companion
        self._rules = companion.programme.privacy

    def compose(self) -> ComposeResult:
        """The kinds, each with its sign."""
        with Vertical() as frame:
            frame.border_title = "What a model elsewhere may be told"
            frame.border_subtitle = "Enter or a click changes it, saved at once   Esc"
            yield OptionList(*(Option(self._line(kind), id=kind.value) for kind in Kind))
            yield Static("", id="rules-said")
            yield Static(shown(NEVER, "dim"))
            yield Static("", id="rules-people")

    def on_mount(self) -> None:
        """Say about whom nothing is sent."""
        try:
            away = privacy.opted_out(self.companion)
        except CompanionError as error:
            self.query_one("#rules-said", Static).update(shown(str(error)))
            return
        names = ", ".join(person.name for person in away[:SHOWN_NAMES])
        more = f" and {len(away) - SHOWN_NAMES} more" if len(away) > SHOWN_NAMES else ""
        text = f"Nothing at all about {names}{more}." if away else "Nobody has opted out (2 People, key o)."
        self.query_one("#rules-people", Static).update(shown(text, "dim"))

    def _line(self, kind: Kind) -> Content:
        what = LABELS[kind]
        if self._rules.allows(kind):
            return Content.from_markup("[$warning]! may be sent[/]  $what", what=f"{what[0].upper()}{what[1:]}")
        return Content.from_markup("[$success]✔ stays here [/]  $what", what=f"{what[0].upper()}{what[1:]}")

    @on(OptionList.OptionSelected)
    def _changed(self, event: OptionList.OptionSelected) -> None:
        kind, said = Kind(event.option_id or ""), self.query_one("#rules-said", Static)
        try:
            privacy.allow(self.companion, kind.value, not self._rules.allows(kind))
            self._rules = self.companion.programme.privacy
        except CompanionError as error:
            said.update(shown(str(error)))
            return
        said.update("")
        event.option_list.replace_option_prompt(kind.value, self._line(kind))
