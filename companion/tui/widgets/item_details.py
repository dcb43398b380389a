"""Everything about one agenda item: what to do, why it is here, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from companion.domain.agenda_findings import LintFinding
from companion.domain.agendas import Agenda, AgendaBrief, AgendaItem
from companion.domain.cards import Block
from companion.domain.documents import IF_STUCK, ORIGIN_LABELS, call_name, part_label
from companion.domain.origins import basis_of, card_of
from companion.domain.provenance import Origin, Worded
from companion.domain.words import shortened
from companion.tui.text import shown
from companion.tui.widgets.agenda import FINDING_SIGNS, clock
from companion.tui.widgets.lines import Lines, hanging

STEP_CHARS = 400


class ItemDetails(Lines):
    """The right-hand side of the agenda."""

    DEFAULT_CSS = "ItemDetails { padding: 0 1; }"

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._parts: list[tuple[Content, Content]] = []

    def show(self, agenda: Agenda, brief: AgendaBrief, findings: tuple[LintFinding, ...], item: AgendaItem) -> None:
        """Show an item."""
        self._parts = list(details(agenda, brief, findings, item))
        self.refresh(layout=True)

    def lines(self, width: int) -> list[Content]:
        """Every part, wrapped under its beginning."""
        return [line for before, text in self._parts for line in hanging(before, text, width)]


def details(
    agenda: Agenda, brief: AgendaBrief, findings: tuple[LintFinding, ...], item: AgendaItem
) -> Iterator[tuple[Content, Content]]:
    """Paragraphs as (what stands before, text)."""
    card = card_of(item, brief)
    start = agenda.starts()[agenda.items.index(item)]
    executive = call_name(brief.mentee, "The executive")
    yield _para(Content.from_markup("[b]$title[/b]", title=shown(shortened(item.title, 120))))
    yield _para(
        shown(f"{part_label(item.block, executive)}, {item.minutes} minutes ({clock(start, item.minutes)})", "dim"),
    )
    for finding in findings:
        if finding.item_id == item.id:
            colour = "$error" if finding.severity == "error" else "$warning"
            sign = Content.from_markup(f"[{colour}]{FINDING_SIGNS[finding.severity]}[/] ")
            yield sign, shown(shortened(f"{finding.message} {finding.hint}", STEP_CHARS))
    yield from _section("What you do", [*item.mentor_does])
    if card is not None:
        if stuck := card.section(IF_STUCK):
            yield from _section(
                "If you get stuck", [line.lstrip("-*+ ") for line in stuck.splitlines() if line.strip()]
            )
        yield from _section("Better not", [card.do_not_say])
    yield from _section("Why it is here", [*why_here(item, brief)])
    yield from _section(
        "Wording (y: where each line comes from)", [_wording("Question", item.question), _wording("Reason", item.why)]
    )
    yield from _section("Sources", [*basis_of(item, brief, card)])


def why_here(item: AgendaItem, brief: AgendaBrief) -> Iterator[str]:
    """Why code chose this item, in the order of what weighs most."""
    executive = call_name(brief.mentee, "the executive")
    if item.block is Block.OWN_QUESTION:
        yield f"{executive} asked this, so it goes before the goals."
        if item.card_id:
            yield "The card is about this question and may help you answer it."
    elif item.question.origin is Origin.EXECUTIVE:
        yield f"{executive} asked this."
    if item.card_id and item.card_id in {card.id for card in brief.theme_cards}:
        yield "You chose this theme."
    for number, goal in enumerate(brief.goals, 1):
        if goal.id == item.goal_id:
            yield f"Goal {number}: “{shortened(goal.text, 200)}”"
    for commitment in brief.open_commitments:
        if commitment.id in item.commitment_ids:
            owner = call_name(brief.mentor if commitment.owner.value == "mentor" else brief.mentee, "Somebody")
            yield f"{owner} promised: “{shortened(commitment.text, 200)}”"
    yield from {
        Block.CHECK_IN: ("Every session begins by arriving.",),
        Block.COMMIT: ("Every session ends with one step each.",),
        Block.REVERSE_ASK: (f"At most five minutes in which {executive} teaches keep it two-way.",),
    }.get(item.block, ())
    if item.block is Block.EXPLORE and item.goal_id is None:
        stage = brief.place.name.lower() if brief.place else brief.stage.value.replace("_", " ")
        yield f"It belongs to this stage: {stage}."
    opening = brief.place.opening if brief.place else None
    if opening is not None and item.title == opening.title:
        yield "The plan begins with this after what happened; the line under the names says what."
    elif not item.card_id and item.block is not Block.OWN_QUESTION:
        yield "No practice card fits here, so it uses a plain form."


def _wording(name: str, worded: Worded) -> str:
    by = f" ({worded.provenance.model})" if worded.provenance else ""
    return f"{name}: {ORIGIN_LABELS[worded.origin]}{by}"


def _section(title: str, texts: list[str]) -> Iterator[tuple[Content, Content]]:
    if texts:
        yield _para(Content(""))
        yield _para(Content.styled(title, "bold $primary"))
        for text in texts:
            yield Content.styled("· ", "dim"), shown(shortened(" ".join(text.split()), STEP_CHARS))


def _para(text: Content) -> tuple[Content, Content]:
    return Content(""), text
