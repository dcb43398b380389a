"""Matches: evidence and doubt, decisions and their undo, stale decisions, and the run itself."""

import signal
import subprocess
import sys
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from factories import NOON, a_mentor, a_proposal, a_run, an_executive
from review_fakes import FakeMatcher, FakeProfiles
from textual.widgets import OptionList

from companion.bootstrap import assemble
from companion.config import Settings
from companion.domain.criteria import Format
from companion.domain.matching import Band, Evidence, ExclusionReason, ProposalStatus, RunnerUp, Unmatched
from companion.domain.review_rules import DeclineCode, RuleKind
from companion.errors import Cancelled
from companion.lazy import Lazy
from companion.services import pairings, review_matches, review_rules
from companion.tui.app import CompanionApp
from companion.tui.match_texts import PIN_SIGN
from companion.tui.screens.confirm import ConfirmScreen
from companion.tui.screens.decline import DeclineScreen
from companion.tui.screens.matches import MatchesScreen
from companion.tui.screens.pick import PickScreen
from companion.tui.screens.reading import ReadingScreen
from companion.tui.widgets.deciding import Deciding
from companion.tui.widgets.list_table import ListTable
from companion.tui.widgets.progress import JobLine

LATER = NOON + timedelta(hours=1)
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


def with_fake_matcher(companion, scores) -> FakeMatcher:
    matcher = FakeMatcher(scores)
    companion.profiles, companion.matcher = Lazy(FakeProfiles), Lazy(lambda: matcher)
    return matcher


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
        assert "Runner-up (Tab): Mentor2 Low, weak. Other zone." in text
        await pilot.press("tab", "tab")
        await until(pilot, lambda: "●○○ weak fit · Other zone." in seen(app.screen))
        assert "Runner-up for Boss1" in seen(app.screen)
        await pilot.press("tab")
        await pilot.click("#matches-head", offset=(30, 0))
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
        await until(pilot, lambda: isinstance(app.screen, DeclineScreen))
        await pilot.press("7", *"they asked not to", "enter")
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


async def test_an_older_decision_is_taken_back_only_when_told(reviewing, until, seen):
    app = CompanionApp(reviewing)
    review_matches.approve(reviewing, "p1")
    pairing = review_matches.approve(reviewing, "p2")
    pairings.pause(reviewing, pairing.id, "on [/]x leave")
    async with app.run_test(size=(80, 24)) as pilot:
        await at_matches(app, pilot, until)
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        text = " ".join(seen(app.screen).split())
        assert "The last thing done is another one: pairing paused (Mentor2 Low and Boss2 High)" in text
        assert "would take back: proposal approved (Mentor2 Low and Boss2 High)" in text
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MatchesScreen))
        assert len(pairings.view_all(reviewing)) == 2
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: len(pairings.view_all(reviewing)) == 1)
        await until(pilot, lambda: "Taken back: proposal approved (Mentor2 Low and Boss2 High)" in seen(app.screen))


async def test_a_reason_is_offered_and_esc_declines_nothing(reviewing, until):
    app = CompanionApp(reviewing)
    async with app.run_test(size=(80, 24)) as pilot:
        table = await at_matches(app, pilot, until)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, DeclineScreen))
        assert isinstance(app.focused, OptionList)
        await pilot.press("escape")
        assert table.chosen == "p1"
        assert len(review_matches.queue(reviewing).pending) == 3
        await pilot.press("d", "down", "tab", *"at home", "enter")
        await until(pilot, lambda: len(review_matches.queue(reviewing).pending) == 2)
        rule = review_rules.rules(reviewing)[0]
        assert (rule.code, rule.reason) == (DeclineCode.CONFLICT, "at home")


@pytest.mark.parametrize(
    ("keys", "kind", "about"),
    [
        ("31", RuleKind.SKIP_ENTRY, ("ee1", "need.1")),
        ("41", RuleKind.HOLD, ("mm1", "")),
        ("42", RuleKind.HOLD, ("ee1", "")),
    ],
)
async def test_a_reason_that_needs_a_detail_asks_for_it(reviewing, until, keys, kind, about):
    with reviewing.store.get().write() as tx:
        tx.people.save([an_executive("ee1", name="Boss1 High", need=["[b]one", "two"])])
    app = CompanionApp(reviewing)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_matches(app, pilot, until)
        await pilot.press("d", *keys)
        await until(pilot, lambda: review_rules.rules(reviewing))
        rule = review_rules.rules(reviewing)[0]
        assert rule.kind is kind
        assert (rule.mentor_id or rule.mentee_id, rule.entry_id) == about


