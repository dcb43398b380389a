"""Let the pairs of an invented programme live through its months, so that surveys and reports have something to show.

Everything in it is made up from a seed: dates, cancellations, promises, ratings and comments. The home is marked, and
every report about it says so.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from companion.domain.answers import Question, SurveyResponse, checked
from companion.domain.pairings import Pairing
from companion.domain.people import Person, Role
from companion.domain.surveys import Occasion
from companion.domain.waves import Wave
from companion.errors import InvalidInput
from companion.services import answer_survey, run_surveys, sessions
from companion.services.companion import Companion
from companion.services.report import INVENTED

if TYPE_CHECKING:
    from companion.domain.sessions import Session

DAYS_PER_SESSION = 30
DAYS_TO_ANSWER = 6
FOLLOW_UP_DAYS = 90
SESSIONS = 6
LENGTH = timedelta(days=DAYS_PER_SESSION * SESSIONS + FOLLOW_UP_DAYS + 4 * DAYS_TO_ANSWER)
"""How long before now the pairs must have been made."""

HOLDS, PROMISES_KEPT, ANSWERS, WRITES, MAY_QUOTE = 0.84, 0.7, 0.86, 0.7, 0.6
"""How often a session takes place, a promise is kept, a survey is answered, something is written, and may be quoted."""
CANCELLED_BY = (Role.MENTEE, Role.MENTEE, Role.MENTEE, Role.MENTOR, None)
"""Who cancels, each as often as the others; nobody always says."""

COMMENTS: Mapping[str, Sequence[str]] = {
    "pulse_words": (
        "Good questions, and enough time for once.",
        "We had to move it on the same day.",
        "He took notes while I talked and asked good questions.",
        "I still find it hard to say no to her.",
        "Nothing to add.",
    ),
    "mid_change": (
        "Please keep the dates. Mine was moved three times.",
        "Fewer slides please, and let me try the tools myself.",
        "I would like to know what happens with what I tell.",
        "Longer sessions; an hour would be better.",
        "It is fine as it is.",
        "My manager does not know that I need time to prepare.",
        "He explains a lot, and I would like to finish a sentence.",
    ),
    "did_differently": (
        "I stopped a weekly report after she showed me that nobody reads it.",
        "I decided to ask people in the canteen what they would change, and we act on it.",
        "I learned to write my own prompts, and I use them for board papers now.",
        "I now dare to speak in project meetings, even when directors are there.",
        "I changed how my team asks questions: in a channel, no longer by mail.",
        "So far nothing has changed.",
        "I changed our monthly round: somebody from the late shift is invited now.",
        "I am more confident when I meet people above me.",
    ),
    "left_unsaid": (
        "That my team leader did not like me spending time on this.",
        "I did not say what I think about the last promotions; I was afraid to.",
        "I felt free to say everything.",
        "I did not dare to say that the strategy day was a waste.",
        "I was not sure whether it stays between us.",
        "I did not dare to say that I felt tested in the first sessions.",
    ),
    "still_there": (
        "We still act on what people tell us in the canteen.",
        "We still write to each other before big meetings.",
        "We kept the change: questions go to the channel, and there are fewer mails.",
        "She still asks me first and listens to the end.",
        "It did not last: my calendar filled up again and we found no time.",
    ),
}
LIFTS = {"recommend": 0.24, "again": 0.14, "pulse_useful": 0.14, "pulse_open": 0.1, "decisions": -0.42}
"""Questions that most people answer higher, or lower, than others, in parts of their scale."""
PROMISES = {
    Role.MENTOR: ("send three examples of good posts", "show the dashboard on real data", "ask my team what blocks it"),
    Role.MENTEE: ("sit in on a stand-up", "try the tool on one memo", "introduce her to the head of research"),
}  # fmt: skip


@dataclass
class MovingClock:
    """Time as the invented programme lives through it."""

    at: datetime

    def now(self) -> datetime:
        """The moment that has been reached."""
        return self.at

    def go_to(self, moment: datetime) -> None:
        """Move on; never back."""
        self.at = max(self.at, moment)


@dataclass
class _Life:
    """What the programme has been through, and the chance that decides the rest."""

    companion: Companion
    clock: MovingClock
    chance: random.Random
    who: random.Random
    """Decides who cancels."""
    prepare: Callable[[Companion, Pairing, Session], object]
    temper: dict[str, float] = field(default_factory=dict)
    """How well each person takes to it, around 0."""


def live_through(
    companion: Companion,
    clock: MovingClock,
    *,
    seed: int = 7,
    prepare: Callable[[Companion, Pairing, Session], object] = lambda *_: None,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Hold six sessions, and ask before, after each, half-way, at the end and three months later.

    `clock` must be the companion's own, at the day when the pairs were made; `prepare` makes the agenda of a session.
    Raises InvalidInput when there are no pairs or surveys were opened already, and what the flows raise.
    """
    with companion.store.get().read() as tx:
        pairs, waves = tx.pairings.all(), tx.surveys.all()
    if not pairs:
        raise InvalidInput("There are no pairs to live through a programme.", "Match people and approve some first.")
    if waves:
        raise InvalidInput("Surveys were opened here already.", "Invent a history in a home of its own.")
    with companion.store.get().write() as tx:
        tx.audit.add(clock.now(), "history invented", INVENTED, seed=seed)
    life, start = _Life(companion, clock, random.Random(seed), random.Random(seed), prepare), clock.now()
    _ask(life, "baseline")
    for number in range(1, SESSIONS + 1):
        say(f"     session {number} of {SESSIONS}")
        _meet(life, pairs, number, start + timedelta(days=DAYS_TO_ANSWER + DAYS_PER_SESSION * (number - 1)))
        if number == SESSIONS // 2:
            _ask(life, "midpoint")
    _ask(life, "end")
    clock.go_to(clock.now() + timedelta(days=FOLLOW_UP_DAYS))
    _ask(life, "followup")


