"""How a rehearsal looks on screen: the talk, and afterwards the points with the lines behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.content import Content

from companion.domain.feedback_tips import card_line
from companion.domain.practice_rubric import ADVICE, Mark, Review
from companion.domain.words import one_line, shortened
from companion.tui.text import shown
from companion.tui.tip_texts import GAP, Row

if TYPE_CHECKING:
    from companion.domain.cards import Card
    from companion.domain.practice import Talk
    from companion.domain.practice_archetype import Archetype
    from companion.services.practice import Scenario

TURN_CHARS = 1200
"""Of one turn on screen; a page that was pasted in is cut."""
QUOTED_CHARS = 160
YOU = "You"
SILENT = "(You say nothing.)"
_SIGNS = {"earned": ("✔", "$success"), "lost": ("✗", "$error"), "open": ("·", "$text-muted")}


def archetype_line(one: Archetype) -> Content:
    """``Rushed  One thing, in one sentence, ...``: the kind, and what it wants."""
    return Content.from_markup("[b]$title[/]  [dim]$wants[/]", title=shown(one.title), wants=shown(one_line(one.wants)))


def scenario_line(one: Scenario) -> Content:
    """What it is about, and where that comes from."""
    source = "" if one.source == "free" else f"  {one.source}"
    return Content.from_markup("$title[dim]$source[/]", title=shown(one.title), source=source)


def talk_rows(talk: Talk, waiting: str = "") -> list[Row]:
    """Who says what; `waiting` is the mentor's turn that is being answered."""
    width = max(len(talk.archetype.called), len(YOU)) + 2
    called = Content.styled(shortened(one_line(talk.archetype.called), 30).ljust(width), "bold $primary")
    you = Content.styled(YOU.ljust(width), "bold $secondary")
    rows: list[Row] = []
    for one in talk.said:
        if one.mentor:
            rows += [(you, _turn(one.text)), GAP]
        else:
            silent = one.text.startswith("(") and one.text.endswith(")")
            rows += [(called, shown(one.text, "italic" if silent else "")), GAP]
    if waiting:
        rows += [(you, _turn(waiting)), GAP, (called, Content.styled("…", "dim"))]
    return rows


def review_rows(talk: Talk, found: Review, cards: Mapping[str, Card]) -> list[Row]:
    """Five points, what to watch, and one thing to try."""
    none = Content("")
    head = Content.from_markup("[b]$earned of $all points[/]", earned=str(found.earned), all=str(len(found.marks)))
    rows: list[Row] = [(none, head), GAP]
    for mark in found.marks:
        rows += _mark_rows(mark, talk)
    if found.remarks:
        rows += [GAP, (none, Content.styled("To watch", "bold"))]
        for one in found.remarks:
            rows.append((Content.styled("! ", "$warning"), shown(one.text)))
            rows.append((Content("  "), shown(quoted(talk, one.turn), "dim")))
    if (point := found.next_try) is not None:
        advice = ADVICE[point]
        rows += [GAP, (none, Content.styled("One thing to try", "bold")), (none, shown(advice.to_try))]
        if card := cards.get(advice.card_id):
            rows.append((none, shown(f"Card {card_line(card)}", "dim")))
    return rows


def quoted(talk: Talk, turn: int) -> str:
    """``Line 3: “Last Tuesday ...”``"""
    said = shortened(one_line(talk.mentor_turns[turn - 1].text), QUOTED_CHARS)
    return f"Line {turn}: “{said}”" if said else f"Line {turn}: you said nothing"


def _mark_rows(mark: Mark, talk: Talk) -> list[Row]:
    sign, style = _SIGNS[mark.outcome]
    text = Content.from_markup("[b]$title.[/] $said", title=ADVICE[mark.point].title, said=mark.said)
    rows = [(Content.styled(f"{sign} ", style), text)]
    if mark.turn is not None:
        rows.append((Content("  "), shown(quoted(talk, mark.turn), "dim")))
    return rows


def _turn(text: str) -> Content:
    return shown(shortened(text, TURN_CHARS)) if text.strip() else Content.styled(SILENT, "italic dim")
