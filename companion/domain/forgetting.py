"""Take one person out of what others wrote: their words stay, the name in them goes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from companion.domain.people import Person
from companion.domain.roster import Mention, Roster
from companion.domain.words import word_set

FORMER = "a former participant"
"""Stands where a name stood."""
FORMER_NAME = "Former participant"
"""The name of whoever stands in a history in place of somebody who was forgotten."""
SHORT = "[…]"
"""Stands there where the longer words would not fit."""
REMOVED = "[removed on request]"
"""Stands where the person's own words stood."""

_FIRST_WITHOUT_BLANKS = 0x2E80
"""From here on in Unicode lie the scripts of East Asia."""
_ALWAYS_FITS = 200
"""No text is limited to fewer characters; one that grows beyond must not become longer than it was."""
_LEAST_CHARS = 12
"""Shorter statements of a person, such as "AI", are words of everybody."""
_TRIMMED = " .,;:!?…\"'“”"
_NAMES_NOTHING = word_set(
    "attribute availability band block changed citations code entries_changed excluded field format id item kind"
    " languages leaning method model origin prompt_digest role side stage status way word"
)
"""Keys of stored bodies whose values are codes, never prose."""


class Forgetting:
    """Finds and replaces one person in texts; counts what it did."""

    def __init__(
        self,
        person: Person,
        everybody: Iterable[Person],
        stated: Iterable[str] = (),
        stated_by_others: Iterable[str] = (),
    ) -> None:
        """`everybody` tells who else has the same name; `stated` is what the person wrote themselves.

        What others wrote about themselves in the very same words is theirs too, and stays.
        """
        everybody = [one for one in everybody if one.id != person.id]
        self.person_id = person.id
        self.replaced = 0
        """Texts that were changed."""
        self.namesakes = 0
        """Mentions that were left, because they may as well mean somebody else."""
        self._alone = Roster([person])
        """Quick, and finds whatever the whole roster would say of the person, and more."""
        self._roster = Roster({one.id: one for one in (*everybody, person)}.values())
        self._identifiers = _identifiers(person)
        others = [*(facet.text for one in everybody for facet in one.facets), *stated_by_others]
        self._stated = _statements([*(facet.text for facet in person.facets), *stated], others)

    def concerns(self, text: str) -> bool:
        """Whether a text names the person, perhaps along with namesakes, or says what they wrote."""
        if text == self.person_id or any(found.search(text) for found in self._patterns()):
            return True
        return any(self.person_id in mention.people for mention in self._mentions(text))

    def concerns_bytes(self, content: bytes) -> bool:
        """The same of a text file or a request in JSON."""
        return any(self.concerns(text) for text in texts_in(content))

    def clean(self, text: str, *, shared: bool = False) -> str:
        """The text without the person. A name that others have too only goes where it is `shared` with the person."""
        cleaned, room, namesakes = text, max(len(text), _ALWAYS_FITS), self.namesakes
        for former, removed in ((FORMER, REMOVED), (SHORT, SHORT)):
            self.namesakes = namesakes
            cleaned = self._stated.sub(removed, text) if self._stated is not None else text
            cleaned = self._identifiers.sub(former, cleaned)
            cleaned = self._without_mentions(cleaned, shared, former)
            if len(cleaned) <= room:
                break
        self.replaced += cleaned != text
        return cleaned[:room]

    def clean_body(self, value: Any, *, shared: bool = False) -> Any:
        """A stored body without the person: texts cleaned, list entries and parts that are about the person dropped."""
        match value:
            case str():
                return FORMER if value == self.person_id else self.clean(value, shared=shared)
            case dict():
                return {key: self._clean_part(str(key), part, shared) for key, part in value.items()}
            case list():
                return [self.clean_body(part, shared=shared) for part in value if not self._is_about(part)]
        return value

    def _clean_part(self, key: str, part: Any, shared: bool) -> Any:
        if isinstance(part, dict) and self._is_about(part):
            self.replaced += 1
            return None
        if key in _NAMES_NOTHING or key.endswith(("_id", "_ids", "_entry", "_by")):
            return FORMER if part == self.person_id else part
        return self.clean_body(part, shared=shared)

    def _is_about(self, part: Any) -> bool:
        direct = part.values() if isinstance(part, dict) else part if isinstance(part, list) else (part,)
        about = any(isinstance(one, str) and one == self.person_id for one in direct)
        self.replaced += about and not isinstance(part, dict)
        return about

    def _patterns(self) -> Iterator[re.Pattern[str]]:
        yield self._identifiers
        if self._stated is not None:
            yield self._stated

    def _without_mentions(self, text: str, shared: bool, instead: str) -> str:
        parts, place = [], 0
        for mention in self._mentions(text):
            if self._goes(mention, shared):
                parts += [text[place : mention.start], instead]
                place = mention.end
        return "".join([*parts, text[place:]]) if parts else text

    def _mentions(self, text: str) -> list[Mention]:
        return self._roster.mentions(text) if self._alone.mentions(text) else []

    def _goes(self, mention: Mention, shared: bool) -> bool:
        if self.person_id not in mention.people:
            return False
        if shared or mention.people == {self.person_id}:
            return True
        self.namesakes += 1
        return False


def texts_in(content: bytes) -> Iterator[str]:
    """The texts a file or a request may hold: every string where it is JSON, else the whole; also as UTF-16."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield content.decode("utf-16", "replace")
        return
    text = content.decode("utf-8", "replace")
    try:
        yield from _strings(json.loads(text))
    except (ValueError, RecursionError):
        yield text


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, part in value.items():
                yield str(key)
                yield from _strings(part)
        case list():
            for part in value:
                yield from _strings(part)


def _identifiers(person: Person) -> re.Pattern[str]:
    """The e-mail address, and the id where it is not a word: inside a text "m1" is the person and "lea" may be not.

    Also the name in a script that puts no blanks between words, where the roster finds no words to compare.
    """
    found = [re.escape(person.email)] if person.email else []
    if any(char.isdigit() for char in person.id):
        found.append(re.escape(person.id))
    patterns = [rf"(?<![\w.-])(?:{'|'.join(found)})(?![\w-])"] if found else []
    if len(person.name) > 1 and any(ord(char) >= _FIRST_WITHOUT_BLANKS for char in person.name):
        patterns += [r"\s*".join(map(re.escape, person.name.split()))]
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else re.compile(r"(?!)")


def _statements(texts: Iterable[str], others: Iterable[str]) -> re.Pattern[str] | None:
    """What a person wrote and none of the others did, however it is broken into lines."""
    words = _told_apart(text for text in texts if len(text.strip(_TRIMMED)) >= _LEAST_CHARS) - _told_apart(others)
    longest_first = sorted(words, key=lambda one: (-len(one), one))
    patterns = [r"\s+".join(map(re.escape, one)) for one in longest_first]
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else None


def _told_apart(texts: Iterable[str]) -> set[tuple[str, ...]]:
    return {tuple(text.strip(_TRIMMED).casefold().split()) for text in texts}
