from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from agenda_factories import AGREE, HANDS_ON, SEARCH, SHELF, SILENCE, a_brief, a_commitment, blocks, plan
from factories import a_card, a_goal
from hypothesis import given
from hypothesis import strategies as st

from companion.domain import agenda_edits as edits
from companion.domain.agenda_linter import lint
from companion.domain.agendas import Agenda, RemovedText
from companion.domain.cards import Block, Topic
from companion.domain.provenance import Origin
from companion.errors import CompanionError, InvalidInput, NotFound

BRIEF = a_brief(goals=(a_goal("g1"), a_goal("g2", text="hear bad news early")))
AGENDA = plan(BRIEF)
FIRST, EXPLORE, PRACTICE, GIVE, LAST = (item.id for item in AGENDA.items)


def test_the_agenda_under_test_has_the_expected_parts() -> None:
    assert blocks(AGENDA) == [Block.CHECK_IN, Block.EXPLORE, Block.PRACTICE, Block.REVERSE_ASK, Block.COMMIT]


EDITS: dict[str, Callable[[Agenda], Agenda]] = {
    "edit": lambda a: edits.edit_field(a, EXPLORE, "question", "Where did you look?"),
    "edit the end": lambda a: edits.edit_success_condition(a, "At the end we know."),
    "minutes": lambda a: edits.set_minutes(a, EXPLORE, 12),
    "minutes, balanced": lambda a: edits.set_minutes(a, EXPLORE, 12, balance=True),
    "rebalance": edits.rebalance,
    "move": lambda a: edits.move(a, EXPLORE, 1),
    "remove": lambda a: edits.remove(a, PRACTICE),
    "add": lambda a: edits.add(a, BRIEF, SILENCE if SILENCE.id not in {i.card_id for i in a.items} else AGREE),
    "lock": lambda a: edits.lock(a, EXPLORE),
    "next card": lambda a: edits.next_card(a, BRIEF, EXPLORE),
    "replace": lambda a: edits.replace_item(a, a.item(EXPLORE)),
    "shorten": lambda a: edits.shorten(a, BRIEF),
}


@pytest.mark.parametrize("name", EDITS)
def test_every_edit_is_a_new_revision_and_leaves_the_old_one_alone(name: str) -> None:
    before = AGENDA.model_dump_json()
    after = EDITS[name](AGENDA)
    assert AGENDA.model_dump_json() == before
    assert after.revision == AGENDA.revision + 1
    assert after.changed not in ("", AGENDA.changed)
    assert Agenda.model_validate(after.model_dump()) == after


@given(st.lists(st.sampled_from(sorted(EDITS)), max_size=8))
def test_any_sequence_of_edits_keeps_a_valid_agenda(names: list[str]) -> None:
    agenda = AGENDA
    for name in names:
        # KeyError: an earlier edit may have taken the item that this one is about.
        with contextlib.suppress(CompanionError, KeyError):
            agenda = EDITS[name](agenda)
    Agenda.model_validate(agenda.model_dump())


def test_edited_words_belong_to_the_person() -> None:
    worded = edits.edit_field(AGENDA, EXPLORE, "why", "  You\n see it  ").item(EXPLORE).why
    assert (worded.text, worded.origin, worded.provenance) == ("You see it", Origin.EDITED, None)


@pytest.mark.parametrize(("text", "message"), [(" \n", "is empty"), ("x" * 161, "has 161 characters")])
def test_words_that_do_not_fit_are_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        edits.edit_field(AGENDA, EXPLORE, "question", text)
    with pytest.raises(InvalidInput, match=message):
        edits.edit_success_condition(AGENDA, text)


@pytest.mark.parametrize("minutes", [0, -3, 181])
def test_impossible_minutes_are_refused(minutes: int) -> None:
    with pytest.raises(InvalidInput, match="cannot be planned"):
        edits.set_minutes(AGENDA, EXPLORE, minutes)


