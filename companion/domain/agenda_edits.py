"""What a mentor can do to an agenda; every edit returns a new revision and leaves the old one as it was."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from companion.domain.agenda_items import PLAIN, make_item, own_question, with_source
from companion.domain.agenda_plan import success_condition
from companion.domain.agendas import (
    CONTENT_BLOCKS,
    GIVE_BACK_MINUTES,
    MAX_SESSION_MINUTES,
    RESCUE_MINUTES,
    TAUGHT_BY,
    Agenda,
    AgendaBrief,
    AgendaItem,
    RemovedText,
)
from companion.domain.card_fit import of_stage, suits
from companion.domain.cards import MAX_QUESTION_CHARS, MAX_WHY_CHARS, Block, Card, Topic
from companion.domain.own_question import limit_of
from companion.domain.people import Role
from companion.domain.provenance import Origin, Worded
from companion.domain.slots import quotable
from companion.domain.themes import never_suggested
from companion.domain.time_boxes import Box, allocate
from companion.domain.words import one_line
from companion.errors import InvalidInput, NotFound

Field = Literal["question", "why"]
FIELDS: tuple[Field, ...] = ("question", "why")
_FRAME_MINUTES = 10
"""Longest opening or closing part after rebalancing."""


def field_limit(item: AgendaItem, field: Field) -> int:
    """The most characters that a field of an item may have."""
    return limit_of(item) if field == "question" else MAX_WHY_CHARS


def edit_field(agenda: Agenda, item_id: str, field: Field, text: str) -> Agenda:
    """Put the mentor's words into a field; white space is folded. Raises InvalidInput (empty, too long), NotFound."""
    item = _item(agenda, item_id)
    worded = _typed(text, field_limit(item, field), f"The {'reason' if field == 'why' else field}")
    return _revised(agenda, "edited", agenda.with_item(item.model_copy(update={field: worded})).items)


def use_removed(agenda: Agenda, removed: RemovedText) -> Agenda:
    """Put a line that was left out in as the mentor's own words. Raises NotFound, InvalidInput (empty, too long)."""
    field = next((field for field in FIELDS if field == removed.field), None)
    if removed not in agenda.removed or field is None:
        raise NotFound("This line is not among those left out any more.")
    edited = edit_field(agenda, removed.item_id, field, removed.text)
    left = tuple(text for text in agenda.removed if text != removed)
    return edited.model_copy(update={"changed": "line put back", "removed": left})


def edit_success_condition(agenda: Agenda, text: str) -> Agenda:
    """Put the mentor's words into the line "At the end ...". Raises InvalidInput (empty, too long)."""
    worded = _typed(text, MAX_QUESTION_CHARS, "The line about the end")
    return _revised(agenda, "edited", agenda.items).model_copy(update={"success_condition": worded})


def restore_success_condition(agenda: Agenda, text: str) -> Agenda:
    """Put the planned line "At the end ..." back."""
    revised = _revised(agenda, "line about the end restored", agenda.items)
    return revised.model_copy(update={"success_condition": Worded(text=text, origin=Origin.RULES)})


def set_minutes(agenda: Agenda, item_id: str, minutes: int, *, balance: bool = False) -> Agenda:
    """Give an item so many minutes; with `balance` the others make up for it, the locked ones last.

    Raises InvalidInput when the minutes are not 1 to 180 or leave the others too little, NotFound.
    """
    item = _item(agenda, item_id)
    if not 1 <= minutes <= MAX_SESSION_MINUTES:
        raise InvalidInput(f"{minutes} minutes cannot be planned.", f"Choose 1 to {MAX_SESSION_MINUTES}.")
    items = agenda.with_item(item.model_copy(update={"minutes": minutes})).items
    if balance:
        items = _balanced(items, agenda.minutes, fixed={item_id})
    return _revised(agenda, "retimed", items)


def rebalance(agenda: Agenda) -> Agenda:
    """Make the minutes add up again, each item keeping about its share; locked items keep theirs if that is possible.

    Raises InvalidInput when there are more items than minutes.
    """
    return _revised(agenda, "rebalanced", _balanced(agenda.items, agenda.minutes))


def move(agenda: Agenda, item_id: str, by: int) -> Agenda:
    """Move an item down (`by` above 0) or up; at the end of the list it stays where it is. Raises NotFound."""
    item = _item(agenda, item_id)
    others = [other for other in agenda.items if other.id != item_id]
    at = min(max(agenda.items.index(item) + by, 0), len(others))
    return _revised(agenda, "reordered", (*others[:at], item, *others[at:]))