async def test_a_decision_that_was_taken_elsewhere_is_said_and_shown(reviewing, until, seen):
    app = CompanionApp(reviewing)
    async with app.run_test(notifications=True) as pilot:
        await at_matches(app, pilot, until)
        review_matches.decline(reviewing, "p1", DeclineCode.CONFLICT)
        await pilot.press("a")
        await until(pilot, lambda: "2 to decide, 1 decided" in seen(app.screen))
        assert [notice.title for notice in app._notifications] == ["This proposal was already declined."]
        assert "✗" in seen(app.screen)


async def test_a_matching_made_in_another_window_is_said_and_shown(reviewing, until, seen):
    app = CompanionApp(reviewing)
    async with app.run_test(notifications=True, size=(80, 24)) as pilot:
        table = await at_matches(app, pilot, until)
        with reviewing.store.get().write() as tx:
            fresh = a_proposal("fresh", run_id="run-2", mentor_id="mm4", mentee_id="ee1")
            tx.matches.save_run(a_run(fresh, run_id="run-2", at=LATER))
        await pilot.press("a")
        await until(pilot, lambda: table.keys == ("fresh",))
        assert "A newer matching has taken the place of this proposal." in {n.title for n in app._notifications}
        assert pairings.view_all(reviewing) == []


async def test_next_goes_round_the_open_ones(reviewing, until):
    review_matches.decline(reviewing, "p2", DeclineCode.CONFLICT)
    app = CompanionApp(reviewing)
    async with app.run_test(size=(80, 24)) as pilot:
        table = await at_matches(app, pilot, until)
        for expected in ("p3", "p1", "p3"):
            await pilot.press("n")
            assert table.chosen == expected


async def test_matching_shows_its_progress_and_then_its_proposals(reviewing, until, seen):
    go_on = threading.Event()
    matcher = with_fake_matcher(reviewing, {("mm4", "ee1"): 0.9, ("mm2", "ee1"): 0.8})
    matcher.before_solving = go_on.wait
    app = CompanionApp(reviewing)
    async with app.run_test(size=(80, 24)) as pilot:
        table = await at_matches(app, pilot, until)
        await pilot.press("m")
        await until(pilot, lambda: "reading profiles" in seen(app.screen))
        await pilot.press("m")
        go_on.set()
        await until(pilot, lambda: "p1" not in table.keys)
        assert "Mentor4 Low" in seen(app.screen)
        assert not app.screen.query_one(JobLine).display
        assert len(matcher.requests) == 1


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


async def test_a_new_run_says_what_changed_and_undo_knows_that_it_is_older(reviewing, until, seen):
    with_fake_matcher(reviewing, {("mm2", "ee3"): 0.9, ("mm3", "ee2"): 0.9})
    app = CompanionApp(reviewing)
    async with app.run_test(size=(120, 40)) as pilot:
        table = await at_matches(app, pilot, until)
        await pilot.press("a")
        await until(pilot, lambda: "2 to decide" in seen(app.screen))
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))
        text = seen(app.screen)
        assert "1 is approved, no pair stays, 2 change; all pairs together are 19.0 % better." in text
        assert "Boss2 High: Mentor3 Low instead of Mentor2 Low" in text
        await pilot.press("escape")
        await until(pilot, lambda: len(table.keys) == 2)
        await pilot.press("u")
        await until(pilot, lambda: "A newer matching has replaced it" in seen(app.screen))
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))


async def test_a_swap_shows_its_cost_first_and_pins_the_new_pairs(reviewing, until, seen):
    with_fake_matcher(reviewing, {("mm2", "ee1"): 0.4})
    app = CompanionApp(reviewing)
    async with app.run_test(size=(80, 24)) as pilot:
        table = await at_matches(app, pilot, until)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        assert "1 the runner-up, Mentor2 Low  weak fit" in seen(app.screen)
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        assert "Boss1 High: Mentor2 Low instead of Mentor1 Low; worse" in seen(app.screen)
        await pilot.press("escape", "s", "1")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        assert review_rules.rules(reviewing) == []
        await pilot.press("enter")
        await until(pilot, lambda: "p1" not in table.keys and "Swapped and pinned" in seen(app.screen))
        assert f"○{PIN_SIGN}" in seen(app.screen)
        await pilot.press("u")
        await until(pilot, lambda: table.keys == ("p1", "p2", "p3"))


