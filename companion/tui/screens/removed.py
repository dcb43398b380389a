"""What a model wrote and was left out, and why; any line can be used anyway, as the mentor's own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from companion.domain.agendas import Agenda, RemovedText
from companion.domain.words import shortened
from companion.tui.text import shown

TEXT_CHARS = 400
NOTHING = "Nothing was left out."
HOW = "Enter, or a click, uses a line anyway: as your own words, marked as edited by you. u takes it back."


class RemovedScreen(ModalScreen[None]):
    """One entry a line, with the reason in plain words."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,v", "dismiss", "Close", show=False, id="removed.close")]
    DEFAULT_CSS = """
    RemovedScreen { align: center middle; }
    RemovedScreen > Vertical { width: 84; max-width: 98%; height: auto; max-height: 95%; padding: 0 1; }
    RemovedScreen > Vertical { background: $surface; border: round $primary; border-title-color: $primary; }
    RemovedScreen > Vertical { border-subtitle-color: $text-muted; }
    RemovedScreen OptionList { height: auto; max-height: 80vh; border: none; background: $surface; padding: 0; }
    RemovedScreen OptionList:focus { border: none; }
    """

    def __init__(self, agenda: Agenda, use: Callable[[RemovedText], bool]) -> None:
        """`use` puts a line in and says whether that worked."""
        super().__init__()
        self._agenda, self._use = agenda, use

    def compose(self) -> ComposeResult:
        """The lines, or that there are none."""
        with Vertical() as frame:
            frame.border_title = "What the model wrote and was left out"
            frame.border_subtitle = "Esc"
            if not self._agenda.removed:
                yield Static(NOTHING)
                return
            yield Static(Content.styled(HOW, "dim"))
            yield OptionList(
                *(
                    Option(removed_line(self._agenda, text), id=str(number), disabled=not text.text)
                    for number, text in enumerate(self._agenda.removed)
                )
            )

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        if self._use(self._agenda.removed[int(event.option_id or 0)]):
            self.dismiss(None)


def removed_line(agenda: Agenda, removed: RemovedText) -> Content:
    """Where it would have stood, what it says, and why it was left out."""
    titles = {item.id: item.title for item in agenda.items}
    field = "reason" if removed.field == "why" else removed.field
    where = f"{titles.get(removed.item_id, 'An item that is gone')}, {field}"
    text = (
        shown(f"“{shortened(removed.text, TEXT_CHARS)}”") if removed.text else Content.styled("no usable line", "dim")
    )
    reason = Content.from_markup("[$warning]✗[/] [dim]$reason[/]", reason=shown(shortened(removed.reason, TEXT_CHARS)))
    return Content("\n").join([shown(shortened(where, 100), "bold"), text, reason, Content("")])