def remove(agenda: Agenda, item_id: str, *, balance: bool = True) -> Agenda:
    """Take an item out; with `balance` its minutes go to the others.

    Raises InvalidInput when it is the only one or locked, NotFound.
    """
    item = _unlocked(agenda, item_id)
    if len(agenda.items) == 1:
        raise InvalidInput("An agenda needs at least one item.", "Replace its card instead.")
    left = tuple(other for other in agenda.items if other is not item)
    return _revised(agenda, "shortened", _balanced(left, agenda.minutes) if balance else left)


def add(
    agenda: Agenda,
    brief: AgendaBrief,
    card: Card,
    *,
    block: Block | None = None,
    goal_id: str | None = None,
    at: int | None = None,
) -> Agenda:
    """Add an item from a card in the card's words; the others make room.

    `block` defaults to the card's first, `at` (0-based) to the place before the closing part. An item in which the
    mentor teaches gets the session's first goal when none is named.
    Raises InvalidInput (card used already, cannot be run, no room), NotFound (unknown goal).
    """
    if card.id in {item.card_id for item in agenda.items}:
        raise InvalidInput(f"“{card.title}” is already on the agenda.", "Choose another card.")
    if not card.blocks or (block is not None and block not in card.blocks):
        raise InvalidInput(f"“{card.title}” cannot be run as that part.", "Choose another card.")
    block = block or card.blocks[0]
    goals = {goal.id: goal for goal in brief.goals}
    if goal_id is not None and goal_id not in goals:
        raise NotFound(f"There is no goal “{goal_id}” in this session.")
    goal = goals[goal_id] if goal_id else brief.goals[0] if TAUGHT_BY[block] is Role.MENTOR else None
    item = make_item(
        brief,
        item_id=new_item_id(agenda),
        block=block,
        card=card,
        minutes=card.minutes.usual if card.minutes else PLAIN[block].minutes[1],
        goal=goal,
        about=brief.goals[0],
        commitments=brief.open_commitments if block is Block.CARRY_OVER else (),
        said=_questions(agenda.items),
    )
    revised = insert(agenda, item, _place(agenda.items, block) if at is None else at)
    chosen = card.opt_in and card.id not in agenda.theme_ids
    return revised.model_copy(update={"theme_ids": (*agenda.theme_ids, card.id)}) if chosen else revised


def insert(agenda: Agenda, item: AgendaItem, at: int, *, changed: str = "extended") -> Agenda:
    """Put an item in at a place counted from 0; the others make room. Raises InvalidInput when there is none."""
    place = min(max(at, 0), len(agenda.items))
    items = (*agenda.items[:place], item, *agenda.items[place:])
    return _revised(agenda, changed, _balanced(items, agenda.minutes))


def lock(agenda: Agenda, item_id: str, locked: bool = True) -> Agenda:
    """Lock an item against rewording and replacing, or unlock it. Raises NotFound."""
    item = _item(agenda, item_id)
    items = agenda.with_item(item.model_copy(update={"locked": locked})).items
    return _revised(agenda, "locked" if locked else "unlocked", items)


def next_card(agenda: Agenda, brief: AgendaBrief, item_id: str) -> Agenda:
    """Replace an item by the next fitting card in the brief's order, in the card's words; minutes and goal stay.

    Asked again it goes on to the one after, and round. The executive's own question stays, with another card that is
    about it. Raises InvalidInput (locked, no other card), NotFound.
    """
    item = _unlocked(agenda, item_id)
    used = {other.card_id for other in agenda.items}
    order = [card for card in brief.cards if _may_replace(card, item, brief) and not never_suggested(brief, card)]
    goal = next((goal for goal in brief.goals if goal.id == item.goal_id), None)
    if goal is not None and TAUGHT_BY[item.block] is Role.MENTOR:
        order = [card for card in order if suits(brief, card, goal)]
    order.sort(key=lambda card: (not of_stage(brief, card), card.id in brief.recent_card_ids))
    ids = [card.id for card in order]
    start = ids.index(item.card_id) + 1 if item.card_id in ids else 0
    card = next((card for card in (*order[start:], *order[:start]) if card.id not in used), None)
    if card is None:
        raise InvalidInput("There is no other card for this part.", "Edit the words instead.")
    if item.block is Block.OWN_QUESTION:
        return replace_item(agenda, with_source(item, brief, card), changed="card replaced")
    remade = make_item(
        brief,
        item_id=item.id,
        block=item.block,
        card=card,
        minutes=item.minutes,
        goal=goal,
        about=brief.goals[0],
        commitments=[c for c in brief.open_commitments if c.id in item.commitment_ids],
        said=_questions(other for other in agenda.items if other.id != item_id),
    )
    return replace_item(agenda, remade, changed="card replaced")


