"""The mentor's run-sheet: what to ask, what to do and what to fall back on, minute by minute."""

from __future__ import annotations

import re

from companion.domain import times
from companion.domain.agendas import TAUGHT_BY, Agenda, AgendaItem
from companion.domain.briefs import eyebrow, promise
from companion.domain.cards import Block, Card
from companion.domain.documents import (
    IF_STUCK,
    MarkedText,
    Occasion,
    RunSheet,
    SheetItem,
    call_name,
    part_label,
)
from companion.domain.people import FacetKind, Role
from companion.domain.provenance import Origin
from companion.domain.words import one_line


def run_sheet(occasion: Occasion) -> RunSheet:
    """The run-sheet of one session, in the mentor's time zone."""
    executive = call_name(occasion.mentee, "the executive")
    agenda = occasion.agenda
    when, when_for_executive = _when(occasion, executive)
    promises: dict[Role, list[str]] = {Role.MENTOR: [], Role.MENTEE: []}
    for commitment in occasion.open_commitments:
        promises[commitment.owner].append(promise(commitment, occasion))
    off_limits = [f"{facet.text} (you)" for facet in occasion.mentor.entries(FacetKind.OFF_LIMITS)]
    # What the executive keeps out is theirs: naming it here would be the disclosure it is meant to prevent.
    if named := len(occasion.mentee.entries(FacetKind.OFF_LIMITS)):
        topics = (
            "one topic; this agenda was checked against it"
            if named == 1
            else (f"{named} topics; this agenda was checked against them")
        )
        off_limits.append(f"{executive} has named {topics}.")
    return RunSheet(
        eyebrow=f"Run-sheet: {eyebrow(occasion)}",
        heading=f"{agenda.minutes} minutes with {executive}",
        when=when,
        when_for_executive=when_for_executive,
        stage=occasion.place.name if occasion.place else "",
        why_now=occasion.place.reason if occasion.place else "",
        so_far=occasion.place.so_far if occasion.place else (),
        executive_question="" if _has_it(agenda, occasion) else occasion.session.executive_question,
        success=MarkedText.of(agenda.success_condition),
        teaching=teaching_line(agenda),
        items=tuple(_item(occasion, item, start) for item, start in zip(agenda.items, agenda.starts(), strict=True)),
        mentor_promises=tuple(promises[Role.MENTOR]),
        executive_promises=tuple(promises[Role.MENTEE]),
        parked=_parked(occasion),
        off_limits=tuple(off_limits),
        notes=_notes(agenda),
        support=occasion.programme.support_contact,
    )


def _has_it(agenda: Agenda, occasion: Occasion) -> bool:
    """Whether the executive's own question stands in the agenda word for word, so that it need not stand above it."""
    return any(item.question.text == one_line(occasion.session.executive_question) for item in agenda.items)


def teaching_line(agenda: Agenda) -> str:
    """``You teach 22 of 27 teaching minutes (81 %).``"""
    taught = {role: sum(i.minutes for i in agenda.items if TAUGHT_BY[i.block] is role) for role in Role}
    total = sum(taught.values())
    if not total:
        return "No part of this session is set aside for teaching."
    mine = taught[Role.MENTOR]
    return f"You teach {mine} of {total} teaching minutes ({round(100 * mine / total)} %)."


def _when(occasion: Occasion, executive: str) -> tuple[str, str]:
    starts_at, minutes = occasion.session.starts_at, occasion.agenda.minutes
    if starts_at is None:
        return f"Date to be agreed, {minutes} minutes", ""
    mine = starts_at.astimezone(times.zone(occasion.mentor.time_zone))
    theirs = starts_at.astimezone(times.zone(occasion.mentee.time_zone))
    when = f"{times.long_day(mine.date())}, {times.clock_span(mine, minutes)} ({times.zone_name(mine)})"
    if mine.utcoffset() == theirs.utcoffset():
        return when, ""
    day = "" if mine.date() == theirs.date() else f"{times.short_day(theirs.date())}, "
    return when, f"For {executive}: {day}{times.clock_span(theirs, minutes)} ({times.zone_name(theirs)})"


