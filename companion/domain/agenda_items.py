"""One agenda item in its card's own words, or in a plain form when no card fits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from companion.domain import times
from companion.domain.agendas import AgendaBrief, AgendaItem
from companion.domain.arc import Opening
from companion.domain.card_fit import names, speaks_to
from companion.domain.cards import (
    MAX_QUESTION_CHARS,
    MAX_WHY_CHARS,
    MENTOR_DOES,
    Block,
    Card,
    Slot,
    mentor_steps,
    slots_of,
    slug,
)
from companion.domain.own_question import first_asked
from companion.domain.pairings import Goal
from companion.domain.people import Role
from companion.domain.provenance import Origin, Worded
from companion.domain.sessions import Commitment
from companion.domain.slots import SlotValues, filled, slot_values, usable
from companion.domain.words import content_stems, how_often, one_line

MINE_NEW = "Last time I promised: “{commitment}”. What would you like to know about it?"
MINE_OPEN = "On {day} I promised: “{{commitment}}”. It is still open: would you still like it?"
STILL_OPEN = "On {day} we noted: “{{commitment}}”. It is still open: shall it stay, move to another date, or go?"


@dataclass(frozen=True)
class PlainForm:
    """An item without a card: minutes (min, usual, max), a title, and templates like a card's."""

    minutes: tuple[int, int, int]
    title: str
    questions: tuple[str, ...]
    why: str
    mentor_does: tuple[str, ...]


PLAIN: dict[Block, PlainForm] = {
    Block.CHECK_IN: PlainForm(
        (2, 3, 5),
        "Arrive",
        ("What would make this time well spent for you today?", "What has stayed with you since we last spoke?"),
        "A short start brings you both into the room.",
        ("Ask, then listen to the whole answer before you say anything.",),
    ),
    Block.CARRY_OVER: PlainForm(
        (2, 5, 8),
        "What we promised",
        ("Last time we noted: “{commitment}”. What came of it for you?", "What came of what you took on last time?"),
        "What you both promised comes first, so that it counts.",
        ("Go through the open points one by one: done, moved or dropped.", "Report on your own point first."),
    ),
    Block.OWN_QUESTION: PlainForm(
        (4, 8, 15),
        "Own question",
        ("What made you ask?",),
        "It goes before the goals.",
        (
            "Read it out, then ask: “What made you ask?”",
            "Answer from what you have seen yourself, and say where you do not know.",
            "Ask what in it was new to them.",
        ),
    ),
    Block.EXPLORE: PlainForm(
        (6, 20, 40),
        "Ask first",
        (
            "Thinking of “{goal}”: what have you seen or tried so far?",
            "What would you most like to understand about “{goal}”?",
            "What have you seen or tried so far?",
        ),
        "It starts from what you already know, so the time goes into what is new.",
        ("Ask what they already know.", "Add one example from your own work.", "Ask what surprised them."),
    ),
    Block.PRACTICE: PlainForm(
        (6, 12, 25),
        "Try it together",
        ("On “{goal}”: what small thing would you like to try right now?", "What would you like to try right now?"),
        "Trying it once yourself tells you more than hearing about it.",
        ("Let them do it themselves; you only point.", "Ask what was harder than it looked."),
    ),
    Block.REVERSE_ASK: PlainForm(
        (2, 5, 5),
        "Give back",
        (
            "{mentor} would like to learn: “{gain}”. What would you pass on from your own work?",
            "What is one thing from your own work that you would like to pass on?",
        ),
        "Five minutes in which you teach keep the exchange two-way.",
        ("Ask one follow-up question.", "Say what you will do with the answer."),
    ),
    Block.COMMIT: PlainForm(
        (2, 3, 8),
        "Next step",
        (
            "What is one thing you will do about “{goal}” before we meet again?",
            "What is one thing you will do before we meet again?",
        ),
        "One small step, chosen by you, is what carries this into your week.",
        ("Write down one promise each, with a date.", "Fix the next meeting."),
    ),
}
"""Used when the knowledge base has no card for a part: an agenda is never empty."""


