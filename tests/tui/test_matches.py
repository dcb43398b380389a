"""Matches: evidence and doubt, decisions and their undo, stale decisions, and the run itself."""

import threading
from types import SimpleNamespace

import pytest
from factories import a_mentor, a_proposal, a_run, an_executive
from textual.widgets import Input, OptionList

from companion.bootstrap import assemble
from companion.config import Settings
from companion.domain.matching import Band, Evidence, ExclusionReason, ProposalStatus, RunnerUp, Unmatched
from companion.errors import Cancelled
from companion.lazy import Lazy
from companion.ports import IndexReport
from companion.services import pairings, review_matches
from companion.tui.app import CompanionApp
from companion.tui.screens.matches import MatchesScreen
from companion.tui.screens.reading import ReadingScreen
from companion.tui.screens.reason import ReasonScreen
from companion.tui.widgets.list_table import ListTable
from companion.tui.widgets.progress import JobLine

EVIDENCE = Evidence(
    asked_by="ee1",
    asked_entry="need.1",
    asked_text="[/]see what juniors see",
    offered_by="mm1",
    offered_entry="offer.1",
    offered_text="a day in my shoes",
    similarity=0.7,
    percentile=0.99,
    word="close",
)


@pytest.fixture
def reviewing(tmp_path):
    """Three proposals to decide about, and one person without."""
    companion = assemble(tmp_path / "home", settings=Settings(model="none"))
    companion.knowledge = Lazy(lambda: SimpleNamespace(sync=lambda **_: 0))
    proposals = [
        a_proposal(
            f"p{n}",
            mentor_id=f"mm{n}",
            mentee_id=f"ee{n}",
            evidence=(EVIDENCE,) if n == 1 else (),
            doubt=f"Doubt {n}: [b]nobody[/b] asked.",
            runner_up=RunnerUp(mentor_id="mm2", band=Band.WEAK, total=0.4, note="Other zone.") if n == 1 else None,
        )
        for n in (1, 2, 3)
    ]
    with companion.store.get().write() as tx:
        tx.people.save([a_mentor(f"mm{n}", name=f"Mentor{n} Low") for n in (1, 2, 3, 4)])
        tx.people.save([an_executive(f"ee{n}", name=f"Boss{n} High") for n in (1, 2, 3)])
        unmatched = (Unmatched(person_id="mm4", reasons=("Nobody is left.",)),)
        excluded = ((ExclusionReason.REPORTING_LINE, 5),)
        tx.matches.save_run(a_run(*proposals, unmatched=unmatched, excluded=excluded))
    return companion


async def at_matches(app, pilot, until) -> ListTable:
    await pilot.press("3")
    await until(pilot, lambda: isinstance(app.screen, MatchesScreen) and app.screen.query_one(ListTable).row_count)
    return app.screen.query_one(ListTable)


async def test_a_proposal_shows_doubt_and_quotes_and_who_comes_second(reviewing, until, seen):
    app = CompanionApp(reviewing)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_matches(app, pilot, until)
        text = seen(app.screen)
        assert "3 to decide, 0 decided · 1 without a proposal (w) · nobody is told" in text
        assert text.index("Doubt Doubt 1: [b]nobody[/b] asked.") < text.index(
            "Boss1 wants to learn “[/]see what juniors"
        )
        assert "↔ Mentor1 can offer “a day in my shoes” (close)" in text
        assert "Runner-up: Mentor2 Low (weak). Other zone." in text
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))
        assert "Mentor4 Low Nobody is left." in seen(app.screen)
        assert "5 reporting line" in seen(app.screen)


async def test_approve_decline_and_undo_go_on_to_the_next_open_one(reviewing, until, seen):
    app = CompanionApp(reviewing)
    async with app.run_test(size=(80, 24)) as pilot:
        table = await at_matches(app, pilot, until)
        await pilot.press("a")
        await until(pilot, lambda: "2 to decide, 1 decided" in seen(app.screen))
        assert table.chosen == "p2"
        assert len(pairings.view_all(reviewing)) == 1
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, ReasonScreen))
        await pilot.press("tab", *"they asked not to", "enter")
        await until(pilot, lambda: "1 to decide, 2 decided" in seen(app.screen))
        assert table.chosen == "p3"
        await pilot.press("up")
        await until(pilot, lambda: "Declined they asked not to" in seen(app.screen))
        await pilot.press("u")
        await until(pilot, lambda: "2 to decide, 1 decided" in seen(app.screen))
        assert table.chosen == "p2"
        await pilot.press("u")
        await until(pilot, lambda: "3 to decide" in seen(app.screen))
        assert pairings.view_all(reviewing) == []


