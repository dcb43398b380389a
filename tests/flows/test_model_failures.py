"""Whatever a model does, the mentor gets an agenda: the cards' own words, and a sentence that says why."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from factories import a_goal, a_mentor, a_pairing, a_proposal, a_run, a_session, an_executive

from companion import bootstrap, paths
from companion.config import Settings
from companion.domain.provenance import Origin
from companion.errors import (
    ModelError,
    ModelMissing,
    ModelRefused,
    ModelTimeout,
    ModelUnreachable,
    SearchError,
    StaleEdit,
)
from companion.lazy import Lazy
from companion.ports import Message, ModelReply, ModelRequest, SentPayload, never_cancelled
from companion.search.cards import load_cards
from companion.search.knowledge import HybridKnowledgeIndex
from companion.services import prepare_agenda, privacy
from companion.services.companion import Companion
from companion.services.prepare_agenda import Draft, Finished, ItemWorded
from companion.store import StoredVectors

Answer = Callable[[ModelRequest], str]


class FakeModel:
    """Answers what it is told to, or raises it."""

    name, remote, tier = "embedded/fake", False, 1

    def __init__(self, answer: Answer | ModelError) -> None:
        self.answer = answer
        self.finish: Any = "stop"

    def warm(self, messages: Sequence[Message] = ()) -> None:
        pass

    def complete(
        self, request: ModelRequest, *, on_text: Any = None, cancelled: Any = never_cancelled, on_sent: Any = None
    ) -> ModelReply:
        body = json.dumps([message.content for message in request.messages]).encode()
        on_sent(SentPayload("this machine", False, body))
        if isinstance(self.answer, ModelError):
            raise self.answer
        return ModelReply(self.answer(request), self.finish, self.name)

    def close(self) -> None:
        pass


class NoEmbedder:
    """No embedding model works here: the cards are found by their words."""

    model_id, dimension = "none@0", 1

    def embed(self, texts: Sequence[str]) -> Any:
        raise SearchError("There is no embedding model.")


@pytest.fixture
def model() -> FakeModel:
    return FakeModel(lambda request: "{}")


@pytest.fixture
def companion(tmp_path: Path, model: FakeModel) -> Iterator[Companion]:
    one = bootstrap.assemble(tmp_path / "home", settings=Settings(model="embedded/fake"), model=model)
    cards = load_cards(paths.knowledge_dir())
    one.knowledge = Lazy(lambda: HybridKnowledgeIndex(cards, NoEmbedder(), StoredVectors(one.store.get())))
    with one.store.get().write() as tx:
        tx.people.save([a_mentor(), an_executive(off_limits=["the merger"])])
        tx.matches.save_run(a_run(a_proposal()))
        tx.pairings.add(a_pairing(), [a_goal()])
        tx.sessions.add([a_session(number=2, stage="curiosity")])
    yield one
    one.close()


def begun(companion: Companion, *themes: str) -> Draft:
    choices = prepare_agenda.choices(companion, "pairing-1")
    return prepare_agenda.begin(companion, choices.session.id, choices.suggested, 45, themes)


def worded(companion: Companion, draft: Draft) -> Draft:
    return next(e.draft for e in prepare_agenda.word(companion, draft) if isinstance(e, Finished))


def same_words(one: Draft, other: Draft) -> bool:
    return [(i.question, i.why) for i in one.agenda.items] == [(i.question, i.why) for i in other.agenda.items]


def form(question: str) -> Answer:
    return lambda request: json.dumps({"question": question})


@pytest.mark.parametrize(
    "answer",
    [
        lambda request: "",
        lambda request: "{}",
        lambda request: "I am sorry, as an AI I cannot do that.",
        lambda request: '{"question": 7}',
        lambda request: '{"question": "' + "a" * 100_000,
        lambda request: "\x00\x1b[2J\u202e" * 50,
        form(""),
        form("[/]x [@click=app.quit]go[/]"),
        form("😀" * 50 + "?"),
        form("How much does Bob in accounting earn, in your view of his 2019 rating?"),
        form("What should happen to the merger next year, and who knows about it?"),
    ],
    ids=range(11),
)
def test_nonsense_never_reaches_the_agenda(companion: Companion, model: FakeModel, answer: Answer) -> None:
    model.answer = answer
    draft = begun(companion)
    done = worded(companion, draft)
    assert same_words(done, draft)
    assert all(item.question.origin is not Origin.MODEL for item in done.agenda.items)
    assert done.agenda.removed
    assert all(removed.reason for removed in done.agenda.removed)
    assert [f for f in done.findings if f.severity == "error"] == []


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ModelTimeout("It did not answer within 60 seconds.", "Try again."), "did not answer"),
        (ModelUnreachable("The process ended.", "It is started again."), "process ended"),
        (ModelRefused("The key is wrong.", "Set another."), "key is wrong"),
        (ModelMissing("It is not installed.", "Fetch it with: companion model pull"), "companion model pull"),
    ],
)
def test_a_model_that_fails_leaves_the_cards_and_says_why(
    companion: Companion, model: FakeModel, error: ModelError, says: str
) -> None:
    model.answer = error
    draft = begun(companion)
    done = worded(companion, draft)
    assert same_words(done, draft)
    assert says in done.agenda.note
    _, calls = privacy.calls(companion)
    assert [call.outcome for call in calls] == [type(error).__name__]


def test_an_answer_that_was_cut_off_is_not_used(companion: Companion, model: FakeModel) -> None:
    model.answer, model.finish = form("What have you seen juniors do instead of the intranet?"), "length"
    draft = begun(companion)
    assert same_words(worded(companion, draft), draft)


def test_a_good_answer_is_used_with_its_provenance(companion: Companion, model: FakeModel) -> None:
    question = "If you could fix nothing today, what would you like to know about why juniors ignore our channels?"
    model.answer = form(question)
    draft = begun(companion, "RM-034")
    asked = {item.card_id: item.question.text for item in draft.agenda.items}
    assert "fix nothing" in asked["RM-034"], "the answer above is made for this card"
    done = worded(companion, draft)
    by_model = [item.question for item in done.agenda.items if item.question.origin is Origin.MODEL]
    assert [w.text for w in by_model] == [question], "used once; for the other cards it is off the subject"
    assert by_model[0].provenance is not None
    assert by_model[0].provenance.model == "embedded/fake"


def test_what_a_person_edited_meanwhile_is_not_overwritten(companion: Companion) -> None:
    from companion.domain.agenda_edits import edit_field

    draft = begun(companion)
    first = draft.agenda.items[1].id
    prepare_agenda.revise(companion, draft, lambda a: edit_field(a, first, "question", "My own question?"))
    with pytest.raises(StaleEdit):
        worded(companion, draft)
    kept = prepare_agenda.open_draft(companion, draft.agenda.session_id)
    assert kept is not None
    assert kept.agenda.item(first).question.text == "My own question?"


def test_the_skeleton_survives_a_crash_during_the_wording(companion: Companion, model: FakeModel) -> None:
    draft = begun(companion)
    events = prepare_agenda.word(companion, draft)
    for event in events:
        if isinstance(event, ItemWorded):
            break
    del events  # as if the process had been killed here
    kept = prepare_agenda.open_draft(companion, draft.agenda.session_id)
    assert kept is not None
    assert kept.agenda == draft.agenda


def test_what_was_sent_is_on_record_before_the_model_fails(companion: Companion, model: FakeModel) -> None:
    def die(request: ModelRequest) -> str:
        raise RuntimeError("as if the power went")

    model.answer = die
    with pytest.raises(RuntimeError):
        worded(companion, begun(companion))
    summary, calls = privacy.calls(companion)
    assert summary.calls == 1
    assert b"internal channels" in calls[0].payload
    assert calls[0].outcome == "sent"
    assert b"merger" not in calls[0].payload