def make_item(
    brief: AgendaBrief,
    *,
    item_id: str,
    block: Block,
    card: Card | None,
    minutes: int,
    goal: Goal | None = None,
    about: Goal | None = None,
    commitments: Sequence[Commitment] = (),
    said: Collection[str] = (),
) -> AgendaItem:
    """An item in the words of `card`, or in the plain form of its block when there is none or it cannot be filled.

    `goal` is what the item is for; it counts as covered only when the card or the question speaks to it. `about`
    only fills a ``{goal}`` slot of items that cover none. `said` holds the questions asked elsewhere in the agenda,
    which are avoided when the card offers another one. The executive's own question stays theirs, see `question_item`.
    """
    if block is Block.OWN_QUESTION:
        return question_item(brief, item_id, minutes, card)
    first = _addressed(brief, commitments)
    values = slot_values(brief, goal or about, first)
    fitting = goal is not None and card is not None and speaks_to(brief, card, goal)
    naming = None if goal is None or fitting else _naming_slot(goal)
    question = _question(brief, block, card, values, first, said, naming)
    if not fitting and naming not in slots_of(question):
        goal = None
    why_template = card.why if card and card.why and usable(card.why, values) else PLAIN[block].why
    used = slots_of(question) | slots_of(why_template)
    return AgendaItem(
        id=item_id,
        block=block,
        minutes=minutes,
        title=card.title if card else PLAIN[block].title,
        card_id=card.id if card else "",
        goal_id=goal.id if goal else None,
        commitment_ids=tuple(c.id for c in commitments),
        question=Worded(text=filled(question, values, MAX_QUESTION_CHARS), origin=Origin.CARD),
        why=Worded(text=filled(why_template, values, MAX_WHY_CHARS), origin=Origin.CARD),
        mentor_does=(*plain_promises(brief, commitments), *(mentor_steps(card) if card else PLAIN[block].mentor_does)),
        citations=_citations(brief, card, goal or (about if Slot.GOAL in used else None), commitments),
    )


def opening_item(brief: AgendaBrief, item_id: str, opening: Opening, minutes: int) -> AgendaItem:
    """The part that comes first after something went wrong, in the arc's own words."""
    values = slot_values(brief, None)
    return AgendaItem(
        id=item_id,
        block=Block.CHECK_IN,
        minutes=minutes,
        title=opening.title,
        card_id=opening.card_id,
        question=Worded(text=filled(opening.question, values, MAX_QUESTION_CHARS), origin=Origin.CARD),
        why=Worded(text=filled(opening.why, values, MAX_WHY_CHARS), origin=Origin.CARD),
        mentor_does=opening.mentor_does,
        citations=(opening.source,),
    )


def question_item(brief: AgendaBrief, item_id: str, minutes: int, card: Card | None = None) -> AgendaItem:
    """The executive's own question, word for word; `card` only helps to answer it. It is also for the goal it names."""
    goal, plain = named_goal(brief), PLAIN[Block.OWN_QUESTION]
    day = "" if brief.asked_at is None else f" on {times.day_at(brief.asked_at, brief.mentor.time_zone)}"
    item = AgendaItem(
        id=item_id,
        block=Block.OWN_QUESTION,
        minutes=minutes,
        title=plain.title,
        card_id="",
        goal_id=goal.id if goal else None,
        question=Worded(text=own_question(brief), origin=Origin.EXECUTIVE, by=brief.mentee.id, at=brief.asked_at),
        why=Worded(text=f"You asked this{day}. {plain.why}", origin=Origin.RULES),
        citations=(question_source(brief), *((f"goal:{goal.id}",) if goal else ())),
    )
    return with_source(item, brief, card)


def with_source(item: AgendaItem, brief: AgendaBrief, card: Card | None) -> AgendaItem:
    """The part of the executive's own question with another card, or none, to help with the answer."""
    own = tuple(cited for cited in item.citations if cited.startswith(("question:", "goal:")))
    *before, last = PLAIN[Block.OWN_QUESTION].mentor_does
    helping = (f"Take what helps from “{card.title}”:", *mentor_steps(card)) if card else ()
    steps = (*before, *helping, last)
    cited = (*own, *(_passages(brief, card) if card else ()))
    return item.model_copy(update={"card_id": card.id if card else "", "mentor_does": steps, "citations": cited})


def own_question(brief: AgendaBrief) -> str:
    """What the executive wants to ask, word for word on one line; empty when they sent nothing."""
    return one_line(brief.session.executive_question)


def named_goal(brief: AgendaBrief) -> Goal | None:
    """The executive's goal that their own question takes in, when there is one."""
    theirs = [goal for goal in brief.goals if goal.owner is Role.MENTEE and content_stems(goal.text)]
    asked = first_asked(own_question(brief))
    return next((goal for goal in theirs if names(asked, goal)), None)


def question_source(brief: AgendaBrief) -> str:
    """How an agenda cites the executive's own question."""
    return f"question:{brief.session.id}"