async def test_pin_forbid_rules_and_lifting(reviewing, until, seen):
    app = CompanionApp(reviewing)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_matches(app, pilot, until)
        await pilot.press("p")
        await until(pilot, lambda: f"○{PIN_SIGN}" in seen(app.screen))
        await pilot.press("p")
        await until(pilot, lambda: review_rules.rules(reviewing) == [] and PIN_SIGN not in seen(app.screen))
        await pilot.press("f", *"[/]kin", "enter")
        await until(pilot, lambda: "2 to decide, 1 decided" in seen(app.screen))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        assert "1 Mentor1 Low and Boss1 High are never paired ([/]kin)." in seen(app.screen)
        await pilot.press("enter")
        await until(pilot, lambda: review_rules.rules(reviewing) == [])


async def test_why_not_somebody_else_is_asked_by_a_few_letters(reviewing, until, seen):
    with reviewing.store.get().write() as tx:
        tx.people.save([a_mentor(f"x{n}", name=f"Other {n}") for n in range(12)])
    with_fake_matcher(reviewing, {})
    app = CompanionApp(reviewing)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_matches(app, pilot, until)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        await pilot.press(*"or4", "enter")
        await until(pilot, lambda: isinstance(app.screen, ReadingScreen))
        assert "mm4 would leave somebody alone." in seen(app.screen)


async def test_the_list_is_narrowed_by_name_fit_doubt_and_what_is_open(reviewing, until, seen):
    review_matches.approve(reviewing, "p2")
    app = CompanionApp(reviewing)
    async with app.run_test(size=(100, 30)) as pilot:
        table = await at_matches(app, pilot, until)
        await pilot.press("slash", *"boss3")
        await until(pilot, lambda: table.keys == ("p3",))
        await pilot.press("enter")
        assert app.focused is table
        await pilot.press("escape")
        await until(pilot, lambda: len(table.keys) == 3)
        await pilot.press("slash")
        await pilot.click("#filter-standing")
        await until(pilot, lambda: table.keys == ("p1", "p3"))
        await pilot.click("#filter-standing")
        await until(pilot, lambda: table.keys == ("p2",))
        await pilot.click("#filter-standing")
        await pilot.click("#filter-band")
        await pilot.click("#filter-band")
        await until(pilot, lambda: table.keys == ())


async def test_pair_and_runner_up_stand_side_by_side_or_take_turns(reviewing, until, seen):
    app = CompanionApp(reviewing)
    async with app.run_test(size=(120, 40)) as pilot:
        await at_matches(app, pilot, until)
        second = app.screen.query_one("#second")
        assert "Runner-up (Tab)" not in seen(app.screen)
        assert second.region.x > app.screen.query_one("#pair").region.x > app.screen.query_one("#proposals").region.x
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: not second.display)
        await pilot.press("tab", "tab")
        await until(pilot, lambda: second.display and not app.screen.query_one("#pair").display)
        assert second.region.width == 80
        assert "Runner-up for Boss1" in seen(app.screen)
        await pilot.press("tab")
        await until(pilot, lambda: not second.display)


async def test_no_key_waits_while_another_window_writes(reviewing, until, seen):
    app = CompanionApp(reviewing)
    async with app.run_test(size=(80, 24)) as pilot:
        table = await at_matches(app, pilot, until)
        with reviewing.store.get().write():
            await pilot.press("a", "a", "a")
            await until(pilot, lambda: seen(app.screen).count("…") >= 3)
            assert app.screen.query_one(Deciding).under_way == {"p1", "p2", "p3"}
            await pilot.press("up")
            assert table.chosen == "p2"
        await until(pilot, lambda: "0 to decide, 3 decided" in seen(app.screen), 2000)
        assert len(pairings.view_all(reviewing)) == 3


