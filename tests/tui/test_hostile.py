"""Text that tries to be markup, a link, a terminal code or simply too long: through every screen and every dialog."""

from datetime import UTC, datetime

import pytest
from factories import a_commitment, a_goal, a_mentor, a_pairing, a_proposal, a_run, a_session, an_executive
from textual.widgets import Input, Select

from companion.bootstrap import assemble
from companion.config import Settings
from companion.domain.access import ModelCall
from companion.domain.cards import Stage
from companion.domain.fairness import FlipTest, GroupRow, Hub, Treatment
from companion.domain.matching import Band, Evidence, RunnerUp, Unmatched
from companion.domain.text import plain
from companion.errors import InvalidInput
from companion.services import prepare_agenda
from companion.tui.app import CompanionApp
from companion.tui.screens.decline import DeclineScreen
from companion.tui.screens.import_preview import ImportPreviewScreen
from companion.tui.screens.line import LineScreen
from companion.tui.screens.log import LogScreen
from companion.tui.screens.pick import PickScreen
from companion.tui.screens.reading import ReadingScreen
from companion.tui.screens.today import SessionCard

RAW = "[/]x [@click=app.quit]x[/] <script>alert(1)</script> 👩‍👩‍👧 שלום \x1b[31mred\x1b[0m\x07 $name [b]b \\[c]"
SHOWN = plain(RAW, one_line=True)
LONG = (RAW + " ") + "wide" * 2500
GIVEN = "[/]x"
"""The first word of the name."""
EVIDENCE = Evidence(
    asked_by="e1",
    asked_entry="need.1",
    asked_text=RAW,
    offered_by="m1",
    offered_entry="[/].1",
    offered_text=LONG,
    similarity=0.5,
    percentile=0.5,
    word=RAW,
)


def test_the_text_is_hostile_and_its_letters_stay():
    assert SHOWN == "[/]x [@click=app.quit]x[/] <script>alert(1)</script> 👩‍👩‍👧 שלום red $name [b]b \\[c]"
    assert len(LONG) > 10_000


@pytest.fixture
def hostile(tmp_path, knowledge, writer):
    """A pairing, a proposal and a model call in which every text is hostile."""
    writer.says = lambda variables: {"question": LONG}
    one = assemble(tmp_path / "home", settings=Settings(model="embedded/fake"), writer=writer)
    one.knowledge = knowledge
    facts = {"title": RAW, "department": RAW, "location": RAW, "email": RAW, "manager_id": RAW, "time_zone": "[/]"}
    long = LONG[:500]
    with one.store.get().write() as tx:
        tx.people.save(
            [
                a_mentor(name=RAW, offer=[RAW, long], gain=[RAW], interest=[RAW], off_limits=[RAW], **facts),
                an_executive(name=RAW, need=[RAW, long], offer=[RAW], **facts),
                a_mentor("m2", name=RAW),
            ]
        )
        runner_up = RunnerUp(
            mentor_id="m2", band=Band.WEAK, total=0.1, note=LONG, evidence=(EVIDENCE,), doubt=RAW, would_win=(RAW,)
        )
        hard = {"doubt": LONG, "evidence": (EVIDENCE,), "difference": (RAW,), "runner_up": runner_up}
        hard |= {"missing": (RAW,), "rationale": RAW}
        unmatched = (Unmatched(person_id="m2", reasons=(LONG,)),)
        proposals = (a_proposal(**hard), a_proposal("proposal-2", mentor_id="m2", decline_reason=LONG, **hard))
        treatment = Treatment(
            flip=FlipTest(pairs=2, entries_changed=1, changed_without=("proposal-1",)),
            groups=(GroupRow(attribute=RAW, value=LONG, side=RAW, people=5, proposed=1, exposure=1, regret=0),),
            hubs=(Hub(person_id="m1", first_choice_of=9, places=1),),
        )
        about = {"warnings": (LONG,), "criteria": (RAW, LONG), "treatment": treatment}
        tx.matches.save_run(a_run(*proposals, unmatched=unmatched, **about))
        tx.pairings.add(a_pairing(), [a_goal(text=RAW), a_goal("goal-2", text=long)])
        session = a_session(executive_question=long, starts_at=datetime(2026, 3, 5, 14, 0, tzinfo=UTC))
        tx.sessions.add([session, a_session("session-2", number=2, stage=Stage.CURIOSITY)])
        tx.sessions.add_commitments([a_commitment(text=LONG[:300]), a_commitment("c2", text=RAW)])
        names = {"task": RAW, "model": RAW, "destination": RAW, "outcome": RAW, "reply": LONG}
        call = {"id": RAW, "at": datetime(2026, 3, 2, tzinfo=UTC), "remote": True, "payload": LONG.encode()}
        tx.calls.add(ModelCall.model_validate(names | call))
    return one


@pytest.fixture(params=[(80, 24), (120, 40)], ids=["narrow", "wide"])
def size(request):
    return request.param


class Walk:
    """Press, wait, and look whether the hostile text is there, word for word."""

    def __init__(self, app, pilot, until, seen) -> None:
        self.app, self.pilot, self._until, self._seen = app, pilot, until, seen

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def shows(self, text: str = SHOWN, screen: type | None = None) -> None:
        await self._until(
            self.pilot,
            lambda: (screen is None or isinstance(self.app.screen, screen)) and text in self._seen(self.app.screen),
        )
        assert "\x1b" not in self._seen(self.app.screen)
        # Painting is where markup would break.
        self.app.export_screenshot()


@pytest.fixture
async def walk(hostile, until, seen, size):
    app = CompanionApp(hostile)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: app.screen.query(SessionCard))
        yield Walk(app, pilot, until, seen)
        assert app.is_running


