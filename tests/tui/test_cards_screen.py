"""The Cards screen: found as it is typed, filtered, jumped between, copied from; hostile cards are only text."""

import pytest
from textual.widgets import Input, Static

from companion.domain.cards import Stage
from companion.lazy import Lazy
from companion.services import prepare_agenda, sessions
from companion.tui.screens.cards import CardsScreen
from companion.tui.screens.pick import PickScreen
from companion.tui.screens.prepare import PrepareScreen
from companion.tui.widgets.list_table import ListTable

HOSTILE = """+++
id = "RM-100"
title = "[/]x [@click=app.quit]go[/] <script>"
topic = "risk"
stages = ["practice"]
blocks = ["explore"]
when_to_use = "When [red]hostile[/red] text is tried, 👩‍👩‍👧 and \u202eright to left."
minutes = { min = 5, usual = 8, max = 25 }
questions = ["[/b]What[/] about $x and {goal}?"]
why = "Because [/] it must be shown as it is."
grade = "D"
do_not_say = "Do not say [/b] anything."
contradicted_by = ["RM-019", "RM-021", "A study of [/] 2020 says otherwise."]

[[sources]]
title = "Our own [/] proposal"
year = 2026
n = 12
+++

## What the mentor does

- Do [bold]this[/bold] and <b>that</b>.
"""


@pytest.fixture
def own_card(companion):
    folder = companion.home.create().knowledge
    folder.mkdir()
    (folder / "RM-100-ours.md").write_text(HOSTILE, encoding="utf-8")
    return companion


async def open_cards(app, pilot, until) -> CardsScreen:
    await until(pilot, lambda: app.companion.knowledge.state == "ready" and app.focused is not None)
    await pilot.press("k")
    await until(pilot, lambda: at_cards(app) and table(app.screen).keys)
    return app.screen


def at_cards(app) -> bool:
    return isinstance(app.screen, CardsScreen) and app.screen.is_mounted and bool(app.screen.query(ListTable))


def table(screen) -> ListTable:
    return screen.query_one(ListTable)


def text(screen) -> str:
    return str(screen.query_one("#card-text", Static).render())


async def test_all_cards_are_there_and_the_arrows_go_through_them_from_the_search_line(app, until, real_cards):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_cards(app, pilot, until)
        assert table(screen).keys == tuple(card.id for card in real_cards)
        await pilot.press("down")
        await until(pilot, lambda: table(screen).chosen == "RM-002")
        await until(pilot, lambda: "Reverse or reciprocal" in text(screen))
        assert isinstance(app.focused, Input)
        assert "Sources" in text(screen)
        assert "peer-reviewed" in text(screen)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, CardsScreen))


async def test_what_is_typed_is_found_by_words_before_the_index_is_there(app, companion, until):
    """Without the search index a card is found by what it holds; an id finds its card first."""
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_cards(app, pilot, until)
        companion.knowledge = Lazy(NothingFound)
        await pilot.press(*"stand-up")
        await until(pilot, lambda: 0 < len(table(screen).keys) < 20)
        await pilot.press("escape", *"rm-047")
        await until(pilot, lambda: table(screen).chosen == "RM-047")
        await pilot.press("escape")
        await until(pilot, lambda: len(table(screen).keys) > 60)
        assert screen.query_one(Input).value == ""


async def test_the_cursor_stays_where_the_person_went(app, companion, until):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_cards(app, pilot, until)
        companion.knowledge = Lazy(NothingFound)
        await pilot.press(*"listen")
        await until(pilot, lambda: 0 < len(table(screen).keys) < 60)
        first = table(screen).keys[0]
        await pilot.press("down")
        await until(pilot, lambda: table(screen).chosen != first)
        went_to = table(screen).chosen
        screen._show(tuple(reversed(screen._found)))
        assert table(screen).chosen == went_to


