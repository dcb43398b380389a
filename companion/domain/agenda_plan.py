"""The plan of a session before any model speaks: parts, cards, minutes and words, all from code and cards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from companion.domain.agenda_items import make_item, named_goal, opening_item, own_question
from companion.domain.agenda_minutes import AGREEING, Part, kind, timed
from companion.domain.agendas import Agenda, AgendaBrief, AgendaItem
from companion.domain.card_fit import found_for, is_timely, of_stage, preference, suits
from companion.domain.cards import MAX_QUESTION_CHARS, Block, Card, Stage, Topic
from companion.domain.pairings import Goal
from companion.domain.people import Role
from companion.domain.provenance import Origin, Worded
from companion.domain.slots import quotable
from companion.domain.themes import SHAPES, TAUGHT, Shape, fills, never_suggested, ranked, shape_of
from companion.domain.words import listed, shortened

MIN_CONTENT_MINUTES = 6
"""Below this, one more topic is only a heading."""
ROOM_TO_ARRIVE_MINUTES = 60
"""From here on the executive's own question does not take the time to arrive before open promises."""


def plan_agenda(brief: AgendaBrief, *, at: datetime) -> Agenda:
    """A whole agenda in the cards' own words, ready to use; the same brief always gives the same agenda.

    Minutes add up to `brief.minutes` exactly. The executive's own question leads the content in a part of its own.
    Every goal in `goal_ids` has an item, but for the shortest sessions, in which that question takes the place of the
    goal's part; goals and themes there is no room for are named in `note`, as is a lack of cards. Items without a
    fitting card use a plain form with no card id.
    """
    shape = shape_of(brief.minutes)
    goals = ranked(brief.goals)[: shape.goals]
    if (about := named_goal(brief)) is not None and about not in goals:
        goals[-1] = about
    parts = _parts(brief, goals, shape)
    parts, minutes = timed(brief, parts)
    items = _items(brief, parts, minutes)
    covered = tuple(goal.id for goal in goals if any(goal.id == item.goal_id for item in items))
    themes = tuple(c.id for c in brief.theme_cards if any(c.id == item.card_id for item in items))
    return Agenda(
        session_id=brief.session.id,
        minutes=brief.minutes,
        goal_ids=covered or (goals[0].id,),
        theme_ids=themes,
        success_condition=Worded(text=success_condition(brief, goals[0] if covered else None), origin=Origin.RULES),
        items=items,
        place=brief.place,
        note=_note(brief, covered, themes, items),
        at=at,
    )


def success_condition(brief: AgendaBrief, goal: Goal | None, *, agreeing: bool = True) -> str:
    """One sentence: what can be said at the end. The goal stands in quotation marks, so any wording reads well.

    Without a goal it is about the executive's own question. `agreeing` is False for a first session that is too short
    to agree on how to work.
    """
    both = (brief.mentee.given_name, brief.mentor.given_name)
    who, other = (shortened(name, 30) for name in (both[::-1] if goal and goal.owner is Role.MENTOR else both))
    stage = brief.stage if agreeing and goal else Stage.CURIOSITY
    before, after = {
        Stage.CONTRACT: (f"At the end, {who} and {other} have agreed how to work together on “", "”."),
        Stage.DECISION: (f"At the end, {who} can name one decision about “", "”."),
        Stage.CLOSE: (f"At the end, {who} can say what has changed about “", "”."),
    }.get(
        stage,
        (f"At the end, {who} can say one new thing about “", "” and one next step."),
    )
    room = MAX_QUESTION_CHARS - len(before) - len(after)
    return f"{before}{quotable(goal.text if goal else own_question(brief), room)}{after}"


def _parts(brief: AgendaBrief, goals: list[Goal], shape: Shape) -> list[Part]:
    """Which parts the session has, in order, and with which card and goal each."""
    learning = [goal for goal in goals if goal.owner is Role.MENTEE]
    giving = [goal for goal in goals if goal.owner is Role.MENTOR]
    if not learning:
        learning, giving = giving[:1], giving[1:]
    picker = _Picker(brief)
    opening, closing = _frame(brief, picker)
    asked = bool(own_question(brief))
    # The executive's own question is content: where one part is all there is room for, it is that part.
    least = 0 if asked else 1
    room = max(least, shape.items - len(opening) - 1 - asked)
    if asked and room < len(learning) and (about := named_goal(brief)) is not None:
        # What the question is about comes up anyway; the other goals need their part more.
        learning.sort(key=lambda goal: goal == about)
    ground_rules = [card for card in brief.theme_cards if card.topic is Topic.CONTRACT]
    wished = max(len(learning), len(brief.theme_cards) - len(ground_rules))
    needed = max(min(1, room), min(wished, room - bool(giving)))
    room -= needed
    give_back = _give_back(brief, giving[:1], picker) if room > 0 else None
    room -= give_back is not None
    to_agree = brief.stage is Stage.CONTRACT or (brief.place is not None and brief.place.agree)
    agreeing = (to_agree or bool(ground_rules)) and room > 0
    extra = max(0, min(max(shape.content - needed, bool(ground_rules)), room))
    can_be_apart = opening[0].block is Block.CARRY_OVER and brief.minutes >= 30
    apart = can_be_apart and room - extra > 0
    content = _content(brief, learning, needed, needed + extra, agreeing, picker)
    if asked:
        # What is agreed about how to speak comes before the answer; nothing else does.
        first = int(to_agree and bool(content) and kind(content[0]) == AGREEING)
        content.insert(first, Part(Block.OWN_QUESTION, picker.for_question()))
    parts = len(opening) + len(content) + (give_back is not None) + 1
    if apart or (asked and can_be_apart and brief.minutes >= ROOM_TO_ARRIVE_MINUTES and parts < SHAPES[0][1].items):
        check_in = Part(Block.CHECK_IN, picker.ritual(Block.CHECK_IN), drop_rank=4)
        opening = [check_in, *opening]
    return [*opening, *content, *([give_back] if give_back else []), closing]


