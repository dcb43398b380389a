"""What forgetting somebody would remove; it happens only when the name is typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from companion.domain.receipts import Receipt
from companion.services.forget_person import Plan, asked_name, confirmed
from companion.tui.text import shown

COUNTED_CHARS = 60


class ForgetScreen(ModalScreen[bool]):
    """Returns whether to go on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "Leave it", id="forget.no", tooltip="Remove nothing"),
        Binding("pageup", "scroll(-8)", "Up", id="forget.up", show=False),
        Binding("pagedown", "scroll(8)", "Read on", id="forget.down", tooltip="More of what would go and what stays"),
    ]
    DEFAULT_CSS = """
    ForgetScreen { align: center middle; }
    ForgetScreen > Vertical { width: 84; padding: 0 2; }
    ForgetScreen VerticalScroll { height: auto; max-height: 10; margin: 1 0; }
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan

    def compose(self) -> ComposeResult:
        """What would go and what stays, and a line for the name."""
        with Vertical(classes="dialog"):
            # Whole, because it has to be typed.
            yield Static(shown(f"Forget {asked_name(self.plan)}?"), classes="title")
            with VerticalScroll(can_focus=False):
                yield Static(plan_text(self.plan))
            yield Static("This cannot be undone. Type the name and Enter, or leave with Esc.")
            yield Input(placeholder="the name", max_length=200, compact=True)
            yield Static("", id="forget-error", classes="error")

    def action_scroll(self, lines: int) -> None:
        """Read on while the line keeps the focus."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on only with the name."""
        if confirmed(self.plan, event.value):
            self.dismiss(True)
        else:
            self.query_one("#forget-error", Static).update("That is not the name; nothing was removed.")


def plan_text(plan: Plan) -> Content:
    """What would be removed, in words and counts; what stays and why; what is out of reach."""
    lines = [*_counts(plan.removed.items())]
    if plan.namesakes:
        lines += [Content(f"{plan.namesakes} mentions of a name that others have too would stay."), Content("")]
    for head, said in (
        ("In files that somebody wrote; change them yourself", map(str, plan.by_hand)),
        ("What stays, and why", plan.kept),
        ("What companion cannot reach", plan.out_of_reach),
    ):
        lines += _listed(head, said)
    return Content("\n").join(lines)


def receipt_text(receipt: Receipt) -> Content:
    """What was removed; nothing in it is about the person."""
    head = Content.from_markup("[b]$id[/b]  [dim]holds nothing about the person[/dim]", id=receipt.id)
    lines = [head, *_counts(receipt.removed.items())]
    for title, said in (("Kept, and why", receipt.kept), ("Out of reach", receipt.out_of_reach)):
        lines += _listed(title, said)
    return Content("\n").join(lines)


def _counts(counts: Iterable[tuple[str, int]]) -> Iterator[Content]:
    for what, count in counts:
        yield Content.from_markup("$what [b]$count[/b]", what=f"{what:<{COUNTED_CHARS}}", count=f"{count:>6,}")
    yield Content("")


def _listed(head: str, lines: Iterable[str]) -> list[Content]:
    said = [Content.assemble("· ", shown(line)) for line in lines]
    return [Content.styled(head, "$primary"), *said, Content("")] if said else []