def _meet(life: _Life, pairs: Sequence[Pairing], number: int, month: datetime) -> None:
    """One month: every pair agrees a date, prepares, and meets or does not; then those who met are asked."""
    life.clock.go_to(month)
    planned = []
    with life.companion.store.get().read() as tx:
        open_ones = [
            (pairing, session)
            for pairing in pairs
            for session in tx.sessions.of_pairing(pairing.id)
            if session.number == number and session.is_open
        ]
    for pairing, session in open_ones:
        day = life.clock.now() + timedelta(days=life.chance.randint(1, 14))
        starts_at = day.replace(hour=14, minute=0, second=0, microsecond=0)
        planned.append((starts_at, pairing, sessions.schedule(life.companion, session.id, starts_at)))
    held = 0
    for starts_at, pairing, session in sorted(planned, key=lambda one: (one[0], one[1].id)):
        if life.chance.random() < ANSWERS:
            life.prepare(life.companion, pairing, session)
        life.clock.go_to(starts_at + timedelta(hours=1))
        if life.chance.random() > HOLDS + 0.06 * _temper(life, pairing.mentee_id):
            sessions.cancel(life.companion, session.id, life.who.choice(CANCELLED_BY))
            continue
        held += 1
        _log(life, pairing, session)
    if held:
        _ask(life, "pulse", number)


def _log(life: _Life, pairing: Pairing, session: Session) -> None:
    with life.companion.store.get().read() as tx:
        waiting = [one.id for one in tx.sessions.commitments(pairing.id) if one.status == "open"]
    done = [one for one in waiting if life.chance.random() < PROMISES_KEPT]
    promises = [
        sessions.Promise(role, life.chance.choice(texts))
        for role, texts in PROMISES.items()
        if life.chance.random() < PROMISES_KEPT
    ]
    sessions.log(life.companion, session.id, promises, done)


def _ask(life: _Life, instrument: str, number: int | None = None) -> None:
    """Open a survey, let most people answer, and close it."""
    closes_on = (life.clock.now() + timedelta(days=DAYS_TO_ANSWER)).date()
    wave = run_surveys.open_wave(life.companion, instrument, closes_on, number)
    with life.companion.store.get().write() as tx:
        people = {person.id: person for person in tx.people.all()}
        responses = {}
        for person_id in sorted(run_surveys.invited(tx, wave)):
            form = answer_survey.form_of(life.companion, tx, wave, people[person_id])
            response = _response(life, wave, people[person_id], form.questions)
            if life.chance.random() < ANSWERS and not response.is_empty:
                responses[people[person_id]] = checked(response, form.questions)
        answer_survey.keep(life.companion, tx, wave, responses)
    life.clock.go_to(life.clock.now() + timedelta(days=DAYS_TO_ANSWER + 1))
    run_surveys.close(life.companion, wave.id)


def _response(life: _Life, wave: Wave, person: Person, asked: Sequence[Question]) -> SurveyResponse:
    later = wave.form.instrument.occasion in (Occasion.END, Occasion.FOLLOW_UP)
    ratings, comments = {}, {}
    for question in asked:
        if question.scale is None:
            if life.chance.random() < WRITES:
                comments[question.key] = life.chance.choice(COMMENTS.get(question.item.id, ("Nothing to add.",)))
            continue
        low, high = question.scale.low, question.scale.high
        # In parts of the scale: where most people begin, how far they get, and how much they differ.
        place = (
            0.56
            + LIFTS.get(question.item.id, 0)
            + 0.11 * later
            + 0.1 * _temper(life, person.id)
            + life.chance.gauss(0, 0.13)
        )
        if question.item.reversed:
            place = 1 - place
        ratings[question.key] = min(high, max(low, round(low + place * (high - low))))
    return SurveyResponse(ratings=ratings, comments=comments, may_quote=life.chance.random() < MAY_QUOTE, sent=True)


def _temper(life: _Life, person_id: str) -> float:
    return life.temper.setdefault(person_id, life.chance.gauss(0, 1))
