"""A rehearsal as Markdown: its points with the lines behind them, and the talk itself where it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from companion.delivery.markdown import escape
from companion.domain.cards import Card
from companion.domain.feedback_tips import card_line
from companion.domain.practice import Said, Talk
from companion.domain.practice_rubric import ADVICE, Mark, Review
from companion.domain.words import shortened

QUOTED_CHARS = 140
SIGNS = {"earned": "✔", "lost": "✗", "open": "·"}
INVENTED = "The executive in it is invented. It is no record of a real talk, and no judgement of anybody."


def rehearsal_sheet(
    talk: Talk, found: Review, cards: Mapping[str, Card], support: str, *, pairing: str = "", with_talk: bool = True
) -> str:
    """The review of a talk and, where it is kept, the talk; `pairing` is the id of the pairing it was for.

    `support` says whom to turn to where no words should be looked for.
    """
    who = talk.archetype
    blocks = [f"# Rehearsal: {escape(who.title.lower())}", f"{found.earned} of {len(found.marks)} points."]
    blocks.append("\n".join(_mark_line(mark, talk) for mark in found.marks))
    if found.remarks:
        remarks = (f"- {escape(one.text)} {_quoted(talk, one.turn)} ({one.card_id})" for one in found.remarks)
        blocks += ["## To watch", "\n".join(remarks)]
    if (point := found.next_try) is not None:
        advice = ADVICE[point]
        blocks += ["## One thing to try", escape(advice.to_try)]
        if card := cards.get(advice.card_id):
            blocks.append(escape(f"Card {card_line(card)}"))
    blocks.append(escape(support))
    if with_talk:
        blocks += ["## The talk", _talk(talk.said, who.called), escape(INVENTED)]
        blocks += [escape(f"Pairing: {pairing}")] if pairing else []
    return "\n\n".join(blocks) + "\n"


def _mark_line(mark: Mark, talk: Talk) -> str:
    advice = ADVICE[mark.point]
    line = f"- {SIGNS[mark.outcome]} **{escape(advice.title)}.** {escape(mark.said)}"
    return f"{line} {_quoted(talk, mark.turn)}" if mark.turn is not None else line


def _quoted(talk: Talk, turn: int) -> str:
    said = talk.mentor_turns[turn - 1].text
    flat = shortened(" ".join(said.split()), QUOTED_CHARS)
    return f"Line {turn}: “{escape(flat)}”" if flat else f"Line {turn}: (you said nothing)"


def _talk(said: Iterable[Said], called: str) -> str:
    lines = []
    number = 0
    for one in said:
        number += one.mentor
        name = f"You, line {number}" if one.mentor else called
        lines.append(f"**{escape(name)}:** {escape(' '.join(one.text.split())) or '(silence)'}")
    return "\n\n".join(lines)