def _frame(brief: AgendaBrief, picker: _Picker) -> tuple[list[Part], Part]:
    """The first parts and the last. Open commitments open the session; without any, a short check-in does.

    After something went wrong the arc has a check-in of its own, and it comes before everything else.
    """
    parts: list[Part] = []
    if brief.place is not None and (opening := brief.place.opening) is not None:
        parts.append(Part(Block.CHECK_IN, None, opening=opening))
    if brief.open_commitments:
        card = picker.ritual(Block.CARRY_OVER)
        parts.append(Part(Block.CARRY_OVER, card, commitments=brief.open_commitments))
    if not parts:
        parts.append(Part(Block.CHECK_IN, picker.ritual(Block.CHECK_IN)))
    return parts, Part(Block.COMMIT, picker.ritual(Block.COMMIT))


def _give_back(brief: AgendaBrief, giving: list[Goal], picker: _Picker) -> Part | None:
    """The executive's five minutes of teaching: for a chosen goal of the mentor, else when a card and time allow."""
    if giving:
        return Part(Block.REVERSE_ASK, picker.ritual(Block.REVERSE_ASK), goal=giving[0])
    if brief.minutes < 25:
        return None
    card = picker.ritual(Block.REVERSE_ASK)
    return Part(Block.REVERSE_ASK, card, drop_rank=3) if card else None


