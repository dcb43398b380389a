"""A mentor's tip as Markdown, for a terminal, a pipe or a file of one's own."""

from __future__ import annotations

from collections.abc import Iterable

from companion.delivery.markdown import escape
from companion.domain.cards import Card
from companion.domain.feedback_tips import NAMES, NEVER_SAY_IT, NOBODY_BUT_YOU, Tip, card_line, quoted
from companion.domain.notes import Part
from companion.domain.tip_routes import RouteText


def tip_sheet(tip: Tip, card: Card, support: str) -> str:
    """Why not to, what can be said, what was found and is missing, and when not to; `support` is the last of these."""
    blocks = ["# Say it", *_section("Not as it stands", tip.not_now)]
    blocks += [f"**{one.tone.capitalize()}:** {escape(one.text)}" for one in tip.phrasings]
    found = [(part, quoted(tip, part)) for part in Part]
    seen = [f"{NAMES[part]}: {' … '.join(pieces)}" for part, pieces in found if pieces]
    blocks += _section("In your words", seen)
    blocks += _section("Still missing", [text for _, text in tip.questions])
    blocks += _section("Before you say it", tip.hints)
    blocks += _section("When not to", (NEVER_SAY_IT, support))
    checks = [f"- [{'x' if one.done else ' '}] {escape(one.text)}" for one in tip.checklist]
    blocks += ["## When you do", "\n".join(checks)]
    blocks += [escape(f"Card {card_line(card)}"), escape(NOBODY_BUT_YOU)]
    return "\n\n".join(blocks) + "\n"


def route_sheet(route: RouteText, why: str, card: Card) -> str:
    """Whom to turn to, and why."""
    steps = "\n".join(f"- {escape(step)}" for step in route.steps)
    last = [escape(f"Card {card_line(card)}"), escape(why)]
    return "\n\n".join([f"# {escape(route.title)}", escape(route.text), steps, *last]) + "\n"


def _section(title: str, lines: Iterable[str]) -> list[str]:
    listed = "\n".join(f"- {escape(' '.join(line.split()))}" for line in lines)
    return [f"## {title}", listed] if listed else []