def _addressed(brief: AgendaBrief, commitments: Sequence[Commitment]) -> Commitment | None:
    """The promise the question is about: one that came up least often, the executive's own, the one due first."""
    asked = brief.times_asked
    order = sorted(commitments, key=lambda c: (asked.get(c.id, 0), c.owner is not Role.MENTEE, c.due is None, c.due))
    return order[0] if order else None


def _question(
    brief: AgendaBrief,
    block: Block,
    card: Card | None,
    values: SlotValues,
    commitment: Commitment | None,
    said: Collection[str],
    naming: Slot | None,
) -> str:
    """The template of the question: the card's first that can be filled and is not asked elsewhere.

    With `naming`, questions that use that slot come before the card's others. A promise that has come up before is not
    asked about as if it had been made last time, and five minutes that come back are given by the card's next question.
    """
    if commitment is not None:
        mine = commitment.owner is Role.MENTOR
        if brief.times_asked.get(commitment.id):
            return (MINE_OPEN if mine else STILL_OPEN).format(day=_noted_on(brief, commitment))
        if mine:
            return MINE_NEW
    plain = PLAIN[block].questions
    if block is Block.CHECK_IN and brief.session.number > 1:
        plain = plain[::-1]
    own = sorted(card.questions if card else (), key=lambda t: naming is not None and naming not in slots_of(t))
    own = [t for t in own if usable(t, values)]
    if card is not None and naming is None and block is Block.REVERSE_ASK:
        own = _turned(own, brief.given_back.count(card.id))
    templates = [*own, *(t for t in plain if usable(t, values))]
    if block is Block.CARRY_OVER and values.commitment:
        templates.sort(key=lambda t: Slot.COMMITMENT not in slots_of(t))
    return next((t for t in templates if filled(t, values) not in said), templates[0])


def _turned(questions: Sequence[str], times: int) -> list[str]:
    """The questions beginning with the next one after so many times."""
    at = times % len(questions) if questions else 0
    return [*questions[at:], *questions[:at]]


def _noted_on(brief: AgendaBrief, commitment: Commitment) -> str:
    """``2 March``, in the mentor's time zone."""
    return times.day_at(commitment.created_at, brief.mentor.time_zone)


def _naming_slot(goal: Goal) -> Slot:
    """The slot that says a goal: the mentor's own goals are what they want to gain."""
    return Slot.GOAL if goal.owner is Role.MENTEE else Slot.GAIN


def plain_promises(brief: AgendaBrief, commitments: Sequence[Commitment]) -> tuple[str, ...]:
    """Every promise, verbatim, one line each, with its date and how often it has come up before."""
    names = {Role.MENTOR: brief.mentor.given_name, Role.MENTEE: brief.mentee.given_name}
    return tuple(f"{names[c.owner]}: “{c.text}”{_facts(brief, c)}" for c in commitments)


def _facts(brief: AgendaBrief, commitment: Commitment) -> str:
    """`` (by 1 Dec 2026; open since 2 March, asked twice)``; empty when there is nothing to say."""
    due, asked = commitment.due, brief.times_asked.get(commitment.id, 0)
    said = [f"by {due.day} {due:%b %Y}"] if due else []
    if asked:
        said.append(f"open since {_noted_on(brief, commitment)}, asked {how_often(asked)}")
    return f" ({'; '.join(said)})" if said else ""


def _citations(
    brief: AgendaBrief, card: Card | None, goal: Goal | None, commitments: Sequence[Commitment]
) -> tuple[str, ...]:
    cited: list[str] = []
    if card is not None:
        cited = _passages(brief, card)
    cited += [f"goal:{goal.id}"] if goal else []
    cited += [f"commitment:{c.id}" for c in commitments]
    return tuple(cited) or (f"goal:{brief.goals[0].id}",)


def _passages(brief: AgendaBrief, card: Card) -> list[str]:
    """What an item cites of its card."""
    cited = [f"{card.id}#{slug(heading)}" for heading, _ in card.sections if heading == MENTOR_DOES]
    cited = cited or [p.id for p in card.passages()[:1]] or [card.id]
    return [*cited, *[p.id for p in brief.passages if p.card_id == card.id and p.id not in cited][:1]]


def known_citations(brief: AgendaBrief) -> frozenset[str]:
    """Every citation an agenda of this brief may carry."""
    cards = (*brief.cards, *brief.theme_cards)
    return frozenset(
        {p.id for p in brief.passages}
        | {place.opening.source for place in (brief.place,) if place and place.opening}
        | {p.id for card in cards for p in card.passages()}
        | {card.id for card in cards if not card.sections}
        | {f"goal:{g.id}" for g in brief.goals}
        | {question_source(brief)}
        | {f"commitment:{c.id}" for c in brief.open_commitments}
    )
