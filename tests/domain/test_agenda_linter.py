from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from agenda_factories import SEARCH, a_brief, a_commitment, plan
from factories import a_card, a_goal, a_mentor, an_executive

from companion.domain.agenda_linter import lint
from companion.domain.agenda_summary import summarise
from companion.domain.agendas import Agenda, AgendaItem
from companion.domain.cards import Block
from companion.domain.people import Role
from companion.domain.provenance import Origin, Worded

GOALS = (a_goal("g1"), a_goal("g2", text="hear bad news early"))
BRIEF = a_brief(
    goals=GOALS,
    open_commitments=(a_commitment(),),
    mentee=an_executive(off_limits=["my divorce", "layoffs in Lyon", "art"]),
    mentor=a_mentor(off_limits=["religion"]),
)
GOOD = plan(BRIEF)
Change = Callable[[Agenda], Agenda]


def place(block: Block, agenda: Agenda = GOOD) -> int:
    return next(n for n, item in enumerate(agenda.items) if item.block is block)


def with_items(items: Iterable[AgendaItem]) -> Agenda:
    return GOOD.model_copy(update={"items": tuple(items)})


def changed(block: Block, **changes: object) -> Agenda:
    at = place(block)
    item = GOOD.items[at].model_copy(update=changes)
    return with_items((*GOOD.items[:at], item, *GOOD.items[at + 1 :]))


def worded(block: Block, text: str, field: str = "question") -> Agenda:
    return changed(block, **{field: Worded(text=text, origin=Origin.EDITED)})


def longer(block: Block, by: int, other: Block) -> Agenda:
    minutes = {block: by, other: -by}
    return with_items(
        item.model_copy(update={"minutes": item.minutes + minutes.get(item.block, 0)}) for item in GOOD.items
    )


def without(block: Block) -> Agenda:
    kept = [item for item in GOOD.items if item.block is not block]
    kept[0] = kept[0].model_copy(update={"minutes": kept[0].minutes + GOOD.items[place(block)].minutes})
    return with_items(kept)


def moved(block: Block, to: int) -> Agenda:
    items = list(GOOD.items)
    items.insert(to, items.pop(place(block)))
    return with_items(items)


def doubled_give_back() -> Agenda:
    give = GOOD.items[place(Block.REVERSE_ASK)]
    extra = give.model_copy(update={"id": "item-9", "minutes": 1, "card_id": "", "citations": ("goal:g1",)})
    first = GOOD.items[0].model_copy(update={"minutes": GOOD.items[0].minutes - 1})
    return with_items((first, *GOOD.items[1:-1], extra, GOOD.items[-1]))


def all_give_back() -> Agenda:
    """The mentor's parts shrink to a minute, and the next step takes what they leave."""
    taught = {Block.EXPLORE, Block.PRACTICE}
    left = sum(item.minutes - 1 for item in GOOD.items if item.block in taught)
    return with_items(
        item.model_copy(
            update={"minutes": 1 if item.block in taught else item.minutes + left * (item.block is Block.COMMIT)}
        )
        for item in GOOD.items
    )


