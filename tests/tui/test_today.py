"""Today: what is next, how ready it is, what was promised, and the keys that do something about it."""

from datetime import date, timedelta

import pytest
from factories import a_commitment, a_mentor, a_proposal, a_run, a_session
from textual.widgets import Input, Static

from companion.domain.people import Role
from companion.domain.sessions import SessionStatus
from companion.services import after_sessions, pairings, sessions, settings, today
from companion.tui.app import CompanionApp
from companion.tui.screens.confirm import ConfirmScreen
from companion.tui.screens.line import LineScreen
from companion.tui.screens.log import LogScreen
from companion.tui.screens.today import SHOWN_CARDS, SessionCard, card_text, greeting


def the_card(companion) -> str:
    now = today.today(companion)
    return str(card_text(now, now.pairings[0]))


def test_a_card_says_what_is_next_step_by_step(companion):
    now = companion.clock.now()
    view = pairings.view(companion, "pairing-1")
    assert "→ Agree a date with Laurent (h)" in the_card(companion)
    sessions.schedule(companion, "session-1", now + timedelta(days=3))
    assert "Thu 5 Mar 10:00, in 3 days" in the_card(companion)
    assert "→ Prepare the agenda (p)" in the_card(companion)
    from companion.services import prepare_agenda

    prepare_agenda.begin(companion, "session-1", [view.goals[0].id], 45)
    assert "✔ agenda prepared  ○ brief delivered" in the_card(companion)
    assert "→ Check the agenda and deliver Laurent's brief (p)" in the_card(companion)
    with companion.store.get().write() as tx:
        session = tx.sessions.get("session-1")
        tx.sessions.save(session.model_copy(update={"status": SessionStatus.DELIVERED}))
    assert "→ All is ready; log it when it took place (l)" in the_card(companion)
    with companion.store.get().write() as tx:
        session = tx.sessions.get("session-1")
        tx.sessions.save(session.model_copy(update={"starts_at": now - timedelta(days=1)}))
    assert "yesterday" in the_card(companion)
    assert "→ Say how session 1 went: two minutes (l)" in the_card(companion)
    for number in range(1, 7):
        sessions.log(companion, f"session-{number}")
    assert "All sessions done" in the_card(companion)
    assert after_sessions.NOT_OPENED in the_card(companion)
    assert "→" not in the_card(companion)


def test_promises_are_shown_soonest_first_and_late_ones_are_marked_in_words(companion):
    with companion.store.get().write() as tx:
        tx.sessions.add_commitments(
            [
                a_commitment("c1", text="whenever"),
                a_commitment("c2", text="soon", due=date(2026, 3, 9), owner=Role.MENTEE),
                a_commitment("c3", text="late", due=date(2026, 2, 27)),
                a_commitment("c4", text="never shown"),
                a_commitment("c5", text="nor this"),
            ]
        )
    text = the_card(companion)
    assert "Amira promised: late (by Fri 27 Feb)  ! overdue" in text
    assert text.index("late") < text.index("Laurent promised: soon (by Mon 9 Mar)") < text.index("whenever")
    assert "… and 2 more" in text
    assert "5 promises open  ! 1 overdue" in str(greeting(today.today(companion)))


async def test_an_empty_home_says_where_to_begin(tmp_path, until, seen):
    from companion.bootstrap import assemble

    app = CompanionApp(assemble(tmp_path / "empty"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "There are no pairings yet" in seen(app.screen))
        assert "import mentors and executives" in seen(app.screen)


async def test_a_date_is_agreed_on_today_and_a_bad_one_is_said_in_place(app, until, seen):
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        await pilot.press("h", *"soon", "enter")
        assert "'soon' is not a date and time" in seen(app.screen)
        app.screen.query_one(Input).value = "2026-03-05 14:00"
        await pilot.press("enter")
        await until(pilot, lambda: "Thu 5 Mar 14:00, in 3 days" in seen(app.screen))
        assert isinstance(app.focused, SessionCard)
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "prepare")
        assert app.chosen_pairing == "pairing-1"


@pytest.mark.parametrize(("key", "screen"), [("enter", LineScreen), ("i", LineScreen), ("l", LogScreen)])
async def test_the_keys_of_a_card_open_their_dialogs_and_esc_leaves_them(app, until, key, screen):
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, screen))
        frame = app.screen.query_one(".dialog").region
        assert frame.y >= 0
        assert frame.bottom <= 24
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.focused, SessionCard))