def test_minutes_alone_break_the_sum_and_balanced_they_keep_it() -> None:
    alone = edits.set_minutes(AGENDA, EXPLORE, 12)
    assert [finding.rule for finding in lint(alone, BRIEF)] == ["time.exact"]
    balanced = edits.set_minutes(AGENDA, EXPLORE, 12, balance=True)
    assert balanced.item(EXPLORE).minutes == 12
    assert lint(balanced, BRIEF) == ()
    assert lint(edits.rebalance(alone), BRIEF) == ()


@given(st.integers(1, 41))
def test_balancing_always_adds_up_around_the_item_just_set(minutes: int) -> None:
    agenda = edits.set_minutes(AGENDA, EXPLORE, minutes, balance=True)
    assert agenda.item(EXPLORE).minutes == minutes
    assert sum(item.minutes for item in agenda.items) == 45
    assert agenda.item(GIVE).minutes <= 5


def test_balancing_leaves_locked_items_alone_while_it_can() -> None:
    locked = edits.lock(AGENDA, PRACTICE)
    agenda = edits.set_minutes(locked, EXPLORE, 12, balance=True)
    assert agenda.item(PRACTICE).minutes == AGENDA.item(PRACTICE).minutes
    squeezed = edits.set_minutes(locked, EXPLORE, 40, balance=True)
    assert squeezed.item(PRACTICE).minutes < AGENDA.item(PRACTICE).minutes
    assert sum(item.minutes for item in squeezed.items) == 45


def test_too_long_an_item_says_so() -> None:
    with pytest.raises(InvalidInput, match="do not fit into 45 minutes"):
        edits.set_minutes(AGENDA, EXPLORE, 44, balance=True)


def test_items_move_and_stop_at_the_ends() -> None:
    order = [item.id for item in edits.move(AGENDA, EXPLORE, 1).items]
    assert order == [FIRST, PRACTICE, EXPLORE, GIVE, LAST]
    assert [item.id for item in edits.move(AGENDA, LAST, 1).items] == [item.id for item in AGENDA.items]
    assert next(item.id for item in edits.move(AGENDA, LAST, -9).items) == LAST


def test_removing_gives_the_minutes_to_the_others() -> None:
    agenda = edits.remove(AGENDA, GIVE)
    assert sum(item.minutes for item in agenda.items) == 45
    assert GIVE not in {item.id for item in agenda.items}
    assert sum(item.minutes for item in edits.remove(AGENDA, GIVE, balance=False).items) == 40


def test_the_last_item_cannot_be_removed() -> None:
    only = AGENDA.model_copy(update={"items": AGENDA.items[:1]})
    with pytest.raises(InvalidInput, match="at least one item"):
        edits.remove(only, FIRST)


def test_adding_puts_a_card_where_it_belongs_with_a_fresh_id() -> None:
    other = a_card("RM-060", title="Then and now", questions=("What did {goal} look like a year ago?",))
    agenda = edits.add(AGENDA, BRIEF, other, goal_id="g2")
    added = next(item for item in agenda.items if item.card_id == "RM-060")
    assert added.id == "item-6"
    assert added.goal_id == "g2"
    assert added.question.text == "What did hearing bad news early look like a year ago?"
    assert agenda.items.index(added) == 2
    assert lint(agenda, BRIEF.model_copy(update={"cards": (*BRIEF.cards, other)})) == ()


def test_ids_of_items_with_kept_text_are_not_used_again() -> None:
    text = RemovedText(item_id="item-9", field="question", text="x", reason="y")
    agenda = edits.add(AGENDA.model_copy(update={"removed": (text,)}), BRIEF, SILENCE)
    assert "item-10" in {item.id for item in agenda.items}


