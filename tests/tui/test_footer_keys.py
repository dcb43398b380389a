"""The keys at the bottom are whole words in every window, and Help is always among them."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets._footer import FooterKey

from companion.tui.widgets.keys import Keys

MANY = [Binding(letter, "bell", f"Letter {letter} 字", id=f"of.{letter}") for letter in "abcdefghijklmnopqrs"]


class FakeApp(App[None]):
    BINDINGS = [*(Binding(b.key, f"say('{b.key}')", b.description) for b in MANY), Binding("f1", "help", "Help")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        yield Keys()


def shown(app: App[None]) -> list[FooterKey]:
    return list(app.screen.query(FooterKey))


@pytest.mark.parametrize("columns", [30, 79, 80, 81, 99, 100, 101, 160])
async def test_what_does_not_fit_is_not_there(until, columns):
    app = FakeApp()
    async with app.run_test(size=(columns, 10)) as pilot:
        await until(pilot, lambda: shown(app) and shown(app)[-1].region.width)
        *keys, palette = shown(app)
        assert keys[-1].description == "Help"
        assert all(key.region.right <= palette.region.x for key in keys)
        # What stands there has its whole width, and one more would not have had.
        assert all(key.region.width >= len(key.key_display) + len(key.description) + 1 for key in keys)
        assert len(keys) < len(MANY)
        assert palette.region.x - keys[-1].region.right < 18


async def test_a_wider_window_has_more_of_them(until):
    app = FakeApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await until(pilot, lambda: shown(app))
        few = len(shown(app))
        await pilot.resize_terminal(140, 10)
        await until(pilot, lambda: len(shown(app)) > few)
        await pilot.resize_terminal(400, 10)
        await until(pilot, lambda: len(shown(app)) == len(MANY) + 2)
