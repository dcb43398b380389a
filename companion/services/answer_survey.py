"""Answer a survey: in companion, every answer kept at once; or by a reply code that somebody else types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from companion.domain import reply_codes
from companion.domain.anonymity import Thresholds
from companion.domain.answers import Question, SurveyResponse, Way, checked, questions
from companion.domain.people import Person, Role
from companion.domain.surveys import FALLBACK_LANGUAGE
from companion.domain.waves import Shared, Wave
from companion.errors import InvalidInput, NotFound
from companion.services import people, run_surveys, seal_answers
from companion.services.companion import Companion, existing

if TYPE_CHECKING:
    from companion.store import Transaction


@dataclass(frozen=True)
class Form:
    """One survey as it is put to one person, with what they have answered so far."""

    wave: Wave
    person: Person
    partner: Person
    questions: tuple[Question, ...]
    response: SurveyResponse
    thresholds: Thresholds
    language: str

    @property
    def answered(self) -> int:
        """How many questions are answered."""
        return len(self.response.ratings) + len(self.response.comments)

    def notice(self, question: Question) -> str:
        """Who will see the answer to a question."""
        return self.wave.form.notice(question.item, self.thresholds, self.language)


@dataclass(frozen=True)
class SharedPulse:
    """A pulse that the partner chose to share."""

    wave: Wave
    partner: Person
    shared: Shared


def form(companion: Companion, wave_id: str, person: str) -> Form:
    """The survey as it is put to a person (id, or words of the name), with their draft or answers.

    Raises NotFound, or InvalidInput when this person is not asked.
    """
    with companion.store.get().read() as tx:
        wave = run_surveys.find(tx, wave_id)
        return form_of(companion, tx, wave, people.find(tx, person))


def form_of(companion: Companion, tx: Transaction, wave: Wave, person: Person) -> Form:
    """The survey as it is put to a person, inside a transaction. Raises InvalidInput when they are not asked."""
    pairing = run_surveys.invited(tx, wave).get(person.id)
    if pairing is None:
        raise InvalidInput(
            f"{person.name} is not asked in '{wave.id}'.",
            "It asks people in a pairing; a pulse asks those whose pairing held that session.",
        )
    other = pairing.mentee_id if person.role is Role.MENTOR else pairing.mentor_id
    language = next((code for code in person.languages if code in wave.form.languages), FALLBACK_LANGUAGE)
    return Form(
        wave=wave,
        person=person,
        partner=existing(tx.people.get(other), "person", other),
        questions=questions(wave.form, person.role, tx.pairings.goals(pairing.id), language),
        response=tx.surveys.response(wave.id, person.id) or SurveyResponse(),
        thresholds=run_surveys.thresholds(companion, tx),
        language=language,
    )


def forms_of(companion: Companion, person_id: str) -> list[Form]:
    """The surveys a person can answer or change today, the one that closes first on top."""
    today = companion.clock.now().date()
    with companion.store.get().read() as tx:
        person = existing(tx.people.get(person_id), "person", person_id)
        waves = [wave for wave in tx.surveys.all() if wave.accepts(today)]
        asked = [wave for wave in waves if person_id in run_surveys.invited(tx, wave)]
        found = [form_of(companion, tx, wave, person) for wave in asked]
    return sorted(found, key=lambda one: (one.wave.closes_on, one.wave.id))


def save(companion: Companion, wave_id: str, person_id: str, response: SurveyResponse) -> SurveyResponse:
    """Keep a person's draft or answers in place of the earlier ones; on disk when this returns.

    After the closing day answers are late: they are kept, and counted once enough late ones are there.
    Raises NotFound, or InvalidInput when an answer does not fit, or when theirs are separated from the name already.
    """
    run_surveys.close_due(companion)
    with companion.store.get().write() as tx:
        wave = run_surveys.find(tx, wave_id)
        person = existing(tx.people.get(person_id), "person", person_id)
        clean = checked(response, form_of(companion, tx, wave, person).questions)
        if clean.sent and clean.is_empty:
            raise InvalidInput("Nothing is answered yet.", "Answer at least one question.")
        keep(companion, tx, wave, {person: clean})
    if wave.closed_at is not None:
        seal_answers.scrub(companion)
    return clean


def keep(companion: Companion, tx: Transaction, wave: Wave, responses: Mapping[Person, SurveyResponse]) -> None:
    """Keep responses that were checked; late ones count once there are enough. Raises InvalidInput as `save` does."""
    for person, response in responses.items():
        if wave.closed_at is not None:
            _check_late(tx, wave, person, response)
        tx.surveys.save_response(wave.id, person.id, response)
        if response.way is not Way.APP:
            # Somebody else than the author brought it: that this was done is on record, what it said is not.
            tx.audit.add(
                companion.clock.now(), "survey answer taken", person.id, survey=wave.id, way=response.way.value
            )
    if wave.closed_at is not None:
        seal_answers.add_late(tx, wave, run_surveys.thresholds(companion, tx))


def has_answered(tx: Transaction, wave: Wave, person_id: str) -> bool:
    """Whether somebody's answers were separated from the name already, so that they cannot be changed any more."""
    return any(one.person_id == person_id for one in tx.surveys.respondents(wave.id))