@pytest.mark.parametrize(
    ("card", "block", "message"),
    [
        (SEARCH, None, "already on the agenda"),
        (SILENCE, Block.COMMIT, "cannot be run"),
        (a_card("RM-070", blocks=()), None, "cannot be run"),
    ],
)
def test_cards_that_cannot_be_added_say_why(card: object, block: Block | None, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        edits.add(AGENDA, BRIEF, card, block=block)  # type: ignore[arg-type]


def test_an_unknown_goal_is_refused() -> None:
    with pytest.raises(NotFound, match="g7"):
        edits.add(AGENDA, BRIEF, SILENCE, goal_id="g7")


@pytest.mark.parametrize(
    "edit",
    [
        lambda a: edits.remove(a, EXPLORE),
        lambda a: edits.next_card(a, BRIEF, EXPLORE),
        lambda a: edits.replace_item(a, a.item(EXPLORE)),
    ],
)
def test_a_locked_item_is_left_alone_until_it_is_unlocked(edit: Callable[[Agenda], Agenda]) -> None:
    locked = edits.lock(AGENDA, EXPLORE)
    with pytest.raises(InvalidInput, match="is locked"):
        edit(locked)
    assert edit(edits.lock(locked, EXPLORE, False)).revision == AGENDA.revision + 3


def test_a_locked_item_may_still_be_edited_by_hand() -> None:
    agenda = edits.edit_field(edits.lock(AGENDA, EXPLORE), EXPLORE, "question", "Where did you look?")
    assert agenda.item(EXPLORE).locked


def test_the_next_card_keeps_minutes_and_goal_and_goes_round() -> None:
    before = AGENDA.item(EXPLORE)
    cards = {card.id for card in SHELF if Block.EXPLORE in card.blocks and card.topic is not Topic.CONTRACT}
    seen, agenda = {before.card_id}, AGENDA
    for _ in cards:
        agenda = edits.next_card(agenda, BRIEF, EXPLORE)
        item = agenda.item(EXPLORE)
        assert (item.minutes, item.goal_id, item.block) == (before.minutes, before.goal_id, before.block)
        seen.add(item.card_id)
    assert seen == cards


def test_no_other_card_says_so() -> None:
    with pytest.raises(InvalidInput, match="no other card"):
        edits.next_card(AGENDA, BRIEF, PRACTICE)


def test_a_regenerated_item_replaces_its_earlier_removed_texts() -> None:
    def removed(item_id: str, text: str) -> RemovedText:
        return RemovedText(item_id=item_id, field="why", text=text, reason="It breaks off.")

    agenda = AGENDA.model_copy(update={"removed": (removed(EXPLORE, "old"), removed(GIVE, "kept"))})
    after = edits.replace_item(agenda, agenda.item(EXPLORE), [removed(EXPLORE, "new")])
    assert [text.text for text in after.removed] == ["kept", "new"]


@pytest.mark.parametrize("length", [15, 20, 45, 90, 180])
@pytest.mark.parametrize("promises", [(), (a_commitment("c1"), a_commitment("c2", text="send notes"))])
def test_the_rescue_form_is_clean_whatever_it_comes_from(length: int, promises: tuple[object, ...]) -> None:
    brief = a_brief(length, goals=BRIEF.goals, open_commitments=promises, theme_cards=(HANDS_ON,))
    agenda = edits.shorten(plan(brief), brief)
    assert [item.minutes for item in agenda.items] == [2, 11, 2]
    assert agenda.items[0].commitment_ids == tuple(c.id for c in brief.open_commitments)
    assert lint(agenda, brief.model_copy(update={"minutes": 15})) == ()


def test_the_rescue_form_keeps_the_locked_item_and_names_what_waits() -> None:
    agenda = edits.shorten(edits.lock(AGENDA, PRACTICE), BRIEF)
    assert agenda.items[1].id == PRACTICE
    assert agenda.goal_ids == ("g2",)
    assert agenda.note == "Left for another session: “understand why juniors ignore our internal channels”."


def test_the_rescue_form_can_be_made_of_an_agenda_that_lost_its_parts() -> None:
    bare = AGENDA.model_copy(update={"items": (AGENDA.item(GIVE),)})
    agenda = edits.shorten(bare, BRIEF)
    assert blocks(agenda) == [Block.CHECK_IN, Block.EXPLORE, Block.COMMIT]
    assert lint(agenda, BRIEF) == ()


@pytest.mark.parametrize("edit", [lambda a: edits.lock(a, "nope"), lambda a: edits.move(a, "nope", 1)])
def test_an_unknown_item_is_not_found(edit: Callable[[Agenda], Agenda]) -> None:
    with pytest.raises(NotFound, match="nope"):
        edit(AGENDA)
