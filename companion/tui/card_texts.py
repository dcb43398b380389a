"""A practice card as it is read on screen; whatever a card holds is shown as it stands."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from companion.domain.cards import GRADE_WORDS, Card
from companion.domain.words import one_line
from companion.tui.text import shown

USES_SHOWN = 8


def card_text(
    card: Card,
    *,
    own: bool = False,
    against: Sequence[tuple[str, str]] = (),
    uses: Sequence[tuple[str, str]] = (),
) -> Content:
    """The whole card.

    `against` holds what contradicts it as (id, title), which becomes a link, or ("", sentence); `uses` where agendas
    use it as (session, question).
    """
    stages = "all stages" if len(card.stages) == 6 else ", ".join(words(stage.value) for stage in card.stages)
    lines = [
        Content.assemble(
            shown(one_line(card.title), "bold $primary"), *([("  a card of your programme", "$accent")] if own else [])
        ),
        shown(f"{card.id} · {words(card.topic.value)} · {stages}", "dim"),
        Content.from_markup("[b]$grade[/b] [dim]$why[/]", grade=card.grade.value, why=GRADE_WORDS[card.grade]),
        Content(""),
        shown(one_line(card.when_to_use)),
        Content(""),
    ]
    if card.questions:
        lines.append(shown("Questions", "bold"))
        lines += [
            Content.assemble((f"{number} ", "dim"), shown(question_text(question)))
            for number, question in enumerate(card.questions, 1)
        ]
        lines.append(Content(""))
    for heading, text in card.sections:
        lines += [shown(one_line(heading), "bold"), shown(text.strip()), Content("")]
    lines += [Content.from_markup("[$warning]![/] $text", text=shown(one_line(card.do_not_say))), Content("")]
    lines += _against(against)
    lines.append(shown("Sources", "bold"))
    lines += [Content.assemble(("· ", "dim"), shown(one_line(source.line))) for source in card.sources]
    return Content("\n").join([*lines, *_uses(uses)])


def words(value: str) -> str:
    """``blind spot`` for ``blind_spot``"""
    return value.replace("_", " ")


def question_text(template: str) -> str:
    """A question as it is read and copied; what a pairing fills in stands as three dots."""
    for slot in ("goal", "commitment", "offer", "gain", "mentor", "executive"):
        template = template.replace(f"{{{slot}}}", "…")
    return one_line(template)


def _against(against: Sequence[tuple[str, str]]) -> list[Content]:
    if not against:
        return []
    lines = [shown("Contradicted by", "bold")]
    for card_id, text in against:
        # Only an id that the shelf knows becomes a link, so nothing a card holds is run.
        link = Content.from_markup(f"[@click=screen.jump('{card_id}')]{card_id}[/] ") if card_id else Content("")
        lines.append(Content.assemble(("· ", "dim"), link, shown(one_line(text))))
    return [*lines, Content("")]


def _uses(uses: Sequence[tuple[str, str]]) -> list[Content]:
    if not uses:
        return []
    lines = [Content(""), shown("Used in your agendas", "bold")]
    for session, question in uses[-USES_SHOWN:]:
        lines.append(Content.assemble(("· ", "dim"), shown(session), shown(f": {one_line(question)}", "dim")))
    if (more := len(uses) - USES_SHOWN) > 0:
        lines.append(shown(f"  and {more} more before that", "dim"))
    return lines
