from datetime import UTC, datetime

import numpy as np
import pytest
from factories import a_mentor, an_executive

from companion.matching.calendars import hours_apart, shared_hours, zone

WINTER = datetime(2026, 1, 14, 9, tzinfo=UTC)
SUMMER = datetime(2026, 7, 15, 9, tzinfo=UTC)
BETWEEN = datetime(2026, 3, 10, 9, tzinfo=UTC)
"""New York has changed its clocks, Paris has not."""


def hours(mine: tuple[str, ...], my_zone: str, yours: tuple[str, ...], your_zone: str, at: datetime = WINTER) -> float:
    mentee = an_executive(availability=mine, time_zone=my_zone)
    mentor = a_mentor(availability=yours, time_zone=your_zone)
    return float(shared_hours([mentee], [mentor], at)[0, 0])


@pytest.mark.parametrize(
    ("mine", "my_zone", "yours", "your_zone", "expected"),
    [
        (("tue-am",), "Europe/Paris", ("tue-am",), "Europe/Paris", 3),
        (("tue-pm",), "Europe/Paris", ("tue-pm",), "Europe/Paris", 4),
        (("tue-am", "tue-pm"), "Europe/Paris", ("tue-am", "tue-pm"), "Europe/Paris", 7),
        (("tue-am",), "Europe/Paris", ("wed-am",), "Europe/Paris", 0),
        (("tue-am",), "Europe/London", ("tue-am",), "Europe/Paris", 2),
        (("tue-pm",), "Europe/Paris", ("tue-am",), "America/New_York", 2),  # 12-16 and 14-17 UTC
        (("mon-am",), "Asia/Tokyo", ("mon-am",), "Asia/Kathmandu", 0),
        (("mon-am",), "Asia/Kolkata", ("mon-am",), "Asia/Kathmandu", 2.75),
        (("mon-am",), "Pacific/Auckland", ("sun-pm",), "America/Los_Angeles", 2),  # 20-23 and 21-01 UTC
    ],
)
def test_half_days_are_compared_on_one_clock(
    mine: tuple[str, ...], my_zone: str, yours: tuple[str, ...], your_zone: str, expected: float
) -> None:
    assert hours(mine, my_zone, yours, your_zone) == expected


def test_daylight_saving_is_the_one_in_force_in_the_next_week() -> None:
    slots = ("tue-pm",), "Europe/Paris", ("tue-am",), "America/New_York"

    assert hours(*slots, WINTER) == hours(*slots, SUMMER) == 2
    assert hours(*slots, BETWEEN) == 3


@pytest.mark.parametrize("bad", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "/etc/localtime", "a\0b", "x" * 200])
def test_a_time_zone_nobody_knows_is_not_stated(bad: str) -> None:
    assert zone(bad) is None
    assert np.isnan(hours(("tue-am",), bad, ("tue-am",), "UTC"))
    assert hours_apart(an_executive(time_zone=bad), a_mentor(), WINTER) is None


def test_not_stated_is_not_zero() -> None:
    assert np.isnan(hours((), "UTC", ("tue-am",), "UTC"))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("Europe/Paris", "Asia/Singapore", 7), ("Asia/Kolkata", "UTC", 5.5), ("Pacific/Auckland", "Pacific/Honolulu", 1)],
)
def test_clocks_apart(one: str, other: str, expected: float) -> None:
    assert hours_apart(an_executive(time_zone=one), a_mentor(time_zone=other), WINTER) == expected
