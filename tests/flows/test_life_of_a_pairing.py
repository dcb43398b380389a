"""What happens to a pairing between approval and its end, on the real store."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import icalendar
import pytest
from factories import a_mentor, a_proposal, a_run, an_executive

from companion import bootstrap, paths
from companion.config import Settings
from companion.delivery import documents as rendering
from companion.domain.cards import Stage
from companion.domain.matching import ProposalStatus
from companion.domain.pairings import PairingStatus
from companion.domain.people import Role
from companion.domain.provenance import Origin
from companion.domain.sessions import SessionStatus
from companion.errors import CompanionError, InvalidInput, SearchError, StaleEdit
from companion.lazy import Lazy
from companion.search.cards import load_cards
from companion.search.knowledge import HybridKnowledgeIndex
from companion.services import answer_brief, deliver_agenda, pairings, prepare_agenda, review_matches, sessions
from companion.services.companion import Companion
from companion.services.sessions import Promise
from companion.services.undo_decision import undo
from companion.store import StoredVectors

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=7)


class NoEmbedder:
    model_id, dimension = "none@0", 1

    def embed(self, texts: object) -> object:
        raise SearchError("There is no embedding model.")


@pytest.fixture
def companion(tmp_path: Path) -> Iterator[Companion]:
    one = bootstrap.assemble(tmp_path / "home", settings=Settings(model="none"))
    cards = load_cards(paths.knowledge_dir())
    one.knowledge = Lazy(lambda: HybridKnowledgeIndex(cards, NoEmbedder(), StoredVectors(one.store.get())))
    with one.store.get().write() as tx:
        tx.people.save([a_mentor(email="amira@example.org"), an_executive(email="laurent@example.org")])
        tx.matches.save_run(a_run(a_proposal()))
    yield one
    one.close()


@pytest.fixture
def paired(companion: Companion) -> Companion:
    review_matches.approve(companion, "proposal-1")
    return companion


def first(companion: Companion) -> str:
    return pairings.next_session(pairings.view(companion, "amira")).id


def prepared(companion: Companion) -> str:
    choices = prepare_agenda.choices(companion, "amira")
    prepare_agenda.begin(companion, choices.session.id, choices.suggested, 45)
    return choices.session.id


def test_an_approval_makes_goals_and_the_whole_arc(paired: Companion) -> None:
    view = pairings.view(paired, "amira laurent")
    assert {goal.owner for goal in view.goals} == {Role.MENTEE, Role.MENTOR}
    assert [session.stage for session in view.sessions] == list(Stage)


def test_an_unused_approval_can_be_undone(paired: Companion) -> None:
    assert undo(paired).proposal_ids == ("proposal-1",)
    assert [p.status for p in review_matches.queue(paired).pending] == [ProposalStatus.PENDING]
    assert pairings.view_all(paired) == []


@pytest.mark.parametrize("begin", ["date", "question", "agenda", "held", "cancelled"])
def test_undo_never_deletes_what_two_people_have_agreed(paired: Companion, begin: str) -> None:
    session_id = first(paired)
    match begin:
        case "date":
            sessions.schedule(paired, session_id, SOON)
        case "question":
            sessions.ask(paired, session_id, "What do you read?")
        case "agenda":
            prepared(paired)
        case "held":
            sessions.log(paired, session_id, [Promise(Role.MENTEE, "keep this")])
        case "cancelled":
            sessions.cancel(paired, session_id)
    with pytest.raises(CompanionError, match="has begun"):
        undo(paired)
    view = pairings.view(paired, "amira")
    assert len(view.sessions) == 6
    assert [c.text for c in view.commitments] == (["keep this"] if begin == "held" else [])


def test_an_ended_pairing_no_longer_stands_in_the_way_of_undo(paired: Companion) -> None:
    sessions.schedule(paired, first(paired), SOON)
    assert pairings.end(paired, "amira").status is PairingStatus.ENDED_EARLY
    assert pairings.view_all(paired) == []
    with pytest.raises(InvalidInput, match="no decision to undo"):
        undo(paired)
    with pytest.raises(InvalidInput, match="already ended early"):
        pairings.end(paired, "amira")


def test_nobody_is_paired_beyond_their_capacity(paired: Companion) -> None:
    with paired.store.get().write() as tx:
        tx.people.save([a_mentor("m2", name="Ben Okoye")])
        tx.matches.save_run(a_run(a_proposal("proposal-2", run_id="run-2", mentor_id="m2"), run_id="run-2"))
    with pytest.raises(InvalidInput, match="no capacity left"):
        review_matches.approve(paired, "proposal-2")


def test_cancelling_reaches_the_calendar_and_keeps_the_arc(paired: Companion, tmp_path: Path) -> None:
    sessions.schedule(paired, prepared(paired), SOON)
    invited = deliver_agenda.deliver(paired, "amira")
    invite = next(path for path in invited.paths if path.name == "invite.ics")
    before = icalendar.Calendar.from_ical(invite.read_bytes()).walk("VEVENT")[0]
    written = deliver_agenda.cancel(paired, "amira")
    assert written is not None
    cancellation = next(path for path in written.paths if path.name == "cancel.ics")
    calendar = icalendar.Calendar.from_ical(cancellation.read_bytes())
    event = calendar.walk("VEVENT")[0]
    assert (calendar["METHOD"], event["STATUS"], event["UID"]) == ("CANCEL", "CANCELLED", before["UID"])
    assert event["SEQUENCE"] == before["SEQUENCE"] + 1
    view = pairings.view(paired, "amira")
    assert [s.status for s in view.sessions][:2] == [SessionStatus.CANCELLED, SessionStatus.PLANNED]
    assert pairings.next_session(view).stage is Stage.CONTRACT, "the first real meeting is still about the contract"


def test_cancelling_what_nobody_was_invited_to_writes_nothing(paired: Companion) -> None:
    assert deliver_agenda.cancel(paired, "amira") is None


def test_a_date_that_changes_during_delivery_is_not_overwritten(
    paired: Companion, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = prepared(paired)
    sessions.schedule(paired, session_id, SOON)
    render, later = rendering.render, SOON + timedelta(days=7)

    def moved_meanwhile(documents: object) -> object:
        sessions.schedule(paired, session_id, later)
        return render(documents)

    monkeypatch.setattr(rendering, "render", moved_meanwhile)
    with pytest.raises(StaleEdit):
        deliver_agenda.deliver(paired, "amira")
    session = pairings.next_session(pairings.view(paired, "amira"))
    assert (session.starts_at, session.status) == (later, SessionStatus.PREPARED)


def test_move_means_that_no_date_is_agreed_any_more(paired: Companion) -> None:
    sessions.schedule(paired, prepared(paired), SOON)
    answer_brief.take(paired, "amira", "3")
    assert pairings.next_session(pairings.view(paired, "amira")).starts_at is None


def test_another_topic_becomes_the_leading_question(paired: Companion) -> None:
    answer_brief.take(paired, "amira", "4", "How do juniors choose their tools?")
    draft = prepare_agenda.open_draft(paired, prepared(paired))
    assert draft is not None
    asked = [item for item in draft.agenda.items if "How do juniors choose their tools?" in item.question.text]
    assert len(asked) == 1
    assert asked[0].question.origin is not Origin.MODEL


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2020-01-01T10:00", "in the past"),
        ("2027-03-28T02:30", "does not exist"),
        ("2027-03-28", "no time of day"),
        ("next week", "not a date"),
    ],
)
def test_a_date_that_cannot_be_is_refused(paired: Companion, text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        sessions.schedule(paired, first(paired), sessions.parse_when(text, "Europe/Madrid"))


def test_the_executives_off_limits_topics_are_not_named_to_the_mentor(paired: Companion) -> None:
    with paired.store.get().write() as tx:
        tx.people.save([an_executive(off_limits=["the secret merger with Acme"])])
    draft = prepare_agenda.open_draft(paired, prepared(paired))
    assert draft is not None
    assert "Acme" not in deliver_agenda.run_sheet_text(paired, draft)
    assert "Laurent has named one topic" in deliver_agenda.run_sheet_text(paired, draft)
