"""The executive's own question from the reply to the documents, on the real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import a_mentor, a_proposal, a_run, an_executive

from companion import bootstrap, paths
from companion.config import Settings
from companion.domain import agenda_edits
from companion.domain.agenda_mends import can_mend, mend
from companion.domain.agendas import AgendaItem
from companion.domain.cards import Block
from companion.domain.provenance import Origin
from companion.errors import InvalidInput, SearchError
from companion.lazy import Lazy
from companion.search.cards import load_cards
from companion.search.knowledge import HybridKnowledgeIndex
from companion.services import answer_brief, deliver_agenda, pairings, prepare_agenda, review_matches, sessions
from companion.services.companion import Companion
from companion.services.prepare_agenda import Draft
from companion.store import StoredVectors

ASKED = "How do juniors choose their tools?"


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
    review_matches.approve(one, "proposal-1")
    yield one
    one.close()


def prepared(companion: Companion, minutes: int = 45) -> Draft:
    choices = prepare_agenda.choices(companion, "amira")
    return prepare_agenda.begin(companion, choices.session.id, choices.suggested, minutes)


def theirs(draft: Draft) -> AgendaItem:
    found = draft.agenda.own_question
    assert found is not None
    return found


def test_the_day_it_came_is_kept_and_a_second_question_takes_its_place(companion: Companion) -> None:
    answer_brief.take(companion, "amira", "4", "An earlier question?")
    answer_brief.take(companion, "amira", "4", f"  {ASKED}\n")
    draft = prepared(companion)
    item = theirs(draft)
    assert (item.question.text, item.question.origin) == (ASKED, Origin.EXECUTIVE)
    assert item.question.at == draft.brief.asked_at is not None
    assert item.why.text.startswith("You asked this on ")
    assert draft.findings == ()
    again = prepare_agenda.open_draft(companion, draft.agenda.session_id)
    assert again is not None
    assert theirs(again) == item


def test_a_question_after_the_agenda_was_made_is_put_in_by_one_key_and_taken_back_by_another(
    companion: Companion,
) -> None:
    draft = prepared(companion)
    before = draft.agenda.items
    sessions.ask(companion, draft.agenda.session_id, ASKED)
    draft = prepare_agenda.reopen(companion, draft.agenda)
    (finding,) = [one for one in draft.findings if can_mend(one)]
    mended = prepare_agenda.revise(companion, draft, lambda agenda: mend(agenda, draft.brief, finding))
    assert theirs(mended).question.text == ASKED
    assert mended.findings == ()
    undone = prepare_agenda.undo(companion, mended)
    assert undone.agenda.items == before
    assert theirs(prepare_agenda.redo(companion, undone)) == theirs(mended)


def test_no_model_is_asked_to_word_it(companion: Companion) -> None:
    answer_brief.take(companion, "amira", "4", ASKED)
    draft = prepared(companion)
    item = theirs(draft)
    assert item not in prepare_agenda.to_word(draft)
    edited = prepare_agenda.revise(
        companion, draft, lambda a: agenda_edits.edit_field(a, item.id, "question", "How do juniors choose tools?")
    )
    assert theirs(edited) not in prepare_agenda.to_word(edited)
    with pytest.raises(InvalidInput, match="No model words the executive's own question"):
        prepare_agenda.regenerate(companion, edited, item.id)


def test_the_answer_make_it_fifteen_minutes_keeps_it(companion: Companion) -> None:
    answer_brief.take(companion, "amira", "4", ASKED)
    prepared(companion)
    answer_brief.take(companion, "amira", "2")
    draft = prepare_agenda.look_ahead(companion, "amira")
    assert [item.block for item in draft.agenda.items] == [Block.CHECK_IN, Block.OWN_QUESTION, Block.COMMIT]
    assert [finding for finding in draft.findings if finding.severity == "error"] == []
    brief = deliver_agenda.documents(companion, draft).brief
    assert brief.parts[0].lines == (f"“{ASKED}”",)
    assert "Nothing to do" in answer_brief.take(companion, "amira", "2"), "it is that short already"
    assert prepare_agenda.look_ahead(companion, "amira").agenda == draft.agenda


def test_what_hides_from_the_eye_is_not_kept(companion: Companion) -> None:
    answer_brief.take(companion, "amira", "4", "Why\u202e\n so\u200b quiet?")
    assert pairings.next_session(pairings.view(companion, "amira")).executive_question == "Why so quiet?"


def test_a_goal_that_waited_for_it_is_still_to_come(companion: Companion) -> None:
    answer_brief.take(companion, "amira", "4", ASKED)
    draft = prepared(companion, 15)
    assert draft.agenda.covered_goals == ()
    sessions.log(companion, draft.agenda.session_id)
    after = prepare_agenda.choices(companion, "amira")
    assert set(draft.agenda.goal_ids) <= set(after.place.untouched)
    assert any("their question" in line for line in after.place.so_far)


def test_a_question_that_is_too_long_is_refused_and_nothing_is_kept(companion: Companion) -> None:
    sessions.ask(companion, pairings.next_session(pairings.view(companion, "amira")).id, ASKED)
    with pytest.raises(InvalidInput, match="10000 characters"):
        answer_brief.take(companion, "amira", "4", "x" * 10_000)
    assert pairings.next_session(pairings.view(companion, "amira")).executive_question == ASKED


def test_a_card_is_only_offered_for_what_it_is_about(companion: Companion) -> None:
    session = pairings.next_session(pairings.view(companion, "amira"))
    sessions.ask(companion, session.id, "Why do the intranet and our internal channels reach nobody?")
    about = prepared(companion, 15)
    assert about.brief.about_question
    assert theirs(about).card_id == about.brief.about_question[0]
    assert "RM-010" not in about.brief.about_question
    sessions.ask(companion, session.id, "Who will win the cup final?")
    assert prepare_agenda.reopen(companion, about.agenda).brief.about_question == ()
