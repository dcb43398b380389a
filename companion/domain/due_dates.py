"""The day by which something is promised, read from a promise as it is typed, and said back in words."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from companion.domain.times import DAYS, MONTHS, short_day
from companion.domain.words import word_set

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

_FRIDAY = 4
_LONGEST = 6
"""Words of the longest phrase that is read: the end of the next month."""
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_UNITS = {"day": 1, "week": 7}
_CALENDAR_DAYS = (
    re.compile(r"(?P<d>\d\d?)(?:st|nd|rd|th)?(?: of)? (?P<m>[a-z]{3,9})\.?,?(?: (?P<y>\d{4}))?"),
    re.compile(r"(?P<m>[a-z]{3,9})\.? (?P<d>\d\d?)(?:st|nd|rd|th)?,?(?: (?P<y>\d{4}))?"),
    re.compile(r"(?P<d>\d\d?)(?:st|nd|rd|th)"),
)
_NOT_A_DUE_DATE = word_set("about after at before by during except for from in of on since than the to until with")
"""What stands before "next week" where it is no day by which to be done: the plan for next week."""


def due_at_end(text: str, day: date) -> tuple[str, date | None]:
    """A promise made on `day`, split into what is promised and by when; None where no day is read.

    ``by`` and its day are cut off; a day without ``by`` ("call her tomorrow") stays in the sentence. Raises
    ValueError for a day such as ``by 2026-13-01``.
    """
    said = text.split()
    for size in range(min(_LONGEST, len(said) - 1), 0, -1):
        phrase, before = " ".join(said[-size:]), said[-size - 1].lower()
        if before == "by" and size < len(said) - 1:
            if (due := day_meant(phrase, day)) is not None:
                return " ".join(said[: -size - 1]).rstrip(","), due
        elif before not in _NOT_A_DUE_DATE and (due := _day_without_by(phrase, day)) is not None:
            return " ".join(said), due
    return " ".join(said), None


def day_meant(text: str, day: date) -> date | None:
    """The day that plain English or an ISO date means when it is said on `day`; None where it could be another too.

    A week ends on Friday and "Friday" is the next one after `day`; "next Friday" could be either of two, and 5/12
    could be in May. Raises ValueError for an ISO date that is in no calendar.
    """
    words = text.lower().rstrip(".!").removeprefix("the ")
    if ISO_DAY.fullmatch(words):
        return date.fromisoformat(words)
    near = {"today": 0, "tonight": 0, "tomorrow": 1, "day after tomorrow": 2}
    if words in near:
        return day + timedelta(days=near[words])
    return _weekday(words, day) or _end(words, day) or _in(words, day) or _day_and_month(words, day)


def due_words(due: date | None, today: date) -> str:
    """``due Fri 4 Dec``, with its year when that is another than this one, and whether the day is over."""
    if due is None:
        return "no date"
    year = "" if due.year == today.year else f" {due.year}"
    return f"due {short_day(due)}{year}{', which is over already' if due < today else ''}"


def _day_without_by(phrase: str, day: date) -> date | None:
    """The day of a phrase that looks ahead even without ``by``: "on Friday", not "this week", which may be over."""
    start, _, rest = phrase.lower().partition(" ")
    match start.rstrip(".!"):
        case "on" | "at":
            return day_meant(rest, day)
        case "in" | "within" | "next" | "tomorrow":
            return day_meant(phrase, day)
        case "this":
            return _weekday(phrase.lower().rstrip(".!"), day)
    return None


def _weekday(words: str, day: date) -> date | None:
    name = words.removeprefix("this ").removeprefix("coming ")
    place = _place(name)
    if place is None:
        return None
    return day + timedelta(days=(place - day.weekday() - 1) % 7 + 1)


def _place(name: str) -> int | None:
    """Where a weekday stands in the week, 0 for Monday; None for any other word."""
    return next((i for i, full in enumerate(DAYS) if name in (full.lower(), full[:3].lower())), None)


def _end(words: str, day: date) -> date | None:
    """The last working day of a week, or the last day of a month or of the year."""
    found = re.fullmatch(r"(?:end of )?(?:the )?(this |next )?(week|month)|end of (?:the |this )?year", words)
    if found is None or (words == found[2]):
        return None
    if found[2] == "week":
        if found[1] == "next ":
            return day + timedelta(days=7 - day.weekday() + _FRIDAY)
        # At the weekend, "this week" could be the one that is over or the one that comes.
        return day + timedelta(days=_FRIDAY - day.weekday()) if day.weekday() <= _FRIDAY else None
    if found[2] == "month":
        first = (day.replace(day=28) + timedelta(days=4)).replace(day=1) if found[1] == "next " else day
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return day.replace(month=12, day=31)


def _in(words: str, day: date) -> date | None:
    """``in two weeks``, ``within 10 days``"""
    found = re.fullmatch(r"(?:in|within) (\w{1,5}) (day|week)s?", words)
    if found is None:
        return None
    count = _NUMBERS.get(found[1]) or (int(found[1]) if re.fullmatch(r"[1-9]\d?", found[1]) else None)
    return None if count is None else day + timedelta(days=count * _UNITS[found[2]])


def _day_and_month(words: str, day: date) -> date | None:
    """``5 December``, ``Fri 4 Dec``, ``Dec 5th``, ``5 Dec 2027``, ``5th``: without a year, the next one that comes."""
    first, _, rest = words.partition(" ")
    if rest and (wanted := _place(first.rstrip(","))) is not None:
        due = _day_and_month(rest, day)
        return due if due is not None and due.weekday() == wanted else None
    said = next((found for pattern in _CALENDAR_DAYS if (found := pattern.fullmatch(words))), None)
    if said is None:
        return None
    parts = said.groupdict()
    month = next((i for i, full in enumerate(MONTHS, 1) if full.lower().startswith(parts.get("m") or "?")), None)
    if parts.get("m") and month is None:
        return None
    years = [int(parts["y"])] if parts.get("y") else [day.year, day.year + 1]
    months = [month] if month else range(1, 13)
    days = (made for year in years for month in months if (made := _made(year, month, int(said["d"]))))
    return next((made for made in days if parts.get("y") or made >= day), None)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
