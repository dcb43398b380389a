"""Surveys from opening to closing: who is asked, drafts that survive, reply codes, files, and what a partner sees."""

import multiprocessing
from datetime import date
from pathlib import Path

import pytest
from factories import a_mentor
from survey_factories import LAST_DAY, FakeClock, a_programme, answer, executives, mentors, opened

from companion.domain.anonymity import Released
from companion.domain.answers import SurveyResponse, Way
from companion.domain.pairings import PairingStatus
from companion.domain.people import Role
from companion.errors import InvalidInput, NotFound
from companion.services import answer_survey, import_answers, run_surveys
from companion.services.companion import Companion


def response_of(companion: Companion, wave_id: str, person_id: str) -> SurveyResponse | None:
    with companion.store.get().read() as tx:
        return tx.surveys.response(wave_id, person_id)


def test_a_survey_asks_everybody_in_a_pairing(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 3)
    with companion.store.get().write() as tx:
        tx.people.save([a_mentor("m99")])
        tx.pairings.set_status("pairing-03", PairingStatus.ENDED_EARLY)
    wave = opened(companion, "baseline")
    assert run_surveys.view(companion, wave.id).invited == {Role.MENTOR: 2, Role.MENTEE: 2}
    with pytest.raises(InvalidInput, match="is not asked"):
        answer_survey.form(companion, wave.id, "m99")


def test_nobody_answers_more_often_than_they_are_asked(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 6)
    wave = opened(companion)
    answer(companion, wave, mentors(1, 6) + executives(1, 2))
    run_surveys.close(companion, wave.id)
    with companion.store.get().write() as tx:
        for number in (3, 4, 5, 6):
            tx.pairings.set_status(f"pairing-0{number}", PairingStatus.ENDED_EARLY)
    view = run_surveys.view(companion, wave.id)
    assert view.answered[Role.MENTOR] == Released(6, 6)
    assert view.invited == {Role.MENTOR: 6, Role.MENTEE: 2}, "who left still counts, but not where that is withheld"


def test_a_pulse_asks_those_who_held_that_session(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 2)
    wave = opened(companion, "pulse")
    assert (wave.id, wave.session_number, wave.title) == ("pulse-s1", 1, "After session 1")
    with pytest.raises(InvalidInput, match="opened already"):
        opened(companion, "pulse")
    with pytest.raises(InvalidInput, match="No pairing has held session 2 yet"):
        run_surveys.open_wave(companion, "pulse", LAST_DAY, 2)
    with pytest.raises(InvalidInput, match="not about one session"):
        run_surveys.open_wave(companion, "end", LAST_DAY, 2)


@pytest.mark.parametrize(
    ("instrument", "day", "error", "why"),
    [
        ("unknown", LAST_DAY, NotFound, "no survey 'unknown'"),
        ("end", date(2027, 3, 1), InvalidInput, "has passed"),
    ],
)
def test_what_cannot_be_opened_says_why(tmp_path: Path, instrument, day, error, why) -> None:
    with pytest.raises(error, match=why):
        run_surveys.open_wave(a_programme(tmp_path), instrument, day)


def test_nobody_to_ask_and_no_session_held(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 0)
    with pytest.raises(InvalidInput, match="Nobody would be asked"):
        opened(companion)
    with pytest.raises(InvalidInput, match="No session was held yet"):
        opened(companion, "pulse")


def test_a_programmes_own_questions_do_not_change_a_survey_that_is_open(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 1)
    wave = opened(companion)
    (tmp_path / "surveys").mkdir()
    own = '[[items]]\nid = "again"\ntopic = "again"\nscale = "agree"\ntext.en = "Once more?"\n'
    (tmp_path / "surveys" / "own.toml").write_text(own)
    asked = {q.key: q.text for q in answer_survey.form(companion, wave.id, "m01").questions}
    assert asked["again"] == "I would take part again."
    assert run_surveys.questionnaires(companion)["end"].item("again").text["en"] == "Once more?"


def test_answers_can_be_changed_until_the_last_day_and_there_is_one_per_person(tmp_path: Path) -> None:
    clock = FakeClock()
    companion = a_programme(tmp_path, 6, clock)
    wave = opened(companion)
    answer(companion, wave, mentors(1, 6))
    answer(companion, wave, ["m01"], ratings={"again": 1})
    clock.forward(days=14)
    answer(companion, wave, ["m01"], ratings={"again": 2})
    response = response_of(companion, wave.id, "m01")
    assert response is not None
    assert dict(response.ratings) == {"again": 2}
    assert [form.wave.id for form in answer_survey.forms_of(companion, "m01")] == ["end"]
    clock.forward(days=1)
    assert answer_survey.forms_of(companion, "m01") == []
    with pytest.raises(InvalidInput, match="has answered it"):
        answer(companion, wave, ["m01"], ratings={"again": 3})
    view = run_surveys.view(companion, wave.id)
    assert view.wave.closed_at is not None
    assert response_of(companion, wave.id, "m01") is None


