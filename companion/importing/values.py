"""Read the value of one cell: what people and HR systems write, turned into what a person holds."""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache, lru_cache

from companion.domain.people import HALF_DAYS, MAX_ENTRY_CHARS, WEEKDAYS, Role
from companion.domain.text import plain as without_hidden
from companion.importing.languages import language_code, language_names

MAX_LINE_CHARS = 200
MAX_CAPACITY = 50
MAX_TENURE_YEARS = 70
MAX_LEVEL = 99
HIDDEN = "Characters that hide, turn letters round or act on a terminal were taken out."
HIDDEN_HINT = "Check that the rest reads as it should."

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u061c]")
_PLACEHOLDERS = frozenset({"-", "–", "—", "n/a", "#n/a", "na", "null", "none", "."})
_EMAIL = re.compile(r"^[^\s@<>\"(),:;\[\]\\]+@[^\s@<>\"(),:;\[\]\\.]+(\.[^\s@<>\"(),:;\[\]\\.]+)+$")
_EMAIL_IN_BRACKETS = re.compile(r"^[^<>]*<([^<>]+)>$")
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$")
_YEARS_AND_MONTHS = re.compile(
    r"^(?:(\d+(?:[.,]\d+)?)\s*(?:years?|yrs?|y|jahre?|ans?|años?))?[\s,]*(?:(?:and|und|et)\s+)?"
    r"(?:(\d+)\s*(?:months?|mos?|m|monate?|mois))?\.?$"
)
_BULLET = re.compile(r"^[•·*–-]\s+")
_OFFSET = re.compile(r"^\(?(?:utc|gmt)\s*[+-]\s*\d", re.IGNORECASE)
_CITY_IN_BRACKETS = re.compile(r"\(([^()]+)\)\s*$")

_LEVEL = re.compile(
    r"^(?:(?:(?:job|career|pay|salary)?\s*(?:level|grade|band|stufe|ebene|niveau|echelon|classe)|lvl|eg|[lgb])"
    r"[\s.:#-]*)?(\d{1,3})(?:[.,]0+)?$"
)
_ROMAN = re.compile(r"^(?:(?:level|grade|band|stufe|niveau|echelon)\s+)?(x{0,2})(ix|iv|v?i{0,3})$")
_ROMAN_ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_YES = "yes y true 1 x ja j wahr oui o vrai si sim tak ✓ ✔"
_NO = "no n false 0 nein falsch non faux nao nie"

_AREAS = frozenset({"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"})
_NO_CITIES = frozenset({"ACT", "LHI", "NSW", "North", "South", "West"})

_ROLES = {
    Role.MENTOR: "mentor mentors mentorin reversementor juniormentor junior jr mentorjunior mentorajunior tutor",
    Role.MENTEE: "mentee mentees reversementee seniormentee executivementee executive executives exec senior"
    " seniorleader sponsor leader learner mentoree mentore dirigeant dirigeante directivo fuhrungskraft csuite",
}
_DAYS = (
    "mo mon monday mondays montag montags lundi lun",
    "tu tue tues tuesday tuesdays di dienstag dienstags mardi mar",
    "we wed wednesday wednesdays mi mittwoch mittwochs mercredi mer",
    "th thu thur thurs thursday thursdays do donnerstag donnerstags jeudi jeu",
    "fr fri friday fridays freitag freitags vendredi ven",
    "sa sat saturday saturdays samstag samstags samedi sam",
    "su sun sunday sundays so sonntag sonntags dimanche dim",
)
_HALVES = {
    "am": "am a.m. a.m morning mornings vormittag vormittags morgens matin matins",
    "pm": "pm p.m. p.m afternoon afternoons nachmittag nachmittags apres-midi",
}
_BOTH_HALVES = frozenset({"allday", "all", "day", "ganztags", "journee", "any", "anytime"})


