"""A list that typing narrows, by itself and where a pairing is picked."""

from __future__ import annotations

import pytest
from factories import a_goal, a_mentor, a_pairing, a_proposal, a_run, a_session, an_executive
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Input, OptionList

from companion.services import after_sessions, sessions
from companion.tui.screens.pick import Pick, PickScreen
from companion.tui.screens.prepare import PrepareScreen
from companion.tui.widgets.searched_list import Entry, NameLine, SearchedList

NAMES = ("Amira Haddad", "Elżbieta Wójcik", "[/]x <script>", "Łukasz Nowak", "\u202eabc 👩🏽‍💻")


class FakeApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[str] = []

    def compose(self) -> ComposeResult:
        entries = [Entry(str(place), Content(name), name) for place, name in enumerate(NAMES)]
        yield SearchedList(NameLine(), entries)

    def on_searched_list_chosen(self, event: SearchedList.Chosen) -> None:
        self.chosen.append(event.key)


def offered(app) -> list[str]:
    return [str(option.prompt) for option in app.screen.query_one(OptionList).options]


async def test_typing_narrows_the_arrows_move_and_enter_chooses():
    app = FakeApp()
    async with app.run_test() as pilot:
        app.screen.query_one(SearchedList).focus_first()
        await pilot.press("down", "down", "up", "enter")
        assert app.chosen == ["1"]
        await pilot.press(*"wojc")
        assert offered(app) == ["Elżbieta Wójcik"]
        await pilot.press("enter")
        assert app.chosen == ["1", "1"]
        await pilot.press("escape", *"[/]x", "pagedown", "enter")
        assert app.chosen[-1] == "2"
        assert isinstance(app.focused, NameLine)


async def test_where_nothing_fits_that_is_said_and_enter_chooses_nothing():
    app = FakeApp()
    async with app.run_test() as pilot:
        searched = app.screen.query_one(SearchedList)
        searched.focus_first()
        await pilot.press(*"zzz", "enter", "down", "enter")
        assert app.chosen == []
        assert app.screen.query_one(".nothing").display
        await pilot.press("escape")
        assert offered(app) == list(NAMES)
        assert not app.screen.query_one(".nothing").display
        assert not searched.check_action("clear", ())


async def test_a_click_chooses_and_what_is_offered_anew_keeps_the_cursor():
    app = FakeApp()
    async with app.run_test() as pilot:
        await pilot.click(OptionList, offset=(2, 3))
        assert app.chosen == ["3"]
        searched = app.screen.query_one(SearchedList)
        assert searched.highlighted == "3"
        searched.offer([Entry(key, Content(key), key) for key in ("9", "3", "0")])
        assert searched.highlighted == "3"
        assert offered(app) == ["9", "3", "0"]


async def test_the_dialog_that_picks_one_of_many_clears_first_and_then_leaves(app, until):
    got: list[str | None] = []
    async with app.run_test() as pilot:
        picks = [Pick(f"key {number}", f"Número {number}", "[/]x") for number in range(40)]
        app.push_screen(PickScreen("Whom?", picks, chosen="key 30"), got.append)
        await until(pilot, lambda: app.screen.query(SearchedList))
        assert app.screen.query_one(SearchedList).highlighted == "30"
        await pilot.press(*"numero 17")
        assert offered(app) == ["Número 17  [/]x"]
        await pilot.press("escape")
        assert len(offered(app)) == 40
        await pilot.press("escape")
        await until(pilot, lambda: got == [None])


@pytest.fixture
def two_pairings(companion):
    with companion.store.get().write() as tx:
        tx.people.save([a_mentor("m2", name="Łukasz Nowak"), an_executive("e2", name="Élodie Costa")])
        tx.matches.save_run(
            a_run(a_proposal("proposal-2", run_id="run-2", mentor_id="m2", mentee_id="e2"), run_id="run-2")
        )
        pairing = a_pairing("pairing-2", proposal_id="proposal-2", mentor_id="m2", mentee_id="e2")
        tx.pairings.add(pairing, [a_goal("goal-9", pairing_id="pairing-2")])
        tx.sessions.add([a_session("session-9", pairing_id="pairing-2")])


@pytest.mark.usefixtures("two_pairings")
async def test_a_pairing_is_picked_by_a_few_letters_and_esc_goes_back_to_the_one_before(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, PrepareScreen) and app.screen.stage == "pick")
        screen = app.screen
        assert len(offered(app)) == 2
        assert not screen.check_action("unpick", ())
        await pilot.press(*"elodie")
        await until(pilot, lambda: len(offered(app)) == 1)
        await pilot.press("enter")
        await until(pilot, lambda: screen.stage == "choices")
        assert app.chosen_pairing == "pairing-2"
        await pilot.press("p")
        await until(pilot, lambda: screen.stage == "pick")
        assert app.screen.query_one(Input).value == ""
        await pilot.press(*"haddad", "escape")
        await until(pilot, lambda: len(offered(app)) == 2)
        await pilot.press("escape")
        await until(pilot, lambda: screen.stage == "choices")
        assert app.chosen_pairing == "pairing-2"


async def test_no_key_is_typed_into_a_line_that_is_not_seen(app, companion, until, seen):
    for number in range(1, 7):
        sessions.log(companion, f"session-{number}")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: companion.store.peek() is not None)
        app.prepare("pairing-1")
        await until(
            pilot, lambda: isinstance(app.screen, PrepareScreen) and after_sessions.NOT_OPENED in seen(app.screen)
        )
        assert app.focused is None
        assert {"k", "p"} <= set(app.screen.active_bindings)
        await pilot.press("p")
        await until(pilot, lambda: app.screen.stage == "pick" and isinstance(app.focused, NameLine))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.stage == "waiting" and app.focused is None)


@pytest.mark.usefixtures("two_pairings")
async def test_a_digit_goes_to_an_area_also_from_the_line_for_names(app, until):
    async with app.run_test() as pilot:
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, PrepareScreen) and app.screen.stage == "pick")
        await pilot.press("k", "2")
        await until(pilot, lambda: app.current_mode == "people")
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, PrepareScreen))
        assert app.screen.query_one(NameLine).value == "k"
