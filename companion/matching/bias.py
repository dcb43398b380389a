"""How a run treats people: the flip test, how groups fare, and whom everybody wants.

All of it is told to the admin, and none of it enters a score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from companion.domain.fairness import FlipTest, Hub, Treatment
from companion.domain.identity_words import IdentityWords
from companion.domain.matching import MatchRun
from companion.domain.people import Person, Role
from companion.errors import Cancelled
from companion.matching.choices import Choices
from companion.matching.groups import groups
from companion.ports import Cancelled as CancelAsked
from companion.ports import MatchRequest, Pairs, Progress, never_cancelled, no_progress

FLIP_LIMIT = 4_000_000
"""Up to so many possible pairs (2,000 executives and 2,000 mentors) the flip test is made unasked."""
HUB_FROM = 3
"""First choice of at least so many, and of more than there are places for."""
MOST_HUBS = 10

_NOT_TESTED = (
    "Whether names, gender and age words decide a pair was not tested: with so many people it takes as long as two "
    "more match runs."
)
_PEOPLE_AT_ONCE = 200


class PairsFor(Protocol):
    """Solves a changed request as the run itself was solved; nothing has to be explained."""

    def __call__(self, request: MatchRequest, *, progress: Progress, cancelled: CancelAsked) -> Pairs:
        """The pairs that would be proposed, as (mentor id, mentee id). Raises Cancelled."""
        ...


def treatment(
    request: MatchRequest,
    run: MatchRun,
    choices: Choices,
    pairs_for: PairsFor,
    *,
    flip: bool | None = None,
    progress: Progress = no_progress,
    cancelled: CancelAsked = never_cancelled,
) -> Treatment:
    """What an admin should know about how `run`, the answer to `request`, treats people.

    `choices` are those of the same scores and rules as the run's, `Choices.of_places(mentee ids, mentor ids, favourites
    of mentees, favourites of mentors)`. `pairs_for` scores and solves another request and must not call this in turn;
    it is asked at most twice, with the same people in other words, so what it found last time may be its start.
    `flip` says whether to make the flip test; None makes it for all but very large cohorts. Raises Cancelled.
    """
    sides = Counter(person.role for person in request.people)
    wanted = sides[Role.MENTOR] * sides[Role.MENTEE] <= FLIP_LIMIT if flip is None else flip
    rows, hidden = groups(request, run, choices)
    return Treatment(
        flip=flip_test(request, run, pairs_for, progress=progress, cancelled=cancelled) if wanted else None,
        flip_note="" if wanted else _NOT_TESTED,
        groups=rows,
        groups_hidden=hidden,
        hubs=hubs(request, choices),
    )


def flip_test(
    request: MatchRequest,
    run: MatchRun,
    pairs_for: PairsFor,
    *,
    progress: Progress = no_progress,
    cancelled: CancelAsked = never_cancelled,
) -> FlipTest:
    """Match again with words about identity taken out of every entry, and again with them swapped.

    Two more runs, in which only the changed entries have to be embedded; none when no entry holds such a word.
    Raises Cancelled.
    """
    words = IdentityWords(request.people)
    saying: set[str] = set()

    def changed(change: Callable[[str], str]) -> tuple[tuple[str, ...], int]:
        people: list[Person] = []
        for place, person in enumerate(request.people):
            if place % _PEOPLE_AT_ONCE == 0:
                progress(place, len(request.people), "looking for words about identity")
                if cancelled():
                    raise Cancelled("Matching was stopped.", "Nothing was saved; start it again whenever you like.")
            people.append(words.person(person, change))
        found = {
            old.id: len(_texts(old) - _texts(new))
            for old, new in zip(request.people, people, strict=True)
            if old != new
        }
        saying.update(found)
        texts = sum(found.values())
        if not texts:
            return (), 0
        pairs = pairs_for(replace(request, people=people), progress=progress, cancelled=cancelled)
        return tuple(p.id for p in run.proposals if (p.mentor_id, p.mentee_id) not in pairs), texts

    without, entries = changed(words.without)
    swapped, _ = changed(words.swapped) if entries else ((), 0)
    moved = {*without, *swapped}
    along = tuple(p.id for p in run.proposals if p.id in moved and not {p.mentor_id, p.mentee_id} & saying)
    return FlipTest(
        pairs=len(run.proposals),
        entries_changed=entries,
        changed_without=without,
        changed_swapped=swapped,
        moved_along=along,
    )


def hubs(request: MatchRequest, choices: Choices) -> tuple[Hub, ...]:
    """Who is the first choice of three or more, and of more than they have places for; the most wanted first."""
    found = []
    for role, lists in ((Role.MENTOR, choices.of_mentees), (Role.MENTEE, choices.of_mentors)):
        wanted = Counter(best[0] for best in lists.values() if best)
        for person in request.people:
            times = wanted[person.id] if person.role is role else 0
            places = max(0, person.capacity - request.taken.get(person.id, 0))
            if times >= HUB_FROM and times > places:
                found.append(Hub(person_id=person.id, first_choice_of=times, places=places))
    return tuple(sorted(found, key=lambda hub: (-hub.first_choice_of, hub.person_id))[:MOST_HUBS])


def _texts(person: Person) -> set[tuple[str, str]]:
    return {(facet.entry_id, facet.text) for facet in person.facets}
