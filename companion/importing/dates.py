"""Read dates that people and systems write, refuse those with two meanings, and count the years since."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from companion.importing.values import MAX_TENURE_YEARS, BadValue, plain

_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[t ].*)?$")
_COMPACT = re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})$")
_NUMERIC = re.compile(r"^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?: .*)?$")
_WORDS = re.compile(
    r"^(?:(\d{1,2})(?:st|nd|rd|th|er|\.)?[\s-]+)?([a-z]{3,})\.?[\s-]+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})$"
)
_YEAR = re.compile(r"^(19|20)\d{2}$")
_SERIAL = re.compile(r"^\d{5}(\.\d+)?$")

_MONTHS = (
    "jan january januar janvier janv",
    "feb february februar fevrier fevr",
    "mar march marz mrz mars",
    "apr april avril avr",
    "may mai",
    "jun june juni juin",
    "jul july juli juillet juil",
    "aug august aout",
    "sep sept september septembre",
    "oct okt october oktober octobre",
    "nov november novembre",
    "dec dez december dezember decembre",
)
_WRITE = "Write it as year-month-day, such as 2021-04-03."


def day_comes_first(texts: Iterable[str]) -> bool | None:
    """Whether a column writes 03/04/2020 as 3 April: True, False (4 March), or None when its values do not tell."""
    first = second = False
    for text in texts:
        found = _NUMERIC.match(text.strip())
        if found and found.group(2) != ".":
            first |= int(found.group(1)) > 12
            second |= int(found.group(3)) > 12
    return first if first != second else None


def read_date(text: str, day_first: bool | None = None) -> date:
    """A date, or the first of the month where no day is given.

    Dots are read day first, as everywhere they are used; slashes and hyphens only when the value itself or
    `day_first` tells. Raises BadValue.
    """
    value = plain(text)
    if found := _ISO.match(value):
        return _date(found.group(1), found.group(2), found.group(3) or "1")
    if found := _COMPACT.match(value):
        return _date(*found.groups())
    if found := _NUMERIC.match(value):
        return _numeric(int(found.group(1)), found.group(2), int(found.group(3)), found.group(4), day_first)
    if (found := _WORDS.match(value)) and (month := _month(found.group(2))):
        return _date(found.group(4), month, found.group(1) or found.group(3) or "1")
    if _SERIAL.match(value):
        raise BadValue(
            "This is a spreadsheet's day number, not a date.", "Format the column as a date and export again."
        )
    if _YEAR.match(value):
        raise BadValue("The year alone does not say enough.", _WRITE)
    raise BadValue("This is not a date.", _WRITE)


def years_since(start: date, today: date) -> float:
    """Years from `start` to `today`, rounded down to half years, so that a later import changes them rarely.

    Raises BadValue when the start lies ahead, or longer ago than a working life.
    """
    months = (today.year - start.year) * 12 + today.month - start.month - (today.day < start.day)
    if start > today:
        raise BadValue("The date lies in the future.", "Leave it empty until the person has started.")
    if months > MAX_TENURE_YEARS * 12:
        raise BadValue(f"The date lies more than {MAX_TENURE_YEARS} years back.", _WRITE)
    return (months // 6) / 2


def _numeric(a: int, mark: str, b: int, year: str, day_first: bool | None) -> date:
    if mark == "." or a > 12 or a == b:
        return _date(year, b, a)
    if b > 12:
        return _date(year, a, b)
    if day_first is None:
        raise BadValue("This date has two meanings: day and month could be either.", _WRITE)
    return _date(year, b, a) if day_first else _date(year, a, b)


def _month(word: str) -> int:
    return next((i for i, names in enumerate(_MONTHS, start=1) if word in names.split()), 0)


def _date(year: str, month: str | int, day: str | int) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise BadValue("There is no such day.", _WRITE) from None