async def test_nothing_found_says_what_to_do(app, companion, until):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_cards(app, pilot, until)
        companion.knowledge = Lazy(NothingFound)
        screen.query_one(Input).value = "x" * 10_000
        await until(pilot, lambda: "Nothing found" in text(screen))
        assert screen.check_action("copy", ()) is False
        await pilot.press("escape")
        await until(pilot, lambda: table(screen).keys)


class NothingFound:
    def cards(self):
        return ()

    def search(self, *_, **__):
        return []


async def test_stage_and_topic_narrow_the_list(app, until, real_cards):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_cards(app, pilot, until)
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        await pilot.press("7")
        closing = {card.id for card in real_cards if Stage.CLOSE in card.stages}
        await until(pilot, lambda: set(table(screen).keys) == closing)
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        await pilot.press("6")
        risks = {card.id for card in real_cards if card.id in closing and card.topic == "risk"}
        await until(pilot, lambda: set(table(screen).keys) == risks)
        assert "close · risk" in str(screen.query_one("#cards-count", Static).render())


async def test_a_question_is_copied_and_an_own_card_is_marked_and_shown_verbatim(app, own_card, until):
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        screen = await open_cards(app, pilot, until)
        await pilot.press(*"RM-100")
        await until(pilot, lambda: table(screen).chosen == "RM-100")
        shown = text(screen)
        assert "a card of your programme" in shown
        assert "[/]x [@click=app.quit]go[/] <script>" in shown
        assert "Do [bold]this[/bold] and <b>that</b>." in shown
        assert "Our own [/] proposal (2026, n=12)" in shown
        assert "A study of [/] 2020 says otherwise." in shown
        assert str(table(screen).get_row("RM-100")[1]).startswith("* [/]x [@click")
        await pilot.press("f2")
        assert app.clipboard == "[/b]What[/] about $x and …?"
        assert "Five reasons why people stay silent" in shown


async def test_what_contradicts_a_card_is_one_jump_away_and_back(app, own_card, until):
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_cards(app, pilot, until)
        await pilot.press(*"rm-100")
        await until(pilot, lambda: table(screen).chosen == "RM-100")
        assert screen.check_action("back", ()) is False
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        await pilot.press("2")
        await until(pilot, lambda: table(screen).chosen == "RM-021")
        await pilot.press("f7")
        await until(pilot, lambda: table(screen).chosen == "RM-100")
        body = screen.query_one("#card-text")
        lines = [body.render_line(line).text for line in range(body.size.height)]
        line = next(line for line, shown in enumerate(lines) if "RM-019" in shown)
        await pilot.click("#card-text", offset=(lines[line].index("RM-019") + 1, line))
        await until(pilot, lambda: table(screen).chosen == "RM-019")


async def test_a_card_says_where_agendas_use_it(app, companion, until):
    choices = prepare_agenda.choices(companion, "pairing-1")
    draft = prepare_agenda.begin(companion, choices.session.id, choices.suggested, 45)
    sessions.log(companion, choices.session.id)
    item = next(item for item in draft.agenda.items if item.card_id)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await open_cards(app, pilot, until)
        await pilot.press(*item.card_id)
        await until(pilot, lambda: table(screen).chosen == item.card_id)
        await until(pilot, lambda: "Amira's session 1 with Laurent, held" in text(screen))


async def test_from_an_agenda_the_screen_opens_on_the_card_of_the_item(app, until):
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.companion.store.peek() is not None)
        app.prepare("pairing-1")
        await until(pilot, lambda: isinstance(app.screen, PrepareScreen) and app.screen.query("#choices Choice"))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query("AgendaRow"))
        await until(pilot, lambda: not app.screen.query_one("#agenda").busy)
        card_id = app.screen.query_one("#agenda").item.card_id
        await pilot.press("k")
        await until(pilot, lambda: at_cards(app) and table(app.screen).chosen == card_id)


async def test_the_palette_opens_the_cards(app, until):
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.focused is not None)
        assert "Cards" in [command.title for command in app.get_system_commands(app.screen)]
        app.action_open_cards("RM-021")
        await until(pilot, lambda: at_cards(app) and table(app.screen).chosen == "RM-021")
