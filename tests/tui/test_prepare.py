"""The Prepare screen: choose, watch it being worded, edit, undo, deliver; with a model that helps, stalls or fails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from factories import a_goal, a_mentor, a_pairing, a_proposal, a_run, a_session, an_executive
from textual.widgets import Button, Footer, Input, OptionList, Static, TextArea
from textual.widgets._footer import FooterKey

from companion.domain import agenda_edits
from companion.domain.cards import Stage
from companion.domain.provenance import Origin, Worded
from companion.domain.sessions import SessionStatus
from companion.errors import ModelMissing, ModelTimeout
from companion.lazy import Lazy
from companion.services import deliver_agenda, pairings, prepare_agenda, sessions
from companion.services.companion import Companion
from companion.tui.app import CompanionApp
from companion.tui.screens.cards import CardsScreen
from companion.tui.screens.confirm import ConfirmScreen
from companion.tui.screens.delivered import DeliveredScreen
from companion.tui.screens.edit_item import EditItemScreen
from companion.tui.screens.prepare import PrepareScreen
from companion.tui.screens.prepare_agenda import AgendaPane
from companion.tui.widgets.agenda import AgendaList, AgendaRow
from companion.tui.widgets.choice import Choice, LengthPicker, MinutesInput
from companion.tui.widgets.item_details import ItemDetails
from companion.tui.widgets.linter import LinterStrip

Until = Callable[[Any, Callable[[], object]], Any]
WIDE, NARROW = (120, 40), (80, 24)


class At:
    """The Prepare screen under a pilot."""

    def __init__(self, app: CompanionApp, pilot: Any, until: Until) -> None:
        self.app, self.pilot, self._until = app, pilot, until

    async def until(self, what: Callable[[], object]) -> None:
        await self._until(self.pilot, what)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    @property
    def screen(self) -> PrepareScreen:
        return next(s for s in self.app.screen_stack if isinstance(s, PrepareScreen))

    @property
    def pane(self) -> AgendaPane:
        return self.screen.query_one(AgendaPane)

    @property
    def agenda(self) -> Any:
        assert self.pane.draft is not None
        return self.pane.draft.agenda

    @property
    def head(self) -> Any:
        """The agenda as it is stored."""
        with self.app.companion.store.get().read() as tx:
            return tx.agendas.head(self.agenda.session_id)

    def text(self, selector: str | type[Any]) -> str:
        """What a widget shows, as plain text."""
        return str(self.app.screen.query(selector).first().render())

    async def made(self) -> None:
        """Enter on the suggestions, and wait until nothing is being worded any more."""
        await self.until(lambda: self.screen.stage == "choices")
        await self.press("enter")
        await self.until(lambda: self.screen.stage == "agenda" and not self.pane.busy)

    async def on_item(self, place: int) -> None:
        await self.press("home", *["down"] * place)
        assert self.screen.query_one(AgendaList).place == place


@asynccontextmanager
async def at_prepare(
    app: CompanionApp, until: Until, size: tuple[int, int] = WIDE, pairing: str | None = "pairing-1"
) -> AsyncIterator[At]:
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.companion.store.peek() is not None)
        if pairing is None:
            app.switch_mode("prepare")
        else:
            app.prepare(pairing)
        await until(pilot, lambda: isinstance(app.screen, PrepareScreen))
        yield At(app, pilot, until)


async def test_the_skeleton_is_there_at_once_and_then_worded_line_by_line(app, writer, until):
    writer.go_on.clear()
    async with at_prepare(app, until) as at:
        await at.until(lambda: at.screen.stage == "choices")
        await at.press("enter")
        await at.until(lambda: at.pane.busy and at.screen.query_one(AgendaList).writing)
        first = prepare_agenda.to_word(at.pane.draft)[0]
        assert {i.question.origin for i in at.agenda.items} == {Origin.CARD}
        assert sum(i.minutes for i in at.agenda.items) == at.agenda.minutes == 45
        assert at.screen.query_one(AgendaList).writing == first.id
        row = next(r for r in at.screen.query(AgendaRow) if r.box.item.id == first.id)
        assert "writing" in str(row.render())
        assert "0 of" in at.text("#job-what")
        writer.go_on.set()
        await at.until(lambda: not at.pane.busy)
        assert Origin.MODEL in {i.question.origin for i in at.agenda.items}
        assert at.head == at.agenda
        assert at.head.changed == "worded"
        assert at.screen.query_one(AgendaList).writing is None
        assert "◆" in "".join(str(row.render()) for row in at.screen.query(AgendaRow))


async def test_the_pair_the_session_and_every_row_say_where_they_come_from(app, until):
    async with at_prepare(app, until) as at:
        await at.made()
        head = at.text("#prepare-head")
        assert "Amira Haddad with Laurent Petit" in head
        assert "Session 1 of 6" in head
        assert "45 min" in head
        for row in at.screen.query(AgendaRow):
            assert row.box.item.card_id in str(row.render())
        rows = list(at.screen.query(AgendaRow))
        assert "00–" in str(rows[0].render())
        assert "–45" in str(rows[-1].render())
        strip = at.text(LinterStrip)
        assert "45/45 min ✔" in strip
        assert "off-limits ✔" in strip
        await at.on_item(len(rows) - 1)
        details = str(at.screen.query_one(ItemDetails).render())
        assert "Why it is here" in details
        assert "Cites RM-" in details


async def test_themes_follow_the_goals_and_three_is_the_most(app, companion, until):
    sessions.log(companion, "session-1")  # the second session suggests the second goal, and has themes of its own

    def offered(*goals: str) -> list[str]:
        return [theme.card_id for theme in prepare_agenda.choices(companion, "pairing-1", goals).themes]

    def shown(at: At) -> list[str]:
        return [choice.key for choice in at.screen.query("#themes Choice").results(Choice)]

    assert offered("goal-1") != offered("goal-2")
    async with at_prepare(app, until) as at:
        await at.until(lambda: at.screen.stage == "choices")
        goals = list(at.screen.query("#goals Choice").results(Choice))
        assert [c.ticked for c in goals] == [False, True]
        assert shown(at) == offered("goal-2")
        goals[1].focus()
        await at.press("space")
        assert "at least one goal" in at.text("#choices-note")
        await at.press("enter")
        assert at.screen.stage == "choices"
        await at.press("up", "space")
        await at.until(lambda: shown(at) == offered("goal-1"))
        await at.press("down", "space")
        await at.until(lambda: shown(at) == offered("goal-1", "goal-2"))
        await at.until(lambda: "For “" in str(at.screen.query("#themes Choice").first().render()))
        for choice in at.screen.query("#themes Choice").results(Choice):
            if not choice.ticked:
                choice.focus()
                await at.press("space")
        assert sum(c.ticked for c in at.screen.query("#themes Choice").results(Choice)) == 3
        assert "At most 3" in at.text("#choices-note")
        await at.press("enter")
        await at.until(lambda: at.screen.stage == "agenda" and not at.pane.busy)
        assert at.agenda.goal_ids == ("goal-1", "goal-2")


async def test_the_length_is_typed_or_picked_and_checked(app, until):
    async with at_prepare(app, until) as at:
        await at.until(lambda: at.screen.stage == "choices")
        line = at.screen.query_one(MinutesInput)
        line.focus()
        await at.press("up")
        assert line.value == "60"
        await at.press("down", "down")
        assert line.value == "30"
        line.value = "7"
        await at.press("enter")
        assert "15 to 180" in at.text("#choices-note")
        await at.pilot.click("Button.preset")
        assert at.screen.query_one(LengthPicker).minutes == 15
        await at.pilot.click("#make")
        await at.until(lambda: at.screen.stage == "agenda" and not at.pane.busy)
        assert at.agenda.minutes == 15
        assert "15 min" in at.text("#prepare-head")


async def test_esc_stops_and_keeps_what_has_arrived(app, writer, until):
    async with at_prepare(app, until) as at:
        await at.until(lambda: at.screen.stage == "choices")
        answered = writer.says

        def the_next_one_waits(variables):
            writer.go_on.clear()
            return answered(variables)

        writer.says = the_next_one_waits
        await at.press("enter")
        await at.until(lambda: len(writer.asked) == 2 and at.pane.busy)
        assert "1 of 2 lines" in at.text("#job-what")
        await at.press("escape")
        await at.until(lambda: not at.pane.busy)
        assert [i.question.origin for i in at.head.items].count(Origin.MODEL) == 1
        assert "Stopped" in at.head.note
        assert "Stopped" in at.text("#agenda-note")
        assert at.head == at.agenda
        writer.says = answered
        writer.go_on.set()
        await at.press("w")
        await at.until(lambda: not at.pane.busy)
        assert len(writer.asked) == 4
        assert at.head.note == ""
        assert not at.screen.query_one("#agenda-note").display


async def test_esc_works_while_the_model_is_still_loading(app, writer, until, monkeypatch):
    hold = writer.go_on
    monkeypatch.setattr(writer, "warm", lambda prompt_id: hold.wait(30))
    hold.clear()
    async with at_prepare(app, until) as at:
        await at.until(lambda: at.screen.stage == "choices")
        await at.press("enter")
        await at.until(lambda: at.pane.busy)
        assert "loading" in at.text("#job-what")
        await at.press("escape")
        await at.until(lambda: not at.pane.busy)
        assert writer.asked == []
        await at.press("e")
        assert at.app.screen.id != at.screen.id or len(at.app.screen_stack) > 1
        hold.set()


async def test_an_edit_is_marked_saved_undone_and_done_again(app, until):
    async with at_prepare(app, until) as at:
        await at.made()
        await at.on_item(1)
        before = at.agenda
        await at.press("e")
        area = at.app.screen.query_one("#question")
        area.text = "What did you try\nlast week?"
        await at.press("enter")
        await at.until(lambda: at.app.screen is at.screen)
        assert at.agenda.items[1].question.text == "What did you try last week?"
        assert at.agenda.items[1].question.origin is Origin.EDITED
        assert at.head == at.agenda
        assert "✎" in str(list(at.screen.query(AgendaRow))[1].render())
        await at.press("u")
        assert at.agenda == before
        assert at.head == before
        await at.press("ctrl+r")
        assert at.agenda.items[1].question.origin is Origin.EDITED
        await at.press("u", "U")
        assert at.head.items[1].question.origin is Origin.EDITED


async def test_what_code_can_put_right_takes_one_key_and_can_be_undone(app, until):
    async with at_prepare(app, until) as at:
        await at.made()
        await at.on_item(1)
        clean = at.agenda
        assert at.pane.check_action("mend", ()) is False
        await at.press("e")
        at.app.screen.query_one("#question").text = "Who told you that, and who complained?"
        await at.press("enter")
        await at.until(lambda: at.app.screen is at.screen)
        assert [finding.rule for finding in at.pane.draft.findings] == ["person.named"]
        assert at.pane.check_action("mend", ()) is True
        await at.press("f")
        assert at.pane.draft.findings == ()
        assert at.agenda.items[1].question.origin is Origin.CARD
        await at.press("u", "u")
        assert at.agenda == clean


async def test_an_item_is_added_from_a_card_that_is_found_by_typing(app, until):
    async with at_prepare(app, until) as at:
        await at.made()
        before = at.agenda
        await at.press("a")
        await at.until(lambda: at.app.screen is not at.screen)
        offered = at.app.screen.picks
        assert not {pick.key for pick in offered} & {item.card_id for item in before.items}
        await at.press("enter")
        await at.until(lambda: at.app.screen is at.screen)
        assert len(at.agenda.items) == len(before.items) + 1
        assert sum(item.minutes for item in at.agenda.items) == before.minutes
        assert {item.card_id for item in at.agenda.items} - {item.card_id for item in before.items} == {offered[0].key}
        await at.press("u")
        assert at.agenda == before


async def test_words_that_cannot_be_saved_stay_in_the_dialog(app, until):
    async with at_prepare(app, until) as at:
        await at.made()
        revision = at.head.revision
        await at.press("e")
        area = at.app.screen.query_one("#question")
        area.text = "x" * 10_000
        await at.press("ctrl+s")
        assert "10000" in at.text("#edit-error")
        assert len(area.text) == 10_000
        area.text = "   "
        await at.press("enter")
        assert "empty" in at.text("#edit-error")
        assert at.head.revision == revision
        await at.press("escape")
        assert at.app.screen is at.screen


async def test_a_stale_edit_shows_the_newer_agenda_and_keeps_the_typed_words(app, companion, until):
    async with at_prepare(app, until) as at:
        await at.made()
        await at.on_item(1)
        await at.press("e")
        other = prepare_agenda.open_draft(companion, "session-1")
        elsewhere = other.agenda.items[0].id
        prepare_agenda.revise(
            companion, other, lambda a: agenda_edits.edit_field(a, elsewhere, "question", "From elsewhere?")
        )
        at.app.screen.query_one("#question").text = "My own words?"
        await at.press("enter")
        assert "another window" in at.text("#edit-error")
        assert at.app.screen.query_one("#question").text == "My own words?"
        assert at.agenda.items[0].question.text == "From elsewhere?"
        await at.press("enter")
        assert [i.question.text for i in at.head.items[:2]] == ["From elsewhere?", "My own words?"]


async def test_a_stale_key_changes_nothing_and_shows_the_newer_agenda(app, companion, until):
    async with at_prepare(app, until) as at:
        await at.made()
        await at.on_item(2)
        # No pause between the two, so that the screen cannot have noticed the other window's change by itself.
        other = prepare_agenda.open_draft(companion, "session-1")
        prepare_agenda.revise(companion, other, lambda a: agenda_edits.lock(a, a.items[1].id))
        at.pane.action_lock()
        newer = at.head
        assert [i.locked for i in newer.items[:3]] == [False, True, False]
        assert at.agenda == newer


async def test_what_another_window_saves_appears(app, companion, until):
    async with at_prepare(app, until) as at:
        await at.made()
        other = prepare_agenda.open_draft(companion, "session-1")
        prepare_agenda.revise(companion, other, lambda a: agenda_edits.edit_success_condition(a, "All is clear."))
        at.screen.reload()
        await at.until(lambda: "All is clear." in at.text("#agenda-outcome"))


async def test_what_is_locked_or_edited_is_not_worded_again(app, writer, until):
    async with at_prepare(app, until) as at:
        await at.made()
        could = prepare_agenda.to_word(at.pane.draft)
        place = at.agenda.items.index(could[0])
        await at.on_item(place)
        await at.press("l")
        kept = at.agenda.items[place]
        assert kept.locked
        assert "locked" in str(list(at.screen.query(AgendaRow))[place].render())
        await at.press("g")
        await at.until(lambda: not at.pane.busy)
        assert at.agenda.items[place] == kept
        asked = len(writer.asked)
        await at.press("w")
        await at.until(lambda: not at.pane.busy)
        assert len(writer.asked) - asked == len(could) - 1
        assert at.agenda.items[place] == kept


async def test_one_item_is_worded_again_from_another_question_of_its_card(app, writer, until):
    async with at_prepare(app, until) as at:
        await at.made()
        await at.on_item(at.agenda.items.index(prepare_agenda.to_word(at.pane.draft)[0]))
        asked = [v["question"] for v in writer.asked]
        revision = at.head.revision
        await at.press("g")
        await at.until(lambda: not at.pane.busy)
        assert at.head.changed == "reworded"
        assert at.head.revision == revision + 1
        assert writer.asked[-1]["question"] not in asked
        assert at.head == at.agenda


async def test_minutes_order_cards_and_removal_keep_the_sum_exact(app, until):
    async with at_prepare(app, until) as at:
        await at.made()
        await at.on_item(1)
        ids = [i.id for i in at.agenda.items]
        await at.press("shift+down")
        assert [i.id for i in at.agenda.items[:3]] == [ids[0], ids[2], ids[1]]
        assert at.screen.query_one(AgendaList).current == ids[1]
        await at.press("shift+up")
        assert [i.id for i in at.agenda.items] == ids
        await at.press("m")
        at.app.screen.query_one(Input).value = "soon"
        await at.press("enter")
        assert "no number" in at.text("#line-error")
        at.app.screen.query_one(Input).value = "20"
        await at.press("enter")
        assert at.agenda.items[1].minutes == 20
        assert sum(i.minutes for i in at.agenda.items) == 45
        card = at.agenda.items[1].card_id
        await at.press("b")
        assert at.agenda.items[1].card_id != card
        await at.press("minus")
        assert ids[1] not in [i.id for i in at.agenda.items]
        assert sum(i.minutes for i in at.agenda.items) == 45
        await at.press("u", "u", "u", "u", "u")
        assert [i.id for i in at.head.items] == ids


async def test_the_rescue_form_takes_fifteen_minutes(app, until):
    async with at_prepare(app, until) as at:
        await at.made()
        await at.press("s")
        assert at.agenda.minutes == 15
        assert "15/15 min ✔" in at.text(LinterStrip)
        assert len(list(at.screen.query(AgendaRow))) == len(at.agenda.items) == 3
        await at.press("u")
        assert at.agenda.minutes == 45
        assert len(list(at.screen.query(AgendaRow))) == len(at.agenda.items)


async def test_a_broken_rule_is_named_with_its_item_and_stops_the_delivery(app, companion, until):
    async with at_prepare(app, until) as at:
        await at.made()
        await at.press("end", "delete")
        assert "does not end with a next step" in at.text(LinterStrip)
        assert "✗" in str(list(at.screen.query(AgendaRow))[-1].render())
        await at.press("D")
        await at.until(lambda: not at.pane.busy)
        assert at.app.screen is at.screen
        assert not companion.home.outbox.exists()


async def test_deliver_writes_the_documents_and_offers_the_mail(app, companion, until):
    async with at_prepare(app, until) as at:
        await at.made()
        await at.press("D")
        await at.until(lambda: at.app.screen is not at.screen)
        (folder,) = companion.home.outbox.iterdir()
        assert {"brief.eml", "brief.html", "run-sheet.md"} <= {path.name for path in folder.iterdir()}
        assert at.app.screen.query_one("#open-mail", Button)
        shown = " ".join(str(s.render()) for s in at.app.screen.query(Static))
        assert folder.name in shown
        assert "no e-mail address" in shown
        await at.press("escape")
        with companion.store.get().read() as tx:
            assert tx.sessions.get("session-1").status is SessionStatus.DELIVERED


async def test_the_brief_is_shown_as_it_will_be_read(app, companion, until):
    async with at_prepare(app, until) as at:
        await at.made()
        await at.press("x")
        words = deliver_agenda.documents(companion, at.pane.draft).brief.words
        assert f"{words}/180 words" in str(at.app.screen.query_one("VerticalScroll").border_title)
        text = at.text(Static)
        assert "Reply with one digit" in text
        assert "45 minutes with Amira" in text
        await at.press("escape")
        assert at.app.screen is at.screen


async def test_lines_that_fail_a_gate_are_counted_and_can_be_read(app, writer, until):
    writer.says = lambda _: {"question": "Boomers are [/b] slow, are they not?"}
    async with at_prepare(app, until) as at:
        await at.made()
        assert {i.question.origin for i in at.agenda.items} == {Origin.CARD}
        assert "lines removed (v)" in at.text(LinterStrip)
        await at.press("v")
        text = "\n".join(str(option.prompt) for option in at.app.screen.query_one(OptionList).options)
        assert "Boomers are [/b] slow" in text
        assert "✗" in text


async def test_a_line_that_was_left_out_is_used_anyway_as_the_mentors_own_and_taken_back(app, companion, writer, until):
    companion.settings = replace(companion.settings, me="m1")
    writer.says = lambda _: {"question": "Boomers are slow, are they not?"}
    async with at_prepare(app, until, NARROW) as at:
        await at.made()
        before = at.agenda
        removed = before.removed[0]
        # As after a restart: what was left out is kept with the revision.
        assert prepare_agenda.open_draft(companion, before.session_id).agenda.removed == before.removed
        await at.press("v", "enter")
        used = at.agenda.item(removed.item_id).question
        assert (used.text, used.origin, used.by) == (removed.text, Origin.EDITED, "m1")
        assert removed not in at.head.removed
        assert len(at.head.removed) == len(before.removed) - 1
        await at.press("u")
        assert at.agenda.items == before.items
        assert at.agenda.removed == before.removed


async def test_a_line_too_long_for_any_field_opens_to_be_shortened(app, writer, until):
    writer.says = lambda _: {"question": "What " + "very " * 40 + "long question is this?"}
    async with at_prepare(app, until, NARROW) as at:
        await at.made()
        removed = next(text for text in at.agenda.removed if text.field == "question")
        await at.press("v", "enter")
        await at.until(lambda: isinstance(at.app.screen, EditItemScreen))
        assert at.app.screen.query(TextArea).first().text == removed.text
        await at.press("ctrl+s")
        assert "Keep to 160" in at.text("#edit-error")
        await at.press("escape")
        assert removed in at.agenda.removed


async def test_stored_signs_that_hide_are_seen_while_editing_and_left_out_when_saved(app, companion, until):
    async with at_prepare(app, until, NARROW) as at:
        await at.made()
        raw = "Which \x1b[31mtools\u202e do you use?"
        with companion.store.get().write() as tx:
            head, first = at.head, at.agenda.items[0]
            worded = first.question.model_copy(update={"text": raw})
            changed = head.with_item(first.model_copy(update={"question": worded}))
            tx.agendas.save(changed, based_on=head.revision)
        await at.press("f5")
        await at.until(lambda: at.agenda.items[0].question.text == raw)
        await at.on_item(0)
        await at.press("e")
        await at.until(lambda: isinstance(at.app.screen, EditItemScreen))
        field = at.app.screen.query(TextArea).first()
        assert field.text == "Which ␛[31mtools␦ do you use?"
        assert "signs like ␛" in at.text("#question-label")
        await at.press("enter")
        assert at.agenda.items[0].question.text == raw
        await at.press("e")
        await at.until(lambda: isinstance(at.app.screen, EditItemScreen))
        await at.press("!", "enter")
        await at.until(lambda: not isinstance(at.app.screen, EditItemScreen))
        assert at.agenda.items[0].question.text == "Which [31mtools do you use?!"


async def test_where_each_line_comes_from_is_a_key_away(app, companion, writer, until):
    companion.settings = replace(companion.settings, me="m1")
    async with at_prepare(app, until, NARROW) as at:
        await at.made()
        worded = next(n for n, item in enumerate(at.agenda.items) if item.question.origin is Origin.MODEL)
        await at.on_item(worded)
        await at.press("y")
        text = at.text("ReadingScreen Static")
        item = at.agenda.items[worded]
        assert "Model embedded/fake, on this machine" in text
        assert f"Prompt agenda_item, SHA-256 {'0' * 64}" in text
        assert "Between 12 and 160 characters." in text
        assert f"{item.card_id} {item.title}: evidence" in text
        assert text.count(f"From the card {item.card_id}, word for word.") == 2 + len(item.mentor_does)
        await at.press("y", "e", "X", "ctrl+s", "y")
        assert "Edited by Amira Haddad (the mentor), 2 March 2026." in at.text("ReadingScreen Static")


async def test_the_brief_shows_where_its_lines_come_from_with_a_key_or_a_click(app, until):
    async with at_prepare(app, until, NARROW) as at:
        await at.made()
        await at.press("x")
        brief = at.app.screen
        await at.press("y")
        assert "At the end" in at.text("ReadingScreen Static")
        await at.press("y")
        assert at.app.screen is brief
        frame = brief.query_one("VerticalScroll").region
        for column in range(frame.right - 12, frame.right - 44, -6):
            await at.pilot.click(offset=(column, frame.bottom - 1))
            if at.app.screen is not brief:
                break
        assert "At the end" in at.text("ReadingScreen Static")


async def test_without_a_model_the_cards_speak_and_it_is_said_quietly(app, writer, until, monkeypatch):
    def missing():
        raise ModelMissing("No model is installed.", "companion model pull")

    monkeypatch.setattr(app.companion.writer, "get", missing)
    async with at_prepare(app, until) as at:
        await at.made()
        assert {i.question.origin for i in at.agenda.items} == {Origin.CARD}
        assert "companion model pull" in at.text("#agenda-note")
        assert not at.app._notifications
        assert "45/45 min ✔" in at.text(LinterStrip)


async def test_a_model_that_cannot_be_warmed_is_no_error(app, writer, until):
    writer.warm_error = ModelTimeout("It does not answer.", "Try later.")
    async with at_prepare(app, until) as at:
        await at.until(lambda: at.pane.trouble)
        assert "Try later." in at.pane.trouble
        assert not at.app._notifications
        await at.made()


async def test_a_model_that_fails_half_way_leaves_the_rest_in_the_cards_words(app, writer, until):
    writer.error = ModelTimeout("The model did not answer in 60 s.", "Choose another.")
    async with at_prepare(app, until) as at:
        await at.made()
        assert "did not answer" in at.head.note
        assert "did not answer" in at.text("#agenda-note")
        assert len(writer.asked) == 1


async def test_choose_again_starts_from_the_last_choice_and_undo_brings_the_old_agenda_back(app, until):
    async with at_prepare(app, until) as at:
        await at.made()
        before = at.agenda
        await at.press("c")
        await at.until(lambda: at.screen.stage == "choices")
        await at.press("escape")
        assert at.screen.stage == "agenda"
        await at.press("c")
        await at.until(lambda: at.screen.stage == "choices")
        at.screen.query_one(LengthPicker).set(30)
        await at.press("enter")
        await at.until(lambda: at.screen.stage == "agenda" and not at.pane.busy)
        assert at.agenda.minutes == 30
        await at.press("u", "u")
        assert at.head == before


async def test_date_and_question_are_asked_and_a_bad_date_is_said_in_place(app, companion, until):
    async with at_prepare(app, until) as at:
        await at.made()
        await at.press("h")
        at.app.screen.query_one(Input).value = "tomorrow"
        await at.press("enter")
        assert "not a date" in at.text("#line-error")
        at.app.screen.query_one(Input).value = "2026-11-26 14:00"
        await at.press("enter")
        await at.until(lambda: "Thu 26 Nov 14:00" in at.text("#prepare-head"))
        await at.press("i")
        at.app.screen.query_one(Input).value = "Why [/] does nobody read the intranet?"
        await at.press("enter")
        await at.until(lambda: "[/] does nobody" in at.text("#prepare-head"))
        await at.until(lambda: at.pane.draft.brief.session.executive_question)
        assert sessions.parse_when("2026-11-26 14:00", "Europe/Paris") == at.pane.draft.brief.session.starts_at


async def test_without_a_chosen_pairing_one_is_picked_from_a_list(app, until):
    async with at_prepare(app, until, pairing=None) as at:
        await at.until(lambda: at.screen.stage == "pick")
        assert at.screen.query_one("#pick OptionList", OptionList).option_count == 1
        await at.press("enter")
        await at.until(lambda: at.screen.stage == "choices")
        assert at.screen.query_one("#prepare-why").display
        await at.press("p")
        assert at.screen.stage == "pick"
        assert not at.screen.query_one("#prepare-why").display


async def test_another_pairing_can_be_opened_while_the_model_words_the_first(app, companion, writer, until):
    with companion.store.get().write() as tx:
        tx.people.save([an_executive("e2", name="Ines Costa")])
        tx.matches.save_run(a_run(a_proposal("proposal-2", run_id="run-2", mentee_id="e2"), run_id="run-2"))
        tx.pairings.add(
            a_pairing("pairing-2", proposal_id="proposal-2", mentee_id="e2"),
            [a_goal("goal-9", pairing_id="pairing-2", text="learn how podcasts are made")],
        )
        tx.sessions.add([a_session("session-9", pairing_id="pairing-2")])
    writer.go_on.clear()
    async with at_prepare(app, until) as at:
        await at.until(lambda: at.screen.stage == "choices")
        await at.press("enter")
        await at.until(lambda: at.screen.query_one(AgendaList).writing)
        at.app.switch_mode("today")
        await at.until(lambda: at.app.screen is not at.screen if at.app.current_mode == "prepare" else True)
        at.app.prepare("pairing-2")
        await at.until(lambda: isinstance(at.app.screen, PrepareScreen) and at.screen.stage == "choices")
        writer.go_on.set()
        assert "Ines Costa" in at.text("#prepare-head")
        await at.press("enter")
        await at.until(lambda: at.screen.stage == "agenda" and not at.pane.busy)
        assert at.agenda.session_id == "session-9"


async def test_quitting_does_not_wait_for_a_model_at_work(app, writer, until):
    writer.go_on.clear()
    async with at_prepare(app, until) as at:
        await at.until(lambda: at.screen.stage == "choices")
        await at.press("enter")
        await at.until(lambda: at.screen.query_one(AgendaList).writing)
        await at.pilot.press("ctrl+q")
        await at.pilot.pause()
        assert not writer.go_on.is_set()
        assert at.app.return_code == 0
    writer.go_on.set()


HOSTILE = "[/]x [@click=app.quit]go[/] \x1b[31mred\x07 \u202eRTL שלום 👩‍👩‍👧 {goal} " + "long" * 20


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_hostile_text_is_shown_and_breaks_nothing(app, companion: Companion, writer, until, size):
    writer.says = lambda _: {"question": HOSTILE + "?"}
    with companion.store.get().write() as tx:
        tx.people.save(
            [a_mentor(name=HOSTILE[:180]), an_executive(name=HOSTILE[:150], need=[HOSTILE], off_limits=[HOSTILE])]
        )
        tx.pairings.add_goal(a_goal("goal-h", text=HOSTILE, priority=1))
    async with at_prepare(app, until, size) as at:
        await at.until(lambda: at.screen.stage == "choices")
        for choice in at.screen.query("#goals Choice").results(Choice):
            choice.ticked = True
        await at.press("enter")
        await at.until(lambda: at.screen.stage == "agenda" and not at.pane.busy)
        worst = Worded(text=HOSTILE * 72, origin=Origin.EDITED)
        assert len(worst.text) > 9_000
        with companion.store.get().write() as tx:
            head = tx.agendas.head("session-1")
            item = head.items[0].model_copy(update={"question": worst, "why": worst, "title": HOSTILE * 5})
            tx.agendas.save(
                head.with_item(item).model_copy(update={"note": HOSTILE, "success_condition": worst}),
                based_on=head.revision,
            )
        at.screen.reload()
        await at.until(lambda: at.agenda.revision > head.revision)
        assert "[/]x" in str(at.screen.query(AgendaRow).first().render())
        assert "\x1b" not in str(at.screen.query(AgendaRow).first().render())
        for key in ("home", "x", "escape", "v", "escape", "e", "escape", "m", "escape", "h", "escape", "end", "l"):
            await at.press(key)
        assert at.app.screen is at.screen


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_list_and_details_stand_side_by_side_or_one_above_the_other(app, until, size):
    async with at_prepare(app, until, size) as at:
        await at.made()
        rows, details = at.screen.query_one(AgendaList).region, at.screen.query_one("#agenda-details").region
        assert rows.height > 4
        assert details.height > 3
        assert (rows.right <= details.x and rows.y == details.y) == (size is WIDE)
        assert (rows.bottom <= details.y) == (size is NARROW)
        for row in at.screen.query(AgendaRow):
            assert all(line.cell_length <= row.content_size.width for line in row.lines(row.content_size.width))


async def test_the_mouse_selects_and_a_double_click_edits(app, until):
    async with at_prepare(app, until) as at:
        await at.made()
        rows = list(at.screen.query(AgendaRow))
        await at.pilot.click(rows[2])
        await at.pilot.pause()
        assert at.screen.query_one(AgendaList).place == 2
        await at.pilot.click("#prepare-head")
        await at.press("down")
        assert at.screen.query_one(AgendaList).place == 3
        await at.pilot.click(rows[1], times=2)
        await at.pilot.pause()
        assert at.app.screen.query("#question")


def palette_choice(options: OptionList) -> str:
    return str(options.highlighted_option.prompt) if options.highlighted_option else ""


async def test_the_palette_offers_what_the_keys_do(app, until):
    async with at_prepare(app, until) as at:
        await at.made()
        await at.press("ctrl+p")
        await at.pilot.press(*"lock this")
        await at.until(lambda: "Lock this item" in palette_choice(at.app.screen.query_one(OptionList)))
        await at.press("enter")
        await at.until(lambda: at.app.screen is at.screen and at.agenda.items[0].locked)


async def test_the_stage_and_why_are_said_and_another_one_is_a_key_away(app, companion, until):
    async with at_prepare(app, until, size=NARROW) as at:
        await at.until(lambda: at.screen.stage == "choices")
        assert "Agree how we work" in at.text("#prepare-head")
        assert at.text("#prepare-why") == "The first stage begins here."
        await at.press("t")
        await at.until(lambda: "Which stage? The first stage begins here." in at.text("PickScreen .title"))
        await at.press("3")
        await at.until(lambda: "Try it out" in at.text("#prepare-head"))
        assert at.text("#prepare-why") == "You chose this stage; the plan has “Agree how we work” here."
        await at.press("t", "enter")
        await at.until(lambda: at.app.screen is at.screen)
        assert pairings.next_session(at.screen.view).id == "session-1"
        with companion.store.get().read() as tx:
            assert tx.sessions.get("session-1").chosen_stage is Stage.PRACTICE


async def test_with_an_agenda_another_stage_makes_it_again_and_undo_brings_both_back(app, until):
    async with at_prepare(app, until) as at:
        await at.made()
        before = at.agenda
        await at.press("t", "5")
        await at.until(lambda: at.agenda.place.stage is Stage.DECISION and not at.pane.busy)
        assert at.agenda.goal_ids == before.goal_ids
        assert "Decide something" in at.text("#prepare-head")
        while at.agenda.place.is_chosen:
            await at.press("u")
        assert at.agenda == before
        await at.until(lambda: "Agree how we work" in at.text("#prepare-head"))


async def test_the_keys_a_mentor_needs_most_are_seen_in_a_small_window(app, until):
    async with at_prepare(app, until, size=NARROW) as at:
        await at.made()
        keys = list(at.screen.query_one(Footer).query(FooterKey))
        (palette,) = (key for key in keys if key.has_class("-command-palette"))
        await at.until(lambda: palette.region.width)
        seen = [key.description for key in keys if key is not palette and key.region.right <= palette.region.x]
        assert seen == ["Edit", "Minutes", "Undo", "Brief", "Deliver", "Date", "Rehearse", "Help"]
        assert len(keys) == len(seen) + 1


async def test_an_edited_agenda_is_replaced_only_when_told(app, until):
    async with at_prepare(app, until, size=NARROW) as at:
        await at.made()
        await at.press("l")
        await at.until(lambda: at.agenda.items[0].locked)
        before = at.agenda
        await at.press("t", "5")
        await at.until(lambda: isinstance(at.app.screen, ConfirmScreen))
        said = " ".join(at.app.screen.text.plain.split())
        assert said.startswith("Session 1 has an agenda with one change made to it.")
        await at.press("escape")
        await at.until(lambda: at.app.screen is at.screen)
        assert at.head == before
        assert not pairings.next_session(pairings.view(app.companion, "pairing-1")).chosen_stage
        await at.press("c")
        await at.until(lambda: at.screen.stage == "choices")
        await at.press("enter")
        await at.until(lambda: isinstance(at.app.screen, ConfirmScreen))
        await at.press("enter")
        await at.until(lambda: at.screen.stage == "agenda" and not at.pane.busy and not at.agenda.items[0].locked)
        while at.agenda.revision > before.revision:
            await at.press("u")
        assert at.agenda == before


async def test_a_paused_pairing_says_so_and_goes_on_only_when_told(app, companion, until):
    pairings.pause(companion, "pairing-1", "on leave [/]x")
    async with at_prepare(app, until, size=NARROW) as at:
        await at.until(lambda: at.screen.stage == "choices")
        assert "Paused: on leave [/]x (w under 4 goes on)" in at.text("#prepare-head")
        await at.press("enter")
        await at.until(lambda: isinstance(at.app.screen, ConfirmScreen))
        assert "This pairing is paused: on leave [/]x." in at.app.screen.text.plain
        await at.press("escape")
        await at.until(lambda: at.app.screen is at.screen)
        assert at.screen.stage == "choices"
        await at.press("enter")
        await at.until(lambda: isinstance(at.app.screen, ConfirmScreen))
        await at.press("y")
        await at.until(lambda: at.screen.stage == "agenda" and not at.pane.busy)
        await at.press("D")
        await at.until(lambda: isinstance(at.app.screen, ConfirmScreen))
        assert "This pairing is paused: on leave [/]x." in at.app.screen.text.plain
        await at.press("escape")
        await at.until(lambda: at.app.screen is at.screen)
        assert not list(companion.home.root.rglob("brief.eml"))
        await at.press("D")
        await at.until(lambda: isinstance(at.app.screen, ConfirmScreen))
        await at.press("y")
        await at.until(lambda: isinstance(at.app.screen, DeliveredScreen))


async def test_a_programmes_own_stage_names_are_shown_as_they_are(app, companion, until):
    hostile = "[/]x [b]Agree[/b] \u202eשלום"
    stages = [stage.model_copy(update={"name": hostile}) for stage in companion.arc.stages]
    companion.arcs = Lazy(lambda arc=companion.arc: arc.model_copy(update={"stages": tuple(stages)}))
    async with at_prepare(app, until, size=NARROW) as at:
        await at.until(lambda: at.screen.stage == "choices")
        assert "[/]x [b]Agree[/b]" in at.text("#prepare-head")
        assert "\u202e" not in at.text("#prepare-head")
        await at.press("t")
        await at.until(lambda: "[/]x [b]Agree[/b]" in str(at.app.screen.query_one(OptionList).options[0].prompt))
        await at.press("escape", "enter")
        await at.until(lambda: at.screen.stage == "agenda" and not at.pane.busy)
        assert "[/]x [b]Agree[/b]" in at.text("#prepare-head")


async def test_the_cards_open_from_every_step_at_the_item_under_the_cursor(app, until):
    async with at_prepare(app, until) as at:
        await at.until(lambda: at.screen.stage == "choices")
        at.screen.query(Choice).first().focus()
        await at.press("k")
        await at.until(lambda: isinstance(app.screen, CardsScreen))
        await at.press("escape")
        await at.made()
        await at.on_item(1)
        await at.press("k")
        await at.until(lambda: isinstance(app.screen, CardsScreen))
        assert at.agenda.items[1].card_id in at.text("#card-text")