SEARCH_CITED = tuple(passage.id for passage in SEARCH.passages()[:1])
Q = "question"
EXPLORE, GIVE, COMMIT = Block.EXPLORE, Block.REVERSE_ASK, Block.COMMIT
BAD: dict[str, tuple[str, Agenda]] = {
    "a minute too many": ("time.exact", changed(COMMIT, minutes=GOOD.items[-1].minutes + 1)),
    "ten minutes too few": ("time.exact", changed(EXPLORE, minutes=GOOD.items[place(EXPLORE)].minutes - 1)),
    "another length": ("time.exact", GOOD.model_copy(update={"minutes": 60})),
    "the executive teaches most": ("share.mentor", all_give_back()),
    "opens by telling": ("question.first", worded(EXPLORE, "I will show you how it works.")),
    "opens with an order": ("question.first", worded(EXPLORE, "Tell me where you looked first")),
    "closes with a statement": ("question.form", worded(COMMIT, "You will try one small thing.")),
    "arrives with a statement": ("question.form", worded(Block.CARRY_OVER, "We look at the stand-up.")),
    "a goal without an item": ("goal.uncovered", changed(EXPLORE, goal_id="g2")),
    "a goal chosen later": ("goal.uncovered", GOOD.model_copy(update={"goal_ids": ("g1", "g2", "g3")})),
    "the promise is dropped": ("commitment.dropped", changed(Block.CARRY_OVER, commitment_ids=())),
    "the promises part is gone": ("commitment.dropped", without(Block.CARRY_OVER)),
    "off-limits in a question": ("off_limits", worded(EXPLORE, "How was your divorce?")),
    "off-limits in another form": ("off_limits", worded(EXPLORE, "Who was told about the lay-offs at Lyon?")),
    "off-limits for the mentor": ("off_limits", worded(COMMIT, "What does your religion say?")),
    "off-limits in a step": ("off_limits", changed(EXPLORE, mentor_does=("Ask about divorces.",))),
    "off-limits in the success line": (
        "off_limits",
        GOOD.model_copy(update={"success_condition": Worded(text="More art.", origin=Origin.EDITED)}),
    ),
    "off-limits in a title": ("off_limits", changed(EXPLORE, title="The divorced")),
    "give-back too long": ("give_back.long", longer(GIVE, 1, EXPLORE)),
    "give-back far too long": ("give_back.long", longer(GIVE, 3, EXPLORE)),
    "two give-back parts": ("give_back.twice", doubled_give_back()),
    "asks for career advice": ("give_back.place", worded(EXPLORE, "What advice would you give me for my career?")),
    "asks to be coached": ("give_back.place", worded(EXPLORE, "Would you coach Amira on this for a while?")),
    "a step that asks for advice": ("give_back.place", changed(EXPLORE, mentor_does=("Ask them for advice.",))),
    "how did you become": ("give_back.place", worded(COMMIT, "How did you become a director?")),
    "an invented source": ("citation.unknown", changed(EXPLORE, citations=("RM-999#nothing", "goal:g1"))),
    "an invented goal": ("citation.unknown", changed(EXPLORE, citations=("goal:g9",))),
    "a closed promise": ("citation.unknown", changed(EXPLORE, citations=("goal:g1", "commitment:c9"))),
    "a question too long": ("text.long", worded(EXPLORE, "Why " + "so " * 60 + "long?")),
    "a reason too long": ("text.long", worded(COMMIT, "w" * 161, "why")),
    "an empty question": ("text.empty", worded(EXPLORE, "  ")),
    "an empty reason": ("text.empty", worded(EXPLORE, "", "why")),
    "an empty success line": (
        "text.empty",
        GOOD.model_copy(update={"success_condition": Worded(text="", origin=Origin.EDITED)}),
    ),
    "an appraisal": ("person.judged", worded(EXPLORE, "How would you appraise your deputy?")),
    "a promotion": ("person.judged", worded(EXPLORE, "It helps your promotion.", "why")),
    "a rating": ("person.judged", worded(COMMIT, "How do you rate Amira's work?")),
    "an underperformer": ("person.judged", worded(COMMIT, "What do underperformers need?")),
    "your generation": ("generation.stereotype", worded(EXPLORE, "What does your generation think?")),
    "as a millennial": ("generation.stereotype", worded(COMMIT, "As a millennial, what would you do?")),
    "young people always": ("generation.stereotype", worded(EXPLORE, "Young people are always online.", "why")),
    "at your age": ("generation.stereotype", worded(COMMIT, "Who learns that at your age?")),
    "no next step at the end": ("close.missing", moved(COMMIT, 0)),
    "the next step is gone": ("close.missing", without(COMMIT)),
    "the promises come late": ("order", moved(Block.CARRY_OVER, len(GOOD.items) - 2)),
    "one card twice": ("card.twice", changed(COMMIT, card_id=SEARCH.id, citations=SEARCH_CITED)),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_agenda_is_caught_by_exactly_its_rule(name: str) -> None:
    rule, agenda = BAD[name]
    findings = lint(agenda, BRIEF)
    assert [finding.rule for finding in findings] == [rule] * len(findings)
    assert findings
    assert all(finding.message.endswith(".") and finding.hint for finding in findings)


def test_there_are_enough_bad_agendas_and_every_rule_has_one() -> None:
    assert len(BAD) >= 30
    assert {rule for rule, _ in BAD.values()} >= {
        "time.exact", "share.mentor", "question.first", "question.form", "goal.uncovered", "commitment.dropped",
        "off_limits", "give_back.long", "give_back.twice", "give_back.place", "citation.unknown", "text.long",
        "text.empty", "person.judged", "generation.stereotype", "close.missing", "order", "card.twice",
    }  # fmt: skip


def test_a_good_agenda_has_no_findings() -> None:
    assert lint(GOOD, BRIEF) == ()


@pytest.mark.parametrize(
    "question",
    [
        "Which customers of the new generation of products did you meet?",
        "When did the project start to feel hard?",
        "What did the youngest colleague in your team ask last week?",
        "Who decides about juniors joining a meeting?",
        "What would you tell your team about it?",
        "Which party did you part with?",
    ],
)
def test_harmless_words_are_let_through(question: str) -> None:
    assert lint(worded(EXPLORE, question), BRIEF) == ()


def test_a_subject_the_executive_named_may_be_spoken_about() -> None:
    goals = (a_goal(text="how promotion decisions look to juniors"),)
    brief = a_brief(goals=goals)
    assert lint(plan(brief), brief) == ()


def test_without_a_part_of_the_mentor_the_content_is_missing() -> None:
    brief = a_brief()
    agenda = plan(brief)
    bare = [item for item in agenda.items if item.block not in (Block.EXPLORE, Block.PRACTICE, Block.REVERSE_ASK)]
    rules = [finding.rule for finding in lint(agenda.model_copy(update={"items": tuple(bare)}), brief)]
    assert "content.missing" in rules
    assert "share.mentor" not in rules


def test_more_than_eight_items_are_many() -> None:
    brief = a_brief(180, cards=(*a_brief().cards, *(a_card(f"RM-1{n:02}", title=f"Card {n}") for n in range(9))))
    agenda = plan(brief)
    more = tuple(
        agenda.items[1].model_copy(update={"id": f"x{n}", "card_id": f"RM-1{n:02}", "minutes": 1, "title": f"x {n}"})
        for n in range(5, 9)
    )
    items = (agenda.items[0].model_copy(update={"minutes": 1}), *more, *agenda.items[1:])
    assert "items.many" in [f.rule for f in lint(agenda.model_copy(update={"items": items}), brief)]


def test_the_summary_counts() -> None:
    figures = summarise(GOOD)
    taught = [item for item in GOOD.items if item.block in (Block.EXPLORE, Block.PRACTICE)]
    assert figures.minutes == figures.target == 45
    assert figures.mentor_minutes == sum(item.minutes for item in taught)
    assert figures.teaching_minutes == figures.mentor_minutes + GOOD.items[place(GIVE)].minutes
    assert figures.teaching_share == figures.mentor_minutes / figures.teaching_minutes
    assert figures.covered_goals == figures.goals == ("g1", "g2")


def test_findings_about_an_item_name_it_and_others_do_not() -> None:
    (finding,) = lint(BAD["give-back too long"][1], BRIEF)
    assert finding.item_id == GOOD.items[place(GIVE)].id
    assert (finding.severity, finding.message) == (
        "error",
        "The give-back part takes 6 minutes; 5 are the most.",
    )
    (whole,) = lint(BAD["a minute too many"][1], BRIEF)
    assert whole.item_id is None
    assert whole.message == "The items take 1 minute more than the 45 planned."


def test_a_mentors_goal_needs_its_item_too() -> None:
    brief = a_brief(goals=(a_goal("g1"), a_goal("g2", owner=Role.MENTOR, text="learn how budgets are made")))
    agenda = plan(brief)
    bare = tuple(item for item in agenda.items if item.block is not GIVE)
    rules = {finding.rule for finding in lint(agenda.model_copy(update={"items": bare}), brief)}
    assert rules == {"time.exact", "goal.uncovered"}
