"""Stated half days in one common clock: who is free when, and how far apart the time zones are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from companion.domain.people import WEEKDAYS, Person

LOCAL_HOURS = {"am": (9, 12), "pm": (13, 17)}
"""What a half day means, in the person's own time zone."""

_QUARTERS_PER_HOUR = 4
"""Time zones differ by quarters of an hour, so the week is cut into quarters."""
_WEEK = 7 * 24 * _QUARTERS_PER_HOUR
_FEW_PEOPLE = 64


def shared_hours(some: Sequence[Person], others: Sequence[Person], at: datetime) -> npt.NDArray[Any]:
    """Hours a week in which both are free, shape (some, others); NaN where either states nothing (or no known zone).

    Counted in the first whole week after `at`, so that daylight saving is the one in force then.
    """
    weeks = Weeks(some, others, at)
    return weeks.shared_hours(weeks.of_some)[:, weeks.of_others]


class Weeks:
    """The free time of everybody in two groups, by distinct week: many people share one."""

    def __init__(self, some: Sequence[Person], others: Sequence[Person], at: datetime) -> None:
        self.of_some, weeks = _distinct(some)
        self.of_others, other_weeks = _distinct(others)
        monday = first_monday(at)
        free = np.concatenate([_free(weeks, monday), _free(other_weeks, monday)])
        columns: npt.NDArray[Any] = free
        sizes: npt.NDArray[Any] = np.ones(_WEEK)
        if len(some) + len(others) > _FEW_PEOPLE:
            # Quarters of an hour in which the same people are free are counted as one column of a larger weight.
            columns, sizes = np.unique(free, axis=1, return_counts=True)
        self._some = columns[: len(weeks)] * (sizes / _QUARTERS_PER_HOUR).astype(np.float32)
        self._others = np.ascontiguousarray(columns[len(weeks) :].T)
        self._stated = _stated(weeks), _stated(other_weeks)

    def shared_hours(self, weeks: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        """Hours a week these weeks of the first group share with every distinct week of the second; NaN: not stated."""
        hours: npt.NDArray[Any] = self._some[weeks] @ self._others
        hours[~self._stated[0][weeks]] = np.nan
        hours[:, ~self._stated[1]] = np.nan
        return hours

    def hours_of(self, one: int, other: int) -> float:
        """Hours a week that one of the first group and one of the second share; NaN: not stated."""
        week, other_week = self.of_some[one], self.of_others[other]
        if not (self._stated[0][week] and self._stated[1][other_week]):
            return float("nan")
        return float(self._some[week] @ self._others[:, other_week])


def _distinct(people: Sequence[Person]) -> tuple[npt.NDArray[np.int64], list[Person]]:
    """For each person the place of their week, and one person per distinct week."""
    places: dict[tuple[frozenset[str], str], int] = {}
    first: list[Person] = []
    found = []
    for person in people:
        key = frozenset(person.availability), person.time_zone
        if key not in places:
            places[key] = len(first)
            first.append(person)
        found.append(places[key])
    return np.array(found, dtype=np.int64), first


def offsets(people: Sequence[Person], at: datetime) -> npt.NDArray[Any]:
    """Hours of each person's clock ahead of UTC in the first whole week after `at`; NaN for a zone nobody knows."""
    noon = datetime.combine(first_monday(at), time(12), tzinfo=UTC)
    known: dict[str, float] = {}
    for name in {person.time_zone for person in people}:
        local = zone(name)
        ahead = None if local is None else noon.astimezone(local).utcoffset()
        known[name] = float("nan") if ahead is None else ahead / timedelta(hours=1)
    return np.array([known[person.time_zone] for person in people], dtype=np.float32)


def hours_apart(one: Person, other: Person, at: datetime) -> float | None:
    """How far apart two people's clocks are, from 0 to 12 hours; None when a time zone is unknown."""
    noon = datetime.combine(first_monday(at), time(12), tzinfo=UTC)
    zones = zone(one.time_zone), zone(other.time_zone)
    if zones[0] is None or zones[1] is None:
        return None
    offsets = [noon.astimezone(z).utcoffset() or timedelta() for z in zones]
    apart = abs((offsets[0] - offsets[1]) / timedelta(hours=1)) % 24
    return min(apart, 24 - apart)


def first_monday(at: datetime) -> datetime:
    """Midnight of the Monday after `at`, without a time zone."""
    return datetime.combine(at.date() + timedelta(days=7 - at.weekday()), time())


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo | None:
    """The time zone of that IANA name, or None when there is no such zone."""
    try:
        return ZoneInfo(name.strip())
    except (KeyError, ValueError, OSError):  # unknown, malformed, or a folder of the zone database such as "Europe"
        return None


def _stated(people: Sequence[Person]) -> npt.NDArray[np.bool_]:
    return np.array([bool(p.availability) and zone(p.time_zone) is not None for p in people], dtype=bool)


def _free(people: Sequence[Person], monday: datetime) -> npt.NDArray[Any]:
    """One row per person, one column per quarter of the week in UTC, which wraps around."""
    free = np.zeros((len(people), _WEEK), dtype=np.float32)
    for row, person in enumerate(people):
        local = zone(person.time_zone)
        if local is not None:
            for slot in person.availability:
                start, end = _quarters(slot, local, monday)
                free[row, np.arange(start, end) % _WEEK] = 1
    return free


@lru_cache(maxsize=16_384)
def _quarters(slot: str, local: ZoneInfo, monday: datetime) -> tuple[int, int]:
    """First and last (exclusive) quarter of a half day, counted from Monday midnight UTC; may be negative."""
    day, half = slot.split("-")
    midnight = monday + timedelta(days=WEEKDAYS.index(day))
    first, last = (
        (midnight + timedelta(hours=hour)).replace(tzinfo=local).astimezone(UTC).replace(tzinfo=None) - monday
        for hour in LOCAL_HOURS[half]
    )
    quarter = timedelta(minutes=60 // _QUARTERS_PER_HOUR)
    return first // quarter, last // quarter
