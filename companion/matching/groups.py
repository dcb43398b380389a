"""How groups of people fare in a run, shown only where nobody can be recognised and nothing is made of chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from companion.domain.fairness import GROUP_MINIMUM, GroupRow
from companion.domain.matching import MatchProposal, MatchRun
from companion.domain.people import Person, Role
from companion.matching.choices import FIRST, Choices
from companion.ports import MatchRequest

Floats = npt.NDArray[np.float64]

_SIDES = {Role.MENTOR: "mentors", Role.MENTEE: "executives"}
_TENURE_BANDS = (
    (2.0, "under 2 years"),
    (5.0, "2 to 4 years"),
    (10.0, "5 to 9 years"),
    (20.0, "10 to 19 years"),
    (np.inf, "20 years or more"),
)
_LEVEL = 0.05
"""So often chance alone may make any difference at all look like one, in all rows of a run together."""
_DRAWS = 9_999
_CLASSES = 64
_ORDINARY = 1.5
"""A difference of so few standard deviations is never larger than chance at 5 %; it need not be drawn."""


@dataclass(frozen=True)
class _Facts:
    """What the groups of one side are compared by, one number per person; NaN where there is none."""

    proposed: Floats
    exposure: Floats
    """Among the first three of so many of the other side."""
    regret: Floats
    """Better places in their own list, for those with a proposal."""


def groups(request: MatchRequest, run: MatchRun, choices: Choices) -> tuple[tuple[GroupRow, ...], int]:
    """The groups that may be shown, and how many are hidden.

    By department, location, region, band of tenure, and by whatever people declared about themselves. Attributes are
    never crossed. An attribute in which everybody is alike has no rows.
    """
    tables: list[tuple[str, str, str, list[int], _Facts]] = []
    hidden = 0
    for role, side in _SIDES.items():
        people = [person for person in request.people if person.role is role]
        facts = _facts(role, people, run, choices)
        for attribute, value_of in _attributes(people):
            members, names = _members(people, value_of)
            shown = may_be_shown({value: len(places) for value, places in members.items()})
            hidden += len(members.keys() - shown - {""})
            if len(members) > 1:
                tables += [(attribute, names[value], side, members[value], facts) for value in sorted(shown)]
    level = _LEVEL / max(3 * len(tables), 1)
    return tuple(_row(*table, level) for table in tables), hidden


def may_be_shown(sizes: Mapping[str, int]) -> frozenset[str]:
    """Which groups of one attribute may be shown; "", the group of those who state nothing, never is.

    Groups of fewer than five are hidden. The whole is known, so what is hidden can be computed as one sum: while that
    sum is about fewer than five people, the smallest shown group is hidden as well.
    """
    shown = sorted((value for value, size in sizes.items() if value and size >= GROUP_MINIMUM), key=lambda v: sizes[v])
    while shown and 0 < sum(sizes.values()) - sum(sizes[value] for value in shown) < GROUP_MINIMUM:
        shown = shown[1:]
    return frozenset(shown)


def beyond_chance(values: Floats, members: Sequence[int], level: float) -> bool:
    """Whether a group lies further from everybody's average than groups of its size drawn at random do.

    `values` holds one number per person, NaN for none; they are compared by rank, so that one outlier decides nothing.
    A permutation test at `level`: a random group is drawn from how many people have which rank (in at most 64 classes).
    9,999 draws can show a level of 0.0001; below that the answer is no.
    """
    inside = np.zeros(len(values), dtype=bool)
    inside[members] = True
    known = ~np.isnan(values)
    values, inside = values[known], inside[known]
    people, size = len(values), int(inside.sum())
    if not 0 < size < people:
        return False
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    if len(counts) > _CLASSES:
        of_rank = (ranks * _CLASSES // (people + 1)).astype(np.int64)
        place, ranks = (
            of_rank[place],
            np.bincount(of_rank, ranks * counts) / np.maximum(np.bincount(of_rank, counts), 1),
        )
        counts = np.bincount(of_rank, counts).astype(np.int64)
    middle = (people + 1) / 2
    distance = abs(float(ranks[place[inside]].sum()) - size * middle)
    variance = float(counts @ (ranks - middle) ** 2) / people
    if distance**2 <= _ORDINARY**2 * variance * size * (people - size) / (people - 1):
        return False
    random = np.random.default_rng(2_026)
    draws = random.multivariate_hypergeometric(counts, size, size=_DRAWS, method="marginals")
    as_far = int((np.abs(draws @ ranks - size * middle) >= distance * (1 - 1e-9)).sum())
    return (1 + as_far) / (1 + _DRAWS) <= level


def _facts(role: Role, people: Sequence[Person], run: MatchRun, choices: Choices) -> _Facts:
    lists = choices.of_mentees if role is Role.MENTOR else choices.of_mentors
    seen = Counter(person_id for best in lists.values() for person_id in best[:FIRST])
    given_up: dict[str, int] = {}
    for proposal in run.proposals:
        person_id, better = _given_up(role, proposal)
        given_up[person_id] = min(better, given_up.get(person_id, better))
    return _Facts(
        proposed=np.array([person.id in given_up for person in people], dtype=float),
        exposure=np.array([seen[person.id] for person in people], dtype=float),
        regret=np.array([given_up.get(person.id, np.nan) for person in people], dtype=float),
    )


def _given_up(role: Role, proposal: MatchProposal) -> tuple[str, int]:
    """Whose list it is, and how many places in it are better."""
    if role is Role.MENTEE:
        return proposal.mentee_id, proposal.mentor_rank - 1
    return proposal.mentor_id, proposal.mentee_rank - 1


def _row(attribute: str, value: str, side: str, members: Sequence[int], facts: _Facts, level: float) -> GroupRow:
    everybody = float(facts.exposure.mean())
    regret = facts.regret[members]
    regret = regret[~np.isnan(regret)]
    return GroupRow(
        attribute=attribute,
        value=value,
        side=side,
        people=len(members),
        proposed=round(float(facts.proposed[members].mean()), 4),
        exposure=round(float(facts.exposure[members].mean()) / everybody, 4) if everybody else 1.0,
        regret=float(np.median(regret)) if len(regret) else 0.0,
        beyond_chance=tuple(
            name for name in ("proposed", "exposure", "regret") if beyond_chance(getattr(facts, name), members, level)
        ),
    )


def _attributes(people: Sequence[Person]) -> Iterator[tuple[str, Callable[[Person], str]]]:
    """Each attribute with what gives a person's value; empty where they state none."""
    yield "department", lambda person: person.department
    yield "location", lambda person: person.location
    yield "region", lambda person: person.region
    yield "tenure", _tenure
    for declared in sorted({declared.attribute for person in people for declared in person.declared}):
        yield declared, partial(_declared, attribute=declared)


def _tenure(person: Person) -> str:
    years = person.tenure_years
    return "" if years is None else next(band for limit, band in _TENURE_BANDS if years < limit)


def _declared(person: Person, attribute: str) -> str:
    return next((declared.value for declared in person.declared if declared.attribute == attribute), "")


def _members(
    people: Sequence[Person], value_of: Callable[[Person], str]
) -> tuple[dict[str, list[int]], dict[str, str]]:
    """Value, however it is spelt -> places of its people; and how it is spelt where it comes first."""
    members: dict[str, list[int]] = {}
    names: dict[str, str] = {}
    for place, person in enumerate(people):
        name = " ".join(value_of(person).split())
        names.setdefault(name.casefold(), name)
        members.setdefault(name.casefold(), []).append(place)
    return members, names
