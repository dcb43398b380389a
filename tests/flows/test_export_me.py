"""A person gets everything held about them, and nothing that is private to somebody else."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from erasure_life import LAURENT, live
from factories import a_mentor, a_proposal, a_run, an_executive
from survey_factories import FakeClock, a_programme, answer, opened

from companion import bootstrap
from companion.config import Settings
from companion.domain.cards import Stage
from companion.domain.people import Role
from companion.domain.sessions import SessionStatus
from companion.errors import CompanionError, NotFound
from companion.services import export_me, forget_person, pairings, practice, run_surveys
from companion.services.companion import Companion


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Companion]:
    one = bootstrap.assemble(
        tmp_path_factory.mktemp("lived") / "home", settings=Settings(model="none"), clock=FakeClock()
    )
    live(one)
    yield one
    one.close()


def said(companion: Companion, name: str, title: str) -> str:
    [holding] = [one for one in export_me.collect(companion, name).holdings if one.title == title]
    return "\n".join(f"{label}: {value}" for entry in holding.entries for label, value in entry)


@pytest.mark.embedder
def test_every_kind_of_data_is_there(lived: Companion) -> None:
    data = export_me.collect(lived, "laurent petit")
    assert data.person_id == LAURENT
    counts = {holding.title: len(holding.entries) for holding in data.holdings}
    assert {title for title, count in counts.items() if not count} == {"Rules about you", "Kept rehearsals"}
    assert all(one.why and one.seen_by and one.kept for one in data.holdings)
    profile = said(lived, LAURENT, "Your profile")
    assert "Sailing in Brittany" in profile
    assert "The ongoing sale of the Nantes site" in profile
    assert "e-mail: laurent.petit@northlight.example" in profile
    assert "ask who reads the intranet" in said(lived, LAURENT, "Your pairings")
    assert "Laurent here: I want to talk more" in said(lived, LAURENT, "Surveys")
    assert "left this machine for https://models.example" in said(lived, LAURENT, "Language models")


@pytest.mark.embedder
def test_what_is_private_to_others_is_not_there(lived: Companion) -> None:
    view = next(v for v in pairings.view_all(lived) if v.mentee.id == LAURENT)
    text = export_me.collect(lived, LAURENT).model_dump_json()
    own_goals = [goal.text for goal in view.goals if goal.owner is view.mentor.role]
    assert own_goals
    assert not [goal for goal in own_goals if goal in text]
    with lived.store.get().read() as tx:
        others = [person for person in tx.people.all() if person.id not in (LAURENT, view.mentor.id)]
    assert not [person.name for person in others if person.name in text]
    assert not [p.email for p in others if p.email in text]
    assert "not_with" not in text
    items = [step for v in (view,) if v.agenda for item in v.agenda.items for step in item.mentor_does]
    assert items
    assert not [step for step in items if step in text]


@pytest.mark.embedder
def test_it_goes_with_the_person(lived: Companion) -> None:
    paths = export_me.export(lived, LAURENT)
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in paths)
    assert forget_person.plan(lived, LAURENT).removed["exports"] > len(paths)
    with lived.store.get().read() as tx:
        assert tx.audit.latest(1)[0].verb == "data exported"


def test_answers_are_given_while_they_are_linked(tmp_path: Path) -> None:
    one = a_programme(tmp_path, 6)
    wave = opened(one)
    ids = [f"m0{n}" for n in range(1, 7)]
    with one.store.get().read() as tx:
        [goal] = [goal for goal in tx.pairings.goals("pairing-01") if goal.owner is Role.MENTOR]
    answer(one, wave, ids[1:], comments={"left_unsaid": "nothing to add"})
    answer(
        one,
        wave,
        ["m01"],
        comments={"left_unsaid": "nothing to add"},
        ratings={"again": 4, f"growth_goal@{goal.id}": 7},
    )
    run_surveys.close(one, wave.id)
    text = said(one, "m01", "Surveys")
    assert "question: I would take part again.\nanswer: 4 (agree)" in text
    assert f'"{goal.text}". How far are you today?\nanswer: 7 (0: at the very beginning, 10: there)' in text
    assert "nothing to add" not in text


def test_what_happened_to_a_session_and_what_was_rehearsed_is_given(tmp_path: Path) -> None:
    one = a_programme(tmp_path, 2)
    with one.store.get().write() as tx:
        session = tx.sessions.get("session-01")
        assert session is not None
        changes = {"status": SessionStatus.CANCELLED, "cancelled_by": Role.MENTEE, "chosen_stage": Stage.BLIND_SPOT}
        tx.sessions.save(session.model_copy(update=changes))
    practice.keep(one, practice.begin(practice.archetype(one, "silent"), practice.about("dates"), 1), "pairing-01")
    for person in ("m01", "e01"):
        text = said(one, person, "Your pairings")
        assert "session 1: cancelled\ncancelled by the: executive\nstage the mentor chose: blind spot" in text
    assert said(one, "m01", "Kept rehearsals") == "file: m01/2027-03-02-silent"
    assert [said(one, person, "Kept rehearsals") for person in ("m02", "e01")] == ["", ""]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_hostile_text_is_shown_as_it_is(tmp_path: Path) -> None:
    hostile = "[/]x <script>alert(1)</script> \u05d0\u05d1 🙂 & done"
    one = bootstrap.assemble(tmp_path / "home", settings=Settings(model="none"))
    with one.store.get().write() as tx:
        tx.people.save([a_mentor(title=hostile, offer=["x" * 500]), an_executive()])
        tx.matches.save_run(a_run(a_proposal(doubt=f"Laurent Petit {hostile}")))
    page, data = export_me.export(one, "amira", tmp_path / "elsewhere")
    tags = _Tags()
    tags.feed(page.read_text(encoding="utf-8"))
    assert "script" not in tags.tags
    assert hostile in tags.text
    assert "Laurent" not in tags.text
    assert ["title", hostile] in json.loads(data.read_text())["holdings"][0]["entries"][0]
    with pytest.raises(NotFound):
        export_me.export(one, "nobody")
    (tmp_path / "file").write_text("")
    with pytest.raises(CompanionError, match="could not be written"):
        export_me.export(one, "amira", tmp_path / "file")
    one.close()