class BadValue(ValueError):
    """A cell that cannot be understood: `reason` says why, `hint` what to write instead."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


@lru_cache(maxsize=256)
def cleaned(cell: str) -> str:
    """A cell without surrounding white space and without what hides, or acts on a terminal; line breaks become ``\\n``.

    Letters of every script stay, with the joiners and marks that they need.
    """
    text = _evened(cell)
    return (text if text.isascii() else without_hidden(text)).strip()


def holds_hidden(cell: str) -> bool:
    """Whether `cleaned` takes out what somebody should hear of.

    Marks of direction are none of it: spreadsheets put them beside Arabic and Hebrew words, and they turn nothing else.
    """
    even = _DIRECTION_MARKS.sub("", _evened(cell))
    return _CONTROL.search(cell) is not None or "".join(cleaned(cell).split()) != "".join(even.split())


def _evened(cell: str) -> str:
    text = cell.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("\u2028", "\n")
    return _CONTROL.sub("", text)


def is_placeholder(text: str) -> bool:
    """Whether a cell only says that there is nothing: ``-``, ``n/a``, ``none`` and the like."""
    return text.casefold() in _PLACEHOLDERS


def one_line(text: str, longest: int = MAX_LINE_CHARS) -> str:
    """Text on one line. Raises BadValue when it is longer than `longest` characters."""
    line = " ".join(text.split())
    if len(line) > longest:
        raise BadValue(f"The text is {len(line)} characters long; {longest} are allowed.", "Shorten it.")
    return line


def email(text: str) -> str:
    """An e-mail address as typed, without ``mailto:`` and without a display name. Raises BadValue."""
    bracketed = _EMAIL_IN_BRACKETS.match(text)
    address = (bracketed.group(1) if bracketed else text).strip().removeprefix("mailto:")
    if not _EMAIL.match(address):
        raise BadValue("This is not an e-mail address.", "Write one address, such as ada@example.org.")
    return one_line(address)


def role(text: str) -> Role:
    """Mentor (the junior who mentors) or mentee (the executive who learns). Raises BadValue."""
    known = known_role(text)
    if known is None:
        raise BadValue("This is not a role in the programme.", "Write 'mentor' or 'executive'.")
    return known


def known_role(text: str) -> Role | None:
    """The role a word stands for, or None."""
    word = re.sub(r"[\W_]", "", plain(text))
    return next((r for r, words in _ROLES.items() if word in words.split()), None)


def plain(text: str) -> str:
    """Text for comparing: folded case, accents taken off, white space evened out."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def number(text: str) -> float:
    """A number with a point or a comma before its decimals. Raises BadValue."""
    if not _NUMBER.match(text):
        raise BadValue("This is not a number.", "Write digits only, such as 3 or 2.5.")
    return float(text.replace(",", "."))


def capacity(text: str) -> int:
    """How many pairings somebody can take, 0 to 50. Raises BadValue."""
    value = number(text)
    if value != int(value) or not 0 <= value <= MAX_CAPACITY:
        raise BadValue(f"The capacity must be a whole number from 0 to {MAX_CAPACITY}.", "0 means 'not now'.")
    return int(value)


def level(text: str) -> int:
    """A place in the hierarchy from ``5``, ``L5``, ``Grade 7`` or ``VII``; larger is more senior. Raises BadValue."""
    word = plain(text)
    found, roman = _LEVEL.match(word), _ROMAN.match(word)
    if found:
        value = int(found.group(1))
    elif roman and any(roman.groups()):
        value = 10 * len(roman.group(1)) + _ROMAN_ONES.index(roman.group(2))
    else:
        raise BadValue(
            "This is not a level that can be compared.", "Write a number, larger for more senior: 5, L5, Grade 7, VII."
        )
    if value > MAX_LEVEL:
        raise BadValue(f"A level lies between 0 and {MAX_LEVEL}.", "Write the place in the hierarchy, such as 5.")
    return value


def yes_or_no(text: str) -> bool:
    """What a cell answers, in several languages. Raises BadValue."""
    word = plain(text).strip(".! ")
    if word in f"{_YES} {_NO}".split():
        return word in _YES.split()
    raise BadValue("This is neither yes nor no.", "Write 'yes' or 'no'.")


def tenure(text: str) -> float:
    """Years with the organisation, from a number or from words such as ``3 years 4 months``. Raises BadValue."""
    words = _YEARS_AND_MONTHS.match(text.casefold())
    if words and any(words.groups()):
        years, months = words.groups()
        value = float((years or "0").replace(",", ".")) + int(months or 0) / 12
    else:
        value = number(text)
    if not 0 <= value <= MAX_TENURE_YEARS:
        raise BadValue(f"The tenure must lie between 0 and {MAX_TENURE_YEARS} years.", "Write years, such as 2.5.")
    return round(value, 2)


