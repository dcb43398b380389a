"""The rules a good agenda keeps, checked live while the mentor edits; each finding says what to do about it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict

from companion.domain.agenda_items import known_citations
from companion.domain.agenda_plan import teaching_share
from companion.domain.agendas import (
    CONTENT_BLOCKS,
    GIVE_BACK_MINUTES,
    MENTOR_TEACHING_SHARE,
    TAUGHT_BY,
    Agenda,
    AgendaBrief,
    AgendaItem,
    total_minutes,
)
from companion.domain.bans import idea_about_a_generation, judgement_of_a_person
from companion.domain.card_fit import names, speaks_to
from companion.domain.cards import MAX_QUESTION_CHARS, MAX_WHY_CHARS, Block
from companion.domain.pairings import Goal
from companion.domain.people import Role
from companion.domain.provenance import Origin
from companion.domain.themes import SHAPES
from companion.domain.words import any_mentioned, shortened

Severity = Literal["error", "warning"]
MAX_ITEMS = SHAPES[0][1].items


class LintFinding(BaseModel):
    """One broken rule."""

    model_config = ConfigDict(frozen=True)

    rule: str
    """Stable id, such as ``time.exact``."""
    severity: Severity
    item_id: str | None
    """The item it is about; None for the agenda as a whole."""
    message: str
    hint: str


class LintSummary(BaseModel):
    """The figures beside the findings."""

    model_config = ConfigDict(frozen=True)

    minutes: int
    target: int
    mentor_minutes: int
    """Minutes in which the mentor teaches."""
    teaching_minutes: int
    """Minutes in which anybody teaches."""
    teaching_share: float
    """The mentor's part of them, 0 to 1; 1 when nobody teaches."""
    covered_goals: tuple[str, ...]
    goals: tuple[str, ...]


Rule = Callable[[Agenda, AgendaBrief], Iterator[LintFinding]]


def lint(agenda: Agenda, brief: AgendaBrief) -> tuple[LintFinding, ...]:
    """All broken rules in a fixed order; empty for a good agenda."""
    return tuple(finding for rule in RULES for finding in rule(agenda, brief))


def summarise(agenda: Agenda) -> LintSummary:
    """Minutes, teaching share and goals of an agenda."""
    taught = [(item, TAUGHT_BY[item.block]) for item in agenda.items if TAUGHT_BY[item.block] is not None]
    covered = {item.goal_id for item in agenda.items}
    return LintSummary(
        minutes=total_minutes(agenda.items),
        target=agenda.minutes,
        mentor_minutes=sum(item.minutes for item, role in taught if role is Role.MENTOR),
        teaching_minutes=sum(item.minutes for item, _ in taught),
        teaching_share=teaching_share((item.block, item.minutes) for item in agenda.items),
        covered_goals=tuple(goal for goal in agenda.goal_ids if goal in covered),
        goals=agenda.goal_ids,
    )


def _error(rule: str, message: str, hint: str, item: AgendaItem | None = None) -> LintFinding:
    return LintFinding(rule=rule, severity="error", item_id=item.id if item else None, message=message, hint=hint)


def _warning(rule: str, message: str, hint: str, item: AgendaItem | None = None) -> LintFinding:
    return LintFinding(rule=rule, severity="warning", item_id=item.id if item else None, message=message, hint=hint)


