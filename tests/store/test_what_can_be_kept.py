"""Texts and times at their limits come back the same from both databases."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from databases import Database
from factories import NOON, a_mentor, a_pairing, a_proposal, a_run, a_session, an_executive
from test_egress_chain import a_call

from companion import paths
from companion.domain.answers import SurveyResponse
from companion.domain.surveys import Questionnaire
from companion.domain.waves import Comment, Leaning, Wave
from companion.importing.instruments import load_questionnaires
from companion.store import Store, StoredCalls

HOSTILE = "[/]x <script>alert(1)</script> '; DROP TABLE people; -- %s %(x)s :name \\u0000 \u202e\u05e9\u05dc 🚀 "
DAMAGED = "a\0b\ud800c"
MENDED = "a\ufffdb\ufffdc"


@pytest.fixture
def store(database: Database) -> Store:
    store = database.open()
    with store.write() as tx:
        tx.people.save([a_mentor(), an_executive()])
        tx.matches.save_run(a_run(a_proposal()))
        tx.pairings.add(a_pairing(), [])
    return store


def a_wave(form: Questionnaire | None = None) -> Wave:
    shipped = load_questionnaires(paths.knowledge_dir() / "surveys")
    return Wave(id="end", opened_at=NOON, closes_on=date(2027, 1, 1), form=form or shipped["end"])


def test_texts_come_back_letter_by_letter(store: Store) -> None:
    long = HOSTILE + "x" * 10_000 + "é" * 10_000
    with store.write() as tx:
        tx.audit.add(NOON, "noted", HOSTILE[:80], reason=long, **{HOSTILE: [HOSTILE, None, 1.5, {"": True}]})
        tx.matches.decide("proposal-1", "declined", long, NOON)  # type: ignore[arg-type]
        tx.people.save([a_mentor(name=HOSTILE.strip(), offer=[HOSTILE.strip()])])
    with store.read() as tx:
        [entry], proposal, amira = tx.audit.latest(1), tx.matches.get("proposal-1"), tx.people.get("m1")
    assert (entry.subject, entry.detail) == (HOSTILE[:80], {"reason": long, HOSTILE: [HOSTILE, None, 1.5, {"": True}]})
    assert proposal is not None
    assert proposal.decline_reason == long
    assert amira == a_mentor(name=HOSTILE.strip(), offer=[HOSTILE.strip()])


def test_what_no_database_can_keep_is_marked_where_it_was(store: Store) -> None:
    with_nul, mended = "a\0b", "a\ufffdb"
    comment = Comment(
        id="c1", item_id="again", author="x", role="", leaning=Leaning.UNKNOWN, may_quote=False, text=with_nul
    )
    with store.write() as tx:
        tx.people.save([a_mentor(name=with_nul, offer=[with_nul], not_with=(with_nul,))])
        tx.surveys.add(a_wave())
        tx.surveys.save_response("end", "m1", SurveyResponse(comments={"left_unsaid": with_nul}))
        tx.surveys.replace_comments("end", [comment])
        tx.audit.add(NOON, "noted", DAMAGED, reason=DAMAGED)
    with store.read() as tx:
        amira, [entry], answered = tx.people.get("m1"), tx.audit.latest(1), tx.surveys.response("end", "m1")
        assert amira is not None
        assert (amira.name, amira.facets[0].text, amira.not_with) == (mended, mended, (mended,))
        assert tx.surveys.comments("end")[0].text == mended
        assert (entry.subject, entry.detail) == (MENDED, {"reason": MENDED})
        assert answered is not None
        assert answered.comments == {"left_unsaid": mended}
        assert tx.people.get(DAMAGED) is None


def test_a_damaged_answer_of_a_model_leaves_the_chain_whole(store: Store) -> None:
    calls, call = StoredCalls(store), a_call(1, payload=DAMAGED.encode("utf-8", "surrogatepass"))
    calls.started(call)
    calls.ended(call.model_copy(update={"reply": DAMAGED, "outcome": "stop"}))
    with store.read() as tx:
        kept = tx.calls.get(call.id)
        assert kept is not None
        assert (kept.payload, kept.reply) == (call.payload, MENDED)
        assert tx.calls.check_chain().problems == ()


def test_a_time_in_any_zone_is_the_same_moment_and_sorts_as_such(store: Store) -> None:
    # The hour that clocks in New York show twice is two moments.
    first = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    noon = datetime(2026, 11, 1, 12, 0, 0, 1)
    zones = (ZoneInfo("Pacific/Kiritimati"), ZoneInfo("America/St_Johns"), timezone(timedelta(hours=-12)))
    given = [first.replace(fold=1), *(noon.replace(tzinfo=zone) for zone in zones), first]
    moments = [time.astimezone(UTC) for time in given]
    assert len(set(moments)) == 5
    with store.write() as tx:
        tx.sessions.add(a_session(f"s{n}", number=n, starts_at=time) for n, time in enumerate(given, 1))
        for n, time in enumerate(given):
            tx.calls.add(a_call(n, at=time))
    with store.read() as tx:
        assert [session.starts_at for session in tx.sessions.of_pairing("pairing-1")] == moments
        assert [call.at for call in tx.calls.latest()] == sorted(moments, reverse=True)


def test_scrubbing_keeps_what_counts_and_gives_way_to_another_writer(store: Store, database: Database) -> None:
    answers = {person: SurveyResponse(comments={"left_unsaid": f"word of {person}"}) for person in ("m1", "e1")}
    with store.write() as tx:
        tx.surveys.add(a_wave())
        for person, response in answers.items():
            tx.surveys.save_response("end", person, response)
    with store.write():
        assert not database.open().scrub()
    assert store.scrub()
    with store.read() as tx:
        assert tx.surveys.responses("end") == answers


def test_scrubbing_a_server_leaves_no_deleted_word_even_while_another_window_looks(postgresql: str) -> None:
    store, other = Store(postgresql), Store(postgresql)
    with store.write() as tx:
        tx.people.save([a_mentor()])
        tx.surveys.add(a_wave())
        tx.surveys.save_response("end", "m1", SurveyResponse(comments={"left_unsaid": "the deleted word"}))
    with other.read() as looking:
        looking.people.all()
        with store.write() as tx:
            tx.surveys.remove_responses("end", ["m1"])
        assert _pages(store) > 0
        assert store.scrub()
        assert _pages(store) == 0
    with other.read() as looking:
        looking.surveys.responses("end")
        assert not store.scrub(), "what somebody is reading is left alone until later"


def _pages(store: Store) -> int:
    with store._engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT pg_relation_size('survey_responses')").scalar_one())