async def test_a_circle_is_one_group_that_is_approved_at_once(reviewing, until, seen):
    members = [a_proposal(f"c{n}", run_id="run-2", mentor_id="mm4", mentee_id=f"ee{n}") for n in (1, 2, 3)]
    with reviewing.store.get().write() as tx:
        tx.people.save([a_mentor("mm4", name="Mentor4 Low", capacity=4)])
        tx.matches.save_run(a_run(*members, run_id="run-2", at=LATER, format=Format.CIRCLES))
    app = CompanionApp(reviewing)
    async with app.run_test(size=(80, 24)) as pilot:
        table = await at_matches(app, pilot, until)
        assert table.keys == ("circle:mm4", "c1", "c2", "c3")
        assert "3 executives, 3 to decide" in seen(app.screen)
        await pilot.press("a")
        await until(pilot, lambda: "0 to decide, 3 decided" in seen(app.screen))
        assert len({view.pairing.circle_id for view in pairings.view_all(reviewing)}) == 1


async def test_twenty_decisions_take_at_most_three_keys_each(tmp_path, until, seen):
    companion = assemble(tmp_path / "home", settings=Settings(model="none"))
    with companion.store.get().write() as tx:
        tx.people.save([a_mentor(f"mm{n}", name=f"Mentor{n}") for n in range(20)])
        tx.people.save([an_executive(f"ee{n}", name=f"Boss{n}", need=["one", "two"]) for n in range(20)])
        tx.matches.save_run(a_run(*(a_proposal(f"p{n}", mentor_id=f"mm{n}", mentee_id=f"ee{n}") for n in range(20))))
    app = CompanionApp(companion)
    keys = [*"a" * 10, *("d", "1") * 4, *("d", "3", "2") * 3, *("d", "4", "1") * 3]
    async with app.run_test(size=(80, 24)) as pilot:
        await at_matches(app, pilot, until)
        await pilot.press(*keys)
        await until(pilot, lambda: "0 to decide, 20 decided" in seen(app.screen), 2000)
    assert len(keys) == 36
    assert len(pairings.view_all(companion)) == 10
    assert len(review_rules.rules(companion)) == 10


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from companion.bootstrap import assemble
from companion.config import Settings
from companion.tui.app import CompanionApp
from companion.tui.widgets.deciding import Deciding
from companion.tui.widgets.list_table import ListTable

Deciding.on_slow_done = lambda self, message: os.kill(os.getpid(), signal.SIGKILL)

async def main():
    app = CompanionApp(assemble(Path(sys.argv[1]), settings=Settings(model="none")))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        while not (app.screen.query(ListTable) and app.screen.query_one(ListTable).row_count):
            await pilot.pause(0.01)
        await pilot.press("a")
        while True:
            await pilot.pause(0.01)

asyncio.run(main())
"""


def test_a_decision_survives_being_killed_before_it_is_painted(reviewing):
    result = subprocess.run([sys.executable, "-c", KILLED, str(reviewing.home.root)], capture_output=True, check=False)
    assert result.returncode == -signal.SIGKILL, result.stderr
    queue = review_matches.queue(reviewing)
    assert [p.status for p in queue.run.proposals].count(ProposalStatus.APPROVED) == 1
    assert len(pairings.view_all(reviewing)) == 1
    assert len(pairings.view_all(reviewing)[0].sessions) == 6


async def test_two_thousand_proposals_are_still_quick_to_go_through(tmp_path, until, seen):
    companion = assemble(tmp_path / "home", settings=Settings(model="none"))
    with companion.store.get().write() as tx:
        tx.people.save([a_mentor(f"mm{n}", name=f"Mentor{n}") for n in range(2000)])
        tx.people.save([an_executive(f"ee{n}", name=f"Boss{n}") for n in range(2000)])
        tx.matches.save_run(a_run(*(a_proposal(f"p{n}", mentor_id=f"mm{n}", mentee_id=f"ee{n}") for n in range(2000))))
    app = CompanionApp(companion)
    async with app.run_test(size=(120, 40)) as pilot:
        table = await at_matches(app, pilot, until)
        await until(pilot, lambda: "2000 to decide" in seen(app.screen), 3000)
        assert len(table.keys) == 500
        await pilot.press("a", "a")
        await until(pilot, lambda: "1998 to decide" in seen(app.screen), 3000)
        await pilot.press("slash", *"boss1777")
        await until(pilot, lambda: table.keys == ("p1777",))


async def test_without_a_run_it_says_how_to_begin(tmp_path, until, seen):
    app = CompanionApp(assemble(tmp_path / "home", settings=Settings(model="none")))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: "Press m to match" in seen(app.screen))
        await pilot.press("a", "d", "n")
        assert isinstance(app.screen, MatchesScreen)
