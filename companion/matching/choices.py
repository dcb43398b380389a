"""Whom everybody would like best: what hubs and exposure are counted from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

FIRST = 3
"""Somebody is seen when among so many first places of somebody else's list."""


@dataclass(frozen=True)
class Choices:
    """Person id -> ids of the other side, at most three, best score first, equals in the order of the cohort.

    Only of pairs that no rule forbids and that reach the floor; who has no such pair is left out.
    """

    of_mentees: Mapping[str, Sequence[str]]
    of_mentors: Mapping[str, Sequence[str]]

    @classmethod
    def of_places(
        cls,
        mentee_ids: Sequence[str],
        mentor_ids: Sequence[str],
        of_mentees: npt.NDArray[Any],
        of_mentors: npt.NDArray[Any],
    ) -> Choices:
        """From places instead of ids, best first, -1 for nobody.

        `of_mentees` has shape (mentees, places) and holds places in `mentor_ids`; `of_mentors` the other way round.
        """
        return cls(_named(mentee_ids, mentor_ids, of_mentees), _named(mentor_ids, mentee_ids, of_mentors))


def _named(whose: Sequence[str], ids: Sequence[str], places: npt.NDArray[Any]) -> dict[str, list[str]]:
    lists = ([ids[place] for place in row[:FIRST] if place >= 0] for row in places.tolist())
    return {person_id: best for person_id, best in zip(whose, lists, strict=True) if best}
