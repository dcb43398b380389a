"""Forgetting and exporting a person from the People area: shown first, done only with the name, then a receipt."""

import re

import pytest
from factories import a_mentor
from review_fakes import FakeProfiles
from textual.widgets import Input

from companion.domain.receipts import new_receipt
from companion.lazy import Lazy
from companion.services import forget_person, people, today
from companion.tui.screens.forget import ForgetScreen, plan_text
from companion.tui.screens.people import PeopleScreen
from companion.tui.screens.reading import ReadingScreen
from companion.tui.screens.today import greeting
from companion.tui.widgets.list_table import ListTable


class FakeIndex(FakeProfiles):
    def forget_others(self, everybody, also):
        return 0

    def discard(self):
        pass

    def sync(self, everybody, **_):
        pass


async def at_people(app, pilot, until) -> None:
    await pilot.press("2")
    await until(pilot, lambda: isinstance(app.screen, PeopleScreen) and app.screen.query_one(ListTable).row_count)


async def test_somebody_is_forgotten_only_when_the_name_is_typed(app, companion, until, seen):
    companion.profiles = Lazy(FakeIndex)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await at_people(app, pilot, until)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, ForgetScreen))
        assert "Forget Amira Haddad?" in seen(app.screen)
        assert re.search(r"^profiles +1$", seen(app.screen), re.MULTILINE)
        await pilot.press(*"somebody", "enter")
        await until(pilot, lambda: "That is not the name" in seen(app.screen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PeopleScreen))
        assert len(people.list_people(companion)) == 2
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, ForgetScreen))
        app.screen.query_one(Input).value = "amira  HADDAD"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))
        assert "receipt-" in seen(app.screen)
        assert "Amira" not in seen(app.screen)
        await pilot.press("escape")
        await until(pilot, lambda: "0 mentors and 1 executives" in seen(app.screen))
    assert [receipt.is_finished for receipt in forget_person.receipts(companion)] == [True]


async def test_what_is_held_is_written_and_said_where(app, companion, until):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await at_people(app, pilot, until)
        await pilot.press("x")
        await until(pilot, lambda: [*companion.home.exports.glob("*/everything.html")])
        await until(pilot, lambda: any("readable by you alone" in note.message for note in app._notifications))


def test_hostile_names_are_shown_as_they_are(companion):
    name = "[/]x <script> \u05d0\u05d1 🙂 " + "n" * 150
    with companion.store.get().write() as tx:
        tx.people.save([a_mentor("h1", name=name)])
    (companion.home.root / "[bold]notes.txt").write_text(f"see {name}")
    plan = forget_person.plan(companion, "h1")
    assert "[bold]notes.txt" in plan_text(plan).plain
    assert ForgetScreen(plan)


async def test_what_was_interrupted_is_said_and_finished_when_the_app_starts(app, companion, until):
    companion.profiles = Lazy(FakeIndex)
    with companion.store.get().write() as tx:
        tx.erasures.add(new_receipt("forget", companion.clock.now(), "m1"))
    assert "Forgetting somebody is not finished" in str(greeting(today.today(companion)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: forget_person.receipts(companion)[0].is_finished)
    assert [person.id for person in people.list_people(companion)] == ["e1"]
    assert "not finished" not in str(greeting(today.today(companion)))


@pytest.mark.parametrize("name", ["Maria " + "de los Ángeles " * 11 + "Ruiz", "名" * 200, "x" * 200])
async def test_a_long_name_is_read_whole_and_the_line_to_type_it_is_seen(app, companion, until, name):
    with companion.store.get().write() as tx:
        tx.people.save([a_mentor("long", name=name)])
    plan = forget_person.plan(companion, "long")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen_stack)
        app.push_screen(ForgetScreen(plan))
        await until(pilot, lambda: any(line.region.height for line in app.screen.query("ForgetScreen Input")))
        title = app.screen.query_one(".title")
        drawn = "".join(title.render_line(line).text.rstrip() for line in range(title.size.height))
        assert "".join(name.split()) in "".join(drawn.split())
        assert app.screen.query_one("#forget-error").region.y < 23
        assert app.screen.query_one(Input).region.bottom <= 23
        assert app.screen.query_one("VerticalScroll").region.height > 2


def test_the_name_is_typed_as_it_is_shown_and_without_ink_the_id_stands_for_it(companion):
    with companion.store.get().write() as tx:
        tx.people.save([a_mentor("m8", name="El\u200bżbieta\x1b[31m Wójcik"), a_mentor("m9", name="\u200b\u202e")])
    plan = forget_person.plan(companion, "m8")
    assert forget_person.asked_name(plan) == "Elżbieta Wójcik"
    assert forget_person.confirmed(plan, "elzbieta  wojcik")
    assert not forget_person.confirmed(plan, "elzbieta")
    hidden = forget_person.plan(companion, "m9")
    assert not forget_person.confirmed(hidden, "")
    assert forget_person.confirmed(hidden, "m9")
