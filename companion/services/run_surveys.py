"""Open and close surveys; see who is asked, how many answered (where that may be said), and who to remind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import TYPE_CHECKING

from companion import paths
from companion.domain.anonymity import Outcome, Released, Thresholds, suppress
from companion.domain.pairings import Pairing, PairingStatus
from companion.domain.people import Person, Role
from companion.domain.surveys import Occasion, Questionnaire
from companion.domain.waves import Launch, Wave
from companion.errors import InvalidInput, NotFound
from companion.services import seal_answers
from companion.services.companion import Companion, existing

if TYPE_CHECKING:
    from companion.store import Transaction

ASKED_STATUSES = (PairingStatus.ACTIVE, PairingStatus.PAUSED, PairingStatus.COMPLETED)
SEE_LIST = "See companion survey list."


@dataclass(frozen=True)
class WaveView:
    """A survey with what may be known about who answered."""

    wave: Wave
    thresholds: Thresholds
    invited: Mapping[Role, int]
    """How many people are asked, by role."""
    answered: Mapping[Role, Outcome[int]]
    total: Outcome[int]
    wants_contact: tuple[str, ...]
    """Names of those who asked to be contacted."""
    accepts: bool
    """Whether answers can be given and changed today."""


@dataclass(frozen=True)
class Reminders:
    """Whom to remind of a survey, by role."""

    people: Mapping[Role, tuple[Person, ...]]
    everybody: tuple[Role, ...]
    """The roles of which everybody is listed: who has answered must not be seen yet."""


def questionnaires(companion: Companion) -> dict[str, Questionnaire]:
    """All surveys that can be opened, the programme's own in `surveys/` of its home included. Raises InvalidInput."""
    from companion.importing.instruments import load_questionnaires

    return load_questionnaires(paths.knowledge_dir() / "surveys", companion.home.root / "surveys")


def open_wave(companion: Companion, instrument: str, closes_on: date, session_number: int | None = None) -> Wave:
    """Open a survey for everybody in a pairing. The first one freezes the thresholds for good.

    A pulse is about one session: `session_number`, by default the latest that any pairing has held.
    Raises NotFound, or InvalidInput with the reason why it cannot be opened.
    """
    known = questionnaires(companion)
    form = known.get(instrument)
    if form is None:
        raise NotFound(f"There is no survey '{instrument}'.", f"There are: {', '.join(known)}.")
    now = companion.clock.now()
    if closes_on < now.date():
        raise InvalidInput(f"The closing day {closes_on} has passed.", "Take today or a later day.")
    with companion.store.get().write() as tx:
        number = _session_number(tx, form, session_number)
        wave = Wave(id=_free_id(tx, form, number), session_number=number, opened_at=now, closes_on=closes_on, form=form)
        asked = invited(tx, wave)
        if not asked and number is not None:
            raise InvalidInput(f"No pairing has held session {number} yet.", "Log it first; then ask how it was.")
        if not asked:
            raise InvalidInput("Nobody would be asked: there are no pairings yet.", "Approve some first.")
        if trouble := form.licence_trouble(now.date(), len(asked)):
            raise InvalidInput(trouble, "Use your own wording, or renew the licence.")
        _freeze(companion, tx)
        tx.surveys.add(wave)
        tx.audit.add(now, "survey opened", wave.id, closes_on=closes_on.isoformat(), digest=form.digest)
    return wave


def move_closing_day(companion: Companion, wave_id: str, closes_on: date) -> Wave:
    """Give people more or less time. A survey that is closed stays closed. Raises NotFound, InvalidInput."""
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        wave = find(tx, wave_id)
        if not wave.accepts(now.date()):
            raise InvalidInput(
                f"{wave.title} is closed and cannot be opened again.",
                "Comparing two closings would show who answered in between. Open a new survey instead.",
            )
        if closes_on < now.date():
            raise InvalidInput(f"The closing day {closes_on} has passed.", "Take today or a later day.")
        tx.surveys.set_closing_day(wave.id, closes_on)
        tx.audit.add(now, "survey moved", wave.id, closes_on=closes_on.isoformat())
    return wave.model_copy(update={"closes_on": closes_on})


