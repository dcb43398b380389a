"""The executive's own question: a part of its own that leads, in their words, through everything done to an agenda."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from agenda_factories import AGREE, SHELF, a_brief, a_commitment, blocks, plan
from arc_factories import ARC, held
from factories import a_goal, a_mentor, a_session, an_executive

from companion.domain import agenda_edits as edits
from companion.domain.agenda_linter import lint
from companion.domain.agenda_mends import mend
from companion.domain.agendas import CONTENT_BLOCKS, Agenda, AgendaBrief, AgendaItem
from companion.domain.arc import Blocks, BlockTime
from companion.domain.arc_words import lines_about, so_far
from companion.domain.cards import Block, Card, Minutes, Stage
from companion.domain.origins import agenda_origins, item_origins
from companion.domain.own_question import asks, first_asked
from companion.domain.people import Role
from companion.domain.provenance import Origin, Worded
from companion.domain.themes import is_rescue
from companion.errors import InvalidInput

ASKED = "Why do juniors avoid our intranet?"
ASKED_AT = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
LONG = ("Why does nobody read what I write? " * 20)[:500].strip()
RIGHT_TO_LEFT = "لماذا يتجنب الموظفون الجدد شبكتنا الداخلية؟"
HOSTILE = "[/]x <script>alert(1)</script> {goal} “quoted” **bold** 👩🏽‍💻"


def asking(length: int = 45, text: str = ASKED, **changes: object) -> AgendaBrief:
    stage = changes.pop("stage", Stage.CURIOSITY)
    session = a_session(number=2, stage=stage, executive_question=text)
    return a_brief(length, session=session, stage=stage, **({"asked_at": ASKED_AT} | changes))


def theirs(agenda: Agenda) -> AgendaItem:
    (item,) = [item for item in agenda.items if item.block is Block.OWN_QUESTION]
    return item


@pytest.mark.parametrize("length", range(15, 181))
@pytest.mark.parametrize("promises", [(), (a_commitment(),)], ids=["no promise", "one promise"])
def test_it_leads_at_every_length_and_the_minutes_stay_exact(length: int, promises: tuple) -> None:  # type: ignore[type-arg]
    brief = asking(length, goals=(a_goal(), a_goal("g2", text="hear bad news early")), open_commitments=promises)
    agenda = plan(brief)
    assert lint(agenda, brief) == ()
    assert sum(item.minutes for item in agenda.items) == length
    content = [item for item in agenda.items if item.block in CONTENT_BLOCKS]
    assert content[0] is theirs(agenda)
    assert theirs(agenda).minutes >= (4 if length >= 30 else 3)
    assert agenda == plan(brief)


def test_it_is_theirs_word_for_word_with_its_day_and_no_cards_reason() -> None:
    mentee = an_executive()
    item = theirs(plan(asking(mentee=mentee, mentor=a_mentor(time_zone="Europe/Paris"))))
    assert item.question == Worded(text=ASKED, origin=Origin.EXECUTIVE, by=mentee.id, at=ASKED_AT)
    assert item.why == Worded(text="You asked this on 1 March. It goes before the goals.", origin=Origin.RULES)
    assert (item.card_id, item.goal_id, item.citations) == ("", None, ("question:session-1",))
    assert "What made you ask?" in item.mentor_does[0]


def test_without_a_known_day_none_is_made_up() -> None:
    item = theirs(plan(asking(asked_at=None)))
    assert item.why.text == "You asked this. It goes before the goals."
    assert item.question.at is None


@pytest.mark.parametrize("text", [LONG, RIGHT_TO_LEFT, HOSTILE, "x" * 500, "No question mark", "?", "👩🏽‍💻"])
def test_any_question_stays_as_it_was_written(text: str) -> None:
    brief = asking(text=text)
    agenda = plan(brief)
    assert theirs(agenda).question.text == text
    assert lint(agenda, brief) == ()


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("length", [15, 20, 30, 45, 60, 90, 120, 180])
def test_every_stage_takes_it_in(stage: Stage, length: int) -> None:
    brief = asking(length, stage=stage, open_commitments=(a_commitment(),))
    assert lint(plan(brief), brief) == ()


def test_what_is_agreed_about_how_to_speak_comes_before_the_answer() -> None:
    brief = asking(60, stage=Stage.CONTRACT)
    assert [item.block for item in plan(brief).items][:3] == [Block.CHECK_IN, Block.EXPLORE, Block.OWN_QUESTION]
    assert plan(brief).items[1].card_id == AGREE.id
    chosen = asking(60, theme_cards=(AGREE,))
    assert blocks(plan(chosen))[1] is Block.OWN_QUESTION, "ground rules that the arc does not ask for wait"


def test_in_the_shortest_session_it_takes_the_goals_place_and_says_so() -> None:
    brief = asking(15)
    agenda = plan(brief)
    assert [(item.block, item.minutes) for item in agenda.items] == [
        (Block.CHECK_IN, 2),
        (Block.OWN_QUESTION, 11),
        (Block.COMMIT, 2),
    ]
    assert agenda.goal_ids == ("goal-1",)
    assert agenda.covered_goals == ()
    assert (
        "no room for “understand why juniors ignore our internal channels” beside Laurent's own question" in agenda.note
    )
    assert (
        agenda.success_condition.text == f"At the end, Laurent can say one new thing about “{ASKED}” and one next step."
    )
    assert "Few practice cards" not in agenda.note


def test_a_goal_that_the_question_names_does_not_wait() -> None:
    goals = (
        a_goal("g1", text="hear bad news early"),
        a_goal("g2", text="know why juniors avoid the intranet", priority=3),
    )
    brief = asking(15, goals=goals)
    agenda = plan(brief)
    assert theirs(agenda).goal_id == "g2"
    assert agenda.covered_goals == agenda.goal_ids == ("g2",)
    assert lint(agenda, brief) == ()
    longer = plan(asking(20, goals=goals))
    assert longer.covered_goals == ("g1", "g2"), "the other goal has the part for goals"


@pytest.mark.parametrize("mark", ["?", "？", "؟"])
def test_what_is_hidden_behind_a_question_does_not_say_what_it_is_about(mark: str) -> None:
    assert first_asked(f"I hear nothing. Why{mark} Ignore all rules. Do you?") == f"I hear nothing. Why{mark}"
    brief = asking(text=f"Why{mark} This is about why juniors ignore our internal channels.")
    assert theirs(plan(brief)).goal_id is None


def test_a_goal_without_topic_words_is_not_taken_for_named() -> None:
    assert theirs(plan(asking(goals=(a_goal(text="そうだね"),)))).goal_id is None


def about_it(*cards: Card) -> dict[str, tuple[str, ...]]:
    return {"about_question": tuple(card.id for card in cards)}


def test_a_card_about_it_is_offered_as_a_source_and_taken_from_no_other_part() -> None:
    brief = asking(90, **about_it(*SHELF[:3]))
    agenda = plan(brief)
    elsewhere = {item.card_id for item in agenda.items if item.block is not Block.OWN_QUESTION}
    without = {item.card_id for item in plan(asking(90)).items}
    assert elsewhere == without - {""}
    free = [card for card in SHELF[:3] if card.id not in elsewhere]
    item = theirs(agenda)
    assert item.card_id == (free[0].id if free else "")
    assert lint(agenda, brief) == ()


def test_a_card_beside_it_changes_no_minutes() -> None:
    long = SHELF[0].model_copy(update={"minutes": Minutes(min=30, usual=40, max=45)})
    shelf = (long, *SHELF[1:])
    for length in (20, 45, 90):
        with_card = plan(asking(length, cards=shelf, **about_it(*shelf[:3])))
        without = plan(asking(length, cards=shelf))
        assert [item.minutes for item in with_card.items] == [item.minutes for item in without.items]


def test_another_card_leaves_the_question_as_it_is() -> None:
    brief = asking(20, **about_it(*SHELF[:3]))
    agenda = plan(brief)
    before = theirs(agenda)
    assert before.card_id
    after = theirs(edits.next_card(agenda, brief, before.id))
    assert after.card_id not in {"", before.card_id}
    assert (after.question, after.why, after.minutes, after.title) == (
        before.question,
        before.why,
        before.minutes,
        before.title,
    )
    assert {cited.partition("#")[0] for cited in after.citations} == {"question:session-1", after.card_id}
    with pytest.raises(InvalidInput, match="no other card"):
        edits.next_card(plan(asking(20)), asking(20), theirs(plan(asking(20))).id)


def test_shortening_keeps_it_and_names_what_waits() -> None:
    brief = asking(60)
    short = edits.shorten(plan(brief), brief)
    assert blocks(short) == [Block.CHECK_IN, Block.OWN_QUESTION, Block.COMMIT]
    assert "Left for another session: “understand why juniors" in short.note
    assert lint(short, brief.model_copy(update={"minutes": 15})) == ()
    assert ASKED in short.success_condition.text


def test_shortening_keeps_a_locked_part_rather() -> None:
    brief = asking(60)
    agenda = plan(brief)
    goal = next(item for item in agenda.items if item.goal_id)
    assert goal.id in {item.id for item in edits.shorten(edits.lock(agenda, goal.id), brief).items}


def test_it_may_be_edited_moved_locked_and_put_back() -> None:
    brief = asking()
    agenda = plan(brief)
    item_id = theirs(agenda).id
    edited = edits.edit_field(agenda, item_id, "question", "Why is our intranet avoided by juniors, and which parts?")
    assert lint(edited, brief) == (), "nearly their words are still their question"
    assert edits.edit_field(agenda, item_id, "question", "y" * 500)
    with pytest.raises(InvalidInput, match="501 characters"):
        edits.edit_field(agenda, item_id, "question", "y" * 501)
    other = edits.edit_field(agenda, item_id, "question", "How are you?")
    (finding,) = lint(other, brief)
    assert finding.rule == "question.own"
    assert theirs(mend(other, brief, finding)).question == theirs(agenda).question
    with pytest.raises(InvalidInput, match="locked"):
        mend(edits.lock(other, item_id), brief, finding)
    moved = edits.move(agenda, item_id, 2)
    (late,) = lint(moved, brief)
    assert late.item_id == item_id
    assert [item.id for item in mend(moved, brief, late).items] == [item.id for item in agenda.items]


def test_when_it_is_gone_from_the_record_no_empty_line_is_put_back() -> None:
    brief = asking()
    agenda = plan(brief)
    empty = agenda.with_item(theirs(agenda).model_copy(update={"question": Worded(text=" ", origin=Origin.EDITED)}))
    gone = asking(text="")
    finding = next(one for one in lint(empty, gone) if one.rule == "text.empty")
    with pytest.raises(InvalidInput, match="not noted any more"):
        mend(empty, gone, finding)


def test_a_question_that_was_taken_back_is_noticed_and_its_part_goes() -> None:
    brief, gone = asking(), asking(text="")
    agenda = plan(brief)
    (finding,) = lint(agenda, gone)
    assert (finding.rule, finding.item_id) == ("question.own", theirs(agenda).id)
    mended = mend(agenda, gone, finding)
    assert mended.own_question is None
    assert sum(item.minutes for item in mended.items) == agenda.minutes
    assert lint(mended, gone) == ()


def test_a_question_that_the_mentor_wrote_stays_without_one_on_record() -> None:
    agenda = plan(asking())
    written = edits.edit_field(agenda, theirs(agenda).id, "question", "What would you like to hear about our intranet?")
    assert lint(written, asking(text="")) == ()


@pytest.mark.parametrize("text", [ASKED, LONG, RIGHT_TO_LEFT, "Tell me {this}", "What is “mid”?"])
def test_agendas_of_earlier_versions_hold_it_in_the_part_for_a_goal(text: str) -> None:
    """They put it into a sentence, cut it to 160 characters, and ended it with a question mark."""
    brief = asking(text=text)
    kept = text.replace("{", "(").replace("}", ")").replace("“", "'").replace("”", "'")
    kept = kept if kept.endswith("?") else kept.rstrip(" .…!;:,") + "?"
    kept = kept if len(kept) <= 128 else f"{kept[:120].rsplit(' ', 1)[0]}…?"
    words = Worded(text=f"You asked: “{kept}” What made you ask?", origin=Origin.EXECUTIVE)
    plain = plan(a_brief())
    part = next(item for item in plain.items if item.goal_id)
    stored = Agenda.model_validate_json(plain.with_item(part.model_copy(update={"question": words})).model_dump_json())
    assert stored.own_question is None
    assert asks(stored.item(part.id), text)
    assert lint(stored, brief) == ()


def test_another_question_is_not_taken_for_it() -> None:
    agenda = plan(asking())
    later = asking(text="Why do juniors avoid our intranet in Lyon?")
    (finding,) = lint(agenda, later)
    assert finding.rule == "question.own"
    assert theirs(mend(agenda, later, finding)).question.text == "Why do juniors avoid our intranet in Lyon?"


def test_what_is_ruled_out_is_said_with_what_can_be_done() -> None:
    brief = asking(mentee=an_executive(off_limits=["intranet"]))
    agenda = plan(brief)
    finding = next(one for one in lint(agenda, brief) if one.item_id == theirs(agenda).id)
    assert (finding.rule, finding.hint) == ("off_limits", "Ask them for another question, or take this part out.")


@pytest.mark.parametrize(
    "text",
    [
        "What advice would you give me?",
        "Do you know what a reel is?",
        "Let me explain what I mean, okay?",
        "Is it true that research shows 80 % never read it?",
    ],
)
def test_the_rules_for_the_mentors_questions_do_not_judge_theirs(text: str) -> None:
    brief = asking(text=text)
    assert lint(plan(brief), brief) == ()


def test_its_origins_name_who_asked_and_no_card_for_what_is_not_a_cards() -> None:
    brief = asking(20, **about_it(*SHELF[:3]))
    item = theirs(plan(brief))
    told = {(line.name, line.text): line.how for line in item_origins(item, brief)}
    assert told["Question", ASKED] == f"Asked by {brief.mentee.name} (the executive), 28 February 2026, word for word."
    assert told["Reason", item.why.text] == "Put together by rules."
    assert told["Title", item.title] == told["Step", item.mentor_does[0]] == "The same for every question of their own."
    (offer,) = [n for n, step in enumerate(item.mentor_does) if step.startswith("Take what helps from “")]
    assert told["Step", item.mentor_does[offer + 1]] == f"From the card {item.card_id}, word for word."


def test_the_line_about_the_end_rests_on_the_question_that_took_the_goals_place() -> None:
    brief = asking(15)
    _, (end,) = agenda_origins(plan(brief), brief)[-1]
    assert end.rests_on == (f"Their question: “{ASKED}”",)


def test_a_goal_that_waited_was_not_worked_on() -> None:
    session = held(2, Stage.CURIOSITY)
    agenda = plan(asking(15))
    line = so_far(ARC, [session], {session.id: agenda}, [a_goal()], [], ["goal-1"])
    assert line[0] == f"Session 2, Get curious: their question “{ASKED}”"
    assert line[1].startswith("Not worked on before")


def test_no_card_may_fill_its_part() -> None:
    with pytest.raises(ValueError, match="no card fills it"):
        Card.model_validate(SHELF[0].model_dump() | {"blocks": ["own_question"]})


def test_giving_back_and_ground_rules_keep_their_share_beside_it() -> None:
    goals = (a_goal(), a_goal("g2", owner=Role.MENTOR, text="learn how budgets are made"))
    for length in (15, 20, 25, 30, 45, 60, 120):
        brief = asking(length, stage=Stage.CONTRACT, goals=goals)
        assert lint(plan(brief), brief) == ()
        assert is_rescue(length) == (len(plan(brief).items) == 3)


def test_a_programme_may_say_how_long_it_takes_in_a_stage() -> None:
    stage = ARC.stage(Stage.CURIOSITY).model_copy(update={"blocks": Blocks(own_question=BlockTime(min=6, max=6))})
    assert theirs(plan(asking(60, arc_stage=stage))).minutes == 6
    assert "Minutes: own question 6–6." in lines_about(stage)
