"""The admin's dashboard on a real store: which pairing needs a look, and why; and what it never reads."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from factories import a_commitment, a_session
from survey_factories import TODAY, FakeClock, a_programme, answer, opened

from companion import paths
from companion.domain.cancellations import Tally
from companion.domain.pairings import PairingStatus
from companion.domain.people import Role
from companion.domain.sessions import SessionStatus
from companion.errors import InvalidInput
from companion.lazy import Lazy
from companion.search.cards import load_cards
from companion.services import answer_brief, dashboard, pairings, run_surveys, sessions
from companion.services.companion import Companion, existing


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def companion(tmp_path: Path, clock: FakeClock) -> Iterator[Companion]:
    """Three pairs that held session 1 and have three more ahead."""
    one = a_programme(tmp_path, 3, clock)
    with one.store.get().write() as tx:
        for n in ("01", "02", "03"):
            tx.sessions.add(a_session(f"session-{n}-{k}", pairing_id=f"pairing-{n}", number=k) for k in (2, 3, 4))
            tx.audit.add(TODAY, "session held", f"session-{n}")
    yield one
    one.close()


def fired(companion: Companion) -> dict[str, str]:
    return {row.pairing_id: row.rule for row in dashboard.rows(companion)}


def test_two_executive_cancellations_come_first(companion: Companion, clock: FakeClock) -> None:
    for number in (2, 3):
        sessions.cancel(companion, f"session-02-{number}", Role.MENTEE)
    clock.forward(days=20)
    rows = dashboard.rows(companion)
    assert [(row.pairing_id, row.rule) for row in rows] == [
        ("pairing-02", "executive-cancels"),
        ("pairing-01", "no-date"),
        ("pairing-03", "no-date"),
    ]
    assert (rows[0].facts.held, rows[0].facts.planned, rows[0].facts.cancelled) == (1, 2, 2)
    assert rows[0].says == "The executive cancelled 2 sessions in a row."
    assert rows[0].action == "reply pairing-02 2"


def test_a_cancelled_session_is_in_no_count_of_those_planned(companion: Companion) -> None:
    sessions.cancel(companion, "session-02-2")
    view = pairings.view(companion, "pairing-02")
    facts = next(row.facts for row in dashboard.rows(companion) if row.pairing_id == "pairing-02")
    assert view.counted == Tally(held=1, planned=3, cancelled=1)
    assert (facts.held, facts.planned, facts.cancelled) == (1, 3, 1)
    assert view.place == "Session 3 of 4, 1 cancelled"
    assert pairings.view(companion, "pairing-01").place == "Session 2 of 4"


@pytest.mark.parametrize(
    ("limit", "cancelled", "says"),
    [
        ("2", 2, "They cancelled 2 sessions in a row."),
        ("3", 2, ""),
        ("3", 3, "They cancelled 3 sessions in a row."),
        ("1", 1, "They cancelled the last session."),
        ("many", 2, "They cancelled 2 sessions in a row."),
    ],
)
def test_from_how_many_cancellations_on_it_looks_is_the_arcs_to_say(
    companion: Companion, limit: str, cancelled: int, says: str
) -> None:
    """While the programme's own arc cannot be used, the one that ships says it."""
    ships = (paths.knowledge_dir() / "arc.toml").read_text(encoding="utf-8")
    companion.home.arc.write_text(ships.replace("after_cancelled = 2", f"after_cancelled = {limit}"))
    with companion.store.get().write() as tx:
        for number in range(2, 2 + cancelled):
            session = existing(tx.sessions.get(f"session-02-{number}"), "session", str(number))
            tx.sessions.save(session.model_copy(update={"status": SessionStatus.CANCELLED}))
    [row] = [row for row in dashboard.rows(companion) if row.pairing_id == "pairing-02"]
    assert (row.says, row.rule) == (says, "cancelled-in-a-row" if says else "")


def test_silence_a_date_that_passed_and_an_answer(companion: Companion, clock: FakeClock) -> None:
    sessions.schedule(companion, "session-01-2", TODAY + timedelta(days=10))
    for n in ("02", "03"):
        sessions.schedule(companion, f"session-{n}-2", TODAY + timedelta(days=90))
    assert set(fired(companion).values()) == {""}
    clock.forward(days=14)
    assert fired(companion) == {"pairing-01": "not-logged", "pairing-02": "", "pairing-03": ""}
    clock.forward(days=28)
    assert fired(companion)["pairing-02"] == "no-contact"
    answer_brief.take(companion, "pairing-02", answer_brief.KEEP)
    assert fired(companion)["pairing-02"] == ""
    assert fired(companion)["pairing-03"] == "no-contact"