def _may_replace(card: Card, item: AgendaItem, brief: AgendaBrief) -> bool:
    return card.id in brief.about_question if item.block is Block.OWN_QUESTION else item.block in card.blocks


def replace_item(
    agenda: Agenda, item: AgendaItem, removed: Sequence[RemovedText] = (), *, changed: str = "regenerated"
) -> Agenda:
    """Put a new version of an item in its place; `removed` replaces what was kept of earlier attempts at it.

    Raises InvalidInput when the item is locked, NotFound.
    """
    _unlocked(agenda, item.id)
    others = tuple(text for text in agenda.removed if text.item_id != item.id)
    revised = _revised(agenda, changed, agenda.with_item(item).items)
    return revised.model_copy(update={"removed": (*others, *removed)})


def shorten(agenda: Agenda, brief: AgendaBrief) -> Agenda:
    """The rescue form of 15 minutes: arrive or open promises, the one thing that matters most, a next step.

    Kept is the first locked part in which the mentor teaches, else the executive's own question, else the part for the
    first goal. All open promises stay in one line. Goals without an item are named in the note. Works on any agenda,
    also on one that has no such part.
    """
    opening = Block.CARRY_OVER if brief.open_commitments else Block.CHECK_IN
    first = _first(agenda.items, opening)
    carried = {c.id for c in brief.open_commitments}
    if first is None or set(first.commitment_ids) != carried:
        kept_id = first.id if first else new_item_id(agenda)
        first = make_item(
            brief, item_id=kept_id, block=opening, card=_card(brief, first), minutes=2,
            about=brief.goals[0], commitments=brief.open_commitments,
        )  # fmt: skip
    main = _main_item(agenda)
    if main is None:
        main = make_item(
            brief, item_id=new_item_id(agenda, 1), block=Block.EXPLORE, card=None, minutes=11, goal=brief.goals[0]
        )
    last = _first(agenda.items, Block.COMMIT) or make_item(
        brief, item_id=new_item_id(agenda, 2), block=Block.COMMIT, card=None, minutes=2, about=brief.goals[0]
    )
    lengths = (2, RESCUE_MINUTES - 4, 2)
    items = tuple(
        item.model_copy(update={"minutes": minutes}) for item, minutes in zip((first, main, last), lengths, strict=True)
    )
    goal_ids = tuple(goal for goal in agenda.goal_ids if goal == main.goal_id) or agenda.goal_ids[:1]
    outcome = agenda.success_condition
    shorter = _revised(agenda, "shortened to 15 minutes", items).model_copy(update={"goal_ids": goal_ids})
    # Agendas of earlier versions call it a card's.
    if outcome.origin in (Origin.RULES, Origin.CARD) and not _agrees_on_rules(brief, main):
        outcome = Worded(text=planned_end(shorter, brief, agreeing=False), origin=Origin.RULES)
    waiting = [g for g in brief.goals if g.id in agenda.goal_ids and g.id not in shorter.covered_goals]
    left = [f"“{quotable(goal.text, 60)}”" for goal in waiting]
    note = f"Left for another session: {', '.join(left)}." if left else ""
    return shorter.model_copy(
        update={
            "minutes": RESCUE_MINUTES,
            "success_condition": outcome,
            "theme_ids": tuple(t for t in agenda.theme_ids if t in {item.card_id for item in items}),
            "removed": tuple(text for text in agenda.removed if text.item_id in {item.id for item in items}),
            "note": " ".join(part for part in (agenda.note, note) if part),
        }
    )


def planned_end(agenda: Agenda, brief: AgendaBrief, *, agreeing: bool = True) -> str:
    """The line about the end as it is planned: for the first goal, or the own question that took its place."""
    asked = agenda.own_question is not None and bool(own_question(brief))
    covered = agenda.covered_goals or (() if asked else agenda.goal_ids)
    goal = next((goal for goal in brief.goals if goal.id in covered), None if asked else brief.goals[0])
    return success_condition(brief, goal, agreeing=agreeing)