async def test_today_and_its_dialogs(walk):
    await walk.shows(f"{SHOWN} with {SHOWN}")
    await walk.shows(f"{GIVEN} promised: {SHOWN}")
    for offset in ((30, 0), (30, 2), (30, 3)):
        await walk.pilot.click(SessionCard, offset=offset)
        await walk.pilot.pause()
    assert walk.app.is_running
    while not walk.app.screen.query(SessionCard):
        await walk.press("escape")
    walk.app.screen.query_one(SessionCard).focus()
    await walk.press("h")
    await walk.shows(f"with {GIVEN}? (UTC)", LineScreen)
    walk.app.screen.query_one(Input).value = "[/]soon[@click=app.quit]"
    await walk.press("enter")
    await walk.shows("'[/]soon[@click=app.quit]' is not a date")
    await walk.press("escape", "i")
    await walk.shows(f"What does {GIVEN} want to ask", LineScreen)
    await walk.press("escape", "l")
    await walk.shows(f"{GIVEN}: {SHOWN}", LogScreen)


async def test_people_and_an_import(walk, tmp_path):
    await walk.press("2")
    await walk.shows(f"can offer\n· {SHOWN}")
    await walk.shows(f"manager      {SHOWN}")
    file = tmp_path / "[b]people.csv"
    rows = f'x1;"{RAW}";mentor;"{RAW}"\nx2;"{LONG}";boss;"{LONG}"\ne1;"{RAW} new";executive;"{RAW} too"\n'
    file.write_text(f"id;name;role;department;{RAW}\n" + rows, encoding="utf-8")
    await walk.press("i")
    walk.app.screen.query_one("#import-path", Input).value = str(file)
    await walk.press("enter")
    await walk.shows("+ [/]x [@click=app.quit]x[/] <script>alert(1)</script> 👩‍👩‍👧 שלום ", ImportPreviewScreen)
    await walk.shows("[b]people.csv")
    await walk.press("p", "c", "ctrl+s")
    await walk.shows("3 mentors and 1 executives")
    await walk.press("slash", *"[/]")
    await walk.shows("4 found")


async def test_matches_and_its_dialogs(walk):
    await walk.press("3")
    await walk.shows(f"Doubt {SHOWN}")
    await walk.shows(f"{GIVEN} wants to learn “{SHOWN}”")
    await walk.press("w")
    await walk.shows(f"! {SHOWN}", ReadingScreen)
    await walk.press("escape", "t")
    await walk.shows(SHOWN, ReadingScreen)
    await walk.press("escape", "y")
    await walk.shows(SHOWN, PickScreen)
    await walk.press("escape", "s")
    await walk.shows(f"the runner-up, {SHOWN}", PickScreen)
    await walk.press("escape", "tab", "tab")
    await walk.shows(f"Would be proposed instead\n· {SHOWN}")
    await walk.press("tab", "d")
    await walk.shows("Why not", DeclineScreen)
    await walk.press("3")
    await walk.shows(f"1 {SHOWN}")
    await walk.press("1")
    await walk.shows("1 to decide")
    await walk.press("l")
    await walk.shows(f"1 “{SHOWN}” of {SHOWN}", PickScreen)
    await walk.press("escape", "u")
    await walk.shows("2 to decide")
    await walk.press("d", "7", *"[/]no[@click=app.quit]", "enter")
    await walk.shows("1 to decide")
    await walk.press("up")
    await walk.shows("Declined [/]no[@click=app.quit]")
    await walk.press("u", "a")
    await walk.shows("[/]x")


async def test_pairings(walk):
    await walk.press("4")
    await walk.shows(f"What {GIVEN} wants\n· {SHOWN}")
    await walk.shows(f"{GIVEN}: {SHOWN} (open)")
    await walk.shows(f"asks: “{SHOWN}")


async def test_privacy_in_its_three_views(walk):
    await walk.press("6")
    await walk.shows(f"! It left this machine for {SHOWN}")
    await walk.press("v")
    await walk.shows(f"{SHOWN} wide")
    await walk.press("v")
    await walk.shows("\\x1b[31mred\\x1b[0m\\x07")


async def test_settings_and_the_palette(walk):
    await walk.press("7")
    await walk.shows("Where everything is kept")
    select = walk.app.screen.query_one("#settings-me", Select)
    await walk._until(walk.pilot, lambda: len(select._options) == 3)
    select.focus()
    await walk.press("enter")
    await walk.pilot.pause()
    await walk.press("down", "enter")
    await walk.shows(GIVEN)
    await walk.press("ctrl+p", *"[/]")
    await walk.pilot.pause()
    await walk.press("escape")


async def test_prepare_from_the_list_to_the_brief(walk, hostile):
    await walk.press("5")
    await walk.shows(GIVEN)
    await walk.press("enter")
    await walk._until(walk.pilot, lambda: walk.app.screen.stage == "choices")
    await walk.shows(SHOWN)
    await walk.press("enter")
    await walk._until(
        walk.pilot, lambda: walk.app.screen.stage == "agenda" and not walk.app.screen.query_one("#agenda").busy
    )
    walk.app.export_screenshot()
    assert prepare_agenda.open_draft(hostile, "session-1") is not None
    for key in ("x", "v", "e"):
        await walk.press(key)
        await walk.pilot.pause()
        walk.app.export_screenshot()
        await walk.press("escape")


async def test_errors_in_notices(walk):
    walk.app.show_error(InvalidInput(LONG, RAW))
    await walk._until(walk.pilot, lambda: walk.app.screen.query("Toast"))
    walk.app.export_screenshot()
    await walk.pilot.click("Toast")
    assert walk.app.is_running