def test_a_draft_is_kept_and_never_counted(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 6)
    wave = opened(companion)
    answer(companion, wave, mentors(1, 5))
    answer_survey.save(companion, wave.id, "m06", SurveyResponse(ratings={"again": 1}))
    assert answer_survey.form(companion, wave.id, "m06").response.ratings == {"again": 1}
    outcome = run_surveys.view(companion, wave.id).answered[Role.MENTOR]
    assert outcome.value == 5  # type: ignore[union-attr]
    run_surveys.close(companion, wave.id)
    assert answer_survey.form(companion, wave.id, "m06").response.is_empty


def test_nothing_empty_can_be_sent(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 1)
    wave = opened(companion)
    with pytest.raises(InvalidInput, match="Nothing is answered yet"):
        answer(companion, wave, ["m01"], ratings={}, comments={"left_unsaid": "  "})


def test_the_form_speaks_the_persons_language(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 1)
    wave = opened(companion, "pulse")
    with companion.store.get().write() as tx:
        tx.people.save([a_mentor("m01", languages=("de", "fr"))])
    form = answer_survey.form(companion, wave.id, "m01")
    assert form.language == "fr"
    assert form.questions[0].text == "Cette séance vous a-t-elle été utile ?"
    assert "à deux, rien n'est anonyme" in form.notice(form.questions[0])
    assert form.partner.id == "e01"


def test_a_reply_code_is_typed_for_the_executive_and_the_record_says_so(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 2)
    wave = opened(companion, "pulse")
    form = answer_survey.take_code(companion, "executive nr02", "pulse 4 +1 5 contact: it was loud")
    assert (form.person.id, form.answered) == ("e02", 4)
    answer_survey.take_code(companion, "e02@example.org", "pulse-s1 2 +1 5")
    response = response_of(companion, wave.id, "e02")
    assert response is not None
    assert (response.ratings["pulse_useful"], response.way, response.contact_me) == (2, Way.CODE, False)
    with companion.store.get().read() as tx:
        [entry, _] = tx.audit.latest(2)
    assert (entry.verb, entry.subject, entry.detail) == (
        "survey answer taken",
        "e02",
        {"survey": "pulse-s1", "way": "code"},
    )


def test_a_reply_code_that_names_no_or_several_surveys(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 2)
    with pytest.raises(NotFound, match="is asked in no survey 'pulse'"):
        answer_survey.take_code(companion, "e01", "pulse 4 1 5")
    opened(companion, "pulse")
    with companion.store.get().write() as tx:
        first = tx.sessions.get("session-01")
        assert first is not None
        tx.sessions.add([first.model_copy(update={"id": "session-01b", "number": 2})])
    run_surveys.open_wave(companion, "pulse", LAST_DAY, 2)
    with pytest.raises(InvalidInput, match="Several surveys are open"):
        answer_survey.take_code(companion, "e01", "pulse 4 1 5")
    with pytest.raises(InvalidInput, match="fits 2 people"):
        answer_survey.take_code(companion, "executive", "pulse-s2 4 1 5")
    assert answer_survey.take_code(companion, "e01", "pulse-s2 4 1 5").wave.id == "pulse-s2"
    assert answer_survey.take_code(companion, "e02", "pulse 4 1 5").wave.id == "pulse-s1"


def test_a_reply_code_replaces_no_answer_of_the_app_and_shares_only_a_pulse(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 2)
    wave, end = opened(companion, "pulse"), opened(companion)
    answer(companion, wave, ["e01"], ratings={"pulse_useful": 5})
    with pytest.raises(InvalidInput, match="has answered in companion"):
        answer_survey.take_code(companion, "e01", "pulse 1 1 1")
    answer_survey.take_code(companion, "e02", "pulse 1 1 1 share")
    assert [one.partner.id for one in answer_survey.shared_with(companion, "m02")] == ["e02"]
    rated = [q for q in answer_survey.form(companion, end.id, "e02").questions if q.scale]
    with pytest.raises(InvalidInput, match="cannot be shown to a partner"):
        answer_survey.take_code(companion, "e02", "end share " + " ".join(str(q.scale.high) for q in rated))


def test_a_pulse_is_the_partners_only_when_its_author_shares_it(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 2)
    wave = opened(companion, "pulse")
    mine = {"pulse_useful": 2}
    answer(companion, wave, ["e01"], ratings=mine, comments={"pulse_words": "between us"})
    assert answer_survey.shared_with(companion, "m01") == []
    answer(companion, wave, ["e01"], ratings=mine, comments={"pulse_words": "between us"}, share=True)
    for step in ("open", "closed"):
        [one] = answer_survey.shared_with(companion, "m01")
        assert (one.partner.id, one.shared.comments) == ("e01", {"pulse_words": "between us"}), step
        assert answer_survey.shared_with(companion, "m02") == []
        assert answer_survey.shared_with(companion, "e01") == []
        run_surveys.close(companion, wave.id)