def _agrees_on_rules(brief: AgendaBrief, item: AgendaItem) -> bool:
    card = _card(brief, item)
    return card is not None and card.topic is Topic.CONTRACT


def _main_item(agenda: Agenda) -> AgendaItem | None:
    taught = [item for item in agenda.items if TAUGHT_BY[item.block] is Role.MENTOR]
    theirs, first = Block.OWN_QUESTION, agenda.goal_ids[0]
    order = sorted(taught, key=lambda item: (not item.locked, item.block is not theirs, item.goal_id != first))
    return order[0] if order else None


def _first(items: Iterable[AgendaItem], block: Block) -> AgendaItem | None:
    return next((item for item in items if item.block is block), None)


def _card(brief: AgendaBrief, item: AgendaItem | None) -> Card | None:
    cards = (*brief.theme_cards, *brief.cards)
    return next((card for card in cards if item is not None and card.id == item.card_id), None)


def _place(items: Sequence[AgendaItem], block: Block) -> int:
    """Where an item of that block belongs: after the last item of an earlier or the same part."""
    order = list(Block)
    return next((n for n, item in enumerate(items) if order.index(item.block) > order.index(block)), len(items))


def _balanced(items: Sequence[AgendaItem], total: int, fixed: Collection[str] = ()) -> tuple[AgendaItem, ...]:
    """The items with minutes that add up; `fixed` ones are never touched, locked ones only when nothing else helps."""
    for held in ({*fixed, *(item.id for item in items if item.locked)}, set(fixed)):
        free = [item for item in items if item.id not in held]
        left = total - sum(item.minutes for item in items if item.id in held)
        if not free and left == 0:
            return tuple(items)
        if free and left >= len(free) and (held == set(fixed) or left >= sum(_box(item).min for item in free)):
            minutes = dict(zip((item.id for item in free), allocate([_box(item) for item in free], left), strict=True))
            return tuple(item.model_copy(update={"minutes": minutes.get(item.id, item.minutes)}) for item in items)
    raise InvalidInput(f"The items do not fit into {total} minutes.", "Shorten or remove one of them.")


def _box(item: AgendaItem) -> Box:
    low = 1 if item.block not in CONTENT_BLOCKS else 2
    if item.block is Block.REVERSE_ASK:
        high = GIVE_BACK_MINUTES
    else:
        high = max(item.minutes, _FRAME_MINUTES) if item.block not in CONTENT_BLOCKS else MAX_SESSION_MINUTES
    usual = max(low, min(item.minutes, high))
    return Box(low, usual, high, stretch=item.block is not Block.REVERSE_ASK)


def _typed(text: str, limit: int, what: str) -> Worded:
    clean = one_line(text)
    if not clean:
        raise InvalidInput(f"{what} is empty.", "Write it, or undo.")
    if len(clean) > limit:
        raise InvalidInput(f"{what} has {len(clean)} characters.", f"Keep to {limit}.")
    return Worded(text=clean, origin=Origin.EDITED)


def _item(agenda: Agenda, item_id: str) -> AgendaItem:
    found = next((item for item in agenda.items if item.id == item_id), None)
    if found is None:
        raise NotFound(f"There is no item “{item_id}” on this agenda.")
    return found


def _unlocked(agenda: Agenda, item_id: str) -> AgendaItem:
    item = _item(agenda, item_id)
    if item.locked:
        raise InvalidInput(f"“{item.title}” is locked.", "Unlock it first.")
    return item


def _questions(items: Iterable[AgendaItem]) -> set[str]:
    return {item.question.text for item in items}


def new_item_id(agenda: Agenda, further: int = 0) -> str:
    """An id that no item of this agenda has or had a text removed from."""
    used = [*(item.id for item in agenda.items), *(text.item_id for text in agenda.removed)]
    numbers = [int(number) for name in used if (number := name.removeprefix("item-")).isdigit()]
    return f"item-{max(numbers, default=0) + 1 + further}"


def _revised(agenda: Agenda, changed: str, items: Sequence[AgendaItem]) -> Agenda:
    return agenda.model_copy(update={"revision": agenda.revision + 1, "changed": changed, "items": tuple(items)})
