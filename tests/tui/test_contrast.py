"""Everything on the main screens can be read, in both themes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from contrast import hard_to_read

from companion.tui.app import AREAS, CompanionApp
from companion.tui.screens.cards import CardsScreen
from companion.tui.screens.practice import PracticeScreen
from companion.tui.screens.prepare import PrepareScreen
from companion.tui.screens.report import ReportScreen
from companion.tui.screens.say_it import SayItScreen
from companion.tui.screens.today import SessionCard


@pytest.mark.parametrize("theme", ["companion-dark", "companion-light"])
async def test_text_has_contrast_on_every_area_and_the_screens_beside_them(companion, until, theme):
    companion.settings = replace(companion.settings, theme=theme)
    app = CompanionApp(companion)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        for key, mode, _, _ in AREAS:
            await pilot.press(key)
            await until(pilot, lambda mode=mode: app.current_mode == mode and app.screen_stack)
            await until(pilot, lambda: not app.screen.query("#state-line.muted"))
            assert hard_to_read(app) == {}, mode
        app.prepare("pairing-1")
        await until(pilot, lambda: isinstance(app.screen, PrepareScreen) and app.screen.stage == "choices")
        assert hard_to_read(app) == {}, "choices"
        for screen in (
            CardsScreen(companion),
            ReportScreen(companion),
            PracticeScreen(companion),
            SayItScreen(companion),
        ):
            await app.push_screen(screen)
            await until(pilot, lambda screen=screen: app.screen is screen and app.screen.query("FooterKey"))
            assert hard_to_read(app) == {}, type(screen).__name__
            app.pop_screen()
