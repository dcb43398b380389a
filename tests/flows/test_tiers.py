"""From a probe over the wire to what a model may word, with the real LiteLLM client and a scripted server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import a_goal, a_mentor, a_pairing, a_proposal, a_run, a_session, an_executive
from llm.loopback_server import LoopbackServer, hangs, says
from llm.test_probe import BAD_WORDS, GOOD, IDS

from companion import bootstrap, paths
from companion.config import Settings
from companion.domain.provenance import Origin
from companion.errors import SearchError
from companion.lazy import Lazy
from companion.search.cards import load_cards
from companion.search.knowledge import HybridKnowledgeIndex
from companion.services import prepare_agenda, privacy
from companion.services.companion import Companion
from companion.services.prepare_agenda import Draft, Finished, ItemWorded
from companion.store import StoredVectors

GOAL = "understand why juniors ignore our channels"
WRONG: dict[int, dict[str, Any]] = {
    0: {"json_echo": {"colour": "red", "count": 7, "words": []}},
    1: {"language": {"question": "How do young people choose a bank?"}},
    2: {"injection": {"topic": "CANARY"}},
    3: {},
}
"""What a model of each tier gets wrong."""


class NoEmbedder:
    model_id, dimension = "none@0", 1

    def embed(self, texts: Any) -> Any:
        raise SearchError("There is no embedding model.")


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    server = LoopbackServer()
    yield server
    server.close()


@pytest.fixture
def make(tmp_path: Path, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Companion]]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdefghij")
    made: list[Companion] = []

    def companion(goal: str = GOAL, **executive: Any) -> Companion:
        settings = Settings(model="openai/scripted", model_api_base=server.address, model_timeout_seconds=20)
        one = bootstrap.assemble(tmp_path / "home", settings=settings)
        cards = load_cards(paths.knowledge_dir())
        one.knowledge = Lazy(lambda: HybridKnowledgeIndex(cards, NoEmbedder(), StoredVectors(one.store.get())))
        with one.store.get().write() as tx:
            tx.people.save([a_mentor(), an_executive(**executive), an_executive("e2", name="Ingrid Castellanos")])
            tx.matches.save_run(a_run(a_proposal()))
            tx.pairings.add(a_pairing(), [a_goal(text=goal)])
            tx.sessions.add([a_session(number=2, stage="curiosity")])
        made.append(one)
        return one

    yield companion
    for one in made:
        one.close()


def scripted(
    wrong: dict[str, Any], wording: Callable[[str], Any] | None = None
) -> Callable[[Any, dict[str, Any]], None]:
    """Answers every check of the probe rightly but those in `wrong`, and words a line with `wording`."""

    def behave(handler: Any, body: dict[str, Any]) -> None:
        task, asked = body["response_format"]["json_schema"]["name"], body["messages"][-1]["content"]
        if task == "agenda_item":
            answer = (wording or _woven)(body["messages"][1]["content"])
        else:
            answer = wrong.get(task.removeprefix("probe_")) or _right(task.replace("probe_", "probe."), asked)
        says(answer if isinstance(answer, str) else json.dumps(answer))(handler, body)

    return behave


def _right(task: str, asked: str) -> dict[str, Any]:
    if task == "probe.id_copy":
        return {"card_id": next(card for wish, card in IDS.items() if f"goal is to {wish}" in asked)}
    if task == "probe.polarity":
        return {"tone": "negative" if any(word in asked.lower() for word in BAD_WORDS) else "positive"}
    return GOOD[task]


def _woven(asked: str) -> dict[str, str]:
    """The sample sentences, a little differently: what a harmless model does."""
    said = dict(line.split(": ", 1) for line in asked.splitlines() if ": " in line)
    return {"question": f"{said['Sample question'].rstrip('?')}, in your words?"}


def prepared(companion: Companion) -> Draft:
    choices = prepare_agenda.choices(companion, "pairing-1")
    draft = prepare_agenda.begin(companion, choices.session.id, choices.suggested, 45, ())
    return next(e.draft for e in prepare_agenda.word(companion, draft) if isinstance(e, Finished))


def by_model(draft: Draft) -> int:
    return sum(w.origin is Origin.MODEL for item in draft.agenda.items for w in (item.question, item.why))


@pytest.mark.parametrize("tier", WRONG)
def test_the_tier_that_a_probe_finds_is_kept_and_decides(
    make: Callable[..., Companion], server: LoopbackServer, tier: int
) -> None:
    server.then(scripted(WRONG[tier]))
    companion = make()
    report = bootstrap.probe(companion)
    assert report.tier == tier
    assert report.model_hash == bootstrap.model_hash(companion.settings)
    assert companion.writer.get().tier == tier
    server.received = []
    draft = prepared(companion)
    if tier == 0:
        assert server.received == []
        assert by_model(draft) == 0
        assert "did not pass its checks" in draft.agenda.note
    else:
        assert by_model(draft) > 0
        assert draft.agenda.note == ""
        (asked,) = {w.provenance.model_hash for i in draft.agenda.items for w in (i.question, i.why) if w.provenance}
        assert asked == report.model_hash
    # Another model of the same name at another address was not probed.
    other = Settings(model="openai/scripted", model_api_base="http://127.0.0.1:1/v1")
    assert bootstrap.model_hash(other) != report.model_hash


def test_a_model_that_nobody_probed_is_trusted_with_lines_only(make: Callable[..., Companion]) -> None:
    assert make().writer.get().tier == 1


def test_a_wrong_answer_is_asked_for_once_more_and_then_the_card_speaks(
    make: Callable[..., Companion], server: LoopbackServer
) -> None:
    answers: list[Any] = ["no JSON at all", _woven]
    server.then(scripted({}, lambda asked: (a := answers.pop(0) if answers else "again no JSON")
                         and (a(asked) if callable(a) else a)))  # fmt: skip
    draft = prepared(make())
    first = prepare_agenda.to_word(draft)
    assert by_model(draft) > 0
    assert "must be one JSON object" in server.received[1].body["messages"][-1]["content"]
    assert "no JSON at all" not in server.received[1].raw.decode()
    assert len(server.received) == 2 + 2 * (len(first) - 1)
    assert all(text.text == "" and "did not give an answer that fits" in text.reason for text in draft.agenda.removed)


def test_esc_keeps_the_lines_that_have_arrived(make: Callable[..., Companion], server: LoopbackServer) -> None:
    server.then(scripted({}), hangs)
    companion = make()
    choices = prepare_agenda.choices(companion, "pairing-1")
    draft = prepare_agenda.begin(companion, choices.session.id, choices.suggested, 45, ())
    events = list(prepare_agenda.word(companion, draft, cancelled=server.entered.is_set))
    server.released.set()
    arrived = [event.item_id for event in events if isinstance(event, ItemWorded)]
    assert arrived == [prepare_agenda.to_word(draft)[0].id]
    kept = prepare_agenda.open_draft(companion, draft.agenda.session_id)
    assert kept is not None
    assert kept.agenda.item(arrived[0]).question.origin is Origin.MODEL
    assert by_model(kept) == 1
    assert "Stopped before every line was worded." in kept.agenda.note


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripted server counts as one on another machine."""
    monkeypatch.setattr("companion.llm.litellm_client.is_loopback", lambda host: False)
    monkeypatch.setattr("companion.llm.litellm_runtime.is_loopback", lambda host: False)