def entries(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The entries of a list cell, split at ``;``, ``|`` and line breaks, never at commas: first the usable ones.

    The second part holds those longer than an entry may be.
    """
    texts = [entry for part in re.split(r"[;|\n]", text) if (entry := _BULLET.sub("", " ".join(part.split())))]
    fit = tuple(entry for entry in texts if len(entry) <= MAX_ENTRY_CHARS and not is_placeholder(entry))
    return fit, tuple(entry for entry in texts if len(entry) > MAX_ENTRY_CHARS)


def languages(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """ISO 639-1 codes in the stated order, and the words that name no known language.

    Split at commas, slashes and ``and`` too: a language holds none of them.
    """
    codes: list[str] = []
    unknown: list[str] = []
    for part in re.split(r"[;|,\n/&]|\s(?:and|und|et)\s", re.sub(r"\([^()]*\)", " ", text)):
        word = part.split(":")[0].strip()
        if not word:
            continue
        code = language_code(word)
        if code is None:
            unknown.append(word)
        elif code not in codes:
            codes.append(code)
    return tuple(codes), tuple(unknown)


def closest(word: str, names: Sequence[str]) -> str:
    """The name most like a word, or nothing. Only names of like length and start: a file may hold many bad cells."""
    alike = [name for name in names if name[:1] == word[:1] and abs(len(name) - len(word)) <= 3]
    return next(iter(get_close_matches(word, alike, n=1, cutoff=0.75)), "")


@lru_cache(maxsize=4096)
def language_hint(word: str) -> str:
    """What somebody may have meant by an unknown language."""
    close = closest(plain(word), [name for name in language_names() if len(name) > 3])
    return f"Did you mean '{close}'?" if close else "Write its English name or its two-letter code, such as 'fr'."


def availability(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Half days such as ``tue-am`` in the order of the week, and the parts that name none.

    A day alone means both halves; ``Mon-Fri am`` means five. Split at commas too: a half day holds none.
    """
    slots: set[str] = set()
    unknown: list[str] = []
    for part in re.split(r"[;|,\n&]|\s(?:and|und|et)\s", text):
        if not part.strip():
            continue
        found = _slots(plain(part))
        slots |= found
        if not found:
            unknown.append(part.strip())
    ordered = [f"{day}-{half}" for day in WEEKDAYS for half in HALF_DAYS if f"{day}-{half}" in slots]
    return tuple(ordered), tuple(unknown)


def _slots(part: str) -> set[str]:
    days: list[int] = []
    halves: set[str] = set()
    ranged = False
    for word in re.findall(r"apres-midi|all day|[^\s_:/–-]+|[–-]", part):
        if word in "–-":
            ranged = bool(days)
        elif (day := _day(word)) is not None:
            days += range(days[-1] + 1, day + 1) if ranged and days[-1] < day else [day]
            ranged = False
        elif half := next((h for h, words in _HALVES.items() if word in words.split()), None):
            halves.add(half)
        elif word.replace(" ", "") not in _BOTH_HALVES and word not in ("to", "bis", "a"):
            return set()
        else:
            ranged = bool(days) and word in ("to", "bis", "a")
    return {f"{WEEKDAYS[day]}-{half}" for day in days for half in halves or HALF_DAYS}


def _day(word: str) -> int | None:
    return next((i for i, words in enumerate(_DAYS) if word.rstrip(".") in words.split()), None)


@cache
def _zones() -> dict[str, str]:
    return {
        name.casefold(): name for name in zoneinfo.available_timezones() if not name.startswith(("posix/", "right/"))
    }


@cache
def _cities() -> dict[str, str]:
    """City names that belong to exactly one zone of the form area/city."""
    zones: dict[str, list[str]] = {}
    for name in _zones().values():
        area, _, city = name.partition("/")
        if area in _AREAS and "/" not in city and city not in _NO_CITIES:
            zones.setdefault(plain(city.replace("_", " ")), []).append(name)
    return {city: names[0] for city, names in zones.items() if len(names) == 1}


def time_zone(text: str) -> str:
    """An IANA time zone, from its name in any case, or from the one city it is named after. Raises BadValue."""
    found = _time_zone(text)
    if isinstance(found, BadValue):
        raise BadValue(found.reason, found.hint)
    return found


@lru_cache(maxsize=4096)
def _time_zone(text: str) -> str | BadValue:
    squeezed = re.sub(r"\s*/\s*", "/", text.strip()).replace(" ", "_")
    bracketed = _CITY_IN_BRACKETS.search(text)
    # Cities first: "Singapore" alone is also an old alias of Asia/Singapore.
    for city in (text, bracketed.group(1) if bracketed else ""):
        if found := _cities().get(plain(city)):
            return found
    if found := _zones().get(squeezed.casefold()):
        return found
    if _OFFSET.match(text):
        return BadValue(
            "An offset is not a time zone: it does not say when the clocks change.",
            "Write the zone's name, such as Europe/Paris.",
        )
    close = closest(squeezed, list(_zones().values()))
    hint = f"Did you mean {close}?" if close else "Write a name such as Europe/Paris or America/Toronto."
    return BadValue("This is not a known time zone.", hint)
