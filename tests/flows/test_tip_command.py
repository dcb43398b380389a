"""companion tip: from a note to words, privately, whatever the note is."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from factories import a_goal, a_mentor, a_pairing, a_proposal, a_run, a_session, an_executive

from companion.bootstrap import assemble
from companion.config import Settings
from companion.domain.programme import Programme
from companion.errors import NotFound
from companion.services import tips
from companion.services.companion import Companion
from companion.services.tips import RouteView, TipView

NOTE = "In Tuesday's meeting Laurent kept checking his phone. I lost my thread."
SECRET = "xylophonequartz"


@pytest.fixture
def companion(tmp_path: Path) -> Companion:
    """Amira mentors Laurent; without a model, so that any use of one fails."""
    programme = Programme(support_contact="Rosa Lima, rosa@example.org")
    one = assemble(tmp_path / "home", settings=Settings(model="none"), programme=programme)
    with one.store.get().write() as tx:
        tx.people.save([a_mentor(), an_executive()])
        tx.matches.save_run(a_run(a_proposal()))
        tx.pairings.add(a_pairing(), [a_goal()])
        tx.sessions.add([a_session()])
    yield one
    one.close()


def test_a_pairing_says_whom_the_note_is_about(companion: Companion) -> None:
    whom = tips.about(companion, "amira laurent")
    assert whom == tips.About(("Laurent Petit",), "Laurent")
    view = tips.tip(companion, "Laurent left.", whom)
    assert isinstance(view, TipView)
    assert view.tip.phrasings[1].text == "You left."
    assert view.card.id == "RM-018"
    with pytest.raises(NotFound):
        tips.about(companion, "nobody")


def test_the_support_contact_stands_in_the_fixed_text(companion: Companion) -> None:
    view = tips.tip(companion, "He keeps touching my shoulder.")
    assert isinstance(view, RouteView)
    assert "Talk to Rosa Lima, rosa@example.org." in view.text.steps
    assert view.card.id == "RM-045"
    assert "Rosa Lima" in tips.sheet(view)
    assert "turn to Rosa Lima, rosa@example.org." in tips.sheet(tips.tip(companion, NOTE))


@pytest.mark.parametrize(
    "note",
    ["I will kill myself", "He touched me", "He would regret it, I will regret it", "It is fraud", "I have a burnout"],
)
def test_every_route_has_a_text_and_a_card(companion: Companion, note: str) -> None:
    view = tips.tip(companion, note)
    assert isinstance(view, RouteView)
    assert "{" not in "".join((view.text.title, view.text.text, *view.text.steps))
    assert tips.as_data(view)["route"] == view.text.id.value


def test_without_a_support_contact_somebody_is_named_all_the_same(tmp_path: Path) -> None:
    one = assemble(tmp_path / "home", settings=Settings(model="none"), programme=Programme())
    view = tips.tip(one, "He keeps touching my shoulder.")
    assert isinstance(view, RouteView)
    assert "Talk to whoever runs the programme (it has not named a support contact)." in view.text.steps


def test_nothing_of_a_note_is_stored(companion: Companion) -> None:
    tips.tip(companion, f"Laurent left. {SECRET}", tips.about(companion, "amira laurent"))
    tips.tip(companion, f"He touched me. {SECRET}")
    companion.close()
    for path in companion.home.root.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path
    with sqlite3.connect(companion.home.database) as database:
        assert database.execute("select count(*) from model_calls").fetchone() == (0,)


def test_a_kept_tip_is_readable_by_its_owner_alone_and_replaces_nothing(companion: Companion, tmp_path: Path) -> None:
    view = tips.tip(companion, NOTE)
    path = tmp_path / "tip.md"
    tips.keep(view, f"{NOTE}\n<script>", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert f"> {NOTE}\n> <script>" in path.read_text(encoding="utf-8")
    with pytest.raises(FileExistsError):
        tips.keep(view, NOTE, path)


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs the command as a user would, in an empty home."""
    home = tmp_path_factory.mktemp("home")

    def run(*arguments: str, typed: str | bytes = "") -> subprocess.CompletedProcess[str]:
        data = typed.encode() if isinstance(typed, str) else typed
        result = subprocess.run(
            [sys.executable, "-c", "from companion.cli import main; main()", "tip", *arguments],
            input=data,
            capture_output=True,
            env=os.environ | {"COMPANION_HOME": str(home)},
        )
        out, err = result.stdout.decode(), result.stderr.decode()
        assert "Traceback" not in err
        return subprocess.CompletedProcess(result.args, result.returncode, out, err)

    return run


def test_a_note_comes_from_an_option_a_file_or_standard_input(run: Run, tmp_path: Path) -> None:
    said = "you kept checking your phone"
    assert said in run("--note", NOTE).stdout
    file = tmp_path / "note.txt"
    file.write_bytes(b"\xef\xbb\xbf" + NOTE.encode() + b"\xff")
    assert said in run("--file", str(file)).stdout
    data = json.loads(run("--json", typed=NOTE).stdout)
    assert data["parts"]["situation"] == ["In Tuesday's meeting"]
    assert data["phrasings"]["neutral"] == f"In Tuesday's meeting, {said}. What it led to: I lost my thread."
    assert run("--note", "x", "--file", str(file)).returncode == 2


def test_hostile_text_stays_text_and_what_cannot_be_used_is_said(run: Run) -> None:
    shown = run("--note", 'Laurent said "[b]<script>" \x1b[31m*x*. I left.').stdout
    assert "\x1b" not in shown
    assert "\\<script\\>" in shown
    huge = run(typed="He left the room, and so did I. 😀 " * 2000)
    assert "Only the beginning of your note was read" in huge.stdout
    assert len(huge.stdout) < 5000
    assert "Only English is understood" in run(typed="Il a quitté la salle et personne n'a rien dit.").stdout
    assert "There are no words" in run(typed="😀").stdout
    nothing = run(typed=" \n")
    assert nothing.returncode == 4
    assert "There is no note yet." in nothing.stderr