@pytest.mark.usefixtures("elsewhere")
def test_on_the_wire_there_is_no_name_and_what_comes_back_has_them(
    make: Callable[..., Companion], server: LoopbackServer
) -> None:
    server.then(scripted({}))
    companion = make(
        "understand why juniors of Ingrid Castellanos ignore my manager Karen Smith",
        off_limits=["the merger"],
        title="Chief Lampoon Officer",
    )
    assert companion.writer.get().remote
    draft = prepared(companion)
    assert server.received
    worded = [text.text for text in draft.agenda.removed]
    worded += [w.text for i in draft.agenda.items for w in (i.question, i.why) if w.provenance and w.provenance.remote]
    assert any("Ingrid Castellanos" in text and "Karen Smith" in text for text in worded)
    assert "[PERSON" not in draft.agenda.model_dump_json()
    for received in server.received:
        text = received.raw.decode()
        assert "[PERSON_2]" in text
        for secret in ("Laurent", "Petit", "Amira", "Haddad", "Ingrid", "Castellanos", "Karen", "merger", "Lampoon"):
            assert secret not in text
    calls = privacy.page(companion)
    assert sorted(privacy.call(companion, c.id).payload for c in calls.calls) == sorted(server.bodies)
    assert calls.summary.bytes_remote == sum(map(len, server.bodies))