def _time(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    over = total_minutes(agenda.items) - agenda.minutes
    if over:
        amount = f"{abs(over)} minute{'s' if abs(over) > 1 else ''}"
        yield _error(
            "time.exact",
            f"The items take {amount} {'more' if over > 0 else 'less'} than the {agenda.minutes} planned.",
            "Rebalance the minutes, or change one item.",
        )


def _share(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    figures = summarise(agenda)
    if not any(TAUGHT_BY[item.block] is Role.MENTOR for item in agenda.items):
        yield _error(
            "content.missing",
            f"There is no part in which {brief.mentor.given_name} leads.",
            "Add a part to explore or to practise.",
        )
    elif figures.teaching_share < MENTOR_TEACHING_SHARE:
        yield _error(
            "share.mentor",
            f"{brief.mentor.given_name} teaches {figures.mentor_minutes} of {figures.teaching_minutes} teaching "
            f"minutes; at least {MENTOR_TEACHING_SHARE:.0%} keep the roles from turning round.",
            "Give more minutes to explore or practice, or shorten the give-back part.",
        )


def _questions(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    first = next((item for item in agenda.items if item.block in CONTENT_BLOCKS), None)
    for item in agenda.items:
        text = item.question.text.strip()
        if not text or text.endswith("?"):
            continue
        if item is first:
            yield _error(
                "question.first",
                f"“{shortened(item.title, 50)}” opens the content without asking.",
                "Ask first what they know and want; end the line with a question mark.",
                item,
            )
        else:
            yield _error("question.form", f"“{shortened(text, 60)}” is not a question.", "End it with “?”.", item)


def _goals(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    goals = {goal.id: goal for goal in brief.goals}
    for goal_id in agenda.goal_ids:
        goal = goals.get(goal_id)
        if goal is None or not any(_covers(item, goal, brief) for item in agenda.items):
            yield _error(
                "goal.uncovered",
                f"No item is about “{shortened(goal.text if goal else goal_id, 80)}”.",
                "Add an item for this goal, or leave the goal for another session.",
            )


def _covers(item: AgendaItem, goal: Goal, brief: AgendaBrief) -> bool:
    """Whether an item is for the goal and its card or question speaks to it.

    A person's own words count, and so do a model's, which were held against the item's subject before they came in.
    """
    if item.goal_id != goal.id:
        return False
    if item.question.origin is not Origin.CARD or names(item.question.text, goal):
        return True
    return any(card.id == item.card_id and speaks_to(brief, card, goal) for card in (*brief.theme_cards, *brief.cards))


def _commitments(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    carried = {commitment for item in agenda.items for commitment in item.commitment_ids}
    for commitment in brief.open_commitments:
        if commitment.id not in carried:
            yield _error(
                "commitment.dropped",
                f"An open promise does not come up: “{shortened(commitment.text, 80)}”.",
                "Bring back the part about open promises.",
            )


def _off_limits(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    for item, text in _texts(agenda, steps=True):
        if (topic := any_mentioned(text, brief.off_limits)) is not None:
            yield _error(
                "off_limits",
                f"“{shortened(text, 60)}” touches “{shortened(topic, 60)}”, which is off-limits.",
                "Reword it, or take another card.",
                item,
            )


def _give_back(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    slots = [item for item in agenda.items if item.block is Block.REVERSE_ASK]
    for item in slots:
        if item.minutes > GIVE_BACK_MINUTES:
            yield _error(
                "give_back.long",
                f"The give-back part takes {item.minutes} minutes; {GIVE_BACK_MINUTES} are the most.",
                "Shorten it.",
                item,
            )
    for item in slots[1:]:
        yield _error("give_back.twice", "There is more than one give-back part.", "Keep one of them.", item)


def _advice(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    pattern = _advice_pattern(brief.mentor.given_name)
    for item in agenda.items:
        if item.block is Block.REVERSE_ASK:
            continue
        for text in (item.question.text, item.why.text, *item.mentor_does):
            if (match := pattern.search(text)) is not None:
                yield _warning(
                    "give_back.place",
                    f"“{shortened(match.group(), 60)}” asks the executive to teach outside the give-back part.",
                    "Move it to the give-back part, or turn it into a question about the executive's own goal.",
                    item,
                )
                break


def _advice_pattern(mentor: str) -> re.Pattern[str]:
    me = rf"(?:me|us|{re.escape(mentor)}|a junior|juniors|younger colleagues|somebody junior|someone starting out)"
    return re.compile(
        rf"\b(?:what|which) (?:career )?(?:advice|tips?|lessons?)\b[^?.]*\b(?:for|to|give) {me}\b|"
        rf"\b(?:your|any|some|career) (?:advice|tips?|lessons?) (?:for|to) {me}\b|"
        rf"\b(?:advise|teach|coach|mentor|guide) {me}\b|\bwhat would you (?:advise|recommend to|teach) {me}\b|"
        r"\b(?:ask|asks) (?:for|them for|the executive for) (?:career )?(?:advice|tips)\b|"
        r"\bhow did you (?:become|rise|climb|make it)\b|\bmy (?:own )?career\b",
        re.IGNORECASE,
    )


def _citations(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    known = known_citations(brief)
    for item in agenda.items:
        for citation in item.citations:
            if citation in known:
                continue
            if citation.startswith("commitment:"):
                yield _warning(
                    "citation.unknown", f"The promise {citation} is no longer open.", "Remove it or keep it.", item
                )
            else:
                yield _error(
                    "citation.unknown", f"The source {citation} is not known.", "Take another card for this item.", item
                )


def _lengths(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    fields: list[tuple[AgendaItem | None, str, str, int]] = [
        (None, "At the end …", agenda.success_condition.text, MAX_QUESTION_CHARS)
    ]
    for item in agenda.items:
        fields += [
            (item, "question", item.question.text, MAX_QUESTION_CHARS),
            (item, "reason", item.why.text, MAX_WHY_CHARS),
            (item, "title", item.title, MAX_QUESTION_CHARS),
        ]
    for owner, name, text, limit in fields:
        if not text.strip():
            yield _error("text.empty", f"The {name} is empty.", "Write it, or take the card's own words.", owner)
        elif len(text) > limit:
            yield _error("text.long", f"The {name} has {len(text)} characters.", f"Keep to {limit}.", owner)


def _people(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    stated = _stated(brief)
    for item, text in _texts(agenda, steps=False):
        if (words := judgement_of_a_person(text, stated)) is not None:
            yield _error(
                "person.judged",
                f"“{words}” judges a person or touches pay and promotion.",
                "Talk about what happened and what it led to.",
                item,
            )
        if (words := idea_about_a_generation(text, stated)) is not None:
            yield _error(
                "generation.stereotype",
                f"“{words}” says what an age group is like.",
                "Speak of one person, one situation, one example.",
                item,
            )


def _order(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    if agenda.items[-1].block is not Block.COMMIT:
        yield _error(
            "close.missing",
            "The session does not end with a next step.",
            "Let the last item be the one in which each side promises something.",
            agenda.items[-1],
        )
    content_began = False
    for item in agenda.items:
        content_began |= item.block in CONTENT_BLOCKS
        if content_began and item.block in (Block.CHECK_IN, Block.CARRY_OVER):
            yield _warning("order", f"“{shortened(item.title, 50)}” comes late.", "Move it to the start.", item)


def _repeats(agenda: Agenda, brief: AgendaBrief) -> Iterator[LintFinding]:
    seen: Counter[str] = Counter()
    for item in agenda.items:
        seen[item.card_id] += bool(item.card_id)
        if seen[item.card_id] > 1:
            yield _warning("card.twice", f"“{item.title}” is used twice.", "Take another card for one of them.", item)
    if len(agenda.items) > MAX_ITEMS:
        yield _warning("items.many", f"{len(agenda.items)} items are a lot.", f"Keep at most {MAX_ITEMS}.")


def _texts(agenda: Agenda, steps: bool) -> Iterator[tuple[AgendaItem | None, str]]:
    yield None, agenda.success_condition.text
    for item in agenda.items:
        yield item, " · ".join((item.title, item.question.text, item.why.text, *(item.mentor_does if steps else ())))


def _stated(brief: AgendaBrief) -> tuple[str, ...]:
    """What the two people brought up themselves."""
    return (
        *(goal.text for goal in brief.goals),
        *(commitment.text for commitment in brief.open_commitments),
        brief.session.executive_question,
    )


RULES: tuple[Rule, ...] = (
    _time,
    _share,
    _questions,
    _goals,
    _commitments,
    _off_limits,
    _give_back,
    _advice,
    _citations,
    _lengths,
    _people,
    _order,
    _repeats,
)
