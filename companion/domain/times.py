"""Dates and times in words, each in the reader's own time zone and with the zone's name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def known_zone(name: str) -> bool:
    """Whether the name is in the IANA time zone database."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name, or UTC when there is none; documents always print which one they use."""
    return ZoneInfo(name if known_zone(name) else "UTC")


def after(start: datetime, minutes: int) -> datetime:
    """The moment `minutes` of real time later, in the zone of `start`, also across a change of the clocks."""
    return (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(start.tzinfo)


def clock(at: datetime) -> str:
    """``14:00``"""
    return f"{at.hour:02}:{at.minute:02}"


def clock_span(start: datetime, minutes: int) -> str:
    """``14:00–14:45``"""
    return f"{clock(start)}–{clock(after(start, minutes))}"


def short_day(day: date) -> str:
    """``Thu 26 Nov``"""
    return f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"


def day_at(at: datetime, time_zone: str) -> str:
    """``25 October``: the day of a moment in a time zone."""
    return day_and_month(at.astimezone(zone(time_zone)).date())


def day_and_month(day: date) -> str:
    """``20 November``"""
    return f"{day.day} {MONTHS[day.month - 1]}"


def long_day(day: date) -> str:
    """``Thursday 26 November 2026``"""
    return f"{DAYS[day.weekday()]} {day_and_month(day)} {day.year}"


def zone_name(at: datetime) -> str:
    """The zone of a moment as people call it, with its offset then: ``Paris time, UTC+1``."""
    offset = at.utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    utc = "UTC" if not minutes else f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
    key = str(at.tzinfo)
    if "/" not in key or key.startswith("Etc/"):
        return utc
    return f"{key.rsplit('/', 1)[1].replace('_', ' ')} time, {utc}"