def open_beside(companion: Companion, wave: Wave) -> str:
    """The id of the survey of the same kind that takes answers now, when this one is closed; else empty."""
    today, kind = companion.clock.now().date(), wave.form.instrument.id
    if wave.accepts(today):
        return ""
    with companion.store.get().read() as tx:
        return next((one.id for one in tx.surveys.all() if one.form.instrument.id == kind and one.accepts(today)), "")


def close(companion: Companion, wave_id: str) -> bool:
    """Close a survey: answers are separated from names for good. Returns whether all traces are off the disk too.

    They are not while another window of companion is at work; closing again does what is left.
    Raises NotFound, StoreError.
    """
    now = companion.clock.now()
    with companion.store.get().write() as tx:
        wave = find(tx, wave_id)
        if wave.closed_at is None:
            seal_answers.close(tx, wave, thresholds(companion, tx), now)
            tx.audit.add(now, "survey closed", wave.id)
    return seal_answers.scrub(companion)


def close_due(companion: Companion) -> None:
    """Close the surveys whose last day has passed."""
    today = companion.clock.now().date()
    with companion.store.get().read() as tx:
        due = [wave.id for wave in tx.surveys.all() if wave.closed_at is None and wave.closes_on < today]
    for wave_id in due:
        close(companion, wave_id)


def overview(companion: Companion) -> list[WaveView]:
    """Every survey, the newest first; those whose last day has passed are closed on the way."""
    close_due(companion)
    with companion.store.get().read() as tx:
        return [_view(companion, tx, wave) for wave in tx.surveys.all()]


def view(companion: Companion, wave_id: str) -> WaveView:
    """One survey. Raises NotFound."""
    close_due(companion)
    with companion.store.get().read() as tx:
        return _view(companion, tx, find(tx, wave_id))


def reminders(companion: Companion, wave_id: str) -> Reminders:
    """Who has not answered an open survey. While few of a role have, everybody of that role is listed instead.

    Raises NotFound, or InvalidInput when the survey is closed.
    """
    with companion.store.get().read() as tx:
        wave = find(tx, wave_id)
        if not wave.accepts(companion.clock.now().date()):
            raise InvalidInput(f"{wave.title} is closed.", "Nobody needs to be reminded.")
        asked, answered = invited(tx, wave), answered_by_role(tx, wave)
        hidden = suppress(answered, thresholds(companion, tx).ratings).hidden
        people = sorted(tx.people.some(asked), key=lambda person: (person.name.casefold(), person.id))
    found: dict[Role, tuple[Person, ...]] = {}
    for role in wave.form.roles:
        done = frozenset() if role.value in hidden else answered[role.value]
        found[role] = tuple(person for person in people if person.role is role and person.id not in done)
    return Reminders(found, tuple(role for role in wave.form.roles if role.value in hidden))


def thresholds(companion: Companion, tx: Transaction) -> Thresholds:
    """Those of the launch, or before it those of the programme."""
    launch = tx.surveys.launch()
    return launch.thresholds if launch else companion.programme_parts("thresholds").thresholds


def find(tx: Transaction, wave_id: str) -> Wave:
    """The survey with that id. Raises NotFound."""
    return existing(tx.surveys.get(wave_id), "open or closed survey", wave_id, SEE_LIST)


def invited(tx: Transaction, wave: Wave) -> dict[str, Pairing]:
    """Who is asked, with the pairing the answers are about: the active one that began first."""
    asked: dict[str, Pairing] = {}
    held = tx.sessions.held_by(wave.session_number) if wave.session_number else None
    for pairing in sorted(tx.pairings.all(), key=lambda p: (p.status is not PairingStatus.ACTIVE, p.started_at, p.id)):
        if pairing.status not in ASKED_STATUSES or (held is not None and pairing.id not in held):
            continue
        for role, person_id in ((Role.MENTOR, pairing.mentor_id), (Role.MENTEE, pairing.mentee_id)):
            if role in wave.form.roles:
                asked.setdefault(person_id, pairing)
    return asked


