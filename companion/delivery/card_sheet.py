"""A practice card as Markdown, for a terminal, a pipe or a file."""

from __future__ import annotations

from collections.abc import Sequence

from companion.delivery.markdown import escape
from companion.domain.cards import GRADE_WORDS, Card
from companion.domain.words import one_line


def card_sheet(card: Card, *, own: bool, against: Sequence[str], uses: Sequence[str]) -> str:
    """The whole card; `own` says that it is the programme's, `against` what contradicts it, `uses` where it is used."""
    stages = ", ".join(stage.value.replace("_", " ") for stage in card.stages)
    facts = [
        f"{card.topic.value.replace('_', ' ')}; stages: {stages}",
        f"Evidence {card.grade.value}: {GRADE_WORDS[card.grade]}",
        "A card of your programme" if own else "",
    ]
    blocks = [f"# {escape(one_line(f'{card.id} {card.title}'))}", "\\\n".join(escape(fact) for fact in facts if fact)]
    blocks.append(escape(one_line(card.when_to_use)))
    blocks += _list("Questions", card.questions)
    if card.why:
        blocks.append(f"**Why:** {escape(one_line(card.why))}")
    for heading, text in card.sections:
        # The text of a card is Markdown already.
        blocks += [f"## {escape(one_line(heading))}", text.strip()]
    blocks.append(f"**Do not say:** {escape(one_line(card.do_not_say))}")
    blocks += _list("Contradicted by", against)
    blocks += _list("Sources", [source.line for source in card.sources])
    blocks += _list("Used in", uses)
    return "\n\n".join(blocks) + "\n"


def _list(title: str, lines: Sequence[str]) -> list[str]:
    listed = "\n".join(f"- {escape(one_line(line))}" for line in lines)
    return [f"## {title}", listed] if listed else []
