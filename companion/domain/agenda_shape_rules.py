"""Rules about an agenda's shape: minutes, who teaches, the order of its parts, and nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from companion.domain.agenda_findings import LintFinding, Rule, error, warning
from companion.domain.agenda_summary import summarise
from companion.domain.agendas import (
    CONTENT_BLOCKS,
    GIVE_BACK_MINUTES,
    MENTOR_TEACHING_SHARE,
    TAUGHT_BY,
    Agenda,
    AgendaBrief,
    total_minutes,
)
from companion.domain.cards import Block
from companion.domain.people import Role
from companion.domain.themes import SHAPES
from companion.domain.words import shortened

MAX_ITEMS = SHAPES[0][1].items
OPENING = (Block.CHECK_IN, Block.CARRY_OVER)
OPENING_SHARE = 0.4
"""The most of a session that arriving and open promises may take together."""


def _time(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    over = total_minutes(agenda.items) - agenda.minutes
    if over:
        amount = f"{abs(over)} minute{'s' if abs(over) > 1 else ''}"
        yield error(
            "time.exact",
            f"The items take {amount} {'more' if over > 0 else 'less'} than the {agenda.minutes} planned.",
            "Rebalance the minutes, or change one item.",
        )


def _share(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    figures = summarise(agenda)
    if not any(TAUGHT_BY[item.block] is Role.MENTOR for item in agenda.items):
        yield error(
            "content.missing",
            f"There is no part in which {brief.mentor.given_name} leads.",
            "Add a part to explore or to practise.",
        )
    elif figures.teaching_share < MENTOR_TEACHING_SHARE:
        yield error(
            "share.mentor",
            f"{brief.mentor.given_name} teaches {figures.mentor_minutes} of {figures.teaching_minutes} teaching "
            f"minutes; at least {MENTOR_TEACHING_SHARE:.0%} keep the roles from turning round.",
            "Give more minutes to explore or practice, or shorten the give-back part.",
        )


def _give_back(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    slots = [item for item in agenda.items if item.block is Block.REVERSE_ASK]
    for item in slots:
        if item.minutes > GIVE_BACK_MINUTES:
            yield error(
                "give_back.long",
                f"The give-back part takes {item.minutes} minutes; {GIVE_BACK_MINUTES} are the most.",
                "Shorten it.",
                item,
            )
    for item in slots[1:]:
        yield error("give_back.twice", "There is more than one give-back part.", "Keep one of them.", item)


def _order(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    if agenda.items[-1].block is not Block.COMMIT:
        yield error(
            "close.missing",
            "The session does not end with a next step.",
            "Let the last item be the one in which each side promises something.",
            agenda.items[-1],
        )
    content_began = False
    for item in agenda.items:
        content_began |= item.block in CONTENT_BLOCKS
        if content_began and item.block in (Block.CHECK_IN, Block.CARRY_OVER):
            yield warning("order", f"“{shortened(item.title, 50)}” comes late.", "Move it to the start.", item)


def _repeats(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    seen: Counter[str] = Counter()
    for item in agenda.items:
        seen[item.card_id] += bool(item.card_id)
        if seen[item.card_id] > 1:
            yield warning("card.twice", f"“{item.title}” is used twice.", "Take another card for one of them.", item)
    if len(agenda.items) > MAX_ITEMS:
        yield warning("items.many", f"{len(agenda.items)} items are a lot.", f"Keep at most {MAX_ITEMS}.")


def _frame(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    opening = [item for item in agenda.items if item.block in OPENING]
    minutes = total_minutes(opening)
    if minutes > OPENING_SHARE * agenda.minutes:
        longest = max(opening, key=lambda item: item.minutes)
        yield warning(
            "frame.long",
            f"Arriving takes {minutes} of the {agenda.minutes} minutes.",
            f"Shorten “{shortened(longest.title, 50)}”; the time is better spent on the goals.",
            longest,
        )


SHAPE_RULES: tuple[Rule, ...] = (_time, _share, _frame, _give_back, _order, _repeats)
