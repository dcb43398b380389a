"""The executive's own question on the Prepare screen: asked, put in by one key, left alone by the model."""

import pytest
from test_prepare import NARROW, WIDE, at_prepare

from companion.domain.cards import Block
from companion.domain.provenance import Origin
from companion.services import prepare_agenda, sessions
from companion.tui.screens.edit_item import EditItemScreen
from companion.tui.widgets.agenda import AgendaList, AgendaRow
from companion.tui.widgets.item_details import ItemDetails
from companion.tui.widgets.linter import LinterStrip

HOSTILE = "Why [/] is <b>nobody</b> reading {it}? لماذا؟"


def asked(companion, text, minutes=0):
    with companion.store.get().read() as tx:
        session = next(one for one in tx.sessions.of_pairing("pairing-1") if one.is_open)
    sessions.ask(companion, session.id, text)
    if minutes:
        goals = prepare_agenda.choices(companion, "pairing-1").suggested
        prepare_agenda.begin(companion, session.id, goals, minutes)


def row_of(at):
    return next(row for row in at.screen.query(AgendaRow) if row.box.item.block is Block.OWN_QUESTION)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_it_stands_in_a_part_of_its_own_and_not_in_the_head_as_well(app, companion, until, size):
    asked(companion, HOSTILE, 45)
    async with at_prepare(app, until, size=size) as at:
        await at.until(lambda: at.screen.stage == "agenda" and at.agenda.own_question)
        at.screen.query_one(AgendaList).current = at.agenda.own_question.id
        await at.until(lambda: "Laurent asks" in str(row_of(at).render()))
        shown = " ".join(str(row_of(at).render()).split())
        assert "Own question" in shown
        assert "asked 2 March" in shown
        assert HOSTILE in shown
        assert "You asked this on 2 March. It goes before the goals." in shown
        details = str(at.screen.query_one(ItemDetails).render())
        assert "What made you ask?" in details
        assert "asks:" not in at.text("#prepare-head")
        await at.press("c")
        await at.until(lambda: at.screen.stage == "choices")
        assert "Laurent asks:" in at.text("#prepare-head")


async def test_while_the_model_words_the_rest_it_stays_and_cannot_be_worded(app, companion, writer, until):
    asked(companion, HOSTILE)
    async with at_prepare(app, until) as at:
        await at.made()
        item = at.agenda.own_question
        assert item.question.text == HOSTILE
        assert Origin.MODEL in {one.question.origin for one in at.agenda.items}
        told = len(writer.asked)
        at.screen.query_one(AgendaList).current = item.id
        await at.press("g")
        await at.until(lambda: any("own question" in note.title for note in app._notifications))
        assert len(writer.asked) == told
        await at.press("e")
        assert isinstance(at.app.screen, EditItemScreen)
        assert f"{len(HOSTILE)}/500" in at.text("#question-label")
        await at.press("escape")


async def test_a_question_that_came_later_is_put_in_by_one_key_and_taken_back(app, companion, until):
    async with at_prepare(app, until) as at:
        await at.made()
        before = at.agenda.items
        await at.press("i", *"Why", "question_mark", "enter")
        await at.until(lambda: "does not come up" in at.text(LinterStrip))
        await at.press("f")
        await at.until(lambda: at.agenda.own_question)
        assert at.agenda.own_question.question.text == "Why?"
        assert "does not come up" not in at.text(LinterStrip)
        await at.press("u")
        await at.until(lambda: at.agenda.items == before)


async def test_in_a_quarter_of_an_hour_the_screen_says_that_the_goal_waits(app, companion, until):
    asked(companion, "Why do juniors avoid our intranet?", 15)
    async with at_prepare(app, until, size=NARROW) as at:
        await at.until(lambda: at.screen.stage == "agenda")
        assert "goal waits" in at.text(LinterStrip)
        assert "beside Laurent's own question" in at.text("#agenda-note")


async def test_a_key_adds_to_their_question_and_takes_none_of_it_away(app, companion, until):
    asked(companion, "Why is nobody reading it")
    async with at_prepare(app, until) as at:
        await at.made()
        await at.press("i", "question_mark", "enter")
        await at.until(lambda: "Why is nobody reading it?" in at.text("#prepare-head"))