def answered_by_role(tx: Transaction, wave: Wave) -> dict[str, frozenset[str]]:
    """The ids of those who answered, by role; while the survey is open those who sent their answers."""
    if wave.closed_at is None:
        ids = {p for p, response in tx.surveys.responses(wave.id).items() if response.counts}
    else:
        ids = {one.person_id for one in tx.surveys.respondents(wave.id)}
    people = tx.people.some(ids)
    return {role.value: frozenset(p.id for p in people if p.role is role) for role in wave.form.roles}


def _view(companion: Companion, tx: Transaction, wave: Wave) -> WaveView:
    limits, answered, asked = thresholds(companion, tx), answered_by_role(tx, wave), invited(tx, wave)
    found = suppress(answered, limits.ratings)
    counts = {role: len(answered[role.value]) for role in wave.form.roles}
    total = sum(counts.values())
    by_role: dict[Role, Outcome[int]] = {
        role: found.hidden.get(role.value) or Released(n, n) for role, n in counts.items()
    }
    roles = Counter(person.role for person in tx.people.some(asked))
    # Who left since is no longer asked; a published answer of theirs still counts.
    roles |= Counter({role: outcome.value for role, outcome in by_role.items() if isinstance(outcome, Released)})
    if wave.closed_at is None:
        callers = [
            p for p, response in tx.surveys.responses(wave.id).items() if response.counts and response.contact_me
        ]
    else:
        callers = [one.person_id for one in tx.surveys.respondents(wave.id) if one.contact_me]
    return WaveView(
        wave=wave,
        thresholds=limits,
        invited={role: roles[role] for role in wave.form.roles},
        answered=by_role,
        total=found.total or Released(total, total),
        wants_contact=tuple(sorted(person.name for person in tx.people.some(callers))),
        accepts=wave.accepts(companion.clock.now().date()),
    )


def _freeze(companion: Companion, tx: Transaction) -> None:
    """Freeze the thresholds with the first survey; afterwards the programme must still say the same."""
    wanted, launch = companion.programme_parts("thresholds").thresholds, tx.surveys.launch()
    if launch is None:
        now = companion.clock.now()
        tx.surveys.freeze(Launch(thresholds=wanted, at=now, digest=wanted.digest))
        tx.audit.add(now, "surveys launched", "thresholds", digest=wanted.digest, **wanted.model_dump())
    elif launch.thresholds != wanted:
        frozen = launch.thresholds
        raise InvalidInput(
            f"The thresholds were frozen at {frozen.ratings}, {frozen.comments} and {frozen.theme} on "
            f"{launch.at:%d %B %Y}; the programme now says {wanted.ratings}, {wanted.comments} and {wanted.theme}.",
            "People answered under the first ones: put them back into programme.toml.",
        )


def _session_number(tx: Transaction, form: Questionnaire, wanted: int | None) -> int | None:
    if form.instrument.occasion is not Occasion.PULSE:
        if wanted is not None:
            raise InvalidInput(f"'{form.instrument.id}' is not about one session.", "Leave out the session's number.")
        return None
    latest = tx.sessions.latest_held()
    if latest is None:
        raise InvalidInput("No session was held yet.", "Log one first; then ask how it was.")
    return wanted or latest


def _free_id(tx: Transaction, form: Questionnaire, number: int | None) -> str:
    """An id that people can type; one pulse per session, and any other survey only once at a time."""
    name, waves = form.instrument.id, tx.surveys.all()
    if number is not None:
        name = f"{name}-s{number}"
        if any(wave.id == name for wave in waves):
            raise InvalidInput(f"The pulse after session {number} was opened already: '{name}'.", SEE_LIST)
    elif any(wave.form.instrument.id == name and wave.closed_at is None for wave in waves):
        raise InvalidInput(f"'{name}' is open already.", "Close it before you open it again.")
    taken = {wave.id for wave in waves}
    return next(wave_id for n in count(1) if (wave_id := name if n == 1 else f"{name}-{n}") not in taken)