async def test_a_reason_is_offered_and_esc_declines_nothing(reviewing, until):
    app = CompanionApp(reviewing)
    async with app.run_test(size=(80, 24)) as pilot:
        table = await at_matches(app, pilot, until)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, ReasonScreen))
        assert isinstance(app.focused, OptionList)
        app.screen.query_one(Input).focus()
        await pilot.press("enter", "escape")
        assert table.chosen == "p1"
        assert len(review_matches.queue(reviewing).pending) == 3
        await pilot.press("d", "down", "enter")
        await until(pilot, lambda: len(review_matches.queue(reviewing).pending) == 2)
        assert review_matches.queue(reviewing).run.proposals[0].decline_reason == review_matches.DECLINE_REASONS[1]


async def test_a_decision_that_was_taken_elsewhere_is_said_and_shown(reviewing, until, seen):
    app = CompanionApp(reviewing)
    async with app.run_test(notifications=True) as pilot:
        await at_matches(app, pilot, until)
        review_matches.decline(reviewing, "p1", "Taken elsewhere.")
        await pilot.press("a")
        await until(pilot, lambda: "2 to decide, 1 decided" in seen(app.screen))
        assert [notice.title for notice in app._notifications] == ["This proposal was already declined."]
        assert "✗" in seen(app.screen)


async def test_next_goes_round_the_open_ones(reviewing, until):
    review_matches.decline(reviewing, "p2", "No.")
    app = CompanionApp(reviewing)
    async with app.run_test(size=(80, 24)) as pilot:
        table = await at_matches(app, pilot, until)
        for expected in ("p3", "p1", "p3"):
            await pilot.press("n")
            assert table.chosen == expected


class FakeProfiles:
    model_id = "fake"

    def sync(self, people, *, progress, cancelled):
        progress(1, 2, "reading profiles")
        return IndexReport(embedded=0, reused=0, removed=0)

    def vectors(self, texts):
        raise AssertionError("the fake matcher needs none")


async def test_matching_shows_its_progress_and_then_its_proposals(reviewing, until, seen):
    go_on = threading.Event()

    def fake_matcher(people, programme, vectors, *, run_id, at, progress, **_):
        progress(1, 2, "comparing")
        go_on.wait()
        return a_run(a_proposal("fresh", run_id=run_id, mentor_id="mm4", mentee_id="ee1"), run_id=run_id, at=at)

    reviewing.profiles, reviewing.matcher = Lazy(FakeProfiles), Lazy(lambda: fake_matcher)
    app = CompanionApp(reviewing)
    async with app.run_test(size=(80, 24)) as pilot:
        table = await at_matches(app, pilot, until)
        await pilot.press("m")
        await until(pilot, lambda: "comparing" in seen(app.screen))
        await pilot.press("m")
        go_on.set()
        await until(pilot, lambda: table.row_count == 1)
        assert table.chosen == "fresh"
        assert not app.screen.query_one(JobLine).display


async def test_matching_can_be_stopped_and_what_was_there_stays(reviewing, until, seen):
    def fake_matcher(*_, progress, cancelled, **__):
        progress(1, 2, "comparing")
        while not cancelled():
            threading.Event().wait(0.001)
        raise Cancelled("Stopped.")

    reviewing.profiles, reviewing.matcher = Lazy(FakeProfiles), Lazy(lambda: fake_matcher)
    app = CompanionApp(reviewing)
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        table = await at_matches(app, pilot, until)
        await pilot.press("m")
        await until(pilot, lambda: "comparing" in seen(app.screen))
        await pilot.click("#job-stop")
        await until(pilot, lambda: app.screen.query_one(JobLine).job is None)
        assert table.row_count == 3
        assert {p.status for p in review_matches.queue(reviewing).run.proposals} == {ProposalStatus.PENDING}


async def test_without_a_run_it_says_how_to_begin(tmp_path, until, seen):
    app = CompanionApp(assemble(tmp_path / "home", settings=Settings(model="none")))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: "Press m to match" in seen(app.screen))
        await pilot.press("a", "d", "n")
        assert isinstance(app.screen, MatchesScreen)
