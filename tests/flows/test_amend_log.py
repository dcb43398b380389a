"""A mentor errs: the last log is taken back or corrected, undo asks first, and what came after a log stays."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from factories import NOON, a_mentor, a_proposal, a_run, an_executive

from companion import bootstrap, paths
from companion.cli.main import group
from companion.config import Settings
from companion.domain.agenda_edits import edit_success_condition, lock
from companion.domain.agendas import Agenda
from companion.domain.people import Role
from companion.domain.sessions import Commitment, CommitmentStatus, Session, SessionStatus
from companion.errors import AskFirst, CompanionError, InvalidInput, SearchError, StaleEdit
from companion.lazy import Lazy
from companion.search.cards import load_cards
from companion.search.knowledge import HybridKnowledgeIndex
from companion.services import (
    amend_log,
    answer_brief,
    arc,
    dashboard,
    deliver_agenda,
    pairings,
    prepare_agenda,
    review_matches,
    sessions,
)
from companion.services.companion import Companion
from companion.services.promises import settle
from companion.services.sessions import Promise
from companion.services.undo_decision import undo
from companion.store import StoredVectors

PROMISED = Promise(Role.MENTEE, "sit in on a stand-up")
BACK = Promise(Role.MENTOR, "send three examples", date(2026, 12, 1))


class NoEmbedder:
    model_id, dimension = "none@0", 1

    def embed(self, texts: object) -> object:
        raise SearchError("There is no embedding model.")


class Calendar:
    """Time passes when a test says so."""

    at = NOON

    def now(self) -> object:
        return self.at


@pytest.fixture
def companion(tmp_path: Path) -> Iterator[Companion]:
    """Amira mentors Laurent: six sessions, none held."""
    one = bootstrap.assemble(tmp_path / "home", settings=Settings(model="none"), clock=Calendar())
    cards = load_cards(paths.knowledge_dir())
    one.knowledge = Lazy(lambda: HybridKnowledgeIndex(cards, NoEmbedder(), StoredVectors(one.store.get())))
    with one.store.get().write() as tx:
        tx.people.save([a_mentor(email="amira@example.org"), an_executive(email="laurent@example.org")])
        tx.matches.save_run(a_run(a_proposal()))
    review_matches.approve(one, "proposal-1")
    yield one
    one.close()


def session(companion: Companion, number: int) -> Session:
    return pairings.view(companion, "amira").sessions[number - 1]


def promises(companion: Companion) -> dict[str, Commitment]:
    return {one.text: one for one in pairings.view(companion, "amira").commitments}


def prepared(companion: Companion, **how: bool) -> Agenda:
    choices = prepare_agenda.choices(companion, "amira")
    return prepare_agenda.begin(companion, choices.session.id, choices.suggested, 45, **how).agenda


# Taking it back.


def test_a_log_is_taken_back_with_all_it_changed(companion: Companion) -> None:
    sessions.log(companion, session(companion, 1).id, [PROMISED])
    kept = promises(companion)[PROMISED.text]
    prepared(companion)
    before = session(companion, 2)
    sessions.log(companion, before.id, [BACK], [kept.id])
    log = amend_log.undo(companion, "amira")
    assert log.goes == (
        "Session 2 is still to be held.",
        "The promise “send three examples” goes.",
        "The promise “sit in on a stand-up” is open again.",
    )
    assert session(companion, 2) == before
    assert promises(companion) == {PROMISED.text: kept}
    again = amend_log.undo(companion, "amira")
    assert again.session.number == 1
    assert promises(companion) == {}
    with pytest.raises(InvalidInput, match="No session of Amira Haddad and Laurent Petit was logged yet"):
        amend_log.undo(companion, "amira")


def test_what_came_after_a_log_stays_and_is_named(companion: Companion) -> None:
    sessions.log(companion, session(companion, 1).id, [PROMISED])
    sessions.schedule(companion, session(companion, 2).id, NOON + timedelta(days=9))
    answer_brief.take(companion, "amira", "4", "Who is missing?")
    agenda = prepared(companion)
    deliver_agenda.deliver(companion, "amira")
    log = amend_log.undo(companion, "amira")
    assert log.stays == (
        "Session 2 keeps its date, the executive's question and its agenda.",
        "The brief of session 2 was delivered and stays as it is.",
        "The agenda of session 2 takes up what was promised as it was: prepare it again to follow.",
    )
    after = session(companion, 2)
    assert (after.status, after.executive_question) == (SessionStatus.DELIVERED, "Who is missing?")
    with companion.store.get().read() as tx:
        assert tx.agendas.head(after.id) == agenda
        trail = [entry.verb for entry in tx.audit.latest(50, subject=session(companion, 1).id)]
    assert trail[:2] == ["log taken back", "session held"]


def test_a_cancellation_is_taken_back_and_its_entry_counts_as_newer(companion: Companion) -> None:
    sessions.schedule(companion, session(companion, 1).id, NOON + timedelta(days=1))
    prepared(companion)
    deliver_agenda.deliver(companion, "amira")
    assert deliver_agenda.cancel(companion, "amira", Role.MENTEE) is not None
    withdrawn = session(companion, 1).invite_sequence
    amend_log.undo(companion, "amira")
    after = session(companion, 1)
    assert (after.status, after.cancelled_by) == (SessionStatus.PREPARED, None)
    assert after.invite_sequence > withdrawn
    deliver_agenda.deliver(companion, "amira")


def test_the_stages_follow_when_a_log_goes(companion: Companion) -> None:
    before = arc.course(companion, "amira")
    sessions.log(companion, session(companion, 1).id)
    amend_log.undo(companion, "amira")
    assert arc.course(companion, "amira") == before


def test_a_log_that_was_taken_back_is_no_contact(companion: Companion) -> None:
    companion.clock.at += timedelta(days=70)  # type: ignore[attr-defined]
    (before,) = dashboard.rows(companion)
    sessions.log(companion, session(companion, 1).id)
    assert dashboard.rows(companion)[0].facts.days_since_contact == 0
    amend_log.undo(companion, "amira")
    assert dashboard.rows(companion) == [before]


def test_of_a_pairing_that_has_ended_nothing_is_taken_back(companion: Companion) -> None:
    sessions.log(companion, session(companion, 1).id, [PROMISED])
    pairings.end(companion, "amira")
    for change in (amend_log.undo, lambda one, name: amend_log.correct(one, name, [], [])):
        with pytest.raises(InvalidInput, match="has ended"):
            change(companion, "amira")
    assert list(promises(companion)) == [PROMISED.text]


# Correcting it.


def test_a_corrected_promise_stays_the_promise_that_an_agenda_names(companion: Companion) -> None:
    sessions.log(companion, session(companion, 1).id, [PROMISED, Promise(Role.MENTEE, "a slip"), BACK])
    before = promises(companion)
    agenda = prepared(companion)
    log = amend_log.correct(companion, "amira", [Promise(Role.MENTEE, "sit in on two stand-ups"), BACK], [])
    after = promises(companion)
    assert after["sit in on two stand-ups"].id == before[PROMISED.text].id
    assert after[BACK.text] == before[BACK.text]
    assert len(after) == 2
    assert "The agenda of session 2 takes up what was promised as it was: prepare it again to follow." in log.stays
    draft = prepare_agenda.reopen(companion, agenda)
    assert "commitment.verbatim" in {finding.rule for finding in draft.findings}


def test_another_promise_is_not_kept_because_the_one_it_takes_the_place_of_was(companion: Companion) -> None:
    sessions.log(companion, session(companion, 1).id, [PROMISED, BACK])
    for one in (PROMISED, BACK):
        settle(companion, "amira", one.text, CommitmentStatus.DONE)
    other = Promise(Role.MENTOR, "book the big room")
    amend_log.correct(companion, "amira", [Promise(Role.MENTEE, "sit in on two stand-ups"), other], [])
    assert {one.text: one.status.value for one in promises(companion).values()} == {
        "sit in on two stand-ups": "done",
        other.text: "open",
    }


def test_what_is_ticked_is_exactly_what_the_correction_says(companion: Companion) -> None:
    sessions.log(companion, session(companion, 1).id, [PROMISED, BACK])
    first, second = (promises(companion)[one.text].id for one in (PROMISED, BACK))
    sessions.log(companion, session(companion, 2).id, [], [first])
    assert [one.id for one in amend_log.correct(companion, "amira", [], [second]).done] == [second]
    assert {one.id: one.status for one in promises(companion).values()} == {
        first: CommitmentStatus.OPEN,
        second: CommitmentStatus.DONE,
    }
    amend_log.undo(companion, "amira")
    assert {one.status for one in promises(companion).values()} == {CommitmentStatus.OPEN}


@pytest.mark.parametrize(
    ("made", "done"),
    [([Promise(Role.MENTOR, " ")], []), ([Promise(Role.MENTOR, "x" * 10_000)], []), ([], ["commitment-none"])],
)
def test_a_correction_that_cannot_be_is_not_half_done(
    companion: Companion, made: list[Promise], done: list[str]
) -> None:
    sessions.log(companion, session(companion, 1).id, [PROMISED])
    before = promises(companion)
    with pytest.raises(CompanionError):
        amend_log.correct(companion, "amira", made, done)
    assert promises(companion) == before


def test_a_log_that_changed_meanwhile_is_neither_corrected_nor_taken_back(companion: Companion) -> None:
    sessions.log(companion, session(companion, 1).id, [PROMISED])
    seen = amend_log.last(companion, "amira")
    amend_log.correct(companion, "amira", [BACK], [], seen)
    with pytest.raises(StaleEdit):
        amend_log.undo(companion, "amira", seen)
    with pytest.raises(StaleEdit):
        amend_log.correct(companion, "amira", [PROMISED], [], seen)
    assert list(promises(companion)) == [BACK.text]


def test_a_cancellation_is_not_corrected(companion: Companion) -> None:
    sessions.cancel(companion, session(companion, 1).id)
    with pytest.raises(InvalidInput, match="nothing to correct"):
        amend_log.correct(companion, "amira", [PROMISED], [])


# The stack of undo.


def test_undo_takes_the_log_back_where_it_is_the_newest_thing_done(companion: Companion) -> None:
    sessions.log(companion, session(companion, 1).id, [BACK])
    amend_log.correct(companion, "amira", [PROMISED], [])
    amend_log.undo(companion, "amira")
    sessions.log(companion, session(companion, 1).id, [PROMISED])
    undone = undo(companion, sessions=True)
    assert undone.said.startswith("session held (session 1 of Amira Haddad and Laurent Petit), ")
    assert promises(companion) == {}
    # The logs are undone, and the correction with them: the newest decision is the approval again, and goes as before.
    assert undo(companion, sessions=True).proposal_ids == ("proposal-1",)


def test_undo_says_what_it_would_take_back_when_something_else_was_done_since(companion: Companion) -> None:
    first = session(companion, 1).id
    sessions.log(companion, first, [PROMISED])
    arc.choose_stage(companion, session(companion, 2).id, arc.stage_named(companion.arc, "decision"))
    with pytest.raises(AskFirst) as asked:
        undo(companion, sessions=True)
    assert "stage chosen (session 2 of Amira Haddad and Laurent Petit)" in asked.value.message
    assert "would take back: session held (session 1 of Amira Haddad and Laurent Petit)" in asked.value.message
    assert "--stage auto" in asked.value.hint
    assert list(promises(companion)) == [PROMISED.text]
    assert undo(companion, sessions=True, anyway=True).what == "session held"


def test_undo_of_an_older_decision_asks_and_changes_nothing_until_told(companion: Companion) -> None:
    with companion.store.get().write() as tx:
        tx.people.save([a_mentor("m2", name="Jonas Berg"), an_executive("e2", name="Ines Roy")])
        proposal = a_proposal("p2", run_id="run-2", mentor_id="m2", mentee_id="e2")
        tx.matches.save_run(a_run(proposal, run_id="run-2", at=NOON + timedelta(hours=1)))
    review_matches.approve(companion, "p2")
    arc.choose_stage(companion, session(companion, 1).id, arc.stage_named(companion.arc, "decision"))
    with pytest.raises(AskFirst, match=r"would take back: proposal approved \(Jonas Berg and Ines Roy\)"):
        undo(companion)
    assert len(pairings.view_all(companion)) == 2
    assert undo(companion, anyway=True).proposal_ids == ("p2",)


def test_undo_brings_the_agenda_back_that_another_took_the_place_of_with_its_stage(companion: Companion) -> None:
    first = prepared(companion)
    before = session(companion, 1)
    arc.choose_stage(companion, before.id, arc.stage_named(companion.arc, "decision"))
    made = prepare_agenda.reopen(companion, prepared(companion))
    prepare_agenda.revise(companion, made, lambda agenda: edit_success_condition(agenda, "We can say it."))
    assert undo(companion, sessions=True).what == "agenda prepared"
    with companion.store.get().read() as tx:
        assert tx.agendas.head(before.id) == first
    assert session(companion, 1) == before
    # The first agenda took the place of none, and the choice of a stage is no decision: undo says so and stops.
    with pytest.raises(CompanionError, match="has begun"):
        undo(companion, sessions=True, anyway=True)


# Asking first.


def test_a_session_to_come_is_logged_only_when_told(companion: Companion) -> None:
    sessions.schedule(companion, session(companion, 1).id, NOON + timedelta(days=30))
    with pytest.raises(AskFirst, match="Session 1 is still to come: it is agreed for"):
        sessions.log(companion, session(companion, 1).id, [PROMISED])
    assert promises(companion) == {}
    held = sessions.log(companion, session(companion, 1).id, [PROMISED], anyway=True)
    assert held.held_at == NOON


def test_a_paused_pairing_says_so_before_it_goes_on(companion: Companion) -> None:
    pairings.pause(companion, "amira", "on leave until [/]x March.")
    for go_on in (lambda: prepared(companion), lambda: sessions.log(companion, session(companion, 1).id)):
        with pytest.raises(AskFirst, match=r"paused: on leave until \[/\]x March\. companion") as asked:
            go_on()
        assert "companion resume" in asked.value.hint
    assert prepared(companion, anyway=True).items
    with pytest.raises(AskFirst, match=r"paused: on leave until \[/\]x March\."):
        deliver_agenda.deliver(companion, "amira")
    assert not list(companion.home.root.rglob("brief.eml"))
    assert deliver_agenda.deliver(companion, "amira", anyway=True).paths
    pairings.resume(companion, "amira")
    assert prepared(companion, anyway=True).items
    assert deliver_agenda.deliver(companion, "amira").paths


def test_an_edited_or_delivered_agenda_is_replaced_only_when_told(companion: Companion) -> None:
    prepared(companion)
    made = prepared(companion)
    draft = prepare_agenda.reopen(companion, made)
    draft = prepare_agenda.revise(companion, draft, lambda agenda: lock(agenda, agenda.items[0].id, True))
    draft = prepare_agenda.revise(companion, draft, lambda agenda: edit_success_condition(agenda, "We can say it."))
    with pytest.raises(AskFirst, match=r"has an agenda with 2 changes made to it\."):
        prepared(companion)
    draft = prepare_agenda.undo(companion, draft)
    deliver_agenda.deliver(companion, "amira")
    with pytest.raises(AskFirst, match="with one change made to it, and its brief was delivered"):
        prepared(companion)
    again = prepare_agenda.reopen(companion, prepared(companion, anyway=True))
    assert prepare_agenda.undo(companion, again).agenda == draft.agenda


def test_a_date_that_is_over_is_named_when_its_documents_are_written(companion: Companion) -> None:
    sessions.schedule(companion, session(companion, 1).id, NOON + timedelta(days=1))
    prepared(companion)
    assert deliver_agenda.deliver(companion, "amira").notes == ()
    companion.clock.at = NOON + timedelta(days=2)
    assert "is over: agree a new one" in deliver_agenda.deliver(companion, "amira").notes[0]


# The commands.


def run(companion: Companion, *words: str, code: int = 0) -> str:
    home = companion.home.root
    (home / "companion.toml").write_text('model = "none"\n', encoding="utf-8")
    result = CliRunner().invoke(group, ["--home", str(home), *words])
    if isinstance(result.exception, CompanionError):
        assert result.exception.exit_code == code, result.exception
        return str(result.exception)
    assert result.exit_code == code, result.output
    return result.output


def test_the_commands_take_back_correct_and_ask(companion: Companion) -> None:
    assert "--correct writes it anew" in run(companion, "log", "amira", "--executive", "sit in on a stand-up")
    said = run(companion, "log", "amira", "--correct", "--executive", "sit in twice by 2026-12-24")
    assert "Laurent promised: sit in twice (due Thu 24 Dec" in said
    assert "would hold no promise any more" in run(companion, "log", "amira", "--correct", code=4)
    said = run(companion, "log", "amira", "--correct", "--mentor", "send three examples")
    assert "No longer promised: sit in twice" in said
    run(companion, "log", "amira", "--correct", "--anyway")
    assert promises(companion) == {}
    assert "still to be held" in run(companion, "undo", "amira laurent")
    run(companion, "log", "amira")
    assert "Taken back: session held (session 1 of Amira Haddad and Laurent Petit)" in run(companion, "undo")
    run(companion, "pause", "amira", "--reason", "on leave")
    assert "--anyway it is logged" in run(companion, "log", "amira", code=4)
    assert "is held" in run(companion, "log", "amira", "--anyway")
    run(companion, "log", "amira", "--correct", "--cancelled", code=2)


@pytest.mark.embedder
def test_prepare_asks_before_the_stage_changes_and_says_its_note_once(companion: Companion) -> None:
    untouched = session(companion, 1)
    for slip in (["--goal", "xyzzy"], ["--theme", "RM-999"]):
        assert "There is no" in run(companion, "prepare", "amira", "--stage", "decision", *slip, code=3)
        assert session(companion, 1) == untouched
    said = run(companion, "prepare", "amira", "--no-model")
    assert said.count("Written without a language model") == 1
    pairings.pause(companion, "amira", "on leave")
    before = session(companion, 1)
    assert "companion resume" in run(companion, "prepare", "amira", "--stage", "decision", code=4)
    assert session(companion, 1) == before
    assert json.loads(run(companion, "prepare", "amira", "--no-model", "--anyway", "--json"))["items"]
