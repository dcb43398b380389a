"""The agenda with the real embedded model, behind the real gates, with the real index and store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from companion import bootstrap
from companion.config import Settings
from companion.domain.gates import EXEMPLARS, check_wording
from companion.domain.matching import Band
from companion.domain.provenance import Origin
from companion.services import (
    deliver_agenda,
    import_people,
    match_people,
    models,
    pairings,
    prepare_agenda,
    privacy,
    review_matches,
)
from companion.services.companion import Companion
from companion.services.prepare_agenda import Draft, Finished, ItemStarted, ItemWorded

pytestmark = [pytest.mark.model, pytest.mark.embedder, pytest.mark.timeout(900)]

SAMPLE = Path(__file__).resolve().parents[2] / "companion" / "sample" / "people.csv"


@pytest.fixture(scope="module")
def companion(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Companion]:
    companion = bootstrap.assemble(tmp_path_factory.mktemp("home"))
    shelf = {entry.id: entry.installed for entry in models.on_shelf(companion)}
    if not shelf[companion.settings.model.removeprefix("embedded/")]:
        pytest.fail("The default model is not here. Run: companion model pull")
    import_people.save(companion, import_people.preview(companion, SAMPLE))
    match_people.match(companion)
    queue = review_matches.queue(companion)
    review_matches.approve(companion, next(p.id for p in queue.pending if p.mentor_id == "N-1001"))
    assert any(p.band is Band.STRONG for p in queue.pending)
    yield companion
    companion.close()


@pytest.fixture(scope="module")
def worded(companion: Companion) -> Draft:
    choices = prepare_agenda.choices(companion, "amira laurent")
    ids = [goal.id for goal in choices.goals][:2]
    draft = prepare_agenda.begin(companion, choices.session.id, ids, 60, [choices.themes[0].card_id])
    started, finished = set(), None
    for event in prepare_agenda.word(companion, draft):
        match event:
            case ItemStarted(item_id):
                started.add(item_id)
            case ItemWorded(_, item_id):
                assert item_id in started
            case Finished(done):
                finished = done
    assert finished is not None
    assert finished.agenda.note == ""
    return finished


def test_the_model_words_something_and_all_of_it_passes_every_gate(worded: Draft) -> None:
    cards = {card.id: card for card in (*worded.brief.theme_cards, *worded.brief.cards)}
    by_model = 0
    for item in worded.agenda.items:
        others = tuple(other.question.text for other in worded.agenda.items if other.id != item.id)
        assert item.why.origin is not Origin.MODEL
        text = item.question
        if text.origin is Origin.MODEL:
            by_model += 1
            verdict = check_wording(text.text, item, worded.brief, cards.get(item.card_id), EXEMPLARS, others)
            assert verdict.ok, f"{text.text!r}: {verdict.reason}"
            assert text.provenance is not None
            assert text.provenance.prompt_id == "agenda_item"
    assert by_model >= 1


def test_the_agenda_breaks_no_rule(worded: Draft) -> None:
    assert [finding.message for finding in worded.findings if finding.severity == "error"] == []
    assert sum(item.minutes for item in worded.agenda.items) == 60


def test_every_call_is_on_record_and_stayed_here(companion: Companion, worded: Draft) -> None:
    summary, calls = privacy.calls(companion)
    assert summary.bytes_remote == 0
    assert len(calls) >= len(prepare_agenda.to_word(worded))
    assert all(call.outcome == "stop" for call in calls)
    assert all(worded.brief.mentee.name.encode() not in call.payload for call in calls)


def test_the_static_part_of_the_prompt_is_processed_once(companion: Companion, worded: Draft) -> None:
    _, calls = privacy.calls(companion)
    # A busy machine may make the engine change its threads once, which costs the prefix; twice would be a fault.
    afresh = [call for call in calls[:-1] if call.cached_tokens <= call.prompt_tokens // 2]
    assert len(afresh) <= 1, "the static prefix was processed again"
    assert len(calls) > len(afresh) + 1


def test_stopping_keeps_what_has_arrived(companion: Companion, worded: Draft) -> None:
    choices = prepare_agenda.choices(companion, "amira laurent")
    ids = [goal.id for goal in choices.goals]
    # A card made for a goal asks about it as it stands; one that works with any goal gains from a model's words.
    draft = prepare_agenda.begin(companion, choices.session.id, ids, 90, ["RM-034"])
    assert len(prepare_agenda.to_word(draft)) > 1
    arrived: list[str] = []
    finished = None
    for event in prepare_agenda.word(companion, draft, cancelled=lambda: bool(arrived)):
        match event:
            case ItemWorded(_, item_id):
                arrived.append(item_id)
            case Finished(done):
                finished = done
            case _:
                pass
    assert finished is not None
    assert "Stopped" in finished.agenda.note
    again = prepare_agenda.open_draft(companion, choices.session.id)
    assert again is not None
    assert again.agenda == finished.agenda


def test_documents_follow_from_it(companion: Companion, worded: Draft, tmp_path: Path) -> None:
    delivered = deliver_agenda.deliver(companion, pairings.view(companion, "amira laurent").pairing.id, tmp_path)
    assert {path.name for path in delivered.paths} >= {"brief.eml", "run-sheet.html"}


def test_the_probe_trusts_the_default_model_with_lines_and_is_kept(companion: Companion) -> None:
    report = bootstrap.probe(companion)
    passed = {check.name for check in report.checks if check.passed}
    assert {"json_echo", "id_copy"} <= passed
    assert report.tier >= 1
    assert report.model_hash == bootstrap.model_hash(companion.settings)
    assert companion.writer.get().tier == report.tier


def test_about_somebody_who_opted_out_the_model_on_this_machine_writes(companion: Companion) -> None:
    remote = Settings(model="openai/nobody", model_api_base="http://192.0.2.1/v1")
    elsewhere = bootstrap.assemble(companion.home.root, settings=remote)
    elsewhere.knowledge = companion.knowledge
    privacy.opt_out(elsewhere, "laurent petit")
    try:
        choices = prepare_agenda.choices(elsewhere, "amira laurent")
        draft = prepare_agenda.begin(elsewhere, choices.session.id, choices.suggested, 30, anyway=True)
        seen = list[ItemWorded]()
        for event in prepare_agenda.word(elsewhere, draft, cancelled=lambda: bool(seen)):
            if isinstance(event, ItemWorded):
                seen.append(event)
        assert "Laurent wants nothing sent to a model elsewhere" in draft.agenda.note
        newest = privacy.page(elsewhere, limit=1).calls[0]
        assert (newest.model, newest.remote) == (companion.settings.model, False)
    finally:
        privacy.opt_out(elsewhere, "laurent petit", undo=True)
        elsewhere.close()
