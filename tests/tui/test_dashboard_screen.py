"""The dashboard's rows, order and search; and pausing, ending and answering from Pairings."""

import tomllib
from datetime import timedelta

import pytest
from factories import a_pairing, a_proposal, a_run, a_session, an_executive
from textual.binding import Binding

from companion import paths
from companion.domain.pairings import PairingStatus
from companion.services import pairings, sessions
from companion.tui.screens.dashboard import PAIRING_KEYS, DashboardScreen
from companion.tui.screens.pairings import PairingsScreen
from companion.tui.screens.privacy import PrivacyScreen
from companion.tui.screens.reading import ReadingScreen
from companion.tui.widgets.list_table import ListTable


@pytest.fixture
def two(companion):
    """A second pair, which has a date; the first one has had none for too long."""
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        tx.people.save([an_executive("e2", name="Zoé [/]x <b>")])
        tx.matches.save_run(a_run(a_proposal("p2", run_id="run-2", mentee_id="e2"), run_id="run-2"))
        tx.pairings.add(a_pairing("pairing-2", proposal_id="p2", mentee_id="e2", started_at=now), [])
        tx.sessions.add([a_session("other-1", pairing_id="pairing-2", starts_at=now + timedelta(days=70))])
    companion.clock.at += timedelta(days=15)
    return companion


async def at_dashboard(app, pilot, until) -> ListTable:
    await pilot.press("4")
    await until(pilot, lambda: isinstance(app.screen, PairingsScreen) and app.screen.query_one(ListTable).row_count)
    await pilot.press("b")
    await until(pilot, lambda: isinstance(app.screen, DashboardScreen) and app.screen.query_one(ListTable).row_count)
    return app.screen.query_one(ListTable)


async def test_who_needs_a_look_comes_first_with_what_helps(two, app, until, seen):
    two.cards.get()
    async with app.run_test(size=(120, 40)) as pilot:
        table = await at_dashboard(app, pilot, until)
        text = seen(app.screen)
        assert table.keys == ("pairing-1", "pairing-2")
        assert "2 running, 1 needs a look" in text
        assert "! look" in text
        assert "✔ on track" in text
        assert "Zoé [/]x <b>" in text
        assert "No session has had a date for 14 days." in text
        assert "companion schedule pairing-1" in text
        assert "Enter, then h: agree the date" in text
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))
        assert app.screen.heading == "Who sends the dates"
        await pilot.press("escape")
        await pilot.press("s")
        await until(pilot, lambda: "by days since contact" in seen(app.screen))


def test_every_rule_has_a_key_under_pairings_that_does_the_same():
    keys = {one.key for one in PairingsScreen.BINDINGS if isinstance(one, Binding)}
    text = (paths.knowledge_dir() / "dashboard" / "rules.toml").read_text(encoding="utf-8")
    named = {rule["action"].split(" ")[0] for rule in tomllib.loads(text)["rules"]}
    assert named == set(PAIRING_KEYS)
    assert {key for key, _ in PAIRING_KEYS.values()} <= keys


async def test_rows_are_searched_and_chosen(two, app, until, seen):
    async with app.run_test(size=(80, 24)) as pilot:
        table = await at_dashboard(app, pilot, until)
        await pilot.press("slash", *"track", "enter")
        await until(pilot, lambda: table.keys == ("pairing-2",))
        assert "1 shown" in seen(app.screen)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PairingsScreen))
        assert app.screen.query_one(ListTable).chosen == "pairing-2"


async def test_a_pairing_is_paused_and_goes_on(companion, app, until, seen):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        await until(pilot, lambda: isinstance(app.screen, PairingsScreen) and app.screen.query_one(ListTable).row_count)
        await pilot.press("w", "enter")
        await until(pilot, lambda: "A pause needs a reason" in seen(app.screen))
        await pilot.press(*"[/]x leave", "enter")
        await until(pilot, lambda: "‖ paused: [/]x leave" in seen(app.screen))
        await pilot.press("w")
        await until(pilot, lambda: pairings.view(companion, "pairing-1").pairing.status is PairingStatus.ACTIVE)


async def test_a_pairing_is_ended_after_a_question(companion, app, until, seen):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        await until(pilot, lambda: isinstance(app.screen, PairingsScreen) and app.screen.query_one(ListTable).row_count)
        await pilot.press("e")
        await until(pilot, lambda: "6 planned sessions will not take place" in seen(app.screen))
        await pilot.press("escape")
        assert pairings.view(companion, "pairing-1").pairing.status is PairingStatus.ACTIVE
        await pilot.press("e", "y")
        await until(pilot, lambda: pairings.view(companion, "pairing-1").pairing.status is PairingStatus.ENDED_EARLY)


async def test_the_executives_answer_is_taken(companion, app, until, seen):
    sessions.schedule(companion, "session-1", companion.clock.now() + timedelta(days=3))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("4")
        await until(pilot, lambda: isinstance(app.screen, PairingsScreen) and app.screen.query_one(ListTable).row_count)
        await pilot.press("a", "4")
        await until(pilot, lambda: "Which topic" in seen(app.screen))
        await pilot.press(*"tools?", "enter")
        await until(pilot, lambda: "asks: “tools?”" in seen(app.screen))
        await pilot.press("a", "3")
        await until(pilot, lambda: pairings.view(companion, "pairing-1").sessions[0].starts_at is None)


async def test_broken_files_are_said_first_and_stop_neither_the_dashboard_nor_the_pairings(two, app, until, seen):
    two.home.programmes[0].write_text("sessions = '[/]x'\n")
    two.home.arc.write_text("longer = ['[/]x']\n")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: " ahead" in seen(app.screen))
        assert "! programme.toml cannot be used: companion programme validate explains why." in seen(app.screen)
        assert "! arc.toml cannot be used: companion arc validate explains why." in seen(app.screen)
        table = await at_dashboard(app, pilot, until)
        assert table.keys == ("pairing-1", "pairing-2")
        await pilot.press("6")
        await until(pilot, lambda: isinstance(app.screen, PrivacyScreen))
        await pilot.press("a")
        await until(pilot, lambda: app._notifications)
        assert isinstance(app.screen, PrivacyScreen)
