"""The whole main job in the terminal app, with the real store, the real index and the real embedding model."""

from pathlib import Path

import pytest
from textual.widgets import Input

from companion import paths
from companion.bootstrap import assemble
from companion.config import Settings
from companion.services import pairings, prepare_agenda, review_matches
from companion.tui.app import CompanionApp
from companion.tui.screens.import_file import ImportFileScreen
from companion.tui.screens.import_preview import ImportPreviewScreen
from companion.tui.screens.matches import MatchesScreen
from companion.tui.screens.pairings import PairingsScreen
from companion.tui.screens.prepare import PrepareScreen
from companion.tui.screens.prepare_agenda import AgendaPane

SAMPLE = Path(paths.__file__).parent / "sample" / "people.csv"


@pytest.mark.embedder
@pytest.mark.timeout(600)
async def test_import_match_approve_prepare_deliver(tmp_path, until, seen):
    companion = assemble(tmp_path / "home", settings=Settings(model="none"))
    app = CompanionApp(companion)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: companion.store.peek() is not None)
        await pilot.press("2")
        await until(pilot, lambda: "Nobody is here yet" in seen(app.screen))
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, ImportFileScreen))
        app.screen.query_one("#import-path", Input).value = str(SAMPLE)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ImportPreviewScreen), 3000)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "24 mentors and 16 executives" in seen(app.screen), 3000)

        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, MatchesScreen))
        await until(pilot, lambda: not app.screen.query_one("#state-line").display)
        await pilot.press("m")
        await until(pilot, lambda: "15 to decide" in seen(app.screen), 12000)
        assert "nobody is told" in seen(app.screen)
        await pilot.press("a")
        await until(pilot, lambda: len(pairings.view_all(companion)) == 1)
        await pilot.press("u")
        await until(pilot, lambda: pairings.view_all(companion) == [])
        await pilot.press("a")
        await until(pilot, lambda: len(pairings.view_all(companion)) == 1)
        assert len(review_matches.queue(companion).pending) == 14

        await pilot.press("4")
        await until(pilot, lambda: isinstance(app.screen, PairingsScreen))
        await until(pilot, lambda: "1 pairing" in seen(app.screen))
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, PrepareScreen))
        await until(pilot, lambda: app.screen.stage == "choices", 6000)
        session = pairings.next_session(pairings.view_all(companion)[0])
        await pilot.press("enter")
        await until(pilot, lambda: prepare_agenda.open_draft(companion, session.id) is not None, 3000)
        await until(pilot, lambda: app.screen.stage == "agenda" and not app.screen.query_one(AgendaPane).busy, 3000)
        await pilot.press("D")
        await until(pilot, lambda: list((tmp_path / "home" / "outbox").glob("*/brief.eml")) != [], 3000)
    companion.close()