def _check_late(tx: Transaction, wave: Wave, person: Person, response: SurveyResponse) -> None:
    if has_answered(tx, wave, person.id):
        raise InvalidInput(
            f"{wave.title} is closed and {person.name} has answered it.",
            "Answers are separated from names then, so nobody can change them.",
        )
    if not response.sent:
        raise InvalidInput(f"{wave.title} is closed.", "A late answer can only be sent, not kept as a draft.")


def take_code(companion: Companion, person: str, text: str) -> Form:
    """Keep the reply code of a person (id, or words of the name), typed by whoever received it.

    Raises NotFound, or InvalidInput saying what in the code cannot be used.
    """
    code = reply_codes.read(text)
    run_surveys.close_due(companion)
    with companion.store.get().write() as tx:
        who = people.find(tx, person)
        wave = _meant(companion, tx, code.survey, who)
        asked = form_of(companion, tx, wave, who)
        if asked.response.counts and asked.response.way is Way.APP:
            raise InvalidInput(
                f"{who.name} has answered in companion; that answer was kept.", "Only they can change it."
            )
        response = checked(reply_codes.to_response(code, asked.questions), asked.questions)
        if response.share and not wave.form.instrument.may_share:
            raise InvalidInput(f"Answers to '{wave.id}' cannot be shown to a partner.", "Leave out the word share.")
        keep(companion, tx, wave, {who: response})
    if wave.closed_at is not None:
        seal_answers.scrub(companion)
    return Form(wave, who, asked.partner, asked.questions, response, asked.thresholds, asked.language)


def shared_with(companion: Companion, person_id: str) -> list[SharedPulse]:
    """The pulses that this person's partners chose to share, the newest first."""
    found = []
    with companion.store.get().read() as tx:
        for wave in tx.surveys.all():
            if not wave.form.instrument.may_share:
                continue
            for partner_id, pairing in run_surveys.invited(tx, wave).items():
                if partner_id == person_id or person_id not in (pairing.mentor_id, pairing.mentee_id):
                    continue
                if shared := _shared(tx, wave, partner_id):
                    partner = existing(tx.people.get(partner_id), "person", partner_id)
                    found.append(SharedPulse(wave, partner, shared))
    return found


def _shared(tx: Transaction, wave: Wave, person_id: str) -> Shared | None:
    if wave.closed_at is not None:
        return tx.surveys.shared(wave.id, person_id)
    response = tx.surveys.response(wave.id, person_id)
    if response is None or not (response.counts and response.share):
        return None
    return Shared(ratings=response.ratings, comments=response.comments)


def _meant(companion: Companion, tx: Transaction, word: str, person: Person) -> Wave:
    """The survey a reply code names: by its own id, or by the kind of survey, among those this person is asked in.

    Among several of a kind it is the only one that still takes answers, else the newest.
    """
    waves = tx.surveys.all()
    if exact := next((wave for wave in waves if wave.id == word), None):
        return exact
    fitting = [w for w in waves if w.form.instrument.id == word and person.id in run_surveys.invited(tx, w)]
    running = [wave for wave in fitting if wave.accepts(companion.clock.now().date())]
    if len(running) > 1:
        raise InvalidInput(
            f"Several surveys are open that '{word}' fits.",
            f"Begin the code with one of {', '.join(wave.id for wave in running)}.",
        )
    if not fitting:
        raise NotFound(f"{person.name} is asked in no survey '{word}'.", run_surveys.SEE_LIST)
    return (running or fitting)[0]
