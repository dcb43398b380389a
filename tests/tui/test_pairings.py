"""Pairings: what the list and the details say, and that every change is seen at once."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

from factories import a_commitment, a_mentor
from review_fakes import FakeMatcher, FakeProfiles
from textual.widgets import Input

from companion.domain.people import Role
from companion.domain.sessions import Commitment, CommitmentStatus
from companion.lazy import Lazy
from companion.services import after_sessions, pairings, review_rules, sessions
from companion.services.sessions import Promise
from companion.tui.screens.confirm import ConfirmScreen
from companion.tui.screens.line import LineScreen
from companion.tui.screens.log import LogScreen
from companion.tui.screens.pairings import PairingsScreen
from companion.tui.screens.pick import PickScreen
from companion.tui.screens.today import SessionCard
from companion.tui.widgets.choice import Choice
from companion.tui.widgets.list_table import ListTable


async def at_pairings(app, pilot, until) -> ListTable:
    await pilot.press("4")
    await until(pilot, lambda: isinstance(app.screen, PairingsScreen) and app.screen.query_one(ListTable).row_count)
    return app.screen.query_one(ListTable)


async def test_everything_about_a_pair_is_on_one_page(app, companion, until, seen):
    sessions.schedule(companion, "session-1", datetime(2026, 11, 26, 13, 0, tzinfo=UTC))
    sessions.ask(companion, "session-1", "why do they leave?")
    with companion.store.get().write() as tx:
        tx.sessions.add_commitments(
            [a_commitment("c1"), a_commitment("c2", owner=Role.MENTEE, text="try it", due=date(2026, 12, 1))]
        )
        tx.sessions.set_commitment("c1", CommitmentStatus.DONE)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_pairings(app, pilot, until)
        text = seen(app.screen)
        assert "1 pairing\n" in text
        assert "Amira Haddad\nLaurent Petit\n0/6\nThu 26 Nov" in text
        assert "What Laurent wants\n· understand why juniors ignore our internal channels" in text
        assert "○ 1  Agree how we work  Thu 26 Nov 2026 14:00, 45 min, planned" in text
        assert "Laurent asks: “why do they leave?”" in text
        assert "✔ Amira: send three examples (done)" in text
        assert "○ Laurent: try it (open, by Tue 1 Dec 2026)" in text


async def test_date_question_and_log_are_one_key_away_and_seen_at_once(app, until, seen):
    async with app.run_test(size=(80, 24)) as pilot:
        table = await at_pairings(app, pilot, until)
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, LineScreen))
        assert "(Europe/Paris)" in seen(app.screen)
        await pilot.press(*"2026-03-05 14:00", "enter")
        await until(pilot, lambda: "Thu 5 Mar 2026 14:00" in seen(app.screen))
        await pilot.press("i", *"why?", "enter")
        await until(pilot, lambda: "asks: “why?”" in seen(app.screen))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        await pilot.press(*"send it", "enter", *"and this", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        assert "Session 1 is still to come: it is agreed for Thu 5 Mar 2026, 14:00" in seen(app.screen)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: "1/6" in seen(app.screen))
        assert "Amira: send it (open)" in seen(app.screen)
        assert "Amira: and this (open)" in seen(app.screen)
        assert app.focused is table


async def test_the_last_log_is_corrected_and_taken_back(app, companion, until, seen):
    sessions.log(companion, "session-1", [Promise(Role.MENTEE, "keep [/]x open")])
    (kept,) = companion_promises(companion)
    sessions.log(companion, "session-2", [Promise(Role.MENTOR, "<script>\u202e", date(2026, 4, 1))], [kept.id])
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await at_pairings(app, pilot, until)
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        line = app.screen.query_one("#log-mentor-0", Input)
        assert line.value == "<script> by 2026-04-01"
        tick = app.screen.query_one(Choice)
        assert (tick.key, str(tick.render())) == (kept.id, "■ Laurent: keep [/]x open")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PairingsScreen))
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        app.screen.query_one("#log-mentor-0", Input).value = "send it"
        tick = app.screen.query_one(Choice)
        tick.focus()
        await pilot.press("space")
        assert str(tick.render()) == "□ Laurent: keep [/]x open"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Amira: send it (open)" in seen(app.screen))
        assert "Laurent: keep [/]x open (open)" in seen(app.screen)
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        assert "Take back that session 2 of Amira Haddad and Laurent Petit was held?" in seen(app.screen)
        assert "The promise “send it” goes." in seen(app.screen)
        await pilot.press("y")
        await until(pilot, lambda: "1/6" in seen(app.screen))
    assert [one.text for one in companion_promises(companion)] == ["keep [/]x open"]


async def test_a_promise_is_moved_kept_and_let_go_of(app, companion, until, seen):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await at_pairings(app, pilot, until)
        await pilot.press("m")
        assert isinstance(app.screen, PairingsScreen)
        sessions.log(companion, "session-1", [Promise(Role.MENTEE, "keep [/]x <b>open")])
        await pilot.press("f5")
        await until(pilot, lambda: "Laurent: keep [/]x <b>open (open)" in seen(app.screen))
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        assert "Laurent, open since 02 Mar 2026" in seen(app.screen)
        await pilot.press("1", "2")
        await until(pilot, lambda: isinstance(app.screen, LineScreen))
        await pilot.press(*"next Friday", "enter")
        await until(pilot, lambda: "is not a date, or could be two" in seen(app.screen))
        app.screen.query_one(Input).value = "2026-05-01"
        await pilot.press("enter")
        await until(pilot, lambda: "(open, by Fri 1 May 2026)" in seen(app.screen))
        assert "“keep [/]x <b>open”: due Fri 1 May." in [notice.message for notice in app._notifications]
        await pilot.press("m", "1", "3")
        await until(pilot, lambda: "– Laurent: keep [/]x <b>open (dropped" in seen(app.screen))
        await pilot.press("m", "1", "1")
        await until(pilot, lambda: "○ Laurent: keep [/]x <b>open (open" in seen(app.screen))


def companion_promises(companion) -> tuple[Commitment, ...]:
    return pairings.view(companion, "pairing-1").commitments


async def test_a_cancelled_session_is_not_held_out_of(app, companion, until, seen):
    sessions.log(companion, "session-1")
    sessions.cancel(companion, "session-2")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_pairings(app, pilot, until)
        assert "1/5" in seen(app.screen)


async def test_enter_prepares_the_pairing(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        await at_pairings(app, pilot, until)
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "prepare")
        assert app.chosen_pairing == "pairing-1"


async def test_when_all_sessions_are_done_the_keys_say_so(app, companion, until, seen):
    for number in range(1, 7):
        sessions.log(companion, f"session-{number}")
    async with app.run_test(notifications=True) as pilot:
        await at_pairings(app, pilot, until)
        assert "6/6\ndone" in seen(app.screen)
        assert f"→ {after_sessions.NOT_OPENED}" in seen(app.screen)
        for key in "hila":
            await pilot.press(key)
            assert isinstance(app.screen, PairingsScreen)
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.focused, SessionCard))
        for key in "hil":
            await pilot.press(key)
            assert isinstance(app.focused, SessionCard)
        done = f"All planned sessions of this pairing are done. {after_sessions.NOT_OPENED}"
        assert {notice.text for notice in app.notices} == {done}


async def test_an_unknown_time_zone_is_read_as_utc(app, companion, until, seen):
    with companion.store.get().write() as tx:
        tx.people.save([a_mentor(time_zone="Mars/Olympus")])
    sessions.schedule(companion, "session-1", datetime(2026, 11, 26, 13, 0, tzinfo=UTC))
    async with app.run_test(size=(80, 24)) as pilot:
        await at_pairings(app, pilot, until)
        assert "Thu 26 Nov 2026 13:00" in seen(app.screen)
        await pilot.press("h")
        await until(pilot, lambda: "(UTC)" in seen(app.screen))
        await pilot.press(*"2026-03-05 14:00", "enter")
        await until(pilot, lambda: "Thu 5 Mar 2026 14:00" in seen(app.screen))
    assert pairings.view(companion, "pairing-1").sessions[0].starts_at == datetime(2026, 3, 5, 14, 0, tzinfo=UTC)


async def test_a_rematch_asks_why_and_frees_the_two(app, companion, until, seen):
    matcher = FakeMatcher({})
    companion.profiles, companion.matcher = Lazy(FakeProfiles), Lazy(lambda: matcher)
    companion.knowledge = Lazy(lambda: SimpleNamespace(sync=lambda **_: 0))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await at_pairings(app, pilot, until)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, LineScreen))
        await pilot.press("enter")
        await until(pilot, lambda: "A rematch needs a reason." in seen(app.screen))
        await pilot.press(*"[/]never met", "enter")
        await until(pilot, lambda: any("without anybody's fault" in notice.message for notice in app._notifications))
        assert pairings.view_all(companion) == []
        assert [rule.reason for rule in review_rules.rules(companion)] == ["[/]never met"]
        assert matcher.requests[-1].joining == {"m1", "e1"}
        await pilot.press("r")
        assert isinstance(app.screen, PairingsScreen), "an ended pairing has nothing to end"
