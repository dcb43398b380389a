"""Somebody's whole life in a programme, and the search for what is left of them."""

import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from companion.domain.access import ModelCall
from companion.domain.answers import SurveyResponse
from companion.domain.people import Facet, FacetKind, Role
from companion.domain.review_rules import DeclineCode
from companion.services import (
    answer_survey,
    deliver_agenda,
    demo,
    pairings,
    prepare_agenda,
    review_matches,
    review_rules,
    run_surveys,
    sessions,
)
from companion.services.companion import Companion
from companion.services.sessions import Promise
from companion.store import StoredCalls

LAURENT = "N-0102"
NAMES = ("Laurent Petit", "Petit Laurent", "L. Petit", "Laurent", "Petit", "laurent.petit", "laurent", "Laurant")
OWN_WORDS = ("Sailing in Brittany", "board memo or a month-end", "sale of the Nantes site", "who reads the intranet")


def live(companion: Companion) -> None:
    """From the import to a survey, with everything that names Laurent on the way."""
    demo.run(companion, lambda _: None)
    first = pairings.next_session(pairings.view(companion, demo.SHOWN_PAIRING))
    promises = [Promise(Role.MENTOR, "send Laurent three examples"), Promise(Role.MENTEE, "ask who reads the intranet")]
    sessions.log(companion, first.id, promises, anyway=True)
    second = pairings.next_session(pairings.view(companion, demo.SHOWN_PAIRING))
    sessions.schedule(companion, second.id, datetime(2027, 4, 1, 12, tzinfo=UTC))
    sessions.ask(companion, second.id, "Who reads what I write, asks Laurent Petit?")
    choices = prepare_agenda.choices(companion, demo.SHOWN_PAIRING)
    prepare_agenda.begin(companion, second.id, choices.suggested, 45)
    deliver_agenda.deliver(companion, demo.SHOWN_PAIRING)
    _among_others(companion)
    _surveys(companion)
    _models(companion)
    _files(companion)


def _among_others(companion: Companion) -> None:
    other, declined, pinned, *_ = review_matches.queue(companion).pending
    review_matches.approve(companion, other.id)
    review_matches.decline(companion, declined.id, DeclineCode.OTHER, "Laurent Petit said they have met.")
    review_rules.pin(companion, pinned.mentor_id, pinned.mentee_id, "Mr Petit wishes it, and so does L. Petit's team.")
    view = next(v for v in pairings.view_all(companion) if v.pairing.proposal_id == other.id)
    session = pairings.next_session(view)
    said = "show it to Laurant and to laurent.petit@northlight.example (N-0102)"
    sessions.log(companion, session.id, [Promise(Role.MENTOR, said)])
    with companion.store.get().write() as tx:
        mentor = tx.people.get(other.mentor_id)
        assert mentor is not None
        count = len(mentor.entries(FacetKind.INTEREST))
        more = Facet(kind=FacetKind.INTEREST, position=count + 1, text="Laurent Petit's talks about budgets")
        changes = {"facets": (*mentor.facets, more), "not_with": (LAURENT,), "title": "Assistant to Laurent Petit"}
        tx.people.save([mentor.model_copy(update=changes)])
        tx.audit.add(companion.clock.now(), "people imported", "Laurent_Petit_LinkedIn.zip", added=1)


def _surveys(companion: Companion) -> None:
    day = date(2027, 3, 16)
    asked = [view for view in pairings.view_all(companion) if view.counted.held]
    pulse = run_surveys.open_wave(companion, "pulse", day)
    mine = SurveyResponse(
        ratings={"pulse_useful": 2},
        comments={"pulse_words": "Laurent here: I want to talk more"},
        sent=True,
        share=True,
    )
    answer_survey.save(companion, pulse.id, LAURENT, mine)
    for view in asked:
        theirs = SurveyResponse(
            ratings={"pulse_useful": 4}, comments={"pulse_words": "Laurent Petit talks a lot"}, sent=True
        )
        answer_survey.save(companion, pulse.id, view.mentor.id, theirs)
    run_surveys.close(companion, pulse.id)
    end = run_surveys.open_wave(companion, "end", day)
    answer_survey.save(companion, end.id, LAURENT, SurveyResponse(ratings={"again": 3}))


def _models(companion: Companion) -> None:
    calls = StoredCalls(companion.store.get())
    texts = (
        (False, '{"messages": [{"role": "user", "content": "Word this for Laur\\u0065nt Petit"}]}'),
        (True, '{"messages": [{"role": "user", "content": "[PERSON_1] will ask who reads the\\nintranet"}]}'),
        (False, '{"messages": [{"role": "user", "content": "Nobody is named here"}]}'),
    )
    for number, (remote, text) in enumerate(texts):
        call = ModelCall(
            id=f"call-{number}", at=companion.clock.now(), task="agenda.item", model="m", remote=remote,
            destination="https://models.example", payload=text.encode(),
        )  # fmt: skip
        calls.started(call)
        calls.ended(call.model_copy(update={"reply": f"reply {number}", "outcome": "stop"}))


def _files(companion: Companion) -> None:
    home = companion.home
    for folder in (home.rehearsals / "amira-laurent", home.exports, home.backups):
        folder.mkdir(parents=True)
    (home.rehearsals / "amira-laurent" / "1.txt").write_text("You: Good morning, Mr Petit.")
    (home.rehearsals / "wide.txt").write_text("I told Laurent so.", encoding="utf-16")
    (home.rehearsals / "others.txt").write_text("Nobody is named here.")
    with zipfile.ZipFile(home.exports / "all.zip", "w") as archive:
        archive.writestr("Laurent Petit.json", '{"name": "Laurent Petit"}' * 50, zipfile.ZIP_DEFLATED)
    shutil.copy(home.database, home.backups / "yesterday.db")
    with sqlite3.connect(home.database) as source, sqlite3.connect(home.backups / "yesterday.db") as copy:
        source.backup(copy)
    home.log.write_text("something went wrong for laurent.petit@northlight.example\n")


def residue(home: Path, names: Iterable[str] = (*NAMES, LAURENT, *OWN_WORDS)) -> list[str]:
    """Every file of a home whose name or bytes hold one of the names: plain, as UTF-16, in JSON or in an archive."""
    spelt = {name.lower().encode(encoding) for name in names for encoding in ("utf-8", "utf-16-le", "utf-16-be")}
    wanted = re.compile(rb"(?<![a-z])(?:" + b"|".join(map(re.escape, sorted(spelt))) + rb")(?![a-z])")
    found = []
    for path in sorted(home.rglob("*")):
        contents = [str(path.relative_to(home)).encode()]
        if path.is_file():
            contents.append(path.read_bytes())
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    contents += [archive.read(name) for name in archive.namelist()]
        for content in contents:
            found += [f"{path.relative_to(home)}: {hit!r}" for hit in sorted(set(wanted.findall(content.lower())))]
    return found