def _content(
    brief: AgendaBrief, learning: list[Goal], needed: int, wanted: int, agreeing: bool, picker: _Picker
) -> list[Part]:
    """Explore parts and at most one practice, last; goals take turns, and themes go to them in order of preference."""
    if not wanted:
        return []
    share = max(1, (brief.minutes - 10) // wanted)
    parts: list[Part] = []
    if agreeing and wanted > needed and (card := picker.agreement(share)):
        block = Block.EXPLORE if Block.EXPLORE in card.blocks else Block.PRACTICE
        parts.append(Part(block, card, drop_rank=2))
    count = wanted - len(parts)
    towards = [learning[n % len(learning)] for n in range(count)]
    themes = _in_turn(brief, [card for card in brief.theme_cards if picker.take(card)], towards)
    made_for_trying = None
    if count > 1 and len(themes) < count and all(Block.EXPLORE in card.blocks for card in themes):
        made_for_trying = picker.content(Block.PRACTICE, towards[-1], share, fitting=True)
    practised = made_for_trying is not None
    for n, goal in enumerate(towards):
        required = n < needed
        if n < len(themes):
            last_to_practise = n == count - 1 and n > 0 and Block.PRACTICE in themes[n].blocks
            practise = not practised and (last_to_practise or Block.EXPLORE not in themes[n].blocks)
            practised = practised or practise
            parts.append(Part(Block.PRACTICE if practise else Block.EXPLORE, themes[n], goal))
            continue
        if not required and share < MIN_CONTENT_MINUTES:
            break
        if n == count - 1 and made_for_trying is not None:
            parts.append(Part(Block.PRACTICE, made_for_trying, goal, drop_rank=not required))
            continue
        found = picker.content(Block.EXPLORE, goal, share, fitting=not required)
        if found is not None or n < len(learning):
            parts.append(Part(Block.EXPLORE, found, goal, drop_rank=not required))
    return sorted(parts, key=lambda part: part.block is Block.PRACTICE)


def _in_turn(brief: AgendaBrief, themes: list[Card], towards: list[Goal]) -> list[Card]:
    """One theme per goal in turn: the first left that was found for it, else the first left."""
    left, placed = list(themes), []
    for goal in towards[: len(themes)]:
        theme = next((card for card in left if found_for(brief, card, goal)), left[0])
        left.remove(theme)
        placed.append(theme)
    return placed


class _Picker:
    """Hands out each card at most once."""

    def __init__(self, brief: AgendaBrief) -> None:
        self._brief = brief
        self._used: set[str] = {card.id for card in brief.theme_cards}
        self._taken: set[str] = set()
        self._safe = tuple(card for card in brief.cards if not never_suggested(brief, card))

    def take(self, card: Card) -> bool:
        """Use a theme card for a goal; false when it was used already, cannot be run, or is a ground rule."""
        if (
            card.topic is Topic.CONTRACT
            or card.id in self._taken
            or not {Block.EXPLORE, Block.PRACTICE} & set(card.blocks)
        ):
            return False
        self._taken.add(card.id)
        return True

    def ritual(self, block: Block) -> Card | None:
        """A card for an opening, closing or give-back part: these may come back every time."""
        free = self._free(block)
        return self._first([card for card in free if set(card.blocks).isdisjoint(TAUGHT)] or free)

    def content(self, block: Block, goal: Goal, share: int, fitting: bool = False) -> Card | None:
        """The best card for `goal` that fits into `share` minutes: one about it, else one that takes any goal in.

        Cards that were not used lately and belong to the stage come first, with `fitting` no others are taken; among
        equals the order is that of retrieval, as in the themes that are offered.
        """
        recent = self._brief.recent_card_ids
        cards = [card for card in self._free(block) if suits(self._brief, card, goal)]
        about = {card.id for card in cards if found_for(self._brief, card, goal)}
        timely = {card.id for card in cards if is_timely(self._brief, card)}
        if fitting:
            cards = [card for card in cards if card.id in timely and card.id not in recent]
        found = {card.id: place for place, card in enumerate(self._safe)}
        # What can open a subject is kept for that, and what is tried out then is a card made for trying.
        opening = {card.id for card in cards if block is Block.PRACTICE and Block.EXPLORE in card.blocks}

        def rank(card: Card) -> tuple[int, ...]:
            late, early = card.id in recent, card.id not in timely
            return late, early, card.id in opening, card.id not in about, not fills(card, share), found[card.id]

        cards.sort(key=rank)
        return self._use(cards)

    def agreement(self, share: int) -> Card | None:
        """A ground rule to agree on: the mentor's choice, else the shelf's own order, as no goal bears on it."""
        chosen = [
            card for card in self._brief.theme_cards if card.topic is Topic.CONTRACT and TAUGHT & set(card.blocks)
        ]
        if chosen:
            return chosen[0]
        cards = [card for card in self._free(Block.EXPLORE) if card.topic is Topic.CONTRACT]
        cards.sort(key=lambda card: (preference(self._brief, card), card.id))
        cards.sort(key=lambda card: card.minutes is not None and card.minutes.min > share)
        return self._first(cards)

    def for_question(self) -> Card | None:
        """A card that no other part uses and that is about the executive's own question, so helps to answer it."""
        themes = {card.id: card for card in self._brief.theme_cards if card.id not in self._taken}
        free = {card.id: card for card in self._safe if card.id not in self._used} | themes
        found = [free[card_id] for card_id in self._brief.about_question if card_id in free]
        return self._use(sorted(found, key=lambda card: card.id in self._brief.recent_card_ids))

    def _free(self, block: Block) -> list[Card]:
        free = [card for card in self._safe if block in card.blocks and card.id not in self._used]
        return sorted(free, key=lambda card: preference(self._brief, card))

    def _first(self, cards: list[Card]) -> Card | None:
        recent = self._brief.recent_card_ids
        return self._use(sorted(cards, key=lambda card: (not of_stage(self._brief, card), card.id in recent)))

    def _use(self, order: Sequence[Card]) -> Card | None:
        if not order:
            return None
        self._used.add(order[0].id)
        return order[0]


def _items(brief: AgendaBrief, parts: list[Part], minutes: tuple[int, ...]) -> tuple[AgendaItem, ...]:
    items: list[AgendaItem] = []
    about = next((part.goal for part in parts if part.goal is not None), None)
    for number, (part, length) in enumerate(zip(parts, minutes, strict=True), start=1):
        if part.opening is not None:
            items.append(opening_item(brief, f"item-{number}", part.opening, length))
            continue
        item = make_item(
            brief,
            item_id=f"item-{number}",
            block=part.block,
            card=part.card,
            minutes=length,
            goal=part.goal,
            about=about,
            commitments=part.commitments,
            said={earlier.question.text for earlier in items},
        )
        items.append(item)
    return tuple(items)


def _note(brief: AgendaBrief, covered: tuple[str, ...], themes: tuple[str, ...], items: tuple[AgendaItem, ...]) -> str:
    """What is not in the agenda, in plain sentences; empty when everything asked for is."""
    left = [f"“{quotable(goal.text, 60)}”" for goal in ranked(brief.goals) if goal.id not in covered]
    unplaced = [card.title for card in brief.theme_cards if card.id not in themes]
    sentences = []
    asked = any(item.block is Block.OWN_QUESTION for item in items)
    if left:
        beside = f" beside {shortened(brief.mentee.given_name, 30)}'s own question" if asked else ""
        sentences.append(f"In {brief.minutes} minutes there is no room for {listed(left)}{beside}.")
    if unplaced:
        sentences.append(f"Not placed among the themes: {listed(unplaced)}.")
    if sum(item.block in TAUGHT and bool(item.card_id) for item in items) < shape_of(brief.minutes).content - asked:
        sentences.append("Few practice cards fit this session, so the agenda has fewer items than usual.")
    return " ".join(sentences)
