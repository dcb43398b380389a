"""The only way to what a closed survey says: every look is checked against all earlier ones, and put on record.

Nothing else may show ratings or comments. What is withheld comes back as `Withheld`, which holds no value.
Only one attribute can be asked for at a time: two, crossed, would single people out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from statistics import fmean
from typing import TYPE_CHECKING, Generic, TypeVar

from companion.domain.anonymity import Because, Outcome, Release, Released, Withheld, objection, suppress, too_few
from companion.domain.people import Person
from companion.domain.surveys import Item, Scale
from companion.domain.waves import Comment, Wave
from companion.errors import InvalidInput
from companion.services import run_surveys
from companion.services.companion import Companion, existing

if TYPE_CHECKING:
    from companion.store import Transaction

T = TypeVar("T")

RATINGS, COMMENTS = "ratings", "comments"
UNKNOWN = "not stated"
REPEATED_WITHIN_DAYS = 60
ASKED_ELSEWHERE_WITHIN_DAYS = 14
"""Two surveys of a programme lie further apart; who puts them so close wants to compare them."""
ASKED_BEFORE = Withheld(
    Because.DIFFERENCE,
    "The same was asked shortly before, and its comments were shown: compared, the two would give away who is new.",
)
TIME_IS_OVER = Withheld(Because.TIME_IS_OVER, "The comments were kept for as long as the programme says; none is left.")
STILL_OPEN = Withheld(Because.STILL_OPEN, "People can still change their answers.")


class Attribute(StrEnum):
    """What answers can be told apart by."""

    ROLE = "role"
    DEPARTMENT = "department"
    LOCATION = "location"


@dataclass(frozen=True)
class Table(Generic[T]):
    """What may be shown of one question or scale: a cell per group, and everybody together."""

    cells: Mapping[str, Outcome[T]]
    total: Outcome[T]


Scores = tuple[float, ...]
"""One number per person, sorted: nothing tells whose."""


def ratings(companion: Companion, wave_id: str, item_ids: Sequence[str], by: Attribute | None = None) -> Table[Scores]:
    """One score per person: the answer to a question, or the mean of several, turned round where they are reversed.

    A single question keeps its own direction. Where a question was put about several goals, a person's score is the
    mean of them. People who skipped one of the questions are left out.
    Raises NotFound, or InvalidInput for questions that cannot be put together.
    """

    def look(ledger: _Ledger) -> Table[Scores]:
        wave = run_surveys.find(ledger.tx, wave_id)
        asked = [_rating_item(wave, item_id) for item_id in item_ids]
        if wave.closed_at is None:
            return Table({}, STILL_OPEN)
        ledger.topics = _topics(ledger.tx, wave, item_ids)
        scores = _scores(ledger.tx, wave, asked)
        everybody = frozenset(scores)
        groups = _groups(ledger.tx, wave, [item for item, _ in asked], by)
        return _table(
            ledger,
            everybody,
            {name: people & everybody for name, people in groups.items()},
            lambda people: tuple(sorted(scores[person] for person in people)),
            by,
        )

    return _on_record(companion, RATINGS, look)


def changes(companion: Companion, before_id: str, after_id: str, item_ids: Sequence[str]) -> Outcome[Scores]:
    """By how much each person's score changed from one survey to another, sorted; of those who answered both times.

    Raises as `ratings` does.
    """

    def look(ledger: _Ledger) -> Outcome[Scores]:
        waves = [run_surveys.find(ledger.tx, wave_id) for wave_id in (before_id, after_id)]
        asked = [[_rating_item(wave, item_id) for item_id in item_ids] for wave in waves]
        if any(wave.closed_at is None for wave in waves):
            return STILL_OPEN
        ledger.topics = frozenset().union(*(_topics(ledger.tx, wave, item_ids) for wave in waves))
        before, after = (_scores(ledger.tx, wave, items) for wave, items in zip(waves, asked, strict=True))
        both = frozenset(before) & frozenset(after)
        if refused := ledger.refused({f"who answered {before_id} and {after_id}": both}):
            return refused
        return Released(tuple(sorted(after[person] - before[person] for person in both)), len(both))

    return _on_record(companion, RATINGS, look)


def comments(
    companion: Companion, wave_id: str, item_id: str, by: Attribute | None = None
) -> Table[tuple[Comment, ...]]:
    """The comments to one question, for a summary; never to be printed as they are. Only a role can tell them apart.

    Raises NotFound, or InvalidInput when the question asks for no words, or for another attribute.
    """
    if by not in (None, Attribute.ROLE):
        raise InvalidInput("Comments can only be told apart by role.", "Nothing else is kept beside them.")

    def look(ledger: _Ledger) -> Table[tuple[Comment, ...]]:
        wave = run_surveys.find(ledger.tx, wave_id)
        item = existing(wave.form.item(item_id), "question", item_id)
        if not item.is_comment:
            raise InvalidInput(f"'{item_id}' asks for a number, not for words.")
        if wave.closed_at is None:
            return Table({}, STILL_OPEN)
        ledger.topics = _topics(ledger.tx, wave, [item_id])
        found = [comment for comment in ledger.tx.surveys.comments(wave.id) if comment.item_id == item_id]
        kept_for = timedelta(days=companion.retention.comments)
        if not found and companion.clock.now() - wave.closed_at > kept_for:
            return Table({}, TIME_IS_OVER)
        everybody = frozenset(comment.author for comment in found)
        # Keys of authors are made anew in every survey, so that sets of two surveys cannot be compared.
        if everybody and any(r.topics & ledger.topics and not r.respondents <= everybody for r in ledger.earlier):
            return Table({}, ASKED_BEFORE)
        roles = sorted({role.value for role in item.answered_by} | {comment.role for comment in found})
        return _table(
            ledger,
            everybody,
            {role or UNKNOWN: frozenset(c.author for c in found if c.role == role) for role in roles if by},
            lambda authors: tuple(comment for comment in found if comment.author in authors),
            by,
        )

    return _on_record(companion, COMMENTS, look)


@dataclass
class _Ledger:
    """What was released about some questions, and what one look adds to it."""

    tx: Transaction
    k: int
    earlier: list[Release]
    topics: frozenset[str] = frozenset()
    fresh: list[Release] = field(default_factory=list)

    def refused(self, wanted: Mapping[str, frozenset[str]]) -> Withheld | None:
        """Why these groups, by scope in words, must not be shown together; None when they may."""
        releases = [Release(self.topics, people, scope) for scope, people in wanted.items()]
        if because := objection(releases, [*self.earlier, *self.fresh], self.k):
            return because
        known = {(one.topics, one.respondents) for one in (*self.earlier, *self.fresh)}
        self.fresh += [one for one in releases if (one.topics, one.respondents) not in known]
        return None


def _on_record(companion: Companion, kind: str, look: Callable[[_Ledger], T]) -> T:
    """What a look shows. Only one that shows something new is written down, so that looking again changes nothing."""

    def open_ledger(tx: Transaction) -> _Ledger:
        limits = run_surveys.thresholds(companion, tx)
        k = limits.ratings if kind == RATINGS else limits.comments
        return _Ledger(tx, k, tx.surveys.releases(kind))

    store = companion.store.get()
    with store.read() as tx:
        ledger = open_ledger(tx)
        found = look(ledger)
    if not ledger.fresh:
        return found
    # Looked at again: somebody else may have released something in between.
    with store.write() as tx:
        ledger = open_ledger(tx)
        found = look(ledger)
        now = companion.clock.now()
        for release in ledger.fresh:
            tx.surveys.add_release(now, kind, release)
            tx.audit.add(now, "survey answers released", min(release.topics), scope=release.scope)
    return found


def _topics(tx: Transaction, wave: Wave, item_ids: Iterable[str]) -> frozenset[str]:
    """What a look is about: the questions of a survey, or of an earlier one that put them so shortly before.

    A survey that is opened again soon after it was closed gets the same answers and a few more, and so does a question
    that another survey asks again at once: they count as the same, or the two could be compared.
    """
    waves = tx.surveys.all()
    return frozenset(f"{_subject(waves, wave, item_id).id}/{item_id}" for item_id in item_ids)


def _subject(waves: Iterable[Wave], wave: Wave, item_id: str) -> Wave:
    """The earliest survey to which the question leads back without a long pause; `waves` are the newest first."""
    subject = wave
    for earlier in waves:
        about_the_same = earlier.session_number == wave.session_number and earlier.form.item(item_id) is not None
        if not about_the_same or earlier.closed_at is None or earlier.opened_at >= subject.opened_at:
            continue
        repeated = earlier.form.instrument.id == wave.form.instrument.id
        days = REPEATED_WITHIN_DAYS if repeated else ASKED_ELSEWHERE_WITHIN_DAYS
        if subject.opened_at - earlier.closed_at <= timedelta(days=days):
            subject = earlier
    return subject


def _table(
    ledger: _Ledger,
    everybody: frozenset[str],
    groups: Mapping[str, frozenset[str]],
    value: Callable[[frozenset[str]], T],
    by: Attribute | None,
) -> Table[T]:
    """Hide what must be hidden within the table, then ask the ledger; a refused table may still leave its total."""
    cells: dict[str, Outcome[T]] = {}
    total: Outcome[T] = too_few(ledger.k)
    hides_total = None
    if by is not None:
        found = suppress(groups, ledger.k)
        shown = {name: people for name, people in groups.items() if name not in found.hidden}
        wanted = {f"{by.value}: {name}": people for name, people in shown.items()}
        hides_total = found.total
        if hides_total is None:
            wanted["everybody"] = everybody
        refused = ledger.refused(wanted) if wanted else None
        for name, people in groups.items():
            cells[name] = found.hidden.get(name) or refused or Released(value(people), len(people))
    if hides_total is not None:
        total = hides_total
    elif len(everybody) >= ledger.k:
        total = ledger.refused({"everybody": everybody}) or Released(value(everybody), len(everybody))
    return Table(cells, total)


def _rating_item(wave: Wave, item_id: str) -> tuple[Item, Scale]:
    item = existing(wave.form.item(item_id), "question", item_id)
    scale = wave.form.scale_of(item)
    if scale is None:
        raise InvalidInput(f"'{item_id}' asks for words, not for a number.")
    return item, scale


def _scores(tx: Transaction, wave: Wave, items: Sequence[tuple[Item, Scale]]) -> dict[str, float]:
    """One number per pseudonym that answered all of the questions."""
    if not items or len({scale.id for _, scale in items}) > 1 or (len(items) > 1 and not items[0][1].ordered):
        raise InvalidInput("Only questions with one ordered scale can be put together.")
    answers: dict[str, dict[str, list[int]]] = {}
    for rating in tx.surveys.ratings(wave.id, [item.id for item, _ in items]):
        answers.setdefault(rating.pseudonym, {}).setdefault(rating.item_id, []).append(rating.value)
    scores = {}
    for pseudonym, given in answers.items():
        if all(item.id in given for item, _ in items):
            means = [
                scale.low + scale.high - fmean(given[item.id])
                if item.reversed and len(items) > 1
                else fmean(given[item.id])
                for item, scale in items
            ]
            scores[pseudonym] = fmean(means)
    return scores


def _groups(tx: Transaction, wave: Wave, items: Sequence[Item], by: Attribute | None) -> dict[str, frozenset[str]]:
    """The pseudonyms by value of an attribute; every role that is asked is there, also when nobody answered."""
    if by is None:
        return {}
    given = tx.surveys.ratings(wave.id, [item.id for item in items])
    values = {rating.pseudonym: rating.role.value for rating in given}
    groups: dict[str, set[str]] = {}
    if by is Attribute.ROLE:
        groups = {role.value: set() for item in items for role in item.answered_by}
    else:
        people = {person.id: person for person in tx.people.all()}
        owners = {pseudonym: people[person_id] for person_id, pseudonym in tx.surveys.pseudonyms().items()}
        values = {p: _value(owners[p], by) if p in owners else UNKNOWN for p in values}
    for pseudonym, value in values.items():
        groups.setdefault(value, set()).add(pseudonym)
    return {name: frozenset(groups[name]) for name in sorted(groups)}


def _value(person: Person, by: Attribute) -> str:
    return (person.department if by is Attribute.DEPARTMENT else person.location) or UNKNOWN
