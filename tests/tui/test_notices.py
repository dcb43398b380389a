"""Notices do not pile up over the work, and what was said can be read again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from textual import events
from textual.widgets import Static
from textual.widgets._toast import Toast

from companion.errors import InvalidInput
from companion.tui.app import SAID_LAST
from companion.tui.notices import CHARS, KEPT, READ_AGAIN, READ_ALL, SECONDS, Notices, notices_text
from companion.tui.screens.line import LineScreen
from companion.tui.screens.reading import ReadingScreen
from companion.tui.screens.today import SessionCard

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def toasts(app):
    """What is on screen, from the top down, by their first line."""
    found = sorted(app.screen.query(Toast), key=lambda toast: toast.region.y)
    return [str(toast.render()).split("\n")[0] for toast in found if toast.region.height]


async def test_two_at_most_with_the_newest_on_top_and_room_beside_them(app, until):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        for number in range(6):
            app.notify(f"Number {number} was saved.")
        await until(pilot, lambda: toasts(app) == ["Number 5 was saved.", "Number 4 was saved."])
        assert sum(toast.region.height for toast in app.screen.query(Toast)) == 2
        app.notify("One more.")
        await until(pilot, lambda: toasts(app) == ["One more.", "Number 5 was saved."])
        app.show_error(InvalidInput("What " + "is wrong " * 900, "What to do " * 900))
        await until(pilot, lambda: len(toasts(app)) == 2 and toasts(app)[0].startswith("What is wrong"))
        assert sum(toast.region.height for toast in app.screen.query(Toast)) <= 9
        assert all(toast.region.bottom <= 22 and toast.region.x >= 0 for toast in app.screen.query(Toast))


async def test_the_next_key_takes_them_away_but_typing_does_not(app, until):
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        app.push_screen(LineScreen("Which?", "this", "", lambda text: None))
        await until(pilot, lambda: isinstance(app.screen, LineScreen))
        app.notify("Kept.")
        await until(pilot, lambda: toasts(app) == ["Kept."])
        await pilot.press("a", "space", "b")
        assert toasts(app) == ["Kept."]
        await pilot.press("left")
        await until(pilot, lambda: not toasts(app))
        await pilot.press("escape")
        app.notify("Kept once more.")
        await until(pilot, lambda: toasts(app) == ["Kept once more."])
        app.post_message(events.MouseDown(None, 1, 1, 0, 0, 1, False, False, False))
        await until(pilot, lambda: not toasts(app))


async def test_an_error_can_be_read_again_whole_also_in_a_dialog(app, until):
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        app.show_error(InvalidInput("[/]x \x1b[31m" + "long " * 60 + "end", "[@click=app.quit]z[/]"))
        app.notify("Saved.")
        await until(pilot, lambda: len(toasts(app)) == 2)
        app.push_screen(LineScreen("Which?", "this", "", lambda text: None))
        await until(pilot, lambda: isinstance(app.screen, LineScreen))
        await pilot.press("f12")
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))
        assert not toasts(app)
        text = str(app.screen.query_one(Static).render())
        assert app.screen.heading == SAID_LAST
        assert text.index("Saved.") < text.index("! [/]x long long")
        assert "long end\n[@click=app.quit]z[/]" in text
        await pilot.press("f12")
        await until(pilot, lambda: isinstance(app.screen, LineScreen))


def test_only_what_matters_or_is_cut_names_the_key_that_shows_it_again():
    said = Notices(lambda: AT)
    said.add("Saved.", "", "information")
    said.add("y" * (CHARS + 1), "", "information")
    said.add("It is in use.", "Not written", "error")
    error, long, short = (one.brief for one in said)
    assert short == ("", "Saved.")
    assert long[1].endswith(f"…\n{READ_ALL}")
    assert error == ("Not written", f"It is in use.\n{READ_AGAIN}")


def test_one_whose_time_is_over_does_not_come_back_with_the_next():
    at = [AT]
    said = Notices(lambda: at[0])
    said.add("One.", "", "information")
    at[0] += timedelta(seconds=SECONDS / 2)
    said.add("Two.", "", "information")
    assert [one.text for one in said.on_screen()] == ["Two.", "One."]
    at[0] += timedelta(seconds=SECONDS)
    said.add("Three.", "", "information")
    assert [one.text for one in said.on_screen()] == ["Three."]


def test_the_oldest_are_let_go_and_each_has_its_time_and_a_sign():
    clock = iter(AT + timedelta(minutes=number) for number in range(2 * KEPT))
    said = Notices(lambda: next(clock))
    for number in range(2 * KEPT):
        said.add(f"Number {number}.", "", "warning" if number % 2 else "information")
    lines = notices_text(said).plain.split("\n")
    newest = (AT + timedelta(minutes=2 * KEPT - 1)).astimezone()
    assert lines[0] == f"{newest:%H:%M}  ! Number {2 * KEPT - 1}."
    assert lines[2].endswith(f"  Number {2 * KEPT - 2}.")
    assert len([line for line in lines if line]) == KEPT
    assert notices_text(Notices(lambda: AT)).plain == "Nothing yet."