def test_who_asks_to_be_contacted_is_named_before_and_after_closing(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 2)
    wave = opened(companion)
    answer(companion, wave, ["e02"], contact_me=True)
    assert run_surveys.view(companion, wave.id).wants_contact == ("Executive Nr02",)
    run_surveys.close(companion, wave.id)
    assert run_surveys.view(companion, wave.id).wants_contact == ("Executive Nr02",)


def test_the_last_day_moves_while_the_survey_is_open(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 1)
    wave = opened(companion)
    run_surveys.move_closing_day(companion, wave.id, date(2027, 4, 1))
    assert run_surveys.view(companion, wave.id).wave.closes_on == date(2027, 4, 1)
    with pytest.raises(InvalidInput, match="has passed"):
        run_surveys.move_closing_day(companion, wave.id, date(2027, 1, 1))


def test_the_same_survey_again_gets_a_name_of_its_own(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 1)
    first = opened(companion)
    with pytest.raises(InvalidInput, match="is open already"):
        opened(companion)
    run_surveys.close(companion, first.id)
    assert opened(companion).id == "end-2"


def test_a_file_is_previewed_and_what_people_typed_themselves_is_kept(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 4)
    wave = opened(companion, "pulse")
    answer(companion, wave, ["e01"], ratings={"pulse_useful": 5})
    answer_survey.take_code(companion, "e02", "pulse 1 1 1")
    path = tmp_path / "export.csv"
    path.write_text("id,pulse_useful\ne01,1\ne02,2\ne03,3\nm99,4\n", encoding="utf-8")
    preview = import_answers.preview(companion, wave.id, path)
    assert [person.id for person in preview.responses] == ["e02", "e03"]
    assert (preview.replaced, preview.rows_left_out) == (1, 2)
    assert any("answered in companion" in problem.reason and problem.line == 2 for problem in preview.problems)
    assert import_answers.save(companion, preview) == 2
    kept = response_of(companion, wave.id, "e02")
    assert kept is not None
    assert (kept.ratings["pulse_useful"], kept.way) == (2, Way.IMPORT)


def test_an_answer_given_since_the_preview_is_not_overwritten(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 2)
    wave = opened(companion, "pulse")
    path = tmp_path / "export.csv"
    path.write_text("id,pulse_useful\ne01,1\n", encoding="utf-8")
    preview = import_answers.preview(companion, wave.id, path)
    answer(companion, wave, ["e01"], ratings={"pulse_useful": 5})
    with pytest.raises(InvalidInput, match="answered in companion"):
        import_answers.save(companion, preview)


def test_late_rows_of_a_file_are_counted_together(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 8)
    wave = opened(companion, "pulse")
    run_surveys.close(companion, wave.id)
    path = tmp_path / "late.csv"
    path.write_text("id,pulse_useful\n" + "".join(f"{p},4\n" for p in executives(1, 7)), encoding="utf-8")
    import_answers.save(companion, import_answers.preview(companion, wave.id, path))
    with companion.store.get().read() as tx:
        assert len(tx.surveys.respondents(wave.id)) == 7
        assert tx.surveys.responses(wave.id) == {}


def _answer_until_killed(home: Path, wave_id: str, acknowledged: "multiprocessing.Queue[int]") -> None:
    from companion.bootstrap import assemble
    from companion.config import Settings

    companion = assemble(home, settings=Settings(model="none"), clock=FakeClock())
    for number in range(100_000):
        response = SurveyResponse(ratings={"again": number % 5 + 1}, comments={"left_unsaid": f"words {number}"})
        answer_survey.save(companion, wave_id, "m01", response)
        acknowledged.put(number)


def test_a_draft_survives_a_kill_at_any_moment(tmp_path: Path) -> None:
    companion = a_programme(tmp_path, 1)
    wave = opened(companion)
    context = multiprocessing.get_context("spawn")
    acknowledged: multiprocessing.Queue[int] = context.Queue()
    process = context.Process(target=_answer_until_killed, args=(tmp_path, wave.id, acknowledged), daemon=True)
    process.start()
    confirmed = max(acknowledged.get(timeout=60) for _ in range(12))
    process.kill()
    process.join()
    response = answer_survey.form(companion, wave.id, "m01").response
    kept = int(response.comments["left_unsaid"].split()[1])
    assert kept >= confirmed
    assert response.ratings == {"again": kept % 5 + 1}
