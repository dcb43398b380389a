"""What a programme limits about all pairs together, in the terms of the solver, and what is said when a limit binds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from companion.domain.criteria import Criteria, Format, Quota
from companion.domain.people import Person
from companion.domain.text import plain
from companion.matching import limits as solver
from companion.matching.eligibility import Candidates
from companion.matching.sides import Sides, Whole, folded, language_bits, numbered

Flags = npt.NDArray[np.bool_]


def limits_of(criteria: Criteria, candidates: Candidates) -> solver.Limits:
    """Caps, quotas, fairness and circles."""
    rules, mentors = criteria.rules, candidates.mentors
    caps = []
    if rules.mentors_per_department is not None:
        departments = [folded(person.department) for person in mentors]
        caps.append(_cap(departments, rules.mentors_per_department, candidates, "mentors of one department"))
    if rules.mentors_per_manager is not None:
        caps.append(_cap(_managers(candidates), rules.mentors_per_manager, candidates, "mentors of one manager"))
    circle = criteria.circle
    return solver.Limits(
        caps=tuple(caps),
        quotas=tuple(_quota(quota, candidates.ground.sides) for quota in criteria.quotas),
        fair=criteria.fair,
        group_size=(circle.least, circle.most) if criteria.format is Format.CIRCLES else None,
    )


def at_their_limit(
    criteria: Criteria, candidates: Candidates, limits: solver.Limits, pairs: Sequence[tuple[int, int]]
) -> dict[int, str]:
    """Mentor column -> a sentence, for mentors whose department or manager has no further pairing to give."""
    said: dict[int, str] = {}
    proposed = np.bincount(np.array([column for _, column in pairs], dtype=np.int64), minlength=len(candidates.mentors))
    rules = criteria.rules
    texts = [
        (most, what)
        for most, what in (
            (rules.mentors_per_department, "of mentors from {group}"),
            (rules.mentors_per_manager, "of mentors who report to {group}"),
        )
        if most is not None
    ]
    for cap, (most, what) in zip(limits.caps, texts, strict=True):
        inside = cap.group >= 0
        used = np.bincount(cap.group[inside], weights=proposed[inside], minlength=cap.most.size)
        for column in np.flatnonzero(inside):
            if used[cap.group[column]] >= cap.most[cap.group[column]]:
                person = candidates.mentors[column]
                group = person.department if "from" in what else person.manager_id
                pairings = "1 pairing" if most == 1 else f"{most} pairings"
                said.setdefault(
                    int(column),
                    f"The limit of {pairings} {what.format(group=plain(group, one_line=True))} is reached.",
                )
    return said


def _cap(groups: Sequence[str], most: int, candidates: Candidates, name: str) -> solver.Cap:
    """Running pairings are taken off; who states no group is in none."""
    places = {text: number for number, text in enumerate(dict.fromkeys(text for text in groups if text))}
    running: Counter[str] = Counter()
    for text, taken in zip(groups, candidates.mentor_taken, strict=True):
        running[text] += int(taken)
    return solver.Cap(
        group=np.array([places.get(text, -1) for text in groups], dtype=np.int64),
        most=np.array([max(0, most - running[text]) for text in places], dtype=np.int64),
        name=name,
    )


def _managers(candidates: Candidates) -> list[str]:
    """One key per manager, whether they are named by id or by e-mail address."""
    everybody: tuple[Person, ...] = (*candidates.mentees, *candidates.mentors)
    by_id = {person.id: folded(person.email) or person.id for person in everybody}
    return [by_id.get(person.manager_id.strip(), folded(person.manager_id)) for person in candidates.mentors]


def _quota(quota: Quota, sides: Sides) -> solver.Quota:
    name = "pairs that share a language" if quota.same == "language" else f"pairs within one {quota.same}"
    counts = _share_a_language(sides) if quota.same == "language" else _same(sides, quota.same)
    return solver.Quota(name, counts, share=quota.at_most)


def _same(sides: Sides, field: str) -> Callable[[Whole], Flags]:
    one, other = numbered([getattr(p, field) for p in sides.mentees], [getattr(p, field) for p in sides.mentors])

    def counts(rows: Whole) -> Flags:
        same: Flags = (one[rows][:, None] == other) & (other > 0)
        return same

    return counts


def _share_a_language(sides: Sides) -> Callable[[Whole], Flags]:
    bits = language_bits(sides)

    def counts(rows: Whole) -> Flags:
        shared = np.zeros((rows.size, len(sides.mentors)), dtype=bool)
        for one, other in bits:
            shared |= (one[rows][:, None] & other) > 0
        return shared

    return counts