def _item(occasion: Occasion, item: AgendaItem, start: int) -> SheetItem:
    card = occasion.cards.get(item.card_id)
    clock, executive = "", call_name(occasion.mentee, "The executive")
    if occasion.session.starts_at is not None:
        mine = occasion.session.starts_at.astimezone(times.zone(occasion.mentor.time_zone))
        clock = times.clock_span(times.after(mine, start), item.minutes)
    return SheetItem(
        clock=clock,
        span=f"{start}–{start + item.minutes} min",
        minutes=item.minutes,
        label=part_label(item.block, executive),
        title=item.title,
        question=MarkedText.of(item.question),
        why=MarkedText.of(item.why),
        steps=item.mentor_does,
        about=_about(occasion, item),
        if_stuck=_if_stuck(card, item),
        sources=_sources(occasion, item),
    )


def _about(occasion: Occasion, item: AgendaItem) -> tuple[str, ...]:
    """The item's goal, and its promises where the steps do not name them already."""
    named, steps = set(item.commitment_ids), " ".join(item.mentor_does)
    open_ones = (c for c in occasion.open_commitments if c.id in named and c.text not in steps)
    promises = tuple(promise(c, occasion) for c in open_ones)
    goals = tuple(f"Goal: “{goal.text}”" for goal in occasion.goals if goal.id == item.goal_id)
    return (*goals, *promises)


def _if_stuck(card: Card | None, item: AgendaItem) -> str:
    """The card's own way out, else another of its questions that needs no slot filled."""
    if card is None:
        return ""
    if section := card.section(IF_STUCK):
        return _unmarked(section)
    others = [question for question in card.questions if "{" not in question and question != item.question.text]
    return f"Ask: “{others[0]}”" if others else ""


def _sources(occasion: Occasion, item: AgendaItem) -> tuple[str, ...]:
    """One line per thing the item cites; an id that is not known any more is printed as it is."""
    goals = {f"goal:{goal.id}": goal for goal in occasion.goals}
    promises = {f"commitment:{c.id}": c for c in occasion.open_commitments}
    lines: dict[str, None] = {}
    for citation in item.citations:
        card = occasion.cards.get(citation.partition("#")[0])
        if card is not None:
            origin = card.sources[0]
            lines[f"{card.id} {card.title} (grade {card.grade.value}; {origin.title}, {origin.year})"] = None
        elif citation in goals:
            owner = "your goal" if goals[citation].owner is Role.MENTOR else "the executive's goal"
            lines[f"{owner}: “{goals[citation].text}”"] = None
        elif citation.startswith("question:"):
            lines["the executive's own question" + _asked_on(occasion, item)] = None
        elif citation in promises:
            lines[f"promise: “{promises[citation].text}”"] = None
        else:
            lines[citation] = None
    return tuple(lines)


def _asked_on(occasion: Occasion, item: AgendaItem) -> str:
    """``, asked on 2 March``; empty where that is not known."""
    if item.question.at is None or item.question.origin is not Origin.EXECUTIVE:
        return ""
    return f", asked on {times.day_at(item.question.at, occasion.mentor.time_zone)}"


def _parked(occasion: Occasion) -> tuple[str, ...]:
    """Themes and goals that were chosen for this session and found no place in it."""
    agenda = occasion.agenda
    used_cards = {item.card_id for item in agenda.items}
    used_goals = {item.goal_id for item in agenda.items} | {
        citation.removeprefix("goal:") for item in agenda.items for citation in item.citations
    }
    themes = [occasion.cards[i].title for i in agenda.theme_ids if i not in used_cards and i in occasion.cards]
    goals = [g.text for g in occasion.goals if g.id in agenda.goal_ids and g.id not in used_goals]
    return (*themes, *goals)


def _notes(agenda: Agenda) -> tuple[str, ...]:
    notes = [agenda.note] if one_line(agenda.note) else []
    if agenda.removed:
        count = len(agenda.removed)
        lines = "1 line of the model was" if count == 1 else f"{count} lines of the model were"
        notes.append(f"{lines} left out because no source supports what it says or a rule forbids it.")
    if not any(item.block is Block.COMMIT for item in agenda.items):
        notes.append("No part is set aside for the next step: agree on it before you leave the room.")
    return tuple(notes)


def _unmarked(markdown: str) -> str:
    """Text of a card without its list and emphasis marks."""
    lines = [re.sub(r"^\s*(?:[-*+]|\d+\.)\s+", "", line) for line in markdown.splitlines()]
    return one_line(re.sub(r"[*_`]+(\S(?:.*?\S)?)[*_`]+", r"\1", " ".join(lines)))