@pytest.mark.usefixtures("elsewhere")
def test_what_is_previewed_is_what_is_sent(make: Callable[..., Companion], server: LoopbackServer) -> None:
    server.then(scripted({}))
    companion = make()
    lines = privacy.preview(companion, "pairing-1")
    assert server.received == []
    assert privacy.page(companion).found == 0
    draft = prepared(companion)
    assert [line.title for line in lines] == [item.title for item in draft.agenda.items]
    sent = [[(m["role"], m["content"]) for m in received.body["messages"]] for received in server.received]
    assert [list(line.sent) for line in lines if line.sent] == sent


@pytest.mark.usefixtures("elsewhere")
def test_forbidding_goals_keeps_every_line_here_and_says_so(
    make: Callable[..., Companion], server: LoopbackServer
) -> None:
    server.then(scripted({}))
    companion = make()
    assert privacy.allow(companion, "goals", False) == "No model elsewhere is told goals as the executive worded them."
    draft = prepared(companion)
    assert server.received == []
    assert "not sent to the model elsewhere and kept the card's words" in draft.agenda.note
    assert all(line.kept for line in privacy.preview(companion, "pairing-1"))
    privacy.allow(companion, "goals", True)
    assert by_model(prepared(companion)) > 0


@pytest.mark.usefixtures("elsewhere")
def test_what_is_forbidden_while_the_model_writes_holds_from_the_next_line_on(
    make: Callable[..., Companion], server: LoopbackServer
) -> None:
    server.then(scripted({}))
    companion = make()
    choices = prepare_agenda.choices(companion, "pairing-1")
    draft = prepare_agenda.begin(companion, choices.session.id, choices.suggested, 45, ())
    assert len(prepare_agenda.to_word(draft)) > 1
    for event in prepare_agenda.word(companion, draft):
        if isinstance(event, ItemWorded):
            privacy.allow(companion, "goals", False)
    assert len(server.received) == 1


@pytest.mark.usefixtures("elsewhere")
def test_a_goal_off_limits_and_a_person_who_opted_out_stay_here(
    make: Callable[..., Companion], server: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPANION_MODELS", str(tmp_path / "no models"))
    server.then(scripted({}))
    companion = make(off_limits=["juniors ignore our channels"])
    assert by_model(prepared(companion)) == 0
    assert server.received == []
    with companion.store.get().write() as tx:
        tx.people.save([an_executive()])
    person, said = privacy.opt_out(companion, "laurent")
    assert (person.local_only, said) == (True, "Nothing about Laurent Petit is sent to a model elsewhere any more.")
    draft = prepared(companion)
    assert server.received == []
    assert draft.agenda.note.strip() == (
        "Laurent wants nothing sent to a model elsewhere, so these are the cards' own words."
    )
    assert [p.id for p in privacy.opted_out(companion)] == ["e1"]
    privacy.opt_out(companion, "e1", undo=True)
    assert by_model(prepared(companion)) > 0