async def test_promises_that_were_typed_are_not_lost_by_one_key(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        await pilot.press(*"send it", "escape")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        assert app.screen.query(Input).first().value == "send it"
        await pilot.press("escape", "enter")
        await until(pilot, lambda: isinstance(app.focused, SessionCard))


async def test_the_log_keeps_promises_and_ticks_and_today_shows_them(app, companion, until, seen):
    with companion.store.get().write() as tx:
        tx.sessions.add_commitments([a_commitment("old", text="the old one")])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        await pilot.press("space", "tab", *"send notes by 2026-13-01", "ctrl+s")
        assert "'2026-13-01' is not a date" in seen(app.screen)
        app.screen.query_one("#log-mentor-0", Input).value = "send [/]x notes by Friday"
        await until(pilot, lambda: "“send [/]x notes”, due Fri 6 Mar" in seen(app.screen))
        await pilot.press("tab", *"ask")
        await until(pilot, lambda: "No date is read in it" in seen(app.screen))
        app.screen.query_one("#log-mentor-1", Input).value = ""
        app.screen.query_one("#log-mentor-0", Input).value = "send notes by 2026-03-09"
        app.screen.query_one("#log-mentee-0", Input).value = "try it once"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Session 2 of 6" in seen(app.screen))
        assert "Amira promised: send notes (by Mon 9 Mar)" in seen(app.screen)
        assert "Laurent promised: try it once" in seen(app.screen)
        assert "the old one" not in seen(app.screen)


async def test_a_cancelled_session_gives_way_to_the_next(app, companion, until, seen):
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        await pilot.click("#log-cancelled")
        await until(pilot, lambda: "Who cancelled it?" in seen(app.screen))
        await pilot.press("1")
        await until(pilot, lambda: "Session 2 of 6, 1 cancelled" in seen(app.screen))
    first = pairings.view(companion, "pairing-1").sessions[0]
    assert (first.status, first.cancelled_by) == (SessionStatus.CANCELLED, Role.MENTEE)


def test_whoever_looks_after_everybody_is_told_what_waits(companion):
    now = today.today(companion)
    assert (now.need_a_look, now.kept_too_long) == (0, 0)
    companion.clock.at += timedelta(days=60)
    with companion.store.get().write() as tx:
        tx.audit.add(companion.clock.now() - timedelta(days=2000), "pin made", "r", reason="old")
    text = str(greeting(today.today(companion)))
    assert "! 1 pairing needs a look" in text
    assert "! 1 thing kept too long" in text
    settings.change(companion, me="m1")
    text = str(greeting(today.today(companion)))
    assert "a look" not in text
    assert "too long" not in text


def many_pairings(companion, count: int) -> None:
    from factories import a_pairing, an_executive

    with companion.store.get().write() as tx:
        people = [
            (a_mentor(f"mm{n}", name=f"Mentor {n}"), an_executive(f"ee{n}", name=f"Boss {n}")) for n in range(count)
        ]
        tx.people.save([person for pair in people for person in pair])
        proposals = [a_proposal(f"pp{n}", mentor_id=f"mm{n}", mentee_id=f"ee{n}", run_id="run-2") for n in range(count)]
        tx.matches.save_run(a_run(*proposals, run_id="run-2"))
        for n in range(count):
            tx.pairings.add(a_pairing(f"q{n}", proposal_id=f"pp{n}", mentor_id=f"mm{n}", mentee_id=f"ee{n}"), [])
            tx.sessions.add([a_session(f"s{n}", pairing_id=f"q{n}")])


async def test_many_pairings_are_counted_and_mine_alone_are_shown_once_i_said_who_i_am(companion, until, seen):
    many_pairings(companion, SHOWN_CARDS + 4)
    app = CompanionApp(companion)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        assert len(app.screen.query(SessionCard)) == SHOWN_CARDS
        assert "… and 5 more under 4 Pairings" in seen(app.screen)
        assert "Choose who you are under 7 Settings" in seen(app.screen)
        await pilot.press("down", "down")
        third = list(app.screen.query(SessionCard))[2]
        assert app.focused is third
        settings.change(companion, me="m1")
        await pilot.press("f5")
        await until(pilot, lambda: len(app.screen.query(SessionCard)) == 1)
        assert "Amira Haddad  1 session ahead" in str(app.screen.query_one("#greeting", Static).render())


async def test_the_focus_stays_on_its_pairing_when_others_move(companion, until):
    many_pairings(companion, 3)
    app = CompanionApp(companion)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(app.screen.query(SessionCard)) == 4)
        await pilot.press("down")
        focused = app.focused
        assert isinstance(focused, SessionCard)
        last = list(app.screen.query(SessionCard))[-1].view
        sessions.schedule(companion, last.next_session.id, companion.clock.now() + timedelta(days=2))
        await pilot.press("f5")
        await until(
            pilot, lambda: app.screen.query(SessionCard).first().view.pairing.id == last.pairing.id and app.focused
        )
        assert app.focused.view.pairing.id == focused.view.pairing.id