def test_a_brief_that_nobody_answers(companion: Companion, clock: FakeClock) -> None:
    sessions.schedule(companion, "session-01-2", TODAY + timedelta(days=30))
    with companion.store.get().write() as tx:
        tx.audit.add(TODAY, "agenda delivered", "session-01-2")
    clock.forward(days=8)
    assert fired(companion)["pairing-01"] == "brief-unanswered"
    answer_brief.take(companion, "pairing-01", answer_brief.KEEP)
    assert fired(companion)["pairing-01"] == ""


def test_the_rules_are_quiet_while_a_pairing_is_paused(companion: Companion, clock: FakeClock) -> None:
    clock.forward(days=100)
    assert fired(companion)["pairing-01"] == "no-contact"
    paused = pairings.pause(companion, "pairing-01", " parental  leave ")
    assert (paused.status, paused.pause_reason) == (PairingStatus.PAUSED, "parental leave")
    [quiet] = [row for row in dashboard.rows(companion) if row.pairing_id == "pairing-01"]
    assert (quiet.mark, quiet.rule) == ("paused", "")
    clock.forward(days=100)
    assert pairings.resume(companion, "pairing-01").pause_reason == ""
    assert fired(companion)["pairing-01"] == ""
    clock.forward(days=43)
    assert fired(companion)["pairing-01"] == "no-contact"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_a_pause_needs_a_reason_and_a_running_pairing(companion: Companion, reason: str) -> None:
    with pytest.raises(InvalidInput, match="needs a reason"):
        pairings.pause(companion, "pairing-01", reason)
    with pytest.raises(InvalidInput, match="is active, not paused"):
        pairings.resume(companion, "pairing-01")
    pairings.end(companion, "pairing-01")
    with pytest.raises(InvalidInput, match="not active"):
        pairings.pause(companion, "pairing-01", "a reason")


def test_it_never_reads_what_somebody_wrote_or_answered(companion: Companion) -> None:
    """It is given the tables it needs and no others, and of those nothing that was written comes out."""
    wave = opened(companion, "pulse")
    answer(companion, wave, ["e01"], ratings={"pulse_useful": 1}, comments={"pulse_words": "SECRET comment"})
    run_surveys.close(companion, wave.id)
    with companion.store.get().write() as tx:
        tx.sessions.add_commitments([a_commitment(pairing_id="pairing-01", session_id="session-01", text="SECRET")])
    sessions.ask(companion, "session-01-2", "SECRET question")
    before = [asdict(row) for row in dashboard.rows(companion)]
    assert "SECRET" not in json.dumps(before, default=str)
    store = companion.store.get()

    @contextmanager
    def read() -> Iterator[SimpleNamespace]:
        with store.read() as tx:
            only = SimpleNamespace(by_pairing=tx.sessions.by_pairing)
            about = SimpleNamespace(about=tx.audit.about)
            all_ = SimpleNamespace(all=tx.pairings.all)
            yield SimpleNamespace(
                pairings=all_, people=SimpleNamespace(some=tx.people.some), sessions=only, audit=about
            )

    companion.store = Lazy(lambda: SimpleNamespace(read=read, close=store.close))  # type: ignore[arg-type,return-value]
    assert [asdict(row) for row in dashboard.rows(companion)] == before


def test_rows_are_found_by_name_rule_and_state(companion: Companion, clock: FakeClock) -> None:
    clock.forward(days=50)
    rows = dashboard.rows(companion)
    assert [row.pairing_id for row in dashboard.fitting(rows, "nr02 no-contact")] == ["pairing-02"]
    assert len(dashboard.fitting(rows, "look")) == 3
    assert dashboard.fitting(rows, "[/]x") == []


def test_every_rule_names_a_card_and_a_number_that_there_are() -> None:
    cards = {card.id for card in load_cards(paths.knowledge_dir())}
    rules = dashboard._rules().rules
    assert {rule.card for rule in rules} <= cards
    assert len({rule.id for rule in rules}) == len(rules)
